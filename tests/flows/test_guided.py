"""The page's guided scenes for real: at any hour, again and again, on phones that are in use."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from bot.adapters.calendars import shipped_calendar
from bot.sandbox.model import Json
from bot.sandbox.stage import OffStage
from bot.sandbox.tour.cast import enter
from bot.sandbox.tour.day import Day
from bot.sandbox.tour.director import Director
from bot.sandbox.tour.guided import GUIDED
from bot.sandbox.tour.times import ZONE, office, respond_due
from bot.sandbox.tour.troupe import troupe
from bot.sandbox.troupe import Troupe

FRIDAY = datetime(2026, 10, 9, 18, 30, tzinfo=ZONE)
"""After hours; the Saturday that follows is a make-up working day (State Council, 2026)."""
LATER = datetime(2026, 11, 20, 18, 30, tzinfo=ZONE)
"""After hours on a Friday with a free weekend."""
ALL = [scene.id for scene in GUIDED]
FULL = bool(os.environ.get("HUYING_FULL"))
FIRST, AGAIN = (ALL, ALL) if FULL else (ALL[:1], ["overdue"])
"""Every scene plays to its end in the browser's tests too; here all of them twice in full."""
CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass
class Show:
    """A populated town, its director, and everything that was announced."""

    troupe: Troupe
    day: Day
    director: Director = field(init=False)
    said: list[Json] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, event: Json) -> None:
        """What the director announces."""
        self.said.append(event)
        self.news.set()

    async def play(self, scene: str) -> list[Json]:
        """One scene to its end; what was announced of it."""
        before = len(self.said)
        await self.director.play(scene)
        return self.said[before:]

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait for something that the director does."""
        async with asyncio.timeout(10):
            while not true():
                self.news.clear()
                await self.news.wait()

    async def forward(self, steps: int) -> None:
        """Go on step by step, as somebody at the page does."""
        for _ in range(steps):
            number = self.said[-1]["number"]
            self.director.next()
            await self.until(
                lambda at=number: (
                    self.director.playing["number"] > at  # type: ignore[index, misc]
                    and self.director.playing["paused"]
                )  # type: ignore[index]
            )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def show() -> AsyncIterator[Show]:
    """Everybody is in, it is Friday evening, and nothing is held up for a reader."""
    async with troupe(FRIDAY) as one:
        day = Day(one)
        await enter(day)
        found = Show(one, day)
        found.director = Director(
            one,
            found.hear,
            working=shipped_calendar().next_working_minute,
            running=lambda: one.state == "running",
            speed=0,
        )
        yield found
        await found.director.stop()


@pytest.mark.asyncio(loop_scope="module")
async def test_every_scene_twice_and_after_a_mess(show: Show) -> None:
    """All scenes from a Friday evening into a make-up Saturday; then some are stopped halfway,
    the resident's phone is left in the middle of a dialog, in another language and with the bot
    blocked, weeks pass, and all scenes play again."""
    for scene in FIRST:
        await well_played(show, await show.play(scene))
        if scene == ALL[0]:
            assert f"{show.day.now():%m-%d}" == "10-10", "a make-up Saturday is a working day"
    calls = await show.troupe.town.violations()
    assert not calls

    await _stopped_halfway(show)
    li = show.day.people["李小满"]
    await show.day.say(li, "路灯坏了三天没人修")
    await show.day.sees(li, buttons=["取消"])
    await show.day.say(li, "/language")
    menu = await show.day.sees(li, "English")
    await show.day.tap(li, menu, "English")
    zhu = show.day.people["朱网格员"]
    await show.troupe.town.post("users", {"id": zhu.chat, "language_code": "en"})
    await show.day.say(zhu, "/help")
    await show.day.sees(zhu, "How to use it")
    await show.troupe.town.block(li.chat)
    await show.troupe.set_clock(LATER)
    for scene in AGAIN:
        await well_played(show, await show.play(scene))
    assert show.day.now() > LATER


async def well_played(show: Show, said: list[Json]) -> None:
    """Begun, every step in its order with both languages and something there to look at, ended."""
    chat = await show.day.chat(show.day.people["李小满"])
    assert said[-1]["state"] == "end", f"{said[-1]}\n{chat}"
    assert said[0]["state"] == "begin"
    scene = next(s for s in GUIDED if s.id == said[0]["scene"])
    numbers = [s["number"] for s in said if s["state"] == "step" and s["number"]]
    assert numbers == list(range(1, scene.steps + 1))
    assert len(said[0]["phones"]) == len(scene.phones)
    chats = {chat["id"]: chat for chat in await show.troupe.town.chats()}
    for phone in said[0]["phones"]:
        members = {m["user"] for m in chats[phone["chat"]]["members"]}
        assert phone["user"] in members | {phone["chat"]}, phone
    for event in said:
        zh, en = event["says"]["zh"], event["says"]["en"]
        assert CHINESE.search(zh)
        assert re.match(r"[A-Z“]", en), en
        assert en.endswith((".", "?")), en
        assert max(len(zh) / 45, len(en) / 150) <= 1, "one short sentence or two"
    for focus in (e["focus"] for e in said if e["state"] == "step" and e["number"]):
        where = {k: v for k, v in focus.items() if k != "message_id"}
        assert where in said[0]["phones"], f"{focus} can be seen on one of the phones"
        if "message_id" in focus:
            rows = await show.troupe.town.messages(focus["chat"], deleted=True)
            assert focus["message_id"] in {m["message_id"] for m in rows}


async def _stopped_halfway(show: Show) -> None:
    """In the pace of the reader, in the middle of an emergency and of a preview: stopped."""
    director = show.director
    for scene, steps in (("emergency", 2), ("ordinary", 1)):
        director.start(scene, "step")
        await show.until(lambda: director.playing["paused"])  # type: ignore[index]
        with pytest.raises(OffStage, match="stop it first"):
            director.start("overdue")
        await show.forward(steps)
        await director.stop()
        assert show.said[-1]["state"] == "stopped"
        assert director.playing is None
    await director.stop()
    with pytest.raises(OffStage, match="no scene"):
        director.start("opera")
    with pytest.raises(OffStage, match="pace"):
        director.start("ordinary", "allegro")
    with pytest.raises(OffStage, match="waiting"):
        director.next()
    assert not await show.troupe.town.get("breaks"), "what a scene had broken is mended"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_scene_stopped_anywhere_can_be_played_at_once(show: Show) -> None:
    """Answers that are still on their way are not taken for those of the next playing."""
    for steps in (6, 1):
        show.director.start("withdrawn", "step")
        await show.until(lambda: (show.director.playing or {}).get("paused"))
        await show.forward(steps - 1)
        if steps > 1:
            show.director.next()
            await asyncio.sleep(0)
        await show.director.stop()
    await well_played(show, await show.play("withdrawn"))


@pytest.mark.asyncio(loop_scope="module")
async def test_a_step_that_does_not_come_true_is_told(show: Show, monkeypatch: Any) -> None:
    """The bot was thrown out of a group that the scene needs: a sentence in both languages, and
    everything goes on once it is back."""
    monkeypatch.setattr("bot.sandbox.tour.day.PATIENCE", 1.0)
    group = show.day.places["翠竹3格"]
    await show.troupe.town.kick(group.chat)
    said = await show.play("ordinary")
    assert said[-1]["state"] == "failed"
    assert said[-1]["says"]["zh"].startswith("第 2 步没有演成：翠竹3格 没有看到")
    assert "Step 2 did not come true" in said[-1]["says"]["en"]
    assert show.director.playing is None


@pytest.mark.asyncio(loop_scope="module")
async def test_a_network_that_is_cut_is_told(show: Show) -> None:
    """No scene begins, it says why, and the network stays as somebody wanted it."""
    town = show.troupe.town
    await town.break_("cut", count=None)
    said = await show.play("ordinary")
    assert said[-1]["state"] == "failed"
    assert said[-1]["says"]["en"].startswith("The network is cut")
    assert await town.get("breaks")
    await town.mend()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_bot_that_is_killed_is_told(show: Show, monkeypatch: Any) -> None:
    """Killed under a scene: it says so and ends. No scene begins until the bot runs again."""
    monkeypatch.setattr("bot.sandbox.tour.day.PATIENCE", 1.0)
    task = show.director.start("withdrawn", "step")
    await show.until(lambda: (show.director.playing or {}).get("paused"))
    await show.troupe.kill_bot()
    show.director.next()
    await task
    assert show.said[-1]["state"] == "failed"
    assert "not running" in show.said[-1]["says"]["en"]
    assert "李小满" in show.said[-1]["error"]
    assert [s["state"] for s in await show.play("withdrawn")] == ["failed"]
    assert "Start it first" in show.said[-1]["says"]["en"]
    await show.troupe.run_bot()


def test_times_are_read_from_cards() -> None:
    """A card's weekday or date becomes an instant, over a week's and a year's end; office hours
    end at six and leave the weekend out."""
    sunday = datetime(2026, 12, 27, 10, 0, tzinfo=ZONE)
    assert respond_due("响应 周一 09:30 · 处置 周二 09:30", sunday) == datetime(
        2026, 12, 28, 9, 30, tzinfo=ZONE
    )
    assert respond_due("响应 1月4日 09:30 · 处置", sunday) == datetime(
        2027, 1, 4, 9, 30, tzinfo=ZONE
    )
    assert respond_due("状态：处理中", sunday) is None
    assert office(datetime(2026, 11, 20, 18, 0, tzinfo=ZONE)) == datetime(
        2026, 11, 23, 9, 0, tzinfo=ZONE
    )
    assert office(datetime(2026, 11, 20, 12, 30, tzinfo=ZONE)).hour == 13
    assert office(LATER.replace(hour=10)) == LATER.replace(hour=10)
