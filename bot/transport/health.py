"""Health, readiness and metrics on a local port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import logs

log = logs.get()
Counts = Callable[[], Awaitable[dict[str, int]]]


class _Server(uvicorn.Server):
    """Leaves signals to the bot."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield


class Health:
    """Says whether the bot lives, whether it is ready, and how much waits."""

    def __init__(self, counts: Counts) -> None:
        self.ready = False
        self._counts = counts
        self._registry = CollectorRegistry()
        self._rows = Gauge(
            "huying_rows", "Rows by queue and state", ["queue", "state"], registry=self._registry
        )

    def app(self) -> Starlette:
        """The web application."""
        return Starlette(
            routes=[
                Route("/healthz", self._live),
                Route("/readyz", self._ready),
                Route("/metrics", self._metrics),
            ]
        )

    async def serve(self, listen: str) -> None:
        """Serve until cancelled. A taken port is said plainly; the bot works on without."""
        host, _, port = listen.rpartition(":")
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, int(port)))
        except OSError as error:
            door.close()
            log.warning("health_port_taken", listen=listen, error=error.strerror)
            return
        config = uvicorn.Config(self.app(), log_config=None, access_log=False, lifespan="off")
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=[door]))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await running
            raise

    async def _live(self, _: Request) -> Response:
        return PlainTextResponse("ok")

    async def _ready(self, _: Request) -> Response:
        return PlainTextResponse("ready") if self.ready else PlainTextResponse("starting", 503)

    async def _metrics(self, _: Request) -> Response:
        for name, number in (await self._counts()).items():
            queue, _sep, state = name.partition(":")
            self._rows.labels(queue, state).set(number)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)
