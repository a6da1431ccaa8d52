"""lexicon learn: a table of weights from labelled texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from bot.adapters import lexicon_file
from bot.adapters.chinese import simplify
from bot.adapters.segmenter import JiebaSegmenter
from bot.cli import labelled
from bot.cli.progress import phase
from bot.domain.lexicon import GUARD, NONE, WRITE, Entry, parse_lexicon
from bot.domain.normalise import Normaliser
from bot.errors import BadConfig, BadFile, Fault
from bot.learning.table import written


def add_to(group: typer.Typer) -> None:
    """Register the command."""
    group.command(
        "learn",
        epilog="Example: huying lexicon learn --text text --label label letters.jsonl "
        "-o topics.tsv",
    )(learn_)


def learn_(
    files: Annotated[list[Path], typer.Argument(metavar="IN.jsonl …", help="One object a line.")],
    text: Annotated[str, typer.Option(help="Field that holds the text.")],
    label: Annotated[str, typer.Option(help="Field that holds the label.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Lexicon to write.")],
) -> None:
    """Learn a lexicon from labelled texts. A row without the text but with tokens, words with
    blanks between, is taken as cut already; one without words or label is left out."""
    learn = learning()
    with phase("reading"):
        rows = labelled.read(files)
        cut = cutter(text)
        documents, labels = [], []
        for row in rows:
            name = row.name(label) or ""
            if name == NONE or name.startswith((GUARD, WRITE)) or not name.isprintable():
                raise row.bad(f"{name!r} cannot be a label")
            if name and (words := cut(row)):
                documents.append(words)
                labels.append(name)
    if len(set(labels)) < 2:
        raise BadFile(Fault(files[0].name, 0, f"no two different values of {label} with a text"))
    with phase("learning"):
        try:
            table = written(learn(documents, labels))
        except ValueError as error:
            raise BadFile(Fault(files[0].name, 0, str(error))) from None
    parse_lexicon(table, file=out.name)
    write(out, table)
    count, skipped = len(documents), len(rows) - len(documents)
    print(f"{count} texts, {len(set(labels))} labels, {table.count(chr(10)) - 1} rows; "
          f"{skipped} skipped")  # fmt: skip


def write(path: Path, text: str) -> None:
    """Write a result whole or not at all. Raises BadFile."""
    try:
        lexicon_file.write_whole(path, text)
    except OSError as error:
        raise BadFile(Fault(str(path), 0, error.strerror or "cannot be written")) from None


def learning() -> Callable[[Sequence[Sequence[str]], Sequence[str]], list[Entry]]:
    """The function that learns. Raises BadConfig where the extra is missing."""
    try:
        from bot.learning.fit import learn
    except ImportError:
        raise BadConfig("learning needs scikit-learn: pip install 'huying[learn]'") from None
    return learn


def cutter(field: str) -> Callable[[labelled.Row], list[str]]:
    """The words of a row, spelled as the matcher will read them."""
    normalise = Normaliser((), simplify)
    segment = JiebaSegmenter().cut
    word = cache(normalise)

    def cut(row: labelled.Row) -> list[str]:
        text = row.text(field)
        if text is not None:
            return segment(normalise(text))
        tokens = (row.text(labelled.TOKENS) or "").split()
        return [spelled for token in tokens if (spelled := word(token))]

    return cut
