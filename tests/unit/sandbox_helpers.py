"""A sandbox without a socket, and a bot's hands in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.sandbox.client import Town
from bot.sandbox.server import create_app

TOKEN = "8620:TEST"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class Hands:
    """Calls methods as a bot does; keyword arguments go out as a JSON body."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def __call__(self, method: str, **params: Any) -> Any:
        """The result of a call that must succeed."""
        body = (await self.http.post(f"/bot{TOKEN}/{method}", json=params)).json()
        assert body["ok"], body
        return body["result"]

    async def fails(self, method: str, **params: Any) -> tuple[int, str]:
        """Code and description of a call that must fail, the HTTP status being the same."""
        response = await self.http.post(f"/bot{TOKEN}/{method}", json=params)
        body = response.json()
        assert not body["ok"], body
        assert response.status_code == body["error_code"]
        return body["error_code"], body["description"]

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        return await self("getUpdates", **params)


def make_app(state: Path | None = None) -> Starlette:
    return create_app(TOKEN, lambda: NOON, state=state)


@asynccontextmanager
async def over_asgi(app: Starlette) -> AsyncIterator[tuple[Town, Hands]]:
    transport = httpx.ASGITransport(app)
    async with (
        Town(transport=transport) as town,
        httpx.AsyncClient(transport=transport, base_url="http://town") as http,
    ):
        yield town, Hands(http)
