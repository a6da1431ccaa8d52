"""From text to evidence: its words, what stands guard over them, and the rows in full it meets."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from bot.domain.guards import Span, Surroundings, covered, covered_by, names_end
from bot.domain.lexicon import EMERGENCY, KIND, NONE, Entry, Guard, Lexicon

NEAR = 28
"""Letters within which the parts of a combined row must lie: about two clauses."""
MOST = 12
"""Occurrences of one phrase that are looked at; more say nothing new."""
NOWHERE = Surroundings("", ())
SHORT = 2
"""Words of so many letters count only where the segmenter sees word borders."""

ITEM_LEFT = {Guard.NOT: -0.5, Guard.IF: 0.6, Guard.OVER: 0.4}
"""What is left of a weight for an item under a guard; the guards not named leave it whole.
Below zero: who says that it is not that speaks against it."""
EVENT_LEFT = {Guard.NOT: -0.8, Guard.ABSENT: 0.0, Guard.IF: 0.2, Guard.OVER: 0.2}
"""The same for an emergency and for items that are one: nothing happened, or it is over."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row found in the text. ``shown`` is what to tell people; ``left`` 1 means unguarded."""

    entry: Entry
    shown: str
    left: float

    @property
    def weight(self) -> float:
        """What the row adds to its label after the guards."""
        return self.entry.weight * self.left


@dataclass(frozen=True, slots=True)
class Reading:
    """A text cut into words.

    ``rows``: the rows in full that the text bears out. ``left``: by the place of a word that is
    not to be taken at its word, what is left of it for items and for emergencies. ``names``:
    the places of words inside a veil, whose pieces mean nothing. ``over``: the guard word that
    stands over a word, by the word's place.
    """

    words: Sequence[str]
    rows: Sequence[Evidence] = ()
    left: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    names: frozenset[int] = frozenset()
    over: Mapping[int, str] = field(default_factory=dict)


class Matcher:
    """Reads texts. ``find`` gives (end, exclusive; phrase); ``events`` are emergency items."""

    def __init__(
        self,
        lexicon: Lexicon,
        events: frozenset[str],
        find: Callable[[str], Iterable[tuple[int, str]]],
        cut: Callable[[str], list[str]],
    ) -> None:
        self._guards = lexicon.guards
        self._find, self._cut, self._events = find, cut, events
        self._single: dict[str, list[Entry]] = defaultdict(list)
        self._combined: dict[str, list[Entry]] = defaultdict(list)
        self._hidden = {entry.word for entry in lexicon.entries if entry.label == NONE}
        for entry in lexicon.entries:
            if len(entry.parts) > 1:
                self._combined[entry.parts[0]].append(entry)
            elif entry.word[0] not in "@#":
                self._single[entry.word].append(entry)

    def read(self, text: str) -> Reading:
        """The words of the normalised ``text`` and everything that bears on them."""
        words, spans, names = self._cut(text), self._spans(text), names_end(text)
        if not spans and not names:
            return Reading(words)
        ends = [0, *accumulate(map(len, words))]
        left = {at: (1.0, 0.0) for at, end in enumerate(ends[1:]) if end in names} if names else {}
        if not spans:
            return Reading(words, left=left)
        veils = {spot for word in self._hidden & spans.keys() for spot in spans[word]}
        loose, clear = _outside(spans, veils, set(ends))
        guards = self._guard_spans(spans, clear, veils)
        around = Surroundings(text, guards) if guards else NOWHERE
        over = {}
        for at, word in enumerate(words if guards else ()):
            for guard, by in around.near(Span(ends[at], ends[at + 1], word)).items():
                before = left.get(at, (1.0, 1.0))
                item, event = ITEM_LEFT.get(guard, 1.0), EVENT_LEFT.get(guard, 1.0)
                left[at] = min(before[0], item), min(before[1], event)
                over[at] = by.text
        inside = {
            at
            for veil in veils
            for at, (start, end) in enumerate(pairwise(ends))
            if veil.start <= start and end <= veil.end
        }
        rows = self._rows(loose, clear, around, names)
        return Reading(words, rows, left, frozenset(inside), over)

    def _spans(self, text: str) -> dict[str, list[Span]]:
        """Every phrase found in the normalised ``text``, Latin ones only as whole words."""
        found: dict[str, list[Span]] = {}
        for end, phrase in self._find(text):
            spot = Span(end - len(phrase), end, phrase)
            places = found.setdefault(phrase, [])
            if len(places) < MOST and _whole(text, spot):
                places.append(spot)
        return found

    def _rows(
        self,
        loose: Mapping[str, list[Span]],
        clear: Mapping[str, list[Span]],
        around: Surroundings,
        names: frozenset[int],
    ) -> list[Evidence]:
        """Each row that the text bears out, once, at its least guarded place."""

        def best(entry: Entry, places: Iterable[tuple[Span, Span]]) -> Evidence:
            return self._best(entry, places, around, names)

        shadowed = self._shadowed(clear)
        found: list[Evidence] = []
        for phrase, places in clear.items():
            for entry in self._single.get(phrase, ()) if places else ():
                kept = [s for s in places if s not in shadowed[_family(entry.label)]]
                if kept and entry.label != NONE:
                    found.append(best(entry, [(spot, spot) for spot in kept]))
        for phrase, places in loose.items():
            found.extend(
                best(entry, [pair])
                for entry in (self._combined.get(phrase, ()) if places else ())
                if (pair := self._meet(entry, loose))
            )
        return found

    def _guard_spans(
        self,
        spans: Mapping[str, list[Span]],
        clear: Mapping[str, list[Span]],
        veils: set[Span],
    ) -> list[tuple[Span, Guard]]:
        """Guard words at work: in 没人收 the 没 is the matter itself and denies nothing."""
        guards = {
            spot: self._guards[word]
            for word in self._guards.keys() & spans.keys()
            for spot in spans[word]
        }
        items = (word for word in clear if any(map(_for_item, self._single.get(word, ()))))
        rows = {spot for word in items for spot in clear[word]}
        swallowed = covered(rows | veils | guards.keys())
        return [(spot, guard) for spot, guard in guards.items() if spot not in swallowed]

    def _shadowed(self, clear: Mapping[str, list[Span]]) -> dict[str, set[Span]]:
        """Per family of labels, the places where a longer phrase says it more exactly."""
        families: dict[str, set[Span]] = {"item": set(), EMERGENCY: set(), KIND: set()}
        for phrase, places in clear.items():
            for family in {_family(entry.label) for entry in self._single.get(phrase, ())}:
                families[family].update(places)
        return {family: covered(spots) for family, spots in families.items()}

    def _meet(self, entry: Entry, spans: Mapping[str, list[Span]]) -> tuple[Span, Span] | None:
        """The first and last part of a combined row where all its parts lie close together."""
        for anchor in spans.get(entry.parts[0], ()):
            mates = [anchor]
            for part in entry.parts[1:]:
                near = [s for s in spans.get(part, ()) if abs(s.start - anchor.start) <= NEAR]
                if not near:
                    break
                mates.append(min(near, key=lambda s: abs(s.start - anchor.start)))
            else:
                return min(mates, key=lambda s: s.start), max(mates, key=lambda s: s.start)
        return None

    def _best(
        self,
        entry: Entry,
        places: Iterable[tuple[Span, Span]],
        around: Surroundings,
        names: frozenset[int],
    ) -> Evidence:
        event = entry.label == EMERGENCY or entry.label in self._events
        table = EVENT_LEFT if event else ITEM_LEFT
        best = Evidence(entry, entry.word, -math.inf)
        for pair in places:
            left, shown = 1.0, entry.word
            if entry.weight > 0 and not entry.label.startswith(KIND):
                if event and len(entry.parts) == 1 and pair[0].end in names:
                    left = 0.0
                for spot in set(pair):
                    for guard, word in around.near(spot).items():
                        if table.get(guard, 1.0) < left:
                            left, shown = table[guard], f"{word.text}…{entry.word}"
            if left > best.left:
                best = Evidence(entry, shown, left)
        return best


def _outside(
    spans: Mapping[str, list[Span]], veils: set[Span], borders: set[int]
) -> tuple[dict[str, list[Span]], dict[str, list[Span]]]:
    """The places outside veils, and of those the ones at word borders."""
    everywhere = (spot for places in spans.values() for spot in places)
    veiled = covered_by(everywhere, veils) if veils else set()
    loose = {
        phrase: [spot for spot in places if spot not in veiled] for phrase, places in spans.items()
    }
    clear = {
        phrase: [spot for spot in places if _bordered(spot, borders)]
        for phrase, places in loose.items()
    }
    return loose, clear


def _for_item(entry: Entry) -> bool:
    return entry.weight > 0 and _family(entry.label) == "item"


def _family(label: str) -> str:
    if label == EMERGENCY:
        return EMERGENCY
    return KIND if label.startswith(KIND) else "item"


def _bordered(spot: Span, borders: set[int]) -> bool:
    if spot.end - spot.start > SHORT:
        return True
    return spot.start in borders and spot.end in borders


def _whole(text: str, spot: Span) -> bool:
    def latin(at: int) -> bool:
        return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()

    before = latin(spot.start) and latin(spot.start - 1)
    return not before and not (latin(spot.end - 1) and latin(spot.end))
