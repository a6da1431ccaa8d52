"""The local Bot API server in a process of its own: prints its address, serves until stopped.

A process of its own shares neither the bot's event loop nor the test's: what is measured at its
door is what Telegram would see. Arguments: token, first update id.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from bot.sandbox.server import create_app, serve


async def main(token: str, first_update: int) -> None:
    app = create_app(token, lambda: datetime.now(UTC))
    app.state.world.queue.next_id = first_update
    for log in (app.state.world.calls, app.state.world.events):
        log.keep = 1_000_000
    ready = asyncio.Event()
    server = asyncio.create_task(serve(app, "127.0.0.1", 0, ready))
    await ready.wait()
    print(app.state.url, flush=True)  # noqa: T201
    await server


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
