"""The tour in short: some of its scenes for real, and that a step that fails fails the whole."""

from __future__ import annotations

import pytest

from bot.sandbox import tour
from bot.sandbox.tour import slips
from bot.sandbox.tour.casework import books
from bot.sandbox.tour.day import Day
from bot.sandbox.tour.guided import GUIDED, ORDINARY
from bot.sandbox.tour.scene import Scene
from bot.sandbox.tour.scenes import SCENES


def test_scenes_come_true_until_one_does_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Report to satisfaction, a kill after a tap, the books; then a step that does
    not come true: the exit status is 1, and scene, step, what was expected and the chat are told.
    """

    async def wrong(day: Day) -> None:
        monkeypatch.setattr("bot.sandbox.tour.day.PATIENCE", 1.0)
        li = day.people["李小满"]
        await day.say(li, "竹苑小区垃圾没人收")
        await day.sees(li, "看起来是 垃圾堆积")
        await day.sees(li, "月亮上的事")

    chosen = {ORDINARY.play, slips.killed_after_tap, books}
    scenes = [scene for scene in SCENES if scene.play in chosen]
    assert len(scenes) == len(chosen)

    assert tour.main([*scenes, Scene("不会发生的事", "", wrong), SCENES[1]]) == 1
    said = capsys.readouterr().out
    assert "今天 11:30 前有人响应，周一 09:30 前处理" in said
    assert all(scene.title in said for scene in scenes), said[-3000:]
    assert "✗ scene 不会发生的事, step 3" in said
    assert "李小满 sees “月亮上的事”" in said
    assert "竹苑小区垃圾没人收" in said.partition("the chat:")[2]
    assert SCENES[1].title not in said


def test_the_tour_plays_every_guided_scene() -> None:
    """What the page offers and what ``make tour`` runs is one script."""
    assert {scene.play for scene in GUIDED} <= {scene.play for scene in SCENES}
    assert len({scene.id for scene in GUIDED}) == len(GUIDED)


def test_a_public_bot_api_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With HUYING_API_URL set to an address that is not local nothing is played: 2, a sentence."""
    monkeypatch.setenv("HUYING_API_URL", "https://api.telegram.org")

    assert tour.main() == 2
    caught = capsys.readouterr()
    assert not caught.out
    assert len(caught.err.strip().splitlines()) == 1


def test_the_bot_gets_nothing_of_the_operators_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No HUYING variable and no proxy of the operator's reaches the bot of the tour."""
    from pathlib import Path

    from bot.sandbox.clock import MovableClock
    from bot.sandbox.troupe import TOKEN, environment

    monkeypatch.setenv("HUYING_TOKEN", "1:of-the-operator")
    monkeypatch.setenv("HUYING_DATABASE_URL", "postgresql+psycopg://live")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    folder = Path("somewhere")
    found = environment(folder, "http://127.0.0.1:1", 1, MovableClock(folder / "clock"))

    assert found["HUYING_TOKEN"] == TOKEN
    assert "HUYING_DATABASE_URL" not in found
    assert "HTTPS_PROXY" not in found
