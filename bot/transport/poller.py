"""Long polling: a batch is committed to the inbox, and only then is it confirmed (I1)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError

from bot import logs
from bot.errors import BadConfig
from bot.ports import Clock, Store
from bot.transport.addressed import KINDS, addressed, chat_of, text_of
from bot.transport.api import LONG_POLL

log = logs.get()
_BREATH = 0.02
"""Seconds before the next request: what arrives meanwhile shares one request and one commit."""
_CONFLICTS = 3
"""A killed bot's last request may linger; after this many refusals there is a second bot."""
_SETTLED = 60.0
_PATIENCE = 20
"""A bot that has polled for a minute was here first: it is the newcomer who gives way."""


class Poller:
    """Reads updates for ever."""

    def __init__(
        self,
        call: Callable[[str, dict[str, Any]], Awaitable[Any]],
        store: Store,
        clock: Clock,
        *,
        bot_id: int,
        username: str,
        urgent: Callable[[str], bool],
        arrived: Callable[[], None],
    ) -> None:
        self._call = call
        self._store = store
        self._clock = clock
        self._bot_id = bot_id
        self._username = username
        self._urgent = urgent
        self._arrived = arrived
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled. Raises BadConfig when another bot polls with this token."""
        pause, conflicts, begun = 0.5, 0, time.monotonic()
        while True:
            try:
                await self.once(LONG_POLL)
                pause, conflicts = 0.5, 0
                await asyncio.sleep(_BREATH)
            except Conflict:
                conflicts += 1
                settled = time.monotonic() - begun > _SETTLED
                if conflicts > (_PATIENCE if settled else _CONFLICTS):
                    raise BadConfig(
                        "another process polls with this token; stop it first"
                    ) from None
                await asyncio.sleep(3)
            except InvalidToken:
                raise BadConfig("Telegram refuses HUYING_TOKEN") from None
            except TelegramError as error:
                log.warning("polling_failed", error=type(error).__name__, again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10)
            except Exception as error:  # the database is away: nothing was confirmed
                log.error("inbox_not_kept", error=type(error).__name__, again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10)

    async def once(self, timeout: int = 0) -> int:  # noqa: ASYNC109
        """One request: how many updates it brought.

        The offset comes only from this run's answers: after an idle week update ids restart at a
        random number, and an old offset would then wait for ever.
        """
        params: dict[str, Any] = {"timeout": timeout, "limit": 100, "allowed_updates": [*KINDS]}
        if self._offset is not None:
            params["offset"] = self._offset
        batch = await self._call("getUpdates", params)
        if not isinstance(batch, list):
            raise TelegramError("getUpdates did not answer with a list")
        known = [raw for raw in batch if isinstance(raw, dict) and _id(raw) is not None]
        await self.keep(known)
        if known:
            self._offset = max(_id(raw) or 0 for raw in known) + 1
        elif batch:
            log.error("updates_without_id", count=len(batch))
            await asyncio.sleep(1)
        return len(batch)

    async def keep(self, batch: list[dict[str, Any]]) -> None:
        """Commit what is meant for us. The webhook would come in by this door too."""
        rows = [
            (_id(raw) or 0, str(chat_of(raw)), 0 if self._urgent(text_of(raw)) else 1, raw)
            for raw in batch
            if addressed(raw, self._bot_id, self._username)
        ]
        if rows:
            async with self._store.write() as work:
                await work.inbox.store(self._bot_id, rows, self._clock.now())
            self._arrived()


def _id(raw: dict[str, Any]) -> int | None:
    number = raw.get("update_id")
    return number if isinstance(number, int) and not isinstance(number, bool) else None
