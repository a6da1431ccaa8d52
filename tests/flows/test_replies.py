"""A reply to what the bot said about one's own case belongs to that case, not to a new report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.units import Role
from tests.town import Json, Rehearsal, labels

LI, CHEN, WORKER = 1001, 1002, 2001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"
HALLWAY = "竹苑小区楼道堆满杂物"
ALARM = "六栋楼道里好大煤气味，有人头晕"


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WORKER)
    yield
    await town.sound()


async def _reported(town: Rehearsal, text: str = RUBBISH) -> tuple[str, int]:
    """A report; its number, and the id of its receipt."""
    number = await town.report(LI, text)
    return number, int((await town.find(LI, f"编号 {number}"))["message_id"])


async def _notes(town: Rehearsal, number: str) -> list[Any]:
    seen = await town.case(number)
    async with town.core.look() as work:
        notes = await work.uow.cases.notes(seen.case.id)
    return [n for n in notes if n.kind != "report"]


async def _cases(town: Rehearsal) -> int:
    async with town.core.look() as work:
        person = await work.uow.people.by_chat(LI)
        assert person is not None
        return len(await work.uow.cases.of_reporter(person.viewer, 99, 0))


async def test_a_reply_to_the_receipt_adds_to_the_case(town: Rehearsal) -> None:
    """Words land on the case and on its card; no report begins."""
    number, receipt = await _reported(town)
    said = await town.say(LI, "今天又多了两袋", reply_to=receipt)
    assert said["text"] == f"已补充到 {number}。"
    assert [(n.kind, n.text) for n in await _notes(town, number)] == [
        ("addition", "今天又多了两袋")
    ]
    assert "今天又多了两袋" in (await town.card("QS-CZ-3", number))["text"]
    assert await _cases(town) == 1


async def test_so_does_a_reply_to_any_later_message(town: Rehearsal) -> None:
    """What is said about the case on the way is as good as the receipt; the acceptor gets all."""
    number, _ = await _reported(town)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    taken = await town.find(LI, "签收了")
    await town.say(LI, album=2, caption="就是这一堆", reply_to=taken["message_id"])
    await town.say(LI, location=[23.394, 113.2165], reply_to=taken["message_id"])
    first, second, pin = await _notes(town, number)
    assert [len(n.media) for n in (first, second, pin)] == [1, 1, 0]
    assert pin.text == "📍 翠竹社区第 3 网格"
    photos = [m for m in await town.town.messages(WORKER) if m.get("photo")]
    assert len(photos) == 2
    added = [text for text in await town.texts(LI) if "已补充" in text]
    assert len(added) == 2
    assert await _cases(town) == 1


async def test_the_right_one_of_two(town: Rehearsal) -> None:
    """The reply decides which case is meant, and a report in progress stays where it was."""
    first, receipt = await _reported(town)
    second, _ = await _reported(town, HALLWAY)
    await town.say(LI, "翠竹路菜市场后门路灯不亮")
    await town.say(LI, "还在那里", reply_to=receipt)
    assert [n.text for n in await _notes(town, first)] == ["还在那里"]
    assert await _notes(town, second) == []
    again = await town.say(LI, "/start")
    assert "路灯" in again["text"]
    assert "还在那里" not in again["text"]
    assert "✅ 提交" in labels(again)


async def test_danger_in_a_reply_is_an_emergency(town: Rehearsal) -> None:
    """New danger goes out at once as a case of its own."""
    number, receipt = await _reported(town)
    await town.say(LI, ALARM, reply_to=receipt)
    await town.find(LI, "先保证安全")
    other = await town.number(LI)
    assert other != number
    assert (await town.case(other)).case.emergency
    assert await _notes(town, number) == []


async def test_the_place_of_an_emergency_by_reply(town: Rehearsal) -> None:
    """在哪个小区？ is answered by a reply too, even an hour later, photo and all."""
    await town.say(LI, ALARM)
    number = await town.number(LI)
    asked = await town.find(LI, "在哪个小区")
    await town.forward(minutes=60)
    await town.say(LI, photo=True, caption="锦绣花园12栋", reply_to=asked["message_id"])
    assert (await town.case(number)).case.place.grid == "QS-JX-2"
    assert [len(n.media) for n in await _notes(town, number)] == [1]
    await town.say(LI, "味道越来越大", reply_to=asked["message_id"])
    assert len(await _notes(town, number)) == 2
    assert await _cases(town) == 1


async def test_a_reply_answers_the_open_question_of_the_case(town: Rehearsal) -> None:
    """While 追问 waits, a reply to the receipt is the answer to it."""
    number, receipt = await _reported(town)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    await town.tap(WORKER, await town.find(WORKER, number), "追问")
    await town.say(WORKER, "是在东门还是西门？")
    await town.say(LI, "东门", reply_to=receipt)
    assert "东门" in (await town.find(WORKER, "反映人回复"))["text"]
    assert "answered" in await town.events(number)


async def test_a_phone_number_by_reply_stays_private(town: Rehearsal) -> None:
    """After 留电话 a reply to the receipt is the number, which no card shows."""
    number, receipt = await _reported(town)
    await town.tap(LI, await town.last(LI), "留电话")
    await town.say(LI, "13800138000", reply_to=receipt)
    assert [n.kind for n in await _notes(town, number)] == ["contact"]


async def _handled(town: Rehearsal, number: str) -> Json:
    card = await town.card("QS-CZ-3", number)
    await town.tap(WORKER, card, "签收")
    said = await town.say(
        WORKER, photo=True, caption="已清运", chat=town.groups["QS-CZ-3"],
        reply_to=card["message_id"],
    )  # fmt: skip
    await town.tap(WORKER, said, "办结")
    return await town.find(LI, "解决了吗")


async def test_a_reply_to_the_result_is_kept_and_the_question_asked_again(
    town: Rehearsal,
) -> None:
    """Words instead of 解决了 or 没解决 land on the case, and the buttons come again."""
    number, _ = await _reported(town)
    asked = await _handled(town, number)
    said = await town.say(LI, "地上还有一点水", reply_to=asked["message_id"])
    assert labels(said) == ["解决了", "部分解决", "没解决"]
    assert (await _notes(town, number))[-1].text == "地上还有一点水"
    await town.say(LI, "1", reply_to=asked["message_id"])
    assert (await town.case(number)).case.status == "closed"


async def test_who_wants_it_back_is_shown_how(town: Rehearsal) -> None:
    """A reply that asks for the case back is answered with the case and its 撤回."""
    _, receipt = await _reported(town)
    await town.say(LI, "我反映的那个撤回吧", reply_to=receipt)
    assert "撤回" in labels(await town.last(LI))


async def test_other_peoples_numbers_and_ended_cases_begin_a_report(town: Rehearsal) -> None:
    """Only one's own open case takes an addition; anything else is heard as before."""
    number, receipt = await _reported(town)
    await town.person(CHEN, "阿陈")
    shown = await town.say(CHEN, f"/case {number}")
    await town.say(CHEN, HALLWAY, reply_to=shown["message_id"])
    assert "✅ 提交" in labels(await town.last(CHEN))
    assert await _notes(town, number) == []

    await town.tap(LI, await town.find(LI, f"编号 {number}"), "撤回")
    said = await town.say(LI, HALLWAY, reply_to=receipt)
    assert "✅ 提交" in labels(said)


async def test_a_list_of_several_cases_is_no_case(town: Rehearsal) -> None:
    """A reply to /my with two cases on it does not guess which one is meant."""
    await _reported(town)
    await _reported(town, HALLWAY)
    mine = await town.say(LI, "/my")
    said = await town.say(LI, "翠竹路菜市场后门路灯不亮", reply_to=mine["message_id"])
    assert "路灯" in said["text"]
    assert "✅ 提交" in labels(said)
