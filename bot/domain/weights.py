"""Learned weights: how far the words of a text speak for each label.

A text's score for a label is the sum of the weights of its known words and pieces of words,
divided by the square root of their number: a long text is no louder than a short one. A piece
that is there n times counts 1 + ln n times.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from bot.domain.evidence import Reading
from bot.domain.wordparts import parts

Scores = NDArray[np.float32]
"""One figure per label, in log-odds."""

REMEMBERED = 60_000
"""Words whose pieces are kept looked up."""
LONGEST = 4096
"""Times that a piece can be in a message of Telegram; more count no more."""
TOLD = 0.12
"""Share of all that speaks for a label from which a word is named as a reason."""
NAMED = 6
"""Reasons named at most."""


_TIMES = np.array([0, *(1 + math.log(n) for n in range(1, LONGEST))], np.float32)
"""What a piece counts that is there so many times."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The known pieces of a text: row numbers, each once, how often they count, and by word."""

    rows: Sequence[int]
    times: Scores
    by_word: Sequence[Sequence[int]]
    left: Mapping[int, tuple[float, float]]
    """Row number -> what is left of it for items and for emergencies, where not all."""


class Weights:
    """The learned rows as one matrix: pieces by labels."""

    def __init__(
        self, learned: Mapping[str, Mapping[str, float]], labels: Sequence[str], events: int = 0
    ) -> None:
        """``labels`` are the columns; the last ``events`` of them are emergencies."""
        column = {label: at for at, label in enumerate(labels)}
        self._row = {piece: at for at, piece in enumerate(learned)}
        self._matrix = np.zeros((len(learned), len(labels)), np.float32)
        for at, weights in enumerate(learned.values()):
            for label, weight in weights.items():
                if label in column:
                    self._matrix[at, column[label]] = weight
        self._split = len(labels) - events
        self._known: dict[str, tuple[int, ...]] = {}

    def weigh(self, reading: Reading) -> Weighed:
        """The pieces of the text that are known."""
        known = self._known.get
        by_word = [
            found if (found := known(word)) is not None else self._pieces(word)
            for word in reading.words
        ]
        for at in reading.names:
            by_word[at] = by_word[at][:1] if reading.words[at] in self._row else ()
        counts = Counter(chain.from_iterable(by_word))
        left: dict[int, tuple[float, float]] = {}
        if reading.left:
            plain = (found for at, found in enumerate(by_word) if at not in reading.left)
            whole = {row for found in plain for row in found}
            for at, (item, event) in reading.left.items():
                for row in by_word[at]:
                    if row not in whole:
                        before = left.get(row, (item, event))
                        left[row] = max(before[0], item), max(before[1], event)
        times = _TIMES.take(np.fromiter(counts.values(), np.intp, len(counts)), mode="clip")
        return Weighed(tuple(counts), times, by_word, left)

    def scores(self, weighed: Weighed) -> Scores:
        """What the text says for each label; zeros where nothing is known."""
        if not weighed.rows:
            return np.zeros(self._matrix.shape[1], np.float32)
        matter = self._matrix.take(weighed.rows, 0)
        total: Scores = weighed.times @ matter
        if weighed.left:
            whole, split = (1.0, 1.0), self._split
            left = np.array([weighed.left.get(row, whole) for row in weighed.rows], np.float32)
            total[:split] = (weighed.times * left[:, 0]) @ matter[:, :split]
            total[split:] = (weighed.times * left[:, 1]) @ matter[:, split:]
        total /= math.sqrt(len(weighed.rows))
        return total

    def reasons(self, weighed: Weighed, columns: Sequence[int]) -> NDArray[np.float32]:
        """(words, columns): how far each word spoke for each of the labels."""
        if not weighed.rows:
            return np.zeros((len(weighed.by_word), len(columns)), np.float32)
        flat = list(chain.from_iterable(weighed.by_word))
        cells = self._matrix.take(flat, 0)[:, columns]
        if weighed.left:
            for at, row in enumerate(flat):
                if left := weighed.left.get(row):
                    cells[at] *= [left[column >= self._split] for column in columns]
        sums = np.zeros((len(flat) + 1, len(columns)), np.float32)
        cells.cumsum(0, out=sums[1:])
        sums /= math.sqrt(len(weighed.rows))
        ends = np.fromiter(accumulate(map(len, weighed.by_word), initial=0), np.intp)
        at_ends = sums.take(ends, 0)
        return at_ends[1:] - at_ends[:-1]

    def _pieces(self, word: str) -> tuple[int, ...]:
        found = tuple(self._row[part] for part in parts(word) if part in self._row)
        if len(self._known) < REMEMBERED:
            self._known[word] = found
        return found


def shares(scores: Scores) -> Scores:
    """Log-odds as probabilities that sum to 1."""
    grown: Scores = np.exp(scores - scores.max())
    grown /= grown.sum()
    return grown


def spoken(
    words: Sequence[str], credit: Sequence[float], over: Mapping[int, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(words for, words against) one label, weightiest first; neighbours are told as one."""
    bar = TOLD * sum(value for value in credit if value > 0)
    good: list[tuple[float, str]] = []
    bad: list[tuple[float, str]] = []
    for at, value in enumerate(credit):
        if value > bar:
            _tell(good, words, at, value, credit[at - 1] > bar if at else False)
        elif value < -bar or (value < 0 and at in over):
            word = f"{over[at]}…{words[at]}" if at in over else words[at]
            bad.append((-value, word))
    return _weightiest(good), _weightiest(bad)


def _tell(
    told: list[tuple[float, str]], words: Sequence[str], at: int, value: float, beside: bool
) -> None:
    """Another word that spoke: with the one before it where both stand side by side."""
    if beside and len(told[-1][1]) + len(words[at]) <= _LONGEST:
        told[-1] = told[-1][0] + value, told[-1][1] + words[at]
    else:
        told.append((value, words[at]))


def _weightiest(told: list[tuple[float, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for _, word in sorted(told, reverse=True)[:NAMED]))


_LONGEST = 8
"""Letters that neighbours told as one may have."""
