"""不归我管: the only way from one unit to another; the rules are in ``domain/returns``.

The first receiver stays responsible, and its clocks run, until somebody accepts or the hub has
decided. The hub's word is given as 确认 or 改派 (``dispatch``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain import returns as rules
from bot.domain.case import Case, Dispute, Media, Note, Return, Status, Task
from bot.domain.deadlines import LimitUnit, add_hours
from bot.domain.ladder import ClockName
from bot.domain.lifecycle import Who
from bot.domain.returns import Reason
from bot.errors import Refused
from bot.ports import Person, Seen
from bot.services import acting, cards, clocks, dispatch
from bot.services.work import SYSTEM, Work, person


def check(work: Work, actor: Person, seen: Seen, task: Task) -> Who:
    """In what capacity this person may return the sub-task now. Raises Refused."""
    who = acting.capacity(work, actor.viewer, "return", seen.case, task)
    if key := rules.refusal(seen.case, seen.tasks, task, work.now):
        raise Refused(key)
    return who


async def give_back(
    work: Work,
    actor: Person,
    task_id: int,
    reason: Reason,
    to: str | None,
    text: str = "",
    media: Sequence[Media] = (),
) -> Case:
    """Return a case with a reason and the unit that should have it; None leaves it to the hub.

    ``text`` is the reason in words, which ``Reason.OTHER`` needs; ``media`` are kept with it.
    Raises Refused.
    """
    seen, task = await acting.find(work, actor.viewer, task_id)
    who = check(work, actor, seen, task)
    to = rules.owner(work.world.directory, seen.case, task, to)
    await _check_owner(work, seen.case, to)
    if reason is Reason.OTHER and not text.strip():
        raise Refused("return-words")
    by = person(actor.id)
    words = ""
    if text.strip() or media:
        note = Note(0, seen.case.id, "return", work.now, by, text.strip(), tuple(media))
        words = (await work.uow.cases.add_note(note)).digest
    after = rules.returned(seen.case, Return(task.unit, reason.value, to, words))
    case = await acting.step(
        work, seen.case, "return", who, by, reason=reason.value, task=task.id, unit=task.unit,
        note=words or None, returns=after.returns, proposed=to, dispute=after.dispute,
    )  # fmt: skip
    if task.part == "proposed":
        await clocks.stop(work, task)
        await work.uow.cases.save_task(replace(task, part="returned", status=Status.WITHDRAWN))
    if after.dispute is Dispute.HUB:
        return await _to_hub(work, case)
    asked = await dispatch.add_task(work, case, to or "", "proposed", handed=True)
    await cards.refresh(work, case)
    await cards.open_task(work, case, asked)
    return case


async def settle(work: Work, seen: Seen, task: Task, who: Who, actor: str) -> tuple[Case, Task]:
    """Somebody accepts: the first to do so has it, and there is nothing left to decide.

    Returns the case and the sub-task as they are to be accepted.
    """
    case = seen.case
    if case.dispute not in rules.OPEN or task.part not in rules.LEADING:
        return case, task
    after, ended = rules.taken(case, seen.tasks, task)
    await clocks.end(work, ended)
    await work.uow.timers.cancel(f"case:{case.id}", "adjudicate")
    if task.part != "proposed":
        return after, task
    leading = replace(task, part="lead")
    case = await acting.step(
        work, case, "take_over", who, actor, task=task.id, unit=task.unit, lead=after.lead,
        dispute=after.dispute,
    )  # fmt: skip
    await clocks.start(work, case, leading, which=(ClockName.RESOLVE,))
    return case, leading


async def unanswered(work: Work, case: Case, task: Task) -> Case:
    """The proposed unit's limit to respond has passed: the hub is asked, silence is no answer."""
    waiting = task.part == "proposed" and task.status is Status.DISPATCHED
    if not waiting or case.dispute is not Dispute.PROPOSED:
        return case
    return await _to_hub(work, rules.unanswered(case))


async def _to_hub(work: Work, case: Case) -> Case:
    """Ask the hub over all concerned; it has half a working hour, in an emergency half an hour."""
    hub = rules.hub_over(work.world.directory, case, case.returns[0].unit)
    case = await acting.step(work, case, "dispute", Who.SYSTEM, SYSTEM, unit=hub, hub=hub)
    for card in await work.uow.channels.cards(case.id):
        if card.kind == "hub" and card.state == "live":
            # The card of the dispatch stands far above, and says what it said.
            await work.uow.channels.save_card(replace(card, state="past"))
    await cards.refresh(work, case)
    await cards.open_hub(work, case)
    due = _due(work, case)
    await work.at(due, "adjudicate", f"case:{case.id}", f"{case.id}:{case.cycle}", case=case.id)
    return case


def _due(work: Work, case: Case) -> datetime:
    unit = LimitUnit.NATURAL_HOURS if case.emergency else LimitUnit.WORKING_HOURS
    return add_hours(work.now, work.world.wait.adjudicate_hours, unit, work.world.calendar)


async def _check_owner(work: Work, case: Case, to: str | None) -> None:
    """Raises Refused for a unit that may not lead it, or that has nobody for a secret."""
    if to is None:
        return
    dispatch.check_lead(work.world, case.item, to)
    if case.confidential and not await cards.reachable(work, to, named=True):
        raise Refused("return-no-named", unit=work.world.unit_name(to))
