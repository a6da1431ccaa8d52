"""One step of a case by the lifecycle table: checked, written, recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain import access, lifecycle
from bot.domain.access import Sight, Viewer
from bot.domain.case import Case, Task
from bot.domain.lifecycle import Who
from bot.errors import Refused
from bot.ports import Seen
from bot.services.work import Work

_FIELDS = frozenset(Case.__dataclass_fields__)


async def seen(work: Work, viewer: Viewer, case_id: int) -> Seen:
    """The case for somebody who wants to act on it. Raises Refused('case-unknown')."""
    found = await work.uow.cases.get_for(viewer, case_id)
    if found is None or found.sight is Sight.PUBLIC:
        raise Refused("act-not-yours" if found else "case-unknown")
    return found


async def find(work: Work, viewer: Viewer, task_id: int) -> tuple[Seen, Task]:
    """A sub-task that the viewer may see. Raises Refused."""
    case_id = await work.uow.cases.case_of(task_id)
    if case_id is None:
        raise Refused("case-unknown")
    found = await seen(work, viewer, case_id)
    return found, next(task for task in found.tasks if task.id == task_id)


def capacity(work: Work, viewer: Viewer, act: str, case: Case, task: Task | None) -> Who:
    """In what capacity the viewer acts. Raises Refused('act-not-yours')."""
    who = access.capacity(viewer, act, case, task, work.world.directory)
    if who is None:
        raise Refused("act-not-yours")
    return who


async def step(
    work: Work,
    case: Case,
    act: str,
    who: Who,
    actor: str,
    *,
    reason: str = "",
    **data: Any,
) -> Case:
    """Do an act: status, fields, event, one write.

    ``data`` names both what changes on the case and what the event says; fields of the case are
    set, the rest is told. Raises Refused when the table does not allow it, Conflict when somebody
    was faster.
    """
    rule = lifecycle.move(case.status, act, who)
    changes = {name: value for name, value in data.items() if name in _FIELDS}
    moved = replace(case, status=rule.to or case.status, **changes)
    saved = await work.uow.cases.save(moved)
    told = {k: _plain(v) for k, v in data.items() if v is not None and k not in _UNTOLD}
    await work.record(saved, rule.event, actor, reason=reason, status=saved.status.value, **told)
    return saved


_UNTOLD = frozenset({"place", "why", "handled_at", "closed_at", "returns"})


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)
