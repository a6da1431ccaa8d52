"""The tagger: what a message is about, what its sender wants, and whether there is danger now.

A weighted keyword table read by a matcher: every answer can name the words that decided it.
``Tagger.tag`` accepts any string and never raises; an empty answer means that a person looks.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain.evidence import Evidence, Matcher
from bot.domain.guards import Span
from bot.domain.lexicon import EMERGENCY, KIND, Entry, Feature, Lexicon, MessageKind
from bot.domain.normalise import Normaliser, Simplify, clean
from bot.domain.slots import Slots, read_slots

__all__ = ["Guess", "MessageKind", "PhraseFinder", "Segmenter", "Slots", "Tagger", "Tagging"]

GUESSES = 5
"""Items returned at most."""
UNKNOWN = 2.0
"""Log-odds of "none of the items": a guess must outweigh it to be probable."""
SURE = 0.90
"""Probability from which a report goes out alone (see docs/tagging.md for what it costs)."""
ECHO = 0.6
"""What the second of two words for one item still adds of its weight."""
ALARM = 2.0
"""Log-odds from which a text is an emergency."""
EVENT = 3.2
"""What a certain emergency item adds to the alarm."""
STEEP, PATIENCE = 2.0, 6.0
"""Shape of an item's strength: slope around the threshold; log-odds behind the best per e-fold."""
LIKELY = 0.35
"""Probability from which an item bears on the kind and the alarm."""

OPENING = frozenset({MessageKind.COMPLAINT, MessageKind.HELP})
"""The kinds that open a case unasked."""
ENDANGERED = OPENING | {MessageKind.CONSULT}
"""The kinds in which somebody may be in danger: people ask whom to call while it burns."""


Rows = dict[str, list[Evidence]]
"""The evidence of each item."""


class Segmenter(Protocol):
    """Cuts a text into words; joined they are the text again."""

    def cut(self, text: str) -> list[str]: ...


class PhraseFinder(Protocol):
    """Finds the lexicon's phrases: (end index, exclusive; phrase), overlapping ones included."""

    def find(self, text: str) -> Iterable[tuple[int, str]]: ...


@dataclass(frozen=True, slots=True)
class Guess:
    """An item with its probability (0 to 1) and the words that spoke for and against it."""

    item: str
    probability: float
    why: tuple[str, ...]
    against: tuple[str, ...]


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
        self._items = dict(items)
        self._events = frozenset(code for code, flag in items.items() if flag)
        self._simplify = simplify
        self._normalise = Normaliser(lexicon.spelling, simplify)
        self._matcher = Matcher(lexicon, self._events, phrases.find, segmenter.cut)
        self._derived: dict[str, list[Entry]] = defaultdict(list)
        for entry in lexicon.entries:
            if entry.word[0] in "@#":
                self._derived[entry.word].append(entry)

    def tag(self, text: str) -> Tagging:
        """Everything that the words of ``text`` say. Any string; never raises."""
        norm = self._normalise(text)
        spans = self._matcher.spans(norm)
        evidence = self._matcher.gather(norm, spans)
        rows: Rows = defaultdict(list)
        for found in evidence:
            if found.entry.label in self._items:
                rows[found.entry.label].append(found)
        scores = {code: _total(found.weight for found in rows[code]) for code in rows}
        guesses = self._guess(scores, rows)
        alarm, alarm_why = self._alarm(evidence, scores, rows)
        emergency = alarm >= ALARM
        kind = self._kind([*evidence, *self._derive(norm, guesses)], emergency)
        emergency = emergency and kind in ENDANGERED
        return Tagging(
            guesses=guesses,
            kind=kind,
            emergency=emergency,
            emergency_why=alarm_why if emergency else (),
            sure=bool(guesses) and guesses[0].probability >= SURE and kind in OPENING,
            slots=read_slots(self._simplify(clean(text))),
        )

    def as_written(self, word: str, text: str) -> str:
        """How ``text`` writes a word that decided; the word itself where that is not clear."""
        return self._normalise.as_written(word, text)

    def urgent(self, text: str) -> bool:
        """Whether ``tag`` might find an emergency: true whenever it does, and cheap."""
        return self._might_alarm(self._matcher.spans(self._normalise(text)))

    def _might_alarm(self, spans: Mapping[str, list[Span]]) -> bool:
        cues, weights = 0.0, defaultdict[str, list[float]](list)
        for entry in self._matcher.rough(spans):
            if entry.weight > 0 and entry.label == EMERGENCY:
                cues += entry.weight
            elif entry.weight > 0:
                weights[entry.label].append(entry.weight)
        strength = {code: _strength(_total(found)) for code, found in weights.items()}
        derived = sum(
            max(0.0, entry.weight) * strength[code]
            for code in strength
            for entry in self._derived[f"@{code}"]
            if entry.label == EMERGENCY
        )
        events = (strength[code] for code in strength if code in self._events)
        return cues + derived + EVENT * max(events, default=0.0) >= ALARM

    def _guess(self, scores: Mapping[str, float], rows: Rows) -> tuple[Guess, ...]:
        ranked = sorted(
            (code for code in scores if scores[code] > 0), key=lambda c: (-scores[c], c)
        )
        top = max([UNKNOWN, *scores.values()])
        total = sum(math.exp(scores[code] - top) for code in ranked) + math.exp(UNKNOWN - top)
        return tuple(
            Guess(code, math.exp(scores[code] - top) / total, *_reasons(rows[code]))
            for code in ranked[:GUESSES]
        )

    def _derive(self, norm: str, guesses: tuple[Guess, ...]) -> list[Evidence]:
        """Rows for the kind that hang on the likely items and on features of the text."""
        likely = [guess for guess in guesses if guess.probability >= LIKELY]
        found = [
            Evidence(entry, entry.word, guess.probability)
            for guess in likely
            for entry in self._derived[f"@{guess.item}"]
            if entry.label != EMERGENCY
        ]
        names = set(features(norm))
        if not likely:
            names.add(Feature.NO_ITEM)
        found += [
            Evidence(row, row.word, 1.0) for name in names for row in self._derived[f"#{name}"]
        ]
        return found

    def _alarm(
        self, evidence: Iterable[Evidence], scores: Mapping[str, float], rows: Rows
    ) -> tuple[float, tuple[str, ...]]:
        """The log-odds of danger now and the words behind it.

        Several problems in one message do not weaken one another: only the strongest
        emergency item counts, at its own strength.
        """
        cues = [found for found in evidence if found.entry.label == EMERGENCY]
        best = max(scores.values(), default=0.0)
        strength = {code: _strength(score, best) for code, score in scores.items()}
        cues += [
            Evidence(entry, entry.word, strength[code])
            for code in scores
            for entry in self._derived[f"@{code}"]
            if entry.label == EMERGENCY
        ]
        alarm = sum(found.weight for found in cues)
        events = sorted(self._events & scores.keys(), key=lambda code: (-strength[code], code))
        why, _ = _reasons(found for found in cues if found.entry.word[0] != "@")
        if events:
            alarm += EVENT * strength[events[0]]
            why += _reasons(rows[events[0]])[0] if strength[events[0]] >= 0.5 else ()
        return alarm, tuple(dict.fromkeys(why))

    def _kind(self, evidence: Iterable[Evidence], emergency: bool) -> MessageKind:
        scores = dict.fromkeys(MessageKind, 0.0)
        scores[MessageKind.COMPLAINT] = 1.0
        if emergency:
            scores[MessageKind.COMPLAINT] += 2.0
            scores[MessageKind.HELP] += 2.5
        for found in evidence:
            if found.entry.label.startswith(KIND):
                scores[MessageKind(found.entry.label.removeprefix(KIND))] += found.weight
        return max(scores, key=lambda kind: scores[kind])


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


def _total(weights: Iterable[float]) -> float:
    """Log-odds from all weights: words for one thing overlap, so each next one adds less."""
    total, share = 0.0, 1.0
    for weight in sorted(weights, key=abs, reverse=True):
        total += weight * share
        share *= ECHO if weight > 0 else 1.0
    return total


def _strength(score: float, best: float = 0.0) -> float:
    """How certain an item is, 0 to 1; a likelier item beside it weakens it only slowly.

    Rises with ``score`` and falls with ``best``, so leaving ``best`` out gives an upper bound.
    """
    if score <= 0:
        return 0.0
    alone = 1.0 / (1.0 + math.exp(STEEP * (UNKNOWN + 0.5 - score)))
    return alone * math.exp(-max(0.0, best - score) / PATIENCE)


def _reasons(rows: Iterable[Evidence]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(words for, words against), weightiest first; guarded words speak against."""
    ranked = sorted(rows, key=lambda found: -abs(found.entry.weight))
    held = {id(found) for found in ranked if found.entry.weight > 0 and found.left < 1}
    good = [found.shown for found in ranked if found.weight > 0 and id(found) not in held]
    bad = [found.shown for found in ranked if found.weight < 0 or id(found) in held]
    return tuple(dict.fromkeys(good)), tuple(dict.fromkeys(bad))


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
        },
    }
