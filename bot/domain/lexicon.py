"""The lexicon: one plain table of words, labels and weights that a clerk can edit.

Tab-separated with the header ``word label weight origin``; ``#`` opens a comment line.

word
    as ``normalise`` spells it: simplified, lower case. ``a&b``: both, near one another.
    ``@CODE``: that item is likely. ``#name``: a feature of the whole text (``Features``).
label
    an item code, ``kind:praise`` …, ``emergency``: the weight speaks for or against it.
    ``none``: a word that hides the shorter ones inside it (a station is no fire).
    ``guard:NAME``: a word that changes what stands near it, see ``guards``.
    ``write:MEANT``: the word is another spelling of MEANT; nothing after the colon drops it.
weight
    natural log-odds, -10 to 10; 0 where the label takes none.
origin
    where the row comes from: ``items``, ``hand``, ``learned``, ``correction`` …
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.normalise import respell
from bot.errors import BadFile, Fault

HEADER = ("word", "label", "weight", "origin")
HEAVIEST = 10.0
NONE = "none"
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
    """A checked table. ``guards`` maps a word to its guard; ``spelling`` is longest first."""

    entries: tuple[Entry, ...]
    guards: Mapping[str, Guard] = field(default_factory=dict)
    spelling: tuple[tuple[str, str], ...] = ()

    @property
    def phrases(self) -> frozenset[str]:
        """Every word that a phrase finder must look for."""
        weighed = {part for entry in self.entries for part in entry.parts if part[0] not in "@#"}
        return frozenset(weighed | set(self.guards))


def parse_lexicon(text: str, *, file: str, items: Collection[str]) -> Lexicon:
    """The lexicon in ``text``; ``items`` are the known item codes.

    Raises BadFile with every mistake: wrong header or columns, an unknown label, item, kind,
    guard or feature, a weight that is no number or too heavy, a word given twice to one label.
    """
    faults: list[Fault] = []
    rows: list[tuple[int, list[str]]] = []
    for line, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if raw.strip() and not raw.startswith("# "):
            rows.append((line, [cell.strip() for cell in raw.split("\t")]))
    if not rows or tuple(rows[0][1]) != HEADER:
        raise BadFile(Fault(file, rows[0][0] if rows else 0, f"first row must be {HEADER}"))
    known = _labels(items)
    seen: dict[tuple[str, str], int] = {}
    good: list[tuple[str, str, float, str]] = []
    for line, cells in rows[1:]:
        reason = _mistake(cells, known, items)
        if not reason:
            key = (cells[0], WRITE if cells[1].startswith(WRITE) else cells[1])
            if key in seen:
                reason = f"{cells[0]!r} has this label already in line {seen[key]}"
            seen.setdefault(key, line)
        if reason:
            faults.append(Fault(file, line, reason))
        else:
            good.append((cells[0], cells[1], float(cells[2]), cells[3]))
    if faults:
        raise BadFile(*faults)
    return _assemble(good)


def _labels(items: Collection[str]) -> frozenset[str]:
    kinds = {KIND + kind for kind in MessageKind}
    guards = {GUARD + guard for guard in Guard}
    return frozenset({NONE, EMERGENCY, *kinds, *guards, *items})


def _mistake(cells: list[str], labels: Collection[str], items: Collection[str]) -> str:
    if len(cells) != len(HEADER):
        return f"{len(cells)} columns instead of {len(HEADER)}"
    word, label, weight, origin = cells
    parts = word.split("&")
    checks = {
        "empty word": not all(part.strip() for part in parts),
        f"unknown label {label!r}": label not in labels and not label.startswith(WRITE),
        f"unknown item {word!r}": word[:1] == "@" and word[1:] not in items,
        f"unknown feature {word!r}": word[:1] == "#" and word[1:] not in set(Feature),
        f"weight {weight!r} is not between -{HEAVIEST:g} and {HEAVIEST:g}": not _number(weight),
        "no origin": not origin,
    }
    return next((reason for reason, wrong in checks.items() if wrong), "")


def _number(weight: str) -> bool:
    if not re.fullmatch(r"[-+]?\d+(\.\d+)?", weight, re.ASCII):
        return False
    return math.fabs(float(weight)) <= HEAVIEST


def _assemble(rows: list[tuple[str, str, float, str]]) -> Lexicon:
    spelling = [
        (word, label.removeprefix(WRITE)) for word, label, _, _ in rows if label.startswith(WRITE)
    ]
    spelling.sort(key=lambda rule: (-len(rule[0]), rule[0]))
    entries: dict[tuple[str, str], Entry] = {}
    guards: dict[str, Guard] = {}
    for word, label, weight, origin in rows:
        if label.startswith(WRITE):
            continue
        if label.startswith(GUARD):
            guards[respell(word, spelling)] = Guard(label.removeprefix(GUARD))
            continue
        parts = tuple(respell(part, spelling) for part in word.split("&"))
        if all(parts):
            entry = Entry(parts, label, weight, origin)
            entries.setdefault((entry.word, label), entry)
    return Lexicon(tuple(entries.values()), guards, tuple(spelling))
