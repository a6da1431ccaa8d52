"""deadline: when a limit ends, and why."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from bot.adapters.calendars import shipped_calendar
from bot.cli.shared import Json, has_data, lines, load, show, with_work
from bot.domain.deadlines import Limit, LimitUnit, deadline
from bot.domain.workcalendar import WorkCalendar
from bot.i18n import Texts, texts
from bot.services.work import Work
from bot.settings import Settings
from bot.views.why import sentences

_EXAMPLE = "Example: huying deadline --start 2026-11-20T09:30+08:00 --hours 8"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("deadline", epilog=_EXAMPLE)(deadline_)


def deadline_(
    start: Annotated[str | None, typer.Option(help="ISO instant with offset.")] = None,
    hours: Annotated[float | None, typer.Option(help="Working hours.")] = None,
    workdays: Annotated[int | None, typer.Option(help="Working days.")] = None,
    days: Annotated[int | None, typer.Option(help="Natural days.")] = None,
    natural: Annotated[bool, typer.Option("--natural", help="Natural hours.")] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read JSON objects.")] = False,
    as_json: Json = False,
) -> None:
    """When a limit ends, and why."""
    settings = load()
    calendar, t = _calendar(settings), texts(settings.locale)
    if stdin:
        for entry in lines():
            print(json.dumps(_answer(entry, calendar, t), ensure_ascii=False))
        return
    entry = {"start": start, "hours": hours, "workdays": workdays, "days": days}
    found = _answer(entry | {"natural": natural}, calendar, t)
    show(found, as_json, "\n".join([found["due"], *found["why"]]))


def _answer(entry: dict[str, Any], calendar: WorkCalendar, t: Texts) -> dict[str, Any]:
    given = {k: entry[k] for k in ("hours", "workdays", "days") if entry.get(k) is not None}
    if len(given) != 1 or not entry.get("start"):
        raise typer.BadParameter("give a start and one of hours, workdays, days")
    try:
        begun = datetime.fromisoformat(str(entry["start"]))
        name, amount = next(iter(given.items()))
        limit = Limit(float(amount), _unit(name, bool(entry.get("natural"))))
    except (ValueError, TypeError, OverflowError) as error:
        raise typer.BadParameter(str(error)) from None
    if begun.tzinfo is None:
        begun = begun.replace(tzinfo=calendar.zone)
    found = deadline(begun, limit, calendar)
    return {
        "due": found.due.astimezone(calendar.zone).isoformat(),
        "provisional": found.provisional,
        "why": sentences(found.why, calendar.zone, t),
    }


def _unit(name: str, natural: bool) -> LimitUnit:
    if name == "hours":
        return LimitUnit.NATURAL_HOURS if natural else LimitUnit.WORKING_HOURS
    return LimitUnit.WORKDAYS if name == "workdays" else LimitUnit.NATURAL_DAYS


def _calendar(settings: Settings) -> WorkCalendar:
    """The calendar in force; the shipped one where there is no database yet."""
    if not has_data(settings):
        return shipped_calendar(settings.zone)

    async def go(work: Work) -> WorkCalendar:
        return work.world.calendar

    return with_work(go, write=False)
