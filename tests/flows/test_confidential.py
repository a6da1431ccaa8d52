"""Confidential items: by private message to a named person, never to or from a group."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.units import Role
from bot.services import explaining
from tests.town import Rehearsal, labels

LI, LIU, POL, CHEN = 1001, 3001, 3002, 1002
SECRET = "锦绣公寓6栋302有人开赌场，天天打牌赌钱"
BEATEN = "老公家暴，正在打我，锦绣公寓6栋"


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    yield
    await town.sound()


async def submitted(town: Rehearsal, text: str = SECRET) -> str:
    """A confidential report, submitted in private; its number."""
    seen = await town.say(LI, text)
    if "✅ 提交" not in labels(seen):
        await town.tap(LI, seen, "1")
        seen = await town.last(LI)
    await town.tap(LI, seen, "提交")
    return await town.number(LI)


async def test_the_named_person_gets_it_in_private_and_no_group_does(town: Rehearsal) -> None:
    """The unit's channel stays silent; the named person accepts in private."""
    await town.person(POL, "钱警官", ("QS-POL", Role.UNIT_DUTY))
    await town.person(CHEN, "孙警官", ("QS-POL", Role.UNIT_DUTY))
    await town.person(LIU, "刘调度", ("QS-HUB", Role.DISPATCHER))
    groups = [await town.channel("QS-POL", POL, CHEN), await town.channel("QS-HUB", LIU)]
    number = await submitted(town)
    assert (await town.case(number)).case.confidential
    for group in groups:
        assert not [t for t in await town.texts(group) if number in t]
    holders = [who for who in (POL, CHEN, LIU) if any(number in t for t in await town.texts(who))]
    assert len(holders) == 1


async def test_others_do_not_learn_that_it_exists(town: Rehearsal) -> None:
    """For everybody else, colleagues and supervisors too, the number does not exist."""
    await town.person(LIU, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.person(CHEN, "张主任", ("CD-HUB", Role.SUPERVISOR))
    number = await submitted(town)
    assert "没有这个编号" in (await town.say(CHEN, f"/case {number}"))["text"]
    assert number in (await town.say(LI, f"/case {number}"))["text"]


async def test_said_in_a_group_it_goes_on_in_private(town: Rehearsal) -> None:
    """A secret matter in a group is not repeated there; a deep link leads to the dialog."""
    await town.person(CHEN, "阿陈")
    group = int((await town.town.group("业主群", type="supergroup", members=[LI, CHEN]))["id"])
    said = await town.say(LI, f"/report@{town.bot.api.username} {SECRET}", chat=group)
    assert "私下" in said["text"]
    assert not [t for t in await town.texts(group) if "赌" in t or "302" in t]
    (button,) = said["reply_markup"]["inline_keyboard"][0]
    assert button["url"].endswith("?start=go")
    await town.town.start(LI, "go")
    await town.settle()
    seen = await town.last(LI)
    if "✅ 提交" not in labels(seen):
        await town.tap(LI, seen, "1")
        seen = await town.last(LI)
    await town.tap(LI, seen, "提交")
    case = (await town.case(await town.number(LI))).case
    assert case.confidential
    assert "已受理" not in str(await town.texts(group))


async def test_a_stranger_who_never_started_goes_private_by_the_link(town: Rehearsal) -> None:
    """The link works for somebody whom the bot could not write to before."""
    await town.town.user("新来的", id=1009, started=False)
    group = int((await town.town.group("业主群", type="supergroup", members=[1009]))["id"])
    await town.say(1009, f"/report@{town.bot.api.username} {SECRET}", chat=group)
    await town.town.start(1009, "go")
    await town.settle()
    assert "取消" in labels(await town.last(1009))


async def test_a_secret_emergency_in_a_group_is_answered_in_private(town: Rehearsal) -> None:
    """Violence at home said in a group goes out at once; the advice is for the person alone."""
    await town.town.start(LI)
    group = int((await town.town.group("业主群", type="supergroup", members=[LI]))["id"])
    await town.say(LI, f"/report@{town.bot.api.username} {BEATEN}", chat=group)
    number = await town.number(LI)
    case = (await town.case(number)).case
    assert (case.emergency, case.confidential) == (True, True)
    shown = "\n".join(await town.texts(group))
    assert "110" in shown
    assert "锁" not in shown
    assert number not in shown
    assert "先保证安全" in "\n".join(await town.texts(LI))


async def test_a_strangers_secret_emergency_in_a_group(town: Rehearsal) -> None:
    """Whoever never pressed Start gets only the way to the private chat, and the case is open."""
    group = int((await town.town.group("业主群", type="supergroup", members=[LI]))["id"])
    said = await town.say(LI, f"/report@{town.bot.api.username} {BEATEN}", chat=group)
    assert "110" in said["text"]
    assert "锁" not in said["text"]
    await town.town.start(LI, "my")
    await town.settle()
    assert "家庭暴力" in (await town.last(LI))["text"]


async def test_units_are_not_named_to_the_reporter(town: Rehearsal) -> None:
    """In a secret emergency no unit and no person is named."""
    await town.person(POL, "钱警官", ("QS-POL", Role.UNIT_DUTY))
    await town.say(LI, BEATEN)
    assert (await town.case(await town.number(LI))).case.emergency
    assert "钱警官" not in "\n".join(await town.texts(LI))


async def test_the_digest_and_the_lists_do_not_name_it(town: Rehearsal) -> None:
    """The operator's list shows no item of a confidential case."""
    number = await submitted(town)
    assert explaining.summary(await town.case(number))["item"] is None
