"""/human: a word to the hub's duty person, kept until there is one who can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.case import Media
from bot.domain.routing import hub_for
from bot.ports import Address, Person, Thread, Timer
from bot.services import cards, faces, overdue, post, threads
from bot.services.talk import Talk
from bot.services.threads import KEPT, OPEN
from bot.services.work import Work
from bot.views.message import Message
from bot.views.times import when


async def ask(talk: Talk, text: str, media: Sequence[Media] = ()) -> Thread:
    """Open a conversation with the hub's duty person, with a limit of its own.

    With nobody to reach, what was said is kept: the person hears when it is tried again, and
    12345. It is passed on then, or as soon as somebody joins.
    """
    work = talk.work
    hub = hub_for(talk.person.last_grid or "", work.world.directory) or any_hub(work)
    thread = await work.uow.threads.open(
        Thread(0, "human", None, talk.to.chat, None, hub, KEPT, None, work.now)
    )
    duty = await _on_duty(work, thread)
    if duty is None:
        due = await threads.keep(work, thread, text, media)
        shown = when(due, work.now, work.world.calendar.zone, talk.t)
        kept = Message(talk.t("human-kept", opens=shown))
        await talk.say(kept, after={"thread": thread.id})
        await cards.tell_admins(work, "admin-nobody", f"{work.now.date()}:{hub}")
        return thread
    due = await threads.give(work, thread, duty, text, media)
    opened = talk.t("human-opened", due=when(due, work.now, work.world.calendar.zone, talk.t))
    await talk.say(Message(opened), after={"thread": thread.id})
    return thread


async def again(work: Work, timer: Timer) -> None:
    """Pass on what was kept, or keep it longer: the resident hears of that once."""
    thread = await work.uow.threads.get(int(timer.data["thread"]))
    if thread is None or thread.state == threads.CLOSED:
        return
    text, media = threads.unkept(work, timer)
    to = Address(thread.resident)
    t = await faces.texts_at(work, to)
    if thread.state != KEPT:
        staff = await work.uow.people.get(thread.staff) if thread.staff else None
        if staff is not None:
            await threads.to_staff(work, thread, staff, text, media)
        return
    thread = replace(thread, unit=thread.unit or any_hub(work))
    duty = await _on_duty(work, thread)
    if duty is not None:
        due = await threads.give(work, thread, duty, text, media)
        opened = t("human-opened", due=when(due, work.now, work.world.calendar.zone, t))
        await post.say(work, to, Message(opened), after={"thread": thread.id})
        return
    await threads.keep(work, thread, text, media)
    kept = Message(t("human-still-kept"))
    key = f"human-still-kept:{thread.id}"
    await post.say(work, to, kept, key=key, after={"thread": thread.id})
    await cards.tell_admins(work, "admin-nobody", f"{work.now.date()}:{thread.unit}")


async def somebody_came(work: Work) -> None:
    """Somebody joined or can be reached again: what is kept is tried now."""
    for timer in await work.uow.timers.of(threads.KEEPS):
        await work.uow.timers.defer(timer.id, work.now)


async def late(work: Work, timer: Timer) -> None:
    """/human was not answered in time: the hub's supervisors hear of it."""
    thread = await work.uow.threads.get(int(timer.data["thread"]))
    if thread is None or thread.state != OPEN:
        return
    for boss in await overdue.supervisors(work, thread.unit or ""):
        t = work.world.texts(boss.locale)
        message = Message(t("human-late", unit=work.world.unit_name(thread.unit)))
        await post.say(work, Address(boss.chat), message, key=f"{timer.key}:{boss.id}")


async def _on_duty(work: Work, thread: Thread) -> Person | None:
    """The first who can be written to, of the hub and then of the units above it; the resident
    is not put through to themselves."""
    chain = [unit.code for unit in work.world.directory.chain(thread.unit)]
    for unit in dict.fromkeys((thread.unit or "", *chain)):
        for person in await cards.reachable(work, unit):
            if person.chat != thread.resident:
                return person
    return None


def any_hub(work: Work) -> str | None:
    """The lowest hub, for somebody whose place is not known."""
    hubs = [u for u in work.world.directory.units.values() if u.hub]
    return min(hubs, key=lambda u: (u.tier.height, u.code)).code if hubs else None
