"""Labelled texts as a matrix: one row per text, one column per word or piece of a word."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.domain.wordparts import parts

Floats = NDArray[np.float64]
SCALE = 5.0
"""About the rarity of an ordinary piece: keeps the matrix near 1, as the solvers like it."""


def pieces(words: Iterable[str]) -> Counter[str]:
    """How often each word and piece of a word is in a text."""
    return Counter(part for word in words for part in parts(word))


class Vocabulary:
    """The pieces of a corpus and how rare they are; rare ones tell more."""

    def __init__(self, samples: Sequence[Mapping[str, float]], least: int) -> None:
        """Of the pieces in at least ``least`` of the samples."""
        held = Counter(piece for sample in samples for piece in sample)
        self.pieces = tuple(sorted(piece for piece, n in held.items() if n >= least))
        self._column = {piece: at for at, piece in enumerate(self.pieces)}
        count = len(samples)
        self.rarity: Floats = np.array(
            [math.log((1 + count) / (1 + held[piece])) + 1 for piece in self.pieces]
        )

    def matrix(
        self, samples: Sequence[Mapping[str, float]], left: Sequence[Mapping[str, float]] = ()
    ) -> csr_matrix:
        """``samples`` map a piece to how often it is there; ``left`` to what is left of it.

        Exactly what ``bot.domain.weights`` does to a text, times the rarity.
        """
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for at, sample in enumerate(samples):
            known = [(self._column[p], p, n) for p, n in sample.items() if p in self._column]
            size = math.sqrt(max(1, len(known))) * SCALE
            kept = left[at] if left else {}
            for column, piece, times in known:
                rows.append(at)
                columns.append(column)
                value = (1 + math.log(times)) * kept.get(piece, 1.0)
                values.append(value * self.rarity[column] / size)
        shape = (len(samples), len(self.pieces))
        return csr_matrix((values, (rows, columns)), shape=shape)
