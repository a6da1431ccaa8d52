"""Masking of personal data in text that others will read (R123). Called by views only (I6)."""

from __future__ import annotations

import re

MASK = "＊"

_DIGITS = "０１２３４５６７８９"
_NUMERALS = "零〇一二三四五六七八九十百两兩"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "張劉陳楊黃趙吳孫馬羅鄭梁謝許韓馮鄧蕭蔣葉蘇魏呂盧鍾譚陸賈韋鄒閆閻龍賀顧龔萬錢嚴湯"
)
_GIVEN = r"[A-Z][\w'’-]*"

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[+]?\d(?:[\s\-—–]?[\dXx]){6,20}(?![0-9A-Za-z])")
"""Seven or more digits, with spaces or hyphens: phones, identity and bank numbers."""
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼滬雲遼魯蘇贛陝閩貴粵寧瓊]"
    r"\s?[A-HJ-NP-Za-hj-np-z]"
    r"[\s·•.\-]?[A-HJ-NP-Za-hj-np-z0-9]{5,6}(?![A-Za-z0-9])"
)
_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]+")
_HANDLE = re.compile(
    r"(?i)((?:加?\s?(?:微信|薇信|扣扣|(?<![a-z])(?:v信|vx|wx|wechat|qq|telegram|tg))[号號]?"
    r"\s*[:：是]?\s*)|@)"
    r"([A-Za-z0-9_\-]{4,32})"
)
_DOOR = re.compile(
    rf"((?:[栋棟幢座楼樓层層号號]|[单單]元|室[内內]?|#|[,，\-－—])\s?)"
    rf"([0-9]{{3,4}}[A-Za-z]?|[{_NUMERALS}]{{3,4}})(?:室|[号號]?房|[户戶]|[号號])?"
    rf"(?![0-9年月日天元块塊米路楼樓栋棟])"
)
_ROOM = re.compile(
    rf"(?<![0-9])([0-9]{{2,4}}[A-Za-z]?|[{_NUMERALS}]{{2,5}})(室|房[间間]|[号號]房|[户戶])(?!外|型)"
)
_FLAT = re.compile(
    r"(?i)(\b(?:room|rm|flat|apartment|apt|suite)\b\.?(?:\s?no\b\.?)?\s?#?)"
    r"(?:[a-z]-?)?\d{1,4}(?:-\d{1,4})?[a-z]?\b"
)
"""A flat in English: ``Room 302``, ``flat 5B``."""
_CALLED = re.compile(
    rf"((?:我叫|我是|名叫|叫做|姓名[:：]?|(?:联系|聯繫|聯絡)人[:：]?)\s?)"
    rf"([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
    r"(?=[，,。.、；;\s！!？?（(]|$|身份|电话|電話|手机|手機|住|今年|是)"
)
_NAMED = re.compile(
    rf"(?<![\u4e00-\u9fff])([{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}"
    r"(?=[，,:：]?\s?(?:身份[证證]|电话|電話|手机|手機|微信|住址|先生|女士))"
)
_FAMILIAR = re.compile(
    rf"([老小阿])[{_SURNAMES}](?=家|他|她|在|的|说|說|把|又|和|跟|[，,。.；;\s]|$)"
)
_TITLED = re.compile(
    rf"([{_SURNAMES}])([\u4e00-\u9fff]{{0,2}}?)"
    r"(先生|女士|小姐|老[师師]|奶奶|爷爷|爺爺|大[爷爺]|大[妈媽]|大叔|阿姨|阿婆|阿伯|[师師]傅|[医醫]生|[经經]理"
    r"|老[板闆]|某某|某)"
)
_ENGLISH = re.compile(
    r"((?i:\b(?:my name is|(?:name|contact|contact person):|"
    r"(?:mr|mrs|ms|miss|dr|auntie|uncle)\b\.?))"
    rf"\s+){_GIVEN}(?:\s{_GIVEN})?"
)
"""A name in English, after what says that it is one."""


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
    text = _ENGLISH.sub(lambda m: m.group(1) + MASK * 2, text)
    text = _FLAT.sub(lambda m: m.group(1) + MASK * 2, text)
    text = _ROOM.sub(lambda m: MASK * 2 + m.group(2), text)
    text = _DOOR.sub(lambda m: m.group(1) + MASK * 2, text)
    for name in names:
        if len(name) > 1:
            text = text.replace(name, MASK * 2)
    return text


def like_name(word: str) -> bool:
    """Whether the word would be masked if somebody said that they are called so."""
    return _CALLED.fullmatch(f"我叫{word}") is not None
