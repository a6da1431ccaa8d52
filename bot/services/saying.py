"""One-thing dialogs in private: progress, result, reason, question, contact, /human."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.domain import forms as engine
from bot.domain.case import Media
from bot.domain.forms import Input, Outcome, State
from bot.forms.saying import FORMS_WITHOUT_CONFIRMATION, SAYING
from bot.ports import Draft
from bot.services import adding, casework, closing, pieces, reporting, threads
from bot.services.talk import Talk
from bot.views import dialog as views


async def begin(
    talk: Talk, purpose: str, subject: int, number: str = "", *, evidence: bool = False
) -> None:
    """Ask for the one thing. In a group the person is taken to the private chat first.

    A dialog that is going on there waits until this one has ended.
    """
    slots = {
        "purpose": purpose, "subject": subject, "number": number, "text": "", "media": [],
        "evidence": evidence, "before": await reporting.set_aside(talk, purpose, subject),
    }  # fmt: skip
    state = engine.goto(SAYING, State(SAYING.name, slots=slots), "text")
    state = replace(state, revision=talk.work.update or state.revision)
    await talk.work.uow.drafts.put(
        Draft(talk.person.id, talk.person.chat, state.as_json(), talk.work.now)
    )
    if talk.private:
        await _show(talk, state)
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
        await reporting.restore(talk, state.slots)
    elif outcome is Outcome.STALE:
        talk.toast("stale-tap")
        await _show(talk, state)
    elif outcome is Outcome.REPEAT:
        await _show(talk, state)
    elif outcome is Outcome.SUBMIT or (
        after.step == "confirm" and after.slots["purpose"] in FORMS_WITHOUT_CONFIRMATION
    ):
        await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
        purpose = after.slots["purpose"]
        subject = await DONE[purpose](talk, after)
        await pieces.remember(talk, purpose, subject, given.album)
        await reporting.restore(talk, after.slots)
    else:
        after = replace(after, revision=talk.work.update or after.revision)
        await talk.work.uow.drafts.put(
            Draft(talk.person.id, talk.to.chat, after.as_json(), talk.work.now)
        )
        await _show(talk, after)


async def resume(talk: Talk, state: State) -> None:
    """Ask again, after /start or a restart."""
    await _show(talk, state)


async def _show(talk: Talk, state: State) -> None:
    number = str(state.slots.get("number", ""))
    await talk.say(views.saying(talk.t, state, talk.person.id, number))


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


async def _human(talk: Talk, state: State) -> int:
    thread = await threads.human(talk, str(state.slots["text"]), _media(state))
    return thread.id if thread else 0


DONE: dict[str, Callable[[Talk, State], Awaitable[int]]] = {
    "progress": _progress,
    "result": _result,
    "not_solved": _not_solved,
    "fail": _failed,
    "question": _question,
    "contact": _contact,
    "human": _human,
}
"""What each purpose leads to; returns what later pieces of its album belong to."""
