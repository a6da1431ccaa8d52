"""lexicon eval: how good a lexicon is, measured on labelled texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.adapters import lexicon_file
from bot.adapters.tagger import build_ranker, build_tagger
from bot.cli import labelled
from bot.cli.progress import phase
from bot.cli.shared import Json, items_in_force, show, tagger_in_force
from bot.domain.lexicon import KIND, parse_lexicon
from bot.errors import BadFile, Fault
from bot.learning.evaluation import Read, Sample, by_ranker, by_tagger, evaluate

CONFUSED = 12
"""Confused pairs that are shown unless JSON is asked for."""


def add_to(group: typer.Typer) -> None:
    """Register the command."""
    group.command(
        "eval",
        epilog="Example: huying lexicon eval --lexicon topics.tsv --text text --label label "
        "letters.jsonl --json",
    )(eval_)


def eval_(
    files: Annotated[list[Path], typer.Argument(metavar="IN.jsonl …", help="One object a line.")],
    text: Annotated[str, typer.Option(help="Field that holds the text.")],
    label: Annotated[str, typer.Option(help="Field that holds the label.")],
    lexicon: Annotated[Path | None, typer.Option(help="Default: the one in force.")] = None,
    also: Annotated[str, typer.Option(help="Field with other labels that are right.")] = "",
    kind: Annotated[str, typer.Option(help="Field that holds the kind.")] = "",
    emergency: Annotated[str, typer.Option(help="Field: danger now, true or false.")] = "",
    as_json: Json = False,
) -> None:
    """Measure a lexicon: F1, first guess and first three, how sure, which labels are confused,
    time beside jieba's bare cut."""
    with phase("reading"):
        rows = labelled.read(files)
        read, about_kinds = _reader(lexicon)
    if (kind or emergency) and not about_kinds:
        raise typer.BadParameter("--kind and --emergency need a lexicon that has kinds")
    samples = [
        Sample(
            found,
            row.name(label),
            row.listed(also) if also else (),
            row.name(kind) if kind else None,
            row.flag(emergency) if emergency else None,
        )
        for row in rows
        if (found := row.text(text)) is not None
    ]
    with phase("measuring"):
        found_figures = evaluate(samples, read, bare_jieba())
    found_figures |= {
        "skipped": len(rows) - len(samples),
        "unlabelled": sum(sample.label is None for sample in samples),
    }
    found_figures = {key: rounded(value) for key, value in found_figures.items()}
    show(found_figures, as_json, _plain(found_figures))


def _reader(path: Path | None) -> tuple[Read, bool]:
    """How to read a text by this lexicon, and whether it knows kinds and dangers.

    A table with kinds in it is read as the bot would; any other is only ranked.
    """
    if path is None:
        return by_tagger(tagger_in_force()), True
    table = parse_lexicon(lexicon_file.read(path), file=path.name)
    try:
        if any(label.startswith(KIND) for label in table.labels):
            return by_tagger(build_tagger(items_in_force(), lexicon=path)), True
        return by_ranker(build_ranker(path)), False
    except UnicodeDecodeError:
        raise BadFile(Fault(path.name, 0, "is not UTF-8; huying lexicon use takes it")) from None


def bare_jieba() -> Callable[[str], Sequence[str]]:
    """jieba's own cut, without the dictionary's cache: that lies in a folder of everybody's."""
    import jieba

    own = jieba.Tokenizer()
    own.FREQ, own.total = own.gen_pfdict(own.get_dict_file())
    own.initialized = True
    cut: Callable[[str], Sequence[str]] = own.lcut
    return cut


def rounded(value: Any) -> Any:
    """Figures to four places."""
    return round(value, 4) if isinstance(value, float) else value


def _plain(figures: dict[str, Any]) -> str:
    lines = [f"{key:<18} {value}" for key, value in figures.items() if not isinstance(value, dict)]
    pairs = [
        (-count, truth, guess)
        for truth, guesses in figures["confusion"].items()
        for guess, count in guesses.items()
        if truth != guess
    ]
    shown = sorted(pairs)[:CONFUSED]
    return "\n".join(
        [*lines, *(f"{-n:>5} x {truth} taken for {guess}" for n, truth, guess in shown)]
    )
