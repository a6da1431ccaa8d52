"""What a message already says about place, time and people, so that nobody asks again."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUM = "[0-9零〇一二两三四五六七八九十百千]{1,6}"
_NAME = (
    "[^\\W\\d_a-zA-Z我你他她您俺咱在从到是的了把有去就这那往们"
    "喂啊吗说讲沿给对被让跟个又住来叫请经]"
)
_ROAD = "(?:大道|大街|环路|辅路|胡同|路|街|巷)(?:[东西南北中](?:段|路|街)?)?(?![灯面上牌边况])"
_ESTATE = (
    "(?:花园|小区|新村|家园|公寓|新城|名苑|雅居|大院|宿舍|广场|大厦|市场|菜场|夜市|商场|超市"
    "|学校|小学|中学|幼儿园|医院|卫生院|公园|汽车站|火车站|公交站|地铁站|车站|社区|工业区"
    "|派出所|桥头|村|镇|苑|府|湾|阁|邨|庙)"
)
_LANE = f"里(?=\\s?{_NUM}\\s?(?:栋|幢|号|座|单元|门)|小区|社区)"
_UNIT = f"(?:\\s?{_NUM}\\s?(?:号楼|号院|栋|幢|座|单元|楼|号|室|门|层|期|巷)(?:楼)?)"
_SIDE = (
    "(?:楼下|楼道|门口|大门|[东西南北前后正侧]门|后院|[东西南北]侧|路口|交叉口|十字路口|拐角|地库"
    "|车库|天台|楼顶|对面|旁边|附近|后面|前面|桥头|桥底|公交站|地铁口)"
)
_PLACE = re.compile(
    f"(?:{_NAME}{{1,6}}?{_ROAD}(?:{_NAME}{{1,5}}?{_ESTATE})?|{_NAME}{{1,6}}?{_ESTATE}"
    f"|{_NAME}{{2,3}}{_LANE})(?:{_UNIT}|[A-Za-z]座)*(?:\\s?\\d{{3,4}}(?!\\d)室?)?{_SIDE}{{0,2}}"
    f"|{_UNIT}+(?:\\s?\\d{{3,4}}(?!\\d)室?)?{_SIDE}{{0,2}}"
)
_ENGLISH_PLACE = re.compile(
    r"(?:(?:Room|Flat|Unit|Building|Block|Tower)\s+\w{1,5},?\s*)+"
    r"(?:[A-Z]\w+\s+){0,3}(?:Court|Garden|Lane|Road|Street|Estate|Campus)?"
    r"|(?:[A-Z]\w+\s+){1,3}(?:Court|Garden|Lane|Road|Street|Estate|Campus)"
)
_VAGUE = re.compile(f"{_NUM}(?:楼|层|号|期|门)")
_SINCE = re.compile(
    f"(?:快|近|将近|都|已经|已)?(?:{_NUM}|好几|几|半|十几|十来)多?个?半?"
    "(?:天|周|礼拜|星期|月|年|小时|钟头|分钟|辈子)(?:多)?(?:了|来|以来)"
    "|自?从?(?:昨天|昨晚|前天|大前天|今早|今天早上|早上|上周|上个?月|上礼拜|去年|前年|凌晨|中午)"
    "(?:[一二三四五六日天])?(?:开始|起|到现在|至今)?"
)
_WHEN = re.compile(
    f"(?:(?:每天|天天|每晚|今天|昨天|今晚|昨晚|早上|晚上|夜里|半夜|后半夜|凌晨|下午|中午|上午|傍晚)"
    f"(?:{_NUM}(?:点半?|时)(?:{_NUM}分)?)?)+|{_NUM}点半?|\\d{{1,2}}:\\d{{2}}"
)
_PEOPLE = re.compile(
    f"({_NUM})(?:多|来|余|几)?(?:个|名|位|口)?"
    "(?:人(?![家民行])|老人|工人|孩子|小孩|学生|同事|女生|男的|女的|大人|乘客|师傅|老太太|大爷|娃)"
    "|([0-9]{1,6}) (?:people|persons|children|men|women)"
)
_DIGITS = {**dict(zip("零一二三四五六七八九", range(10), strict=True)), "两": 2, "〇": 0}
_SCALES = {"十": 10, "百": 100, "千": 1000}
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class Slots:
    """Stretches of the text. ``since``: how long already; ``when``: at what time of day."""

    place: str | None = None
    since: str | None = None
    when: str | None = None
    people: int | None = None


def read_slots(text: str) -> Slots:
    """The slots of a cleaned, simplified ``text``; each None where nothing was said."""
    since = _SINCE.search(text)
    when = _WHEN.search(text)
    return Slots(
        place=_place(text),
        since=since.group() if since else None,
        when=when.group() if when else None,
        people=_people(text),
    )


_LEAD = re.compile("^(?:(?:夜间)?巡查|日巡|走访|查?发现|关于|反映|今年|昨晚|门口|附近)+")
_NO_PLACE = re.compile(
    "(?:抄|大)?[马小近道条走出修半公迷网线铁绕过逛整全本邻各后前一下上张架占赶让隔]?(?:路|街|巷|村|镇|苑|里|府)"
)


def _place(text: str) -> str | None:
    """The fullest place named: the longest, the first among equals."""
    found = [_LEAD.sub("", match.group().strip()) for match in _PLACE.finditer(text)]
    found = [place for place in found if len(place) > 1 and not _NO_PLACE.fullmatch(place)]
    found = [place for place in found if not _VAGUE.fullmatch(place)] or found
    if not found:
        found = [match.group().strip(" ,") for match in _ENGLISH_PLACE.finditer(text)]
    return max(found, key=len, default=None)


def _people(text: str) -> int | None:
    if not (match := _PEOPLE.search(text)):
        return None
    number = count(match.group(1) or match.group(2))
    return number if number is not None and 0 < number < MOST_PEOPLE else None


def count(numeral: str) -> int | None:
    """The value of Arabic digits or of a Chinese numeral below ten thousand, else None."""
    if numeral.isascii():
        return int(numeral) if numeral.isdigit() and len(numeral) <= 6 else None
    total, digit = 0, 0
    for sign in numeral:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _SCALES:
            total += (digit or 1) * _SCALES[sign]
            digit = 0
        else:
            return None
    return total + digit
