"""Masking of personal data in text that others will read (R123). Called by views only (I6)."""

from __future__ import annotations

import re

MASK = "＊"

_DIGITS = "０１２３４５６７８９"
_NUMERALS = "零〇一二三四五六七八九十百两"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[+]?\d(?:[\s\-—–]?[\dXx]){6,20}(?![0-9A-Za-z])")
"""Seven or more digits, with spaces or hyphens: phones, identity and bank numbers."""
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-HJ-NP-Za-hj-np-z]"
    r"[\s·•.\-]?[A-HJ-NP-Za-hj-np-z0-9]{5,6}(?![A-Za-z0-9])"
)
_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]+")
_HANDLE = re.compile(
    r"(?i)((?:加?\s?(?:微信|薇信|[vV]信|vx|wx|qq|扣扣|telegram|tg)号?\s*[:：是]?\s*)|@)"
    r"([A-Za-z0-9_\-]{4,32})"
)
_DOOR = re.compile(
    rf"((?:栋|幢|座|单元|楼|号楼|层|号|室内?|#|[,，\-－—])\s?)"
    rf"([0-9]{{3,4}}[A-Za-z]?|[{_NUMERALS}]{{3,4}})(?:室|房|号房|户|号)?(?![0-9年月日天元块米路楼栋])"
)
_ROOM = re.compile(
    rf"(?<![0-9])([0-9]{{2,4}}[A-Za-z]?|[{_NUMERALS}]{{2,5}})(室|房间|号房|户)(?!外|型)"
)
_CALLED = re.compile(
    rf"((?:我叫|我是|名叫|叫做|姓名[:：]?|联系人[:：]?)\s?)([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
    r"(?=[，,。.、；;\s！!？?（(]|$|身份|电话|手机|住|今年|是)"
)
_NAMED = re.compile(
    rf"(?<![\u4e00-\u9fff])([{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}"
    r"(?=[，,:：]?\s?(?:身份证|电话|手机|微信|住址|先生|女士))"
)
_FAMILIAR = re.compile(
    rf"([老小阿])[{_SURNAMES}](?=家|他|她|在|的|说|把|又|和|跟|[，,。.；;\s]|$)"
)
_TITLED = re.compile(
    rf"([{_SURNAMES}])([\u4e00-\u9fff]{{0,2}}?)"
    r"(先生|女士|小姐|老师|奶奶|爷爷|大爷|大妈|大叔|阿姨|阿婆|阿伯|师傅|医生|经理|老板|某某|某)"
)


def mask(text: str, *, names: tuple[str, ...] = ()) -> str:
    """The text without phone, identity and plate numbers, handles, door numbers and names.

    ``names`` are further words to hide, such as the reporter's own. A door number hides the flat
    and keeps the building, because the unit must find the place.
    """
    text = text.translate(str.maketrans(_DIGITS, "0123456789"))
    text = _EMAIL.sub(MASK * 3, text)
    text = _PLATE.sub(lambda m: m.group()[0] + MASK * 4, text)
    text = _NUMBER.sub(MASK * 4, text)
    text = _HANDLE.sub(lambda m: m.group(1) + MASK * 3, text)
    text = _CALLED.sub(lambda m: m.group(1) + m.group(2)[0] + MASK, text)
    text = _NAMED.sub(MASK * 2, text)
    text = _FAMILIAR.sub(lambda m: m.group(1) + MASK, text)
    text = _TITLED.sub(lambda m: MASK + m.group(3), text)
    text = _ROOM.sub(lambda m: MASK * 2 + m.group(2), text)
    text = _DOOR.sub(lambda m: m.group(1) + MASK * 2, text)
    for name in names:
        if len(name) > 1:
            text = text.replace(name, MASK * 2)
    return text
