"""Guards before keywords: what is denied, supposed, settled or only part of a name."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.lexicon import Guard

REACH = 3
"""Letters between a denial and what it denies (没有 发现 着火)."""

_CLAUSE = re.compile(r"[，。！？；：、,.!?;:~…\n]+")
_SENTENCE = re.compile(r"[。！？；!?;…\n]+")
_NAME_TAIL = re.compile(r"(?:路(?![面口上边段灯牌])|街(?!上)|巷|公司|家属院|宿舍楼|广场|大厦)")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the normalised text; ``end`` is exclusive."""

    start: int
    end: int
    text: str


def covered(spans: Iterable[Span]) -> set[Span]:
    """Those that lie within a longer one of the same collection."""
    inner: set[Span] = set()
    reach = -1
    for span in sorted(set(spans), key=lambda span: (span.start, -span.end)):
        if span.end <= reach:
            inner.add(span)
        reach = max(reach, span.end)
    return inner


def covered_by(spans: Iterable[Span], veils: Iterable[Span]) -> set[Span]:
    """Those of ``spans`` that lie within a longer one of ``veils``."""
    inner: set[Span] = set()
    mixed = [(s.start, -s.end, 1, s) for s in spans] + [(v.start, -v.end, 0, v) for v in veils]
    reach: tuple[int, int] = (0, -1)
    for start, _, ordinary, span in sorted(mixed, key=lambda row: row[:3]):
        if ordinary and span.end <= reach[1] and (start, span.end) != reach:
            inner.add(span)
        elif not ordinary and span.end > reach[1]:
            reach = (start, span.end)
    return inner


def names_end(text: str) -> frozenset[int]:
    """Where the first part of a road's or an institution's name ends (消防|路)."""
    return frozenset(match.start() for match in _NAME_TAIL.finditer(text))


class Surroundings:
    """Answers, for any span of one text, which guards apply to it."""

    def __init__(self, text: str, guards: Iterable[tuple[Span, Guard]]) -> None:
        self._clauses = [match.start() for match in _CLAUSE.finditer(text)]
        self._sentences = [match.start() for match in _SENTENCE.finditer(text)]
        self._if: dict[int, Span] = {}
        self._over: dict[int, Span] = {}
        self._denials: dict[int, list[tuple[Span, Guard]]] = defaultdict(list)
        for word, guard in sorted(guards, key=lambda pair: pair[0].start):
            clause = bisect.bisect(self._clauses, word.start)
            if guard is Guard.IF:
                self._if.setdefault(bisect.bisect(self._sentences, word.start), word)
            elif guard is Guard.OVER:
                self._over.setdefault(clause, word)
            else:
                self._denials[clause].append((word, guard))

    def near(self, spot: Span) -> dict[Guard, Span]:
        """Each guard over ``spot`` with the word that put it there.

        A denial reaches ``REACH`` letters on, a supposition to the end of its sentence, and a
        settling word its whole clause.
        """
        found: dict[Guard, Span] = {}
        clause = bisect.bisect(self._clauses, spot.start)
        supposed = self._if.get(bisect.bisect(self._sentences, spot.start))
        if supposed and supposed.end <= spot.start:
            found[Guard.IF] = supposed
        settled = self._over.get(clause)
        if settled and not (settled.start < spot.end and spot.start < settled.end):
            found[Guard.OVER] = settled
        denials = {
            guard: word
            for word, guard in self._denials.get(clause, ())
            if 0 <= spot.start - word.end <= REACH
        }
        return found | denials
