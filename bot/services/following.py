"""After an emergency went out: the place, more photos, or the next thing, without a new dialog."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.case import OPEN
from bot.domain.forms import Input, State
from bot.domain.lifecycle import allowed
from bot.domain.places import PlaceStatus, resolve
from bot.errors import Refused
from bot.forms.report import EMPTY, REPORT
from bot.ports import Seen
from bot.services import adding, interruptions, looking, lookup, menus, reporting, siblings
from bot.services.talk import Talk

FORM = menus.FOLLOW
LIFE = interruptions.LATER


async def hear(talk: Talk, state: State, given: Input) -> None:
    """A message shortly after an emergency: part of it, unless it is clearly something else."""
    seen = await _case(talk, state)
    if seen is None or await _over(talk):
        await reporting.hear(talk, state, given)
        return
    if given.album and given.album == state.slots.get("album"):
        await adding.add(talk.work, talk.viewer, seen.case.id, given)
        return
    slots = looking.look(talk.work.world, REPORT.absorb(EMPTY, given))
    look = slots["look"]
    other = look["sure"] and look["guesses"][0] != seen.case.item
    if other and given.text:
        await reporting.hear(talk, state, given)
        return
    if not await place(talk, seen, given):
        await adding.add(talk.work, talk.viewer, seen.case.id, given)
        await talk.line("added", number=seen.case.number)
        if looking.kind_of(slots) in looking.ABOUT_IT:
            await lookup.case_by_id(talk, seen.case.id)


async def place(talk: Talk, seen: Seen, given: Input) -> bool:
    """Whether the message says where an emergency is that had no place yet; then it is kept."""
    world = talk.work.world
    if seen.case.place.grid is not None or not (given.text or given.location):
        return False
    found = resolve(given.text, given.location, world.directory, world.grids_at, world.find)
    if found.status is not PlaceStatus.KNOWN:
        return False
    named = replace(given, text=found.matched or given.text)
    await adding.place(talk.work, talk.viewer, seen.case.id, named, found.grids[0])
    for other in await siblings.of(talk.work, talk.viewer, seen.case):
        if other.emergency and other.place.grid is None and allowed(other.status, "add"):
            await adding.place(talk.work, talk.viewer, other.id, named, found.grids[0])
    if given.media:
        await adding.add(talk.work, talk.viewer, seen.case.id, given)
    grid = world.unit_name(found.grids[0])
    await talk.line("added-place", number=seen.case.number, grid=grid)
    return True


async def _case(talk: Talk, state: State) -> Seen | None:
    try:
        seen = await talk.work.uow.cases.get_for(talk.viewer, int(state.slots["case"]))
    except Refused:
        return None
    return seen if seen and seen.case.status in OPEN else None


async def _over(talk: Talk) -> bool:
    """Whether the half hour is over, and only the draft of what was interrupted is kept."""
    found = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
    return found is None or talk.work.now - found.updated_at > LIFE
