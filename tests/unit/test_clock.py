"""The time: the machine's, or a rehearsal's."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.adapters.clock import FileClock, SystemClock
from bot.errors import BadConfig
from scheduler.ticks import Tick, Ticker

INSTANT = "2026-11-20T09:30:00+08:00"


def test_the_machines_time_is_aware() -> None:
    """I8: UTC, never naive."""
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_file_sets_the_time_and_it_runs_on(tmp_path: Path) -> None:
    """The instant counts from when the file was written, so a restart does not turn it back."""
    path = tmp_path / "clock"
    path.write_text(INSTANT)
    written = datetime.now(UTC).timestamp() - 3600
    os.utime(path, (written, written))
    expected = datetime.fromisoformat(INSTANT) + timedelta(hours=1)
    for _ in range(2):
        now = FileClock(path).now()
        assert abs(now - expected) < timedelta(seconds=10)
        assert now.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "2026-11-20T09:30:00"])
def test_a_file_without_an_instant_is_refused(tmp_path: Path, text: str) -> None:
    """A wrong file, or an instant without an offset, ends in one sentence."""
    path = tmp_path / "clock"
    path.write_text(text)
    with pytest.raises(BadConfig, match="HUYING_CLOCK"):
        FileClock(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A clock that is not there is said plainly."""
    with pytest.raises(BadConfig, match="is not there"):
        FileClock(tmp_path / "none")


async def test_a_tick_that_fails_is_tried_again() -> None:
    """One bad sweep does not stop the sweeping."""
    again = asyncio.Event()
    tries: list[int] = []

    async def sweep() -> None:
        tries.append(1)
        if len(tries) > 1:
            again.set()
        raise RuntimeError("the database is away")

    running = asyncio.create_task(Ticker((Tick("sweep", 0.01, sweep),)).run())
    await asyncio.wait_for(again.wait(), 5)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_ticks_are_armed_again_when_the_wall_clock_jumps_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """APScheduler reckons in wall time; the watchdog counts monotonic seconds and notices."""
    ticker = Ticker((Tick("sweep", 0.05, _nothing),))
    ticker.WATCH = 0.01  # type: ignore[misc]
    wall = SimpleNamespace(time=time.time, monotonic=time.monotonic)
    monkeypatch.setattr("scheduler.ticks.time", wall)
    armed = asyncio.Event()
    running = asyncio.create_task(ticker.run())
    await asyncio.sleep(0)
    job = ticker._scheduler.get_job("sweep")
    job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=8))
    ticker._ticks = (*ticker._ticks, Tick("sign", 0.01, _sign(armed)))
    wall.time = lambda: time.time() - 8 * 3600
    await asyncio.wait_for(armed.wait(), 5)
    due = ticker._scheduler.get_job("sweep").next_run_time
    assert due < datetime.now(UTC) + timedelta(minutes=1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def _nothing() -> None:
    return None


def _sign(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def sign() -> None:
        event.set()

    return sign
