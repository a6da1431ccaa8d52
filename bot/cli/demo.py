"""demo: the real bot, a town, and a page of phones to play it with."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from starlette.applications import Starlette

from bot import logs
from bot.cli.demo_stage import DemoStage, demo_settings
from bot.errors import BadConfig, HuyingError
from bot.sandbox.client import Town
from bot.sandbox.clock import MovableClock
from bot.sandbox.folder import Folder, held
from bot.sandbox.server import create_app, listen, serve
from bot.sandbox.tour.cast import enter
from bot.sandbox.tour.day import Day
from bot.sandbox.tour.parts import Missed
from bot.sandbox.tour.times import ZONE
from bot.sandbox.tour.transcript import BOT
from bot.sandbox.troupe import TOKEN, Troupe, refuse_public

HOST = "127.0.0.1"
BEGIN = datetime(2026, 11, 20, 9, 30, tzinfo=ZONE)
"""Friday morning: a working day ahead, and a weekend behind it."""
_KEPT = 2.0
"""Seconds after which the town's time is written down again."""
_SETTING_UP = {
    "starting": "  the district is there; the bot starts",
    "running": "  people and groups come in, each by a code of their own",
}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("demo", epilog="Example: huying demo --fresh")(demo)


def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew.")] = False,
    port: Annotated[int, typer.Option(help="Port of the page, on 127.0.0.1.")] = 8620,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its town.")] = Path(
        "var/demo"
    ),
    speed: Annotated[
        float, typer.Option(min=0, help="Factor of the pauses in guided scenes; 0: none.")
    ] = 1.0,
) -> None:
    """Try everything out: the real bot in a made-up town, on a page of phones in the browser."""
    refuse_public(os.environ.get("HUYING_API_URL"), "the demo")
    logs.configure("ERROR")
    with listen(HOST, port) as sock, held(folder) as place:
        if fresh:
            place.empty()
        raise typer.Exit(asyncio.run(_until_stopped(place, sock, speed)))


async def _until_stopped(folder: Folder, sock: socket.socket, speed: float) -> int:
    task = asyncio.ensure_future(_play(folder, sock, speed))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        # Once only: a second Ctrl-C must not break off the clean end of the first.
        if not task.cancelling():
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Under nohup the end of the terminal is none of ours.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        tell("The demo has stopped. The next start goes on from here.")
    return 0


async def _play(folder: Folder, sock: socket.socket, speed: float) -> None:
    again = folder.populated
    if not again:
        folder.empty()
    clock = MovableClock(folder.clock)
    clock.set((folder.stopped_at() or clock.now()) if again else BEGIN)
    async with _served(folder, clock, sock) as app:
        world = app.state.world

        def news(kind: str, **body: Any) -> None:
            world.event(kind, **body)
            if kind == "bot" and not again and body["state"] in progress:
                tell(progress.pop(body["state"]))

        progress = dict(_SETTING_UP)
        async with Town(app.state.url) as town:
            troupe = Troupe(folder.path, app.state.url, town, clock, news, tell)
            settings = demo_settings(folder.path, app.state.url, TOKEN, clock.path)
            stage = app.state.stage = DemoStage(troupe, settings, news, tell, speed)
            keeping = asyncio.create_task(_keep_time(folder, clock))
            try:
                if again:
                    await _resume(troupe)
                else:
                    await _populate(troupe)
                    app.state.keeper.save()
                    folder.mark_populated()
                await stage.open()
                tell(f"The demo is ready: {app.state.url}  (Ctrl-C stops it)")
                await asyncio.get_running_loop().create_future()
            finally:
                keeping.cancel()
                await stage.close()
                await troupe.stop_bot()
                folder.write_now(clock.now())


@contextlib.asynccontextmanager
async def _served(
    folder: Folder, clock: MovableClock, sock: socket.socket
) -> AsyncIterator[Starlette]:
    """The Bot API server with the page, until the end of the block."""
    try:
        app = create_app(TOKEN, clock.now, state=folder.town, name=BOT)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise folder.unreadable() from None
    ready = asyncio.Event()
    serving = asyncio.create_task(serve(app, HOST, 0, ready, sock))
    await ready.wait()
    try:
        yield app
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def _populate(troupe: Troupe) -> None:
    tell("Setting up the demo town; this is done once and takes half a minute.")
    day = Day(troupe)
    try:
        await enter(day)
        await day.settle()
    except (Missed, HuyingError, TimeoutError) as error:
        told = (str(error), getattr(error, "chat", ""), troupe.log_tail(5))
        raise BadConfig(
            "\n".join(("the town could not be set up:", *filter(None, told)))
        ) from error
    tell(f"  {len(day.people)} people and {len(day.places)} groups are there")


async def _resume(troupe: Troupe) -> None:
    now = troupe.clock.now().astimezone(ZONE)
    tell(f"Going on where the demo stopped: {now:%A %Y-%m-%d %H:%M}.")
    await troupe.run_bot()


async def _keep_time(folder: Folder, clock: MovableClock) -> None:
    while True:
        folder.write_now(clock.now())
        await asyncio.sleep(_KEPT)


def tell(line: str) -> None:
    """A line on the terminal, at once; no harm when nobody reads it any more."""
    with contextlib.suppress(BrokenPipeError):
        print(line, flush=True)
