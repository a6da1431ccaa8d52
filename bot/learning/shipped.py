"""The shipped lexicon: items, kinds and danger, learned from the example messages.

Rows of people (guards, spelling, hidden words, rows in full) stay as they are; only the rows of
origin ``learned`` are made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit, softmax

from bot.domain.evidence import Matcher, Reading
from bot.domain.lexicon import EMERGENCY, KIND, LEARNED, Entry, Feature
from bot.domain.normalise import Normaliser
from bot.domain.ranking import total
from bot.domain.tagging import features
from bot.domain.wordparts import parts
from bot.learning import fit
from bot.learning.samples import Floats, Vocabulary, pieces

CALM = "calm"
PARTS = 8
"""Parts of the examples, each judged by what was learned from the others."""
FALSE_ALARMS = 0.05
"""Share of unseen examples without danger that may raise an alarm: half of them are near misses
written to be mistaken, so it is about a half of that for what people really send."""
CANDOUR = 1.6
"""The examples are harder than what people send: probabilities that are true for them are too
low for messages. The factor at which they are true for the held-out ones."""
LEAST_TRUST = 0.1
"""What a row of people about danger counts at the least, beside what was learned."""
ITEMS_KEPT, KINDS_KEPT, ALARM_KEPT = 55_000, 9_000, 5_000


@dataclass(frozen=True)
class Example:
    """A labelled message. ``item``: a code or ``-``; ``weight``: how often it is learned."""

    text: str
    item: str
    kind: str
    emergency: bool
    weight: int = 1


@dataclass
class Corpus:
    """Examples as samples: pieces, and what the guards leave of each.

    ``parts`` keeps the copies of a weightier example together.
    """

    unique: InitVar[Sequence[Example]]
    examples: list[Example] = field(init=False)
    parts: list[int] = field(init=False)
    samples: list[Mapping[str, float]] = field(default_factory=list)
    items_left: list[Mapping[str, float]] = field(default_factory=list)
    events_left: list[Mapping[str, float]] = field(default_factory=list)
    features: list[frozenset[Feature]] = field(default_factory=list)
    cues: list[float] = field(default_factory=list)
    """What the rows of people say about danger, in log-odds."""

    def __post_init__(self, unique: Sequence[Example]) -> None:
        copies = [(at, one) for at, one in enumerate(unique) for _ in range(one.weight)]
        self.examples = [one for _, one in copies]
        self.parts = [at % PARTS for at, _ in copies]

    def read(self, matcher: Matcher, normalise: Normaliser) -> None:
        """Fill in the samples, just as the tagger will read the texts."""
        for example in self.examples:
            norm = normalise(example.text)
            reading = matcher.read(norm)
            words = ["" if at in reading.names else word for at, word in enumerate(reading.words)]
            sample = pieces(words)
            sample.update(reading.words[at] for at in reading.names if parts(reading.words[at]))
            self.samples.append(sample)
            self.items_left.append(_left(reading, 0))
            self.events_left.append(_left(reading, 1))
            self.features.append(features(norm))
            said = (row.weight for row in reading.rows if row.entry.label == EMERGENCY)
            self.cues.append(total(said))

    def beside(self, chances: Floats, danger: Floats | None = None) -> csr_matrix:
        """(texts, items + features): what the second look takes in besides the words."""
        names = list(Feature)
        flags = np.zeros((len(self.examples), len(names)))
        for at, found in enumerate(self.features):
            for name in found:
                flags[at, names.index(name)] = 1
        if danger is not None:
            flags[:, names.index(Feature.DANGER)] = danger
        return csr_matrix(np.hstack([chances, flags]))


def _left(reading: Reading, which: int) -> dict[str, float]:
    """What is left of the pieces of guarded words, unless they stand elsewhere unguarded."""
    plain = {
        part
        for at, word in enumerate(reading.words)
        if at not in reading.left
        for part in parts(word)
    }
    found: dict[str, float] = {}
    for at, left in reading.left.items():
        for part in parts(reading.words[at]):
            if part not in plain:
                found[part] = max(found.get(part, left[which]), left[which])
    return found


def relearn(
    examples: Iterable[Example],
    matcher: Matcher,
    normalise: Normaliser,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Entry]:
    """The learned rows that go with the rows of people, which ``matcher`` reads."""
    corpus = Corpus(sorted(examples, key=lambda one: (one.item, one.kind, one.text)))
    progress("reading the examples")
    corpus.read(matcher, normalise)
    vocabulary = Vocabulary(corpus.samples, least=1)
    matter = vocabulary.matrix(corpus.samples, corpus.items_left)
    events = vocabulary.matrix(corpus.samples, corpus.events_left)
    items = np.array([one.item for one in corpus.examples])
    progress("learning the items")
    seen = fit.out_of_fold(fit.joint, matter, items, corpus.parts)
    degrees = CANDOUR * fit.heat(seen, items)
    found = fit.joint(matter, items).cooled(degrees)
    learned = fit.entries(found, vocabulary, ITEMS_KEPT)
    chances = softmax(seen * degrees, 1)
    progress("learning what danger sounds like")
    danger, alarm_rows = _alarm(corpus, vocabulary, events, chances, found.labels)
    learned += alarm_rows
    progress("learning what people want")
    learned += _kinds(corpus, vocabulary, matter, chances, danger, found.labels)
    return learned


def _alarm(
    corpus: Corpus,
    vocabulary: Vocabulary,
    matrix: csr_matrix,
    chances: Floats,
    items: Sequence[str],
) -> tuple[Floats, list[Entry]]:
    """(probability of danger of each example by a model that has not seen it, the rows)."""
    cues = csr_matrix(np.array(corpus.cues)[:, None])
    full = hstack([matrix, corpus.beside(chances), cues]).tocsr()
    names = np.array([EMERGENCY if one.emergency else CALM for one in corpus.examples])
    seen = fit.out_of_fold(_binary, full, names, corpus.parts)[:, 1]
    calm = np.sort(seen[names == CALM])[::-1]
    bar = float(calm[int(FALSE_ALARMS * len(calm))])
    found = _binary(full, names)
    found.bias[1] -= bar
    # The rows of people count in full, so everything learned is put on their scale.
    scale = max(float(found.weights[1, -1]), LEAST_TRUST)
    only = fit.Fitted((EMERGENCY,), found.weights[1:] / scale, found.bias[1:] / scale)
    return expit((seen - bar) / scale), _rows(only, vocabulary, items, ALARM_KEPT)


def _binary(matrix: csr_matrix, labels: NDArray[np.str_]) -> fit.Fitted:
    return fit.joint(matrix, labels, 3.0)


def _kinds(
    corpus: Corpus,
    vocabulary: Vocabulary,
    matrix: csr_matrix,
    chances: Floats,
    danger: Floats,
    items: Sequence[str],
) -> list[Entry]:
    full = hstack([matrix, corpus.beside(chances, danger)]).tocsr()
    names = np.array([KIND + one.kind for one in corpus.examples])
    return _rows(fit.joint(full, names), vocabulary, items, KINDS_KEPT)


def _rows(
    fitted: fit.Fitted, vocabulary: Vocabulary, items: Sequence[str], kept: int
) -> list[Entry]:
    """The rows of a second look: pieces, items (``@``) and features (``#``)."""
    size = len(vocabulary.pieces)
    words = fit.Fitted(fitted.labels, fitted.weights[:, :size], fitted.bias)
    names = [*(f"@{item}" for item in items), *(f"#{name}" for name in Feature)]
    derived = [
        Entry((name,), label, round(float(fitted.weights[at, size + column]), 2), LEARNED)
        for at, label in enumerate(fitted.labels)
        for column, name in enumerate(names)
        if name != f"#{Feature.BIAS}" and abs(fitted.weights[at, size + column]) >= 0.05
    ]
    return fit.entries(words, vocabulary, kept, whole=False) + derived
