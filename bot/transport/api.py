"""The one way out to the Bot API: python-telegram-bot's requests and errors, raw JSON results."""

from __future__ import annotations

from typing import Any

from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

LONG_POLL = 25
"""Seconds that Telegram may hold a getUpdates request open."""


class BotApi(Bot):
    """A bot whose calls are data: method name and parameters in, JSON out.

    Raises the errors of ``telegram.error``. Updates are read raw, because one that the library
    cannot parse would make it lose the whole batch.
    """

    def __init__(
        self,
        token: str,
        api_url: str,
        proxy: str | None = None,
        request: BaseRequest | None = None,
    ) -> None:
        super().__init__(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=request
            or HTTPXRequest(
                connection_pool_size=64,
                proxy=proxy,
                connect_timeout=5,
                read_timeout=10,
                write_timeout=10,
                pool_timeout=10,
            ),
            get_updates_request=request
            or HTTPXRequest(
                connection_pool_size=2, proxy=proxy, connect_timeout=5, read_timeout=LONG_POLL + 10
            ),
        )

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """One call. Returns Telegram's ``result``."""
        return await self._post(method, api_kwargs=dict(params))
