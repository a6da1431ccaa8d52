"""What could go wrong tomorrow: said today, one line each."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.access import STAFF_ROLES
from bot.domain.units import ROOT, Role
from bot.services.work import Work


async def check(work: Work) -> list[dict[str, str]]:
    """Everything found, as ``what`` and ``detail``; empty when all is well."""
    found: list[dict[str, str]] = []

    def say(what: str, detail: object) -> None:
        found.append({"what": what, "detail": str(detail)})

    world = work.world
    if not world.directory.units:
        say("directory", "empty; import one")
    if not await work.uow.people.of_unit(ROOT, Role.ADMIN):
        say("admin", "nobody; huying invite --unit ROOT --role admin")
    held = {role for unit in world.directory.units.values() for role in unit.roles}
    for item in world.items.values():
        missing = {item.lead, *item.cooperating} - held
        if world.directory.units and missing:
            say("unmapped role", f"{item.code}: {', '.join(sorted(missing))}")
    channels = await work.uow.channels.all()
    alive = {channel.unit for channel in channels if channel.state == "alive"}
    for unit in world.directory.units.values():
        if unit.code in alive or not unit.roles:
            continue
        people = await work.uow.people.of_unit(unit.code, *STAFF_ROLES)
        if not any(person.reachable for person in people):
            say("unit without channel or people", f"{unit.code} {unit.name}")
    for channel in channels:
        if channel.state == "dead":
            say("dead channel", f"{channel.unit} {channel.title}: {channel.error}")
    local = work.now.astimezone(world.calendar.zone)
    years = {local.year, (local + timedelta(days=61)).year}
    for year in sorted(year for year in years if not world.calendar.known(year)):
        say("calendar", f"no file for {year}: deadlines there are provisional")
    for name, queue in (("inbox", "parked"), ("outbox", "failed")):
        rows = (
            await work.uow.inbox.listed([queue], 1000)
            if name == "inbox"
            else await work.uow.outbox.listed([queue], 1000)
        )
        if rows:
            say(name, f"{len(rows)} {queue}")
    return found
