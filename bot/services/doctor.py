"""What could go wrong tomorrow: said today, one line each, with the next step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.access import STAFF_ROLES
from bot.domain.units import ROOT, Role
from bot.services.work import Work

Finding = dict[str, str]
"""``what`` kind of fault, its ``detail``, and ``next``: what to do about it."""


def finding(what: str, detail: object, then: str) -> Finding:
    """One fault."""
    return {"what": what, "detail": str(detail), "next": then}


async def check(work: Work) -> list[Finding]:
    """Everything found in the data; empty when all is well."""
    found = list(_rules(work))
    if not await work.uow.people.of_unit(ROOT, Role.ADMIN):
        how = "huying invite --unit ROOT --role admin, then /join with that code in chat"
        found.append(finding("admin", "nobody", how))
    return [*found, *await _unreachable(work), *_calendar(work), *await _queues(work)]


def _rules(work: Work) -> Iterator[Finding]:
    world = work.world
    if not world.directory.units:
        yield finding("directory", "empty", "huying directory import FOLDER (docs/directory.md)")
        return
    held = {role for unit in world.directory.units.values() for role in unit.roles}
    for item in world.items.values():
        if missing := {item.lead, *item.cooperating} - held:
            detail = f"{item.code}: {', '.join(sorted(missing))}"
            then = "give a unit this role in units.csv, and huying directory import FOLDER"
            yield finding("unmapped role", detail, then)


async def _unreachable(work: Work) -> list[Finding]:
    """Units to which nothing could be delivered, and channels that stopped working."""
    found = []
    channels = await work.uow.channels.all()
    alive = {channel.unit for channel in channels if channel.state == "alive"}
    for unit in work.world.directory.units.values():
        if unit.code in alive or not unit.roles:
            continue
        people = await work.uow.people.of_unit(unit.code, *STAFF_ROLES)
        if not any(person.reachable for person in people):
            detail = f"{unit.code} {unit.name}"
            then = (
                f"huying channel-code --unit {unit.code}, then /bind with that code in the group"
            )
            found.append(finding("unit without channel or people", detail, then))
    for channel in channels:
        if channel.state == "dead":
            detail = f"{channel.unit} {channel.title}: {channel.error}"
            then = f"let the bot in again, or huying channel-code --unit {channel.unit} and /bind"
            found.append(finding("dead channel", detail, then))
    return found


def _calendar(work: Work) -> Iterator[Finding]:
    local = work.now.astimezone(work.world.calendar.zone)
    years = {local.year, (local + timedelta(days=61)).year}
    for year in sorted(year for year in years if not work.world.calendar.known(year)):
        detail = f"no file for {year}: deadlines there are provisional"
        yield finding("calendar", detail, "install the release that brings the year's holidays")


async def _queues(work: Work) -> list[Finding]:
    found = []
    if parked := await work.uow.inbox.listed(["parked"], 1000):
        then = "huying inbox list, mend the cause, then huying inbox replay"
        found.append(finding("inbox", f"{len(parked)} parked", then))
    if failed := await work.uow.outbox.listed(["failed"], 1000):
        then = "huying outbox list, mend the cause, then huying outbox replay"
        found.append(finding("outbox", f"{len(failed)} failed", then))
    return found
