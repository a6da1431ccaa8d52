"""What each kind of timer does, in one table; and the sweep that fires those that are due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot import logs
from bot.domain.access import SYSTEM
from bot.domain.case import Status
from bot.ports import Address, Store, Timer
from bot.services import (
    cards,
    closing,
    delivery,
    digest,
    human,
    interruptions,
    overdue,
    pieces,
    post,
    reporting,
    retention,
    threads,
)
from bot.services.work import Work
from bot.views.notices import line

log = logs.get()
Begin = Callable[..., Awaitable[Work]]
_AT_ONCE = 200
_AGAIN = timedelta(minutes=1)
_MAY_WAIT = frozenset(
    {"stage", "queue", "adjudicate", "verify", "verify_late", "human", threads.KEPT, "digest"}
)
"""Kinds that ring somebody: what is not urgent waits for the morning of a working day."""


async def _stage(work: Work, timer: Timer) -> None:
    await overdue.fire(work, timer)


async def _verify(work: Work, timer: Timer) -> None:
    seen = await work.uow.cases.get_for(SYSTEM, int(timer.data["case"]))
    if seen:
        await closing.silence(work, timer, seen)


async def _verify_late(work: Work, timer: Timer) -> None:
    seen = await work.uow.cases.get_for(SYSTEM, int(timer.data["case"]))
    if seen:
        await closing.verify_late(work, timer, seen)


async def _queue(work: Work, timer: Timer) -> None:
    """A hub let a case wait for dispatch or adjudication: its people are told by name, once."""
    seen = await work.uow.cases.get_for(SYSTEM, int(timer.data["case"]))
    if seen is None or not seen.case.at_hub:
        return
    queued = seen.case.status is Status.QUEUED
    clock, key = ("dispatch", "notice-queue") if queued else ("adjudicate", "notice-adjudicate")
    await work.record(seen.case, "overdue", "system", unit=seen.case.hub, clock=clock)
    hub = seen.case.hub or ""
    people = list(await cards.reachable(work, hub, named=seen.case.confidential))
    if not seen.case.confidential:
        people += await overdue.supervisors(work, hub)
    for one in {p.id: p for p in people}.values():
        t = work.world.texts(one.locale)
        message = line(t, key, number=seen.case.number)
        await post.say(work, Address(one.chat), message, key=f"{timer.key}:{one.id}")


async def _album(work: Work, timer: Timer) -> None:
    await reporting.album_complete(work, timer.data)


async def _nothing(_: Work, __: Timer) -> None:
    pass


KINDS: dict[str, Callable[[Work, Timer], Awaitable[None]]] = {
    "stage": _stage,  # the ladder of a sub-task
    "queue": _queue,  # a hub's half working hour
    "adjudicate": _queue,  # the same after a return
    "verify": _verify,  # three working days of silence
    "verify_late": _verify_late,  # a verifier's own limit
    "digest": digest.fire,  # nine o'clock of a working day
    "human": human.late,  # /human's limit
    threads.KEPT: human.again,  # what /human said to nobody
    interruptions.KIND: interruptions.resume,  # half an hour after an emergency
    "album": _album,  # the last piece of an album
    pieces.KIND: _nothing,  # no more pieces of an album are waited for
    "forget": retention.fire,  # 90 and 180 days after the end of a case
    "expire": delivery.expire,  # media and contact in an acceptor's chat
}
"""Every kind of timer. To add one: a row here, and ``work.at`` where it is set."""


async def sweep(store: Store, begin: Begin) -> int:
    """Fire what is due, each timer in a unit of work of its own; returns how many fired.

    Costs in proportion to what is due. One that fails is tried again in a minute and holds up
    nothing behind it.
    """
    async with store.read() as uow:
        work = await begin(uow, "peek")
        due = await uow.timers.due(work.now, _AT_ONCE)
    fired = 0
    for timer in due:
        try:
            fired += await _fire(store, begin, timer)
        except Exception as error:
            log.error("timer_failed", timer=timer.id, kind=timer.kind, error=type(error).__name__)
            async with store.write() as uow:
                work = await begin(uow, f"timer:{timer.id}")
                await uow.timers.defer(timer.id, work.now + _AGAIN)
    return fired


async def _fire(store: Store, begin: Begin, timer: Timer) -> bool:
    async with store.write() as uow:
        work = await begin(uow, f"timer:{timer.id}")
        if await _held_back(work, timer):
            await uow.timers.defer(timer.id, _morning(work, timer))
            return False
        if not await uow.timers.fired(timer.id, work.now):
            return False
        action = KINDS.get(timer.kind)
        if action is None:
            log.error("timer_unknown", kind=timer.kind)
        else:
            await action(work, timer)
    return True


def _morning(work: Work, timer: Timer) -> datetime:
    """When what was held back comes: a digest with that morning's own, so that there is one."""
    if timer.kind == "digest":
        return digest.next_morning(work, work.now)
    return work.world.calendar.quiet_end(work.now)


async def _held_back(work: Work, timer: Timer) -> bool:
    if timer.kind not in _MAY_WAIT:
        return False
    if "case" not in timer.data:
        return work.world.calendar.quiet(work.now)
    seen = await work.uow.cases.get_for(SYSTEM, int(timer.data["case"]))
    return seen is not None and overdue.held_back(work, seen.case)
