"""jieba behind the ``Segmenter`` port: an own tokenizer, quiet, with a private cache."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import jieba

jieba.setLogLevel(logging.CRITICAL)

LONGEST_GUESSED = 500
"""Characters up to which unknown words are guessed (the Viterbi step costs 6 us a letter)."""
LONGEST_UNKNOWN = 24
"""A run of pairs that the dictionary has never seen: noise, not worth guessing."""

_HAN = re.compile(r"[\u4e00-\u9fff]+")


class JiebaSegmenter:
    """Cuts text into words. Loading takes about half a second; share one instance."""

    def __init__(self, words: Iterable[str] = (), cache_dir: Path | None = None) -> None:
        """``words`` join the dictionary. ``cache_dir`` keeps the parsed dictionary, written
        beside and renamed, so that a kill never leaves half a file; None: no cache."""
        self._jieba = jieba.Tokenizer()
        if cache_dir is None:
            self._jieba.FREQ, self._jieba.total = self._jieba.gen_pfdict(
                self._jieba.get_dict_file()
            )
            self._jieba.initialized = True
        else:
            cache_dir.mkdir(parents=True, exist_ok=True)
            python = f"{sys.implementation.cache_tag}"
            name = f"jieba-{jieba.__version__}-{python}.cache"
            self._jieba.cache_file = str((cache_dir / name).absolute())
            self._jieba.initialize()
        for word in words:
            self._jieba.add_word(word)

    def cut(self, text: str) -> list[str]:
        """The words of ``text`` in order; joined they are the text again."""
        guess = len(text) <= LONGEST_GUESSED and not self._noisy(text)
        return list(self._jieba.cut(text, HMM=guess))

    def _noisy(self, text: str) -> bool:
        known = self._jieba.FREQ
        for run in _HAN.findall(text):
            strange = 0
            for at in range(len(run) - 1):
                strange = 0 if run[at : at + 2] in known else strange + 1
                if strange > LONGEST_UNKNOWN:
                    return True
        return False
