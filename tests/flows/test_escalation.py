"""The ladder: 80 %, due, escalation; who hears of it, and what stays as it was."""

from __future__ import annotations

import pytest

from bot.domain.units import Role
from tests.town import Rehearsal

RESIDENT, WORKER, COLLEAGUE, COMMUNITY = 1001, 2001, 2002, 2101
TOWN_DESK, DISTRICT_DESK, NAMED = 3001, 3002, 3003
SECRETARY, BOSS, TOP_BOSS, DESK = 4001, 4002, 4003, 4004
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"  # D: respond in 2 working hours, resolve in 8
STALLS = "翠竹路菜市场后门有人占道摆摊"  # C
OLD_SHED = "幸福里6栋长期违建圈占公共空间"  # A: respond in 8 working hours
GAS = "幸福里6栋楼道里好大煤气味，有人头晕"  # respond in a quarter of an hour, day and night
GAMBLING = "翠竹路菜市场后门有人赌博"  # confidential


async def _crew(town: Rehearsal) -> None:
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(COLLEAGUE, "赵工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(COMMUNITY, "黄", ("QS-CZ", Role.COMMUNITY_OFFICER))
    await town.person(SECRETARY, "吴", ("QS-CZ", Role.SUPERVISOR))
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.channel("QS-CZ-3", WORKER, COLLEAGUE)
    await town.channel("QS-CZ", COMMUNITY)


async def test_eighty_percent_reminds_the_one_duty_person(town: Rehearsal) -> None:
    """While nobody has accepted, one person of the unit is reminded, in private, once."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    group = await town.texts(town.groups["QS-CZ-3"])

    await town.to("2026-11-20T11:05")
    assert await _heard(town, number) == set()
    await town.to("2026-11-20T11:06")
    await town.settle()

    assert await _heard(town, number) == {WORKER}
    assert "还没签收" in (await town.last(WORKER))["text"]
    assert await town.texts(town.groups["QS-CZ-3"]) == group


async def test_eighty_percent_reminds_the_owner_alone(town: Rehearsal) -> None:
    """Once somebody has accepted, the reminders of the handling limit are that person's."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    await town.tap(COLLEAGUE, await town.card("QS-CZ-3", number), "签收")

    await town.to("2026-11-20T16:53:59")
    assert await _heard(town, "快到处置时限") == set()
    await town.to("2026-11-20T16:54")

    assert await _heard(town, "快到处置时限") == {COLLEAGUE}


async def test_due_is_one_event_a_red_card_and_two_notices(town: Rehearsal) -> None:
    """At the limit: one event, 🔴 on the card, the duty person and the nearest supervisor."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    await town.to("2026-11-20T11:29:59")
    assert "🔴" not in (await town.card("QS-CZ-3", number))["text"]
    await town.to("2026-11-20T11:30")
    await town.forward(minutes=10)

    assert (await town.events(number)).count("overdue") == 1
    card = await town.card("QS-CZ-3", number)
    assert card["text"].startswith("🔴")
    assert "响应已超时" in card["text"]
    assert await _heard(town, "响应已到时限") == {WORKER, SECRETARY}


async def test_accepting_stops_the_respond_ladder(town: Rehearsal) -> None:
    """After 签收 nothing more is heard of the respond limit."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    await town.to("2026-11-20T11:00")
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    await town.to("2026-11-20T16:40")
    assert await _heard(town, "还没签收") == set()
    assert (await town.events(number)).count("overdue") == 0


@pytest.mark.parametrize(
    ("text", "before", "at"),
    [
        pytest.param(RUBBISH, "2026-11-20T16:29:59", "2026-11-20T16:30", id="D 4 working hours"),
        pytest.param(STALLS, "2026-11-23T11:29:59", "2026-11-23T11:30", id="C 8 working hours"),
        pytest.param(GAS, "2026-11-20T09:44:59", "2026-11-20T09:45", id="emergency at once"),
    ],
)
async def test_the_grace_is_that_of_the_tier(
    town: Rehearsal, text: str, before: str, at: str
) -> None:
    """Escalation comes when the tier's own grace after the due time is over, not before."""
    await _crew(town)
    asked = await town.say(RESIDENT, text)
    if text != GAS:
        await town.tap(RESIDENT, asked, "提交")
    number = await town.number(RESIDENT)
    await town.to(before)
    assert "escalated" not in await town.events(number)
    await town.to(at)
    assert "escalated" in await town.events(number)


async def test_the_next_tier_leads_and_the_lower_one_stays(town: Rehearsal) -> None:
    """The community joins as lead with fresh clocks; the grid helps on, and stays on record."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    promised = (await town.case(number)).case
    await town.to("2026-11-20T16:30")

    seen = await town.case(number)
    parts = [(task.unit, task.part) for task in seen.tasks]
    assert parts == [("QS-CZ-3", "former"), ("QS-CZ", "lead")]
    assert seen.case.lead == "QS-CZ"
    assert seen.tasks[1].respond_due > town.clock.now()
    assert "牵头：翠竹社区，本单位配合" in (await town.card("QS-CZ-3", number))["text"]
    assert number in (await town.card("QS-CZ", number))["text"]
    assert (await town.find(RESIDENT, "超时"))["text"] == f"{number} 超时了，翠竹社区 已加入督办。"
    # The promise to the resident is what it was.
    assert (seen.case.respond_due, seen.case.resolve_due) == (
        promised.respond_due,
        promised.resolve_due,
    )
    assert "已请上一级加入" in (await town.find(SECRETARY, "超时"))["text"]

    await town.tap(COMMUNITY, await town.card("QS-CZ", number), "签收")
    assert "accepted" in await town.events(number)


async def test_a_helpers_lateness_brings_nobody_new(town: Rehearsal) -> None:
    """When the helper's second clock runs out too, the notice does not claim that help came."""
    await _crew(town)
    await town.report(RESIDENT, RUBBISH)
    await town.to("2026-11-20T16:30")
    await town.to("2026-11-20T17:00")
    await town.to("2026-11-23T14:30")
    said = [text for text in await town.texts(SECRETARY) if "处置超时" in text]
    assert len(said) == 1
    assert said[0].endswith("翠竹社区第 3 网格 处置超时 4 工作时，请尽快处理。")


async def test_above_the_district_stands_the_supervision_desk(town: Rehearsal) -> None:
    """An A case goes from the office to the district hub, and from there to the 督查 desk."""
    await town.person(RESIDENT, "小李")
    await town.person(DISTRICT_DESK, "王", ("CD-HUB", Role.DISPATCHER))
    await town.person(TOP_BOSS, "张", ("CD-HUB", Role.SUPERVISOR))
    await town.person(DESK, "督查", ("CD-SUP", Role.DEPARTMENT_OFFICER))
    for unit, one in (("CD-HUB", DISTRICT_DESK), ("CD-SUP", DESK)):
        await town.channel(unit, one)
    number = await town.report(RESIDENT, OLD_SHED)
    await town.tap(DISTRICT_DESK, await town.card("CD-HUB", number), "确认")

    await town.to("2026-11-24T09:30")
    assert (await town.case(number)).case.lead == "CD-HUB"
    await town.to("2026-11-26T09:30")
    assert (await town.case(number)).case.lead == "CD-SUP"
    assert number in (await town.card("CD-SUP", number))["text"]
    await town.to("2026-12-02T09:30")
    units = [task.unit for task in (await town.case(number)).tasks]
    assert units == ["CD-ILL", "CD-HUB", "CD-SUP"]


async def test_a_confidential_case_rises_to_named_persons_only(town: Rehearsal) -> None:
    """When it is late the next named person up hears of it, in private; nobody else ever does."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.person(DISTRICT_DESK, "王", ("CD-HUB", Role.DISPATCHER))
    await town.person(NAMED, "史", ("QS-POL", Role.UNIT_DUTY))
    await town.person(COLLEAGUE, "史二", ("QS-POL", Role.UNIT_DUTY))
    group = await town.channel("QS-POL", COLLEAGUE)
    hub = await town.channel("QS-HUB", TOWN_DESK)
    number = await town.report(RESIDENT, GAMBLING)
    await town.to("2026-11-27T09:30")

    seen = await town.case(number)
    units = [task.unit for task in seen.tasks]
    assert units[:2] == ["QS-POL", "QS-HUB"]
    assert await _heard(town, number) <= {NAMED, TOWN_DESK, DISTRICT_DESK, RESIDENT}
    assert await _heard(town, "赌博") <= {NAMED, TOWN_DESK, DISTRICT_DESK, RESIDENT}
    assert {NAMED, TOWN_DESK} <= await _heard(town, number)
    for chat in (group, hub):
        assert not any(number in text for text in await town.texts(chat))


async def test_a_long_stop_gives_one_notice_not_ten(town: Rehearsal) -> None:
    """After days without the bot every stage is on record, and each person hears once."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    await town.to("2026-11-24T09:00")

    assert (await town.events(number)).count("overdue") == 2
    assert (await town.events(number)).count("escalated") == 1
    for user in (WORKER, SECRETARY):
        told = [text for text in await town.texts(user) if number in text]
        # The supervisor's digest of that morning speaks of it as well.
        assert sum("今天到期" not in text for text in told) == 1


async def test_an_emergency_is_not_held_back_at_night(town: Rehearsal) -> None:
    """At 23:00 the ladder of an emergency runs on, and its cards sound."""
    await town.to("2026-11-20T23:00")
    await _crew(town)
    await town.person(NAMED, "莫", ("CD-GAS", Role.DEPARTMENT_OFFICER))
    group = await town.channel("CD-GAS", NAMED)
    await town.say(RESIDENT, GAS)
    number = await town.number(RESIDENT)
    assert not any(m.get("silent") for m in await town.town.messages(group))
    await town.to("2026-11-20T23:12")
    assert NAMED in await _heard(town, number)


async def test_ordinary_cards_at_night_arrive_without_sound(town: Rehearsal) -> None:
    """Between 20:00 and 08:30 the card of an ordinary case makes no sound."""
    await _crew(town)
    await town.to("2026-11-20T21:00")
    number = await town.report(RESIDENT, RUBBISH)
    assert (await town.card("QS-CZ-3", number)).get("silent")


async def _heard(town: Rehearsal, words: str) -> set[int]:
    """Which of the staff have read these words in private."""
    staff = (WORKER, COLLEAGUE, COMMUNITY, TOWN_DESK, DISTRICT_DESK, NAMED, SECRETARY, BOSS)
    known = {c["id"] for c in await town.town.chats()}
    return {
        user
        for user in (*staff, TOP_BOSS, DESK)
        if user in known and any(words in text for text in await town.texts(user))
    }
