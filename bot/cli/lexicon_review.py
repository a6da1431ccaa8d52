"""lexicon suggest and dry-run: what people's corrections say, and what a change would do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.adapters import lexicon_file
from bot.adapters.chinese import simplify
from bot.adapters.segmenter import JiebaSegmenter
from bot.adapters.tagger import build_tagger
from bot.adapters.wordclasses import word_classes
from bot.bootstrap import known_items
from bot.cli.progress import phase, track
from bot.cli.shared import Json, items_in_force, load, show, with_work
from bot.domain.lexicon import parse_lexicon
from bot.domain.normalise import Normaliser
from bot.domain.proposals import Proposal
from bot.domain.tagging import Tagger
from bot.errors import BadFile, Fault
from bot.services import proposing, retagging
from bot.services.proposing import Reader
from bot.services.retagging import Difference, Rehearsal, Tagged
from bot.services.work import Work
from bot.views import proposals as views


def add_to(group: typer.Typer) -> None:
    """Register the commands."""
    group.command(
        "suggest", epilog="Example: huying lexicon suggest --since 2026-11-01 -o new-words.tsv"
    )(suggest)
    group.command("dry-run", epilog="Example: huying lexicon dry-run my-lexicon.tsv")(dry_run)


def suggest(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Corrections from this day on."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Table to review and append.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Words that the lexicon may lack, by what people corrected, each with its evidence.

    Nothing is changed. Texts are masked, and words of fewer than two corrected cases, names,
    numbers and places are left out.
    """
    begin = since.replace(tzinfo=load().zone) if since else None
    with phase("reading the lexicon"):
        reader, rows = _reader()

    async def go(work: Work) -> tuple[Proposal, ...]:
        return await proposing.suggest(work, reader, rows, begin, track)

    found = with_work(go, write=False)
    if out is not None:
        _write(out, views.table(found))
    plain = "\n".join(f"{views.row(one)}\n    {views.evidence(one)}" for one in found)
    show([_proposal(one) for one in found], as_json, plain or "nothing to propose")


def dry_run(
    new: Annotated[Path, typer.Argument(metavar="NEW.tsv", help="A whole lexicon.")],
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many cases, the newest; default: all.")
    ] = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="Show what was reported, masked.")
    ] = False,
    as_json: Json = False,
) -> None:
    """How many past cases another lexicon would tag or route differently, and which.

    Nothing is changed. Better and worse are by the item that people finally settled on.
    """
    lexicon_file.read(new)  # said plainly when it cannot be read

    async def go(work: Work) -> Rehearsal:
        with phase("reading the lexicon"):
            tagger = _tagger(work, new)
        return await retagging.rehearse(work, tagger, limit, track)

    found = with_work(go, write=False)
    show(_rehearsal(found, texts), as_json, _told(found, texts))


def _reader() -> tuple[Reader, dict[tuple[str, str], float]]:
    """How the lexicon in force spells and cuts, and its rows."""
    known, folder = items_in_force(), load().data_dir
    path = lexicon_file.choose(folder, known).path
    table = parse_lexicon(lexicon_file.read(path), file=path.name, items=known)
    rows = {(entry.word, entry.label): entry.weight for entry in table.entries}
    for word, weights in table.learned.items():
        rows |= {(word, label): weight for label, weight in weights.items()}
    cut = JiebaSegmenter(cache_dir=folder if folder.exists() else None).cut
    return Reader(cut, Normaliser(table.spelling, simplify), word_classes()), rows


def _tagger(work: Work, path: Path) -> Tagger:
    """A tagger from this file, otherwise as the bot's own."""
    items, folder = work.world.items, load().data_dir
    return build_tagger(
        known_items(items),
        lexicon=path,
        cache_dir=folder if folder.exists() else None,
        keywords={code: item.keywords for code, item in items.items()},
    )


def _write(path: Path, text: str) -> None:
    try:
        lexicon_file.write_whole(path, text)
    except OSError as error:
        raise BadFile(Fault(str(path), 0, error.strerror or "cannot be written")) from None


def _proposal(one: Proposal) -> dict[str, Any]:
    return {
        "word": one.word,
        "label": one.label,
        "weight": one.weight,
        "origin": "correction",
        "cases": one.cases,
        "was": one.was,
        "elsewhere": one.elsewhere,
        "gives": {"item": one.gives[0], "probability": round(one.gives[1], 4)}
        if one.gives
        else None,
        "row": one.row,
    }


def _rehearsal(found: Rehearsal, texts: bool) -> dict[str, Any]:
    counts = found.counts()
    return {
        "cases": found.cases,
        "without_text": found.silent,
        "different": len(found.differences),
        **{name: counts[name] for name in _COUNTED},
        "differences": [_difference(one, texts) for one in found.differences],
    }


_COUNTED = ("item", "emergency", "route", "better", "worse", "undecided")


def _difference(one: Difference, texts: bool) -> dict[str, Any]:
    said = {"text": one.text} if texts and not one.confidential else {}
    return {
        "number": one.number,
        "confidential": one.confidential,
        "was": _tagged(one, one.was),
        "would_be": _tagged(one, one.now),
        "settled": None if one.confidential else one.settled,
        "verdict": one.verdict.value,
        **said,
    }


def _tagged(one: Difference, tagged: Tagged) -> dict[str, Any]:
    """What nobody else may know of a confidential case does not stand in a list either."""
    return {
        "item": None if one.confidential else tagged.item or None,
        "emergency": tagged.emergency,
        "lead": None if one.confidential else tagged.lead,
        "alone": tagged.alone,
    }


def _told(found: Rehearsal, texts: bool) -> str:
    counts, different = found.counts(), len(found.differences)
    lines = [
        f"{found.cases} cases, {found.silent} without words, {different} would be different",
        ", ".join(f"{name} {counts[name]}" for name in _COUNTED),
    ]
    for one in found.differences:
        was, now = _short(one, one.was), _short(one, one.now)
        lines.append(f"{one.number}  {was} -> {now}  {one.verdict}")
        if texts and one.text:
            lines.append(f"    {one.text}")
    return "\n".join(lines)


def _short(one: Difference, tagged: Tagged) -> str:
    """``CG01/QS-CZ-3/alone/emergency``."""
    known = ("*", "*") if one.confidential else (tagged.item or "-", tagged.lead or "-")
    way = "alone" if tagged.alone else "hub"
    return "/".join([*known, way, *(["emergency"] if tagged.emergency else [])])
