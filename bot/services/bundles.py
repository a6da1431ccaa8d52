"""Several matters in one message: each becomes a case of its own (一事一单; see ADR 15).

The first keeps the whole message, every other one its own words; place, files, anonymity and
contact are shared. Where one of them is confidential, nobody who handles another learns of it:
each keeps its own words only, and files stay with what is confidential or endangers somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain import forms as engine
from bot.domain.case import Case, Source
from bot.domain.forms import Slots, State
from bot.forms.report import REPORT
from bot.ports import Address, Draft
from bot.services import faces, intake, interruptions, menus, parts
from bot.services.talk import Talk
from bot.views import several as views
from bot.views.message import Button, Message, rows


async def submit(
    talk: Talk,
    slots: Slots,
    made: Sequence[Slots],
    reply_to: Address,
    source: Source,
    *,
    more: bool = False,
) -> list[Case]:
    """Open a case for each of the reports made of ``slots``, all in this unit of work.

    Several know one another; ``more``: others of the same message will follow later.
    """
    bundle, cases = await _joined(talk, slots), []
    more = more or len(made) > 1
    for own in made:
        case = await intake.submit(
            talk.work, talk.person, own, reply_to, source, bundle, more=more
        )
        bundle = case.bundle
        cases.append(case)
    return cases


async def set_aside(talk: Talk, state: State, left: Sequence[parts.Problem], first: Case) -> State:
    """Keep what an emergency left over, as a report that waits: in private behind the emergency,
    for a group in the private chat. Returns the state with what waits behind it.
    """
    if not left:
        return state
    slots = parts.left_over(talk.work.world, state.slots, left, first.number)
    if talk.private:
        return replace(state, slots=dict(state.slots) | {"before": _asking(slots).as_json()})
    slots["before"] = await interruptions.set_aside(talk)
    waiting = replace(_asking(slots), revision=talk.work.update)
    await talk.work.uow.drafts.put(
        Draft(talk.person.id, talk.person.chat, waiting.as_json(), talk.work.now)
    )
    return state


async def tell_left(talk: Talk, left: Sequence[parts.Problem], first: Case) -> None:
    """Say that the other problems are not forgotten, and when they come.

    An emergency that goes on aside brings them along by itself.
    """
    aside = first.confidential and talk.person.reachable
    if left and talk.private:
        await talk.line("several-later", count=len(left))
    elif left and not aside:
        button = Button(talk.t.label("button-private"), url=talk.work.world.link("go"))
        await talk.say(Message(talk.t("several-private", count=len(left)), rows(button)))


async def tell(talk: Talk, cases: Sequence[Case], *, also: bool = False) -> None:
    """已受理, for all of them at once; ``also``: besides an emergency that was answered before."""
    if not talk.private:
        cases = [case for case in cases if not case.confidential]
    if not cases:
        return
    shown = [await faces.face(talk.work, case, t=talk.t) for case in cases]
    if not talk.private:
        await talk.say(views.accepted_in_group(shown, talk.work.world.link("my")))
        return
    message = views.accepted(shown, also=also)
    await talk.say(message)
    if also:
        draft = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
        await menus.lay_over(talk.work, draft, message)


async def _joined(talk: Talk, slots: Slots) -> str | None:
    """The bundle of what the same message has opened before, if the two may be linked: an
    anonymous report never is to one under a name.
    """
    if not slots.get("bundle"):
        return None
    seen = await talk.work.uow.cases.find_for(talk.viewer, slots["bundle"])
    same = seen is not None and seen.case.anonymous == bool(slots["anonymous"])
    return seen.case.bundle if seen and same else None


def _asking(slots: Slots) -> State:
    wanted = [name for name, step in REPORT.steps.items() if step.needed(slots)]
    return engine.goto(REPORT, State(REPORT.name, slots=slots), wanted[0] if wanted else "confirm")
