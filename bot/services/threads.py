"""Conversations through the bot: 追问 and those that /human begins.

Neither side sees the other's account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.case import Media, Note
from bot.domain.deadlines import LimitUnit, add_hours
from bot.domain.lifecycle import allowed
from bot.errors import Refused
from bot.ports import Address, Person, Thread, Timer
from bot.services import acting, cards, faces, menus, post, reporter
from bot.services.talk import Talk
from bot.services.work import REPORTER, Work, person
from bot.views import callback as cb
from bot.views.message import Button, Message, rows

OPEN = "open"  # staff owes a word
ASKED = "asked"  # the resident does
CLOSED = "closed"
KEPT = "kept"  # nobody could be reached yet; also the kind of the timers that hold the words
KEEPS = "human"
"""The subject of those timers, one for all of them."""


async def ask(
    work: Work, actor: Person, task_id: int, text: str, media: Sequence[Media] = ()
) -> Thread:
    """追问: the owner's question goes to the reporter; the answer will land on the case."""
    seen, task = await acting.find(work, actor.viewer, task_id)
    who = acting.capacity(work, actor.viewer, "ask", seen.case, task)
    chat = await work.uow.cases.reply_chat(seen.case.id)
    if chat is None or chat < 0:
        raise Refused("ask-nobody")
    note = await work.uow.cases.add_note(
        Note(0, seen.case.id, "question", work.now, person(actor.id), text.strip(), tuple(media))
    )
    await acting.step(
        work, seen.case, "ask", who, person(actor.id), note=note.digest, unit=task.unit
    )
    thread = await work.uow.threads.open(
        Thread(0, "question", seen.case.id, chat, actor.id, task.unit, ASKED, None, work.now)
    )
    await reporter.tell(
        work,
        seen.case,
        lambda face: Message(
            face.t("question", number=face.case.number, text=text), media=tuple(media)
        ),
        in_group=True,
        after={"thread": thread.id},
    )
    return thread


async def keep(work: Work, thread: Thread, text: str, media: Sequence[Media]) -> datetime:
    """Keep a word for a conversation that nobody has taken yet; returns when it is tried again:
    at the next opening, or in an hour of working time.
    """
    calendar = work.world.calendar
    opens = calendar.next_working_minute(work.now)
    if opens - work.now <= timedelta(minutes=1):
        opens = add_hours(work.now, 1, LimitUnit.WORKING_HOURS, calendar)
    said = work.uow.sealed([text, [[m.kind, m.file_id, m.unique_id] for m in media]])
    await work.at(opens, KEPT, KEEPS, work.key(), thread=thread.id, said=said)
    return opens


def unkept(work: Work, timer: Timer) -> tuple[str, tuple[Media, ...]]:
    """What was kept."""
    text, media = work.uow.unsealed(str(timer.data["said"]))
    return str(text), tuple(Media(*one) for one in media)


async def give(
    work: Work, thread: Thread, staff: Person, text: str, media: Sequence[Media]
) -> datetime:
    """A conversation gets its member of staff, who owes a word; returns until when."""
    due = _due(work)
    given = replace(thread, staff=staff.id, state=OPEN, due_at=due)
    await work.uow.threads.save(given)
    await work.at(due, "human", f"thread:{thread.id}", f"{thread.id}:1", thread=thread.id)
    await to_staff(work, given, staff, text, media)
    return due


async def answer(talk: Talk, thread: Thread, text: str, media: Sequence[Media]) -> None:
    """A word of the resident in a conversation: on the case, and to whoever asked."""
    work = talk.work
    if thread.state == CLOSED:
        raise Refused("thread-closed")
    if thread.state == KEPT:
        await keep(work, thread, text, media)
        await talk.line("human-kept-more")
        return
    if thread.case_id is not None:
        seen = await acting.seen(work, talk.viewer, thread.case_id)
        if allowed(seen.case.status, "answer"):
            who = acting.capacity(work, talk.viewer, "answer", seen.case, None)
            note = await work.uow.cases.add_note(
                Note(0, seen.case.id, "answer", work.now, REPORTER, text.strip(), tuple(media))
            )
            case = await acting.step(work, seen.case, "answer", who, REPORTER, note=note.digest)
            await cards.refresh(work, case)
    staff = await work.uow.people.get(thread.staff) if thread.staff else None
    if thread.kind == "human" and thread.state == ASKED:
        # Staff had answered, which stopped the clock: what is asked now has one of its own.
        thread = replace(thread, due_at=_due(work))
        key = f"{thread.id}:{work.update}"
        await work.at(_due(work), "human", f"thread:{thread.id}", key, thread=thread.id)
    await work.uow.threads.save(replace(thread, state=OPEN))
    if staff is not None:
        await to_staff(work, thread, staff, text, media)
    await talk.say(Message(talk.t("answer-passed")), after={"thread": thread.id})


async def reply(talk: Talk, thread: Thread, text: str, media: Sequence[Media]) -> None:
    """A word of staff in a conversation: to the resident."""
    work = talk.work
    if thread.state == CLOSED:
        raise Refused("thread-closed")
    t = await faces.texts_at(work, Address(thread.resident))
    key = "question-more" if thread.kind == "question" else "human-reply"
    await post.say(
        work,
        Address(thread.resident),
        Message(t(key, text=text), media=tuple(media)),
        after={"thread": thread.id},
    )
    await work.uow.threads.save(replace(thread, state=ASKED))
    await work.uow.timers.cancel(f"thread:{thread.id}")
    await talk.line("reply-passed")


async def close(talk: Talk, thread_id: int) -> None:
    """Either side has said enough."""
    thread = await talk.work.uow.threads.get(thread_id)
    if thread is None or (talk.person.id != thread.staff and talk.to.chat != thread.resident):
        raise Refused("act-not-yours")
    await talk.work.uow.threads.save(replace(thread, state=CLOSED))
    await talk.work.uow.timers.cancel(f"thread:{thread.id}")
    await talk.tell("thread-closed")


async def to_staff(
    work: Work, thread: Thread, staff: Person, text: str, media: Sequence[Media]
) -> None:
    """A word of the resident, to whoever talks with them."""
    t = work.world.texts(staff.locale)
    if thread.case_id is not None:
        seen = await work.uow.cases.get_for(staff.viewer, thread.case_id)
        number = seen.case.number if seen else ""
        line = t("answer-arrived", number=number, text=text or t.label("media-only"))
    else:
        line = t("human-asked", text=text or t.label("media-only"))
    button = Button(t.label("button-end"), cb.encode(cb.THREAD, thread.id, "close"))
    message = Message(line, rows(button) if thread.kind == "human" else (), tuple(media))
    await post.say(work, Address(staff.chat), message, after={"thread": thread.id})
    await menus.remember(work, staff.chat, message)


def _due(work: Work) -> datetime:
    hours = work.world.wait.human_hours
    return add_hours(work.now, hours, LimitUnit.WORKING_HOURS, work.world.calendar)
