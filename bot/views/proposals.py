"""Rows proposed for the lexicon, for a clerk to read; nothing personal in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.case import Note
from bot.domain.lexicon import HEADER
from bot.domain.privacy import like_name, mask
from bot.domain.proposals import ORIGIN, Proposal


def reported(notes: Sequence[Note], hide: tuple[str, ...]) -> str:
    """What was reported, masked, without what was added later."""
    return mask("\n".join(n.text for n in notes if n.kind == "report" and n.text), names=hide)


def named(word: str) -> bool:
    """Whether the word looks like somebody's name."""
    return like_name(word)


def row(one: Proposal) -> str:
    """The line for the table."""
    return "\t".join((one.word, one.label, f"{one.weight:g}", ORIGIN))


def evidence(one: Proposal) -> str:
    """What speaks for the row, in one line."""
    gives = "nothing" if one.gives is None else f"{one.gives[0]} ({one.gives[1]:.2f})"
    parts = [
        f"in {one.cases} corrected cases (were {_counted(one.was)})",
        f"in other reports {_counted(one.elsewhere)}",
        f"the lexicon gives {gives}",
    ]
    if one.row is not None:
        parts.append(f"it has this row with {one.row:g}: change that one")
    return "; ".join(parts)


def table(found: Iterable[Proposal]) -> str:
    """A file that can be reviewed and appended to a lexicon: every row behind its evidence.

    A word that has its row already stands in a comment: a lexicon holds each once.
    """
    lines = ["# " + "\t".join(HEADER)]
    for one in found:
        lines.append(f"# {one.word} {one.label}: {evidence(one)}")
        lines.append(row(one) if one.row is None else f"# {row(one)}")
    return "".join(f"{line}\n" for line in lines)


def _counted(items: Mapping[str, int]) -> str:
    return ", ".join(f"{code or 'none'} ×{count}" for code, count in items.items()) or "nowhere"
