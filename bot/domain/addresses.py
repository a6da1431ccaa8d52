"""Where a message says that something is: names found by how they end, and what is counted.

A name ends in a telling word (路, 小区, 医院) and begins after the last letter or word that no
name holds; numbers with a counter (三栋, 2单元) and names that follow at once belong to the same
place. What is doubtful is left out: a wrong place is worse than none.
"""

from __future__ import annotations

import re
from operator import methodcaller
from typing import NamedTuple

from bot.domain import address_words as known

_NUM = "0-9零〇一二两三四五六七八九十百"
_KINDS = {ending: kind for kind, endings in known.ENDINGS.items() for ending in endings}
_ENDING = re.compile("|".join(sorted(_KINDS, key=lambda ending: (-len(ending), ending))))
_STEM = re.compile(f"[^\\W\\d_a-zA-Z{known.LETTERS_BETWEEN}]{{1,6}}$")
_COUNTED = re.compile(
    f"[甲乙负{_NUM}A-Za-z](?<![A-Za-z0-9.][A-Za-z0-9])[{_NUM}]{{0,4}}[A-Za-z]?\\s?"
    "(号楼(?![顶道梯])|#楼|(?:栋|幢|座)(?!楼(?![下道顶上前后])|[房大山桥城庙塔坟位]|别墅|居民)"
    "|单元|门(?=[0-9]{3}|[, 。对]|$)|号院"
    "|号(?![线机码称召令杆灯井桩桌台床厅馆梯]|窗口)|弄|巷(?![子道])"
    f"|楼(?![高房])|层(?![灰土皮膜油漆楼高窗水级次面纱布铁地板])|室(?![{_NUM}内外])|期|排|组)"
    "(?:[-\\s]?([0-9]{3,4}[A-Za-z]?)(?![0-9元块米个人名度年次斤公位家户点:])(?:室|房)?)?"
)
_DASHED = re.compile("\\s?([0-9]{1,2})-(?:([0-9]{1,2})-)?([0-9]{3,4})(?![0-9元块米-])(?:室|房)?")
"""Building, unit and door as in 3-2-501."""
_SIDE = re.compile(
    "(?:楼下|楼道|门口|大门|[东西南北前后正侧]门|后院|[东西南北]侧|路口|交叉口|十字路口|拐角|地库"
    "|车库|天台|楼顶|对面|旁边|附近|后面|前面|桥底|口(?=[的有堆停]|$)|公交站|地铁口|[东西南北]段"
    "){1,2}"
)
_CROSSING = re.compile(
    "(?:的|那个|那边|这个)?(?:十字路口|丁字路口|路口|交叉路?口|交界处?|交汇处?|口(?![袋罩水]))"
)
_GATE = re.compile(f"[{_NUM}]|门口|大门|小区|社区|天台|楼[下顶道上]|电梯|屋顶")
"""What makes a name of a risky ending: 祥和里 before a number, a gate, a roof."""
_AND = frozenset(("和", "与", "跟", "同", "及", "、", "/", "-", "", " ", "同埋"))

_LATIN = re.compile("[A-Z][a-z][a-z]|[0-9]/F")
_TITLED = (
    "(?:(?!The |Near |At |On |In |From |Outside |Behind |Opposite |Please )[A-Z][a-z]{1,14} ){1,3}"
)
_ENGLISH = re.compile(
    "\\b(?:(?P<building>(?:Building|Block|Tower|Bldg) [0-9A-Z]{1,4})\\b"
    "|(?P<room>(?:Room|Flat|Unit|Apartment|Apt) [0-9A-Z]{1,5}|[0-9]{1,2}/F)\\b"
    "|(?:(?P<number>[0-9]{1,4}[A-Z]?) )?"
    f"(?P<road>{_TITLED}(?:Road|Street|Avenue|Lane|Rd|St|Ave))\\b"
    f"|(?P<estate>{_TITLED}(?:Gardens?|Court|Estate|Mansions?|Village|Campus|Residence))\\b"
    f"|(?P<landmark>{_TITLED}(?:School|Hospital|Market|Park|Station|Mall|Plaza|Square))\\b)"
)
_JOINED = frozenset((" ", ", ", ",", " at ", " in ", " of ", " on ", ", at ", ", in "))
_START = methodcaller("start")


class Parts(NamedTuple):
    """What was said of an address, as written; ``room`` is a door, a storey, or both."""

    road: str | None = None
    number: str | None = None
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    landmark: str | None = None
    crossing: str | None = None


NO_PARTS = Parts()


class _Group:
    """A stretch of the text without gaps, and the parts in it."""

    __slots__ = ("end", "parts", "start")

    def __init__(self, start: int) -> None:
        self.start = self.end = start
        self.parts: dict[str, str] = {}


def read_address(text: str) -> tuple[str | None, Parts]:
    """The fullest place named in a cleaned, simplified ``text`` as one stretch, and all parts.

    Where a part is named twice, that of the fullest place counts, else the first.
    """
    groups = _chinese(text)
    if not groups and _LATIN.search(text):
        groups = _english(text)
    if not groups:
        return None, NO_PARTS
    best = groups[0] if len(groups) == 1 else max(groups, key=_fullness)
    parts = best.parts
    for group in groups:
        if group is not best:
            parts = group.parts | parts
    side = _SIDE.match(text, best.end)
    return text[best.start : side.end() if side else best.end], Parts(**parts)


def _fullness(group: _Group) -> int:
    """Length; a storey alone says least."""
    return 0 if group.parts.keys() == {"room"} else group.end - group.start


def _chinese(text: str) -> list[_Group]:
    spots = [*_ENDING.finditer(text), *_COUNTED.finditer(text)]
    if len(spots) > 1:
        spots.sort(key=_START)
    groups: list[_Group] = []
    last = None
    for spot in spots:
        if last is None or spot.start() >= last.end:
            found = (_count if spot.re is _COUNTED else _name)(text, spot, last)
            if found and found is not last:
                groups.append(found)
                last = found
    return groups


def _count(text: str, spot: re.Match[str], last: _Group | None) -> _Group | None:
    """The group that a number with a counter joins or opens; None when it is no place."""
    start, end = spot.start(), spot.end(1)
    counter, door = spot.groups()
    group = last if last and text[last.end : start] in ("", " ") else None
    if not group:
        if counter in known.WEAK and not (counter == "室" and end - start > 3):
            return None
        if counter in "楼层" and text[start - 1 : start] in known.HEIGHT:
            return None
        if counter in "栋幢座层" and text[start] in "一两":
            return None
        group = _Group(start)
    kind, value = known.COUNTERS[counter], text[start:end]
    if kind == "number" and "building" in group.parts:
        kind = "room"
    if counter == "室":
        value = group.parts.get("room", "") + value
    elif kind in group.parts:
        group = _Group(start)
    if kind:
        group.parts[kind] = value
    if door:
        group.parts["room"] = group.parts.get("room", "") + door
    group.end = spot.end()
    return group


def _name(text: str, spot: re.Match[str], last: _Group | None) -> _Group | None:
    """The group that a name joins or opens; None when it is no name."""
    at, end = spot.span()
    ending = spot[0]
    kind = _KINDS[ending]
    after = text[end : end + 1]
    if after and after in known.NOT_BEFORE.get(ending, ""):
        return None
    if last and at == last.end:
        return _longer(text, last, ending, kind, end)
    low = last.end if last else 0
    stem = _stem(text, max(low, at - 6), at)
    if not _fits(stem, ending, kind, _GATE.match(text, end) is not None):
        if ending not in known.ONE_IN_TOWN:
            return None
        stem = ""
    start = at - len(stem)
    gap = text[low:start] if last else "-"
    group = last if last and kind not in last.parts and gap in ("", " ") else _Group(start)
    group.parts[kind] = stem + ending
    group.end = end
    if kind == "road":
        return _crossing(text, group, last if last and gap in _AND else group)
    return _dashed(text, group) if kind == "estate" else group


def _dashed(text: str, group: _Group) -> _Group:
    """The group of an estate with 3-2-501 behind it."""
    if dashed := _DASHED.match(text, group.end):
        said = zip(("building", "unit", "room"), dashed.groups(), strict=True)
        group.parts |= {name: value for name, value in said if value}
        group.end = dashed.end()
    return group


def _longer(text: str, last: _Group, ending: str, kind: str, end: int) -> _Group | None:
    """The group with an ending that follows at once: 学府路 + 小学, 丰泽园 + 小区."""
    parts = last.parts
    if kind == "landmark":
        after_road = ending in known.CALLED_AFTER_ROADS and "number" not in parts
        parts.setdefault(kind, (parts.pop("road", "") if after_road else "") + ending)
    elif kind == "estate" and len(ending) > 1:
        parts[kind] = (parts.get(kind) or parts.pop("landmark", "")) + ending
    else:
        return None
    last.end = end
    return _dashed(text, last) if kind == "estate" else last


def _crossing(text: str, group: _Group, first: _Group) -> _Group:
    """The group of a road, with the crossing at its end; ``first`` has the road before it."""
    if cross := _CROSSING.match(text, group.end):
        if first is not group and "road" in first.parts:
            group = first
        elif cross[0][0] not in "口路十丁交":
            return group
        group.end = cross.end()
        group.parts["crossing"] = text[group.start : group.end]
    return group


def _stem(text: str, low: int, at: int) -> str:
    """What may be the name before an ending at ``at``, from ``low`` on; "" when nothing is."""
    found = _STEM.search(text, low, at)
    if not found:
        return ""
    stem = found[0]
    for cut in range(len(stem) - 2, -1, -1):
        if stem[cut : cut + 2] in known.WORDS_BETWEEN:
            stem = stem[cut + 2 :]
            break
    if len(stem) > 2:
        start = at - len(stem)
        before = text[start - 1 : start]
        if (
            (stem[0] == "家" and before and before in "我你他她您俺咱")
            or (stem[0] in "和同" and start == low)
            or (stem[0] in "路号" and before.isascii() and before.isalnum())
        ):
            stem = stem[1:]
        city = stem.rfind("市", 0, -2)
        stem = stem[city + 1 :]
    if len(stem) > 4:
        stem = stem[-3:] if stem[-1] in "东南西北中" else stem[-2:]
    return stem


def _fits(stem: str, ending: str, kind: str, gate: bool) -> bool:
    """Whether the stem makes the ending a name; ``gate``: it is followed by one or a number."""
    if not stem or stem in known.NO_NAMES or (ending in known.RISKY and not gate):
        return False
    if kind == "road":
        if len(stem) == 1:
            return stem in known.SINGLE
        return stem in known.HORSES if stem[-1] == "马" else stem[-1] not in known.NO_ROAD_END
    if kind == "landmark" and (stem[-1] in known.VISITING or (stem[-1] == "和" and len(stem) > 2)):
        return False
    if ending == "村" and stem[-1] in "农乡":
        return False
    return len(stem) > 1 or len(ending) > 1 or (stem in known.SINGLE and gate)


def _english(text: str) -> list[_Group]:
    groups: list[_Group] = []
    for match in _ENGLISH.finditer(text):
        start, end = match.span()
        if not groups or text[groups[-1].end : start] not in _JOINED:
            groups.append(_Group(start))
        groups[-1].end = end
        for name, value in match.groupdict().items():
            if value:
                groups[-1].parts.setdefault(name, value)
    return groups
