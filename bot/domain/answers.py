"""Frequent questions: which one a text asks, what the answer rests on, and who is in charge.

The file is a table that a clerk can edit: tab-separated, one question a line, ``# `` opens a
comment. Columns:

code
    names the texts: ``faq-CODE`` is the answer.
words
    separated by blanks; ``a+b`` wants both, in any order; ``_`` stands for a blank. Simplified
    characters, lower case.
law, article, in_force
    the text ``law-LAW`` names the law; its article and since when this wording is in force, both
    only where they are certain. No law at all: the answer is shown as general advice (R103).
channels
    who is in charge, as codes separated by blanks: ``channel-CODE`` are the texts.
scope
    ``out`` for what is no task of the neighbourhood's (R104), else ``in``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.normalise import Simplify, clean
from bot.errors import BadFile, Fault

HEADER = ("code", "words", "law", "article", "in_force", "channels", "scope")
_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)*")
_CHANNEL = re.compile(r"[a-z]+|[0-9]{3,5}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. ``words`` are alternatives, each with all the parts that must be said.

    ``law`` is "" for general advice; ``article`` is 0 where only the law is named,
    and ``in_force`` None where the day is not certain.
    """

    code: str
    words: tuple[tuple[str, ...], ...]
    law: str
    article: int
    in_force: date | None
    channels: tuple[str, ...]
    outside: bool

    def weight(self, said: str) -> int:
        """Characters of the longest alternative that is said; 0 for none."""
        return max(
            (sum(map(len, parts)) for parts in self.words if all(p in said for p in parts)),
            default=0,
        )


class Answers:
    """All answers; finds the one that a text asks for."""

    def __init__(self, answers: Iterable[Answer] = (), simplify: Simplify = str) -> None:
        self.all: Sequence[Answer] = tuple(answers)
        self._simplify = simplify

    def find(self, text: str) -> Answer | None:
        """The answer whose words are said, the most of them; of equals the first. Any string."""
        said = re.sub(r"\s+", " ", self._simplify(clean(text)).lower())
        best = max(self.all, key=lambda one: one.weight(said), default=None)
        return best if best and best.weight(said) else None


def parse_answers(text: str, file: str) -> tuple[Answer, ...]:
    """The answers in file order. Raises BadFile with every mistake."""
    lines = text.removeprefix("\ufeff").splitlines()
    rows = [(n, line.split("\t")) for n, line in enumerate(lines, 1) if _counts(line)]
    if not rows or tuple(rows[0][1]) != HEADER:
        raise BadFile(Fault(file, 1, f"the first row must be {' '.join(HEADER)}, with tabs"))
    faults: list[Fault] = []
    found: dict[str, Answer] = {}
    for number, row in rows[1:]:
        wrong = _wrong(row)
        if not wrong and row[0] in found:
            wrong.append(f"code {row[0]!r} is used twice")
        if not wrong:
            found[row[0]] = _answer(row)
        faults += [Fault(file, number, reason) for reason in wrong]
    if faults:
        raise BadFile(*faults)
    return tuple(found.values())


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("# ")


def _answer(row: Sequence[str]) -> Answer:
    code, words, law, article, in_force, channels, scope = row
    return Answer(
        code=code,
        words=tuple(tuple(_parts(one)) for one in words.split()),
        law=law,
        article=int(article or 0),
        in_force=date.fromisoformat(in_force) if in_force else None,
        channels=tuple(channels.split()),
        outside=scope == "out",
    )


def _parts(alternative: str) -> list[str]:
    return [part.replace("_", " ") for part in alternative.split("+")]


def _wrong(row: Sequence[str]) -> list[str]:
    if len(row) != len(HEADER):
        return [f"{len(row)} columns instead of {len(HEADER)}"]
    code, words, law, article, in_force, channels, scope = row
    parts = [part for one in words.split() for part in _parts(one)]
    rules = (
        (not _CODE.fullmatch(code), f"code {code!r} must be small letters and hyphens"),
        (not parts, "no words"),
        (any(len(part.strip()) < 1 for part in parts), "an empty part beside a +"),
        (any(len(one) < 2 for one in words.split()), "a single character asks nothing"),
        (words != words.lower(), "words must be in lower case"),
        (bool(law) and not _CODE.fullmatch(law), f"law {law!r} must be small letters and hyphens"),
        (bool(in_force) and not law, "a day in force without a law"),
        (bool(in_force) and not _is_day(in_force), f"in_force {in_force!r} is no date"),
        (bool(article) and not article.isdecimal(), f"article {article!r} is no number"),
        (bool(article) and not (law and in_force), "an article without a law and its day"),
        (not channels.split(), "nobody is in charge"),
        (scope not in {"in", "out"}, f"scope {scope!r} is neither in nor out"),
    )
    wrong = [reason for broken, reason in rules if broken]
    unfit = [one for one in channels.split() if not _CHANNEL.fullmatch(one)]
    return wrong + [f"channel {one!r} is neither a word nor a number" for one in unfit]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
