"""The real bot and the local Bot API server as processes, and a town to play with them.

``Stage`` owns a data folder and everything that runs on it; ``Crowd`` plays many residents, each
of whom waits for the bot's answer before the next step.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from bot.sandbox.client import Town

TOKEN = "123456:sandbox-token-aaaaaaaaaaaaaaaaaaaaaa"
FULL = bool(os.environ.get("HUYING_FULL"))
ROOT = Path(__file__).resolve().parents[2]
_STARTING = 40.0
"""Seconds within which the bot must be ready, on however busy a machine."""
GRID_GROUP = -1_000_000_101
HUB_GROUP = -1_000_000_102
EMERGENCY_GROUP = -1_000_000_103
_CHANNELS = {GRID_GROUP: "QS-CZ-3", HUB_GROUP: "QS-HUB", EMERGENCY_GROUP: "CD-HUB"}
_ADMIN = 4001
_FIRST_UPDATE = 700_000_001


class Stage:
    """One data folder, one server, and the bot that is started and killed on them."""

    def __init__(self, folder: Path, url: str, **settings: str) -> None:
        self.data = folder / "data"
        self.url = url
        self.town = Town(url)
        self.log = folder / "bot.log"
        self.bot: subprocess.Popen[bytes] | None = None
        self.health = f"127.0.0.1:{_free_port()}"
        clean = {k: v for k, v in os.environ.items() if not k.startswith("HUYING_")}
        self.env = clean | {
            "HUYING_TOKEN": TOKEN,
            "HUYING_API_URL": url,
            "HUYING_DATA_DIR": str(self.data),
            "HUYING_HTTP": self.health,
            **settings,
        }

    def spawn(self, **more: str) -> subprocess.Popen[bytes]:
        """Start a bot process, ready or not."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                env=self.env | more,
                cwd=self.data.parent,
                stderr=log,
                stdout=log,
            )

    async def start(self) -> float:
        """Start the bot; the seconds until it was ready."""
        begun = time.monotonic()
        self.bot = self.spawn()
        async with httpx.AsyncClient(trust_env=False) as http:
            while time.monotonic() - begun < _STARTING:
                if self.bot.poll() is not None:
                    raise RuntimeError(f"the bot ended: {self.log.read_text()[-2000:]}")
                with suppress(httpx.HTTPError):
                    answer = await http.get(f"http://{self.health}/readyz")
                    if answer.status_code == 200:
                        return time.monotonic() - begun
                await asyncio.sleep(0.05)
        raise TimeoutError("the bot is not ready")

    def kill(self) -> None:
        """``kill -9``, and wait for the corpse."""
        assert self.bot is not None
        self.bot.kill()
        self.bot.wait()
        self.bot = None

    def stop(self) -> None:
        """Ask the bot to end; insist after a while."""
        if self.bot is None:
            return
        self.bot.send_signal(signal.SIGTERM)
        try:
            self.bot.wait(10)
        except subprocess.TimeoutExpired:
            self.bot.kill()
            self.bot.wait()
        self.bot = None

    def cli(self, *words: str) -> str:
        """The command line's standard output. Raises when it fails."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "bot", *words],
            env=self.env,
            cwd=self.data.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{words}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds."""
        db = sqlite3.connect(self.data / "huying.db", timeout=30)
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def one(self, query: str, *values: Any) -> Any:
        """A single value."""
        return self.rows(query, *values)[0][0]

    async def until(
        self,
        condition: Callable[[], Any],
        seconds: float = 30,
        what: str = "",
    ) -> None:
        """Wait until the database says so."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {seconds:g} s: {what}")
            await asyncio.sleep(0.1)

    async def at_rest(self, seconds: float = 60) -> None:
        """Wait until every update is confirmed and handled, and nothing is left to send."""
        await self.town.settled(seconds)
        await self.until(
            lambda: (
                (
                    self.one("select count(*) from inbox where state = 'new'")
                    + self.one("select count(*) from outbox where state = 'queued'")
                    + self.one(
                        "select count(*) from timers where state = 'pending' and kind='album'"
                    )
                )
                == 0
            ),
            seconds,
            "inbox and outbox empty",
        )

    async def doubled(self) -> int:
        """Messages that came to be in a chat more often than the outbox has them sent."""
        events, _ = await self.town.events()
        came = sum(e["kind"] == "message" and e["from_bot"] for e in events)
        sent = "select count(*) from outbox where state = 'sent' and method like 'send%'"
        return int(came - self.one(sent))

    def in_flight(self) -> int:
        """Rows that a (dead) bot was sending."""
        return int(self.one(
            "select count(*) from outbox where state = 'queued' and lease_owner is not null"
        ))  # fmt: skip


def figures(**numbers: object) -> None:
    """Show what was measured, to whoever runs pytest with ``-s``."""
    sys.stdout.write("\n" + "  ".join(f"{name}={n}" for name, n in numbers.items()) + "\n")


@asynccontextmanager
async def stage(folder: Path, *, channels: bool = True, **settings: str) -> AsyncIterator[Stage]:
    """A server and a town with the demo directory; the bot is not started yet.

    With ``channels``, three groups are bound by an administrator as in real life.
    """
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: ASYNC220, S603
            [sys.executable, "-m", "tests.crash.sandbox", TOKEN, str(_FIRST_UPDATE)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    made: Stage | None = None
    try:
        assert server.stdout is not None
        url = await asyncio.to_thread(server.stdout.readline)
        made = Stage(folder, url.strip(), **settings)
        made.data.mkdir(parents=True, exist_ok=True)
        made.cli("directory", "import", "--demo")
        if channels:
            await _bind(made)
        yield made
    finally:
        if made is not None:
            made.stop()
            await made.town.http.aclose()
        server.terminate()
        server.wait(10)
        assert server.stdout is not None
        server.stdout.close()


async def _bind(made: Stage) -> None:
    await made.town.user("管理", id=_ADMIN)
    code = made.cli("invite", "--unit", "ROOT", "--role", "admin")
    codes = {g: made.cli("channel-code", "--unit", u) for g, u in _CHANNELS.items()}
    await made.town.start(_ADMIN, code)
    for group, channel_code in codes.items():
        await made.town.group(
            "频道", type="supergroup", id=group, members=[_ADMIN], bot="administrator"
        )
        await made.town.say(_ADMIN, f"/bind {channel_code}", chat=group)
    await made.start()
    await made.until(
        lambda: made.one("select count(*) from channels where state = 'alive'") == len(_CHANNELS),
        what="channels bound",
    )
    await made.at_rest()
    made.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


class Crowd:
    """Hears what the bot says in every chat, and lets residents wait for it."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self.random = random.Random(seed)
        self.heard: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.said: dict[int, float] = {}
        """Update id -> server's monotonic seconds."""
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Crowd:
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _listen(self) -> None:
        seen = 0
        while True:
            events, seen = await self.town.events(seen, 1.0)
            async with self._news:
                for event in events:
                    if event["kind"] == "message" and event["from_bot"]:
                        self.heard[event["chat"]].append(event)
                    elif event["kind"] == "update":
                        self.said[event["update_id"]] = event["at"]
                self._news.notify_all()
            # One look for many residents: a stream of single events would cost more than the bot.
            await asyncio.sleep(0.05)

    async def answer(
        self, user: int, words: str, after: int = 0, seconds: float = 60
    ) -> dict[str, Any]:
        """The first message of the bot to the user, beyond the first ``after`` ones heard, that
        contains the words."""

        def found() -> dict[str, Any] | None:
            fit = [m for m in self.heard[user][after:] if words in m["text"]]
            return fit[0] if fit else None

        await self._wait(user, found, seconds)
        message = found()
        assert message is not None
        return {"chat": {"id": user}, "message_id": message["message_id"], "text": message["text"]}

    async def until(
        self, user: int, condition: Callable[[list[str]], bool], seconds: float = 60
    ) -> None:
        """Wait until all that the user has heard fulfils the condition."""
        await self._wait(user, lambda: condition(self.texts(user)), seconds)

    def texts(self, user: int) -> list[str]:
        """All that the user has heard, in order."""
        return [m["text"] for m in self.heard[user]]

    async def _wait(self, user: int, condition: Callable[[], Any], seconds: float) -> None:
        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(condition), seconds)
            except TimeoutError:
                heard = [text[:40] for text in self.texts(user)]
                raise TimeoutError(f"user {user} waits in vain; heard {heard}") from None

    def count(self, user: int) -> int:
        """How many messages the user has heard so far."""
        return len(self.heard[user])


def undoubled(texts: list[str]) -> list[str]:
    """The texts without immediate repetitions: what a kill in mid-flight may double."""
    return [t for i, t in enumerate(texts) if i == 0 or t != texts[i - 1]]


def quantile(values: list[float], part: float) -> float:
    """The value that this part of all values does not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))]
