"""Every menu answers to digits alone (R138): the last one shown in a private chat is kept."""

from __future__ import annotations

from bot.domain.forms import State, picked
from bot.ports import Draft
from bot.services.work import Work
from bot.views.callback import Tap, decode
from bot.views.message import Message

FORM = "menu"


async def remember(work: Work, chat: int, message: Message) -> None:
    """Keep a menu that was sent to a private chat, unless a dialog is going on there."""
    person = await work.uow.people.by_chat(chat) if chat > 0 else None
    choices = [b.data for row in message.rows for b in row if b.data]
    if person is None or not choices:
        return
    draft = await work.uow.drafts.get(person.id, chat)
    if draft is None or draft.state["form"] == FORM:
        state = State(FORM, slots={"choices": choices})
        await work.uow.drafts.put(Draft(person.id, chat, state.as_json(), work.now))


async def chosen(work: Work, person: int, chat: int, text: str) -> Tap | None:
    """What a digit picks from the last menu; None when it is no digit or there is no menu."""
    draft = await work.uow.drafts.get(person, chat)
    if draft is None or draft.state["form"] != FORM:
        return None
    return decode(picked(text, draft.state["slots"]["choices"]))
