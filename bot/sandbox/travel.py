"""Moving the clock the way time passes: through everything that is due on the way.

Whoever jumped over a weekend at once would see all of its reminders stamped with Monday. So the
clock stops at each instant at which the bot has something to do, until the bot has done it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.errors import HuyingError
from bot.sandbox.troupe import News, Troupe

MOST = 60
"""Stops on one way at most; what lies close together is passed in one of them."""
_MINUTE = timedelta(minutes=1)
_PATIENCE = 6.0
"""Seconds that one stop takes at most."""
_BREATH = 0.15
"""Seconds between two looks at whether the bot is done."""


class Travel:
    """Moves a troupe's clock.

    ``due`` gives the instants up to the given one for which the bot has set itself something;
    ``idle`` says whether it has nothing to do and nothing to send right now. The news are clock
    {now, moving, to, until, why?}; ``until`` is where the way ends, ``why`` is ``bot-stopped``
    when nobody was there to do anything.
    """

    def __init__(
        self,
        troupe: Troupe,
        due: Callable[[datetime], Awaitable[Sequence[datetime]]],
        idle: Callable[[], Awaitable[bool]],
        news: News,
    ) -> None:
        self._troupe = troupe
        self._due = due
        self._idle = idle
        self._news = news
        self._task: asyncio.Task[None] | None = None
        self.moving = False
        """Whether the clock is on its way."""

    def begin(self, target: datetime, to: str) -> None:
        """Set out for an instant, in the background; ``to`` is passed on with the news."""
        self.moving = True
        self._task = asyncio.create_task(self.go(target, to))

    async def stop(self) -> None:
        """Stay wherever the clock is now."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def go(self, target: datetime, to: str = "scene") -> None:
        """Go to an instant; returns when the bot has done what was due on the way. Cancelled, it
        leaves the clock where it is."""
        self.moving = True
        self._tell(to)
        why: dict[str, str] = {}
        try:
            with contextlib.suppress(HuyingError):  # no data to be read: straight to the target
                for _ in range(MOST):
                    stop = await self._next(target) if self._awake() else None
                    if stop is None:
                        break
                    await self._set(stop, to)
            if not self._awake():
                why = {"why": "bot-stopped"}
            await self._set(target, to)
        finally:
            self.moving = False
            self._tell(to, **why)

    def _awake(self) -> bool:
        return self._troupe.state == "running"

    async def _next(self, target: datetime) -> datetime | None:
        """The last of those instants ahead that are so close together that one stop will do."""
        now = self._troupe.clock.now()
        ahead = sorted({at for at in await self._due(target) if now < at < target})
        if not ahead:
            return None
        width = (target - now) / MOST if len(ahead) > MOST else _MINUTE
        return max(at for at in ahead if at - ahead[0] < max(width, _MINUTE))

    async def _set(self, instant: datetime, to: str) -> None:
        if instant > self._troupe.clock.now():
            self._troupe.clock.set(instant)
        self._tell(to)
        if not self._awake():
            return
        await self._troupe.noticed()
        end = time.monotonic() + _PATIENCE
        calm = 0
        with contextlib.suppress(HuyingError):
            while calm < 2 and self._awake() and time.monotonic() < end:
                calm = calm + 1 if await self._idle() else 0
                await asyncio.sleep(_BREATH)

    def _tell(self, to: str, **why: str) -> None:
        now = self._troupe.clock.now().isoformat()
        self._news("clock", now=now, moving=self.moving, to=to, **why)
