"""The way in: nothing confirmed before it is committed (I1), nothing half done (I2)."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from telegram.error import Conflict

from bot.domain.units import ROOT, Role
from bot.errors import BadConfig
from bot.transport import poller as poller_module
from bot.transport.poller import Poller
from tests.town import TOKEN, Json, Rehearsal

RESIDENT, NEIGHBOUR, WORKER, ADMIN = 1001, 1002, 2001, 4001
REPORT = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"
LOST = "没有处理成功"


@pytest.fixture
async def open_town(town: Rehearsal) -> Rehearsal:
    """Two residents and an administrator who have pressed Start."""
    for user, name in ((RESIDENT, "小李"), (NEIGHBOUR, "小陈")):
        await town.person(user, name)
        await town.town.start(user)
    await town.person(ADMIN, "管理员", (ROOT, Role.ADMIN))
    return town


async def sql(town: Rehearsal, statement: str) -> None:
    """Change the database behind the bot's back."""
    async with town.core.database.write() as uow:
        await uow.inbox.session.execute(text(statement))


async def inbox(town: Rehearsal, *states: str) -> list[Any]:
    """The inbox rows in these states, oldest first."""
    async with town.core.look() as work:
        return list(reversed(await work.uow.inbox.listed(states, 1000)))


def private(user: int, words: str, **fields: Any) -> Json:
    """A message in a private chat, as Telegram writes it."""
    chat = {"id": user, "type": "private", "first_name": "小"}
    sender = {"id": user, "is_bot": False, "first_name": "小"}
    return {"message_id": 9000, "date": 1795138200, "chat": chat, "from": sender,
            "text": words} | fields  # fmt: skip


def unparsable(user: int) -> Json:
    """An update that the library cannot read."""
    return {"message": private(user, "乱码", entities=[{"type": "bold"}], date="gestern")}


async def notices(town: Rehearsal, chat: int, words: str) -> int:
    """How many messages in a chat hold these words."""
    return sum(words in said for said in await town.texts(chat))


async def test_an_update_is_not_confirmed_when_its_commit_fails(open_town: Rehearsal) -> None:
    """I1: while the inbox cannot be written, the offset stays; later nothing is missing."""
    await sql(
        open_town,
        "CREATE TRIGGER full_disk BEFORE INSERT ON inbox "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    )
    await open_town.town.say(RESIDENT, REPORT)
    for _ in range(3):
        with pytest.raises(DBAPIError):
            await open_town.bot.poller.once(0)
    assert await open_town.town.pending() == 1
    await sql(open_town, "DROP TRIGGER full_disk")
    await open_town.settle()
    assert await open_town.town.pending() == 0
    assert "垃圾堆积" in (await open_town.last(RESIDENT))["text"]


async def test_the_offset_moves_only_after_the_row_is_there(open_town: Rehearsal) -> None:
    """I1: between the answer and the next request Telegram still holds what we have stored."""
    await open_town.town.say(RESIDENT, REPORT)
    await open_town.bot.poller.once(0)
    assert await open_town.town.pending() == 1
    (row,) = await inbox(open_town, "new")
    await open_town.bot.poller.once(0)
    assert await open_town.town.pending() == 0
    asked = (await open_town.town.calls("getUpdates"))[-1]["params"]
    assert asked["offset"] == row.update_id + 1


async def test_a_killed_poller_stores_nothing_twice(open_town: Rehearsal) -> None:
    """A new process asks without an offset, gets the same updates again and knows them."""
    await open_town.town.say(RESIDENT, REPORT)
    await open_town.bot.poller.once(0)
    await open_town.restart()
    before = len(await open_town.texts(RESIDENT))
    seen = len(await open_town.town.calls("getUpdates"))
    await open_town.settle()
    first, *_ = (await open_town.town.calls("getUpdates"))[seen:]
    assert "offset" not in first["params"]
    assert first["count"] == 1
    assert len(await open_town.texts(RESIDENT)) == before + 1


async def test_the_same_update_three_times_is_one_update(open_town: Rehearsal) -> None:
    """An update delivered again, before or after it was handled, changes nothing (R018)."""
    before = len(await open_town.texts(RESIDENT))
    update = {"update_id": 800_000_000, "message": private(RESIDENT, REPORT)}
    await open_town.town.raw(update)
    await open_town.town.raw(update)
    await open_town.settle()
    await open_town.town.raw(update)
    await open_town.settle()
    assert len(await open_town.texts(RESIDENT)) == before + 1


async def test_an_unparsable_update_is_parked_and_the_person_is_told(
    open_town: Rehearsal,
) -> None:
    """Three tries within ten seconds, then it is put aside, said aloud, and the chat goes on."""
    await open_town.town.raw(unparsable(RESIDENT))
    await open_town.town.say(RESIDENT, REPORT)
    await open_town.settle()
    assert await notices(open_town, RESIDENT, "垃圾堆积") == 0
    for _ in range(2):
        assert await inbox(open_town, "parked") == []
        await open_town.forward(seconds=5)
    (row,) = await inbox(open_town, "parked")
    assert row.tries == 3
    assert await notices(open_town, RESIDENT, LOST) == 1
    assert await notices(open_town, ADMIN, f"inbox {row.id}") == 1
    assert await notices(open_town, RESIDENT, "垃圾堆积") == 1


async def test_a_failing_handler_leaves_nothing_half_done(open_town: Rehearsal) -> None:
    """I2: a handler that breaks at its last step leaves no row of its earlier ones."""
    asked = await open_town.say(RESIDENT, REPORT)
    await sql(
        open_town,
        "CREATE TRIGGER no_timer BEFORE INSERT ON timers "
        "BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END",
    )
    calls = len(await open_town.town.calls("sendMessage"))
    await open_town.tap(RESIDENT, asked, "提交")
    async with open_town.core.database.read() as uow:
        for table in ("cases", "tasks", "events", "cards"):
            count = await uow.inbox.session.execute(text(f"SELECT count(*) FROM {table}"))
            assert count.scalar_one() == 0, table
    assert len(await open_town.town.calls("sendMessage")) == calls
    await sql(open_town, "DROP TRIGGER no_timer")
    await open_town.forward(seconds=5)
    assert await open_town.number(RESIDENT) == "202611200001"
    assert (await open_town.events("202611200001"))[:2] == ["received", "dispatched"]


async def test_a_parked_update_can_be_replayed(open_town: Rehearsal, tmp_path: Path) -> None:
    """``huying inbox list`` shows ids and reasons without contents; ``replay`` tries again."""
    asked = await open_town.say(RESIDENT, REPORT)
    await sql(
        open_town,
        "CREATE TRIGGER no_case BEFORE INSERT ON cases "
        "BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END",
    )
    await open_town.tap(RESIDENT, asked, "提交")
    await open_town.forward(seconds=5)
    await open_town.forward(seconds=5)
    await sql(open_town, "DROP TRIGGER no_case")

    async def huying(*words: str) -> str:
        settings = open_town.core.settings
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"HUYING_TOKEN": TOKEN, "HUYING_DATA_DIR": str(settings.data_dir)},
        )  # fmt: skip
        told, _ = await process.communicate()
        assert process.returncode == 0
        return told.decode()

    listed = await huying("inbox", "list", "--json")
    (row,) = json.loads(listed.splitlines()[-1])
    assert (row["state"], row["tries"]) == ("parked", 3)
    assert "broken on purpose" not in row["error"]
    replayed = await huying("inbox", "replay", str(row["id"]))
    assert replayed.splitlines()[-1] == "1"
    await open_town.settle()
    assert await open_town.number(RESIDENT) == "202611200001"


async def test_a_row_that_no_key_opens_is_parked_alone(open_town: Rehearsal) -> None:
    """One spoilt body does not stop the updates behind it."""
    await open_town.town.say(NEIGHBOUR, "你好")
    await open_town.bot.poller.once(0)
    await sql(open_town, "UPDATE inbox SET body_sealed = x'0102030405060708' WHERE state = 'new'")
    await open_town.town.say(RESIDENT, REPORT)
    await open_town.settle()
    assert "垃圾堆积" in (await open_town.last(RESIDENT))["text"]
    for _ in range(2):
        await open_town.forward(seconds=5)
    assert len(await inbox(open_town, "parked")) == 1


async def test_the_next_message_of_a_chat_waits_for_the_one_before(open_town: Rehearsal) -> None:
    """Order holds within a chat, and one chat's trouble is not another's."""
    await open_town.town.raw(unparsable(RESIDENT))
    await open_town.town.say(RESIDENT, "/help")
    await open_town.town.say(NEIGHBOUR, "/help")
    await open_town.settle()
    assert await notices(open_town, NEIGHBOUR, "12345") == 1
    before = await open_town.texts(RESIDENT)
    for _ in range(2):
        await open_town.forward(seconds=5)
    lost, helped = (await open_town.texts(RESIDENT))[len(before) :]
    assert LOST in lost
    assert "12345" in helped


async def test_group_talk_that_is_not_for_the_bot_is_never_stored(open_town: Rehearsal) -> None:
    """Even with privacy mode off, neighbours' talk leaves no row, and the offset moves on."""
    await open_town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    group = await open_town.channel("QS-CZ-3", WORKER)
    await open_town.town.post("privacy", on=False)
    before = len(await inbox(open_town, "new", "done", "parked"))
    for words in ("今晚谁去跳舞", "/weather@other_bot", "@huying_bot 看看"):
        await open_town.say(WORKER, words, chat=group)
    assert len(await inbox(open_town, "new", "done", "parked")) == before
    assert await open_town.town.pending() == 0
    await open_town.say(WORKER, "/help@huying_bot", chat=group)
    assert len(await inbox(open_town, "new", "done", "parked")) == before + 1


def polled(
    town: Rehearsal, answer: Callable[[Json], Awaitable[Any]], monkeypatch: pytest.MonkeyPatch
) -> Poller:
    """A poller whose requests are answered here, and which never really waits."""

    async def no_wait(_: float) -> None:
        return None

    monkeypatch.setattr(poller_module, "asyncio", SimpleNamespace(sleep=no_wait))

    async def call(method: str, params: Json) -> Any:
        assert method == "getUpdates"
        return await answer(params)

    return Poller(
        call,
        town.core.database,
        town.clock,
        bot_id=town.bot.api.id,
        username="huying_bot",
        urgent=town.core.urgent,
        arrived=town.bot.inbox.arrived,
    )


async def test_a_malformed_element_does_not_cost_the_batch(
    open_town: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Garbage, a number, an update without id: what stands beside them is stored."""
    asked: list[Json] = []

    async def answer(params: Json) -> Any:
        asked.append(params)
        return [
            {"update_id": 11, "message": private(RESIDENT, "/help")},
            "garbage",
            17,
            {"message": private(RESIDENT, "no id")},
            {"update_id": True, "message": private(RESIDENT, "no id")},
            {"update_id": 13, "message": "not an object"},
            {"update_id": 12, "message": private(NEIGHBOUR, "/help")},
        ]

    poller = polled(open_town, answer, monkeypatch)
    await poller.once()
    assert sorted(row.update_id for row in await inbox(open_town, "new")) == [11, 12, 13]
    await poller.once()
    assert "offset" not in asked[0]
    assert asked[1]["offset"] == 14


async def test_an_update_without_id_confirms_nothing(
    open_town: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch with no id at all is neither stored nor confirmed, and stops nothing."""
    asked: list[Json] = []

    async def answer(params: Json) -> Any:
        asked.append(params)
        return [{"message": private(RESIDENT, "no id")}]

    poller = polled(open_town, answer, monkeypatch)
    assert await poller.once() == 1
    assert await poller.once() == 1
    assert all("offset" not in params for params in asked)
    assert await inbox(open_town, "new") == []


async def test_a_second_poller_ends_with_one_sentence(
    open_town: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """409 again and again is another bot with this token: said plainly, and the end."""
    tries = 0

    async def answer(_: Json) -> Any:
        nonlocal tries
        tries += 1
        raise Conflict("terminated by other getUpdates request")

    with pytest.raises(BadConfig) as caught:
        await polled(open_town, answer, monkeypatch).run()
    assert str(caught.value) == "another process polls with this token; stop it first"
    assert tries == 4


async def test_the_poller_outlives_a_database_that_is_away(
    open_town: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk makes it wait, confirming nothing, and go on when there is room again."""
    await sql(
        open_town,
        "CREATE TRIGGER full_disk BEFORE INSERT ON inbox "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    )
    asked: list[Json] = []

    async def answer(params: Json) -> Any:
        asked.append(params)
        if len(asked) == 3:
            await sql(open_town, "DROP TRIGGER full_disk")
        if len(asked) > 3:
            raise asyncio.CancelledError
        return [{"update_id": 11, "message": private(RESIDENT, "/help")}]

    with pytest.raises(asyncio.CancelledError):
        await polled(open_town, answer, monkeypatch).run()
    assert ["offset" in params for params in asked] == [False, False, False, True]
    assert [row.update_id for row in await inbox(open_town, "new")] == [11]


async def test_the_body_of_a_handled_update_is_dropped(open_town: Rehearsal) -> None:
    """What is done keeps its key, so that it is recognised, and nothing that was said."""
    await open_town.say(RESIDENT, REPORT)
    assert {row.raw for row in await inbox(open_town, "done") if row.raw is not None} == set()
    assert len(await inbox(open_town, "done")) >= 4
