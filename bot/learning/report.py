"""The figures as part of a page: docs/tagging.md between two marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.learning.measure import NOTHING, Confusion

BEGIN = "<!-- figures: `make tagging` writes what follows -->"
END = "<!-- end of the figures -->"
SHARES = {
    "top1": "item: the first guess is right",
    "top3": "item: one of the first three is right",
    "no_hit": "item: no guess at all",
    "macro_f1": "item: macro-F1",
    "surest80": "item: right among the surest 80 %",
    "surest50": "item: right among the surest 50 %",
    "ece": "item: calibration error",
    "auto": "sure enough to go out alone",
    "auto_right": "right among these",
    "kind_accuracy": "kind: right",
    "emergency_recall": "emergency: found",
    "emergency_false": "emergency: false alarms among the others",
}
KEPT = {
    "n": "texts",
    "macro_f1": "macro-F1",
    "top1": "first guess",
    "top3": "first three",
    "surest80": "surest 80 %",
    "ece": "calibration error",
    "kind_accuracy": "kind",
    "emergency_recall": "emergencies found",
    "emergency_false": "false alarms",
    "ms_per_text": "ms a text",
    "time_ratio": "times bare jieba",
}


def put(page: str, figures: str) -> str:
    """The page with the figures between its marks. Raises ValueError when it has no marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no marks for the figures")
    return f"{before}{BEGIN}\n\n{figures}\n{END}{after}"


def section(held_out: Mapping[str, Any], kept: Sequence[Mapping[str, Any]], names: Names) -> str:
    """All tables. ``held_out``: figures of the project's own messages; ``kept``: of sets outside
    the project, each with ``name``, ``date`` and ``figures``; ``names``: of the items."""
    return "\n".join(
        [
            f"### Held-out messages: {held_out['kind_n']}, {held_out['n']} of them with an item",
            "",
            *_table(("figure", "value"), _values(held_out)),
            "",
            "### Kinds: what it was (row), what it was taken for (column)",
            "",
            *_square(held_out["kind_confusion"]),
            "",
            "### Items that were taken for others",
            "",
            *_table(("it was", "taken for", "times"), _pairs(held_out["confusion"], names)),
            "",
            "### Data that is not in the project",
            "",
            *_table(("set", "date", *KEPT.values()), (_kept(one) for one in kept)),
            "",
        ]
    )


Names = Mapping[str, str]


def _values(figures: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    for key, said in SHARES.items():
        if key in figures:
            yield said, f"{figures[key]:.3f}"


def _kept(one: Mapping[str, Any]) -> Sequence[str]:
    figures = one["figures"]
    cells = (f"{figures[k]:.3g}" if k in figures else "" for k in KEPT if k != "n")
    return one["name"], one["date"], str(figures["n"]), *cells


def _pairs(confusion: Confusion, names: Names) -> Iterable[Sequence[str]]:
    """Pairs that were mixed up, the most frequent first."""
    found = sorted(
        (-count, truth, guess)
        for truth, guesses in confusion.items()
        for guess, count in guesses.items()
        if truth != guess
    )
    for count, truth, guess in found:
        yield _named(truth, names), _named(guess, names), str(-count)


def _named(code: str, names: Names) -> str:
    return "nothing" if code == NOTHING else f"{code} {names.get(code, '')}".strip()


def _square(confusion: Confusion) -> Iterable[str]:
    labels = sorted({*confusion, *(guess for row in confusion.values() for guess in row)})
    rows = (
        (truth, *(str(row.get(guess, "")) for guess in labels)) for truth, row in confusion.items()
    )
    return _table(("", *labels), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
