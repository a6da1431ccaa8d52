"""The machinery behind the tour and the demo: the real bot as a process, and its clock.

The bot is the one that ``huying run`` starts, driven over HTTP alone. Nothing of the operator's
is touched: data, keys, token and settings are those of a folder of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

import bot
from bot.errors import BadConfig
from bot.sandbox.client import Town
from bot.sandbox.clock import MovableClock
from bot.sandbox.guard import is_local

TOKEN = "8620:tour-token-of-nobody-at-all-0000000000"  # noqa: S105
_READY = 60.0
"""Seconds within which the bot must say that it is ready."""
_REREAD = 1.05
"""The bot reads its clock file again after a second at most."""
_FAREWELL = 15.0
"""Seconds for a clean stop; then the bot is killed."""

News = Callable[..., None]
"""``news(kind, **body)``: `bot.sandbox.world.World.event`."""


class Troupe:
    """The bot's process and the tools around it, in a folder.

    ``news`` hears of every change: bot {state: running|starting|stopped, kills, died?} and clock
    {now, moving}. ``died`` is called with a sentence when the bot ends though nobody asked.
    """

    def __init__(
        self,
        folder: Path,
        url: str,
        town: Town,
        clock: MovableClock,
        news: News = lambda *_, **__: None,
        died: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder = folder
        self.town = town
        self.clock = clock
        self.log = folder / "bot.log"
        self.state = "stopped"
        self.kills = 0
        self.up = asyncio.Event()
        """Set while the bot runs."""
        self._url = url
        self._news = news
        self._died = died
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._leaving: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def run_bot(self) -> None:
        """Start the bot unless it runs, and wait until it is ready. Raises BadConfig with the
        end of its log."""
        async with self._starting:
            if self._process is not None:
                return
            if self._leaving is not None:
                await self._leaving.wait()
            self._tell("starting")
            port = _free_port()
            with self.log.open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot.sandbox.ward", "run",
                    cwd=self.folder, env=environment(self.folder, self._url, port, self.clock),
                    stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log,
                    # Ctrl-C in the terminal is ours; the bot is stopped in its turn.
                    start_new_session=True,
                )  # fmt: skip
            self._process = process
            if await _answers(process, port) and self._process is process:
                self._watcher = asyncio.create_task(self._watch(process))
                self._tell("running")
                return
            asked = self._process is not process
            await self._end(kill=True)
            self._tell("stopped")
        if not asked:
            raise BadConfig(f"the bot does not get ready: {self.log_tail(5)}")
        raise BadConfig("the bot was stopped before it was ready")

    async def kill_bot(self) -> None:
        """SIGKILL: no farewell, no clean-up."""
        if self._process is not None:
            self.kills += 1
        await self._end(kill=True)

    async def stop_bot(self) -> None:
        """Ask the bot to stop, and wait for it."""
        await self._end(kill=False)

    async def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        self._leaving = process
        with contextlib.suppress(ProcessLookupError):
            process.kill() if kill else process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _FAREWELL)
        except TimeoutError:
            process.kill()
            await process.wait()
        if not self._starting.locked():
            self._tell("stopped")

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        if self._process is process:  # nobody asked it to end
            self._process = None
            self._tell("stopped", died=True)
            self._died(f"the bot ended by itself (status {code}): {self.log_tail(3)}")

    def _tell(self, state: str, **more: Any) -> None:
        self.state = state
        if state == "running":
            self.up.set()
        else:
            self.up.clear()
        self._news("bot", state=state, kills=self.kills, **more)

    async def cli(self, *arguments: str) -> tuple[int, str]:
        """A command of the bot's: exit status and what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, cwd=self.folder,
            env=environment(self.folder, self._url, 1, self.clock),
            stdin=-3, stdout=-1, stderr=-1,
        )  # fmt: skip
        out, err = await process.communicate()
        text = out.decode().strip()
        return process.returncode or 0, text if text or not process.returncode else err.decode()

    async def set_clock(self, instant: datetime, **more: Any) -> None:
        """Move the town's time; returns when the bot has noticed. ``more`` goes into the news."""
        self.clock.set(instant)
        self._news("clock", **({"now": instant.isoformat(), "moving": False} | more))
        await self.noticed()

    @staticmethod
    async def noticed() -> None:
        """Wait until the bot has read its clock again."""
        await asyncio.sleep(_REREAD)

    def log_tail(self, lines: int) -> str:
        """The end of the bot's log, for a failure."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])


async def _answers(process: asyncio.subprocess.Process, port: int) -> bool:
    """Whether the bot says in time that it is ready, before it ends."""
    end = time.monotonic() + _READY
    async with httpx.AsyncClient(trust_env=False) as http:
        while time.monotonic() < end and process.returncode is None:
            with contextlib.suppress(httpx.HTTPError):
                answer = await http.get(f"http://127.0.0.1:{port}/readyz")
                if answer.status_code == 200:
                    return True
            await asyncio.sleep(0.05)
    return False


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


def refuse_public(address: str | None, what: str) -> None:
    """Raises BadConfig when a Bot API address is set that is not this machine's own; ``what``
    (the tour, the demo) would play against it."""
    if address and not is_local(urlsplit(address).hostname or ""):
        raise BadConfig(
            f"{what} plays against a server of its own; unset HUYING_API_URL, which is not local"
        )


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
