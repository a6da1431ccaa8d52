"""Two people at once never mix (failure mode 16)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.town import Rehearsal, labels

LI, CHEN = 1001, 1002
STEPS = {
    LI: ["锦绣花园的楼道一直没人管", "就是垃圾堆成山，好几天没人收", "4", "1"],
    CHEN: ["路灯不亮", "河湾家园", "1"],
}


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    await town.person(CHEN, "阿陈")
    yield
    await town.sound()


async def outcome(town: Rehearsal, user: int) -> tuple[str, str | None, bool, str]:
    """Item, grid, anonymity and words of the person's one case."""
    case = (await town.case(await town.number(user))).case
    async with town.core.look() as work:
        (note,) = await work.uow.cases.notes(case.id)
    return case.item, case.place.grid, case.anonymous, note.text


@pytest.mark.parametrize("order", range(8))
async def test_two_reports_step_by_step_in_any_order(town: Rehearsal, order: int) -> None:
    """However the steps of two people are interleaved, each case holds its own words only."""
    left = {user: list(steps) for user, steps in STEPS.items()}
    turn = order
    while any(left.values()):
        user = LI if (turn & 1 and left[LI]) or not left[CHEN] else CHEN
        turn = (turn >> 1) | ((turn & 1) << 3)
        await town.say(user, left[user].pop(0))
    item, grid, anonymous, words = await outcome(town, LI)
    assert (grid, anonymous) == ("QS-JX-2", True)
    assert "垃圾" in words
    assert "路灯" not in words
    other = await outcome(town, CHEN)
    assert other[1:] == ("QS-HW-1", False, "路灯不亮")
    assert other[0] != item


async def test_everything_at_once(town: Rehearsal) -> None:
    """All messages of both wait in one batch: the result is the same."""
    for steps in zip(*STEPS.values(), strict=False):
        for user, words in zip(STEPS, steps, strict=True):
            await town.town.say(user, words)
    await town.town.say(LI, STEPS[LI][3])
    await town.settle()
    assert (await outcome(town, LI))[1:3] == ("QS-JX-2", True)
    assert (await outcome(town, CHEN))[1:3] == ("QS-HW-1", False)


async def test_one_person_in_two_chats(town: Rehearsal) -> None:
    """A dialog in a group and one in private of the same person are two dialogs."""
    group = await town.town.group("幸福里业主群", type="supergroup", members=[LI, CHEN])
    name = town.bot.api.username
    asked = await town.say(LI, f"/report@{name} 路灯不亮", chat=group["id"])
    await town.say(LI, "翠竹路菜市场后门垃圾堆成山了，好几天没人收")
    await town.tap(LI, asked, "河湾社区第 1 网格")
    seen = await town.last(group["id"])
    assert "路灯" in seen["text"]
    assert "垃圾" not in seen["text"]
    assert "垃圾" in (await town.last(LI))["text"]


async def test_a_tap_on_somebody_elses_dialog_in_a_group(town: Rehearsal) -> None:
    """In a group only the reporter's taps count; the other one is told so, and nothing moves."""
    group = await town.town.group("幸福里业主群", type="supergroup", members=[LI, CHEN])
    asked = await town.say(LI, f"/report@{town.bot.api.username} 路灯不亮", chat=group["id"])
    for label in ("河湾社区第 1 网格", "取消"):
        assert "别人在填" in await town.tap(CHEN, asked, label)
    assert await town.last(group["id"]) == asked
    await town.tap(LI, asked, "河湾社区第 1 网格")
    assert "✅ 提交" in labels(await town.last(group["id"]))


async def test_two_dialogs_in_one_group(town: Rehearsal) -> None:
    """Two people report in the same group at the same time."""
    group = int((await town.town.group("群", type="supergroup", members=[LI, CHEN]))["id"])
    name = town.bot.api.username
    first = await town.say(LI, f"/report@{name} 路灯不亮", chat=group)
    second = await town.say(CHEN, f"/report@{name} 垃圾堆成山，没人收", chat=group)
    await town.tap(CHEN, second, "锦绣社区第 1 网格")
    await town.tap(LI, first, "河湾社区第 1 网格")
    shown = [m["text"] for m in (await town.town.messages(group))[-2:]]
    assert "垃圾" in shown[0]
    assert "锦绣社区第 1 网格" in shown[0]
    assert "路灯" in shown[1]
    assert "河湾社区第 1 网格" in shown[1]
