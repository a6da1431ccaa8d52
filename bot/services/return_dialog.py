"""The questions of 不归我管, on the card itself: the reason, then who should have it.

The buttons say everything that was chosen, so that they work after a restart and for whoever of
the unit taps; a draft of each person remembers only what was typed instead of tapped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.domain.case import Case, Media, Task
from bot.domain.forms import Input, State, picked
from bot.domain.returns import Reason, alternatives
from bot.errors import Refused
from bot.ports import Card, Draft, Seen
from bot.services import acting, cards, dispatch, faces, interruptions, returns
from bot.services.menus import RETURN
from bot.services.talk import Talk
from bot.services.work import Work
from bot.views import callback as cb
from bot.views import returns as views
from bot.views.callback import Tap
from bot.views.cards import task_card
from bot.views.face import Face
from bot.views.message import Message

OFFERED = 4
"""Units among the buttons."""
LISTENS = timedelta(minutes=30)
"""How long anything said in private is taken for the reason or the unit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a draft remembers: the sub-task, the reason if it is known, its words and files."""

    task: int
    reason: Reason | None = None
    text: str = ""
    media: tuple[Media, ...] = ()
    before: dict[str, Any] | None = None
    """The dialog that this one interrupted."""


def mine(act: str) -> bool:
    """Whether a card's button belongs to these questions."""
    return act in {"return", "back"} or act.startswith("r:")


async def tapped(talk: Talk, seen: Seen, task: Task, act: str) -> None:
    """不归我管, a reason, a unit, or 返回. Raises Refused."""
    if act == "back":
        await _forget(talk)
        await cards.refresh(talk.work, seen.case)
        return
    returns.check(talk.work, talk.person, seen, task)
    before = await interruptions.set_aside(talk, here=True)
    asked = await find(talk, task.id) or Asked(task.id, before=before)
    if act == "return":
        await _ask(talk, seen, task, replace(asked, reason=None, text=""))
        return
    name, _, code = act.removeprefix("r:").partition(":")
    if name not in set(Reason):
        raise Refused("stale-tap")
    asked = replace(asked, reason=Reason(name))
    if code:
        await _finish(talk, task, asked, None if code == views.HUB else code)
    else:
        await _ask(talk, seen, task, replace(asked, text=""))


async def heard(talk: Talk, asked: Asked, said: Input) -> None:
    """Words instead of a tap: the reason, or the name of a unit."""
    seen, task = await acting.find(talk.work, talk.viewer, asked.task)
    returns.check(talk.work, talk.person, seen, task)
    asked = replace(asked, media=(*asked.media, *said.media))
    if not said.text.strip():
        await _keep(talk, asked)
        await talk.line("return-words" if asked.reason is None else "return-which-unit")
    elif asked.reason is None:
        asked = replace(asked, reason=Reason.OTHER, text=said.text.strip())
        await _ask(talk, seen, task, asked)
        await talk.line("return-noted")
    elif unit := dispatch.named_unit(talk.work.world, said.text):
        await _finish(talk, task, asked, unit.code)
    else:
        raise Refused("return-which-unit")


async def find(
    talk: Talk, task_id: int | None = None, life: timedelta | None = None
) -> Asked | None:
    """What this person was asked here last, about this sub-task or any; None when nothing, or
    when it is over or older than ``life``.
    """
    found = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
    oldest = talk.work.now - (life or talk.work.world.wait.draft_life)
    if found is None or found.updated_at < oldest:
        return None
    state = State.from_json(found.state)
    if state.form != RETURN or task_id not in {None, state.slots["task"]}:
        return None
    slots = dict(state.slots)
    try:
        seen, task = await acting.find(talk.work, talk.viewer, slots["task"])
        returns.check(talk.work, talk.person, seen, task)
    except Refused:
        return None
    reason = Reason(slots["reason"]) if slots["reason"] else None
    media = tuple(Media(*one) for one in slots["media"])
    return Asked(slots["task"], reason, slots["text"], media, slots["before"])


async def digit(talk: Talk, text: str, task_id: int | None = None) -> Tap | None:
    """The button of the open question that a digit stands for."""
    asked = await find(talk, task_id)
    if asked is None or not text.strip()[:1].isdecimal():
        return None
    seen, task = await acting.find(talk.work, talk.viewer, asked.task)
    face = await faces.face(talk.work, seen.case, seen.tasks)
    shown = await question(talk.work, face, task, asked)
    return cb.decode(picked(text, [b.data for row in shown.rows for b in row]))


async def question(work: Work, face: Face, task: Task, asked: Asked) -> Message:
    """The card with what is asked now."""
    card = task_card(face, task)
    if asked.reason is None:
        return views.reasons(face, task, card)
    world, case = work.world, face.case
    units = alternatives(case, task, world.items, world.directory, asked.reason)
    if case.confidential:
        units = tuple([u for u in units if await cards.reachable(work, u, named=True)])
    return views.owners(face, task, card, asked.reason, units[:OFFERED])


async def cancel(talk: Talk) -> None:
    """/cancel: the card offers what it did."""
    asked = await find(talk)
    await _forget(talk)
    await talk.line("cancelled-saying")
    if asked is not None:
        seen, _ = await acting.find(talk.work, talk.viewer, asked.task)
        await cards.refresh(talk.work, seen.case)


async def leave(talk: Talk, draft: State | None) -> State | None:
    """What comes now answers nothing here: the dialog that was interrupted is the present one."""
    if draft is None or draft.form != RETURN:
        return draft
    before = draft.slots.get("before")
    await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
    if not before:
        return None
    await talk.work.uow.drafts.put(Draft(talk.person.id, talk.to.chat, before, talk.work.now))
    return State.from_json(before)


async def _keep(talk: Talk, asked: Asked) -> None:
    slots = {
        "task": asked.task, "reason": asked.reason.value if asked.reason else "",
        "text": asked.text, "before": asked.before,
        "media": [[one.kind, one.file_id, one.unique_id] for one in asked.media],
    }  # fmt: skip
    state = State(RETURN, slots=slots)
    draft = Draft(talk.person.id, talk.to.chat, state.as_json(), talk.work.now)
    await talk.work.uow.drafts.put(draft)


async def _ask(talk: Talk, seen: Seen, task: Task, asked: Asked) -> None:
    await _keep(talk, asked)
    for card in await _here(talk, seen.case, task):
        t = await faces.card_texts(talk.work, card)
        face = await faces.face(talk.work, seen.case, seen.tasks, t)
        await cards.show(talk.work, card, await question(talk.work, face, task, asked))


async def _finish(talk: Talk, task: Task, asked: Asked, to: str | None) -> None:
    reason = asked.reason or Reason.OTHER
    case = await returns.give_back(
        talk.work, talk.person, task.id, reason, to, asked.text, asked.media
    )
    await _forget(talk)
    lead = talk.work.world.unit_name(case.lead)
    if case.at_hub:
        key, unit = "returned-to-hub", talk.work.world.unit_name(case.hub)
    else:
        key, unit = "returned-to-unit", talk.work.world.unit_name(case.proposed)
    if talk.callback:
        talk.toast(key, unit=unit, lead=lead)
    else:
        await talk.line(key, unit=unit, lead=lead)


async def _here(talk: Talk, case: Case, task: Task) -> list[Card]:
    return [
        card
        for card in await talk.work.uow.channels.cards(case.id)
        if (card.kind, card.state, card.task_id) == ("task", "live", task.id)
        and card.address.chat == talk.to.chat
    ]


async def _forget(talk: Talk) -> None:
    """The questions are over; what they had interrupted is asked again."""
    found = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
    if found is not None and found.state["form"] == RETURN:
        await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
        await interruptions.restore(talk, found.state["slots"])
