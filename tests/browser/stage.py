"""The real ``huying demo`` as a process, for tests that look at it from outside."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POISON = {
    "HUYING_TOKEN": "1:of-the-operator",
    "HUYING_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/live",
    "HUYING_LOCALE": "en",
    "HUYING_SECRETS_DIR": "/nowhere",
}
"""An operator's settings, which no demo may notice."""
PATIENCE = 120.0
"""Seconds for a demo to get ready on a busy machine."""
_READY = re.compile(r"The demo is ready: (http://127\.0\.0\.1:\d+)")


@dataclass
class Demo:
    """A demo that runs. ``lines`` is everything that it has printed so far."""

    process: asyncio.subprocess.Process
    url: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """What stood on the terminal."""
        return "".join(self.lines)

    async def until(self, predicate: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait for something. Raises TimeoutError with what was printed."""
        end = time.monotonic() + seconds
        while not predicate():
            if time.monotonic() > end:
                raise TimeoutError(self.said)
            await asyncio.sleep(0.02)

    async def stop(self, number: int = signal.SIGINT) -> int:
        """Send it a signal (Ctrl-C) and wait for its end; the exit status."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 30)

    def children(self) -> list[int]:
        """The processes that it has started and that live."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in found.read_text(encoding="ascii").split()]


def lives(pid: int) -> bool:
    """Whether there is such a process, other than one that only waits to be reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@contextlib.asynccontextmanager
async def started(folder: Path, *options: str, port: int = 0) -> AsyncIterator[Demo]:
    """``huying demo`` in that folder, on a free port; it may not be ready yet."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--folder", str(folder),
        "--port", str(port), *options,
        cwd=folder.parent, env=os.environ | POISON | {"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    demo = Demo(process)
    reading = asyncio.create_task(_read(demo))
    try:
        yield demo
    finally:
        try:
            await demo.stop()
        except TimeoutError:
            process.kill()
            await process.wait()
        await reading


@contextlib.asynccontextmanager
async def demo(folder: Path, *options: str) -> AsyncIterator[Demo]:
    """The same, once the page is there: its address is ``url``."""
    async with started(folder, *options) as one:
        await one.until(lambda: one.url or one.process.returncode is not None)
        assert one.url, one.said
        yield one


async def _read(demo: Demo) -> None:
    assert demo.process.stdout is not None
    async for line in demo.process.stdout:
        demo.lines.append(line.decode())
        if found := _READY.search(demo.lines[-1]):
            demo.url = found[1]


def populated(factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo whose town is complete, and which is stopped: copy it. It is made
    once for all workers of a test run."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = base / "populated-demo"
    with (base / "populated-demo.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "populated").exists():
            asyncio.run(_populate(folder))
    return folder


async def _populate(folder: Path) -> None:
    async with demo(folder) as one:
        assert "Setting up" in one.said
        assert await one.stop() == 0, one.said
