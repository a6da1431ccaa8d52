"""What a clerk should look at in a lexicon: rows that do nothing, or not what they seem to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from bot.domain.evidence import NEAR, SHORT
from bot.domain.lexicon import (
    EMERGENCY,
    GUARD,
    KIND,
    LEARNED,
    NONE,
    WRITE,
    read_rows,
)
from bot.domain.normalise import Normaliser, Simplify, respell
from bot.errors import BadFile

ORIGINS = ("items", "hand", "learned", "correction")
STRONG = 4.0
"""Weight from which a row all but decides: a word cannot do so for two labels."""
Rules = Sequence[tuple[str, str]]
"""Spelling rules (written, meant), longest first."""


class Severity(StrEnum):
    """An error is never meant; a warning may be."""

    ERROR = "error"
    WARNING = "warning"


class Kind(StrEnum):
    """What is wrong with a row."""

    BROKEN = "broken"
    CONTRADICTORY = "contradictory"
    DEAD = "dead"
    DUPLICATE = "duplicate"
    SINGLE = "single character"
    SHADOWED = "shadowed"
    ORIGIN = "unknown origin"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. ``row`` counts from 1 as a spreadsheet does; 0: the whole file."""

    severity: Severity
    kind: Kind
    row: int
    word: str
    label: str
    sentence: str

    def __str__(self) -> str:
        what = f"'{self.word}' {self.label}: " if self.word else ""
        return f"row {self.row}: {self.severity}: {self.kind}: {what}{self.sentence}"


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    word: str
    label: str
    weight: float
    origin: str
    read_as: tuple[str, ...]
    """The parts as they are looked for in a message."""

    def finding(self, severity: Severity, kind: Kind, sentence: str) -> Finding:
        return Finding(severity, kind, self.line, self.word, self.label, sentence)

    @property
    def speaks(self) -> bool:
        """A row that weighs; the others hide, guard or respell."""
        return self.label != NONE and not self.label.startswith((GUARD, WRITE))

    @property
    def derived(self) -> bool:
        """Not a word of the text."""
        return self.word[:1] in {"@", "#"}

    @property
    def by_person(self) -> bool:
        return self.origin != LEARNED


def lint(
    text: str, *, simplify: Simplify, file: str = "lexicon", items: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """Everything to look at in the table ``text``, by row; ``items`` as in ``parse_lexicon``.

    Broken rows are findings too, never an exception.
    """
    faults = []
    try:
        read_rows(text, file=file, items=items)
    except BadFile as bad:
        faults = list(bad.faults)
    cells = list(_cells(text))
    rules = sorted(
        ((word, label[len(WRITE) :]) for _, word, label, *_ in cells if label.startswith(WRITE)),
        key=lambda rule: (-len(rule[0]), rule[0]),
    )
    rows = [_Row(*row, tuple(respell(p, rules) for p in row[1].split("&"))) for row in cells]
    rules_at = {row.word: row.line for row in rows if row.label.startswith(WRITE)}
    broken = {fault.line for fault in faults}
    whole = [row for row in rows if row.line not in broken]
    found = [
        *_doubles(rows),
        *_dead(whole, Normaliser((), simplify), rules, rules_at),
        *_two_labels(whole),
        *_single(whole),
        *_shadowed(whole),
        *_origins(whole),
    ]
    told = {finding.row for finding in found if finding.severity is Severity.ERROR}
    found += [
        Finding(Severity.ERROR, Kind.BROKEN, fault.line, "", "", fault.reason)
        for fault in faults
        if fault.line not in told
    ]
    return tuple(sorted(found, key=lambda one: (one.row, one.severity, one.kind, one.sentence)))


def _cells(text: str) -> Iterator[tuple[int, str, str, float, str]]:
    """The rows that can be looked at, the header left out."""
    for line, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        cells = [cell.strip() for cell in raw.split("\t")]
        if len(cells) == 4 and all(cells) and raw[:2] != "# ":
            try:
                yield line, cells[0], cells[1], float(cells[2]), cells[3]
            except ValueError:
                continue


def _doubles(rows: Iterable[_Row]) -> Iterator[Finding]:
    """Rows that read the same: once for and once against a label, or simply twice."""
    first: dict[tuple[object, ...], _Row] = {}
    for row in rows:
        if not all(row.read_as):
            continue
        label = WRITE if row.label.startswith(WRITE) else row.label
        learned = row.origin == LEARNED and not row.derived
        words = (row.word,) if label == WRITE or learned else tuple(sorted(row.read_as))
        before = first.setdefault((learned, label, *words), row)
        if before is row:
            continue
        if label != WRITE and before.weight * row.weight < 0:
            said = f"row {before.line} says the opposite with {before.weight:g}: keep one of them"
            yield row.finding(Severity.ERROR, Kind.CONTRADICTORY, said)
        else:
            said = f"row {before.line} ('{before.word}') reads the same: take one of them out"
            yield row.finding(Severity.ERROR, Kind.DUPLICATE, said)


def _dead(
    rows: Iterable[_Row], plain: Normaliser, rules: Rules, rules_at: Mapping[str, int]
) -> Iterator[Finding]:
    """Rows that no message can ever touch, or that say nothing when touched."""
    for row in rows:
        # What was learned was read out of messages, a piece at a time: it is spelled as they are.
        skip = row.origin == LEARNED or (row.derived and "&" not in row.word)
        parts = [] if skip else row.word.split("&")
        if strange := [part for part in parts if plain(part) != part]:
            read = plain(strange[0]) or "nothing at all"
            said = f"messages are read in one spelling, this one as {read}: write it so"
        elif lost := [part for part in parts if not respell(part, rules)]:
            dropping = [
                rules_at[written] for written, meant in rules if not meant and written in lost[0]
            ]
            if row.label.startswith(WRITE):
                continue
            said = f"the spelling rule in row {dropping[0]} drops it from every message"
        elif row.label.startswith(WRITE) and row.label[len(WRITE) :] == row.word:
            said = "a spelling rule that changes nothing"
        elif row.speaks and row.by_person and row.weight == 0:
            said = f"with weight 0 it says nothing; a word that only hides others is '{NONE}'"
        elif reason := _apart(parts):
            said = reason
        else:
            continue
        yield row.finding(Severity.ERROR, Kind.DEAD, said)


def _apart(parts: Sequence[str]) -> str:
    """Why the parts of a row can never be found together; "" when they can."""
    if len(parts) < 2:
        return ""
    if any(part[:1] in {"@", "#"} for part in parts):
        return "@ and # stand alone, never beside a word"
    for one, other in combinations(parts, 2):
        if min(len(one), len(other)) > NEAR:
            return f"both parts cannot begin within {NEAR} letters"
    return ""


def _two_labels(rows: Iterable[_Row]) -> Iterator[Finding]:
    """A word of a person's that decides for two labels of one family."""
    strong: dict[tuple[object, ...], list[_Row]] = defaultdict(list)
    for row in rows:
        if row.by_person and row.speaks and not row.derived and row.weight >= STRONG:
            strong[_family(row.label), *sorted(row.read_as)].append(row)
    for found in strong.values():
        first, *others = found
        for row in others:
            if row.label != first.label:
                said = (
                    f"row {first.line} is as strong for {first.label}: let one of them weigh less "
                    f"than {STRONG:g}, or write a longer word"
                )
                yield row.finding(Severity.WARNING, Kind.CONTRADICTORY, said)


def _single(rows: Iterable[_Row]) -> Iterator[Finding]:
    for row in rows:
        if row.by_person and row.speaks and not row.derived and len(row.read_as) == 1:
            word = row.read_as[0]
            if len(word) == 1 and word.isalnum():
                said = "one character is part of too many words: write the words that you mean"
                yield row.finding(Severity.WARNING, Kind.SINGLE, said)


def _shadowed(rows: Sequence[_Row]) -> Iterator[Finding]:
    """Where the longest word wins, rows that win for nothing."""
    guards = {row.read_as[0] for row in rows if row.label.startswith(GUARD)}
    mine = [row for row in rows if row.by_person and row.speaks and not row.derived]
    by_word: dict[str, list[_Row]] = defaultdict(list)
    for row in mine:
        if len(row.read_as) == 1:
            by_word[row.read_as[0]].append(row)
        for part, whole in combinations(sorted(row.read_as, key=len), 2):
            if part and (part == whole or part in _inside(whole)):
                said = f"'{part}' is in '{whole}' already, and asks for nothing more"
                yield row.finding(Severity.WARNING, Kind.SHADOWED, said)
    for word, here in by_word.items():
        inside = [row for part in _inside(word) for row in by_word.get(part, ())]
        for row in here:
            shorter = [one for one in inside if one.label == row.label and row.weight > 0]
            if more := [one for one in shorter if one.weight > row.weight]:
                best = max(more, key=lambda one: one.weight)
                said = (
                    f"the longer word wins, and says less than '{best.word}' in row {best.line} "
                    f"({best.weight:g}): raise its weight, or take it out"
                )
                yield row.finding(Severity.WARNING, Kind.SHADOWED, said)
            elif same := [one for one in shorter if _enough(one, row, word, inside, guards)]:
                said = f"'{same[0].word}' in row {same[0].line} says the same: take this one out"
                yield row.finding(Severity.WARNING, Kind.SHADOWED, said)


def _inside(word: str) -> set[str]:
    """Every stretch of a word shorter than the word; Latin words are never split."""
    size = len(word)
    latin = [letter.isascii() and letter.isalnum() for letter in word]
    cuts = [at for at in range(size + 1) if at in {0, size} or not (latin[at - 1] and latin[at])]
    return {word[a:b] for a, b in combinations(cuts, 2) if b - a < size}


def _enough(
    short: _Row, row: _Row, word: str, inside: Iterable[_Row], guards: Collection[str]
) -> bool:
    """Whether the shorter row alone would do, hiding as much as the longer one."""
    part = short.read_as[0]
    hides = [one.read_as[0] for one in inside if _family(one.label) == _family(row.label)]
    hides += [guard for guard in guards if guard in word]
    return (
        short.weight == row.weight
        and len(part) > SHORT
        and all(hidden in part for hidden in hides)
    )


def _origins(rows: Iterable[_Row]) -> Iterator[Finding]:
    for row in rows:
        if row.origin not in ORIGINS:
            said = f"origin '{row.origin}' is none of {', '.join(ORIGINS)}"
            yield row.finding(Severity.ERROR, Kind.ORIGIN, said)


def _family(label: str) -> str:
    """Labels that stand against one another: items (or topics), kinds, emergencies."""
    if label == EMERGENCY:
        return EMERGENCY
    return KIND if label.startswith(KIND) else "item"
