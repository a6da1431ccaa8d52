"""An emergency is dispatched from the first message; questions come afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.units import Role
from tests.town import Rehearsal, labels

LI, GAS, HUB, WANG = 1001, 2001, 3001, 2002
ALARM = "六栋楼道里好大煤气味，有人头晕"
SURE = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    yield
    await town.sound()


async def staffed(town: Rehearsal) -> None:
    """The gas company with a channel, and the town's hub."""
    await town.person(GAS, "赵工", ("CD-GAS", Role.UNIT_DUTY))
    await town.person(HUB, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.channel("CD-GAS", GAS)
    await town.channel("QS-HUB", HUB)


async def texts_with(town: Rehearsal, words: str) -> list[str]:
    """The bot's messages to the resident that hold these words."""
    return [text for text in await town.texts(LI) if words in text]


async def test_the_first_message_is_enough(town: Rehearsal) -> None:
    """Safety first, a number, and the units are told before anything is asked."""
    await staffed(town)
    await town.say(LI, ALARM)
    first = (await texts_with(town, "先保证安全"))[0]
    assert first.startswith("⚠️ 先保证安全")
    assert "119" in first
    assert "编号" in first
    assert "在哪个小区" in first
    case = (await town.case(await town.number(LI))).case
    assert case.emergency
    assert case.status == "dispatched"


async def test_the_notice_comes_last(town: Rehearsal) -> None:
    """At first contact the notice on personal data stands after the advice, and only there."""
    await town.say(LI, ALARM)
    await town.say(LI, "锦绣花园12栋")
    await town.say(LI, "/my")
    (notice,) = await texts_with(town, "本服务由")
    assert notice.index("先保证安全") < notice.index("本服务由")


async def test_a_unit_is_named_only_when_it_was_told(town: Rehearsal) -> None:
    """Nobody is named without a living channel, and as notified only after the delivery."""
    await town.say(LI, ALARM)
    assert not await texts_with(town, "正在通知")
    assert not await texts_with(town, "已收到通知")


async def test_the_place_follows(town: Rehearsal) -> None:
    """The place told afterwards lands on the same case, and its grid is told too."""
    await staffed(town)
    await town.say(LI, ALARM)
    await town.say(LI, "锦绣花园12栋")
    seen = await town.case(await town.number(LI))
    assert seen.case.place.grid == "QS-JX-2"
    assert "锦绣社区第 2 网格" in (await texts_with(town, "已补充"))[0]


async def test_a_pin_follows(town: Rehearsal) -> None:
    """A place pin afterwards is as good as words."""
    await town.say(LI, ALARM)
    await town.say(LI, location=[23.394, 113.2165])
    assert (await town.case(await town.number(LI))).case.place.grid == "QS-CZ-3"


async def test_more_words_and_photos_follow(town: Rehearsal) -> None:
    """Further words and photos join the case; no second one is opened."""
    await town.say(LI, ALARM)
    await town.say(LI, photo=True)
    await town.say(LI, "味道越来越大了")
    seen = await town.case(await town.number(LI))
    assert seen.case.number == "202611200001"
    async with town.core.look() as work:
        kinds = [n.kind for n in await work.uow.cases.notes(seen.case.id)]
    assert kinds == ["report", "addition", "addition"]


async def test_another_matter_begins_a_report(town: Rehearsal) -> None:
    """What is clearly something else does not land on the emergency."""
    await town.say(LI, ALARM)
    seen = await town.say(LI, SURE)
    assert "✅ 提交" in labels(seen)


async def test_after_half_an_hour_a_new_report_begins(town: Rehearsal) -> None:
    """The next day's words are not part of yesterday's emergency."""
    await town.say(LI, ALARM)
    await town.forward(minutes=31)
    await town.say(LI, "路灯一直没人管")
    assert not await texts_with(town, "已补充")


async def test_only_a_person_ends_it(town: Rehearsal) -> None:
    """不是紧急 by the reporter makes it an ordinary case; a second tap does nothing."""
    await town.say(LI, ALARM)
    number = await town.number(LI)
    first = await town.find(LI, "先保证安全")
    assert labels(first) == ["不是紧急"]
    for _ in range(2):
        await town.tap(LI, first, "不是紧急")
    assert not (await town.case(number)).case.emergency
    assert (await town.events(number)).count("not_emergency") == 1


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("门口堵住了，进不去", "哪一件事"),
        ("垃圾堆成山了，好几天没人收", "在哪里"),
        (SURE, "响应"),
    ],
)
async def test_an_emergency_in_mid_dialog_goes_out_at_once(
    town: Rehearsal, words: str, question: str
) -> None:
    """Danger told while something else is asked is not held up by the question."""
    assert question in (await town.say(LI, words))["text"]
    await town.say(LI, ALARM)
    assert await texts_with(town, "先保证安全")
    seen = await town.case(await town.number(LI))
    assert (seen.case.emergency, seen.case.item) == (True, "GY04")
    async with town.core.look() as work:
        notes = await work.uow.cases.notes(seen.case.id)
    assert ALARM in notes[0].text


@pytest.mark.parametrize("place", ["变电箱旁边", "加油站对面", "锦绣花园12栋着火那栋旁边"])
async def test_a_place_that_sounds_dangerous_is_no_emergency(town: Rehearsal, place: str) -> None:
    """What only says where is an answer to the question of the place, whatever stands there."""
    assert "在哪里" in (await town.say(LI, "垃圾堆成山了，好几天没人收"))["text"]
    seen = await town.say(LI, place)
    assert "✅ 提交" in labels(seen)
    assert not await texts_with(town, "先保证安全")


async def test_an_emergency_instead_of_a_phone_number(town: Rehearsal) -> None:
    """Danger told while a phone number is asked for opens a case as well."""
    await town.report(LI, SURE)
    await town.tap(LI, await town.last(LI), "留电话")
    await town.say(LI, ALARM)
    assert await texts_with(town, "先保证安全")


async def test_an_emergency_instead_of_an_answer(town: Rehearsal) -> None:
    """Danger told while a question of the owner waits is an emergency, not an answer."""
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WANG)
    number = await town.report(LI, SURE)
    await town.tap(WANG, await town.card("QS-CZ-3", number), "签收")
    await town.tap(WANG, await town.last(WANG), "追问")
    await town.say(WANG, "是哪个门口？")
    question = await town.find(LI, "是哪个门口")
    await town.say(LI, ALARM)
    assert len(await texts_with(town, "先保证安全")) == 1
    await town.say(LI, "三楼着火了，快来人", reply_to=question["message_id"])
    assert len(await texts_with(town, "先保证安全")) == 2
    await town.say(LI, "西门", reply_to=question["message_id"])
    assert "answered" in await town.events(number)


async def test_an_emergency_by_caption_and_by_edit(town: Rehearsal) -> None:
    """The words under a photo alarm as well as a text."""
    await town.say(LI, photo=True, caption=ALARM)
    assert await texts_with(town, "先保证安全")


async def test_an_emergency_in_a_group(town: Rehearsal) -> None:
    """In a group the alarm goes out at once too, with the advice where it was asked for."""
    group = int((await town.town.group("业主群", type="supergroup", members=[LI]))["id"])
    said = await town.say(LI, f"/report@{town.bot.api.username} {ALARM}", chat=group)
    assert "先保证安全" in said["text"]
    assert (await town.case(await town.number(group))).case.emergency


async def test_helpers_hear_that_it_is_done(town: Rehearsal) -> None:
    """Once the lead has closed it, the card of a unit that was only asked to help says so."""
    await staffed(town)
    await town.person(WANG, "黄干事", ("QS-CZ", Role.COMMUNITY_OFFICER))
    await town.channel("QS-CZ", WANG)
    await town.say(LI, ALARM)
    await town.say(LI, "幸福里6栋")
    number = await town.number(LI)
    assert "本单位配合" in (await town.card("QS-CZ", number))["text"]
    card = await town.card("CD-GAS", number)
    await town.tap(GAS, card, "签收")
    group = town.groups["CD-GAS"]
    await town.say(
        GAS, chat=group, photo=True, caption="已关阀，读数 0", reply_to=card["message_id"]
    )
    await town.tap(GAS, await town.find(group, "已记到"), "办结")
    left = await town.card("QS-CZ", number)
    assert "牵头单位已办结，不用您单位办了" in left["text"]
    assert not labels(left)
