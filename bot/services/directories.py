"""Putting a directory in force, and giving it out again."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.access import SYSTEM
from bot.domain.case import OPEN, Status
from bot.domain.units import ROOT, DirectoryPlan, PlannedChannel, PlannedPost, Role
from bot.errors import Refused
from bot.services.work import SYSTEM as SYSTEM_ACTOR
from bot.services.work import Work


async def put(work: Work, plan: DirectoryPlan) -> None:
    """Replace the directory. Raises Refused when an open case would lose its unit."""
    for seen in await work.uow.cases.listed(SYSTEM, units=None, open_only=True, limit=100_000):
        case = seen.case
        held = [task.unit for task in seen.tasks if task.cycle == case.cycle]
        if case.at_hub and case.hub:
            held.append(case.hub)  # it owes a dispatch or an adjudication, and nobody else may
        for unit in held if case.status in OPEN else ():
            if unit in work.world.directory.units and unit not in plan.directory.units:
                raise Refused("directory-orphan", unit=unit, number=case.number)
    await work.uow.rules.put_directory(plan.directory)
    await _adopt(work, plan)
    await work.uow.people.plan(
        [
            {
                "ref": post.ref,
                "unit": post.unit,
                "role": post.role.value,
                "label": post.name,
                "duty": post.duty,
                "named": post.named,
            }
            for post in plan.staff
        ]
    )
    await work.uow.channels.plan(
        [
            {
                "ref": channel.ref,
                "unit": channel.unit,
                "kind": channel.kind,
                "title": channel.title,
                "urgent": channel.urgent,
            }
            for channel in plan.channels
        ]
    )


async def _adopt(work: Work, plan: DirectoryPlan) -> None:
    """Cases that wait with the administrators, because there was no hub, go to the first hub."""
    hubs = sorted(
        (unit for unit in plan.directory.units.values() if unit.hub),
        key=lambda unit: (unit.tier.height, unit.code),
    )
    for seen in await work.uow.cases.listed(
        SYSTEM, units=frozenset({ROOT}), open_only=True, limit=100_000
    ):
        if hubs and seen.case.hub == ROOT and seen.case.status is Status.QUEUED:
            case = await work.uow.cases.save(replace(seen.case, hub=hubs[0].code))
            await work.record(case, "queued", SYSTEM_ACTOR, unit=hubs[0].code, hub=hubs[0].code)


async def get(work: Work) -> DirectoryPlan:
    """The directory in force, as it can be imported again."""
    staff = tuple(
        PlannedPost(p["ref"], p["label"], p["unit"], Role(p["role"]), p["duty"], p["named"])
        for p in await work.uow.people.planned()
    )
    channels = tuple(
        PlannedChannel(c["ref"], c["unit"], c["kind"], c["title"], c["urgent"])
        for c in await work.uow.channels.planned()
    )
    return DirectoryPlan(work.world.directory, staff, channels)
