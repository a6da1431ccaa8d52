"""kill -9 again and again under load: nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

from tests.crash import residents
from tests.crash.harness import FULL, Crowd, Stage, figures, stage, undoubled

USERS = 100 if FULL else 20
KILLS = 12 if FULL else 2
SPREAD = 55.0 if FULL else 8.0
"""Seconds over which the residents begin."""
LAST_KILL = 60
SEED = 20261121
FAST = {"HUYING_SEND_RATE": "1000", "HUYING_CHAT_RATE": "50", "HUYING_GROUP_RATE": "5000"}


async def test_killed_again_and_again_under_load(tmp_path: Path) -> None:
    """Killed two to six seconds after each start, the bot loses and doubles nothing that it did;
    a message doubles only if it was on its way at a kill, and its order in the chat holds."""
    users = [10_000 + i for i in range(USERS)]
    async with stage(tmp_path, **FAST) as here:
        people = [{"id": u, "first_name": "居民", "started": True} for u in users]
        await here.town.post("users", people)
        # Telegram's answer takes its time on a real network: the gap that a kill can fall into.
        await here.town.break_("slow", {"count": None, "after": True}, methods=["sendMessage"],
                               retry_after=0.06)  # fmt: skip
        async with Crowd(here.town, SEED) as crowd:
            lives = [asyncio.create_task(_later(crowd, u, i)) for i, u in enumerate(users)]
            everybody = asyncio.gather(*lives)
            kills, in_flight = await _kill(here, everybody)
            await everybody
            await here.start()
            await here.at_rest()
            await asyncio.sleep(0.5)
            heard = {user: crowd.texts(user) for user in users}
        await here.town.mend()
        here.stop()
        doubled = await here.doubled()
        figures(kills=kills, updates=len(_updates(here)), doubled=doubled, in_flight=in_flight)

        assert kills >= KILLS
        assert len(_updates(here)) >= USERS * residents.UPDATES
        assert {state for _, state in _updates(here)} == {"done"}
        assert 0 <= doubled <= in_flight
        for user, texts in heard.items():
            kinds = [residents.kind(text) for text in undoubled(texts)]
            assert kinds == ["first", "accepted", "where", "second", "accepted", "other"], (
                user,
                kinds,
            )
        given = [n for texts in heard.values() for n in {residents.number(t) for t in texts} if n]
        numbers = [row[0] for row in here.rows("select number from cases")]
        assert Counter(given) == Counter(numbers)
        assert len(numbers) == 2 * USERS
        received = here.rows(
            "select case_id, count(*) from events where kind = 'received' group by case_id"
        )
        assert sorted(count for _, count in received) == [1] * len(numbers)
        twice = "select case_id, seq, count(*) c from events group by case_id, seq having c > 1"
        assert here.rows(twice) == []
        repeated = (
            "select case_id, kind, data, count(*) c from events group by case_id, kind, data"
            " having c > 1"
        )
        assert here.rows(repeated) == []
        albums = here.rows("select state, count(*) from timers where kind = 'album' group by 1")
        assert albums == [("fired", len(range(0, USERS, 10)))]
        assert here.rows("select error from outbox where state = 'failed'") == []
        assert await here.town.violations() == []
        here.cli("audit", "verify")


def _updates(here: Stage) -> list[tuple[int, str]]:
    return here.rows("select update_id, state from inbox")  # type: ignore[return-value]


async def _later(crowd: Crowd, user: int, place: int) -> None:
    await asyncio.sleep(SPREAD * place / USERS)
    await residents.life(crowd, user, album=place % 10 == 0, twice=place % 4 == 1)


async def _kill(here: Stage, everybody: asyncio.Future[object]) -> tuple[int, int]:
    """Start and kill until everybody is content; kills, and messages on their way at a kill."""
    chance = random.Random(SEED)
    kills = in_flight = 0
    while kills < LAST_KILL and (kills < KILLS or not everybody.done()):
        await here.start()
        await asyncio.sleep(chance.uniform(2, 6 if FULL else 4))
        here.kill()
        kills += 1
        in_flight += here.in_flight()
    return kills, in_flight
