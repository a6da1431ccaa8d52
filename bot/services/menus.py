"""Every menu answers to digits alone (R138): the last one shown in a private chat is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.forms import State, picked
from bot.ports import Draft
from bot.services.work import Work
from bot.views.callback import Tap, decode
from bot.views.message import Message

FORM = "menu"
FOLLOW = "follow"
"""The form that waits for the place after an emergency (``following``)."""
RETURN = "return"
"""The form that keeps what was typed while a card asks why it is returned (``return_dialog``)."""
PARKED = "parked"
"""The form that keeps what was taken for no report, in case it is one (``parking``)."""
QUIET = frozenset({FORM, FOLLOW})
"""Forms in which nothing is being asked; what an emergency interrupted may wait in them."""
_OVER = "over"
"""The slot of a dialog with the choices of a menu that was shown after its question."""


async def remember(work: Work, chat: int, message: Message) -> None:
    """Keep a menu that was sent to a private chat, unless a dialog is going on there."""
    person = await work.uow.people.by_chat(chat) if chat > 0 else None
    choices = [b.data for row in message.rows for b in row if b.data]
    if person is None or not choices:
        return
    draft = await work.uow.drafts.get(person.id, chat)
    if draft is None or draft.state["form"] == FORM:
        before = draft.state["slots"].get("before") if draft else None
        await _put(work, person.id, chat, choices, before)
    elif draft.state["form"] in {RETURN, PARKED}:
        # What these ask stands further up, if at all: a digit is for what was shown last.
        await lay_over(work, draft, message)
    else:
        await _lift(work, draft)


async def lay_over(work: Work, draft: Draft | None, message: Message) -> None:
    """A menu that is shown in the middle of a dialog or after another menu (``draft``): the next
    digit picks from it.

    Anything else goes on with what was there, and so does a digit once that is shown again.
    """
    if draft is not None:
        choices = [b.data for row in message.rows for b in row if b.data]
        await work.uow.drafts.put(_with(draft, draft.state["slots"] | {_OVER: choices}))


async def uncover(work: Work, person: int, chat: int) -> None:
    """The menu that was laid over has been answered."""
    draft = await work.uow.drafts.get(person, chat)
    if draft is not None:
        await _lift(work, draft)


async def make_room(work: Work, chat: int | None, case_id: int) -> None:
    """What follows an emergency is over once its result is asked about: digits answer that."""
    person = await work.uow.people.by_chat(chat) if chat is not None and chat > 0 else None
    draft = await work.uow.drafts.get(person.id, person.chat) if person else None
    state = draft.state if draft else {}
    if person and state.get("form") == FOLLOW and state["slots"].get("case") == case_id:
        await _put(work, person.id, person.chat, (), state["slots"].get("before"))


async def chosen(work: Work, person: int, chat: int, text: str) -> Tap | None:
    """What a digit picks from the last menu; None when it is no digit or there is no menu."""
    draft = await work.uow.drafts.get(person, chat)
    if draft is None:
        return None
    slots = draft.state["slots"]
    if draft.state["form"] == FORM and _OVER not in slots:
        return decode(picked(text, slots["choices"]))
    await _lift(work, draft)
    return decode(picked(text, slots.get(_OVER, ())))


async def _put(
    work: Work, person: int, chat: int, choices: Sequence[str], before: Mapping[str, Any] | None
) -> None:
    """The menu of a chat; ``before`` is the dialog that waits for the end of an emergency."""
    state = State(FORM, slots={"choices": choices, "before": before})
    await work.uow.drafts.put(Draft(person, chat, state.as_json(), work.now))


async def _lift(work: Work, draft: Draft) -> None:
    """The menu that lay over a dialog, if there was one, does so no more."""
    slots = draft.state["slots"]
    if _OVER in slots:
        left = {name: value for name, value in slots.items() if name != _OVER}
        await work.uow.drafts.put(_with(draft, left))


def _with(draft: Draft, slots: Mapping[str, Any]) -> Draft:
    return replace(draft, state=draft.state | {"slots": slots})
