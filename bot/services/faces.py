"""Gathers what views show of a case."""

from __future__ import annotations

from bot.domain.case import Case, Task
from bot.domain.units import Role
from bot.i18n import Texts
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


async def resident_texts(work: Work, chat: int) -> Texts:
    """The texts in the language of whoever is in that private chat."""
    found = await work.uow.people.by_chat(chat) if chat > 0 else None
    return work.world.texts(found.locale if found else None)


RECIPIENTS = (
    Role.UNIT_DUTY,
    Role.DISPATCHER,
    Role.GRID_WORKER,
    Role.COMMUNITY_OFFICER,
    Role.DEPARTMENT_OFFICER,
    Role.ADMIN,  # of ROOT only: where there is no hub, an administrator dispatches
)
"""Who of a unit is written to in private, those on duty first."""
