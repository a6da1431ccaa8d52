"""The one way out to the Bot API: python-telegram-bot's requests and errors, raw JSON results."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import Any

from telegram import Bot, InputFile
from telegram.request import BaseRequest, HTTPXRequest

from bot.services.post import BLANK

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
        files = {k: InputFile(blank_png(), "blank.png") for k, v in params.items() if v == BLANK}
        return await self._post(method, api_kwargs=params | files)


@cache
def blank_png() -> bytes:
    """A white picture of one pixel: what a photo becomes when it is taken away."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    )
