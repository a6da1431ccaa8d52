"""Words and coordinates -> grid, by gazetteer names and polygons; never a silent guess (R038)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.normalise import Simplify, clean
from bot.domain.units import Directory, Tier


class PlaceStatus(StrEnum):
    """What is known of a place.

    ``known``: one grid, or every grid that meets at a border point. ``ambiguous``: the candidate
    grids, ask once. ``outside``: coordinates in no grid; ``grids`` hold what the words suggest.
    ``unknown``: nothing found.
    """

    KNOWN = "known"
    AMBIGUOUS = "ambiguous"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """Grids by code, sorted; ``matched`` is the gazetteer name that decided, as written there."""

    grids: tuple[str, ...]
    matched: str | None
    status: PlaceStatus


@dataclass(frozen=True, slots=True)
class Hit:
    """A gazetteer name found in a text, and every grid it may mean.

    ``broad`` names (a whole town) only narrow others down; alone they say nothing.
    """

    name: str
    grids: frozenset[str]
    broad: bool = False


Finder = Callable[[str], tuple[Hit, ...]]
GridsAt = Callable[[float, float], tuple[str, ...]]
"""Latitude, longitude (WGS-84 degrees) -> codes of all grids that hold or touch the point."""

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_COUNTED = "栋|幢|座|号|单元|期|网格"
_CHINESE_NUMBER = re.compile(rf"[〇零一二两三四五六七八九十百]+(?={_COUNTED})")
_BLOCK = re.compile(r"(?<=[0-9a-z])(?:号楼|幢|座)")
_BARE = re.compile(rf"(?!.*[a-z]{{3}})(?:第?[0-9a-z]+(?:{_COUNTED})?)+")


def fold(text: str) -> str:
    """One spelling for matching: NFKC, lower case, no spaces, 六幢 and 6号楼 as 6栋."""
    plain = "".join(clean(text).casefold().split())
    digits = _CHINESE_NUMBER.sub(lambda found: str(_number(found[0])), plain)
    return _BLOCK.sub("栋", digits)


def _number(word: str) -> int:
    """Value of a Chinese number below a thousand: 十二 -> 12, 二〇三 -> 203."""
    if not set(word) & set("十百"):
        return int("".join(str(_DIGITS[char]) for char in word))
    total, digit = 0, 0
    for char in word:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
    return total + digit


def too_bare(name: str) -> bool:
    """True for a name that cannot stand alone: one character, or a mere building number."""
    folded = fold(name)
    return len(folded) < 2 or bool(_BARE.fullmatch(folded))


def gazetteer(directory: Directory, simplify: Simplify = str) -> Finder:
    """A finder over all place names, aliases, and the names of grids, communities and towns.

    ``simplify`` turns traditional characters into simplified ones. Longer names win over the
    shorter ones inside them. Costs length of text x length of the longest name, whatever the
    size of the directory.
    """

    def spell(text: str) -> str:
        return fold(simplify(clean(text)))

    meant: dict[str, tuple[str, set[str], bool]] = {}

    def learn(alias: str, name: str, grids: Iterable[str], *, broad: bool) -> None:
        if not too_bare(alias):
            first, found, wide = meant.get(spell(alias), (name, set(), broad))
            # What two places share is nobody's name: it is shown as it was said.
            shown = name if first == name else alias
            meant[spell(alias)] = (shown, found | set(grids), wide and broad)

    for place in directory.places:
        for alias in (place.name, *place.aliases):
            learn(alias, place.name, (place.grid,), broad=False)
    for grid in directory.of_tier(Tier.D):
        for unit in directory.chain(grid.code):
            learn(unit.name, unit.name, (grid.code,), broad=unit.tier.height >= Tier.B.height)
    longest = max(map(len, meant), default=0)

    def find(text: str) -> tuple[Hit, ...]:
        said = spell(text)
        spans = [
            (start, end)
            for start in range(len(said))
            for end in range(start + 2, min(start + longest, len(said)) + 1)
            if said[start:end] in meant
        ]
        taken: list[tuple[int, int]] = []
        for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
            if all(end <= other[0] or start >= other[1] for other in taken):
                taken.append((start, end))
        found = dict.fromkeys(said[start:end] for start, end in sorted(taken))
        entries = (meant[word] for word in found)
        return tuple(Hit(name, frozenset(grids), broad) for name, grids, broad in entries)

    return find


def resolve(
    text: str | None,
    location: tuple[float, float] | None,
    directory: Directory,
    grids_at: GridsAt,
    find: Finder,
) -> PlaceResult:
    """Where a report is, from its words and its place pin (latitude, longitude).

    A pin inside the area wins over the words, which then only choose between grids that meet
    there; a pin elsewhere is ``outside`` whatever the words say (every city has such a road).
    """
    worded = _by_words(text, directory, find)
    if location is None:
        return worded
    lat, lon = location
    inside = -90 <= lat <= 90 and -180 <= lon <= 180
    at = tuple(sorted(set(grids_at(lat, lon)) & set(directory.units))) if inside else ()
    if not at:
        return PlaceResult(worded.grids, worded.matched, PlaceStatus.OUTSIDE)
    both = tuple(grid for grid in at if grid in worded.grids)
    return PlaceResult(both or at, worded.matched if both else None, PlaceStatus.KNOWN)


def _by_words(text: str | None, directory: Directory, find: Finder) -> PlaceResult:
    hits = [hit for hit in find(text or "") if hit.grids & set(directory.units)]
    if all(hit.broad for hit in hits):
        return PlaceResult((), None, PlaceStatus.UNKNOWN)
    common = frozenset.intersection(*(hit.grids for hit in hits))
    # Names that contradict one another (from here to there): all of them are candidates.
    grids = common or frozenset().union(*(hit.grids for hit in hits if not hit.broad))
    best = min((hit for hit in hits if not hit.broad), key=lambda hit: len(hit.grids))
    status = PlaceStatus.KNOWN if len(grids) == 1 else PlaceStatus.AMBIGUOUS
    return PlaceResult(tuple(sorted(grids)), best.name, status)
