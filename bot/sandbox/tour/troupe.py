"""The tour's own stage: a Bot API server, the bot and a clock, thrown away after the day."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from bot.sandbox.client import Town
from bot.sandbox.clock import MovableClock
from bot.sandbox.server import create_app, serve
from bot.sandbox.troupe import TOKEN, Troupe


@contextlib.asynccontextmanager
async def troupe(begin: datetime) -> AsyncIterator[Troupe]:
    """A town of its own in a folder of its own; all of it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="huying-tour-") as name:
        folder = Path(name)
        clock = MovableClock(folder / "clock")
        clock.set(begin)
        app = create_app(TOKEN, clock.now)
        ready = asyncio.Event()
        serving = asyncio.create_task(serve(app, "127.0.0.1", 0, ready))
        await ready.wait()
        try:
            async with Town(app.state.url) as town:
                one = Troupe(folder, app.state.url, town, clock, app.state.world.event)
                try:
                    yield one
                finally:
                    await one.stop_bot()
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving
