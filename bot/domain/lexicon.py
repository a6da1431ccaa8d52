"""The lexicon: one plain table of words, labels and weights that a clerk can edit.

Tab-separated with the header ``word label weight origin``; ``# `` opens a comment line.

word
    as ``normalise`` spells it: simplified, lower case. ``a&b``: both, near one another.
    ``@CODE``: that item is likely. ``#name``: a feature of the whole text (``Feature``).
label
    an item code, ``-`` (no item at all), ``kind:praise`` …, ``emergency``; in a table for other
    texts any name: the weight speaks for or against it.
    ``none``: a word that hides the shorter ones inside it (a station is no fire).
    ``guard:NAME``: a word that changes what stands near it, see ``guards``.
    ``write:MEANT``: the word is another spelling of MEANT; nothing after the colon drops it.
weight
    natural log-odds; 0 where the label takes none. Rows of people: -10 to 10, each counts in
    full. Learned ones: -999 to 999, shared by all learned words of the text (``ranking``).
origin
    where the row comes from: ``items``, ``hand``, ``correction``, ``learned`` …
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.normalise import respell
from bot.errors import BadFile, Fault

HEADER = ("word", "label", "weight", "origin")
HEAVIEST = 10.0
HEAVIEST_LEARNED = 999.0
LEARNED = "learned"
NONE = "none"
NO_ITEM = "-"
EMERGENCY = "emergency"
KIND = "kind:"
GUARD = "guard:"
WRITE = "write:"


class Guard(StrEnum):
    """What a guard word says about its surroundings."""

    NOT = "not"  # 不是: what follows is denied
    ABSENT = "absent"  # 没有: what follows did not happen; ordinary items may still mean it
    IF = "if"  # 万一: the rest of the sentence is supposed
    OVER = "over"  # 已经灭了: the clause is settled


class Feature(StrEnum):
    """A property of the whole text that a row may weigh by ``#name``."""

    BIAS = "bias"  # always there
    DANGER = "danger"  # the probability of an emergency
    CASE_NUMBER = "case_number"
    QUESTION = "question"
    SYMBOLS = "symbols"
    NOISE = "noise"
    SHORT = "short"
    NO_ITEM = "no_item"


class MessageKind(StrEnum):
    """What the sender wants; only the first two open a case unasked.

    The values are those of the evaluation data and of ``huying tag``.
    """

    COMPLAINT = "complaint"
    HELP = "help"
    CONSULT = "consult"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    STATUS = "status"
    WITHDRAWAL = "withdraw"
    SPAM = "spam"
    CHITCHAT = "chitchat"
    INSTRUCTION = "instruction"


@dataclass(frozen=True, slots=True)
class Entry:
    """One weighted row. ``parts`` are the words that must all be there (usually one)."""

    parts: tuple[str, ...]
    label: str
    weight: float
    origin: str

    @property
    def word(self) -> str:
        """The row's first column."""
        return "&".join(self.parts)


@dataclass(frozen=True)
class Lexicon:
    """A checked table.

    ``entries``: rows that count in full. ``learned``: word or piece of a word -> label ->
    weight. ``guards`` maps a word to its guard; ``spelling`` is longest first.
    """

    entries: tuple[Entry, ...]
    learned: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    guards: Mapping[str, Guard] = field(default_factory=dict)
    spelling: tuple[tuple[str, str], ...] = ()

    @property
    def phrases(self) -> frozenset[str]:
        """Every word that a phrase finder must look for."""
        weighed = {part for entry in self.entries for part in entry.parts if part[0] not in "@#"}
        return frozenset(weighed | set(self.guards))

    @property
    def labels(self) -> frozenset[str]:
        """Every label that a row speaks for or against."""
        rows = {label for weights in self.learned.values() for label in weights}
        return frozenset(rows | {entry.label for entry in self.entries} - {NONE})


Row = tuple[int, str, str, float, str]
"""Line, word, label, weight, origin."""


def parse_lexicon(
    text: str, *, file: str = "lexicon", items: Collection[str] | None = None
) -> Lexicon:
    """The lexicon in ``text``; ``items`` are the known item codes, None: any label may be one.

    Raises BadFile with every mistake: wrong header or columns, an unknown label, item, kind,
    guard or feature, a weight that is no number or too heavy, a word given twice to one label
    (by people; what was learned stands beside it).
    """
    return assemble(read_rows(text, file=file, items=items))


def read_rows(
    text: str, *, file: str = "lexicon", items: Collection[str] | None = None
) -> list[Row]:
    """The rows as they stand, each checked by itself and against doubles; raises BadFile."""
    lines = text.removeprefix("\ufeff").splitlines()
    first = next((at for at, raw in enumerate(lines) if raw.strip() and raw[:2] != "# "), 0)
    if not lines or tuple(cell.strip() for cell in lines[first].split("\t")) != HEADER:
        raise BadFile(Fault(file, first + bool(lines), f"first row must be {HEADER}"))
    check = _Check(items)
    faults: list[Fault] = []
    rows: list[Row] = []
    for line, raw in enumerate(lines[first + 1 :], start=first + 2):
        if not raw.strip() or raw[:2] == "# ":
            continue
        cells = [cell.strip() for cell in raw.split("\t")]
        if reason := check.mistake(cells, line):
            faults.append(Fault(file, line, reason))
        else:
            rows.append((line, cells[0], cells[1], float(cells[2]), cells[3]))
    if faults:
        raise BadFile(*faults)
    return rows


class _Check:
    """One row after the other; remembers the words and labels seen."""

    def __init__(self, items: Collection[str] | None) -> None:
        self._items = items
        kinds = {KIND + kind for kind in MessageKind}
        guards = {GUARD + guard for guard in Guard}
        self._labels = frozenset({NONE, EMERGENCY, NO_ITEM, *kinds, *guards, *(items or ())})
        self._derived = {f"@{code}" for code in (*(items or ()), NO_ITEM)}
        self._features = {f"#{name}" for name in Feature}
        self._seen: dict[tuple[str, str, bool], int] = {}

    def mistake(self, cells: list[str], line: int) -> str:
        """What is wrong with the row; "" when nothing is."""
        if len(cells) != len(HEADER):
            return f"{len(cells)} columns instead of {len(HEADER)}"
        word, label, weight, origin = cells
        if not origin:
            return "no origin"
        if not word or ("&" in word and not all(part.strip() for part in word.split("&"))):
            return "empty word"
        if not self._known(label):
            return f"unknown label {label!r}"
        if word[0] == "@" and self._items is not None and word not in self._derived:
            return f"unknown item {word!r}"
        if word[0] == "#" and word not in self._features:
            return f"unknown feature {word!r}"
        heaviest = HEAVIEST_LEARNED if origin == LEARNED else HEAVIEST
        if not _number(weight, heaviest):
            return f"weight {weight!r} is not between -{heaviest:g} and {heaviest:g}"
        key = (word, WRITE if label.startswith(WRITE) else label, origin == LEARNED)
        if (before := self._seen.setdefault(key, line)) != line:
            return f"{word!r} has this label already in line {before}"
        return ""

    def _known(self, label: str) -> bool:
        if label in self._labels or label.startswith(WRITE):
            return True
        return self._items is None and bool(label) and not label.startswith((KIND, GUARD))


_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?", re.ASCII)


def _number(weight: str, heaviest: float) -> bool:
    return bool(_NUMBER.fullmatch(weight)) and math.fabs(float(weight)) <= heaviest


def assemble(rows: Iterable[Row]) -> Lexicon:
    """The table of checked rows: words in the spelling that they are looked for in."""
    rows = list(rows)
    spelling = [(word, label[len(WRITE) :]) for _, word, label, *_ in rows if label[:6] == WRITE]
    spelling.sort(key=lambda rule: (-len(rule[0]), rule[0]))
    entries: dict[tuple[str, str], Entry] = {}
    learned: dict[str, dict[str, float]] = {}
    guards: dict[str, Guard] = {}
    for _, word, label, weight, origin in rows:
        if origin == LEARNED and word[0] not in "@#":
            learned.setdefault(word, {})[label] = weight
        elif label.startswith(GUARD):
            guards[respell(word, spelling)] = Guard(label.removeprefix(GUARD))
        elif not label.startswith(WRITE):
            parts = tuple(respell(part, spelling) for part in word.split("&"))
            if all(parts):
                entry = Entry(parts, label, weight, origin)
                entries.setdefault((entry.word, label), entry)
    return Lexicon(tuple(entries.values()), learned, guards, tuple(spelling))
