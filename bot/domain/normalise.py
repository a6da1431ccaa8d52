"""One spelling for every message, so that the lexicon needs each word once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

Simplify = Callable[[str], str]
"""Traditional to simplified Chinese; gets text without surrogates or control characters."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202f\ufeff]")
_SPACES = re.compile(r"\s+")
_LOOSE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")


def clean(text: str) -> str:
    """The text as NFKC without control characters, unpaired surrogates or invisible marks.

    Any string is accepted. Each removed character becomes one space: words stay apart.
    """
    return unicodedata.normalize("NFKC", _UNSAFE.sub(" ", text))


class Normaliser:
    """``clean``, traditional to simplified, lower case, then the spelling rules of the lexicon.

    ``spelling`` holds (as written, meant) pairs in simplified lower-case letters: Cantonese,
    dialect, frequent typing errors, and fillers of dictated speech (meant: nothing). Longer
    ones are applied first. The result is for matching only and never shown to anybody.
    """

    def __init__(self, spelling: Iterable[tuple[str, str]], simplify: Simplify) -> None:
        self._rules = tuple(sorted(spelling, key=lambda rule: (-len(rule[0]), rule[0])))
        self._simplify = simplify

    def __call__(self, text: str) -> str:
        """The text as the lexicon spells it; "" for nothing but blanks. Never raises."""
        return self.spelled(self.plain(text))

    def plain(self, text: str) -> str:
        """The text clean and simplified, in its own words."""
        return self._simplify(clean(text))

    def spelled(self, plain: str) -> str:
        """A plain text as the lexicon spells it."""
        lower = _SPACES.sub(" ", plain.lower()).strip()
        return respell(_LOOSE.sub("", lower), self._rules)

    def as_written(self, word: str, text: str) -> str:
        """How ``text`` writes a word of the lexicon: in its own characters and case.

        The word itself where it is not found again: respelled, or in a line whose length
        changes on the way.
        """
        for line in text.splitlines():
            plain = self._simplify(clean(line)).lower()
            at = plain.find(word)
            if at >= 0 and len(plain) == len(line):
                return line[at : at + len(word)]
        return word


def respell(text: str, rules: Iterable[tuple[str, str]]) -> str:
    """The text with each (written, meant) rule applied in the order given."""
    for written, meant in rules:
        if written in text:
            text = text.replace(written, meant)
    return text
