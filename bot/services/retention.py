"""Keeping what people told us no longer than promised (PIPL 19; standards, section 8).

Media go 90 days after the end of a case, text, place and contact after 180; number, item, unit,
times and events stay. A reopened case starts anew. What belongs to no case goes by its age.
"""

from __future__ import annotations

from datetime import timedelta

from bot.domain.access import SYSTEM as SYSTEM_VIEWER
from bot.domain.case import OPEN, Case
from bot.ports import Timer
from bot.services.work import SYSTEM, Work

MEDIA = timedelta(days=90)
TEXT = timedelta(days=180)
ROWS = timedelta(days=30)
"""How long the keys of handled updates and sent calls are kept: Telegram repeats for a day."""
TIMERS = timedelta(days=400)
"""Longer than anything that a key names goes on: nothing sets the same timer again."""


async def start(work: Work, case: Case) -> None:
    """The case has ended: set when its personal data go."""
    for what, after in (("media", MEDIA), ("text", TEXT)):
        key = f"{case.id}:{case.cycle}:{what}"
        await work.at(work.now + after, "forget", subject(case), key, case=case.id, what=what)


async def stop(work: Work, case: Case) -> None:
    """The case is open again: its data are needed."""
    await work.uow.timers.cancel(subject(case))


async def fire(work: Work, timer: Timer) -> None:
    """The time is over."""
    seen = await work.uow.cases.get_for(SYSTEM_VIEWER, int(timer.data["case"]))
    if seen is None or seen.case.status in OPEN:
        return
    what = str(timer.data["what"])
    await work.uow.cases.forget(seen.case.id, text=what == "text")
    await work.record(seen.case, "forgotten", SYSTEM, what=what)


async def tidy(work: Work) -> None:
    """What was begun and left, what is done, and what never went through: not kept for ever."""
    uow, now = work.uow, work.now
    await uow.drafts.purge(now - work.world.wait.draft_life)
    await uow.inbox.purge(now - ROWS)
    await uow.outbox.purge(now - ROWS)
    await uow.timers.purge(now - TIMERS)
    await uow.inbox.wipe(now - TEXT)
    await uow.outbox.wipe(now - TEXT)
    await uow.threads.wipe(now - TEXT)


def subject(case: Case) -> str:
    """The timers' name for a case's retention."""
    return f"kept:{case.id}"
