"""Pieces of an album that come after the one-thing dialog they belong to has ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.domain.access import SYSTEM
from bot.domain.case import Note
from bot.domain.forms import Input
from bot.ports import Address
from bot.services import adding, cards, casework, post, threads
from bot.services.talk import Talk
from bot.services.work import person

KIND = "said"
LIFE = timedelta(minutes=30)


async def remember(talk: Talk, purpose: str, subject: int, album: str | None) -> None:
    """The first piece of an album ended a dialog about ``subject``: the others belong there."""
    if album is None or purpose not in _ADD:
        return
    key = f"{talk.person.id}:{album}"
    due = talk.work.now + LIFE
    await talk.work.at(due, KIND, f"{KIND}:{talk.person.id}", key, purpose=purpose, about=subject)


async def late(talk: Talk, given: Input) -> bool:
    """Put a further piece where the first one went, without a word; False when it is none."""
    if not given.album or not given.media:
        return False
    timer = await talk.work.uow.timers.find(f"{KIND}:{talk.person.id}:{given.album}")
    if timer is None:
        return False
    await _ADD[timer.data["purpose"]](talk, int(timer.data["about"]), given)
    return True


async def _progress(talk: Talk, task_id: int, given: Input) -> None:
    await casework.progress(talk.work, talk.person, task_id, given.text, given.media)


async def _addition(talk: Talk, case_id: int, given: Input) -> None:
    await adding.add(talk.work, talk.viewer, case_id, given)


async def _fail(talk: Talk, case_id: int, given: Input) -> None:
    # The next verifier is another unit by now: who has just said no may still show why.
    seen = await talk.work.uow.cases.get_for(SYSTEM, case_id)
    if seen is None:
        return
    author = person(talk.person.id)
    note = await talk.work.uow.cases.add_note(
        Note(0, case_id, "reason", talk.work.now, author, given.text.strip(), given.media)
    )
    await talk.work.record(seen.case, "added", author, note=note.digest)
    await cards.refresh(talk.work, seen.case)


async def _thread(talk: Talk, thread_id: int, given: Input) -> None:
    thread = await talk.work.uow.threads.get(thread_id)
    if thread is None:
        return
    if thread.state == threads.KEPT:
        await threads.keep(talk.work, thread, given.text, given.media)
        return
    chat: int | None = thread.resident
    if talk.person.id != thread.staff:
        staff = await talk.work.uow.people.get(thread.staff) if thread.staff else None
        chat = staff.chat if staff else None
    if chat is not None:
        for one in given.media:
            await post.send_media(talk.work, Address(chat), one, after={"thread": thread.id})


_ADD: dict[str, Callable[[Talk, int, Input], Awaitable[None]]] = {
    "progress": _progress,
    "add": _addition,
    "not_solved": _addition,
    "fail": _fail,
    "question": _thread,
    "human": _thread,
}
"""What a further piece is, by the purpose of the dialog; ``subject`` is a sub-task's id for
progress, a case's for reasons and additions, a thread's for conversations."""
