"""What a message already says about place, time and people, so that nobody asks again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.addresses import NO_PARTS, Parts, read_address

__all__ = ["Parts", "Slots", "count", "read_slots"]

_NUM = "0-9零〇一二两三四五六七八九十百千"
_SPAN = re.compile(
    f"[{_NUM}几好半俩仨][{_NUM}几来]{{0,4}}多?个?半?多?(?:天|周|礼拜|星期|(?<=[个半多俩仨])月|年(?!级|代)"
    "|小时|钟头|分钟|辈子)[多半]?|[好很]久(?=了|没)|好长时间(?=了|没)"
)
"""A length of time."""
_LASTING = re.compile("[天周拜期月年时钟久]|辈子")
_ON = re.compile("了|以来|来(?!了)|(?=[都就也还]?(?:没|冇|不|无|未|唔|一直))")
"""What makes it the time since when: it is over, or since then something has not happened."""
_END = re.compile("[天周拜期月年](?=[,，。!！ ]|$)")
_NEARLY = ("已经", "将近", "快", "近", "已", "都", "成")
_OTHERWISE = frozenset(("半天", "四周"))
_YEAR = re.compile("[0-9]{4}年|0[0-9]年")
_LIVING = frozenset("住活婚租")
_POINT = re.compile(
    "(?:大前天|前天|昨天|昨晚|昨夜|今天|今早|今晨|今晚|早上|中午|凌晨|上周|上个月|上月|上个?礼拜"
    "|上个?星期|去年|前年|今年|周[一二三四五六日]|星期[一二三四五六日天]|礼拜[一二三四五六日天])"
    "[一二三四五六日天]?(?:[春夏秋冬]天|早上|晚上|下午|上午|中午|凌晨|夜里|半夜|年?底|年?初)?"
    "(开始|起(?![来火])|到现在|到今天|至今|以来)?"
)
_SINCE_SIGN = re.compile("[从自打始到至]|起(?![来火])|以来")
_DAY = re.compile(
    "(?:每天|天天|每晚|晚晚|今天|昨天|前天|明天|后天|今晚|昨晚|前晚|明晚|今早|明早|昨夜|早上|晚上"
    "|夜里|半夜|后半夜|深夜|凌晨|清晨|下午|中午|上午|傍晚)(?!好)"
)
_CLOCK = re.compile(
    f"[{_NUM}](?<![{_NUM}][{_NUM}])[{_NUM}]{{0,2}}(?:点(?:[半多]|[{_NUM}]{{2,3}}分?|[{_NUM}]分)?(?![建意要问不求儿])"
    "|:[0-9]{2}(?![0-9]))"
)
_UNTIL = re.compile(f"[到至-][{_NUM}]{{1,3}}点半?")
_PEOPLE = re.compile(
    f"([{_NUM}][{_NUM}]{{0,5}})[多来余几]?[个名位口]?(?:人(?![家民行员次工影头高]|都[没冇不])|老人|农民工|工人|民工"
    "|孩子|小孩|小朋友|学生|同事|女生|男的|女的|大人|乘客|师傅|老太太|大爷|大妈|阿婆|娃|村民"
    "|(?<=家[二三四五六七八九]口)(?!子))"
)
_LATIN = re.compile("[A-Za-z][a-z][a-z]")
_ENGLISH_SINCE = re.compile(
    r"\bsince (?:last |this |early |late )?\w{1,12}"
    r"|\b(?:for )(?:about |over |nearly |almost )?(?:\d{1,3}|an?|two|three|four|five|six"
    r"|seven|ten|several|a few) (?:hours?|days?|nights?|weeks?|months?|years?)"
)
_ENGLISH_WHEN = re.compile(
    r"\b(?:every (?:day|night|morning|evening)|last night|yesterday|tonight"
    r"|this (?:morning|evening|afternoon)|at \d{1,2}(?::\d\d)? ?(?:[ap]m)?|(?:around )?midnight)\b"
)
_ENGLISH_PEOPLE = re.compile(r"\b(\d{1,5}) (?:people|persons|children|kids|men|women|workers)\b")
_DIGITS = {**dict(zip("零一二三四五六七八九", range(10), strict=True)), "两": 2, "〇": 0}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_RANGE = re.compile("[一二两三四五六七八九]{2}")
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class Slots:
    """Stretches of the text. ``since``: how long already; ``when``: at what time of day."""

    place: str | None = None
    since: str | None = None
    when: str | None = None
    people: int | None = None
    parts: Parts = NO_PARTS


def read_slots(text: str) -> Slots:
    """The slots of a cleaned, simplified ``text``; each None where nothing was said."""
    place, parts = read_address(text)
    start, since = _since(text)
    when = _when(text, start, start + len(since or ""))
    people = _people(text, _PEOPLE)
    if _LATIN.search(text):
        since = since or _first(_ENGLISH_SINCE, text)
        when = when or _first(_ENGLISH_WHEN, text)
        people = people or _people(text, _ENGLISH_PEOPLE)
    return Slots(place, since, when, people, parts)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[0] if found else None


def _since(text: str) -> tuple[int, str | None]:
    """Where the time since when begins, and the time; (0, None) when none was said."""
    for span in _SPAN.finditer(text) if _LASTING.search(text) else ():
        start, end = span.span()
        if span[0] in _OTHERWISE or _YEAR.match(text, start):
            continue
        before = text[max(start - 5, 0) : start]
        nearly = next((word for word in _NEARLY if before.endswith(word)), "")
        before = before.removesuffix(nearly)
        if on := _ON.match(text, end):
            end = on.end()
        elif not (_END.match(text, end - 1) and before.endswith("了")):
            continue
        if _LIVING.isdisjoint(before[-3:]):
            return start - len(nearly), text[start - len(nearly) : end]
    if _SINCE_SIGN.search(text):
        for point in _POINT.finditer(text):
            start, end = point.span()
            from_ = 1 if text[start - 1 : start] in ("从", "自", "打") else 0
            if point[1] or from_:
                return start - from_, text[start - from_ : end]
    return 0, None


def _when(text: str, start: int, end: int) -> str | None:
    """The first day or hour named, not within the stretch from ``start`` to ``end``."""
    at = 0
    while day := _DAY.search(text, at):
        at = day.end()
        if start <= day.start() < end:
            continue
        while more := _DAY.match(text, at):
            at = more.end()
        if clock := _CLOCK.match(text, at):
            at = clock.end()
            if until := _UNTIL.match(text, at):
                at = until.end()
        return text[day.start() : at]
    if "点" in text or ":" in text:
        for clock in _CLOCK.finditer(text):
            if clock[0] != "一点":
                return clock[0]
    return None


def _people(text: str, pattern: re.Pattern[str]) -> int | None:
    for match in pattern.finditer(text):
        number = None if _RANGE.search(match[1]) else count(match[1])
        if number is not None and 0 < number < MOST_PEOPLE:
            return number
    return None


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
