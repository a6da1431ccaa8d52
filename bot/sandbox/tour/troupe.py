"""The machinery behind the day: a Bot API server, the real bot as a process, and its clock.

Nothing of the operator's is touched: data, keys, token and settings are made for the day and
thrown away after it. The bot is the one that `huying run` starts, driven over HTTP alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

import bot
from bot.errors import BadConfig
from bot.sandbox.client import Town
from bot.sandbox.clock import MovableClock
from bot.sandbox.server import create_app, serve

TOKEN = "8620:tour-token-of-nobody-at-all-0000000000"  # noqa: S105
_READY = 60.0
"""Seconds within which the bot must say that it is ready."""
_REREAD = 1.05
"""The bot reads its clock file again after a second at most."""


class Troupe:
    """The bot's process and the tools around it. Make one with ``troupe``."""

    def __init__(self, folder: Path, url: str, town: Town, clock: MovableClock) -> None:
        self.folder = folder
        self.town = town
        self.clock = clock
        self.log = folder / "bot.log"
        self._port = _free_port()
        self._env = environment(folder, url, self._port, clock)
        self._process: asyncio.subprocess.Process | None = None

    async def run_bot(self) -> None:
        """Start the bot and wait until it is ready. Raises BadConfig with the end of its log."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=self.folder, env=self._env, stdin=-3,
                stdout=log, stderr=log,
            )  # fmt: skip
        end = time.monotonic() + _READY
        async with httpx.AsyncClient(trust_env=False) as http:
            while time.monotonic() < end and self._process.returncode is None:
                with contextlib.suppress(httpx.HTTPError):
                    answer = await http.get(f"http://127.0.0.1:{self._port}/readyz")
                    if answer.status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise BadConfig(f"the bot does not get ready: {self.log_tail(5)}")

    async def kill_bot(self) -> None:
        """SIGKILL: no farewell, no clean-up."""
        await self._end(kill=True)

    async def stop_bot(self) -> None:
        """Ask the bot to stop, and wait for it."""
        await self._end(kill=False)

    async def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill() if kill else process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def cli(self, *arguments: str) -> tuple[int, str]:
        """A command of the bot's: exit status and what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, cwd=self.folder, env=self._env,
            stdin=-3, stdout=-1, stderr=-1,
        )  # fmt: skip
        out, err = await process.communicate()
        text = out.decode().strip()
        return process.returncode or 0, text if text or not process.returncode else err.decode()

    async def set_clock(self, instant: datetime) -> None:
        """Move the town's time; returns when the bot has noticed."""
        self.clock.set(instant)
        await asyncio.sleep(_REREAD)

    def log_tail(self, lines: int) -> str:
        """The end of the bot's log, for a failure."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8").splitlines()[-lines:])


def environment(folder: Path, url: str, port: int, clock: MovableClock) -> dict[str, str]:
    """Everything that the bot gets to know: nothing of the operator's settings is passed on."""
    kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "TMPDIR") if k in os.environ}
    return kept | {
        "PYTHONPATH": str(Path(bot.__file__).parent.parent),
        "PYTHONUTF8": "1",
        "HOME": str(folder),
        "HUYING_TOKEN": TOKEN,
        "HUYING_API_URL": url,
        "HUYING_DATA_DIR": str(folder / "data"),
        "HUYING_KEYS": str(folder / "keys"),
        "HUYING_CLOCK": str(clock.path),
        "HUYING_HTTP": f"127.0.0.1:{port}",
        "HUYING_SEND_RATE": "500",
        "HUYING_CHAT_RATE": "100",
        "HUYING_GROUP_RATE": "5000",
    }


def refuse_public(address: str | None) -> None:
    """Raises BadConfig when a Bot API address is set that is not this machine's own."""
    host = urlsplit(address or "").hostname
    if not address or host == "localhost":
        return
    with contextlib.suppress(ValueError):
        if host and ipaddress.ip_address(host).is_loopback:
            return
    raise BadConfig(
        "the tour plays against a server of its own; unset HUYING_API_URL, which is not local"
    )


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
                one = Troupe(folder, app.state.url, town, clock)
                try:
                    yield one
                finally:
                    await one.stop_bot()
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
