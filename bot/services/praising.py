"""Thanks, passed on once and quietly to the unit they are for: no case, no clock, no points."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.case import Case, Status
from bot.domain.forms import State
from bot.domain.routing import fallbacks, hub_for
from bot.forms.report import words
from bot.i18n import Texts
from bot.ports import Address
from bot.services import cards, faces, human, looking, post, tracing
from bot.services.talk import Talk
from bot.services.world import World
from bot.views import kinds, resident
from bot.views.kinds import Reply
from bot.views.message import Message, Rows

UNIT = "u"
"""Choices ``u:CODE``: the unit that is meant."""
KEEP = "praise"
"""The choice to have the thanks registered where no unit can be reached."""
LATELY = timedelta(days=30)
"""So long after it was handled a case is thought of first."""
MOST = 5
_MET = frozenset(Status) - {Status.RECEIVED, Status.QUEUED, Status.DISPATCHED, Status.WITHDRAWN}
"""States in which somebody has taken a case at least."""
_DONE = frozenset({Status.HANDLED, Status.VERIFYING})


async def reply(talk: Talk, state: State) -> Reply:
    """Pass the thanks on if it is clear to whom, else ask; with no clue the hub gets them.

    In a group nobody's cases are thought of: only what was said counts.
    """
    world, slots = talk.work.world, state.slots
    if unit := named(world, words(slots)):
        return await passed(talk, state, unit)
    own = await _own(talk, state) if talk.private else {}
    if len(own) == 1:
        ((unit, case),) = own.items()
        return await passed(talk, state, unit, case)
    if grid := slots["look"].get("grid"):
        return await passed(talk, state, grid)
    if own:
        choices = tuple(
            (f"{UNIT}:{unit}", f"{place} {talk.t.label('plain', text=world.unit_name(unit))}")
            for place, unit in enumerate(list(own)[:MOST], 1)
        )
        return Reply(talk.t("praise-which"), choices=choices)
    hub = hub_for(talk.person.last_grid or "", world.directory) or human.any_hub(talk.work)
    return await passed(talk, state, hub or "")


async def chosen(talk: Talk, state: State, unit: str) -> Reply:
    """The unit that was picked from those of one's own cases."""
    return await passed(talk, state, unit, (await _own(talk, state)).get(unit))


async def passed(talk: Talk, state: State, unit: str, case: Case | None = None) -> Reply:
    """Thanks for a unit, to it or to the hub that stands in; who handled ``case`` is asked about
    on the way, where that is due."""
    reached = await _tell(talk, state, unit, secret=bool(case and case.confidential))
    if reached is None:
        return Reply(talk.t("praise-nobody"), choices=((KEEP, talk.t.label("button-praise")),))
    due: Rows = ()
    if case and case.status in _DONE:
        due = resident.verdict_asked(await faces.face(talk.work, case, t=talk.t)).rows
    return Reply(talk.t("praise-passed", unit=talk.work.world.unit_name(reached)), due)


async def _tell(talk: Talk, state: State, unit: str, *, secret: bool) -> str | None:
    """Send it, without sound, to the first who can be reached; the same message only once.

    What is said of a secret case goes to its unit's named person alone. Returns the unit reached.
    """
    work, world = talk.work, talk.work.world
    said = f"{talk.to.chat}:{state.slots['words'][-1][0]}"
    key = f"praise:{work.uow.secret('praise', said)}"
    hide = (talk.person.name, talk.person.username)

    def told(t: Texts) -> Message:
        return kinds.praise(t, world.unit_name(unit), words(state.slots), hide)

    for code in (unit, *fallbacks(unit, world.directory)):
        channels = () if secret else await cards.living(work, code, urgent=False)
        for channel in channels:
            if channel.address:
                message = told(world.unit_texts(code))
                await post.say(work, channel.address, message, silent=True, key=key)
                return code
        for person in (await cards.reachable(work, code, named=secret))[:1]:
            to = Address(person.chat)
            await post.say(work, to, told(world.texts(person.locale)), silent=True, key=key)
            return code
    return None


def named(world: World, text: str) -> str | None:
    """The office that is named in the text, the longest name if one is in another."""
    said = "".join(text.split())
    names = {
        "".join(unit.name.split()): unit.code
        for unit in world.directory.units.values()
        if not unit.area
    }
    found = [name for name in names if name in said]
    longest = [n for n in found if not any(n != other and n in other for other in found)]
    return names[longest[0]] if len(longest) == 1 else None


async def _own(talk: Talk, state: State) -> Mapping[str, Case]:
    """The units that handled the person's cases lately -> the newest such case; of several cases
    those with the number, at the place or of the item that was said, if there are any."""
    cases, numbered = await tracing.meant(talk, state)
    since = talk.work.now - LATELY
    met = [c for c in cases if c.status in _MET and (c.closed_at or talk.work.now) >= since]
    look = state.slots["look"]
    item = looking.likely(state.slots)
    at_place = [c for c in met if c.place.grid == look.get("grid")]
    if look.get("grid") and not numbered:
        met = at_place
    met = [c for c in met if c.item == item] or met
    found: dict[str, Case] = {}
    for case in met:
        if case.lead and talk.work.world.unit(case.lead):
            found.setdefault(case.lead, case)
    return found
