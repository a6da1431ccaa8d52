"""Gathers what views show of a case."""

from __future__ import annotations

from bot.domain.case import Case, Task
from bot.domain.units import Role
from bot.i18n import Texts
from bot.ports import Address, Card
from bot.services.work import Work
from bot.views.face import Face


async def face(
    work: Work, case: Case, tasks: tuple[Task, ...] | None = None, t: Texts | None = None
) -> Face:
    """The case with names for its codes; ``t`` is the reader's language."""
    world = work.world
    tasks = tasks if tasks is not None else await work.uow.cases.tasks(case.id)
    owners = {p for task in tasks for p in (task.owner,) if p is not None}
    people = {}
    for person_id in owners:
        found = await work.uow.people.get(person_id)
        people[person_id] = found.name if found else ""
    hide: tuple[str, ...] = ()
    if case.reporter is not None and not case.anonymous:
        reporter = await work.uow.people.get(case.reporter)
        hide = tuple(n for n in (reporter.name, reporter.username) if n) if reporter else ()
    return Face(
        case=case,
        tasks=tasks,
        item=world.item(case.item),
        units=world.unit_names,
        people=people,
        notes=tuple(await work.uow.cases.notes(case.id)),
        now=work.now,
        zone=world.calendar.zone,
        t=t or world.texts(),
        hide=hide,
    )


async def texts_at(work: Work, to: Address) -> Texts:
    """The texts in the language of a place: a person's in private, its unit's in a channel."""
    if to.chat > 0:
        found = await work.uow.people.by_chat(to.chat)
        return work.world.texts(found.locale if found else None)
    channel = await work.uow.channels.at(to)
    return work.world.unit_texts(channel.unit if channel else None)


async def card_texts(work: Work, card: Card) -> Texts:
    """The texts in the language of whoever a card is for, now and at every edit."""
    if card.channel is not None:
        channel = await work.uow.channels.get(card.channel)
        return work.world.unit_texts(channel.unit if channel else None)
    person = await work.uow.people.get(card.person) if card.person else None
    return work.world.texts(person.locale if person else None)


RECIPIENTS = (
    Role.UNIT_DUTY,
    Role.DISPATCHER,
    Role.GRID_WORKER,
    Role.COMMUNITY_OFFICER,
    Role.DEPARTMENT_OFFICER,
    Role.ADMIN,  # of ROOT only: where there is no hub, an administrator dispatches
)
"""Who of a unit is written to in private, those on duty first."""
