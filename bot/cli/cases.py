"""tag, route, case, digest, audit: looking at what the bot knows and decides."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from bot.cli.shared import Json, lines, load, show, tagger_in_force, with_work
from bot.domain import several
from bot.domain.access import SYSTEM
from bot.domain.tagging import Tagger, as_json
from bot.errors import Refused
from bot.i18n import plain, texts
from bot.services import digest, explaining
from bot.services.work import Work

route = typer.Typer(help="Where a report would go.", no_args_is_help=True)
case = typer.Typer(help="Cases.", no_args_is_help=True)
audit = typer.Typer(help="The event chains.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("tag", epilog="Example: huying tag 翠竹路路灯不亮")(tag)
    app.command("digest", epilog="Example: huying digest --unit QS-HUB")(digest_)
    app.add_typer(route, name="route")
    app.add_typer(case, name="case")
    app.add_typer(audit, name="audit")


def tag(
    text: Annotated[str | None, typer.Argument(help="A message.")] = None,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read JSON objects with text.")] = False,
    as_json_: Json = False,
) -> None:
    """Item, kind, urgency, confidence, and the words that decided."""
    if stdin:
        entries = lines()
        tagger = tagger_in_force()
        for entry in entries:
            if not isinstance(entry.get("text"), str):
                raise typer.BadParameter("every line needs a text")
            print(json.dumps(_tagged(tagger, entry["text"]), ensure_ascii=False))
        return
    if text is None:
        raise typer.BadParameter("name a text, or say --stdin")
    found = _tagged(tagger_in_force(), text)
    show(found, as_json_, explaining.tagging(texts(load().locale), found))


def _tagged(tagger: Tagger, text: str) -> dict[str, object]:
    found = several.problems(text, tagger.tag)
    problems = [
        {"code": one.item, "text": one.text, "probability": round(one.probability, 4)}
        for one in found
    ]
    return as_json(tagger.tag(text)) | {"problems": problems}


@route.command("explain", epilog="Example: huying route explain 路灯不亮 --place 翠竹路菜市场")
def explain(
    text: Annotated[str, typer.Argument(help="A message.")],
    place: Annotated[str, typer.Option(help="The place, when the message has none.")] = "",
    as_json_: Json = False,
) -> None:
    """Which unit a report would go to, and why."""

    async def go(work: Work) -> dict[str, Any]:
        return explaining.route(work, text, place)

    found = with_work(go, write=False)
    show(found, as_json_, "\n".join(f"{key}: {value}" for key, value in found.items()))


@case.command("show", epilog="Example: huying case show 202611200007")
def show_case(number: Annotated[str, typer.Argument()], as_json_: Json = False) -> None:
    """One case: state, units, deadlines, and the chain of its events. No personal text."""

    async def go(work: Work) -> dict[str, Any]:
        seen = await work.uow.cases.find_for(SYSTEM, number)
        if seen is None:
            raise Refused("case-unknown")
        events = await work.uow.cases.events(seen.case.id)
        return explaining.case(seen, events)

    found = with_work(go, write=False)
    show(found, as_json_)


@case.command("list", epilog="Example: huying case list --open --json")
def list_cases(
    open_only: Annotated[bool, typer.Option("--open", help="Open ones only.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100000)] = 1000,
    as_json_: Json = False,
) -> None:
    """All cases, oldest first."""

    async def go(work: Work) -> list[dict[str, Any]]:
        found = await work.uow.cases.listed(SYSTEM, units=None, open_only=open_only, limit=limit)
        return [explaining.summary(seen) for seen in found]

    found = with_work(go, write=False)
    text = "\n".join(
        f"{c['number']}  {c['status']:<11} {c['item'] or '-':<5} {c['unit'] or '-'}" for c in found
    )
    show(found, as_json_, text)


def digest_(unit: Annotated[str, typer.Option(help="Unit code.")], as_json_: Json = False) -> None:
    """The supervisor's digest of a unit's branch, now."""

    async def go(work: Work) -> str:
        if unit != "ROOT" and work.world.unit(unit) is None:
            raise Refused("unit-unknown", unit=unit)
        found = await digest.compose(work, unit, work.world.texts())
        return plain(found.text) if found else ""

    text = with_work(go, write=False)
    show({"unit": unit, "text": text}, as_json_, text)


@audit.command("verify", epilog="Example: huying audit verify")
def verify(as_json_: Json = False) -> None:
    """Check every event chain and every anchor; 1 when history was edited."""

    async def go(work: Work) -> list[str]:
        return list(await work.uow.rules.verify())

    faults = with_work(go, write=False)
    show({"faults": faults}, as_json_, "\n".join(faults) or "ok")
    raise typer.Exit(1 if faults else 0)
