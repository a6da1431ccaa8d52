"""From a stored update to everything it causes, in one transaction per update (I2)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot import logs
from bot.ports import InboxRow, Store
from bot.services.work import Work

log = logs.get()
_AGAIN = (timedelta(seconds=1), timedelta(seconds=5))
"""Waits before the second and the third try; then the row is parked (within ten seconds)."""
_BATCH = 4


class InboxWorker:
    """Handles rows in order within a chat, emergencies first.

    ``handle`` does one update and returns only if somebody really handled it; ``lost`` is told,
    in a transaction of its own, of a row that was parked; ``after`` runs when all is committed.
    """

    def __init__(
        self,
        store: Store,
        begin: Callable[..., Awaitable[Work]],
        handle: Callable[[Work, InboxRow], Awaitable[None]],
        lost: Callable[[Work, InboxRow], Awaitable[None]],
        after: Callable[[Work], None],
    ) -> None:
        self._store = store
        self._begin = begin
        self._handle = handle
        self._lost = lost
        self._after = after
        self._arrived = asyncio.Event()

    def arrived(self) -> None:
        """Something new is in the inbox."""
        self._arrived.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._arrived.clear()
            try:
                busy = await self.once()
            except Exception as error:  # the database is away: wait, lose nothing
                log.error("inbox_failed", error=type(error).__name__)
                busy = False
                await asyncio.sleep(1)
            if not busy:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._arrived.wait(), 0.5)

    async def once(self) -> bool:
        """One round: whether there was anything to do."""
        async with self._store.read() as uow:
            now = (await self._begin(uow, "peek")).now
            rows = await uow.inbox.ready(now, _BATCH)
        for row_id in rows:
            await self.one(row_id)
        return bool(rows)

    async def one(self, row_id: int) -> None:
        """One update: done, or tried again later, or parked."""
        row: InboxRow | None = None
        try:
            async with self._store.write() as uow:
                row = await uow.inbox.take(row_id)
                if row is None:
                    return
                work = await self._begin(uow, f"in:{row.id}")
                await self._handle(work, row)
                await uow.inbox.done(row.id, work.now)
        except Exception as error:
            if row is None:
                raise
            await self._failed(row, error)
        else:
            self._after(work)

    async def _failed(self, row: InboxRow, error: Exception) -> None:
        tries = row.tries + 1
        parked = tries > len(_AGAIN)
        log.error(
            "update_failed",
            inbox=row.id,
            tries=tries,
            parked=parked,
            error=type(error).__name__,
            where=_where(error),
        )
        async with self._store.write() as uow:
            work = await self._begin(uow, f"lost:{row.id}")
            again = None if parked else work.now + _AGAIN[tries - 1]
            reason = f"{type(error).__name__} at {_where(error)}"
            await uow.inbox.failed(row.id, reason, again, tries)
        if parked:
            await self._tell(row)

    async def _tell(self, row: InboxRow) -> None:
        """Say that an update was parked; whether that works or not, it stays parked."""
        try:
            async with self._store.write() as uow:
                work = await self._begin(uow, f"parked:{row.id}")
                await self._lost(work, row)
        except Exception as error:
            log.error("parked_untold", inbox=row.id, error=type(error).__name__)
        else:
            self._after(work)


def _where(error: BaseException) -> str:
    """File and line of the error, without its message: that may hold what somebody wrote."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
