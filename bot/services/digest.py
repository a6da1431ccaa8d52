"""The supervisor's overdue digest: by command, and on working days at nine (R069)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain import kpi
from bot.domain.access import SYSTEM as SYSTEM_VIEWER
from bot.domain.access import supervised
from bot.domain.case import WITH_UNIT, Case, Status, Task
from bot.domain.deadlines import Limit, LimitUnit, deadline, elapsed
from bot.domain.lifecycle import find
from bot.domain.promise import Limits, limits
from bot.domain.units import ROOT, Role
from bot.i18n import Texts
from bot.ports import Address, Seen, Timer
from bot.services import post
from bot.services.work import Work
from bot.views import digest as views
from bot.views.message import Message

NINE = time(9, 0)
PERIOD = timedelta(days=30)
_ALL = 1_000_000
"""No case that is late may be left out, and any may be."""


_ASKED = find(Status.HANDLED, "verify").event


@dataclass(frozen=True, slots=True)
class _Late:
    row: views.Row
    rank: tuple[int, int, float]


async def compose(work: Work, unit: str, t: Texts) -> Message | None:
    """The digest of a unit's branch; None when there is nothing to say."""
    world, now = work.world, work.now
    branch = supervised(unit, world.directory)
    today = now.astimezone(world.calendar.zone).date()
    overdue: list[_Late] = []
    due_today = urgent = reopened = 0
    for seen in await work.uow.cases.listed(
        SYSTEM_VIEWER, units=branch, open_only=True, limit=_ALL
    ):
        case = seen.case
        urgent += case.emergency and case.status in WITH_UNIT
        reopened += case.cycle > 0
        both = limits(world.item(case.item), case.emergency)
        secret = case.confidential
        shown = t.label("item-confidential") if secret else world.item_name(case.item, t)
        if case.status is Status.QUEUED and case.hub in branch:
            # Nobody has it yet: the hub owes the dispatch, inside the respond limit.
            if case.respond_due > now:
                due_today += case.respond_due.astimezone(world.calendar.zone).date() == today
            else:
                late = elapsed(case.respond_due, now, both.resolve.unit, world.calendar)
                row = _row(work, case, shown, case.hub or "", late, both, waiting=True)
                overdue.append(_Late(row, (not case.emergency, -case.level.height, -late)))
        if case.status is Status.VERIFYING and (by := case.verifier_unit or case.lead) in branch:
            pending = await _verify_due(work, case)
            if pending > now:
                due_today += pending.astimezone(world.calendar.zone).date() == today
            else:
                late = elapsed(pending, now, LimitUnit.WORKING_HOURS, world.calendar)
                row = _row(work, case, shown, by or "", late, both, unverified=True)
                overdue.append(_Late(row, (not case.emergency, -case.level.height, -late)))
            continue
        pressing = _pressing(seen, branch, now)
        if pressing is None:
            continue
        task, pending = pressing
        if pending > now:
            due_today += pending.astimezone(world.calendar.zone).date() == today
            continue
        late = elapsed(pending, now, both.resolve.unit, world.calendar)
        unanswered = task.status is Status.DISPATCHED
        row = _row(work, case, shown, task.unit, late, both, unanswered=unanswered)
        overdue.append(_Late(row, (not case.emergency, -case.level.height, -late)))
    if not (overdue or due_today or urgent or reopened):
        return None
    overdue.sort(key=lambda entry: entry.rank)
    since, until = now - PERIOD, now
    tasks = await work.uow.cases.tasks_of(branch, since, until)
    return views.digest(
        t,
        views.Digest(
            unit=_area(work, unit) if unit != ROOT else t.label("whole-deployment"),
            day=now.astimezone(world.calendar.zone),
            rows=tuple(entry.row for entry in overdue),
            due_today=due_today,
            urgent=urgent,
            reopened=reopened,
            response=kpi.response_on_time(tasks, since, until),
            handling=kpi.handling_on_time(tasks, since, until),
        ),
    )


def _pressing(seen: Seen, branch: frozenset[str], now: datetime) -> tuple[Task, datetime] | None:
    """The one sub-task of a case that the digest speaks of, with the due time that counts.

    The lead's when it is late, else the latest of the others: a case has one line, not one a tier.
    """
    found = [
        (task, task.respond_due if task.responded_at is None else task.resolve_due)
        for task in seen.tasks
        if task.unit in branch and task.status in WITH_UNIT and task.cycle == seen.case.cycle
    ]
    late = [entry for entry in found if entry[1] <= now]
    order = ("lead", "former", "proposed", "cooperating")
    return min(late or found, key=lambda e: (order.index(e[0].part), e[1]), default=None)


async def _verify_due(work: Work, case: Case) -> datetime:
    """When the first verifier's limit of this cycle ends: who is asked next owes it no later."""
    asked = [e.at for e in await work.uow.cases.events(case.id) if e.kind == _ASKED]
    limit = Limit(work.world.wait.verify_hours, LimitUnit.WORKING_HOURS)
    return deadline(asked[-1] if asked else work.now, limit, work.world.calendar).due


def _row(
    work: Work,
    case: Case,
    item: str,
    unit: str,
    late: float,
    both: Limits,
    *,
    unanswered: bool = False,
    waiting: bool = False,
    unverified: bool = False,
) -> views.Row:
    return views.Row(
        case_id=case.id,
        number=case.number if not case.confidential else "",
        item=item,
        unit=work.world.unit_name(unit),
        late=late,
        working=unverified or both.resolve.unit.working,
        unanswered=unanswered,
        waiting=waiting,
        unverified=unverified,
        emergency=case.emergency,
        confidential=case.confidential,
        cycle=case.cycle,
        returned=len(case.returns),
    )


def _area(work: Work, unit: str) -> str:
    """A hub's digest is that of its town or district."""
    found = work.world.unit(unit)
    return work.world.unit_name(found.parent if found and found.hub and found.parent else unit)


async def ensure(work: Work) -> None:
    """Every unit with supervisors has its next digest set."""
    for unit in await work.uow.people.units_with(Role.SUPERVISOR):
        await _set(work, unit, next_morning(work, work.now))


async def fire(work: Work, timer: Timer) -> None:
    """Nine o'clock of a working day, or soon after: one message for each supervisor.

    After a stop of days the mornings missed are not made up for: today's digest says it all.
    """
    unit = str(timer.data["unit"])
    await _set(work, unit, next_morning(work, work.now))
    calendar = work.world.calendar
    today = work.now.astimezone(calendar.zone).date()
    if not calendar.is_workday(today):
        return
    composed: dict[str, Message | None] = {}
    for boss in await work.uow.people.of_unit(unit, Role.SUPERVISOR):
        if not boss.reachable:
            continue
        t = work.world.texts(boss.locale)
        if t.locale not in composed:
            composed[t.locale] = await compose(work, unit, t)
        message = composed[t.locale]
        if message is not None:
            key = f"digest:{unit}:{today}:{boss.id}"
            await post.say(work, Address(boss.chat), message, key=key)


def next_morning(work: Work, after: datetime) -> datetime:
    """The next nine o'clock of a working day, strictly later than ``after``."""
    calendar = work.world.calendar
    day: date = after.astimezone(calendar.zone).date()
    for _ in range(60):
        at = calendar.at(day, NINE)
        if at > after and calendar.is_workday(day):
            return at
        day += timedelta(days=1)
    return after + timedelta(days=1)


async def _set(work: Work, unit: str, at: datetime) -> None:
    day = at.astimezone(work.world.calendar.zone).date()
    await work.at(at, "digest", f"digest:{unit}", f"{unit}:{day}", unit=unit)
