"""/my, /case, /todo: finding a case again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain import access
from bot.domain.access import Sight
from bot.domain.case import WITH_UNIT, Case, Status
from bot.domain.units import Role
from bot.errors import Refused
from bot.ports import Seen
from bot.services import cards, faces, siblings
from bot.services.talk import Talk
from bot.views import callback as cb
from bot.views import lists, resident, several
from bot.views.lists import Line
from bot.views.message import Message

PAGE = 5
_LAST_PAGE = 10_000
_OPEN_AT_ONCE = 200


async def mine(talk: Talk, page: int = 0) -> None:
    """/my: the person's own cases, newest first, the anonymous ones included."""
    if not talk.private:
        await talk.line("only-private")
        return
    page = min(page, _LAST_PAGE)
    cases = await talk.work.uow.cases.of_reporter(talk.viewer, PAGE + 1, page * PAGE)
    await talk.say(listed(talk, cases[:PAGE], page, more=len(cases) > PAGE))


def listed(talk: Talk, cases: Sequence[Case], page: int = 0, *, more: bool = False) -> Message:
    """A person's own cases as a list with a button each."""
    lines = [
        Line(
            c.id,
            c.number,
            talk.work.world.item_name(c.item, talk.t),
            talk.t.label(f"status-{c.status.value}"),
        )
        for c in cases
    ]
    return lists.mine(talk.t, lines, page, more=more)


async def case(talk: Talk, number: str) -> None:
    """/case NUMBER: as much as this person may see of it (R067)."""
    digits = "".join(ch for ch in number if ch.isdecimal())
    seen = await talk.work.uow.cases.find_for(talk.viewer, digits) if digits else None
    if seen is None:
        raise Refused("case-unknown")
    await case_by_id(talk, seen.case.id)


async def case_by_id(talk: Talk, case_id: int) -> None:
    """The same, from a button."""
    await talk.say(await shown(talk, case_id))


async def todo(talk: Talk) -> None:
    """/todo: what waits for this person's units, and for those that a hub of theirs stands in
    for; the most pressing first."""
    units = frozenset(
        p.unit for p in talk.person.posts if p.role not in {Role.RESIDENT, Role.SUPERVISOR}
    )
    if not units:
        raise Refused("staff-only")
    if not talk.private:
        await talk.line("only-private")
        return
    found = []
    cases, ours = await _ours(talk, units)
    for seen in cases:
        for task in seen.tasks:
            if task.unit in ours and task.status in WITH_UNIT and task.cycle == seen.case.cycle:
                due = task.respond_due if task.responded_at is None else task.resolve_due
                stands_in = task.unit not in units and task.status is Status.DISPATCHED
                data = cb.encode(cb.TASK, task.id, "open" if stands_in else "panel")
                found.append((not seen.case.emergency, due, seen.case, data))
        if waiting := await _owed(talk, seen.case, ours):
            found.append((not seen.case.emergency, *waiting))
    found.sort(key=lambda entry: entry[:2])
    lines = []
    for _, due, one, data in found[:10]:
        item = talk.work.world.item_name(one.item, talk.t)
        lines.append((Line(one.id, one.number, item, "", data), due, due < talk.work.now))
    zone = talk.work.world.calendar.zone
    await talk.say(lists.todo(talk.t, lines, len(found), talk.work.now, zone))


async def _ours(talk: Talk, own: frozenset[str]) -> tuple[list[Seen], set[str]]:
    """The open cases of one's own units and of those that one's hubs stand in for, and all these
    units: nobody there has a living channel or can be written to.
    """
    work, directory = talk.work, talk.work.world.directory
    hubs = talk.viewer.units(Role.DISPATCHER)
    below = frozenset[str]().union(*(access.supervised(hub, directory) for hub in hubs))
    bound = {c.unit for c in await work.uow.channels.all() if c.state == "alive"}
    lent = below - own - bound
    found: dict[int, Seen] = {}
    for units in filter(None, (own, lent)):
        for seen in await work.uow.cases.listed(
            talk.viewer, units=units, open_only=True, limit=_OPEN_AT_ONCE
        ):
            found[seen.case.id] = seen
    ours = set(own)
    concerned = {unit for seen in found.values() for unit in _concerned(seen)}
    for unit in lent & concerned:
        if await cards.receiver(work, unit) in own:
            ours.add(unit)
    return list(found.values()), ours


def _concerned(seen: Seen) -> tuple[str | None, ...]:
    return (seen.case.hub, seen.case.verifier_unit, *(task.unit for task in seen.tasks))


async def _owed(talk: Talk, case: Case, ours: set[str]) -> tuple[datetime, Case, str] | None:
    """A dispatch or a check that this person may do: until when, and the button that opens it."""
    directory = talk.work.world.directory
    if case.at_hub:
        if case.hub in ours and access.capacity(talk.viewer, "confirm", case, None, directory):
            return case.respond_due, case, cb.encode(cb.HUB, case.id, "open")
    elif (
        case.status is Status.VERIFYING
        and case.verifier_unit in ours
        and access.capacity(talk.viewer, "pass", case, None, directory)
    ):
        set_ = await talk.work.uow.timers.of(f"case:{case.id}")
        due = min((t.due_at for t in set_ if t.kind == "verify_late"), default=talk.work.now)
        return due, case, cb.encode(cb.VERIFY, case.id, "open")
    return None


async def shown(talk: Talk, case_id: int) -> Message:
    """A case as far as this person may see it here. Raises Refused."""
    seen = await talk.work.uow.cases.get_for(talk.viewer, case_id)
    if seen is None:
        raise Refused("case-unknown")
    face = await faces.face(talk.work, seen.case, seen.tasks, talk.t)
    sight = seen.sight
    if not talk.private:
        if seen.case.confidential:
            raise Refused("only-private")
        at_home = any(
            card.channel is not None and card.address.chat == talk.to.chat
            for card in await talk.work.uow.channels.cards(case_id)
        )
        # The staff's view belongs into the channels that have the card, into no other group.
        sight = sight if sight is Sight.STAFF and at_home else Sight.PUBLIC
    if sight is Sight.PUBLIC:
        if seen.case.confidential:
            raise Refused("case-unknown")
        return resident.public(face)
    events = await talk.work.uow.cases.events(case_id)
    message = resident.timeline(face, events, staff=sight is Sight.STAFF)
    others = await siblings.of(talk.work, talk.viewer, seen.case, private=talk.private)
    if not others:
        return message
    names = [(one.number, talk.work.world.item_name(one.item, talk.t)) for one in others]
    return message.with_last(several.siblings(talk.t, names))
