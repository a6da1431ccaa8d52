"""A look inside: what the page of the demo shows of a case, and what it must not show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.services import inside
from tests.town import Rehearsal

LI = 1001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了，好几天没人收，我电话13800138000"


async def report(town: Rehearsal, text: str = RUBBISH) -> str:
    await town.person(LI, "小李")
    return await town.report(LI, text)


async def looked(town: Rehearsal, number: str | None = None, lang: str = "zh") -> dict[str, Any]:
    async with town.core.look() as work:
        return await inside.show(work, number, lang)


async def test_an_empty_town_has_nothing_to_show(town: Rehearsal) -> None:
    """Without a case there is no case, no deadline, and no error."""
    found = await looked(town)
    assert found["case"] is None
    assert found["recent"] == []
    assert found["next_deadline"] is None


async def test_a_case_is_shown_with_clocks_reasons_events_and_queues(town: Rehearsal) -> None:
    """State, both clocks with their why, the tagger's words, the chain and the timers."""
    number = await report(town)
    found = await looked(town)
    json.dumps(found)
    case = found["case"]
    assert case["number"] == number
    assert case["item"]["name"] == "垃圾堆积"
    respond, resolve = case["parts"][0]["clocks"]
    assert respond["due"] == "2026-11-20T11:30:00+08:00" == found["next_deadline"]
    assert resolve["due"] == "2026-11-23T09:30:00+08:00"
    assert any("时限" in line for line in respond["why"])
    assert any("跳过" in line for line in resolve["why"])
    first = found["tagging"]["items"][0]
    assert first["name"] == "垃圾堆积"
    assert "垃圾堆" in first["for"]
    assert [e["kind"] for e in found["events"]][:2] == ["received", "dispatched"]
    assert found["recent"][0]["number"] == number
    assert found["outbox"]
    assert found["timers"][0]["due"] <= found["timers"][-1]["due"]


async def test_personal_data_is_masked(town: Rehearsal) -> None:
    """What colleagues may not read is not on the page either, wherever one looks."""
    await report(town)
    assert "13800138000" not in json.dumps(await looked(town))


async def test_the_case_touched_last_comes_first(town: Rehearsal) -> None:
    """Without a number the newest event decides; with one, that case; with a wrong one, none."""
    first = await report(town, "翠竹路菜市场后门垃圾没人收")
    second = await report(town, "竹苑小区门口垃圾没人收")
    assert (await looked(town))["case"]["number"] == second
    assert (await looked(town, first))["case"]["number"] == first
    assert (await looked(town, "999"))["case"] is None


@pytest.mark.parametrize(("lang", "words"), [("zh", "已派出"), ("en", "")])
async def test_it_speaks_both_languages(town: Rehearsal, lang: str, words: str) -> None:
    """The page asks in its own language, whatever the deployment speaks."""
    await report(town)
    found = await looked(town, lang=lang)
    assert words in found["case"]["status_label"]
    if lang == "en":
        assert found["case"]["status_label"].isascii()
        assert found["case"]["item"]["name"].isascii()


@pytest.mark.parametrize(
    ("instant", "hours"),
    [
        ("2026-11-20T09:30", "work"),
        ("2026-11-20T12:30", "break"),
        ("2026-11-20T18:00", "after"),
        ("2026-11-21T10:00", "rest"),
    ],
)
async def test_the_hour_is_told_as_work_sees_it(town: Rehearsal, instant: str, hours: str) -> None:
    """Working time, lunch, evening and weekend each have a name beside the clock."""
    await town.to(instant)
    assert (await looked(town))["hours"] == hours
