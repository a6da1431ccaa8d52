"""lexicon report: measures the shipped lexicon and writes the figures into docs/tagging.md."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.adapters import lexicon_file, shipped
from bot.adapters.tagger import build_ranker, build_tagger
from bot.bootstrap import known_items
from bot.cli import labelled
from bot.cli.lexicon_eval import bare_jieba, rounded
from bot.cli.lexicon_learn import cutter, learning
from bot.cli.progress import phase
from bot.errors import BadFile, Fault
from bot.learning import report
from bot.learning.evaluation import Read, Sample, by_ranker, by_tagger, evaluate
from bot.learning.folds import folds
from bot.learning.measure import NOTHING
from bot.learning.table import written

FOLDS = 5
COLUMNS = ("item", "kind", "emergency", "also", "text")


def add_to(group: typer.Typer) -> None:
    """Register the command."""
    group.command("report", epilog="Example: huying lexicon report --data ../letters")(report_)


def report_(
    page: Annotated[Path, typer.Option(help="Page to write into.")] = Path("docs/tagging.md"),
    messages: Annotated[Path, typer.Option(help="Messages no weight was learned from.")] = Path(
        "tests/data/messages.tsv"
    ),
    data: Annotated[Path | None, typer.Option(help="Folder with messages*.jsonl and "
                                                   "letters*.jsonl to measure as well.")] = None,
) -> None:  # fmt: skip
    """Measure the shipped lexicon and write the figures into its page. Figures of data outside
    the project are kept beside the page, until that data is measured again."""
    beside = page.with_suffix(".json")
    try:
        text, kept = page.read_text(encoding="utf-8"), json.loads(beside.read_text("utf-8"))
    except OSError as error:
        raise BadFile(Fault(str(error.filename), 0, error.strerror or "cannot be read")) from None
    with phase("messages"):
        read = by_tagger(build_tagger(known_items({})))
        found = held_out(messages, read)
    if data is not None:
        with phase("data outside the project"):
            new = {one["name"]: one for one in measured(data, read, datetime.now(UTC).date())}
            kept = [new.pop(one["name"], one) for one in kept] + list(new.values())
    whole = report.put(text, report.section(found, kept, item_names()))
    lexicon_file.write_whole(beside, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
    lexicon_file.write_whole(page, whole)
    print(f"{page} written")


def held_out(path: Path, read: Read) -> dict[str, object]:
    """The figures of the project's own messages, without times. Raises BadFile."""
    return evaluate(list(read_messages(path)), read)


def item_names() -> dict[str, str]:
    """Item code -> its shortest name."""
    return {item.code: item.short for item in shipped.shipped_items()}


def read_messages(path: Path) -> Iterator[Sample]:
    """A file of ``COLUMNS``, tab-separated without a header; ``-`` where there is none."""
    for number, line in enumerate(lexicon_file.read(path).splitlines(), start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != len(COLUMNS) or cells[2] not in {"0", "1"}:
            raise BadFile(Fault(path.name, number, f"a row is {', '.join(COLUMNS)}"))
        item, kind, emergency, also, text = cells
        others = [code for code in also.split(",") if code != NOTHING]
        yield Sample(text, None if item == NOTHING else item, others, kind, emergency == "1")


def measured(folder: Path, tagged: Read, today: date) -> Iterator[dict[str, Any]]:
    """The figures of each set of data in a folder; messages are read by ``tagged``."""
    bare = bare_jieba()
    for path in sorted(folder.glob("messages*.jsonl")):
        samples = [
            Sample(text, row.text("item"), row.listed("also"), row.text("kind"),
                   row.flag("emergency"))
            for row in labelled.read([path])
            if (text := row.text("text")) is not None
        ]  # fmt: skip
        yield _set(f"`{path.name}`", today, evaluate(samples, tagged, bare))
    rows = labelled.read(sorted(folder.glob("letters*.jsonl")))
    letters = [row for row in rows if row.name("label")]
    if letters:
        readers = list(_crosswise(letters))
        for name, field in (("letters, whole", "text"), ("letters, subject line", "subject")):
            yield _set(f"{name}, {FOLDS}-fold", today, _unseen(readers, field, bare))


def _set(name: str, today: date, figures: dict[str, Any]) -> dict[str, Any]:
    """One set's figures as they are kept: plain numbers."""
    plain = {key: rounded(value) for key, value in figures.items() if key in report.KEPT}
    return {"name": name, "date": today.isoformat(), "figures": plain}


def _crosswise(rows: Sequence[labelled.Row]) -> Iterator[tuple[labelled.Row, Read]]:
    """Each row that has a text, with a reader learned from the parts that hold none like it."""
    cut, learn = cutter("text"), learning()
    words, labels = [cut(row) for row in rows], [str(row.name("label")) for row in rows]
    parts = folds(words, FOLDS)
    with tempfile.TemporaryDirectory() as folder:
        for fold in range(FOLDS):
            seen = [at for at, part in enumerate(parts) if part != fold and words[at]]
            path = Path(folder) / f"{fold}.tsv"
            table = learn([words[at] for at in seen], [labels[at] for at in seen])
            path.write_text(written(table), encoding="utf-8")
            read = by_ranker(build_ranker(path, cache_dir=Path(folder)))
            for row, part in zip(rows, parts, strict=True):
                if part == fold and row.text("text") is not None:
                    yield row, read


def _unseen(
    readers: Sequence[tuple[labelled.Row, Read]], field: str, bare: Callable[[str], object]
) -> dict[str, object]:
    """Figures of one field of the letters, each read by its own reader."""
    by_text = {text: (row, read) for row, read in readers if (text := row.text(field))}
    samples = [Sample(text, row.name("label")) for text, (row, _) in by_text.items()]
    return evaluate(samples, lambda text: by_text[text][1](text), bare)
