"""Which labels a text speaks for: the lexicon's rows, summed up and made probabilities.

``Ranker`` serves any table: the shipped one, behind ``Tagger``, or seven topics of letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.evidence import Evidence, Matcher, Reading
from bot.domain.lexicon import Feature, Lexicon
from bot.domain.normalise import Normaliser
from bot.domain.weights import Scores, Weighed, Weights, shares, spoken

ECHO = 0.6
"""What the second of two rows for one label still adds of its weight."""
GUESSES = 5
"""Labels returned at most."""
FAINT = 0.0005
"""A guess less probable than this is none."""
EXPLAINED = 0.05
"""Probability from which the words behind a guess are named; after the others nobody asks."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A label with its probability (0 to 1) and the words that spoke for and against it."""

    item: str
    probability: float
    why: tuple[str, ...]
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """A text read against the table. ``scores``: log-odds, one per label of the ranker."""

    norm: str
    reading: Reading
    weighed: Weighed
    scores: Scores
    rows: dict[str, list[Evidence]]
    """The rows in full by label."""

    @property
    def empty(self) -> bool:
        """Whether the table knows nothing of the text."""
        return not self.weighed.rows and not self.rows


class Ranker:
    """Holds no state between texts and may be shared by threads."""

    def __init__(
        self,
        lexicon: Lexicon,
        labels: Sequence[str],
        matcher: Matcher,
        normalise: Normaliser,
        events: int = 0,
        bias: Mapping[str, float] | None = None,
    ) -> None:
        """``labels`` in the order of the scores; the last ``events`` are emergencies.

        ``bias`` is what a label starts with where the table does not say.
        """
        self.labels = tuple(labels)
        self._column = {label: at for at, label in enumerate(labels)}
        self._matcher, self._normalise = matcher, normalise
        self._weights = Weights(lexicon.learned, self.labels, events)
        start = bias or {}
        self._bias = np.array([start.get(label, 0.0) for label in labels], np.float32)
        for entry in lexicon.entries:
            if entry.word == f"#{Feature.BIAS}" and entry.label in self._column:
                self._bias[self._column[entry.label]] = entry.weight

    def score(self, text: str) -> Scored:
        """What all rows say. Any string; never raises."""
        return self.score_plain(self._normalise.plain(text))

    def score_plain(self, plain: str) -> Scored:
        """The same for a text that is clean and simplified already."""
        norm = self._normalise.spelled(plain)
        reading = self._matcher.read(norm)
        weighed = self._weights.weigh(reading)
        scores = self._weights.scores(weighed)
        scores += self._bias
        rows: dict[str, list[Evidence]] = {}
        for found in reading.rows:
            if found.entry.label in self._column:
                rows.setdefault(found.entry.label, []).append(found)
        for label, of_label in rows.items():
            scores[self._column[label]] += total(found.weight for found in of_label)
        return Scored(norm, reading, weighed, scores, rows)

    def rank(self, text: str) -> tuple[Guess, ...]:
        """All labels with their probabilities, best first; () when nothing is known."""
        scored = self.score(text)
        if scored.empty:
            return ()
        return self.guesses(scored, shares(scored.scores), len(self.labels))

    def guesses(self, scored: Scored, chances: Scores, most: int = GUESSES) -> tuple[Guess, ...]:
        """The likeliest of the first ``len(chances)`` labels, the best with their reasons."""
        order = [at for at in np.argsort(-chances)[:most].tolist() if chances[at] >= FAINT]
        told = self.reasons(scored, [at for at in order if chances[at] >= EXPLAINED])
        told += [((), ())] * (len(order) - len(told))
        return tuple(
            Guess(self.labels[at], float(chances[at]), *why)
            for at, why in zip(order, told, strict=True)
        )

    def reasons(
        self, scored: Scored, columns: Sequence[int]
    ) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """(words for, words against) each of the labels, those of the rows in full first."""
        reading = scored.reading
        told = self._weights.reasons(scored.weighed, columns).T.tolist() if columns else []
        found = []
        for column, credit in zip(columns, told, strict=True):
            good, bad = _named(scored.rows.get(self.labels[column], ()))
            more, less = spoken(reading.words, credit, reading.over)
            found.append((_joined(good, more), _joined(bad, less)))
        return found


def total(weights: Iterable[float]) -> float:
    """Log-odds from rows in full: words for one thing overlap, so each next one adds less."""
    added, share = 0.0, 1.0
    for weight in sorted(weights, key=abs, reverse=True):
        added += weight * share
        share *= ECHO if weight > 0 else 1.0
    return added


def _named(rows: Iterable[Evidence]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(words for, words against), weightiest first; guarded words speak against."""
    ranked = sorted(rows, key=lambda found: -abs(found.entry.weight))
    good = (found.shown for found in ranked if found.weight > 0 and found.left >= 1)
    bad = (found.shown for found in ranked if found.weight < 0 or found.left < 1)
    return tuple(dict.fromkeys(good)), tuple(dict.fromkeys(bad))


def _joined(first: tuple[str, ...], then: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *then)))
