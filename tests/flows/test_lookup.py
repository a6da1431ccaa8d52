"""/my, /case and /todo: finding a case again, and seeing only what one may see."""

from __future__ import annotations

from bot.domain.units import Role
from tests.town import Rehearsal, labels

RESIDENT, OTHER, WORKER, NEIGHBOUR = 1001, 1002, 2001, 2002
DESK, BOSS, FAR_BOSS, NAMED = 3001, 4001, 4002, 3003
RUBBISH = "翠竹路菜市场后门垃圾堆成山了，电话13800138000"
HALLWAY = "竹苑小区楼道堆满杂物"
GAMBLING = "翠竹路菜市场后门有人赌博"
GAS = "竹苑小区楼道里好大煤气味，有人头晕"


async def _staff(town: Rehearsal) -> None:
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(NEIGHBOUR, "孙", ("QS-CZ-2", Role.GRID_WORKER))
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.person(FAR_BOSS, "邓", ("QS-JX", Role.SUPERVISOR))


async def test_my_shows_five_a_page_newest_first(town: Rehearsal) -> None:
    """Seven reports make two pages; the buttons turn them, and each number opens its case."""
    await town.person(RESIDENT, "小李")
    numbers = [await town.report(RESIDENT, HALLWAY) for _ in range(7)]

    said = await town.say(RESIDENT, "/my")
    order = [line.split()[1] for line in said["text"].splitlines() if line[:1].isdecimal()]
    assert order == numbers[:1:-1]
    assert "较早" in "".join(labels(said)) or len(labels(said)) == 6

    await town.tap(RESIDENT, said, labels(said)[-1])
    older = await town.last(RESIDENT)
    assert [n for n in numbers if n in older["text"]] == numbers[:2]
    await town.tap(RESIDENT, older, "1")
    assert numbers[1] in (await town.last(RESIDENT))["text"]


async def test_my_is_ones_own(town: Rehearsal) -> None:
    """Nobody finds another person's cases there; the own anonymous ones are."""
    await town.person(RESIDENT, "小李")
    await town.person(OTHER, "小张")
    asked = await town.say(RESIDENT, HALLWAY)
    await town.tap(RESIDENT, asked, "匿名")
    await town.tap(RESIDENT, await town.last(RESIDENT), "提交")
    number = await town.number(RESIDENT)

    assert number in (await town.say(RESIDENT, "/my"))["text"]
    assert number not in (await town.say(OTHER, "/my"))["text"]


async def test_what_each_sees_of_a_case(town: Rehearsal) -> None:
    """The reporter sees all, the branch's staff the masked card, others one line (R067)."""
    await _staff(town)
    await town.person(OTHER, "小张")
    number = await town.report(RESIDENT, RUBBISH)

    own = (await town.say(RESIDENT, f"/case {number}"))["text"]
    assert "派给 翠竹社区第 3 网格" in own
    assert "响应 今天 11:30" in own
    for user in (WORKER, DESK, BOSS):
        seen = (await town.say(user, f"/case {number}"))["text"]
        assert "垃圾堆成山" in seen
        assert "派给 翠竹社区第 3 网格" in seen
        assert "13800138000" not in seen
    for user in (OTHER, NEIGHBOUR, FAR_BOSS):
        seen = (await town.say(user, f"/case {number}"))["text"]
        assert number in seen
        assert "垃圾堆积" in seen
        assert "堆成山" not in seen
        assert "菜市场" not in seen


async def test_a_case_asked_for_in_a_group_shows_the_public_line(town: Rehearsal) -> None:
    """The reporter's own view is not laid open before a group."""
    await _staff(town)
    group = await town.channel("QS-CZ-3", WORKER, RESIDENT)
    number = await town.report(RESIDENT, RUBBISH)
    seen = await town.say(RESIDENT, f"/case {number}", chat=group)
    assert "堆成山" not in seen["text"]
    assert "13800138000" not in seen["text"]


async def test_a_confidential_number_does_not_exist_for_others(town: Rehearsal) -> None:
    """For everybody but the reporter and the named persons the answer is that of no such case."""
    await _staff(town)
    await town.person(NAMED, "史", ("QS-POL", Role.UNIT_DUTY))
    await town.person(OTHER, "小张")
    number = await town.report(RESIDENT, GAMBLING)

    await town.say(OTHER, "/help")
    nothing = (await town.say(OTHER, "/case 209901010001"))["text"]
    for user in (OTHER, WORKER, NEIGHBOUR, DESK, BOSS, FAR_BOSS):
        assert (await town.say(user, f"/case {number}"))["text"] == nothing
    for user in (RESIDENT, NAMED):
        assert number in (await town.say(user, f"/case {number}"))["text"]


async def test_case_numbers_as_people_type_them(town: Rehearsal) -> None:
    """With a sign before it or blanks within, a number is found; without one, help comes."""
    await town.person(RESIDENT, "小李")
    number = await town.report(RESIDENT, HALLWAY)
    assert number in (await town.say(RESIDENT, f"/case #{number}"))["text"]
    assert (await town.say(RESIDENT, "/case"))["text"]
    assert "没有" in (await town.say(RESIDENT, "/case abc"))["text"]


async def test_todo_puts_the_most_pressing_first(town: Rehearsal) -> None:
    """Emergencies first, then by due time; what is late is marked; a number opens the case."""
    await _staff(town)
    await town.channel("QS-CZ-3", WORKER)
    await town.person(2005, "黄", ("QS-CZ", Role.COMMUNITY_OFFICER))
    later = await town.report(RESIDENT, HALLWAY)  # respond in four hours
    sooner = await town.report(RESIDENT, RUBBISH)  # respond in two
    said = await town.say(WORKER, "/todo")
    assert "待办 2 件" in said["text"]
    order = [line.split()[2] for line in said["text"].splitlines()[1:]]
    assert order == [sooner, later]

    await town.to("2026-11-20T11:31")
    said = await town.say(WORKER, "/todo")
    assert said["text"].splitlines()[1].startswith("🔴")
    await town.tap(WORKER, said, "1")
    assert sooner in (await town.last(WORKER))["text"]

    await town.say(RESIDENT, GAS)
    urgent = await town.number(RESIDENT)
    assert urgent in (await town.say(2005, "/todo"))["text"].splitlines()[1]


async def test_todo_of_a_dispatcher_names_what_waits_for_dispatch(town: Rehearsal) -> None:
    """What the hub owes, a dispatch or a check, is on its list too."""
    await _staff(town)
    number = await town.report(RESIDENT, "翠竹路菜市场后门路灯不亮")
    said = await town.say(DESK, "/todo")
    assert number in said["text"]
    await town.tap(DESK, said, "1")
    await town.tap(DESK, await town.find(DESK, f"{number} 路灯不亮"), "确认")
    assert (await town.case(number)).case.lead == "QS-UM"


async def test_todo_is_for_staff(town: Rehearsal) -> None:
    """A resident is told so; staff without anything to do as well."""
    await _staff(town)
    assert "工作人员" in (await town.say(RESIDENT, "/todo"))["text"]
    assert "没有要办的" in (await town.say(WORKER, "/todo"))["text"]


async def test_todo_of_a_hub_that_stands_in(town: Rehearsal) -> None:
    """A hub owes what a unit below cannot be told; once it can be, the hub owes that no more."""
    await town.person(RESIDENT, "小李")
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.channel("QS-HUB", DESK)
    number = await town.report(RESIDENT, RUBBISH)
    said = await town.say(DESK, "/todo")
    assert number in said["text"]
    await town.tap(DESK, said, "1")
    card = await town.find(DESK, "请代为处理或转告")
    assert number in card["text"]
    assert "签收" in " ".join(labels(card))

    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    assert "没有要办的" in (await town.say(DESK, "/todo"))["text"]
    assert number in (await town.say(WORKER, "/todo"))["text"]


async def test_todo_of_a_hub_shows_each_share_of_an_emergency(town: Rehearsal) -> None:
    """The hub is shown a case once in its channel; each unit's share is on its list and can be
    taken there."""
    await town.person(RESIDENT, "小李")
    await town.person(DESK, "王", ("CD-HUB", Role.DISPATCHER))
    group = await town.channel("CD-HUB", DESK)
    await town.say(RESIDENT, GAS)
    number = await town.number(RESIDENT)
    shares = [task for task in (await town.case(number)).tasks if task.unit != "CD-HUB"]
    assert len(shares) > 1
    assert sum(number in text for text in await town.texts(group)) == 1
    said = await town.say(DESK, "/todo")
    assert said["text"].count(number) == len(shares)
    for place in range(1, len(shares) + 1):
        await town.tap(DESK, said, str(place))
        await town.tap(DESK, await town.find(DESK, "请代为处理或转告"), "签收")
    taken = (await town.case(number)).tasks
    assert {task.status for task in taken if task.unit != "CD-HUB"} == {"accepted"}
    assert "签收" not in " ".join(labels(await town.find(group, number)))
    await town.sound()
