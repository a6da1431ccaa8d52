"""Figures that the project promises, measured at the door of a Bot API server of its own process.

In short form with less, in full (``make bench``) as promised. ``docs/measurements.md`` keeps the
results.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.load import UNLIMITED, committed, people, speak, statuses, timed
from tests.crash.harness import FULL, figures, quantile, stage

FIRST_MESSAGES = 2000 if FULL else 120
EMERGENCIES = 20 if FULL else 4
STEADY = 60 if FULL else 6
"""Seconds of fifty updates a second."""
SATURATED = 1500
PROMISED_RATE = 70
SEND_RATE = 30


@pytest.mark.slow
@pytest.mark.parametrize("rate", [SEND_RATE, 100_000] if FULL else [SEND_RATE])
async def test_a_burst_of_first_messages(tmp_path: Path, rate: int) -> None:
    """All first messages of ten seconds are answered, each once, never above the pace that
    Telegram allows; emergencies among them within two seconds."""
    async with stage(tmp_path, **UNLIMITED | {"HUYING_SEND_RATE": str(rate)}) as here:
        users = await people(here, FIRST_MESSAGES)
        step = FIRST_MESSAGES // EMERGENCIES
        urgent = set(users[step // 2 :: step])
        await here.start()
        span = 10 if FULL else 2
        heard = await speak(here, users, FIRST_MESSAGES / span, urgent, 240)
        first = heard.first()
        waits = [first[u] for u in urgent]
        figures(
            rate=rate, messages=len(users), seconds=f"{heard.seconds:.1f}",
            emergency_median=f"{quantile(waits, 0.5):.2f}", emergency_worst=f"{max(waits):.2f}",
            others_p95=f"{quantile([first[u] for u in users], 0.95):.1f}",
            busiest_second=heard.busiest(), statuses=dict(statuses(heard)),
        )  # fmt: skip
        assert set(first) == set(users)
        assert statuses(heard) == {200: len(heard.calls)}
        assert await here.doubled() == 0
        assert (
            here.rows("select state, count(*) from inbox where state != 'done' group by 1") == []
        )
        assert heard.busiest() <= rate
        assert len(waits) == EMERGENCIES
        assert max(waits) <= 2
        ordinary = [c["params"]["chat_id"] for c in heard.calls]
        assert all(ordinary.count(u) == 1 for u in users if u not in urgent)
        assert await here.town.violations() == []


@pytest.mark.slow
async def test_fifty_updates_a_second(tmp_path: Path) -> None:
    """At 50 updates a second, from update to committed outbox row and to sendMessage takes at
    most a second for 95 of 100; the bot is ready within four seconds."""
    async with stage(tmp_path, **UNLIMITED) as here:
        users = await people(here, 50 * STEADY)
        ready = await here.start()
        timed(here)
        heard = await speak(here, users, 50, set(), 120)
        sent, kept = list(heard.first().values()), committed(here, heard)
        figures(
            ready=f"{ready:.2f}", updates=len(users), kept_p50=f"{quantile(kept, 0.5):.3f}",
            kept_p95=f"{quantile(kept, 0.95):.3f}",
            sent_p50=f"{quantile(sent, 0.5):.3f}", sent_p95=f"{quantile(sent, 0.95):.3f}",
            sent_worst=f"{max(sent):.3f}",
        )  # fmt: skip
        assert len(sent) == len(kept) == len(users)
        assert quantile(kept, 0.95) <= 1
        assert quantile(sent, 0.95) <= 1
        assert ready < 4


@pytest.mark.slow
@pytest.mark.slow  # says little on a machine that does other work
async def test_sustained_rate(tmp_path: Path) -> None:
    """A backlog is handled, and answered, at the promised rate or faster."""
    async with stage(tmp_path, **UNLIMITED) as here:
        users = await people(here, SATURATED)
        await here.start()
        heard = await speak(here, users, SATURATED / 2, set(), 120)
        figures(updates=len(users), answered_per_second=f"{len(users) / heard.seconds:.0f}")
        assert set(heard.first()) == set(users)
        assert len(users) / heard.seconds >= PROMISED_RATE
