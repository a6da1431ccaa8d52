"""From handled to closed, or back: the resident's word, and staff's when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain import lifecycle
from bot.domain.access import STAFF_ROLES, Viewer
from bot.domain.case import OPEN, WITH_UNIT, Case, Media, Note, Status, Task
from bot.domain.deadlines import Limit, LimitUnit, deadline
from bot.domain.lifecycle import Who
from bot.domain.promise import promise
from bot.domain.routing import hub_for
from bot.errors import Refused
from bot.ports import Address, Person, Seen, Timer
from bot.services import (
    acting,
    cards,
    clocks,
    corrections,
    dispatch,
    menus,
    overdue,
    post,
    reporter,
    retention,
)
from bot.services.work import REPORTER, SYSTEM, Work, person
from bot.services.world import World
from bot.views import notices, resident


async def ask(work: Work, case: Case, result: Note) -> None:
    """Tell the reporter the result and ask; when nobody can be asked, staff verify at once."""
    item = work.world.item(case.item)
    staff_only = item is not None and item.closing.value == "staff"
    await menus.make_room(work, await work.uow.cases.reply_chat(case.id), case.id)
    asked = await reporter.tell(
        work, case, lambda face: resident.closing(face, result), in_group=True
    )
    wait = Limit(work.world.wait.silence_days, LimitUnit.WORKDAYS)
    due = deadline(work.now, wait, work.world.calendar).due
    if not asked or (staff_only and not case.confidential) or case.verifier_unit:
        due = work.now
    await work.at(
        due, "verify", f"case:{case.id}", f"{case.id}:{case.cycle}", case=case.id,
        cycle=case.cycle,
    )  # fmt: skip


async def silence(work: Work, timer: Timer, seen: Seen) -> None:
    """Nobody said anything for three working days: a staff verifier is asked, never a yes."""
    case = seen.case
    if case.status is not Status.HANDLED or case.cycle != timer.data["cycle"]:
        return
    unit = case.verifier_unit or await verifier(work, seen)
    case = await acting.step(
        work, case, "verify", Who.SYSTEM, SYSTEM, verifier_unit=unit, unit=unit
    )
    await cards.refresh(work, case)
    await cards.open_verify(work, case)
    limit = Limit(work.world.wait.verify_hours, LimitUnit.WORKING_HOURS)
    due = deadline(work.now, limit, work.world.calendar).due
    await work.at(
        due, "verify_late", f"case:{case.id}", f"{case.id}:{case.cycle}:{unit}", case=case.id,
        cycle=case.cycle,
    )  # fmt: skip


async def verify_late(work: Work, timer: Timer, seen: Seen) -> None:
    """The verifier did not answer in time: the next tier is asked."""
    case = seen.case
    if case.status is not Status.VERIFYING or case.cycle != timer.data["cycle"]:
        return
    above = dispatch.above(work.world, case.verifier_unit)
    await work.record(case, "overdue", SYSTEM, unit=case.verifier_unit, clock="verify")
    if above is None:
        await _nobody_further(work, timer, case)
        return
    case = await work.uow.cases.save(replace(case, verifier_unit=above.code))
    await cards.refresh(work, case)
    await cards.open_verify(work, case)
    limit = Limit(work.world.wait.verify_hours, LimitUnit.WORKING_HOURS)
    due = deadline(work.now, limit, work.world.calendar).due
    await work.at(
        due, "verify_late", f"case:{case.id}", f"{case.id}:{case.cycle}:{above.code}",
        case=case.id, cycle=case.cycle,
    )  # fmt: skip


async def _nobody_further(work: Work, timer: Timer, case: Case) -> None:
    """The last verifier is late: the supervisors hear of it, once."""
    if case.confidential:
        return
    for boss in await overdue.supervisors(work, case.verifier_unit or case.lead or ""):
        t = work.world.texts(boss.locale)
        unit = work.world.unit_name(case.verifier_unit)
        message = notices.line(t, "notice-verify-late", number=case.number, unit=unit)
        await post.say(work, Address(boss.chat), message, key=f"{timer.key}:{boss.id}")


async def verifier(work: Work, seen: Seen) -> str | None:
    """Who verifies: the lead unit if it has somebody besides the handler, else the next tier."""
    lead = seen.case.lead
    colleagues = await work.uow.people.of_unit(lead or "", *STAFF_ROLES)
    if any(p.id != seen.case.handler for p in colleagues):
        return lead
    above = dispatch.above(work.world, lead)
    return above.code if above else hub_for(lead or "", work.world.directory)


async def word(work: Work, viewer: Viewer, case_id: int, act: str) -> Case:
    """解决了 or 部分解决: the reporter's own word closes the case."""
    seen = await acting.seen(work, viewer, case_id)
    who = acting.capacity(work, viewer, act, seen.case, None)
    return await _close(work, seen, act, who, REPORTER, outcome=act)


async def not_solved(
    work: Work, viewer: Viewer, case_id: int, reason: str, media: Sequence[Media] = ()
) -> Case:
    """没解决: the same number, again, with a verifier one tier up."""
    seen = await acting.seen(work, viewer, case_id)
    who = acting.capacity(work, viewer, "not_solved", seen.case, None)
    return await _reopen(work, seen, "not_solved", who, REPORTER, reason, media)


async def verified(work: Work, actor: Person, case_id: int) -> Case:
    """核查通过: verified by staff, which is counted apart from the resident's word."""
    seen = await acting.seen(work, actor.viewer, case_id)
    who = check_verifier(work, actor, seen, "pass")
    return await _close(work, seen, "pass", who, person(actor.id), outcome="staff")


async def failed(
    work: Work, actor: Person, case_id: int, reason: str, media: Sequence[Media] = ()
) -> Case:
    """核查不通过: the same number, again."""
    seen = await acting.seen(work, actor.viewer, case_id)
    who = check_verifier(work, actor, seen, "fail")
    return await _reopen(work, seen, "fail", who, person(actor.id), reason, media)


async def satisfied(work: Work, viewer: Viewer, case_id: int, answer: str) -> Case:
    """满意, 一般 or 不满意; asked once, after the reporter's own word."""
    seen = await acting.seen(work, viewer, case_id)
    who = acting.capacity(work, viewer, "satisfaction", seen.case, None)
    if seen.case.satisfaction:
        raise Refused("said-already")
    return await acting.step(work, seen.case, "satisfaction", who, REPORTER, satisfaction=answer)


def check_verifier(work: Work, actor: Person, seen: Seen, act: str) -> Who:
    """The capacity of a verifier. Raises Refused for the handler himself and for strangers."""
    if actor.id == seen.case.handler:
        raise Refused("verify-not-yourself")
    return acting.capacity(work, actor.viewer, act, seen.case, seen.tasks[0])


async def _close(work: Work, seen: Seen, act: str, who: Who, actor: str, *, outcome: str) -> Case:
    case = await acting.step(work, seen.case, act, who, actor, outcome=outcome, by=who.value)
    case = await acting.step(
        work, case, "close", Who.SYSTEM, SYSTEM, closed_at=work.now, outcome=outcome
    )
    await work.uow.timers.cancel(f"case:{case.id}", "verify", "verify_late")
    await retention.start(work, case)
    for task in seen.tasks:
        await clocks.stop(work, task)
    await cards.refresh(work, case)
    return case


async def _reopen(
    work: Work,
    seen: Seen,
    act: str,
    who: Who,
    actor: str,
    reason: str,
    media: Sequence[Media] = (),
) -> Case:
    """A new cycle: fresh clocks for the unit, a different verifier one tier up.

    A unit that has left the directory leads nothing: the hub takes its place.
    """
    before, world = seen.case, work.world
    lead = before.lead
    if world.unit(lead) is None:
        lead = _hub_instead(world, before)
    known = before.verifier_unit if world.unit(before.verifier_unit) else None
    note = await work.uow.cases.add_note(
        Note(0, before.id, "reason", work.now, actor, reason.strip(), tuple(media))
    )
    above = dispatch.above(world, known or lead)
    unit = above.code if above else known
    case = await acting.step(
        work,
        before,
        act,
        who,
        actor,
        note=note.digest,
        cycle=before.cycle + 1,
        lead=lead,
        verifier_unit=unit,
        handled_at=None,
        closed_at=None,
        outcome="",
        satisfaction="",
    )
    await work.uow.timers.cancel(f"case:{case.id}", "verify", "verify_late")
    await retention.stop(work, case)
    due = promise(work.world.item(case.item), case.emergency, work.now, work.world.calendar)
    for task in seen.tasks:
        await clocks.stop(work, task)
        if task.unit == before.lead and task.part == "lead":
            await work.uow.cases.save_task(replace(task, failed=True, part="past"))
    fresh = await work.uow.cases.add_task(
        Task(
            id=0, case_id=case.id, unit=case.lead or "", part="lead", status=Status.DISPATCHED,
            cycle=case.cycle, created_at=work.now, respond_due=due.respond.due,
            resolve_due=due.resolve.due,
        )
    )  # fmt: skip
    await clocks.start(work, case, fresh)
    await _retire_cards(work, case)
    await cards.open_task(work, case, fresh)
    return case


def _hub_instead(world: World, case: Case) -> str | None:
    """The hub of the place or of whoever else had to do with the case, else the lowest one."""
    for code in (case.place.grid, case.hub, case.verifier_unit):
        if found := hub_for(code or "", world.directory):
            return found
    hubs = [unit for unit in world.directory.units.values() if unit.hub]
    return min(hubs, key=lambda u: (u.tier.height, u.code)).code if hubs else None


async def _retire_cards(work: Work, case: Case) -> None:
    """The old cards show their last state and are not edited any more."""
    await cards.refresh(work, case)
    for card in await work.uow.channels.cards(case.id):
        if card.state == "live":
            await work.uow.channels.save_card(replace(card, state="past"))


async def withdraw(work: Work, viewer: Viewer, case_id: int, *, undo: bool) -> Case:
    """The reporter takes the report back: cards everywhere say so."""
    seen = await acting.seen(work, viewer, case_id)
    if undo and work.now > seen.case.submitted_at + work.world.wait.undo:
        raise Refused("undo-too-late")
    who = acting.capacity(work, viewer, "withdraw", seen.case, None)
    case = await acting.step(
        work, seen.case, "withdraw", who, REPORTER, closed_at=work.now, undo=undo
    )
    for task in seen.tasks:
        await clocks.stop(work, task)
        if task.status in WITH_UNIT:
            await work.uow.cases.save_task(replace(task, status=Status.WITHDRAWN))
    await work.uow.timers.cancel(f"case:{case.id}")
    await retention.start(work, case)
    await cards.refresh(work, case)
    return case


async def calm(work: Work, viewer: Viewer, case_id: int, task: Task | None) -> Case:
    """不是紧急: only a person may say so; the clocks follow the item again."""
    seen = await acting.seen(work, viewer, case_id)
    who = acting.capacity(work, viewer, "calm", seen.case, task)
    if not seen.case.emergency:
        raise Refused("act-too-late")
    actor = REPORTER if who is Who.REPORTER else person(viewer.person)
    lifecycle.move(seen.case.status, "calm", who)
    case = await acting.step(work, seen.case, "calm", who, actor, emergency=False)
    await corrections.calmed(work, case, who, actor)
    due = promise(work.world.item(case.item), False, case.submitted_at, work.world.calendar)
    for one in seen.tasks:
        if one.status not in WITH_UNIT or case.status not in OPEN:
            continue
        await clocks.stop(work, one)
        later = replace(
            one,
            respond_due=max(one.respond_due, due.respond.due),
            resolve_due=max(one.resolve_due, due.resolve.due),
        )
        await work.uow.cases.save_task(later)
        await clocks.start(work, case, later, pace="calm")
    await cards.refresh(work, case)
    return case


async def tell(work: Work, case: Case, key: str, **params: object) -> None:
    """One sentence to the reporter."""
    await reporter.tell(
        work, case, lambda face: notices.line(face.t, key, number=case.number, **params)
    )
