"""One-thing dialogs in private: progress, result, reason, question, contact, /human."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.domain import forms as engine
from bot.domain.case import Media
from bot.domain.forms import Input, Outcome, Slots, State
from bot.forms.saying import FORMS_WITHOUT_CONFIRMATION, SAYING
from bot.ports import Draft
from bot.services import (
    adding,
    asking,
    casework,
    closing,
    correcting,
    human,
    interruptions,
    pieces,
    threads,
)
from bot.services.talk import Talk


async def begin(
    talk: Talk, purpose: str, subject: int, number: str = "", *, evidence: bool = False
) -> None:
    """Ask for the one thing. In a group the person is taken to the private chat first.

    A dialog that is going on there waits until this one has ended; if it is this very one, half
    told, it goes on.
    """
    waiting = await interruptions.set_aside(talk)
    if waiting and waiting["form"] == SAYING.name and _about(waiting["slots"], purpose, subject):
        state = State.from_json(waiting)
    else:
        slots = {
            "purpose": purpose, "subject": subject, "number": number, "text": "", "media": [],
            "evidence": evidence, "before": waiting,
        }  # fmt: skip
        state = engine.goto(SAYING, State(SAYING.name, slots=slots), "text")
    state = interruptions.stamped(talk, state)
    await talk.work.uow.drafts.put(
        Draft(talk.person.id, talk.person.chat, state.as_json(), talk.work.now)
    )
    if talk.private:
        await asking.show(talk, state)
    else:
        talk.open_private("go")


async def hear(talk: Talk, state: State, given: Input) -> None:
    """What was said, or a tap on 提交 or 取消."""
    if await pieces.late(talk, given):
        return
    after, outcome = engine.advance(SAYING, state, given)
    if outcome is Outcome.CANCEL:
        await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
        await talk.line("cancelled-saying")
        await interruptions.restore(talk, state.slots)
    elif outcome is Outcome.STALE:
        talk.toast("stale-tap")
        await asking.show(talk, state)
    elif outcome is Outcome.REPEAT:
        await asking.show(talk, state)
    elif outcome is Outcome.SUBMIT or (
        after.step == "confirm" and after.slots["purpose"] in FORMS_WITHOUT_CONFIRMATION
    ):
        await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
        purpose = after.slots["purpose"]
        subject = await DONE[purpose](talk, after)
        await pieces.remember(talk, purpose, subject, given.album)
        await interruptions.restore(talk, after.slots)
    else:
        after = interruptions.stamped(talk, after)
        await interruptions.store(talk, after)
        await asking.show(talk, after)


def _about(slots: Slots, purpose: str, subject: int) -> bool:
    return (slots["purpose"], slots["subject"]) == (purpose, subject)


def _media(state: State) -> tuple[Media, ...]:
    return tuple(Media(kind, file, unique) for kind, file, unique in state.slots["media"])


async def _progress(talk: Talk, state: State) -> int:
    subject, text = int(state.slots["subject"]), str(state.slots["text"])
    await casework.progress(talk.work, talk.person, subject, text, _media(state))
    await talk.line("progress-kept")
    return subject


async def _result(talk: Talk, state: State) -> int:
    subject, text = int(state.slots["subject"]), str(state.slots["text"])
    case = await casework.resolve(talk.work, talk.person, subject, text, _media(state))
    await talk.line("resolved", number=case.number)
    return subject


async def _not_solved(talk: Talk, state: State) -> int:
    subject, text = int(state.slots["subject"]), str(state.slots["text"])
    case = await closing.not_solved(talk.work, talk.viewer, subject, text, _media(state))
    await talk.line("reopened", number=case.number)
    return subject


async def _failed(talk: Talk, state: State) -> int:
    subject, text = int(state.slots["subject"]), str(state.slots["text"])
    case = await closing.failed(talk.work, talk.person, subject, text, _media(state))
    await closing.tell(talk.work, case, "resident-reopened")
    await talk.line("verify-failed", number=case.number)
    return subject


async def _question(talk: Talk, state: State) -> int:
    subject, text = int(state.slots["subject"]), str(state.slots["text"])
    thread = await threads.ask(talk.work, talk.person, subject, text, _media(state))
    await talk.line("asked")
    return thread.id


async def _contact(talk: Talk, state: State) -> int:
    subject, text = int(state.slots["subject"]), str(state.slots["text"])
    await adding.contact(talk.work, talk.viewer, subject, text)
    await talk.line("contact-kept")
    return subject


async def _item(talk: Talk, state: State) -> int:
    subject, text = int(state.slots["subject"]), str(state.slots["text"])
    case = await correcting.named(talk, subject, text)
    await talk.line("item-changed", number=case.number, item=talk.work.world.item(case.item))
    return subject


async def _human(talk: Talk, state: State) -> int:
    thread = await human.ask(talk, str(state.slots["text"]), _media(state))
    return thread.id


DONE: dict[str, Callable[[Talk, State], Awaitable[int]]] = {
    "progress": _progress,
    "result": _result,
    "not_solved": _not_solved,
    "fail": _failed,
    "question": _question,
    "contact": _contact,
    "human": _human,
    "item": _item,
}
"""What each purpose leads to; returns what later pieces of its album belong to."""
