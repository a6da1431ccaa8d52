"""不归我管: three taps, the first receiver stays responsible, the hub's word is final."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.directory_folder import load_demo
from bot.domain.case import Dispute
from bot.domain.units import Role
from bot.errors import Refused
from bot.services import directories
from tests.town import Json, Rehearsal, data_of, labels

RESIDENT, GRID, SQUAD, PROPERTY, STRANGER = 1001, 2001, 2002, 2003, 1099
DESK, BOSS, POLICE, DISTRICT = 3001, 4001, 2005, 3002
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"  # D: respond in 2 working hours, resolve in 8
GAS = "幸福里6栋楼道里好大煤气味，有人头晕"
SECRET = "锦绣公寓6栋302有人开赌场，天天打牌赌钱"
GRID_NAME, SQUAD_NAME, HUB_NAME = "翠竹社区第 3 网格", "翠竹社区联勤队", "镇综合指挥中心"


@pytest.fixture(autouse=True)
async def _crew(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(RESIDENT, "小李")
    await town.person(GRID, "朱网格员", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(SQUAD, "林队", ("QS-CZ-SQ", Role.UNIT_DUTY))
    await town.person(PROPERTY, "谢工", ("QS-CZ-PM", Role.UNIT_DUTY))
    await town.person(DESK, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.person(BOSS, "杨主任", ("QS-HUB", Role.SUPERVISOR))
    for unit, member in (
        ("QS-CZ-3", GRID), ("QS-CZ-SQ", SQUAD), ("QS-CZ-PM", PROPERTY), ("QS-HUB", DESK),
    ):  # fmt: skip
        await town.channel(unit, member)
    yield
    await town.sound()


async def card(town: Rehearsal, unit: str) -> Json:
    """The newest message in a unit's channel that shows a case's number."""
    return await town.card(unit, "2026112")


async def give_back(
    town: Rehearsal, user: int, unit: str, reason: str = "职责", owner: str = SQUAD_NAME
) -> str:
    """A return; ``owner`` that has no button is written in reply to the card."""
    await town.tap(user, await card(town, unit), "不归我管")
    await town.tap(user, await card(town, unit), reason)
    shown = await card(town, unit)
    if any(owner in label for label in labels(shown)):
        return await town.tap(user, shown, owner)
    group = town.groups[unit]
    return str((await town.say(user, owner, chat=group, reply_to=shown["message_id"]))["text"])


async def returned(town: Rehearsal, **fields: str) -> str:
    """A case that the grid has returned to the squad; its number."""
    number = await town.report(RESIDENT, RUBBISH)
    await give_back(town, GRID, "QS-CZ-3", **fields)
    return number


async def adjudicating(town: Rehearsal) -> str:
    """A case that grid and squad have returned; its number."""
    number = await returned(town)
    await give_back(town, SQUAD, "QS-CZ-SQ", "辖区", "分拨中心")
    return number


async def test_three_taps_on_the_card_and_no_message_more(town: Rehearsal) -> None:
    """不归我管, a reason, a unit: all on the card, in the group, nothing in private."""
    number = await town.report(RESIDENT, RUBBISH)
    shown = await card(town, "QS-CZ-3")
    assert labels(shown) == ["✋ 签收", "↩️ 不归我管", "✏️ 改事项"]
    group, private = town.groups["QS-CZ-3"], await town.texts(GRID)
    before = len(await town.texts(group))

    await town.tap(GRID, shown, "不归我管")
    asked = await card(town, "QS-CZ-3")
    assert labels(asked) == [
        "✋ 签收", "返回", "不是本单位职责", "不在本单位辖区", "事项分错了",
    ]  # fmt: skip
    await town.tap(GRID, asked, "不在本单位辖区")
    asked = await card(town, "QS-CZ-3")
    assert labels(asked)[2:4] == ["翠竹社区第 1 网格", "翠竹社区第 2 网格"]
    assert labels(asked)[-1] == "⚖️ 由分拨中心定"
    said = await town.tap(GRID, asked, "物业")

    assert said == f"已提议转 翠竹社区物业，对方签收前仍由 {GRID_NAME} 负责。"
    assert len(await town.texts(group)) == before
    assert await town.texts(GRID) == private
    case = (await town.case(number)).case
    assert (case.lead, case.dispute, len(case.returns)) == ("QS-CZ-3", Dispute.PROPOSED, 1)
    mine, theirs = await card(town, "QS-CZ-3"), await card(town, "QS-CZ-PM")
    assert "已提议转 翠竹社区物业（不在本单位辖区），对方签收前仍由本单位负责" in mine["text"]
    assert labels(mine) == ["✋ 签收"]
    assert f"提议由您单位牵头（{GRID_NAME} 退回：不在本单位辖区）" in theirs["text"]
    assert labels(theirs) == ["✋ 签收", "↩️ 不归我管"]


async def test_reason_and_unit_in_words(town: Rehearsal) -> None:
    """Both may be written in reply to the card; the words are masked on every card."""
    number = await town.report(RESIDENT, RUBBISH)
    group = town.groups["QS-CZ-3"]
    await town.tap(GRID, await card(town, "QS-CZ-3"), "不归我管")
    reply = (await card(town, "QS-CZ-3"))["message_id"]
    said = await town.say(GRID, photo=True, chat=group, reply_to=reply)
    assert said["text"] == "请用文字写一句原因。"
    words = "这是物业的地，问 13800138000"
    assert "应该由谁办" in (await town.say(GRID, words, chat=group, reply_to=reply))["text"]
    said = await town.say(GRID, "老张他们", chat=group, reply_to=reply)
    assert "没认出单位" in said["text"]
    said = await town.say(GRID, "请翠竹社区物业去", chat=group, reply_to=reply)
    assert "已提议转 翠竹社区物业" in said["text"]

    shown = (await card(town, "QS-CZ-PM"))["text"]
    assert "退回：这是物业的地" in shown
    assert "13800138000" not in shown
    seen = await town.case(number)
    async with town.core.look() as work:
        event = (await work.uow.cases.events(seen.case.id))[-1]
        notes = await work.uow.cases.notes(seen.case.id)
    assert (event.kind, event.reason) == ("returned", "other")
    assert [one.kind for one in notes[-1].media] == ["photo"]
    assert event.data["note"] == notes[-1].digest
    assert "物业的地" not in str(event.data)


async def test_digits_and_back(town: Rehearsal) -> None:
    """Digits in reply press the buttons that are shown; 返回 leaves the card as it was."""
    number = await town.report(RESIDENT, RUBBISH)
    group, shown = town.groups["QS-CZ-3"], await card(town, "QS-CZ-3")
    reply = shown["message_id"]
    await town.say(GRID, "2", chat=group, reply_to=reply)
    assert "为什么不归本单位" in (await card(town, "QS-CZ-3"))["text"]
    await town.say(GRID, "2", chat=group, reply_to=reply)
    assert (await card(town, "QS-CZ-3"))["text"] == shown["text"]
    for digit in ("2", "3", "3"):
        await town.say(GRID, digit, chat=group, reply_to=reply)
    assert (await town.case(number)).case.dispute is Dispute.PROPOSED


async def test_cancel_forgets_the_question(town: Rehearsal) -> None:
    """/cancel in the group: the card offers what it did, and a reply is no reason any more."""
    await town.report(RESIDENT, RUBBISH)
    group = town.groups["QS-CZ-3"]
    await town.tap(GRID, await card(town, "QS-CZ-3"), "不归我管")
    await town.say(GRID, f"/cancel@{town.bot.api.username}", chat=group)
    shown = await card(town, "QS-CZ-3")
    assert labels(shown) == ["✋ 签收", "↩️ 不归我管", "✏️ 改事项"]
    said = await town.say(GRID, "不归我们", chat=group, reply_to=shown["message_id"])
    assert "请先点签收" in said["text"]


async def test_the_first_receivers_clock_runs_on(town: Rehearsal) -> None:
    """Reminder, due and escalation come to the first receiver as if nothing had been said."""
    number = await returned(town)
    first, second = (await town.case(number)).tasks
    assert (first.unit, first.part) == ("QS-CZ-3", "lead")
    assert first.responded_at is None
    promised = (await town.case(number)).case

    await town.to("2026-11-20T11:06")
    assert "还没签收" in (await town.find(GRID, number))["text"]
    await town.to("2026-11-20T11:30")
    assert (await card(town, "QS-CZ-3"))["text"].startswith("🔴")
    assert "响应已到时限" in (await town.find(BOSS, GRID_NAME))["text"]
    await town.to("2026-11-20T16:30")
    seen = await town.case(number)
    assert "escalated" in await town.events(number)
    assert (seen.case.lead, seen.tasks[0].part) == ("QS-CZ", "former")
    assert (seen.case.respond_due, seen.case.resolve_due) == (
        promised.respond_due, promised.resolve_due,
    )  # fmt: skip
    assert second.resolve_due == promised.resolve_due

    # Late, but not too late: who was asked takes it over from both.
    await town.tap(SQUAD, await card(town, "QS-CZ-SQ"), "签收")
    seen = await town.case(number)
    assert seen.case.lead == "QS-CZ-SQ"
    assert [(t.unit, t.part, t.status) for t in seen.tasks] == [
        ("QS-CZ-3", "former", "withdrawn"), ("QS-CZ-SQ", "lead", "accepted"),
        ("QS-CZ", "former", "withdrawn"),
    ]  # fmt: skip
    assert f"已转出，由 {SQUAD_NAME} 牵头" in (await card(town, "QS-CZ-3"))["text"]


async def test_the_second_units_response_is_counted_from_the_proposal(town: Rehearsal) -> None:
    """What the first one used up is not taken from the second; the handling stays as promised."""
    number = await town.report(RESIDENT, RUBBISH)
    await town.forward(minutes=60)
    await give_back(town, GRID, "QS-CZ-3")
    seen = await town.case(number)
    assert seen.tasks[0].respond_due == seen.case.respond_due
    assert seen.tasks[1].respond_due > seen.case.respond_due
    assert seen.tasks[1].resolve_due == seen.case.resolve_due
    assert "响应 周五 13:30 · 处置 周一 09:30" in (await card(town, "QS-CZ-SQ"))["text"]


async def test_accepting_transfers(town: Rehearsal) -> None:
    """Whoever accepts leads; the first one's card says so; the resident hears only who has it."""
    number = await returned(town)
    heard = len(await town.texts(RESIDENT))
    assert number in await town.tap(SQUAD, await card(town, "QS-CZ-SQ"), "签收")

    seen = await town.case(number)
    assert (seen.case.lead, seen.case.status) == ("QS-CZ-SQ", "accepted")
    assert [(t.unit, t.part, t.status) for t in seen.tasks] == [
        ("QS-CZ-3", "former", "withdrawn"), ("QS-CZ-SQ", "lead", "accepted"),
    ]  # fmt: skip
    assert (await town.events(number))[-3:] == ["returned", "transferred", "accepted"]
    gone = await card(town, "QS-CZ-3")
    assert f"已转出，由 {SQUAD_NAME} 牵头" in gone["text"]
    assert labels(gone) == []
    said = (await town.texts(RESIDENT))[heard:]
    assert len(said) == 1
    assert SQUAD_NAME in said[0]
    assert "退回" not in said[0]
    timeline = (await town.say(RESIDENT, f"/case {number}"))["text"]
    assert f"转由 {SQUAD_NAME} 牵头" in timeline
    assert "不归本单位" not in timeline
    assert f"{GRID_NAME} 提出不归本单位管" in (await town.say(DESK, f"/case {number}"))["text"]

    # Nothing rings at the first receiver any more; the new lead is reminded of the handling.
    await town.to("2026-11-20T16:54")
    assert not [t for t in await town.texts(GRID) if number in t]
    assert "快到处置时限" in (await town.find(SQUAD, "时限"))["text"]


async def test_the_new_lead_closes_it(town: Rehearsal) -> None:
    """After a transfer the case goes its usual way to the resident's word."""
    number = await returned(town)
    await town.tap(SQUAD, await card(town, "QS-CZ-SQ"), "签收")
    shown = await card(town, "QS-CZ-SQ")
    said = await town.say(
        SQUAD, photo=True, caption="已清运", chat=town.groups["QS-CZ-SQ"],
        reply_to=shown["message_id"],
    )  # fmt: skip
    await town.tap(SQUAD, said, "办结")
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "没解决")
    await town.say(RESIDENT, "还在那里")

    again = await card(town, "QS-CZ-SQ")
    assert (await town.case(number)).case.cycle == 1
    assert labels(again) == ["✋ 签收", "✏️ 改事项"]
    stale = data_of(again, "签收").replace("accept", "return")
    assert "不能再退回" in await town.tap_data(SQUAD, again, stale)


async def test_the_first_one_may_take_it_back(town: Rehearsal) -> None:
    """签收 by the first receiver ends the question; the other unit is told that it is spared."""
    number = await returned(town)
    asked = await card(town, "QS-CZ-SQ")
    await town.tap(GRID, await card(town, "QS-CZ-3"), "签收")

    seen = await town.case(number)
    assert (seen.case.lead, seen.case.status, seen.case.dispute) == (
        "QS-CZ-3", "accepted", Dispute.TAKEN,
    )  # fmt: skip
    spared = await card(town, "QS-CZ-SQ")
    assert f"由 {GRID_NAME} 牵头，不用您单位办了" in spared["text"]
    assert "不在这一步" in await town.tap_data(SQUAD, spared, data_of(asked, "签收"))


async def test_the_second_return_is_adjudicated(town: Rehearsal) -> None:
    """The hub reads both reasons, and its 确认 or 改派 is final; the first one leads till then."""
    number = await returned(town)
    asked = await card(town, "QS-CZ-SQ")
    said = await give_back(town, SQUAD, "QS-CZ-SQ", "辖区", "翠竹社区物业")
    assert said == f"已请 {HUB_NAME} 裁定，裁定前仍由 {GRID_NAME} 负责。"

    assert f"已退回，由 {HUB_NAME} 裁定" in (await card(town, "QS-CZ-SQ"))["text"]
    assert "裁定前仍由本单位负责" in (await card(town, "QS-CZ-3"))["text"]
    hub = await card(town, "QS-HUB")
    assert "待裁定" in hub["text"]
    assert f"{GRID_NAME} 退回：不是本单位职责，建议 {SQUAD_NAME}" in hub["text"]
    assert f"{SQUAD_NAME} 退回：不在本单位辖区，建议 翠竹社区物业" in hub["text"]
    assert "建议派给：翠竹社区物业" in hub["text"]
    assert labels(hub) == ["✅ 确认", "🔀 改派"]
    assert "退回过一次" in await town.tap_data(
        GRID, await card(town, "QS-CZ-3"),
        data_of(await card(town, "QS-CZ-3"), "签收").replace("accept", "return"),
    )  # fmt: skip
    assert "不在这一步" in await town.tap_data(SQUAD, asked, data_of(asked, "签收"))

    assert await town.tap(DESK, hub, "确认") == "已裁定由 翠竹社区物业 牵头"
    seen = await town.case(number)
    assert (seen.case.lead, seen.case.dispute) == ("QS-CZ-PM", Dispute.DECIDED)
    assert "已裁定由 翠竹社区物业 牵头" in (await card(town, "QS-HUB"))["text"]
    for unit in ("QS-CZ-3", "QS-CZ-SQ"):
        assert "由 翠竹社区物业 牵头" in (await card(town, unit))["text"]
    assert (await town.events(number))[-4:] == [
        "returned", "returned", "adjudication_asked", "adjudicated",
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["QS-CZ-3", "QS-CZ-SQ", "QS-CZ-PM"])
async def test_an_adjudicated_unit_cannot_return(town: Rehearsal, unit: str) -> None:
    """Whichever of them the hub names: no button 不归我管, and a sentence if it is tried."""
    user = {"QS-CZ-3": GRID, "QS-CZ-SQ": SQUAD, "QS-CZ-PM": PROPERTY}[unit]
    number = await adjudicating(town)
    await town.tap(DESK, await card(town, "QS-HUB"), load_demo().directory.units[unit].name)

    seen = await town.case(number)
    assert seen.case.lead == unit
    shown = await card(town, unit)
    assert "已裁定由您单位牵头，不能再退回" in shown["text"]
    assert labels(shown) == ["✋ 签收", "✏️ 改事项"]
    for act in ("return", "r:duty", "r:duty:QS-CZ-1", "r:duty:hub"):
        stale = data_of(shown, "签收").replace("accept", act)
        assert "不能再退回" in await town.tap_data(user, shown, stale)
    assert len((await town.case(number)).case.returns) == 2
    await town.tap(user, shown, "签收")
    assert (await town.case(number)).case.status == "accepted"


async def test_the_hub_decides_in_words(town: Rehearsal) -> None:
    """A reply to the card that names a unit is the decision, as for a dispatch."""
    number = await adjudicating(town)
    hub = await card(town, "QS-HUB")
    said = await town.say(
        DESK, "归镇环卫站", chat=town.groups["QS-HUB"], reply_to=hub["message_id"]
    )
    assert said["text"] == "已裁定由 镇环卫站 牵头"
    assert (await town.case(number)).case.lead == "QS-SAN"


async def test_only_the_hub_decides(town: Rehearsal) -> None:
    """A unit's own staff cannot decide for themselves, nor anybody after the decision."""
    number = await adjudicating(town)
    hub = await card(town, "QS-HUB")
    choice = data_of(hub, SQUAD_NAME)
    assert "负责的人" in await town.tap_data(GRID, hub, choice)
    await town.tap(DESK, hub, "镇环卫站")
    await town.tap_data(DESK, hub, choice)
    assert (await town.events(number)).count("adjudicated") == 1
    assert [t.part for t in (await town.case(number)).tasks].count("lead") <= 2


async def test_a_hub_that_is_late_is_reminded_once(town: Rehearsal) -> None:
    """After half a working hour the hub's people and its supervisor are told, once."""
    number = await adjudicating(town)
    await town.forward(minutes=29)
    assert not [t for t in await town.texts(DESK) if "等裁定" in t]
    await town.forward(minutes=1)
    await town.forward(minutes=40)
    for who in (DESK, BOSS):
        assert len([t for t in await town.texts(who) if f"{number} 等裁定" in t]) == 1
    await town.tap(DESK, await card(town, "QS-HUB"), SQUAD_NAME)
    assert (await town.case(number)).case.lead == "QS-CZ-SQ"


async def test_the_hub_may_be_asked_at_once(town: Rehearsal) -> None:
    """由分拨中心定 instead of a unit: the first return is adjudicated."""
    number = await returned(town, owner="分拨中心")
    case = (await town.case(number)).case
    assert (case.lead, case.dispute, case.hub) == ("QS-CZ-3", Dispute.HUB, "QS-HUB")
    hub = await card(town, "QS-HUB")
    assert f"{GRID_NAME} 退回：不是本单位职责" in hub["text"]
    assert "✅ 确认" not in labels(hub)
    await town.tap(DESK, hub, GRID_NAME)
    seen = await town.case(number)
    # It keeps its share with its clocks: nothing was won by asking.
    assert [(t.unit, t.part, t.respond_due) for t in seen.tasks] == [
        ("QS-CZ-3", "lead", seen.case.respond_due)
    ]


async def test_a_silent_unit_leaves_it_to_the_hub(town: Rehearsal) -> None:
    """No answer within the proposed unit's limit: the hub is asked; that unit may still accept."""
    number = await returned(town)
    await town.to("2026-11-20T11:29")
    assert (await town.case(number)).case.dispute is Dispute.PROPOSED
    await town.to("2026-11-20T11:30")
    assert (await town.case(number)).case.dispute is Dispute.HUB
    assert "待裁定" in (await card(town, "QS-HUB"))["text"]
    await town.tap(SQUAD, await card(town, "QS-CZ-SQ"), "签收")
    seen = await town.case(number)
    assert (seen.case.lead, seen.case.dispute) == ("QS-CZ-SQ", Dispute.TAKEN)
    assert labels(await card(town, "QS-HUB")) == []


async def test_who_accepts_first_has_it(town: Rehearsal) -> None:
    """Both units tap 签收 in the same moment: one has it, the other reads that it is over."""
    number = await returned(town)
    mine, theirs = await card(town, "QS-CZ-3"), await card(town, "QS-CZ-SQ")
    first = await town.town.tap_label(SQUAD, theirs, "签收")
    second = await town.town.tap_label(GRID, mine, "签收")
    await town.settle()
    answers = [(await town.town.answers(tap))[-1]["text"] for tap in (first, second)]
    assert sum(text.startswith("已签收") for text in answers) == 1
    assert (await town.events(number)).count("accepted") == 1
    leads = [t for t in (await town.case(number)).tasks if t.part == "lead"]
    assert len(leads) == 1


async def test_double_taps_and_two_colleagues(town: Rehearsal) -> None:
    """The last tap twice, and a colleague's own at once: one return, one proposed unit."""
    await town.person(STRANGER, "胡网格员", ("QS-CZ-3", Role.GRID_WORKER))
    number = await town.report(RESIDENT, RUBBISH)
    await town.tap(GRID, await card(town, "QS-CZ-3"), "不归我管")
    await town.tap(GRID, await card(town, "QS-CZ-3"), "职责")
    shown = await card(town, "QS-CZ-3")
    taps = [
        await town.town.tap_label(user, shown, owner)
        for user, owner in ((GRID, "物业"), (GRID, "物业"), (STRANGER, "环卫站"))
    ]
    await town.settle()
    answers = [(await town.town.answers(tap))[-1]["text"] for tap in taps]
    assert [("已提议转" in a, "退回过一次" in a) for a in answers] == [
        (True, False), (False, True), (False, True),
    ]  # fmt: skip
    assert (await town.events(number)).count("returned") == 1
    assert [t.part for t in (await town.case(number)).tasks] == ["lead", "proposed"]


async def test_a_return_meets_an_acceptance(town: Rehearsal) -> None:
    """A colleague accepts while the questions are open: the rest of the taps says so."""
    await town.person(STRANGER, "胡网格员", ("QS-CZ-3", Role.GRID_WORKER))
    number = await town.report(RESIDENT, RUBBISH)
    await town.tap(GRID, await card(town, "QS-CZ-3"), "不归我管")
    asked = await card(town, "QS-CZ-3")
    await town.tap(STRANGER, asked, "签收")
    assert "已经签收了" in await town.tap_data(GRID, asked, data_of(asked, "职责"))
    # What the other one replies now is progress, not the reason that was asked for.
    said = await town.say(
        GRID, "我也在", chat=town.groups["QS-CZ-3"], reply_to=asked["message_id"]
    )
    assert "已记到" in said["text"]
    assert (await town.events(number))[-2:] == ["accepted", "progress"]


@pytest.mark.parametrize(
    ("owner", "sentence"),
    [
        pytest.param(GRID_NAME, "不能转给自己", id="itself"),
        pytest.param("镇综合指挥中心", "已请 镇综合指挥中心 裁定", id="the hub"),
        pytest.param("没有的单位", "没认出单位", id="nobody"),
    ],
)
async def test_what_may_be_written_as_the_owner(
    town: Rehearsal, owner: str, sentence: str
) -> None:
    """Not the unit itself; the hub's own name leaves it to the hub."""
    await town.report(RESIDENT, RUBBISH)
    await town.tap(GRID, await card(town, "QS-CZ-3"), "不归我管")
    await town.tap(GRID, await card(town, "QS-CZ-3"), "职责")
    reply = (await card(town, "QS-CZ-3"))["message_id"]
    said = await town.say(GRID, owner, chat=town.groups["QS-CZ-3"], reply_to=reply)
    assert sentence in said["text"]


async def test_nobody_is_asked_who_has_returned_it(town: Rehearsal) -> None:
    """The second unit cannot send it back to the first: that would be a bounce."""
    number = await returned(town)
    await town.tap(SQUAD, await card(town, "QS-CZ-SQ"), "不归我管")
    await town.tap(SQUAD, await card(town, "QS-CZ-SQ"), "辖区")
    shown = await card(town, "QS-CZ-SQ")
    assert GRID_NAME not in labels(shown)
    said = await town.say(
        SQUAD, GRID_NAME, chat=town.groups["QS-CZ-SQ"], reply_to=shown["message_id"]
    )
    assert f"{GRID_NAME} 已经退回过" in said["text"]
    assert len((await town.case(number)).case.returns) == 1


async def test_who_may_return(town: Rehearsal) -> None:
    """A stranger may not, nor the owning unit after the response limit: then it handles first."""
    await town.person(STRANGER, "路人")
    await town.report(RESIDENT, RUBBISH)
    shown = await card(town, "QS-CZ-3")
    assert "负责的人" in await town.tap(STRANGER, shown, "不归我管")
    assert "负责的人" in await town.tap(SQUAD, shown, "不归我管")
    await town.to("2026-11-20T11:30")
    late = await card(town, "QS-CZ-3")
    assert labels(late) == ["✋ 签收", "✏️ 改事项"]
    assert "过了响应时限" in await town.tap_data(GRID, late, data_of(shown, "不归我管"))


async def test_an_emergency_goes_straight_to_the_hub(town: Rehearsal) -> None:
    """Its lead stays responsible and is not replaced by asking another unit; helpers stay too."""
    await town.person(2004, "王工", ("CD-GAS", Role.DEPARTMENT_OFFICER))
    await town.person(2006, "贺队", ("QS-FIRE", Role.UNIT_DUTY))
    await town.person(DISTRICT, "王调度", ("CD-HUB", Role.DISPATCHER))
    for unit, member in (("CD-GAS", 2004), ("QS-FIRE", 2006), ("CD-HUB", DISTRICT)):
        await town.channel(unit, member)
    await town.say(RESIDENT, GAS)
    number = await town.number(RESIDENT)
    shown = await card(town, "CD-GAS")
    assert labels(shown) == ["✋ 签收", "↩️ 不归我管", "不是紧急", "✏️ 改事项"]
    helper = await card(town, "QS-FIRE")
    assert "↩️ 不归我管" not in labels(helper)
    tried = data_of(helper, "签收").replace("accept", "return")
    assert "配合单位不用退回" in await town.tap_data(2006, helper, tried)

    said = await give_back(town, 2004, "CD-GAS", "职责", "青松消防站")
    assert said == "已请 区综合指挥中心 裁定，裁定前仍由 燃气抢险 负责。"
    case = (await town.case(number)).case
    assert (case.lead, case.dispute, case.emergency) == ("CD-GAS", Dispute.HUB, True)
    hub = await town.find(town.groups["CD-HUB"], "待裁定")
    assert "紧急，请马上处理" in hub["text"]
    assert "建议派给：青松消防站" in hub["text"]
    await town.tap(DISTRICT, hub, "确认")
    seen = await town.case(number)
    assert seen.case.lead == "QS-FIRE"
    mine = [t for t in seen.tasks if t.unit == "QS-FIRE"]
    assert [(t.part, t.status) for t in mine] == [
        ("cooperating", "withdrawn"), ("lead", "dispatched"),
    ]  # fmt: skip


async def test_a_secret_case_is_returned_in_private(town: Rehearsal) -> None:
    """Only named persons are asked, and no group reads that it exists, reasons included."""
    await town.person(POLICE, "史警官", ("QS-POL", Role.UNIT_DUTY))
    await town.person(2007, "付科", ("QS-PEACE", Role.UNIT_DUTY))
    await town.channel("QS-POL", POLICE)
    await town.channel("QS-PEACE", 2007)
    seen = await town.say(RESIDENT, SECRET)
    if "✅ 提交" not in labels(seen):
        await town.tap(RESIDENT, seen, "1")
        seen = await town.last(RESIDENT)
    await town.tap(RESIDENT, seen, "提交")
    number = await town.number(RESIDENT)
    holder = POLICE if any(number in t for t in await town.texts(POLICE)) else DESK
    shown = await town.find(holder, number)
    assert "↩️ 不归我管" in labels(shown)

    await town.tap(holder, shown, "不归我管")
    assert "应该由谁办" in (await town.say(holder, "这归平安办，是出租屋"))["text"]
    refused = await town.say(holder, "翠竹社区电梯维保")
    assert "没有专人接保密事项" in refused["text"] or "不能下派" in refused["text"]
    await town.say(holder, "镇平安办")
    assert "是出租屋" in (await town.find(2007, "提议由您单位牵头"))["text"]
    await town.tap(2007, await town.find(2007, "提议由您单位牵头"), "不归我管")
    await town.tap(2007, await town.find(2007, "为什么不归"), "职责")
    await town.tap(2007, await town.find(2007, "应该由谁办"), "分拨中心")
    assert "待裁定" in (await town.find(DESK, number))["text"]

    for group in town.groups.values():
        assert not [t for t in await town.texts(group) if number in t or "出租屋" in t]


async def test_a_report_in_progress_is_not_lost(town: Rehearsal) -> None:
    """A return begun on a private card while a report is being written: the report goes on."""
    await town.person(2008, "韦队", ("QS-SAN", Role.UNIT_DUTY))
    number = await returned(town, owner="镇环卫站")
    shown = await town.find(2008, number)
    asked = await town.say(2008, "竹苑小区楼道堆满杂物")
    assert "✅ 提交" in labels(asked)
    await town.tap(2008, shown, "不归我管")
    await town.tap(2008, await town.find(2008, "为什么不归"), "职责")
    await town.tap(2008, await town.find(2008, "应该由谁办"), "分拨中心")
    assert (await town.case(number)).case.dispute is Dispute.HUB
    assert "✅ 提交" in labels(await town.last(2008))


async def test_danger_is_no_reason(town: Rehearsal) -> None:
    """Whoever is asked for a reason in private and tells of danger is heard as a reporter."""
    await town.person(2008, "韦队", ("QS-SAN", Role.UNIT_DUTY))
    number = await returned(town, owner="镇环卫站")
    await town.tap(2008, await town.find(2008, number), "不归我管")
    await town.say(2008, GAS)
    assert "先保证安全" in "\n".join(await town.texts(2008))
    assert len((await town.case(number)).case.returns) == 1


async def test_a_restart_in_the_middle(town: Rehearsal) -> None:
    """The process ends after each step: the next tap, word or due time works as if it had not."""
    number = await town.report(RESIDENT, RUBBISH)
    await town.restart()
    await town.tap(GRID, await card(town, "QS-CZ-3"), "不归我管")
    await town.restart()
    reply = (await card(town, "QS-CZ-3"))["message_id"]
    await town.say(GRID, "那是物业的地", chat=town.groups["QS-CZ-3"], reply_to=reply)
    await town.restart()
    await town.say(GRID, SQUAD_NAME, chat=town.groups["QS-CZ-3"], reply_to=reply)
    await town.restart()
    await town.to("2026-11-20T11:31")
    await town.restart()
    assert "待裁定" in (await card(town, "QS-HUB"))["text"]
    assert "那是物业的地" in (await card(town, "QS-HUB"))["text"]
    await town.tap(DESK, await card(town, "QS-HUB"), "改派")
    await town.restart()
    await town.tap(DESK, await card(town, "QS-HUB"), "翠竹社区物业")
    assert (await town.case(number)).case.lead == "QS-CZ-PM"


async def test_a_unit_without_people_is_asked_through_its_hub(town: Rehearsal) -> None:
    """A proposed unit that nobody can reach: the hub that stands in gets its card and is told."""
    number = await returned(town, owner="镇环卫站")
    asked = await town.find(town.groups["QS-HUB"], number)
    assert "镇环卫站 还没有能用的群" in asked["text"]
    assert "undelivered" in await town.events(number)
    await town.tap(DESK, asked, "签收")
    assert (await town.case(number)).case.lead == "QS-SAN"


async def test_a_proposed_unit_is_not_deleted_under_the_case(town: Rehearsal) -> None:
    """A directory without the unit is refused while it is asked; a suggestion that is gone too."""
    number = await returned(town)
    plan = load_demo()
    left = {code: unit for code, unit in plan.directory.units.items() if code != "QS-CZ-SQ"}
    smaller = replace(
        plan, directory=replace(plan.directory, units=left),
        staff=tuple(p for p in plan.staff if p.unit in left),
        channels=tuple(c for c in plan.channels if c.unit in left),
    )  # fmt: skip
    with pytest.raises(Refused, match="directory-orphan"):
        async with town.core.work("test:directory") as work:
            await directories.put(work, smaller)
    assert (await town.case(number)).case.dispute is Dispute.PROPOSED

    # A button for a unit that has left since it was shown.
    other = await town.report(RESIDENT, RUBBISH)
    shown = await town.card("QS-CZ-3", other)
    gone = data_of(shown, "不归我管").replace("return", "r:duty:QS-GONE")
    assert "没有这个单位" in await town.tap_data(GRID, shown, gone)


async def test_made_up_buttons_change_nothing(town: Rehearsal) -> None:
    """A reason that there is not, and a reason in words without words."""
    number = await town.report(RESIDENT, RUBBISH)
    shown = await card(town, "QS-CZ-3")
    for act, sentence in (
        ("r:mood", "过了"),
        ("r:mood:hub", "过了"),
        ("r:other:hub", "写一句原因"),
    ):
        made_up = data_of(shown, "不归我管").replace("return", act)
        assert sentence in await town.tap_data(GRID, shown, made_up)
    assert (await town.events(number))[-1] == "dispatched"


async def test_the_reporter_withdraws_meanwhile(town: Rehearsal) -> None:
    """A withdrawn case is over on every card; the hub is not asked any more."""
    number = await adjudicating(town)
    await town.tap(RESIDENT, await town.say(RESIDENT, f"/case {number}"), "撤回")
    for unit in ("QS-CZ-3", "QS-CZ-SQ", "QS-HUB"):
        gone = await card(town, unit)
        assert "反映人已撤回" in gone["text"]
        assert labels(gone) == []
    await town.forward(hours=2)
    assert not [t for t in await town.texts(DESK) if "等裁定" in t]


async def test_the_digest_counts_returns_and_blames_nobody_for_one(town: Rehearsal) -> None:
    """退回 N 次 beside whoever owes it now; the unit that was asked wrongly is in no figure."""
    number = await returned(town)
    await town.tap(SQUAD, await card(town, "QS-CZ-SQ"), "签收")
    await town.to("2026-11-24T09:30")
    text = (await town.say(BOSS, "/digest"))["text"]
    row = next(line for line in text.splitlines() if number in line)
    assert row.endswith(f"{SQUAD_NAME} · 逾期 8 工作时 · 退回 1 次")
    assert "呼应及时率 样本不足（1/1）" in text


async def test_todo_names_the_case_to_whoever_decides(town: Rehearsal) -> None:
    """/todo of the hub lists what waits for adjudication, and opens its card in private."""
    number = await adjudicating(town)
    said = await town.say(DESK, "/todo")
    assert number in said["text"]
    await town.tap(DESK, said, "1")
    opened = await town.last(DESK)
    assert "待裁定" in opened["text"]
    await town.tap(DESK, opened, SQUAD_NAME)
    assert (await town.case(number)).case.lead == "QS-CZ-SQ"
