"""The ticks, in one table. APScheduler holds only these; what they sweep is in the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import logs

log = logs.get()


@dataclass(frozen=True, slots=True)
class Tick:
    """Something done every so many seconds. It must be idempotent."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[Any]]


class Ticker:
    """Runs ticks by APScheduler, and arms them again when the wall clock jumps.

    APScheduler reckons in wall time: after a jump back its next run lies in the future by as
    much. The watchdog counts by the monotonic clock and notices.
    """

    WATCH = 5.0
    JUMP = 2.0

    def __init__(self, ticks: tuple[Tick, ...]) -> None:
        self._ticks = ticks
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    async def run(self) -> None:
        """Tick until cancelled."""
        self._arm()
        self._scheduler.start()
        wall, mono = time.time(), time.monotonic()
        try:
            while True:
                await asyncio.sleep(self.WATCH)
                if abs((time.time() - wall) - (time.monotonic() - mono)) > self.JUMP:
                    log.warning("wall_clock_jumped")
                    self._arm()
                wall, mono = time.time(), time.monotonic()
        finally:
            self._scheduler.shutdown(wait=False)

    def _arm(self) -> None:
        for tick in self._ticks:
            self._scheduler.add_job(
                _safely,
                "interval",
                (tick,),
                seconds=tick.seconds,
                id=tick.name,
                replace_existing=True,
            )


async def _safely(tick: Tick) -> None:
    try:
        await tick.run()
    except Exception as error:
        log.error("tick_failed", tick=tick.name, error=type(error).__name__)
