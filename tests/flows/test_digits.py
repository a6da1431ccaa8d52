"""Every menu answers to digits alone (R138)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.units import Role
from tests.town import Rehearsal, labels

LI, WANG = 1001, 2001
SURE = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    yield
    await town.sound()


async def closing(town: Rehearsal) -> str:
    """A report that waits for the resident's word; its number."""
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    group = await town.channel("QS-CZ-3", WANG)
    number = await town.report(LI, SURE)
    card = await town.card("QS-CZ-3", number)
    await town.tap(WANG, card, "签收")
    answer = await town.say(
        WANG, photo=True, caption="清了", chat=group, reply_to=card["message_id"]
    )
    await town.tap(WANG, answer, "办结")
    return number


async def test_items_grids_and_confirmation(town: Rehearsal) -> None:
    """A report by digits only: item, grid, 提交."""
    await town.say(LI, "门口堵住了，进不去")
    asked = await town.say(LI, "1")
    assert "在哪里" in asked["text"]
    seen = await town.say(LI, "9")
    assert "锦绣社区第 3 网格" in seen["text"]
    await town.say(LI, "1")
    assert (await town.case(await town.number(LI))).case.place.grid == "QS-JX-3"


@pytest.mark.parametrize(
    ("digit", "shown"),
    [("2", "是下面哪一件事"), ("3", "在哪里"), ("4", "匿名"), ("5", "已取消")],
)
async def test_every_button_of_the_preview(town: Rehearsal, digit: str, shown: str) -> None:
    """改事项, 改地点, 匿名 and 取消 have their numbers too."""
    await town.say(LI, SURE)
    assert shown in (await town.say(LI, digit))["text"]


@pytest.mark.parametrize("typed", ["1", " 1 ", "1.", "１", "1、", "1️⃣"])
async def test_spellings_of_a_digit(town: Rehearsal, typed: str) -> None:
    """However the digit is typed, it picks the first option."""
    await town.say(LI, SURE)
    await town.say(LI, typed)
    await town.number(LI)


@pytest.mark.parametrize("typed", ["0", "6", "77", "-1", "1.5", "²"])
async def test_a_number_that_no_button_has(town: Rehearsal, typed: str) -> None:
    """A number beyond the menu submits nothing."""
    await town.say(LI, SURE)
    seen = await town.say(LI, typed)
    assert "✅ 提交" in labels(seen)


async def test_the_answer_after_submitting(town: Rehearsal) -> None:
    """留电话 and 撤回 under 已受理 answer to 1 and 2."""
    number = await town.report(LI, SURE)
    asked = await town.say(LI, "1")
    assert "电话" in asked["text"]
    await town.say(LI, "/cancel")
    other = await town.report(LI, "锦绣花园路灯不亮")
    await town.say(LI, "2")
    assert (await town.case(other)).case.status == "withdrawn"
    assert (await town.case(number)).case.status == "dispatched"


@pytest.mark.parametrize(("digit", "outcome"), [("1", "solved"), ("2", "partly"), ("3", "")])
async def test_the_closing_question(town: Rehearsal, digit: str, outcome: str) -> None:
    """解决了, 部分解决 and 没解决 answer to 1, 2 and 3."""
    number = await closing(town)
    said = await town.say(LI, digit)
    case = (await town.case(number)).case
    assert case.outcome == outcome
    assert "没解决" in said["text"] if digit == "3" else "满意吗" in said["text"]


@pytest.mark.parametrize(
    ("digit", "answer"), [("1", "satisfied"), ("2", "soso"), ("3", "unsatisfied")]
)
async def test_satisfaction(town: Rehearsal, digit: str, answer: str) -> None:
    """满意, 一般 and 不满意 answer to 1, 2 and 3."""
    number = await closing(town)
    await town.say(LI, "1")
    await town.say(LI, digit)
    assert (await town.case(number)).case.satisfaction == answer


async def test_the_list_of_my_cases(town: Rehearsal) -> None:
    """A digit after /my opens that case; its buttons have digits again."""
    first = await town.report(LI, SURE)
    second = await town.report(LI, "锦绣花园路灯不亮")
    shown = await town.say(LI, "/my")
    assert labels(shown) == ["1", "2"]
    assert shown["text"].index(second) < shown["text"].index(first)
    opened = await town.say(LI, "2")
    assert first in opened["text"]
    assert labels(opened) == ["撤回"]
    await town.say(LI, "1")
    assert (await town.case(first)).case.status == "withdrawn"


async def test_more_than_a_page_of_cases(town: Rehearsal) -> None:
    """The sixth of one's own cases is reached by digits as well."""
    numbers = [await town.report(LI, SURE) for _ in range(6)]
    await town.say(LI, "/my")
    await town.say(LI, "6")
    assert numbers[0] in (await town.say(LI, "1"))["text"]


async def test_a_parked_message(town: Rehearsal) -> None:
    """我要反映问题 under an answer in kind takes its digit."""
    await town.say(LI, "你好")
    assert "取消" in labels(await town.say(LI, "1"))
    await town.say(LI, "/cancel")
    assert "还没有反映过" in (await town.say(LI, "我上次反映的事怎么样了"))["text"]
    assert "取消" in labels(await town.say(LI, "1"))


async def test_the_end_of_a_talk_with_a_human(town: Rehearsal) -> None:
    """The duty person's 结束对话 answers to 1."""
    await town.person(WANG, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.say(LI, "/human 想问低保")
    assert "结束" in (await town.say(WANG, "1"))["text"]
