"""From text to evidence: which rows of the lexicon a message touches, and how much they count."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from bot.domain.guards import Span, Surroundings, covered, covered_by
from bot.domain.lexicon import EMERGENCY, KIND, NONE, Entry, Guard, Lexicon

NEAR = 28
"""Letters within which the parts of a combined row must lie: about two clauses."""
MOST = 12
"""Occurrences of one phrase that are looked at; more say nothing new."""
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


class Matcher:
    """Looks rows up. ``find`` gives (end, exclusive; phrase); ``events`` are emergency items."""

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

    def spans(self, text: str) -> dict[str, list[Span]]:
        """Every phrase found in the normalised ``text``, Latin ones only as whole words."""
        found: dict[str, list[Span]] = defaultdict(list)
        for end, phrase in self._find(text):
            spot = Span(end - len(phrase), end, phrase)
            if len(found[phrase]) < MOST and _whole(text, spot):
                found[phrase].append(spot)
        return found

    def rough(self, spans: Mapping[str, list[Span]]) -> Iterable[Entry]:
        """Rows that might count, before word borders and guards: more than ``gather`` gives."""
        for phrase, places in spans.items():
            if places:
                yield from self._single.get(phrase, ())
                for entry in self._combined.get(phrase, ()):
                    if self._meet(entry, spans):
                        yield entry

    def gather(self, text: str, spans: Mapping[str, list[Span]]) -> list[Evidence]:
        """Each row that the text bears out, once, at its least guarded place."""
        borders = {0, *accumulate(map(len, self._cut(text)))}
        veils = {spot for word in self._hidden for spot in spans.get(word, ())}
        veiled = covered_by((spot for places in spans.values() for spot in places), veils)
        loose = {
            phrase: [spot for spot in places if spot not in veiled]
            for phrase, places in spans.items()
        }
        clear = {
            phrase: [spot for spot in places if _bordered(spot, borders)]
            for phrase, places in loose.items()
        }
        around = Surroundings(text, self._guard_spans(spans, clear))
        shadowed = self._shadowed(clear)
        found: list[Evidence] = []
        for phrase, places in clear.items():
            for entry in self._single.get(phrase, ()) if places else ():
                kept = [s for s in places if s not in shadowed[_family(entry.label)]]
                if kept and entry.label != NONE:
                    found.append(self._best(entry, [(spot, spot) for spot in kept], around))
        for phrase, places in loose.items():
            found.extend(
                self._best(entry, [pair], around)
                for entry in (self._combined.get(phrase, ()) if places else ())
                if (pair := self._meet(entry, loose))
            )
        return found

    def _guard_spans(
        self, spans: Mapping[str, list[Span]], clear: Mapping[str, list[Span]]
    ) -> list[tuple[Span, Guard]]:
        """Guard words at work: in 没人收 the 没 is the matter itself and denies nothing."""
        guards = {spot: g for word, g in self._guards.items() for spot in spans.get(word, ())}
        items = (word for word in clear if any(map(_for_item, self._single.get(word, ()))))
        rows = {spot for word in items for spot in clear[word]}
        swallowed = covered(rows | guards.keys())
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
        self, entry: Entry, places: Iterable[tuple[Span, Span]], around: Surroundings
    ) -> Evidence:
        event = entry.label == EMERGENCY or entry.label in self._events
        table = EVENT_LEFT if event else ITEM_LEFT
        best = Evidence(entry, entry.word, -math.inf)
        for pair in places:
            left, shown = 1.0, entry.word
            if entry.weight > 0 and not entry.label.startswith(KIND):
                if event and len(entry.parts) == 1 and around.in_name(pair[0]):
                    left = 0.0
                for spot in set(pair):
                    for guard, word in around.near(spot).items():
                        if table.get(guard, 1.0) < left:
                            left, shown = table[guard], f"{word.text}…{entry.word}"
            if left > best.left:
                best = Evidence(entry, shown, left)
        return best


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
