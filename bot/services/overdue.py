"""What the ladder does: reminders, due, escalation; each stage once (I4), none in quiet hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.access import SYSTEM as SYSTEM_VIEWER
from bot.domain.case import OPEN, WITH_UNIT, Case, Task
from bot.domain.deadlines import elapsed
from bot.domain.promise import limits
from bot.domain.routing import fallbacks
from bot.domain.units import Role, Unit
from bot.ports import Address, Person, Timer
from bot.services import cards, clocks, delivery, dispatch, faces, post, reporter, returns
from bot.services.work import SYSTEM, Work
from bot.views import notices


async def fire(work: Work, timer: Timer) -> None:
    """A stage was reached. After a long stop all stages missed give one notice, not ten."""
    seen = await work.uow.cases.get_for(SYSTEM_VIEWER, int(timer.data["case"]))
    task = next((t for t in seen.tasks if t.id == timer.data["task"]), None) if seen else None
    if seen is None or task is None or not _running(seen.case, task, timer):
        return
    reached = [timer]
    for clock in ("respond", "resolve"):
        for other in await work.uow.timers.of(clocks.subject(task, clock)):
            if (
                other.kind == "stage"
                and other.due_at <= work.now
                and _running(seen.case, task, other)
                and await work.uow.timers.fired(other.id, work.now)
            ):
                reached.append(other)
    await _act(work, seen.case, task, reached)


def held_back(work: Work, case: Case) -> bool:
    """Whether quiet hours or a rest day hold a stage back (never an emergency's)."""
    item = work.world.item(case.item)
    if case.emergency or (item and item.natural):
        return False
    return work.world.calendar.quiet(work.now)


async def _act(work: Work, case: Case, task: Task, reached: Sequence[Timer]) -> None:
    order = [rung.name for rung in work.world.ladder.rungs]
    top = max(reached, key=lambda timer: _rank(order, timer))
    for timer in reached:
        if timer.data["stage"] == "due":
            await work.record(
                case,
                "overdue",
                SYSTEM,
                task=task.id,
                unit=task.unit,
                part=task.part,
                clock=timer.data["clock"],
                # The timer's own time may have been put off by quiet hours.
                due=_due(task, timer).isoformat(),
            )
            if timer.data["clock"] == "respond":
                case = await returns.unanswered(work, case, task)
    stage = top.data["stage"]
    owner = await work.uow.people.get(task.owner) if task.owner else None
    if stage.startswith("remind"):
        people = [owner] if owner and owner.reachable else await _duty(work, case, task)
        await _notify(work, case, task, top, people)
        return
    people = [p for p in (owner,) if p and p.reachable] + list(await _duty(work, case, task))
    if task.part != "cooperating":
        # A helper's lateness is its own: the supervisor hears of the case once.
        people += await supervisors(work, task.unit)
    joined = None
    if any(t.data["stage"] == "escalate" for t in reached):
        tasks = await work.uow.cases.tasks(case.id)
        joined = above(work, case, task, tasks)
        if case.confidential and joined is not None:
            joined = await _trusted(work, task, tasks)
    await _notify(work, case, task, top, people, joined=joined is not None)
    if any(t.data["stage"] == "escalate" for t in reached):
        case = await _escalate(work, case, task, joined)
    await cards.refresh(work, case)


def above(work: Work, case: Case, task: Task, tasks: Sequence[Task]) -> Unit | None:
    """Who joins when the grace of this sub-task is over; None when nobody new does.

    A helper's lateness is its own.
    """
    if task.part != "lead":
        return None
    there = {t.unit for t in tasks if t.cycle == case.cycle}
    found = dispatch.above(work.world, task.unit)
    while found is not None and found.code in there:
        found = dispatch.above(work.world, found.code)
    return found


async def _trusted(work: Work, task: Task, tasks: Sequence[Task]) -> Unit | None:
    """For a confidential case: the next unit up whose named person does not know of it yet."""
    told = {t.named for t in tasks}
    found = dispatch.above(work.world, task.unit)
    while found is not None:
        named = await cards.reachable(work, found.code, named=True)
        if named and named[0].id not in told:
            return found
        found = dispatch.above(work.world, found.code)
    return None


async def _escalate(work: Work, case: Case, task: Task, above: Unit | None) -> Case:
    """The next tier joins as lead; the lower one may still finish it, and stays on record."""
    if above is None:
        await work.record(case, "escalated", SYSTEM, task=task.id, unit=task.unit)
        return case
    await work.uow.cases.save_task(replace(task, part="former"))
    case = await work.uow.cases.save(replace(case, lead=above.code))
    await work.record(case, "escalated", SYSTEM, task=task.id, unit=task.unit, to=above.code)
    fresh = await dispatch.add_task(work, case, above.code, "lead", fresh=True)
    await cards.open_task(work, case, fresh)
    shown = [c for c in await work.uow.channels.cards(case.id) if c.task_id == fresh.id]
    if shown:
        # The reporter hears of the first tier that joins, not of each one; a unit without a
        # living channel is never named, but the hub that stands in for it.
        name = work.world.unit_name(await delivery.reached_unit(work, fresh, shown[-1]))
        key = f"escalated:{case.id}:{case.cycle}"
        await reporter.tell(work, case, lambda face: notices.escalated(face, name), key=key)
    return case


async def _notify(
    work: Work,
    case: Case,
    task: Task,
    timer: Timer,
    people: Sequence[Person],
    *,
    joined: bool = False,
) -> None:
    told: set[int] = set()
    for person in people:
        if person.id in told or not _may_know(case, task, person):
            continue
        told.add(person.id)
        face = await faces.face(work, case, t=work.world.texts(person.locale))
        due = _due(task, timer)
        both = limits(work.world.item(case.item), case.emergency)
        late = elapsed(due, work.now, both.resolve.unit, work.world.calendar)
        message = notices.stage(
            face, task, timer.data["stage"], timer.data["clock"], due, late,
            working=both.resolve.unit.working, joined=joined,
        )  # fmt: skip
        await post.say(
            work,
            Address(person.chat),
            message,
            urgent=case.emergency,
            key=f"{timer.key}:{person.id}",
        )


async def _duty(work: Work, case: Case, task: Task) -> Sequence[Person]:
    """The unit's duty person: one, not everybody; the hub's where it stands in for the unit."""
    if case.confidential:
        named = await work.uow.people.get(task.named) if task.named else None
        return [named] if named and named.reachable else []
    for unit in (task.unit, *fallbacks(task.unit, work.world.directory)):
        if people := list(await cards.reachable(work, unit)):
            return people[:1]
        if await cards.living(work, unit, urgent=False):
            return []
    return []


async def supervisors(work: Work, unit: str) -> list[Person]:
    """The supervisors nearest above a unit."""
    directory = work.world.directory
    for above in directory.chain(unit):
        found = [
            person
            for code in (above.code, directory.hubs.get(above.code))
            for person in (await work.uow.people.of_unit(code, Role.SUPERVISOR) if code else ())
            if person.reachable
        ]
        if found:
            return found
    return []


def _may_know(case: Case, task: Task, person: Person) -> bool:
    return not case.confidential or task.named == person.id


def _running(case: Case, task: Task, timer: Timer) -> bool:
    """Whether the stage still says something: state, cycle and clock are as they were."""
    if case.status not in OPEN or task.status not in WITH_UNIT or task.cycle != case.cycle:
        return False
    return not (timer.data["clock"] == "respond" and task.responded_at is not None)


def _due(task: Task, timer: Timer) -> datetime:
    return task.respond_due if timer.data["clock"] == "respond" else task.resolve_due


def _rank(order: Sequence[str], timer: Timer) -> tuple[int, bool]:
    """How grave a stage is: its place on the ladder, then the clock that counts more."""
    stage = str(timer.data["stage"])
    place = order.index(stage) if stage in order else -1
    return place, timer.data["clock"] == "resolve"
