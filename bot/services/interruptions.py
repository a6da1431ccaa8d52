"""One dialog in the middle of another: what was being asked waits inside the newer dialog's slots
(``before``), and is asked again when that has ended. Nothing that was typed is lost on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.forms import State
from bot.forms.report import REPORT
from bot.forms.saying import SAYING
from bot.ports import Draft, Timer
from bot.services import asking, menus
from bot.services.talk import Talk, recalled
from bot.services.work import Work

KIND = "resume"
LATER = timedelta(minutes=30)
"""How long after an emergency went out nothing else is asked."""
DEEPEST = 3
"""So many dialogs wait inside one another; what begins then joins the innermost."""


async def set_aside(talk: Talk, *, here: bool = False) -> dict[str, Any] | None:
    """The private chat's dialog (or this one's), to be gone on with after what begins there now.

    A one-thing dialog in which nothing was said yet gives way to what it had interrupted itself,
    and so does whatever asks nothing: a menu, small talk, the half hour after an emergency. None
    when nothing waits.
    """
    chat = talk.to.chat if here else talk.person.chat
    draft = await talk.work.uow.drafts.get(talk.person.id, chat)
    if draft is None or talk.work.now - draft.updated_at > talk.work.world.wait.draft_life:
        return None
    form, slots = draft.state["form"], draft.state["slots"]
    if form == REPORT.name:
        return draft.state
    if form in {SAYING.name, menus.RETURN} and (slots["text"] or slots["media"]):
        return draft.state
    before: dict[str, Any] | None = slots.get("before")
    return before


async def restore(talk: Talk, ended: Mapping[str, Any]) -> None:
    """Go on with what the ended dialog (its slots) had interrupted: its question comes again."""
    before = ended.get("before")
    if not before:
        return
    state = stamped(talk, State.from_json(before))
    await store(talk, state)
    if state.form == menus.RETURN:
        await talk.line("return-noted" if state.slots["text"] else "return-words")
    else:
        await asking.show(talk, state)


async def until_safe(talk: Talk, before: Mapping[str, Any] | None) -> None:
    """What an emergency has interrupted is asked again when the half hour after it is over."""
    if before:
        due, key = talk.work.now + LATER, f"{talk.person.id}:{talk.work.update}"
        await talk.work.at(due, KIND, f"{KIND}:{talk.person.id}", key, **talk.kept())


async def resume(work: Work, timer: Timer) -> None:
    """The half hour is over: what still waits is asked again, unless something else is going on,
    which leads back to it by itself."""
    talk = await recalled(work, timer.data)
    draft = await work.uow.drafts.get(talk.person.id, talk.to.chat) if talk else None
    if talk is None or draft is None or draft.state["form"] not in menus.QUIET:
        return
    if draft.state["form"] == menus.FOLLOW and work.now - draft.updated_at < LATER:
        return  # another emergency since, with a half hour of its own
    if draft.state["slots"].get("before"):
        await restore(talk, draft.state["slots"])


def deep(state: Mapping[str, Any] | None) -> bool:
    """Whether as many dialogs wait inside one another as may."""
    depth = 0
    while state:
        state, depth = state["slots"].get("before"), depth + 1
    return depth >= DEEPEST


def stamped(talk: Talk, state: State) -> State:
    """The state with the revision of this update: no other question will ever have it."""
    return replace(state, revision=talk.work.update or state.revision)


async def store(talk: Talk, state: State) -> None:
    """Keep the dialog of this chat as it is now."""
    await talk.work.uow.drafts.put(
        Draft(talk.person.id, talk.to.chat, state.as_json(), talk.work.now)
    )
