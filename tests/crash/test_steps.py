"""Single crashes at chosen moments: at each step of a dialog, between sending and commit, two
bots on one database, and a database that cannot be written."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from bot.sandbox.client import labels
from tests.crash.harness import FULL, Crowd, stage
from tests.crash.residents import FIRST, PLACE, SECOND, number

FAST = {"HUYING_SEND_RATE": "1000", "HUYING_CHAT_RATE": "50", "HUYING_GROUP_RATE": "5000"}
STEPS = (
    ("say", SECOND, "在哪里"),
    ("say", PLACE, "提交"),
    ("tap", "匿名", "谁也查不出是您"),
    ("tap", "改地点", "在哪里"),
    ("say", PLACE, "提交"),
    ("tap", "提交", "已受理"),
)
"""What the resident does, and what the bot's next message shows."""
SHORT = (*STEPS[:3], STEPS[-1])


async def test_killed_at_every_step_of_a_dialog(tmp_path: Path) -> None:
    """A dialog goes on where it was, whether the kill fell before or after a step was handled."""
    delays = (0.0, 0.03, 0.3) if FULL else (0.0,)
    async with stage(tmp_path, channels=False, **FAST) as here:
        town = here.town
        for user, delay in enumerate(delays, 5001):
            await town.user("居民", id=user)
            seen = 0
            await here.start()
            for what, words, answer in STEPS if FULL else SHORT:
                if what == "say":
                    await town.say(user, words)
                else:
                    await town.tap_label(user, await town.wait_message(user, words), words)
                await asyncio.sleep(delay)
                here.kill()
                await here.start()
                message = await town.wait_message(user, answer, after=seen, timeout=15)
                seen = message["message_id"]
            await here.at_rest()
            here.stop()
            texts = [m["text"] for m in await town.messages(user) if m["from_bot"]]
            assert len({number(t) for t in texts} - {None}) == 1
        assert here.one("select count(*) from cases") == len(delays)
        assert here.one("select count(*) from cases where anonymous") == len(delays)
        assert here.one("select count(*) from events where kind = 'received'") == len(delays)


async def test_killed_between_acceptance_and_commit(tmp_path: Path) -> None:
    """A message that Telegram took, and whose answer the bot did not live to keep, comes twice:
    that one only, and the act behind it happened once."""
    async with stage(tmp_path, channels=False, **FAST) as here:
        town, user = here.town, 5001
        await town.user("居民", id=user)
        await here.start()
        await town.say(user, FIRST)
        preview = await town.wait_message(user, "提交")
        await here.at_rest()
        await town.break_("slow", after=True, retry_after=20, methods=["sendMessage"])
        await town.tap_label(user, preview, "提交")
        await town.wait_message(user, "已受理")
        here.kill()
        assert here.in_flight() == 1
        await here.start()
        await here.at_rest()
        here.stop()
        texts = [m["text"] for m in await town.messages(user) if m["from_bot"]]
        assert [bool(number(t)) for t in texts] == [False, True, True]
        assert texts[1] == texts[2]
        assert await here.doubled() == 1
        assert here.one("select count(*) from cases") == 1


async def test_cut_lines_double_only_what_was_taken(tmp_path: Path) -> None:
    """A line cut after acceptance doubles one message; cut before it, none."""
    async with stage(tmp_path, channels=False, **FAST) as here:
        town, users = here.town, range(5001, 5011)
        await town.post("users", [{"id": u, "first_name": "居民", "started": True} for u in users])
        await town.break_("cut", after=True, count=3, methods=["sendMessage"])
        await town.break_("cut", count=3, methods=["sendMessage"])
        await here.start()
        for user in users:
            await town.say(user, FIRST)
        await here.at_rest()
        here.stop()
        assert await here.doubled() == 3
        for user in users:
            assert [m for m in await town.messages(user) if "提交" in "".join(labels(m))]


async def test_an_update_is_confirmed_only_after_its_row_is_committed(tmp_path: Path) -> None:
    """While the database cannot be written nothing is confirmed; a bot killed then loses nothing.

    A new run asks without an offset, and what it has already is recognised.
    """
    async with stage(tmp_path, channels=False, **FAST) as here:
        town, user = here.town, 5001
        await town.user("居民", id=user)
        await here.start()
        await town.wait_for(lambda: town.calls("getUpdates"), what="the first poll")
        with closing(sqlite3.connect(here.data / "huying.db", isolation_level=None)) as lock:
            lock.execute("BEGIN IMMEDIATE")
            said = await town.say(user, FIRST)
            number_ = said["update_ids"][0]
            end = time.monotonic() + 2
            while time.monotonic() < end:
                polls = await town.calls("getUpdates")
                assert all((p["params"].get("offset") or 0) <= number_ for p in polls)
                await asyncio.sleep(0.1)
            assert await town.pending() == 1
            here.kill()
            lock.execute("ROLLBACK")
        runs = len(await town.calls("getMe"))
        await here.start()
        await town.wait_message(user, "提交")
        await here.at_rest()
        later = [c for c in await town.calls() if c["method"] in {"getMe", "getUpdates"}]
        first_polls = [b for a, b in pairwise(later)
                       if a["method"] == "getMe" and b["method"] == "getUpdates"]  # fmt: skip
        assert runs == 1
        assert len(first_polls) == 2
        assert not any("offset" in p["params"] for p in first_polls)
        await town.raw({"update_id": number_, "message": said["messages"][0]})
        await here.at_rest()
        here.stop()
        assert len([m for m in await town.messages(user) if m["from_bot"]]) == 1
        assert here.one("select count(*) from inbox") == 1


@pytest.mark.slow  # the bots need half a minute to notice each other
async def test_two_bots_on_one_database(tmp_path: Path) -> None:
    """Nothing happens twice while two bots run, and one of them ends with one sentence."""
    async with stage(tmp_path, channels=False, **FAST) as here:
        town, users = here.town, [5001 + i for i in range(10)]
        await town.post("users", [{"id": u, "first_name": "居民", "started": True} for u in users])
        await here.start()
        first = here.bot
        second = here.spawn(HUYING_HTTP="127.0.0.1:0")
        assert first is not None
        try:
            async with Crowd(town, 1) as crowd:

                async def report(user: int, wait: float) -> None:
                    await asyncio.sleep(wait)
                    await town.say(user, album=2, caption=FIRST)
                    preview = await crowd.answer(user, "看起来是")
                    await town.tap_label(user, preview, "提交")
                    await crowd.answer(user, "已受理")

                await asyncio.gather(*(report(u, i * 1.5) for i, u in enumerate(users)))
                end = time.monotonic() + 60
                while first.poll() is None and second.poll() is None:
                    assert time.monotonic() < end, "both bots still poll"
                    await asyncio.sleep(0.2)
            await here.at_rest()
            ended, alive = (first, second) if second.poll() is None else (second, first)
            assert ended.returncode not in {0, None}
            assert alive.poll() is None
            assert "another process polls with this token" in here.log.read_text()
            for user in users:
                texts = [m["text"] for m in await town.messages(user) if m["from_bot"]]
                assert [bool(number(t)) for t in texts] == [False, True], texts
            assert here.one("select count(*) from cases") == len(users)
            assert await here.doubled() == 0
        finally:
            second.kill()
            second.wait()
