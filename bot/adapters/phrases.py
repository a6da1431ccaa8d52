"""An Aho-Corasick automaton behind the ``PhraseFinder`` port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ahocorasick


class PhraseAutomaton:
    """Finds every occurrence of many phrases in one pass, overlapping ones included."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for phrase in phrases:
            self._automaton.add_word(phrase, phrase)
        self._automaton.make_automaton()

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """(end index, exclusive; the phrase) for each occurrence, by end index."""
        if not len(self._automaton):
            return
        for last, phrase in self._automaton.iter(text):
            yield last + 1, phrase
