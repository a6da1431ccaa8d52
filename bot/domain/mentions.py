"""What a message says of the sender's own affairs here: numbers of cases, and a wish to delete."""

from __future__ import annotations

import re

from bot.domain.normalise import clean

SHORTEST = 4
"""Digits that a tail of a case number must have."""
WHOLE = 12
"""Digits from which a number is taken for a whole one."""
_SPOKEN = str.maketrans("零〇洞一幺壹二贰三叁四肆五伍六陆七拐八捌九玖", "0001112233445566778899")
_RUN = re.compile(r"(?<![0-9])[0-9](?:[ \-–—]?[0-9]){3,}(?![0-9])(?!\s?[元块塊米户戶平年])")
_OTHER = re.compile(
    r"1[3-9]\d{9}"  # a mobile phone
    r"|\d{17,18}"  # an identity number
    r"|20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"  # a day
)
_DELETE = re.compile(
    r"(?i)(?:删|刪|抹掉|抹去|清除|别留|不想留|\b(?:delete|remove|erase)\b).{0,20}"
    r"(?:照片|相片|图|圖|视频|視頻|影片|录音|錄音|手机|手機|电话|電話|号码|號碼|个人信息|個人資料|资料|資料"
    r"|\b(?:photos?|pictures?|phone|number|data)\b)"
    r"|(?:照片|相片|图|圖|视频|視頻|影片|录音|錄音|手机|手機|电话|電話|号码|號碼|信息|资料|資料).{0,12}(?:删|刪)"
)


def numbers(text: str) -> tuple[str, ...]:
    """The digits that may be a case number or its tail, spoken ones too, in order.

    No telephone or identity number, no day, no sum of money.
    """
    plain = clean(text).translate(_SPOKEN)
    found = (re.sub(r"\D", "", run) for run in _RUN.findall(plain))
    return tuple(dict.fromkeys(n for n in found if not _OTHER.fullmatch(n)))


def fits(number: str, said: str) -> bool:
    """Whether ``said`` is the case number, or its tail."""
    return number == said or (SHORTEST <= len(said) < WHOLE and number.endswith(said))


def wants_deleted(text: str) -> bool:
    """Whether somebody asks that a picture, a number or what is kept of them be deleted."""
    return _DELETE.search(clean(text)) is not None
