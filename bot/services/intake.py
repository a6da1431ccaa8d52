"""A finished report becomes a case with a number, a promise and a unit (R002, R006)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.domain.case import Case, Media, Note, Place, Source, Status
from bot.domain.forms import Slots
from bot.domain.promise import UNKNOWN_TIER, Promise, promise
from bot.domain.routing import Route
from bot.forms.report import words
from bot.ports import Address, Person
from bot.services import corrections, dispatch
from bot.services.work import REPORTER, Work


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen to a report if it were submitted now."""

    item: str
    sure: bool
    emergency: bool
    route: Route
    promise: Promise


def plan(work: Work, slots: Slots, last_grid: str | None) -> Plan:
    """Item, unit and deadlines of a report in progress: for the preview, and for the case."""
    world, look = work.world, slots["look"]
    by_person = slots["item_by"] in {"person", "kind"}
    guesses = look.get("guesses", [])
    code = slots["item"] or ("" if slots["item_by"] == "none" else next(iter(guesses), ""))
    item = world.item(code)
    sure = by_person or bool(look.get("sure"))
    flagged = bool(item and item.emergency and sure)
    emergency = not slots.get("calm") and (bool(look.get("emergency")) or flagged)
    found = dispatch.decide(
        world,
        code if item else None,
        look.get("grid"),
        sure=sure,
        emergency=emergency,
        by_person=by_person,
        last_grid=last_grid,
        border=tuple(look.get("border", ())),
    )
    return Plan(code, sure, emergency, found, promise(item, emergency, work.now, world.calendar))


async def submit(
    work: Work,
    reporter: Person,
    slots: Slots,
    reply_to: Address,
    source: Source,
    bundle: str | None = None,
    *,
    more: bool = False,
) -> Case:
    """Open the case: number, promise, note, events, dispatch; all in this unit of work.

    ``bundle``: the number of the first case of the same message; ``more``: this is the first, and
    others will follow.
    """
    planned = plan(work, slots, reporter.last_grid)
    item = work.world.item(planned.item)
    anonymous = bool(slots["anonymous"])
    day = work.now.astimezone(work.world.calendar.zone).strftime("%Y%m%d")
    number = await work.uow.cases.next_number(day)
    case = await work.uow.cases.add(
        Case(
            id=0,
            number=number,
            version=1,
            status=Status.RECEIVED,
            item=planned.item,
            item_version=item.version if item else 0,
            level=item.level if item else UNKNOWN_TIER,
            emergency=planned.emergency,
            confidential=bool(item and item.confidential),
            anonymous=anonymous,
            source=source,
            place=_place(slots),
            submitted_at=work.now,
            respond_due=planned.promise.respond.due,
            resolve_due=planned.promise.resolve.due,
            reporter=None if anonymous else reporter.id,
            reporter_mark=reporter.mark if anonymous else "",
            provisional=planned.promise.provisional,
            bundle=bundle or (number if more else None),
            why=_why(slots, planned),
        )
    )
    await work.uow.cases.set_reply_chat(case.id, reply_to.chat)
    note = await work.uow.cases.add_note(
        Note(
            id=0,
            case_id=case.id,
            kind="report",
            at=work.now,
            author=REPORTER,
            text=words(slots),
            media=media_of(slots),
            messages=tuple(message for message, _ in slots["words"] if message),
        )
    )
    await work.record(
        case,
        "received",
        REPORTER,
        item=case.item,
        level=case.level.value,
        emergency=case.emergency,
        anonymous=anonymous,
        source=source.value,
        grid=case.place.grid,
        note=note.digest,
    )
    await corrections.reported(work, case, slots)
    case = await dispatch.dispatch(work, case, planned.route)
    grid = case.place.grid
    if grid and not anonymous and grid != reporter.last_grid:
        await work.uow.people.update(replace(reporter, last_grid=grid))
    return case


def media_of(slots: Slots) -> tuple[Media, ...]:
    """The files of a report."""
    return tuple(Media(kind, file, unique) for kind, file, unique, *_ in slots["media"])


def _place(slots: Slots) -> Place:
    look = slots["look"]
    lat, lon = slots["location"] or (None, None)
    grid = look.get("grid")
    text = slots["place"] or look.get("place_name") or ""
    return Place(grid, text, lat, lon, look.get("place_status", "unknown"))


def _why(slots: Slots, planned: Plan) -> dict[str, Any]:
    """Codes and figures only: the words that decided are the reporter's, and stay sealed."""
    look = slots["look"]
    return {
        "guesses": look.get("guesses", []),
        "probability": look.get("probability", []),
        "item_by": slots["item_by"] or "tagger",
        "sure": planned.sure,
        "route": dispatch.why(planned.route),
    }
