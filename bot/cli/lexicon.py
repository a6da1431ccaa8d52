"""lexicon: lint and use; the other commands of the group stand beside it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bot.adapters import lexicon_file
from bot.adapters.chinese import simplify
from bot.cli import (
    lexicon_eval,
    lexicon_learn,
    lexicon_relearn,
    lexicon_report,
    lexicon_review,
)
from bot.cli.shared import Json, items_in_force, load, show
from bot.domain.lexicon import parse_lexicon
from bot.domain.lint import Finding, Severity, lint
from bot.errors import BadFile, Fault

group = typer.Typer(help="The table of words by which texts are tagged.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(group, name="lexicon")
    for part in (lexicon_learn, lexicon_relearn, lexicon_eval, lexicon_report, lexicon_review):
        part.add_to(group)


@group.command("lint", epilog="Example: huying lexicon lint my-lexicon.tsv")
def lint_(
    file: Annotated[Path | None, typer.Argument(help="A lexicon; default: yours.")] = None,
    as_json: Json = False,
) -> None:
    """Say which rows do nothing, or not what they seem to; 1 when there are any."""
    path = file or lexicon_file.own(load().data_dir)
    found = check(lexicon_file.read(path), path.name)
    counts = Counter(finding.severity for finding in found)
    last = ", ".join(f"{counts[one]} {one}s" for one in Severity) if found else "ok"
    rows = [
        {
            "severity": one.severity,
            "kind": one.kind,
            "row": one.row,
            "word": one.word,
            "label": one.label,
            "sentence": one.sentence,
        }
        for one in found
    ]
    show(rows, as_json, "\n".join([*map(str, found), last]))
    raise typer.Exit(1 if found else 0)


@group.command("use", epilog="Example: huying lexicon use my-lexicon.tsv")
def use(file: Annotated[Path, typer.Argument(help="A lexicon of items and kinds.")]) -> None:
    """Put a lexicon in force and keep the former one; refused as long as a row is wrong."""
    text = lexicon_file.read(file)
    parse_lexicon(text, file=file.name, items=items_in_force())
    wrong = [one for one in check(text, file.name) if one.severity is Severity.ERROR]
    if wrong:
        raise BadFile(*(Fault(file.name, one.row, one.sentence) for one in wrong))
    folder = load().data_dir
    try:
        former = lexicon_file.install(folder, text)
    except OSError as error:
        raise BadFile(Fault(str(folder), 0, error.strerror or "cannot be written")) from None
    print("in force; a bot that runs takes it within a minute")
    print(f"the former one is {former}" if former else "the shipped one was in force before")


def check(text: str, name: str) -> tuple[Finding, ...]:
    """What there is to look at. A table with no known item in it may have any labels."""
    items = items_in_force()
    labels = {line.split("\t")[1] for line in text.splitlines() if line.count("\t") > 1}
    known = items if labels & items.keys() else None
    return lint(text, simplify=simplify, file=name, items=known)
