"""From a stored call to Telegram: leased, paced, sent, and only then done.

Delivery is at least once. A message doubles only if a crash, a time-out or a cut line falls
between Telegram's acceptance and our commit, because sendMessage knows no idempotency key.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot import logs
from bot.ports import OutboxRow, Store
from bot.services import delivery
from bot.services.work import Work
from bot.transport.pacing import Pacer

log = logs.get()
_LEASE = timedelta(seconds=45)
"""Longer than the longest request can take, so that a live sender never loses its row."""
_IN_FLIGHT = 24
_LONGEST_WAIT = 60
_BREATH = 0.02
"""Seconds between two rounds: what comes in meanwhile shares one transaction."""
_POISON = 8
"""A row that failed so often while others went through is the trouble itself."""
_SAME = ("message is not modified",)
_NO_MESSAGE = frozenset({"setMyCommands", "deleteMyCommands"})
"""Calls with a limit of their own, which may be hours: no message waits for it."""


@dataclass(frozen=True, slots=True)
class _Answer:
    row: OutboxRow
    result: Any = None
    error: TelegramError | None = None


class OutboxWorker:
    """Sends what the outbox holds, for ever."""

    def __init__(
        self,
        store: Store,
        call: Callable[[str, dict[str, Any]], Awaitable[Any]],
        pacer: Pacer,
        begin: Callable[..., Awaitable[Work]],
    ) -> None:
        self._store = store
        self._call = call
        self._pacer = pacer
        self._begin = begin
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
        self._wake = asyncio.Event()
        self._answers: list[_Answer] = []
        self._flying: set[asyncio.Task[None]] = set()
        self._mine: set[int] = set()
        self._worked_at = 0.0
        self._first_trouble: dict[int, float] = {}

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        async with self._store.write() as uow:
            await uow.outbox.release(_dead)
        while True:
            self._wake.clear()
            try:
                moved = await self.once()
            except Exception as error:  # the database is away: wait, lose nothing
                log.error("outbox_failed", error=type(error).__name__)
                moved = False
                await asyncio.sleep(1)
            if moved:
                await asyncio.sleep(_BREATH)
            else:
                pause = 0.25 if self._pacer.room() else min(self._pacer.wait(), 0.25)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), max(pause, 0.005))

    async def once(self, *, claim: bool = True) -> bool:
        """Settle the answers that came in and send what may go now; whether there was any."""
        answers, self._answers = self._answers, []
        room = min(_IN_FLIGHT - len(self._flying), self._pacer.spare())
        may_send = claim and room > 0 and self._pacer.room()
        if not answers and not (may_send and await self._waiting()):
            return False
        calls: list[OutboxRow] = []
        taken: list[int] = []
        try:
            async with self._store.write() as uow:
                work = await self._begin(uow, "out")
                for answer in answers:
                    await self._settle_alone(work, answer)
                if may_send:
                    lease = work.now + _LEASE
                    rows = await uow.outbox.claim(
                        self._owner, work.now, lease, room, self._taker(taken)
                    )
                    # After a leap of the clock a lease of our own may look expired.
                    for row in (row for row in rows if row.id not in self._mine):
                        filled = await self._fill(work, row)
                        if filled:
                            calls.append(filled)
        except BaseException:  # a cancelled round forgets no answer either
            self._answers = answers + self._answers
            for chat in taken:
                self._pacer.done(chat, sent=False)
            raise
        for row in calls:
            taken.remove(row.call.chat)
            self._mine.add(row.id)
            task = asyncio.create_task(self._send(row))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)
        for chat in taken:
            self._pacer.done(chat, sent=False)
        return bool(answers or calls)

    async def drain(self) -> None:
        """Wait for the requests under way, and settle them: for a clean stop and for tests."""
        while self._flying:
            await asyncio.wait(self._flying)
        if self._answers:
            await self.once(claim=False)

    def _taker(self, taken: list[int]) -> Callable[[int], bool]:
        def take(chat: int) -> bool:
            may = self._pacer.take(chat)
            if may:
                taken.append(chat)
            return may

        return take

    async def _waiting(self) -> bool:
        async with self._store.read() as uow:
            work = await self._begin(uow, "peek")
            return await uow.outbox.waiting(work.now)

    async def _send(self, row: OutboxRow) -> None:
        try:
            result = await self._call(row.call.method, row.call.params)
            self._answers.append(_Answer(row, result))
        except TelegramError as error:
            self._answers.append(_Answer(row, error=error))
        except Exception as error:  # a call of a shape that cannot even be written down
            self._answers.append(_Answer(row, error=TelegramError(type(error).__name__)))
        finally:
            self._pacer.done(row.call.chat)
            self._wake.set()

    async def _fill(self, work: Work, row: OutboxRow) -> OutboxRow | None:
        try:
            async with work.uow.nested():
                return await delivery.fill(work, row)
        except Exception as error:
            log.error("filling_failed", outbox=row.id, error=type(error).__name__)
            await work.uow.outbox.failed(row.id, type(error).__name__, work.now)
            return None

    async def _settle_alone(self, work: Work, answer: _Answer) -> None:
        """Settle one answer; when what follows from it fails, the others are settled still."""
        row = answer.row
        work.origin, work.serial = f"out:{row.id}:{row.tries}", 0
        try:
            async with work.uow.nested():
                await self._settle(work, answer)
        except Exception as error:
            log.error("settling_failed", outbox=row.id, error=type(error).__name__)
            if answer.error is None:
                await work.uow.outbox.sent(row.id, work.now)
            else:
                await work.uow.outbox.failed(row.id, type(error).__name__, work.now)
        self._mine.discard(row.id)

    async def _settle(self, work: Work, answer: _Answer) -> None:
        row, error = answer.row, answer.error
        outbox = work.uow.outbox
        if error is None or (isinstance(error, BadRequest) and _is_same(error)):
            self._worked_at = time.monotonic()
            self._first_trouble.pop(row.id, None)
            await outbox.sent(row.id, work.now)
            await delivery.sent(work, row, answer.result)
            return
        # BadRequest and TimedOut are NetworkErrors too: the narrow ones are asked first.
        if isinstance(error, RetryAfter):
            seconds = _seconds(error)
            if row.call.method not in _NO_MESSAGE:
                self._pacer.hold(seconds, row.call.chat)
            await outbox.again(row.id, "429", work.now + timedelta(seconds=seconds))
        elif isinstance(error, ChatMigrated):
            await delivery.migrated(work, row.call.chat, error.new_chat_id)
            await outbox.again(row.id, "migrated", work.now)
        elif isinstance(error, Forbidden | BadRequest):
            await outbox.failed(row.id, _reason(error), work.now)
            await delivery.failed(work, row, _reason(error))
        elif isinstance(error, InvalidToken) and row.tries >= 2:
            await outbox.failed(row.id, "the method or the token was refused", work.now)
        elif self._poison(row):
            await outbox.failed(row.id, type(error).__name__, work.now)
            await delivery.failed(work, row, type(error).__name__)
        else:
            wait = min(2.0 ** min(row.tries, 10), _LONGEST_WAIT)
            self._first_trouble.setdefault(row.id, time.monotonic())
            await outbox.again(row.id, type(error).__name__, work.now + timedelta(seconds=wait))
        log.warning(
            "call_failed",
            outbox=row.id,
            method=row.call.method,
            tries=row.tries + 1,
            error=_reason(error),
        )

    def _poison(self, row: OutboxRow) -> bool:
        """Whether this row keeps failing although the way to Telegram is open."""
        since = self._first_trouble.get(row.id)
        return since is not None and row.tries >= _POISON and self._worked_at > since


def _is_same(error: BadRequest) -> bool:
    return any(words in error.message.lower() for words in _SAME)


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _reason(error: TelegramError) -> str:
    """Telegram's own words: they never quote what was sent."""
    return f"{type(error).__name__}: {error.message}"[:200]


def _dead(owner: str) -> bool:
    """Whether a lease's owner was a process of this machine that has ended."""
    host, pid, _ = owner.rsplit(":", 2)
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
