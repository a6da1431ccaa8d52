"""A learned table as the text of a lexicon file."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.lexicon import HEADER, LEARNED, Entry


def written(entries: Iterable[Entry]) -> str:
    """The rows by word and label, weights to three places; learned ones of no weight left out."""
    rows = sorted(
        (entry.word, entry.label, weight, entry.origin)
        for entry in entries
        if (weight := f"{entry.weight:.3f}".rstrip("0").rstrip(".")) not in {"0", "-0"}
        or entry.origin != LEARNED
    )
    return "".join("\t".join(row) + "\n" for row in (HEADER, *rows))
