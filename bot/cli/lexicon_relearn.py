"""lexicon relearn: the learned rows of the shipped kind of table, made anew from examples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.adapters import lexicon_file, shipped
from bot.adapters.chinese import simplify
from bot.adapters.phrases import PhraseAutomaton
from bot.adapters.segmenter import JiebaSegmenter
from bot.adapters.tagger import SHIPPED
from bot.cli import labelled
from bot.cli.lexicon_learn import write
from bot.cli.progress import phase
from bot.domain.evidence import Matcher
from bot.domain.lexicon import LEARNED, NO_ITEM, Entry, MessageKind, assemble, read_rows
from bot.domain.normalise import Normaliser
from bot.errors import BadConfig, BadFile, Fault
from bot.learning.table import written

if TYPE_CHECKING:
    from bot.learning.shipped import Example

EXAMPLES = SHIPPED.with_name("examples.tsv")
COLUMNS = ("item", "kind", "emergency", "also", "text")
COPIES = 3
"""How often the plain cases and messages from outside are learned: the examples are hard."""


def add_to(group: typer.Typer) -> None:
    """Register the command."""
    group.command("relearn", epilog="Example: huying lexicon relearn -o lexicon.tsv")(relearn_)


def relearn_(
    out: Annotated[Path, typer.Option("-o", "--out", help="Lexicon to write.")],
    rows: Annotated[Path, typer.Option(help="Table whose rows by people are kept.")] = SHIPPED,
    examples: Annotated[Path, typer.Option(help="Example messages.")] = EXAMPLES,
    more: Annotated[
        list[Path] | None, typer.Option(help="More: JSONL with text, item, kind, emergency.")
    ] = None,
) -> None:
    """Learn items, kinds and danger from example messages; rows that people wrote stay."""
    relearn, example = _learning()
    flags = {item.code: item.emergency for item in shipped.shipped_items()}
    table = read_rows(lexicon_file.read(rows), file=rows.name, items=flags)
    kept = [row for row in table if row[4] != LEARNED]
    base = assemble(kept)
    events = frozenset(code for code, flag in flags.items() if flag)
    find, cut = PhraseAutomaton(base.phrases).find, JiebaSegmenter().cut
    with phase("reading"):
        told = list(_examples(examples, flags))
        found = [example(**one) for one in told]
        plain = (*_shipped(told), *_outside(more or (), flags))
        found += [example(**one, weight=COPIES) for one in plain]
    with phase("learning"):
        matcher = Matcher(base, events, find, cut)
        learned = relearn(found, matcher, Normaliser(base.spelling, simplify))
    by_hand = [Entry((word,), label, weight, origin) for _, word, label, weight, origin in kept]
    write(out, written([*by_hand, *learned]))
    print(f"{len(found)} examples, {len(kept)} rows kept, {len(learned)} learned")


def _learning() -> tuple[Callable[..., list[Entry]], type[Example]]:
    try:
        from bot.learning.shipped import Example, relearn
    except ImportError:
        raise BadConfig("learning needs scikit-learn: pip install 'huying[learn]'") from None
    return relearn, Example


def _shipped(told: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The examples and keywords of the list of items itself, of the kind usual for the item."""
    usual: dict[str, Counter[str]] = defaultdict(Counter)
    for one in told:
        usual[one["item"]][one["kind"]] += 1
    for item in shipped.shipped_items():
        most = usual[item.code].most_common(1)
        kind = most[0][0] if most else MessageKind.COMPLAINT.value
        for text in (*item.examples, *item.keywords):
            yield {"text": text, "item": item.code, "kind": kind, "emergency": item.emergency}


def _examples(path: Path, items: Sequence[str] | dict[str, bool]) -> Iterator[dict[str, Any]]:
    lines = lexicon_file.read(path).splitlines()
    if tuple(lines[0].split("\t")) != COLUMNS:
        raise BadFile(Fault(path.name, 1, f"first row must be {COLUMNS}"))
    for at, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            raise BadFile(Fault(path.name, at, f"{len(cells)} columns instead of {len(COLUMNS)}"))
        one = dict(zip(COLUMNS, cells, strict=True))
        _check(path.name, at, one["item"], one["kind"], items)
        yield {name: one[name] for name in ("text", "item", "kind")} | {
            "emergency": one["emergency"] == "1"
        }


def _outside(
    paths: Sequence[Path], items: Sequence[str] | dict[str, bool]
) -> Iterator[dict[str, Any]]:
    for row in labelled.read(paths):
        text, item = row.text("text"), row.name("item") or NO_ITEM
        kind = row.name("kind") or ""
        if text:
            _check(row.file, row.line, item, kind, items)
            yield {
                "text": text,
                "item": item,
                "kind": kind,
                "emergency": bool(row.flag("emergency")),
            }


def _check(
    file: str, line: int, item: str, kind: str, items: Sequence[str] | dict[str, bool]
) -> None:
    if item != NO_ITEM and item not in items:
        raise BadFile(Fault(file, line, f"unknown item {item!r}"))
    if kind not in set(MessageKind):
        raise BadFile(Fault(file, line, f"unknown kind {kind!r}"))
