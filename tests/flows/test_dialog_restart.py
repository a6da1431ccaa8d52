"""Kill at every step, stale and repeated taps: the next tap just works (failure modes 14, 18)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.access import SYSTEM
from bot.domain.units import Role
from tests.town import Rehearsal, labels

LI, WANG = 1001, 2001
SURE = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"
OLD = "这一步已经过了"


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    yield
    await town.sound()


async def cases(town: Rehearsal) -> int:
    """How many cases there are."""
    async with town.core.look() as work:
        found = await work.uow.cases.listed(SYSTEM, units=None, open_only=False, limit=50)
    return len(found)


async def test_a_kill_at_every_step_of_a_report(town: Rehearsal) -> None:
    """A new process after each message and tap: the old buttons go on as if nothing had been."""
    await town.say(LI, photo=True)
    await town.restart()
    asked = await town.say(LI, "锦绣那边门口堵住了，进不去")
    await town.restart()
    await town.tap(LI, asked, "1")
    await town.restart()
    place = await town.last(LI)
    assert "在哪里" in place["text"]
    await town.tap(LI, place, "网格")
    await town.restart()
    seen = await town.last(LI)
    await town.tap(LI, seen, "匿名")
    await town.restart()
    seen = await town.last(LI)
    assert "🙂 不匿名" in labels(seen)
    await town.tap(LI, seen, "提交")
    await town.restart()
    case = (await town.case(await town.number(LI))).case
    assert case.anonymous
    async with town.core.look() as work:
        (note,) = await work.uow.cases.notes(case.id)
    assert (note.text, len(note.media)) == ("锦绣那边门口堵住了，进不去", 1)


async def test_a_kill_at_every_step_of_the_closing(town: Rehearsal) -> None:
    """Accepting, the reply, 办结, the resident's word and the reason survive kills."""
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    group = await town.channel("QS-CZ-3", WANG)
    number = await town.report(LI, SURE)
    card = await town.card("QS-CZ-3", number)
    await town.restart()
    await town.tap(WANG, card, "签收")
    await town.restart()
    answer = await town.say(
        WANG, photo=True, caption="垃圾已清运", chat=group, reply_to=card["message_id"]
    )
    await town.restart()
    await town.tap(WANG, answer, "办结")
    await town.restart()
    asked = await town.find(LI, "解决了吗")
    await town.tap(LI, asked, "没解决")
    await town.restart()
    await town.say(LI, "又堆起来了")
    assert "编号不变" in (await town.last(LI))["text"]
    assert (await town.case(number)).case.cycle == 1


async def test_a_kill_before_the_answer_is_sent(town: Rehearsal) -> None:
    """An update that was confirmed but not handled is handled by the next process."""
    await town.town.say(LI, SURE)
    await town.bot.poller.once(0)
    await town.restart()
    await town.settle()
    assert "✅ 提交" in labels(await town.last(LI))


async def test_a_kill_within_an_album(town: Rehearsal) -> None:
    """Pieces before and after a kill belong to one report with one question."""
    await town.town.say(LI, album=4, caption=SURE)
    await town.bot.poller.once(0)
    await town.bot.inbox.once()
    await town.restart()
    await town.settle()
    await town.forward(seconds=2)
    assert len(await town.texts(LI)) == 1
    await town.tap(LI, await town.last(LI), "提交")
    seen = await town.case(await town.number(LI))
    async with town.core.look() as work:
        (note,) = await work.uow.cases.notes(seen.case.id)
    assert len(note.media) == 4


async def test_submitting_three_times_opens_one_case(town: Rehearsal) -> None:
    """The same tap three times at once: one case, and two polite answers."""
    seen = await town.say(LI, SURE)
    taps = [await town.town.tap_label(LI, seen, "提交") for _ in range(3)]
    await town.settle()
    answers = [(await town.town.answers(tap))[-1].get("text") for tap in taps]
    assert answers[0] == "已受理 202611200001"
    assert all(answer.startswith(f"{OLD}。202611200001") for answer in answers[1:])
    assert await cases(town) == 1


@pytest.mark.parametrize("label", ["改事项", "改地点", "匿名", "取消"])
async def test_every_other_tap_three_times(town: Rehearsal, label: str) -> None:
    """Tapped three times, a button acts once; the dialog stays usable."""
    seen = await town.say(LI, SURE)
    for _ in range(3):
        await town.town.tap_label(LI, seen, label)
    await town.settle()
    assert await cases(town) == 0
    after = await town.last(LI)
    if label == "取消":
        after = await town.say(LI, SURE)
    elif label != "匿名":
        await town.tap(LI, after, "返回")
        after = await town.last(LI)
    else:
        assert "不匿名" in str(labels(after))
    await town.tap(LI, after, "提交")
    assert await cases(town) == 1


async def test_an_old_button_shows_the_present_state(town: Rehearsal) -> None:
    """A tap on an earlier question answers 这一步已经过了 and asks the present one again."""
    first = await town.say(LI, "锦绣花园门口堵住了，进不去")
    await town.tap(LI, first, "1")
    present = await town.last(LI)
    assert await town.tap(LI, first, "2") == OLD
    again = await town.last(LI)
    assert again["message_id"] != present["message_id"]
    assert again["text"] == present["text"]
    # Both copies of the present question work.
    await town.tap(LI, present, "提交")
    await town.number(LI)


async def test_a_tap_after_the_submission(town: Rehearsal) -> None:
    """The buttons of a finished dialog do nothing any more."""
    seen = await town.say(LI, SURE)
    await town.tap(LI, seen, "提交")
    data = [b["callback_data"] for row in seen["reply_markup"]["inline_keyboard"] for b in row]
    for one in data:
        assert (await town.tap_data(LI, seen, one)).startswith(OLD)
    assert await cases(town) == 1
    assert labels((await town.town.messages(LI))[-2]) == []


async def test_old_buttons_do_not_reach_a_new_dialog(town: Rehearsal) -> None:
    """提交 of an earlier, cancelled report does not submit the present one."""
    old = await town.say(LI, SURE)
    await town.say(LI, "/cancel")
    await town.say(LI, "锦绣花园路灯不亮")
    assert await town.tap(LI, old, "提交") == OLD
    assert await cases(town) == 0


async def test_the_same_update_delivered_again(town: Rehearsal) -> None:
    """An update that Telegram sends three times is handled once (failure mode 18)."""
    said = await town.town.say(LI, SURE)
    message, number = said["messages"][0], said["update_ids"][0]
    await town.settle()
    for _ in range(2):
        await town.bot.poller.keep([{"update_id": number, "message": message}])
        await town.settle()
    assert len(await town.texts(LI)) == 1


async def test_a_verdict_tapped_three_times(town: Rehearsal) -> None:
    """解决了 three times closes once and asks once whether the person is content."""
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    group = await town.channel("QS-CZ-3", WANG)
    number = await town.report(LI, SURE)
    card = await town.card("QS-CZ-3", number)
    await town.tap(WANG, card, "签收")
    answer = await town.say(
        WANG, photo=True, caption="清了", chat=group, reply_to=card["message_id"]
    )
    await town.tap(WANG, answer, "办结")
    asked = await town.find(LI, "解决了吗")
    for _ in range(3):
        await town.town.tap_label(LI, asked, "解决了")
    await town.settle()
    assert sum("满意吗" in text for text in await town.texts(LI)) == 1
    content = await town.find(LI, "满意吗")
    for _ in range(3):
        await town.town.tap_label(LI, content, "满意")
    await town.settle()
    assert (await town.events(number)).count("closed") == 1
    assert sum("记下了" in text for text in await town.texts(LI)) == 1
