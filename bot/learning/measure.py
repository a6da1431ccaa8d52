"""How good a table is: figures of its guesses against what people said. Plain Python.

Shares are 0 to 1. ``NOTHING`` stands for the guess of a text in which no word was known.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
NOTHING = "-"
BINS = 10
"""Equal steps of probability over which the calibration error is summed."""
BATCH = 50
"""Texts read in one go when the time is taken."""
Confusion = dict[str, dict[str, int]]
"""What it was -> what was guessed -> how often; pairs that never happened are left out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One text: its true label, others as good, and the guesses with probability, best first."""

    truth: str
    guesses: Sequence[tuple[str, float]]
    also: Collection[str] = ()

    @property
    def guess(self) -> str:
        """The best guess; the true label where the guess is as good."""
        first = self.guesses[0][0] if self.guesses else NOTHING
        return self.truth if first in self.also else first

    @property
    def right(self) -> bool:
        """Whether the best guess will do."""
        return self.guess == self.truth

    @property
    def near(self) -> bool:
        """Whether one of the best three will do."""
        good = {self.truth, *self.also}
        return any(label in good for label, _ in self.guesses[:3])

    @property
    def confidence(self) -> float:
        """The probability of the best guess; 0 without one."""
        return self.guesses[0][1] if self.guesses else 0.0


def figures(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Everything about the ranking of labels; every share is 0 when there is no text."""
    pairs = [(one.truth, one.guess) for one in outcomes]
    macro, micro = f1(pairs)
    return {
        "macro_f1": macro,
        "micro_f1": micro,
        "top1": share(one.right for one in outcomes),
        "top3": share(one.near for one in outcomes),
        "no_hit": share(not one.guesses for one in outcomes),
        "surest80": surest(outcomes, 0.8),
        "surest50": surest(outcomes, 0.5),
        "ece": calibration_error(outcomes),
        "confusion": confusion(pairs),
        "n": len(outcomes),
    }


def share(hits: Iterable[bool]) -> float:
    """The part of ``hits`` that is true."""
    found = list(hits)
    return sum(found) / len(found) if found else 0.0


def f1(pairs: Collection[tuple[str, str]]) -> tuple[float, float]:
    """(macro, micro) F1 of (truth, guess): over every label that was true or guessed.

    A text without a hit counts as missed, not as a label of its own.
    """
    hits: Counter[str] = Counter(truth for truth, guess in pairs if truth == guess)
    truths = Counter(truth for truth, _ in pairs)
    guesses = Counter(guess for _, guess in pairs if guess != NOTHING)
    labels = truths.keys() | guesses.keys()
    each = [2 * hits[label] / (truths[label] + guesses[label]) for label in sorted(labels)]
    macro = sum(each) / len(each) if each else 0.0
    total = truths.total() + guesses.total()
    return macro, 2 * hits.total() / total if total else 0.0


def surest(outcomes: Sequence[Outcome], part: float) -> float:
    """The accuracy of that part of the texts whose best guess is the most probable."""
    ranked = sorted(outcomes, key=lambda one: -one.confidence)
    return share(one.right for one in ranked[: max(1, round(part * len(ranked)))])


def calibration_error(outcomes: Sequence[Outcome]) -> float:
    """How far stated probability and accuracy are apart, averaged over ``BINS`` equal steps."""
    bins: dict[int, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        bins[min(BINS - 1, int(one.confidence * BINS))].append(one)
    apart = (abs(sum(one.right - one.confidence for one in rows)) for rows in bins.values())
    return sum(apart) / len(outcomes) if outcomes else 0.0


def confusion(pairs: Iterable[tuple[str, str]]) -> Confusion:
    """The table of (truth, guess), sorted by label."""
    found = Counter(pairs)
    table: Confusion = {}
    for truth, guess in sorted(found):
        table.setdefault(truth, {})[guess] = found[truth, guess]
    return table


def kinds(rows: Sequence[tuple[Sequence[str], str]]) -> dict[str, object]:
    """Accuracy and confusion of (acceptable kinds, the first one the true one; guess)."""
    pairs = [(good[0], good[0] if guess in good else guess) for good, guess in rows]
    return {
        "kind_accuracy": share(truth == guess for truth, guess in pairs),
        "kind_confusion": confusion(pairs),
        "kind_n": len(pairs),
    }


def alarms(rows: Sequence[tuple[bool, bool]]) -> dict[str, object]:
    """Recall, and the share of false alarms among harmless texts, of (danger, alarm)."""
    return {
        "emergency_recall": share(alarm for danger, alarm in rows if danger),
        "emergency_false": share(alarm for danger, alarm in rows if not danger),
        "emergency_n": sum(danger for danger, _ in rows),
        "harmless_n": sum(not danger for danger, _ in rows),
    }


@dataclass(slots=True)
class Timed(Generic[T]):
    """Results of reading many texts, with the processor time of it in seconds."""

    results: list[T] = field(default_factory=list)
    seconds: float = 0.0
    bare_seconds: float = 0.0

    def figures(self) -> Mapping[str, float]:
        """Milliseconds a text, those of the bare cut, and how many times as long it took."""
        count = max(1, len(self.results))
        return {
            "ms_per_text": 1000 * self.seconds / count,
            "jieba_ms_per_text": 1000 * self.bare_seconds / count,
            "time_ratio": self.seconds / self.bare_seconds if self.bare_seconds else 0.0,
        }


def timed(
    texts: Sequence[str], read: Callable[[str], T], bare: Callable[[str], object]
) -> Timed[T]:
    """Read every text by ``read``, and beside it by ``bare``, on one core.

    Both are warmed up, and take turns batch by batch: what else the machine does hits both.
    """
    found: Timed[T] = Timed()
    clock = time.process_time
    for text in texts[:BATCH]:
        read(text)
        bare(text)
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        begin = clock()
        found.results += [read(text) for text in batch]
        between = clock()
        for text in batch:
            bare(text)
        found.seconds += between - begin
        found.bare_seconds += clock() - between
    return found
