"""Residents who all write at once: what was said when, and when the bot's answer came.

All instants are seconds of this machine's monotonic clock, as the server notes them.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.crash.harness import Stage

ORDINARY = ("翠竹路菜市场后门垃圾堆成山了，好几天没人收", "路灯不亮了")
EMERGENCY = "六栋楼道里好大煤气味，有人头晕"
UNLIMITED = {
    "HUYING_SEND_RATE": "100000",
    "HUYING_CHAT_RATE": "1000",
    "HUYING_GROUP_RATE": "100000",
}


@dataclass
class Heard:
    """What came of a load."""

    users: list[int]
    said: dict[int, float]
    """User -> when their message was an update."""
    calls: list[dict[str, Any]]
    """The sendMessage calls to these users, in order."""
    updates: dict[int, int]
    """Update id -> user."""
    seconds: float
    """From the first message until inbox and outbox were empty."""

    def first(self) -> dict[int, float]:
        """User -> seconds from their message to the first answer to them, at the server's door."""
        found: dict[int, float] = {}
        for call in self.calls:
            user = call["params"]["chat_id"]
            found.setdefault(user, call["at"] - self.said[user])
        return found

    def busiest(self) -> int:
        """The most messages (of any chat) that arrived within any one second."""
        times = [call["at"] for call in self.calls]
        most = start = 0
        for end, at in enumerate(times):
            while times[start] <= at - 1.0:
                start += 1
            most = max(most, end - start + 1)
        return most


async def people(here: Stage, number: int) -> list[int]:
    """New users who have pressed Start."""
    users = [20_000 + i for i in range(number)]
    await here.town.post(
        "users", [{"id": u, "first_name": "居民", "started": True} for u in users]
    )
    return users


def timed(here: Stage) -> None:
    """Have the database note when each update is done; the bot itself keeps no such instant."""
    with sqlite3.connect(here.data / "huying.db", timeout=30) as base:
        base.execute("create table if not exists timed (update_id integer, at text)")
        base.execute(
            "create trigger if not exists timing after update on inbox when new.state = 'done' "
            "begin insert into timed values (new.update_id, strftime('%Y-%m-%d %H:%M:%f','now'));"
            " end"
        )


async def speak(
    here: Stage, users: list[int], rate: float, urgent: set[int], patience: float
) -> Heard:
    """Every user says one thing, ``rate`` of them a second; wait until all is dealt with.

    Several are said in one request when the pace is high, as they would pile up at Telegram.
    """
    seen = (await here.town.events(2**53))[1]
    called = len(await here.town.calls())
    begun = time.monotonic()
    updates: dict[int, int] = {}
    at_once = max(1, round(rate / 25))
    for start in range(0, len(users), at_once):
        await asyncio.sleep(max(0.0, begun + start / rate - time.monotonic()))
        some = users[start : start + at_once]
        sayings = [
            {"user": u, "text": EMERGENCY if u in urgent else ORDINARY[u % len(ORDINARY)]}
            for u in some
        ]
        for user, answer in zip(some, await here.town.say_all(sayings), strict=True):
            updates[answer["update_ids"][0]] = user
    await here.at_rest(patience)
    seconds = time.monotonic() - begun
    events, _ = await here.town.events(seen)
    said = {updates[e["update_id"]]: e["at"] for e in events if e["kind"] == "update"}
    calls = [
        c for c in await here.town.calls("sendMessage", since=called)
        if c["params"]["chat_id"] in said
    ]  # fmt: skip
    return Heard(users, said, calls, updates, seconds)


def committed(here: Stage, heard: Heard) -> list[float]:
    """Seconds from each message to the commit of the answer's outbox row, at the latest.

    A trigger notes when a row was done (``timed``). The commit follows that instant, and the next
    transaction of that process cannot begin before: its instant is the upper bound.
    """
    shift = time.time() - time.monotonic()
    rows = here.rows("select update_id, at from timed order by at")
    times = [datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() - shift for _, at in rows]
    ends = [*times[1:], times[-1] + 1]
    return [
        min(end, at + 1) - heard.said[heard.updates[update]]
        for (update, _), at, end in zip(rows, times, ends, strict=True)
        if update in heard.updates
    ]


def statuses(heard: Heard) -> Counter[int]:
    """HTTP status -> calls."""
    return Counter(call["status"] for call in heard.calls)
