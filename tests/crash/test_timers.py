"""Two schedulers sweep one database, each with connections of its own: every timer fires once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.bootstrap import Core
from bot.i18n import Html
from bot.ports import Address, Timer
from bot.services import cards, timekeeping
from bot.services.work import Work
from bot.settings import Settings

TIMERS = 60


async def _tell(work: Work, timer: Timer) -> None:
    await cards.line(work, Address(int(timer.data["chat"])), Html("x"))


async def test_two_schedulers_fire_each_timer_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two sweeps at the same instant exactly one takes each timer, and its effect is one."""
    monkeypatch.setenv("HUYING_TOKEN", "123456:sandbox-token-aaaaaaaaaaaaaaaaaaaaaa")
    monkeypatch.setenv("HUYING_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setitem(timekeeping.KINDS, "test", _tell)
    settings = Settings(_env_file=None)
    one, two = Core.open(settings), Core.open(settings)
    try:
        await one.seed()
        due = datetime.now(UTC) - timedelta(seconds=1)
        async with one.work("test") as work:
            for i in range(TIMERS):
                await work.at(due, "test", "", str(i), chat=7000 + i)
        fired = await asyncio.gather(
            *(timekeeping.sweep(core.database, core.begin) for core in (one, two, one, two))
        )
        assert sum(fired) == TIMERS
        assert await timekeeping.sweep(two.database, two.begin) == 0
        async with one.database.read() as uow:
            rows = await uow.outbox.listed(["queued"], 10 * TIMERS)
        assert sorted(row.call.chat for row in rows) == [7000 + i for i in range(TIMERS)]
    finally:
        await one.database.close()
        await two.database.close()
