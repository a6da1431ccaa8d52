"""The sandbox over HTTP: Telegram's Bot API at ``/bot<token>/METHOD`` and
``/file/bot<token>/PATH``, the control door at ``/control/`` (see `control`), and the page of
phones at ``/`` (see `pages`).

`create_app` makes the application, `serve` runs it on a loopback address. One event loop, one
world, no locks: every call is answered between two awaits; only getUpdates, watching events and
the breaks ever wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import BadConfig
from bot.sandbox.control import control_routes
from bot.sandbox.door import BotDoor, answer
from bot.sandbox.guard import Guard, is_local, refusal
from bot.sandbox.model import ApiError, ControlError
from bot.sandbox.pages import page_routes
from bot.sandbox.stage import OffStage, Stage
from bot.sandbox.state import Keeper
from bot.sandbox.waiting import Bell
from bot.sandbox.world import World


def create_app(
    token: str,
    clock: Callable[[], datetime],
    username: str = "huying_bot",
    state: Path | None = None,
    stage: Stage | None = None,
    name: str = "",
) -> Starlette:
    """The application. ``clock`` gives aware instants; ``state`` is loaded now and kept up to
    date while the application runs; ``name`` is the bot's first name. ``app.state.world`` is the
    world behind it, ``app.state.stage`` what the page shows beside the chats: it may be set
    later. Raises OSError, ValueError, KeyError or TypeError for a state that cannot be read."""
    head = token.partition(":")[0]
    world = World(clock, int(head) if head.isdigit() else 8620, username, name=name)
    keeper = Keeper(world, state) if state else None
    if keeper:
        keeper.load()
    door = BotDoor(world, token)
    watchers = Bell()
    world.on_event = watchers.ring

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(keeper.run()) if keeper else None
        try:
            yield
        finally:
            if task and keeper:
                task.cancel()
                keeper.save()

    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", door.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", door.file, methods=["GET"]),
            *page_routes(world),
            *control_routes(world, watchers),
        ],
        middleware=[Middleware(Guard)],
        lifespan=lifespan,
        exception_handlers={
            404: lambda *_: answer(ApiError(404, "Not Found")),
            ControlError: _refuse,
        },
    )
    app.state.world = world
    app.state.stage = stage
    app.state.keeper = keeper
    app.state.door = door
    app.state.bells = (door.arrivals, watchers)
    app.state.url = None
    return app


def _refuse(_: Request, error: Exception) -> Response:
    return refusal(str(error), error.code if isinstance(error, OffStage) else "")


class _Server(uvicorn.Server):
    """Leaves signals to its caller, and lets waiting polls go before it stops."""

    def __init__(self, config: uvicorn.Config, app: Starlette, ready: asyncio.Event | None):
        super().__init__(config)
        self.app = app
        self.ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.ready:
            self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for bell in self.app.state.bells:
            bell.close()
        await super().shutdown(sockets)


def _protocol(door: BotDoor) -> type[asyncio.Protocol]:
    class Cuttable(H11Protocol):
        """Makes the connection of a request known, so that a break can cut it."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if self.client:
                door.transports[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            if self.client:
                door.transports.pop(self.client, None)
            super().connection_lost(exc)

    return Cuttable


def require_loopback(host: str) -> None:
    """Raises BadConfig unless the host is an address of this machine alone."""
    if not is_local(host):
        raise BadConfig(f"the sandbox listens only on a loopback address, not on {host}")


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to a loopback address; port 0 takes a free one. Raises BadConfig for
    another address, and for a port that is taken or may not be used."""
    require_loopback(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it, every answer
    # would wait forty milliseconds for an acknowledgement.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        # Bound sockets that listen are what a second one fails at.
        sock.listen(128)
    except (OSError, OverflowError) as error:
        sock.close()
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "is taken by another program" if taken else "cannot be used"
        raise BadConfig(f"port {port} {reason}; name another one with --port") from None
    return sock


async def serve(
    app: Starlette,
    host: str,
    port: int,
    ready: asyncio.Event | None = None,
    sock: socket.socket | None = None,
) -> None:
    """Run until cancelled, on the address or on a socket from `listen`. ``app.state.url`` tells
    the address before ``ready`` is set. Raises BadConfig as `listen` does."""
    sock = sock or listen(host, port)
    host, port = sock.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    app.state.url = f"http://{shown}:{port}"
    config = uvicorn.Config(
        app,
        http=_protocol(app.state.door),
        ws="none",
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config, app, ready)
    running = asyncio.create_task(server.serve(sockets=[sock]))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.should_exit = True
        await running
        raise
