"""/human with nobody on duty: what was said is kept, and passed on when somebody is there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from bot.domain.units import ROOT, Role
from tests.town import Rehearsal

LI, DESK, ADMIN = 1001, 3001, 4001
ASKED = "低保怎么申请，要带什么"


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    yield
    await town.sound()


async def _told(town: Rehearsal, chat: int, words: str) -> int:
    return len([text for text in await town.texts(chat) if words in text])


async def test_it_is_passed_on_at_the_next_opening(town: Rehearsal) -> None:
    """On a Saturday night the person hears when, and then that it was; nothing is typed again."""
    await town.to("2026-11-21T22:00")
    said = await town.say(LI, f"/human {ASKED}")
    assert "周一 09:00 再转" in said["text"]
    assert "不用重发" in said["text"]
    async with town.core.work("test:desk") as work:
        # Somebody is there by Monday, without the bot having been told.
        desk = await work.uow.people.seen(DESK, "刘", "", None)
        await work.uow.people.give(desk.id, "QS-HUB", Role.DISPATCHER, None, work.now)
    await town.town.user("刘", id=DESK)
    await town.town.start(DESK)
    await town.to("2026-11-23T08:59")
    assert await _told(town, DESK, ASKED) == 0
    await town.to("2026-11-23T09:00")
    assert await _told(town, DESK, ASKED) == 1
    opened = await town.find(LI, "已转给值班人员")
    assert "今天" in opened["text"]

    await town.say(DESK, "带身份证", reply_to=(await town.find(DESK, ASKED))["message_id"])
    assert await _told(town, LI, "带身份证") == 1


async def test_whoever_joins_gets_it_at_once(town: Rehearsal) -> None:
    """In working hours the first who joins is given all that was kept, photos included, once."""
    await town.say(LI, "/human")
    said = await town.say(LI, album=2, caption=ASKED)
    assert "再转" in said["text"]
    more = await town.say(LI, "是给我妈办的", reply_to=said["message_id"])
    assert "一起转" in more["text"]

    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    assert await _told(town, DESK, ASKED) == 1
    assert await _told(town, DESK, "是给我妈办的") == 1
    photos = [m for m in await town.town.messages(DESK) if m.get("photo")]
    assert len(photos) == 2
    assert await _told(town, LI, "已转给值班人员") == 1
    await town.to("2026-11-23T18:00")
    assert await _told(town, DESK, ASKED) == 1


async def test_nobody_for_days_is_said_once(town: Rehearsal) -> None:
    """Tried in vain, the person hears once that it is still kept; it is passed on days later."""
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    await town.say(LI, f"/human {ASKED}")
    for _ in range(5):
        await town.forward(days=1)
    assert await _told(town, LI, "还是联系不上") == 1
    assert await _told(town, ADMIN, ASKED) == 0
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    assert await _told(town, DESK, ASKED) == 1


async def test_who_joins_at_night_is_not_woken(town: Rehearsal) -> None:
    """What is kept waits for the morning of a working day."""
    await town.to("2026-11-20T21:00")
    await town.say(LI, f"/human {ASKED}")
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    assert await _told(town, DESK, ASKED) == 0
    await town.to("2026-11-23T08:30")
    assert await _told(town, DESK, ASKED) == 1


async def test_nothing_of_it_stays_behind(town: Rehearsal) -> None:
    """The timer holds the words sealed, and holds nothing once they are passed on."""
    await town.say(LI, f"/human {ASKED}")
    async with town.core.look() as work:
        (timer,) = await work.uow.timers.of("human")
    assert ASKED not in json.dumps(timer.data, ensure_ascii=False)
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    async with town.core.look() as work:
        assert await work.uow.timers.of("human") == []
        assert await work.uow.timers.has(timer.key)
    with closing(sqlite3.connect(town.core.settings.data_dir / "huying.db")) as base:
        held = base.execute("select data from timers where kind = 'kept'").fetchall()
    assert held == [("{}",)]
