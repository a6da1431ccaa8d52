"""The tagger: what a message is about, what its sender wants, and whether there is danger now.

A weighted keyword table read by a matcher: every answer can name the words that decided it.
``Tagger.tag`` accepts any string and never raises; an empty answer means that a person looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bot.domain.evidence import Matcher
from bot.domain.lexicon import EMERGENCY, KIND, NO_ITEM, Feature, Lexicon, MessageKind
from bot.domain.normalise import Normaliser, Simplify
from bot.domain.ranking import Guess, Ranker, Scored
from bot.domain.slots import Slots, read_slots
from bot.domain.weights import Scores, shares

__all__ = ["Guess", "MessageKind", "PhraseFinder", "Segmenter", "Slots", "Tagger", "Tagging"]

SURE = 0.90
"""Probability from which a report goes out alone (see docs/tagging.md for what it costs)."""
CLUE = 0.25
"""Probability that an item must have before learned words alone raise an alarm."""
OPENING = frozenset({MessageKind.COMPLAINT, MessageKind.HELP})
"""The kinds that open a case unasked."""
ENDANGERED = OPENING | {MessageKind.CONSULT}
"""The kinds in which somebody may be in danger: people ask whom to call while it burns."""
KINDS = tuple(MessageKind)
START = {NO_ITEM: 2.0, EMERGENCY: -2.0, KIND + MessageKind.COMPLAINT: 1.0}
"""Log-odds before the first word, where the table has no ``#bias``: a word that people wrote
must weigh more than 2 to name an item or to raise an alarm."""


class Segmenter(Protocol):
    """Cuts a text into words; joined they are the text again."""

    def cut(self, text: str) -> list[str]: ...


class PhraseFinder(Protocol):
    """Finds the lexicon's phrases: (end index, exclusive; phrase), overlapping ones included."""

    def find(self, text: str) -> Iterable[tuple[int, str]]: ...


@dataclass(frozen=True, slots=True)
class Tagging:
    """``guesses`` best first, possibly none. ``sure``: safe to dispatch without a person."""

    guesses: tuple[Guess, ...]
    kind: MessageKind
    emergency: bool
    emergency_why: tuple[str, ...]
    sure: bool
    slots: Slots

    @property
    def best(self) -> Guess | None:
        """The likeliest item, or None when no word of the lexicon was found."""
        return self.guesses[0] if self.guesses else None


class Tagger:
    """Reads one message at a time; holds no state between them and may be shared by threads.

    ``items`` maps each item code to its emergency flag.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        items: Mapping[str, bool],
        segmenter: Segmenter,
        phrases: PhraseFinder,
        simplify: Simplify,
    ) -> None:
        self._normalise = Normaliser(lexicon.spelling, simplify)
        events = frozenset(code for code, flag in items.items() if flag)
        self._codes = (*sorted(items.keys() - events), NO_ITEM, *sorted(events))
        plain = (*sorted(items.keys() - events), NO_ITEM, *(KIND + kind for kind in KINDS))
        self._ranker = Ranker(
            lexicon,
            (*plain, *sorted(events), EMERGENCY),
            Matcher(lexicon, events, phrases.find, segmenter.cut),
            self._normalise,
            len(events) + 1,
            START,
        )
        column = {label: at for at, label in enumerate(self._ranker.labels)}
        self._items = np.array([column[code] for code in self._codes])
        self._wants = np.array([*(column[KIND + kind] for kind in KINDS), column[EMERGENCY]])
        self._column_of_none = column[NO_ITEM]
        self._some = np.array([code != NO_ITEM for code in self._codes])
        self._by_item, self._by_feature = self._derived(lexicon)

    def _derived(self, lexicon: Lexicon) -> tuple[Scores, dict[str, Scores]]:
        """What the likely items and the features of a text say about kind and emergency."""
        wants = {self._ranker.labels[column]: at for at, column in enumerate(self._wants)}
        rows = {f"@{code}": np.zeros(len(wants), np.float32) for code in self._codes}
        rows |= {f"#{name}": np.zeros(len(wants), np.float32) for name in Feature}
        for entry in lexicon.entries:
            if entry.word in rows and entry.label in wants and entry.word != f"#{Feature.BIAS}":
                rows[entry.word][wants[entry.label]] = entry.weight
        by_item = np.stack([rows[f"@{code}"] for code in self._codes])
        return by_item, {name: rows[f"#{name}"] for name in Feature}

    def tag(self, text: str) -> Tagging:
        """Everything that the words of ``text`` say. Any string; never raises."""
        plain = self._normalise.plain(text)
        scored = self._ranker.score_plain(plain)
        chances = shares(scored.scores[self._items])
        alarm, kind = self._wanted(scored, chances)
        emergency = alarm and kind in ENDANGERED
        guesses = () if scored.empty else self._guesses(scored, chances)
        spoke = self._ranker.reasons(scored, self._wants[-1:].tolist())[0][0] if emergency else ()
        return Tagging(
            guesses=guesses,
            kind=kind,
            emergency=emergency,
            emergency_why=spoke,
            sure=bool(guesses) and guesses[0].probability >= SURE and kind in OPENING,
            slots=read_slots(plain),
        )

    def as_written(self, word: str, text: str) -> str:
        """How ``text`` writes a word that decided; the word itself where that is not clear."""
        return self._normalise.as_written(word, text)

    def urgent(self, text: str) -> bool:
        """Whether ``tag`` finds an emergency, without the reasons."""
        scored = self._ranker.score(text)
        alarm, kind = self._wanted(scored, shares(scored.scores[self._items]))
        return alarm and kind in ENDANGERED

    def _guesses(self, scored: Scored, chances: Scores) -> tuple[Guess, ...]:
        every = np.zeros(len(self._ranker.labels), np.float32)
        every[self._items] = chances
        every[self._column_of_none] = 0
        return self._ranker.guesses(scored, every)

    def _wanted(self, scored: Scored, chances: Scores) -> tuple[bool, MessageKind]:
        """(danger now, what the sender wants)."""
        scores = scored.scores[self._wants]
        scores += chances @ self._by_item
        for name in features(scored.norm):
            scores += self._by_feature[name]
        alarm = float(scores[-1])
        if chances[self._some].max() < CLUE and EMERGENCY not in scored.rows:
            alarm = min(alarm, -1.0)
        scores += self._by_feature[Feature.DANGER] / (1 + np.exp(-alarm))
        return alarm >= 0, KINDS[int(scores[:-1].argmax())]


_SURE_NUMBER = re.compile(r"(?<![a-z\d-])(?:[a-z]{1,3}-?)?\d[\d-]{3,30}(?![\d-]*[a-z伏元块])")
_PHONE_OR_ID = re.compile(r"1[3-9]\d-?\d{4}-?\d{4}|\d{17}[\dx]")
_QUESTION = re.compile(r"[?]|(?:吗|不|么|没|呢|呀|啥)[。!]?$")
_WORDY = re.compile(r"[^\W_]")
_LAUGH = re.compile(r"[哈呵嘿嘻啊\W\d_]+")
_MASH = re.compile(r"(?:(?![aeiou])[a-z]){4,}|(.)\1{4,}")


def features(norm: str) -> frozenset[Feature]:
    """The features of a normalised text that rows with ``#name`` weigh."""
    rest = _LAUGH.sub("", norm)
    found = {
        Feature.CASE_NUMBER: _SURE_NUMBER.search(_PHONE_OR_ID.sub("", norm)) is not None,
        Feature.QUESTION: _QUESTION.search(norm) is not None,
        Feature.SYMBOLS: not _WORDY.search(norm),
        Feature.NOISE: bool(norm) and (not rest or (len(rest) < 12 and bool(_MASH.search(rest)))),
        Feature.SHORT: len(norm) <= 6,
    }
    return frozenset(name for name, there in found.items() if there)


def as_json(tagging: Tagging) -> dict[str, object]:
    """What ``huying tag`` prints: items, kind, emergency, auto, slots; only plain values."""
    slots = tagging.slots
    return {
        "items": [
            {
                "code": guess.item,
                "probability": round(guess.probability, 4),
                "why": list(guess.why),
                "against": list(guess.against),
            }
            for guess in tagging.guesses
        ],
        "kind": tagging.kind.value,
        "emergency": tagging.emergency,
        "emergency_why": list(tagging.emergency_why),
        "auto": tagging.sure,
        "slots": {
            "place": slots.place,
            "since": slots.since,
            "when": slots.when,
            "people": slots.people,
            "parts": slots.parts._asdict(),
        },
    }
