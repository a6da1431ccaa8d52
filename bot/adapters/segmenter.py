"""jieba's dictionary behind the ``Segmenter`` port, cut by an own routine four times as fast.

The words are those of ``jieba.cut(text, HMM=False)``: the likeliest row of dictionary words.
jieba itself is not imported, which would double the memory.
"""

from __future__ import annotations

import contextlib
import marshal
import math
import os
import re
import sys
import tempfile
from importlib.metadata import distribution
from operator import add
from pathlib import Path

_SIGNS = re.compile(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%-]+")
"""What words are made of; any other character is a word by itself."""
_LONGEST = 16
"""Letters of the longest word in the dictionary."""
_GLUED = re.compile("[a-zA-Z0-9]|\r\n")

_Tables = tuple[dict[str, float], dict[str, tuple[float, tuple[int, ...]]], dict[str, float]]
"""Log-probabilities. Of single signs; by first two letters: of that word (-inf when it is none)
and the lengths of the longer words that begin so; of words of three letters or more."""


class JiebaSegmenter:
    """Cuts text into words. Share one: 60 MB, a fifth of a second from the cache, one without."""

    def __init__(self, cache_dir: Path | None = None) -> None:
        """``cache_dir`` keeps the parsed dictionary, written beside and renamed, so that a kill
        never leaves half a file; None: no cache."""
        signs, pairs, longer = _parsed() if cache_dir is None else _cached(cache_dir)
        self._sign, self._pair, self._longer = signs.get, pairs.get, longer.get

    def cut(self, text: str) -> list[str]:
        """The words of ``text`` in order; joined they are the text again."""
        ends = self._ends(text)
        words: list[str] = []
        size, start = len(text), 0
        while start < size:
            end = ends[start]
            words.append(text[start:end])
            start = end
        return _glue(words) if _GLUED.search(text) else words

    def _ends(self, text: str) -> list[int]:
        """For each index where the best word that starts there ends, found from the right."""
        longer, at = self._longer, len(text)
        score = [0.0] * (at + 1) + [-math.inf] * _LONGEST
        ends = list(range(1, at + 1))
        pairs = [*map(self._pair, map(add, text, text[1:])), None]
        best = 0.0
        for single, pair in zip(
            reversed(list(map(self._sign, text))), reversed(pairs[:at]), strict=True
        ):
            at -= 1
            if single is None:
                best = 0.0
                continue
            best += single
            if pair is not None:
                double, lengths = pair
                if (other := double + score[at + 2]) >= best:
                    best, ends[at] = other, at + 2
                for length in lengths:
                    found = longer(text[at : at + length])
                    if found is not None and (other := found + score[at + length]) >= best:
                        best, ends[at] = other, at + length
            score[at] = best
        return ends


def _glue(words: list[str]) -> list[str]:
    """Joins letters and digits that are no dictionary word, and the two signs of a line end."""
    glued: list[str] = []
    before = False
    for word in words:
        alone = len(word) == 1 and word.isascii() and word.isalnum()
        if (alone and before) or (word == "\n" and glued and glued[-1] == "\r"):
            glued[-1] += word
        else:
            glued.append(word)
        before = alone
    return glued


def _cached(folder: Path) -> _Tables:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"words-{distribution('jieba').version}-{sys.implementation.cache_tag}.cache"
    with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
        signs, pairs, longer = marshal.loads(path.read_bytes())  # noqa: S302 - a private folder
        return signs, pairs, longer
    tables = _parsed()
    with contextlib.suppress(OSError):
        handle, beside = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            marshal.dump(tables, file)
        Path(beside).replace(path)
    return tables


def _parsed() -> _Tables:
    """The tables from jieba's ``dict.txt``: a word, how often it was seen and its class a line."""
    seen: dict[str, int] = {}
    total = 0
    dictionary = Path(str(distribution("jieba").locate_file("jieba/dict.txt")))
    with dictionary.open(encoding="utf-8") as lines:
        for line in lines:
            word, number, _ = line.split(" ")
            seen[word] = int(number)
            total += seen[word]
    weights = {times: math.log(times or 1) - math.log(total) for times in {0, *seen.values()}}
    signs = dict.fromkeys(filter(_SIGNS.fullmatch, map(chr, range(0x9FD6))), weights[0])
    doubles: dict[str, float] = {}
    longer: dict[str, float] = {}
    lengths: dict[str, set[int]] = {}
    for word, times in seen.items():
        if times and _SIGNS.fullmatch(word):
            if len(word) == 1:
                signs[word] = weights[times]
            elif len(word) == 2:
                doubles[word] = weights[times]
            else:
                longer[word] = weights[times]
                lengths.setdefault(word[:2], set()).add(len(word))
    shared: dict[tuple[float, tuple[int, ...]], tuple[float, tuple[int, ...]]] = {}
    pairs = {}
    for start in doubles.keys() | lengths.keys():
        pair = doubles.get(start, -math.inf), tuple(sorted(lengths.get(start, ())))
        pairs[start] = shared.setdefault(pair, pair)
    return signs, pairs, longer
