"""Conversations through the bot: 追问 and /human. Neither side sees the other's account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.case import Media, Note
from bot.domain.deadlines import LimitUnit, add_hours
from bot.domain.lifecycle import allowed
from bot.domain.routing import hub_for
from bot.errors import Refused
from bot.ports import Address, Person, Thread, Timer
from bot.services import acting, cards, faces, menus, overdue, post, reporter
from bot.services.talk import Talk
from bot.services.work import REPORTER, Work, person
from bot.views import callback as cb
from bot.views.message import Button, Message, rows
from bot.views.times import when

OPEN = "open"  # staff owes a word
ASKED = "asked"  # the resident does
CLOSED = "closed"


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


async def human(talk: Talk, text: str, media: Sequence[Media] = ()) -> Thread | None:
    """/human: a conversation with the hub's duty person, with a limit of its own.

    None when nobody can be reached; the person is told when to try, and 12345.
    """
    work, world = talk.work, talk.work.world
    hub = hub_for(talk.person.last_grid or "", world.directory) or _any_hub(talk)
    duty: list[Person] = []
    for unit in (hub, *(u.code for u in world.directory.chain(hub))) if hub else ():
        duty += [p for p in await cards.reachable(work, unit) if p.id != talk.person.id]
    if not duty:
        opens = world.calendar.next_working_minute(work.now)
        if opens - work.now > timedelta(minutes=1):
            shown = when(opens, work.now, world.calendar.zone, talk.t)
            await talk.line("human-nobody", opens=shown)
        else:
            await talk.line("human-nobody-now")
        await cards.tell_admins(work, "admin-nobody", f"{work.now.date()}:{hub}")
        return None
    due = _due(work)
    thread = await work.uow.threads.open(
        Thread(0, "human", None, talk.to.chat, duty[0].id, hub, OPEN, due, work.now)
    )
    await work.at(due, "human", f"thread:{thread.id}", f"{thread.id}:1", thread=thread.id)
    await _to_staff(work, thread, duty[0], text, media)
    await talk.line("human-opened", due=when(due, work.now, world.calendar.zone, talk.t))
    return thread


async def answer(talk: Talk, thread: Thread, text: str, media: Sequence[Media]) -> None:
    """A word of the resident in a conversation: on the case, and to whoever asked."""
    work = talk.work
    if thread.state == CLOSED:
        raise Refused("thread-closed")
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
        await _to_staff(work, thread, staff, text, media)
    await talk.line("answer-passed")


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


async def late(work: Work, timer: Timer) -> None:
    """/human was not answered in time: the hub's supervisors hear of it."""
    thread = await work.uow.threads.get(int(timer.data["thread"]))
    if thread is None or thread.state != OPEN:
        return
    for boss in await overdue.supervisors(work, thread.unit or ""):
        t = work.world.texts(boss.locale)
        message = Message(t("human-late", unit=work.world.unit_name(thread.unit)))
        await post.say(work, Address(boss.chat), message, key=f"{timer.key}:{boss.id}")


async def _to_staff(
    work: Work, thread: Thread, staff: Person, text: str, media: Sequence[Media]
) -> None:
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


def _any_hub(talk: Talk) -> str | None:
    hubs = [u for u in talk.work.world.directory.units.values() if u.hub]
    return min(hubs, key=lambda u: (u.tier.height, u.code)).code if hubs else None
