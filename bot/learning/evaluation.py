"""One table against texts of which people said what they are: everything that can be measured."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from bot.domain.lexicon import MessageKind
from bot.domain.ranking import Ranker
from bot.domain.tagging import Tagger
from bot.learning import measure

SUGGESTIONS = "ZH03"
"""The item of suggestions: the kind ``suggestion`` is right there, whatever else was written."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and the truth about it; None or empty: nobody said.

    ``also``: labels as good as ``label``.
    """

    text: str
    label: str | None = None
    also: Collection[str] = ()
    kind: str | None = None
    danger: bool | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are right, the one that was written first; () when nobody said."""
        if self.kind is None:
            return ()
        more = (MessageKind.SUGGESTION.value,) if self.label == SUGGESTIONS else ()
        return (self.kind, *more)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a table made of a text; a plain one knows neither kind nor danger."""

    guesses: Sequence[tuple[str, float]]
    kind: str = ""
    alarm: bool = False
    sure: bool = False


Read = Callable[[str], Answer]


def by_ranker(ranker: Ranker) -> Read:
    """Reading by any table."""
    return lambda text: Answer([(g.item, g.probability) for g in ranker.rank(text)])


def by_tagger(tagger: Tagger) -> Read:
    """Reading as the bot does."""

    def read(text: str) -> Answer:
        found = tagger.tag(text)
        guesses = [(guess.item, guess.probability) for guess in found.guesses]
        return Answer(guesses, found.kind.value, found.emergency, found.sure)

    return read


def evaluate(
    samples: Sequence[Sample], read: Read, bare: Callable[[str], object] | None = None
) -> dict[str, object]:
    """All figures (see ``measure``); with ``bare``, jieba's own cut, the times as well."""
    texts = [sample.text for sample in samples]
    timed = measure.timed(texts, read, bare) if bare else None
    answers = timed.results if timed else [read(text) for text in texts]
    both = list(zip(samples, answers, strict=True))
    found = measure.figures([
        measure.Outcome(sample.label, answer.guesses, sample.also)
        for sample, answer in both
        if sample.label is not None
    ])  # fmt: skip
    found |= timed.figures() if timed else {}
    if kinds := [(sample.kinds, answer.kind) for sample, answer in both if sample.kinds]:
        found |= measure.kinds(kinds)
    if dangers := [(s.danger, answer.alarm) for s, answer in both if s.danger is not None]:
        found |= measure.alarms(dangers)
    if sure := [sample for sample, answer in both if answer.sure]:
        right = (a.guesses[0][0] in {s.label, *s.also} for s, a in both if a.sure)
        found |= {"auto": len(sure) / len(both), "auto_right": measure.share(right)}
    return found
