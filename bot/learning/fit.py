"""Weights for a lexicon, learned from labelled texts (needs the extra ``learn``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.domain.lexicon import HEAVIEST_LEARNED, LEARNED, Entry, Feature
from bot.learning.folds import folds
from bot.learning.samples import SCALE, Floats, Vocabulary, pieces

KEPT = 60_000
"""Weights that are kept besides the strongest of each piece."""
OPENING = 14
"""Words of a letter that are learned once more by themselves: the subject says the most."""
LONG = 40
"""Words from which a text has an opening."""
FOLDS = 3
MANY_LABELS = 30
SMOOTH = 0.1
ROUNDS = 150
LOST = -30.0
"""The score of a label that the part of the texts that was learned from did not have."""


@dataclass(frozen=True)
class Fitted:
    """``weights``: labels x pieces; a score is ``matrix @ weights.T + bias`` in log-odds."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats

    def scores(self, matrix: csr_matrix) -> Floats:
        """(texts, labels)."""
        found: Floats = np.asarray(matrix @ self.weights.T) + self.bias
        return found

    def cooled(self, heat: float) -> Fitted:
        """The same ranking, with all log-odds times ``heat``."""
        return Fitted(self.labels, self.weights * heat, self.bias * heat)


class Method(Protocol):
    """Weights from a matrix and the labels of its rows."""

    def __call__(self, matrix: csr_matrix, labels: NDArray[np.str_]) -> Fitted: ...


def joint(matrix: csr_matrix, labels: NDArray[np.str_], strength: float = 30.0) -> Fitted:
    """All labels against one another (softmax regression): for many labels with few texts."""
    model = LogisticRegression(C=strength, max_iter=ROUNDS, tol=1e-3).fit(matrix, labels)
    if len(model.classes_) == 2:
        weights = np.vstack([np.zeros_like(model.coef_), model.coef_])
        bias = np.concatenate([[0.0], model.intercept_])
    else:
        weights = model.coef_ - np.median(model.coef_, 0)  # the same for all: says nothing
        bias = model.intercept_
    return Fitted(tuple(model.classes_.tolist()), weights, bias)


def apart(matrix: csr_matrix, labels: NDArray[np.str_], strength: float = 0.3) -> Fitted:
    """Each label against the rest, pieces scaled by how unevenly they are spread (NB-SVM): for
    few labels with many long texts.
    """
    names = np.unique(labels)
    weights, bias = [], []
    for name in names:
        mine = labels == name
        here = np.asarray(matrix[mine].sum(0)).ravel() + SMOOTH
        there = np.asarray(matrix[~mine].sum(0)).ravel() + SMOOTH
        odds = np.abs(np.log(here / here.sum()) - np.log(there / there.sum()))
        model = LinearSVC(C=strength, class_weight="balanced", random_state=0)
        model.fit(matrix @ diags(odds), mine)
        weights.append(model.coef_.ravel() * odds)
        bias.append(float(model.intercept_[0]))
    return Fitted(tuple(names.tolist()), np.array(weights), np.array(bias))


def out_of_fold(
    method: Method, matrix: csr_matrix, labels: NDArray[np.str_], parts: Sequence[int]
) -> Floats:
    """(texts, labels in order): scores of each text by a model that has not seen its part."""
    names, part = np.unique(labels), np.array(parts)
    found = np.full((len(labels), len(names)), LOST)
    for unseen in (np.flatnonzero(part == number) for number in sorted(set(parts))):
        seen = np.setdiff1d(np.arange(len(labels)), unseen)
        model = method(matrix[seen], labels[seen])
        columns = np.searchsorted(names, model.labels)
        found[np.ix_(unseen, columns)] = model.scores(matrix[unseen])
    return found


def heat(scores: Floats, labels: NDArray[np.str_]) -> float:
    """The factor at which the shares of the scores are true probabilities."""
    right = np.searchsorted(np.unique(labels), labels)

    def loss(log: float) -> float:
        hot = scores * np.exp(log)
        hot -= hot.max(1, keepdims=True)
        each = hot[np.arange(len(right)), right] - np.log(np.exp(hot).sum(1))
        return -float(each.mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 4), method="bounded").x))


def entries(
    fitted: Fitted, vocabulary: Vocabulary, kept: int = KEPT, *, whole: bool = True
) -> list[Entry]:
    """The rows of a table: the ``kept`` weightiest and, with ``whole``, the strongest of every
    piece, so that the table knows all of them.
    """
    weights = fitted.weights * vocabulary.rarity / SCALE
    strong = np.abs(fitted.weights)
    bar = np.partition(strong.ravel(), -kept)[-kept] if strong.size > kept else 0.0
    chosen = (strong >= bar) | (whole & (strong == strong.max(0)))
    limit = HEAVIEST_LEARNED
    rows = [
        Entry((vocabulary.pieces[at],), fitted.labels[label], round(value, 2), LEARNED)
        for label, at in zip(*np.nonzero(chosen), strict=True)
        if (value := float(np.clip(weights[label, at], -limit, limit)))
    ]
    return rows + bias_entries(zip(fitted.labels, fitted.bias, strict=True))


def bias_entries(bias: Iterable[tuple[str, float]]) -> list[Entry]:
    """What each label starts with."""
    return [
        Entry((f"#{Feature.BIAS}",), label, round(float(value), 3), LEARNED)
        for label, value in bias
    ]


def learn(
    documents: Sequence[Sequence[str]],
    labels: Sequence[str],
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Entry]:
    """The table for texts cut into words, sorted by word and label.

    Raises ValueError when there are fewer than two labels or a label with fewer texts than
    ``FOLDS``.
    """
    names = np.array(labels)
    sizes = np.unique(names, return_counts=True)[1]
    if len(sizes) < 2 or sizes.min() < FOLDS:
        raise ValueError(f"two labels at least, each with {FOLDS} texts or more")
    progress("counting words")
    openings = [(d[:OPENING], n) for d, n in zip(documents, labels, strict=True) if len(d) > LONG]
    every = [pieces(words) for words in (*documents, *(words for words, _ in openings))]
    names = np.concatenate([names, np.array([name for _, name in openings], dtype=names.dtype)])
    vocabulary = Vocabulary(every, least=2 if len(every) > 1000 else 1)
    matrix = vocabulary.matrix(every)
    method = joint if len(sizes) > MANY_LABELS or not openings else apart
    progress("measuring how sure the weights may be")
    whole = len(documents)
    parts = folds(documents, FOLDS)
    seen = out_of_fold(method, matrix[:whole], names[:whole], parts)
    degrees = heat(seen, names[:whole])
    progress("learning weights")
    fitted = method(matrix, names).cooled(degrees)
    return sorted(entries(fitted, vocabulary), key=lambda row: (row.word, row.label))
