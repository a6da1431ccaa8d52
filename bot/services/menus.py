"""Every menu answers to digits alone (R138): the last one shown in a private chat is kept."""

from __future__ import annotations

import string

from bot.domain.forms import State
from bot.ports import Draft
from bot.services.work import Work
from bot.views.callback import Tap, decode
from bot.views.message import Message

FORM = "menu"
PAUSES = "\u3002\u3001\uff0e"
"""What people type after a number."""


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
    digit = text.strip().rstrip(string.punctuation + PAUSES)
    if not digit.isdecimal() or len(digit) > 2:
        return None
    draft = await work.uow.drafts.get(person, chat)
    if draft is None or draft.state["form"] != FORM:
        return None
    choices = draft.state["slots"]["choices"]
    number = int(digit)
    return decode(choices[number - 1]) if 0 < number <= len(choices) else None
