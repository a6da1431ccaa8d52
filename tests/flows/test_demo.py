"""``huying demo`` as somebody starts it: comes up, goes on, begins anew, and leaves nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.calendars import shipped_calendar
from bot.cli.demo import BEGIN, demo
from bot.cli.demo_stage import next_morning
from bot.errors import BadConfig
from bot.sandbox.client import Town
from bot.sandbox.folder import Folder, held
from bot.sandbox.model import ControlError
from bot.sandbox.tour.times import ZONE
from tests.browser import stage


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's folder whose town is complete."""
    return stage.populated(tmp_path_factory)


@pytest.fixture
def folder(tmp_path: Path, template: Path) -> Path:
    """A copy of it, to be played with."""
    copy = tmp_path / "demo"
    shutil.copytree(template, copy)
    return copy


async def users(town: Town) -> dict[str, int]:
    """Everybody who plays a part, by name."""
    return {row["name"]: row["user"] for row in (await town.get("town"))["cast"]}


async def report(town: Town, user: int, text: str) -> str:
    """A resident reports something and submits it; what the bot says then."""
    said = (await town.say(user, text))["messages"][0]["message_id"]
    asked = await town.wait_message(user, "提交", after=said, timeout=30)
    await town.tap_label(user, asked, "提交")
    return str((await town.wait_message(user, "已受理", after=said, timeout=30))["text"])


async def events_until(
    town: Town, seen: int, last: Callable[[dict[str, Any]], object]
) -> list[dict[str, Any]]:
    """The events after a number, up to the first that fits."""
    found: list[dict[str, Any]] = []
    end = asyncio.get_running_loop().time() + 60
    while not any(map(last, found)):
        assert asyncio.get_running_loop().time() < end, found
        news, seen = await town.events(seen, 5)
        found += news
    return found


async def now(town: Town) -> datetime:
    """The town's time."""
    return datetime.fromisoformat((await town.get("now"))["now"])


async def test_a_second_start_goes_on_where_the_first_stopped(folder: Path) -> None:
    """Chats, people and the clock are as they were, a day later too; Ctrl-C ends it with status 0
    and leaves no process behind; the operator's settings change nothing."""
    async with stage.demo(folder) as one, Town(one.url) as town:
        assert "Going on where the demo stopped: Friday 2026-11-20 09:3" in one.said
        begun = await town.get("town")
        assert begun["bot"]["first_name"] == "呼应"
        assert len(begun["phones"]) == 4
        assert {row["role"] for row in begun["cast"]} >= {"resident", "grid_worker", "supervisor"}
        assert timedelta() <= await now(town) - BEGIN < timedelta(minutes=10)
        li = (await users(town))["李小满"]
        said = (await town.say(li, "/help"))["messages"][0]["message_id"]
        await town.wait_message(li, after=said, timeout=30)
        [bot] = one.children()
        chats, stopped = await town.chats(), await now(town)
        assert await one.stop() == 0
        assert "has stopped" in one.said
        assert not stage.lives(bot)
    yesterday = (folder / "clock").stat().st_mtime - 86_400
    os.utime(folder / "clock", (yesterday, yesterday))
    async with stage.demo(folder) as one, Town(one.url) as town:
        assert await town.chats() == chats
        assert timedelta() <= await now(town) - stopped < timedelta(minutes=5)
        [bot] = one.children()
        assert await one.stop(signal.SIGKILL) == -signal.SIGKILL
        await one.until(lambda: not stage.lives(bot), 20)


async def test_the_clock_moves_through_what_is_due(folder: Path) -> None:
    """To the next deadline: the reminders on the way arrive at their own time, one move at a
    time. With the bot killed the clock moves all the same and says so; started again, the bot
    does what it missed. One that dies by itself is reported on the page and on the terminal."""
    async with stage.demo(folder) as one, Town(one.url) as town:
        people = await users(town)
        with pytest.raises(ControlError, match="no open case"):
            await town.post("time", to="deadline")
        assert "11:3" in await report(town, people["李小满"], "竹苑小区垃圾没人收")
        inside = await town.get("inside", lang="en")
        assert inside["case"]["item"]["name"]
        due = datetime.fromisoformat(inside["next_deadline"])
        _, seen = await town.events(2**53)
        await town.post("time", to="deadline")
        with pytest.raises(ControlError, match="moving already"):
            await town.post("time", to="hour")
        news = await events_until(town, seen, lambda e: e["kind"] == "clock" and not e["moving"])
        stops = [datetime.fromisoformat(e["now"]) for e in news if e["kind"] == "clock"]
        assert stops == sorted(stops)
        assert any(due - timedelta(hours=1) < stop < due for stop in stops)
        assert timedelta() <= stops[-1] - due < timedelta(minutes=2)
        told = [e for e in news if e["kind"] == "message" and e["chat"] == people["朱网格员"]]
        assert len(told) == 2
        first, second = await town.messages(people["朱网格员"], told[0]["message_id"] - 1)
        assert second["date"] - first["date"] >= 20 * 60

        _, seen = await town.events(2**53)
        assert (await town.post("bot", do="kill"))["state"] == "stopped"
        assert await town.get("bot") == {"state": "stopped", "kills": 1}
        await town.post("time", to="morning")
        news = await events_until(town, seen, lambda e: e["kind"] == "clock" and not e["moving"])
        assert news[-1]["why"] == "bot-stopped"
        assert (await now(town)).astimezone(ZONE).strftime("%a %H:%M") == "Mon 09:00"
        assert (await town.post("bot", do="start"))["state"] == "starting"
        await events_until(town, seen, lambda e: e.get("state") == "running")
        await town.wait_message(people["杨主任"], "近 30 天", timeout=30)

        _, seen = await town.events(2**53)
        os.kill(one.children()[0], signal.SIGKILL)
        died = await events_until(town, seen, lambda e: e.get("state") == "stopped")
        assert died[-1]["died"] is True
        await one.until(lambda: "the bot ended by itself" in one.said)


async def test_what_was_begun_afresh_and_not_finished_is_begun_again(folder: Path) -> None:
    """--fresh throws the town away; a start that is broken off while the town is being set up
    leaves nothing that a later one would take for a town."""
    for options in (["--fresh"], []):
        async with stage.started(folder, *options) as one:
            await one.until(lambda said=one: "Setting up" in said.said)
            assert await one.stop(signal.SIGTERM) == 0
        assert not Folder(folder).populated


def test_a_state_that_cannot_be_read_is_said_plainly(tmp_path: Path) -> None:
    """A damaged folder gets one sentence that names the way out."""
    with held(tmp_path / "demo") as place:
        place.town.write_text("{", encoding="utf-8")
        place.mark_populated()
    with pytest.raises(BadConfig, match="cannot be read; --fresh begins it anew"):
        demo(port=0, folder=tmp_path / "demo")


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    """Nothing else is touched before the port is ours."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BadConfig, match=rf"port {port} is taken .* --port"):
            demo(port=port, folder=tmp_path / "demo")
    with pytest.raises(BadConfig, match="cannot be used"):
        demo(port=99_999, folder=tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_a_public_bot_api_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With HUYING_API_URL set to an address that is not local no demo begins."""
    monkeypatch.setenv("HUYING_API_URL", "https://api.telegram.org")
    with pytest.raises(BadConfig, match=r"the demo .* not local"):
        demo(port=0, folder=tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_one_folder_holds_one_demo_and_nothing_else(tmp_path: Path) -> None:
    """A second demo in the folder, a folder of other things and a file are refused; beginning
    afresh removes only what demos make."""
    path = tmp_path / "demo"
    with held(path) as place:
        with pytest.raises(BadConfig, match="another demo runs"), held(path):
            pass
        (path / "data").mkdir()
        (path / "data" / "huying.db").touch()
        (path / "mine.txt").touch()
        place.mark_populated()
        place.town.touch()
        assert place.populated
        place.empty()
        assert not place.populated
        assert {file.name for file in path.iterdir()} == {"demo.lock", "mine.txt"}
    with held(path) as place:
        assert place.stopped_at() is None
        place.write_now(BEGIN)
        assert place.stopped_at() == BEGIN
    with pytest.raises(BadConfig, match="other files"), held(tmp_path):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(BadConfig, match="cannot be used"), held(tmp_path / "file"):
        pass


@pytest.mark.parametrize(
    ("at", "morning"),
    [
        ("2026-11-20 09:30", "2026-11-23 09:00"),
        ("2026-11-20 08:59", "2026-11-20 09:00"),
        ("2026-11-20 09:00", "2026-11-23 09:00"),
        ("2026-11-21 12:00", "2026-11-23 09:00"),
        ("2026-09-30 23:30", "2026-10-08 09:00"),
        ("2026-02-13 10:00", "2026-02-14 09:00"),
    ],
)
def test_the_next_morning_is_one_of_work(at: str, morning: str) -> None:
    """Weekends and holidays are passed over; a make-up working Saturday is not."""

    def here(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)

    assert next_morning(shipped_calendar(), here(at)) == here(morning)
