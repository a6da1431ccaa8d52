"""From a submitted case to a unit that owns it: routing, the hub's queue, sub-tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain import lifecycle, returns
from bot.domain.access import Viewer
from bot.domain.case import Case, Status, Task
from bot.domain.deadlines import LimitUnit, add_hours
from bot.domain.items import Item
from bot.domain.ladder import ClockName
from bot.domain.lifecycle import Who
from bot.domain.promise import promise
from bot.domain.routing import Decision, Route, RouteRequest, next_tier, route
from bot.domain.units import ROOT, Unit
from bot.errors import Refused
from bot.ports import Seen
from bot.services import acting, cards, clocks, corrections
from bot.services.work import SYSTEM, Work, person
from bot.services.world import World

DESK = "district_supervision_office"
"""The role of the supervision desk (督查), which comes after the district's hub."""


def decide(
    world: World,
    item: str | None,
    grid: str | None,
    *,
    sure: bool,
    emergency: bool,
    by_person: bool = False,
    last_grid: str | None = None,
    border: tuple[str, ...] = (),
) -> Route:
    """Where a case would go; also for ``huying route explain`` and previews."""
    request = RouteRequest(
        item=world.item(item or ""),
        grid=grid,
        sure=sure,
        emergency=emergency,
        person_confirmed_item=by_person,
        last_grid=last_grid,
        border=border,
    )
    return route(request, world.directory)


def why(found: Route) -> list[dict[str, Any]]:
    """The reasons as codes, to be kept with the case."""
    return [{"code": r.code.value, **dict(r.params)} for r in found.reason]


async def dispatch(work: Work, case: Case, found: Route) -> Case:
    """Send a new case on its way: to its units, or into the hub's queue."""
    # Somebody must lead an emergency at once: the hub itself where no unit is known.
    lead = found.lead or (found.unit if case.emergency else None)
    if lead and (found.decision is Decision.ALONE or case.emergency):
        case = await acting.step(
            work, case, "dispatch", Who.SYSTEM, SYSTEM,
            unit=lead, lead=lead, hub=found.hub,
        )  # fmt: skip
        tasks = [await add_task(work, case, lead, "lead")]
        for unit in dict.fromkeys((*found.cooperating, *found.also)):
            if unit != lead:
                tasks.append(await add_task(work, case, unit, "cooperating"))
        for task in tasks:
            await cards.open_task(work, case, task)
        return case
    proposed = found.lead if found.lead != found.hub else None
    case = await acting.step(
        work,
        case,
        "queue",
        Who.SYSTEM,
        SYSTEM,
        unit=found.hub or ROOT,
        hub=found.hub or ROOT,
        proposed=proposed,
    )
    await cards.open_hub(work, case)
    limit = work.world.wait.dispatch_hours
    due = add_hours(work.now, limit, LimitUnit.WORKING_HOURS, work.world.calendar)
    await work.at(due, "queue", f"case:{case.id}", f"{case.id}:{case.cycle}", case=case.id)
    return case


async def add_task(
    work: Work, case: Case, unit: str, part: str, *, fresh: bool = False, handed: bool = False
) -> Task:
    """Give a unit its share, with both clocks.

    They run from the submission; ``fresh`` (escalation, reopening) starts them now. With
    ``handed`` (return, adjudication) the response is counted from now, while the handling is
    still due by the submission, unless that is too near to be kept. A unit that is only
    ``proposed`` owes no more than a response.
    """
    item, calendar = work.world.item(case.item), work.world.calendar
    start = work.now if fresh or handed else case.submitted_at
    due = promise(item, case.emergency, start, calendar)
    resolve = due.resolve.due
    if handed:
        first = promise(item, case.emergency, case.submitted_at, calendar).resolve.due
        resolve = first if first > due.respond.due else resolve
    task = await work.uow.cases.add_task(
        Task(
            id=0,
            case_id=case.id,
            unit=unit,
            part=part,
            status=Status.DISPATCHED,
            cycle=case.cycle,
            created_at=start,
            respond_due=due.respond.due,
            resolve_due=resolve,
        )
    )
    which = (ClockName.RESPOND,) if part == "proposed" else clocks.BOTH
    await clocks.start(work, case, task, which=which)
    return task


async def confirm(work: Work, viewer: Viewer, seen: Seen) -> Case:
    """确认 in the hub's queue: the proposed unit gets the case."""
    case = seen.case
    if case.dispute in returns.OPEN:
        raise Refused("act-too-late")  # it confirmed another proposal, before the return
    if case.proposed is None:
        raise Refused("hub-nothing-proposed")
    return await _send(work, viewer, seen, "confirm", case.proposed, case.item)


async def reassign(
    work: Work, viewer: Viewer, seen: Seen, *, item: str | None = None, unit: str | None = None
) -> Case:
    """改派: another item, another unit, or both. An item alone finds its unit by the place."""
    case = seen.case
    code = item or case.item
    if unit is None:
        found = decide(
            work.world, code, case.place.grid, sure=True, emergency=case.emergency, by_person=True
        )
        unit = found.lead
    if unit is None:
        raise Refused("hub-which-unit")
    return await _send(work, viewer, seen, "reassign", unit, code)


def above(world: World, unit: str | None) -> Unit | None:
    """Who comes after a unit: the next tier, and after the district's hub the supervision desk.

    Nobody comes after the desk, although it stands under the hub that it comes after.
    """
    desks = world.directory.holders.get(DESK, ())
    if unit in desks:
        return None
    found = next_tier(unit or "", world.directory)
    if found is not None:
        return found
    return world.unit(desks[0]) if desks else None


def check_lead(world: World, item: str, unit: str) -> None:
    """Raises Refused for a unit that is not there, or that a higher tier's item would be pushed
    down to (R024).
    """
    entry, to = world.item(item), world.unit(unit)
    if to is None:
        raise Refused("unit-unknown", unit=unit)
    if returns.pushed_down(entry, unit, world.directory):
        raise Refused("reassign-down", unit=to, item=entry)


async def _send(work: Work, viewer: Viewer, seen: Seen, act: str, unit: str, item: str) -> Case:
    case, kept = seen.case, None
    act = "adjudicate" if case.dispute in returns.OPEN else act
    who = acting.capacity(work, viewer, act, case, None)
    lifecycle.move(case.status, act, who)
    check_lead(work.world, item, unit)
    entry = work.world.item(item)
    change: dict[str, Any] = {"lead": unit, "proposed": unit, "item": item}
    if entry and item != case.item:
        # The promise to the resident stays as it was; the unit's own clocks follow the item.
        change |= as_item(case, entry)
    if act == "adjudicate":
        after, kept, ended = returns.decided(case, seen.tasks, unit)
        change["dispute"] = after.dispute
    else:
        ended = _relieved(seen, unit, item)
    await clocks.end(work, ended)
    actor = person(viewer.person)
    case = await acting.step(work, case, act, who, actor, unit=unit, **change)
    await corrections.item(work, seen.case, case, who, actor)
    await work.uow.timers.cancel(f"case:{case.id}", "queue", "adjudicate")
    if kept is not None:
        await work.uow.cases.save_task(kept)
        if any(t.id == kept.id and t.part == "proposed" for t in seen.tasks):
            await clocks.start(work, case, kept, which=(ClockName.RESOLVE,))
    secret = case.confidential and not seen.case.confidential
    # Nobody answers for the time that others took, be it over a return or in an earlier cycle.
    again, handed = case.cycle > 0, bool(case.returns) and not case.cycle
    task = kept or await add_task(work, case, unit, "lead", fresh=again, handed=handed)
    if secret:
        await cards.hide(work, case, viewer.person)
    await cards.refresh(work, case)
    if kept is None or secret:
        await cards.open_task(work, case, task)
    return case


def as_item(case: Case, item: Item) -> dict[str, Any]:
    """What changes on a case that is found to be about this item. A secret stays one."""
    secret = case.confidential or item.confidential
    return {
        "item": item.code, "item_version": item.version, "level": item.level,
        "confidential": secret,
    }  # fmt: skip


def _relieved(seen: Seen, unit: str, item: str) -> tuple[Task, ...]:
    """The sub-tasks that end because another unit leads. In an emergency of the same kind those
    who help go on: nobody calls them back by naming another lead.
    """
    case = seen.case
    given = [t for t in seen.tasks if t.status is case.status is Status.DISPATCHED]
    if case.emergency and item == case.item:
        given = [t for t in given if t.part in returns.LEADING or t.unit == unit]
    return tuple(replace(task, status=Status.WITHDRAWN) for task in given)


def told(before: Case) -> str:
    """The key of what a dispatcher is answered; ``before``: the case as it was."""
    return "adjudicated-to" if before.dispute in returns.OPEN else "dispatched-to"


def named_unit(world: World, text: str) -> Unit | None:
    """The unit that a dispatcher's reply names: the longest name found in it."""
    said = "".join(text.split()).casefold()
    names = [
        ("".join(name.split()).casefold(), unit)
        for unit in world.directory.units.values()
        for name in (unit.name, unit.name_en)
    ]
    found = [(len(name), unit) for name, unit in names if name and name in said]
    return max(found, key=lambda pair: pair[0], default=(0, None))[1]
