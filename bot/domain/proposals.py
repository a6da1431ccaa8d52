"""Which words the lexicon may lack, from reports whose item people have put right.

A word is proposed for an item when several corrected cases agree on it and when it is seldom in
reports about anything else. Names, numbers and places are never proposed. Whether a row is added
is decided by a person; words that lower the alarm are not proposed at all.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

AGREE = 2
"""Corrected cases that must hold a word and agree on its item: what one person wrote once is
chance, and may be private."""
WEAKEST, STRONGEST = 1.5, 4.0
"""Log-odds below which a word is not worth a row; and above which few cases prove nothing."""
SHORTEST, LONGEST = 2, 6
"""Characters of a proposed word."""
ORIGIN = "correction"

_HAN = re.compile("[\u4e00-\u9fff]+")
_PLACE = re.compile(
    ".+(?:省|市|县|区|镇|乡|村|花园|新城|苑|府|路|街|巷|桥|里|号|栋|幢|座|楼|单元)"
)
_EMPTY = ("ns", *"tmqrdpcuyeofhksx")
"""Classes of words that name a place, a time or a number, or that mean nothing by themselves."""
_THING = ("n", "a")
"""Classes of a single character that may be part of a word: a thing or how it is."""
_PERSON = "nr"


@dataclass(frozen=True, slots=True)
class Corrected:
    """A case whose item was ``was`` ("" for none) and became ``now``, with its words."""

    was: str
    now: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row for the lexicon and what speaks for it.

    ``cases``: corrected cases that hold the word and agree; ``was``: the items that they had,
    and how many had each. ``elsewhere``: other past reports that hold it, by their item.
    ``gives``: what the present lexicon makes of the word alone, with the probability. ``row``:
    what it weighs for this item there already; None when there is no such row.
    """

    word: str
    label: str
    weight: float
    cases: int
    was: Mapping[str, int]
    elsewhere: Mapping[str, int]
    gives: tuple[str, float] | None
    row: float | None


@dataclass
class History:
    """Past reports that nobody had to correct: how many hold which word, by their item."""

    words: Collection[str]
    reports: Counter[str] = field(default_factory=Counter)
    holding: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, text: str, item: str) -> None:
        """One more report, as the lexicon spells it."""
        self.reports[item] += 1
        for word in self.words:
            if word in text:
                self.holding[word][item] += 1


def words(
    text: str,
    cut: Callable[[str], list[str]],
    classes: Mapping[str, str],
    named: Callable[[str], bool],
) -> frozenset[str]:
    """What may be proposed of a text: its words, and those that two neighbours make together.

    ``text``: masked, as the lexicon spells it, places taken out. ``classes``: the class of every
    word of the dictionary. ``named``: whether it looks like somebody's name. Words in other
    letters are left out: a name cannot be told from them.
    """
    pieces = cut(text)
    good = [_good(piece, classes) for piece in pieces]
    found = set()
    for piece, fits in zip(pieces, good, strict=True):
        person = classes.get(piece, "").startswith(_PERSON) and named(piece)
        if fits and SHORTEST <= len(piece) <= LONGEST and not person:
            found.add(piece)
    for (left, first), (right, second) in pairwise(zip(pieces, good, strict=True)):
        joined = left + right
        fits = first and second and SHORTEST < len(joined) <= LONGEST
        if fits and not _PLACE.fullmatch(joined) and not named(joined):
            found.add(joined)
    return frozenset(found)


def agreed(corrected: Iterable[Corrected]) -> dict[tuple[str, str], Counter[str]]:
    """(word, item) on which enough cases agree -> the items that they had before."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for case in corrected:
        for word in case.words:
            found[word, case.now][case.was] += 1
    return {pair: was for pair, was in found.items() if was.total() >= AGREE}


def proposals(
    corrected: Collection[Corrected],
    history: History,
    gives: Callable[[str], tuple[str, float] | None],
    rows: Mapping[tuple[str, str], float],
) -> tuple[Proposal, ...]:
    """The rows worth looking at, the heaviest first. ``rows``: those of the present lexicon."""
    found = []
    for (word, label), was in agreed(corrected).items():
        weight = _weight(word, label, corrected, history)
        if weight >= WEAKEST:
            elsewhere = dict(history.holding[word].most_common())
            present = rows.get((word, label))
            found.append(
                Proposal(
                    word, label, weight, was.total(), dict(was.most_common()), elsewhere,
                    gives(word), present,
                )
            )  # fmt: skip
    found.sort(key=lambda p: (-p.weight, -p.cases, len(p.word), p.word, p.label))
    return tuple(_without_longer(found))


def _weight(word: str, label: str, corrected: Iterable[Corrected], history: History) -> float:
    """How much likelier the word is in reports about the item than in others, as log-odds."""
    reports, holding = Counter(history.reports), Counter(history.holding[word])
    for case in corrected:
        reports[case.now] += 1
        holding[case.now] += word in case.words
    here, others = reports[label], reports.total() - reports[label]
    inside = (holding[label] + 0.5) / (here + 1)
    outside = (holding.total() - holding[label] + 0.5) / (others + 1)
    return round(min(STRONGEST, math.log(inside / outside)), 1)


def _without_longer(found: Iterable[Proposal]) -> Iterator[Proposal]:
    """Of a word and a longer one that holds it and says no more, the shorter."""
    kept: list[Proposal] = []
    for one in sorted(found, key=lambda p: len(p.word)):
        inside = (p for p in kept if p.label == one.label and p.word in one.word)
        if not any(p.weight >= one.weight and p.cases >= one.cases for p in inside):
            kept.append(one)
    return iter(sorted(kept, key=lambda p: (-p.weight, -p.cases, len(p.word), p.word, p.label)))


def _good(piece: str, classes: Mapping[str, str]) -> bool:
    """Whether a piece of a text may be a word of the lexicon, or part of one."""
    kind = classes.get(piece, "")
    if len(piece) == 1:
        return kind.startswith(_THING) and not kind.startswith(_PERSON)
    return bool(_HAN.fullmatch(piece)) and not kind.startswith(_EMPTY)
