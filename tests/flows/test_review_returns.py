"""不归我管 beside everything else: other dialogs and menus, stale buttons, clocks, directories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.directory_folder import load_demo
from bot.domain.case import Dispute
from bot.domain.units import Role
from bot.errors import Refused
from bot.services import directories, dispatch
from bot.views import callback as cb
from tests.town import Json, Rehearsal, labels

RESIDENT, GRID, SQUAD, DESK, SWEEPER = 1001, 2001, 2002, 3001, 2008
GRID_NAME, SQUAD_NAME, SWEEPER_NAME = "翠竹社区第 3 网格", "翠竹社区联勤队", "镇环卫站"
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"
CLUTTER = "竹苑小区楼道堆满杂物"
GAS = "幸福里6栋楼道里好大煤气味，有人头晕"


@pytest.fixture(autouse=True)
async def _crew(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(RESIDENT, "小李")
    await town.person(GRID, "朱网格员", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(SQUAD, "林队", ("QS-CZ-SQ", Role.UNIT_DUTY))
    await town.person(DESK, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.person(SWEEPER, "韦队", ("QS-SAN", Role.UNIT_DUTY))
    for unit, member in (("QS-CZ-3", GRID), ("QS-CZ-SQ", SQUAD), ("QS-HUB", DESK)):
        await town.channel(unit, member)
    yield
    await town.sound()


async def card(town: Rehearsal, unit: str) -> Json:
    """The newest card in a unit's channel."""
    return await town.card(unit, "2026112")


async def returned(town: Rehearsal, owner: str = SWEEPER_NAME) -> str:
    """A case that the grid has returned, by default to somebody who is told in private."""
    number = await town.report(RESIDENT, RUBBISH)
    await town.tap(GRID, await card(town, "QS-CZ-3"), "不归我管")
    await town.tap(GRID, await card(town, "QS-CZ-3"), "职责")
    shown = await card(town, "QS-CZ-3")
    if any(owner in label for label in labels(shown)):
        await town.tap(GRID, shown, owner)
    else:
        group = town.groups["QS-CZ-3"]
        await town.say(GRID, owner, chat=group, reply_to=shown["message_id"])
    return number


async def interrupted(town: Rehearsal) -> tuple[str, Json]:
    """A report up to its preview, interrupted by a return in the same private chat."""
    number = await returned(town)
    shown = await town.find(SWEEPER, number)
    preview = await town.say(SWEEPER, CLUTTER)
    await town.tap(SWEEPER, shown, "不归我管")
    return number, preview


async def test_a_report_goes_on_when_the_return_is_left_alone(town: Rehearsal) -> None:
    """After half an hour the next words are the report's again: nothing said before is lost."""
    await interrupted(town)
    await town.forward(minutes=31)
    assert "楼道堆物" in (await town.say(SWEEPER, "就在3单元门口"))["text"]


async def test_a_report_goes_on_when_the_return_has_become_impossible(town: Rehearsal) -> None:
    """The resident withdraws the case while its return is asked about."""
    number, _ = await interrupted(town)
    await town.tap(RESIDENT, await town.say(RESIDENT, f"/case {number}"), "撤回")
    assert "楼道堆物" in (await town.say(SWEEPER, "就在3单元门口"))["text"]


async def test_the_previews_own_button_works_during_a_return(town: Rehearsal) -> None:
    """提交 of the report that was interrupted submits it; the card's questions go on by taps."""
    number, preview = await interrupted(town)
    await town.tap(SWEEPER, preview, "提交")
    await town.find(SWEEPER, "已受理，编号")
    await town.tap(SWEEPER, await town.find(SWEEPER, "为什么不归"), "职责")
    await town.tap(SWEEPER, await town.find(SWEEPER, "应该由谁办"), "分拨中心")
    assert (await town.case(number)).case.dispute is Dispute.HUB


async def test_start_shows_the_report_that_a_return_interrupted(town: Rehearsal) -> None:
    """/start asks the question of the report again."""
    await interrupted(town)
    assert "楼道堆物" in (await town.say(SWEEPER, "/start"))["text"]


async def test_a_digit_is_for_the_menu_that_was_shown_last(town: Rehearsal) -> None:
    """1 after /todo opens the case and accepts nothing; words are still the reason."""
    number = await returned(town)
    await town.tap(SWEEPER, await town.find(SWEEPER, number), "不归我管")
    await town.say(SWEEPER, "/todo")
    await town.say(SWEEPER, "1")
    assert (await town.case(number)).case.dispute is Dispute.PROPOSED
    assert "原因记下了" in (await town.say(SWEEPER, "这是物业的事"))["text"]


async def test_an_old_confirmation_decides_nothing(town: Rehearsal) -> None:
    """确认 of a card from before the return does not confirm the unit that was proposed since."""
    number = await returned(town, SQUAD_NAME)
    case = (await town.case(number)).case
    group = town.groups["QS-HUB"]
    old = await town.say(DESK, "/todo@huying_bot", chat=group)
    assert "不在这一步" in await town.tap_data(DESK, old, cb.encode(cb.HUB, case.id, "confirm"))
    assert (await town.case(number)).case.dispute is Dispute.PROPOSED

    await town.to("2026-11-20T11:30")
    asked = await card(town, "QS-HUB")
    assert "不在这一步" in await town.tap_data(DESK, asked, cb.encode(cb.HUB, case.id, "confirm"))
    assert await town.tap(DESK, asked, "确认") == f"已裁定由 {SQUAD_NAME} 牵头"


async def test_a_decision_after_the_calm_sets_no_clock_twice(town: Rehearsal) -> None:
    """不是紧急 during adjudication, then the hub names the same lead: each stage rings once."""
    await town.person(2004, "王工", ("CD-GAS", Role.DEPARTMENT_OFFICER))
    await town.person(3002, "王调度", ("CD-HUB", Role.DISPATCHER))
    for unit, member in (("CD-GAS", 2004), ("CD-HUB", 3002)):
        await town.channel(unit, member)
    await town.say(RESIDENT, GAS)
    number = await town.number(RESIDENT)
    for button in ("不归我管", "职责", "分拨中心", "不是紧急"):
        await town.tap(2004, await card(town, "CD-GAS"), button)
    await town.tap(3002, await town.find(town.groups["CD-HUB"], "待裁定"), "燃气抢险")

    (lead,) = [t for t in (await town.case(number)).tasks if t.part == "lead"]
    async with town.core.look() as work:
        for clock in ("respond", "resolve"):
            stages = [t.data["stage"] for t in await work.uow.timers.of(f"task:{lead.id}:{clock}")]
            assert len(stages) == len(set(stages)) > 0


async def test_a_corrected_decision_gives_the_next_unit_its_time(town: Rehearsal) -> None:
    """The hub decides, then corrects itself: the response is counted from the correction."""
    number = await returned(town, "分拨中心")
    await town.tap(DESK, await card(town, "QS-HUB"), "改派")
    hub = await card(town, "QS-HUB")
    await town.tap(DESK, hub, SQUAD_NAME if SQUAD_NAME in str(labels(hub)) else GRID_NAME)
    await town.to("2026-11-20T11:25")
    seen = await town.case(number)
    async with town.core.work("test:correct") as work:
        desk = await work.uow.people.by_chat(DESK)
        assert desk is not None
        await dispatch.reassign(work, desk.viewer, seen, unit="QS-SAN")
    lead = (await town.case(number)).tasks[-1]
    assert (lead.unit, lead.part) == ("QS-SAN", "lead")
    assert (lead.respond_due - town.clock.instant).total_seconds() >= 2 * 3600
    assert lead.resolve_due == seen.case.resolve_due


async def test_a_reassigned_case_of_a_later_cycle_is_not_late_at_once(town: Rehearsal) -> None:
    """Reopened days later and then reassigned: the clocks are not those of the first report."""
    number = await town.report(RESIDENT, RUBBISH)
    await town.tap(GRID, await card(town, "QS-CZ-3"), "签收")
    said = await town.say(
        GRID, photo=True, caption="已清运", chat=town.groups["QS-CZ-3"],
        reply_to=(await card(town, "QS-CZ-3"))["message_id"],
    )  # fmt: skip
    await town.tap(GRID, said, "办结")
    await town.to("2026-11-24T10:00")
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "没解决")
    await town.say(RESIDENT, "还在那里")
    seen = await town.case(number)
    async with town.core.work("test:reassign") as work:
        desk = await work.uow.people.by_chat(DESK)
        assert desk is not None
        await dispatch.reassign(work, desk.viewer, seen, unit="QS-SAN")
    lead = (await town.case(number)).tasks[-1]
    assert (lead.unit, lead.cycle) == ("QS-SAN", 1)
    assert town.clock.instant < lead.respond_due < lead.resolve_due


async def test_a_hub_is_not_deleted_while_it_owes_a_decision(town: Rehearsal) -> None:
    """A directory without the hub that adjudicates is refused: nobody else could decide."""
    number = await returned(town, "分拨中心")
    plan = load_demo()
    left = {code: unit for code, unit in plan.directory.units.items() if code != "QS-HUB"}
    smaller = replace(
        plan, directory=replace(plan.directory, units=left),
        staff=tuple(p for p in plan.staff if p.unit in left),
        channels=tuple(c for c in plan.channels if c.unit in left),
    )  # fmt: skip
    with pytest.raises(Refused, match="directory-orphan"):
        async with town.core.work("test:directory") as work:
            await directories.put(work, smaller)
    assert (await town.case(number)).case.at_hub


async def test_helpers_stay_when_an_emergency_gets_another_lead(town: Rehearsal) -> None:
    """改派 of an emergency relieves its lead alone; whoever helps keeps card and clocks."""
    await town.person(2004, "王工", ("CD-GAS", Role.DEPARTMENT_OFFICER))
    await town.person(2006, "贺队", ("QS-FIRE", Role.UNIT_DUTY))
    await town.person(2009, "史警官", ("QS-POL", Role.UNIT_DUTY))
    await town.person(3002, "王调度", ("CD-HUB", Role.DISPATCHER))
    for unit, member in (("CD-GAS", 2004), ("QS-FIRE", 2006), ("QS-POL", 2009), ("CD-HUB", 3002)):
        await town.channel(unit, member)
    await town.say(RESIDENT, GAS)
    number = await town.number(RESIDENT)
    for button in ("不归我管", "职责", "分拨中心"):
        await town.tap(2004, await card(town, "CD-GAS"), button)
    await town.tap(3002, await town.find(town.groups["CD-HUB"], "待裁定"), "燃气抢险")
    seen = await town.case(number)
    async with town.core.work("test:correct") as work:
        desk = await work.uow.people.by_chat(3002)
        assert desk is not None
        await dispatch.reassign(work, desk.viewer, seen, unit="QS-FIRE")
    await town.settle()
    tasks = {(t.unit, t.part): t.status for t in (await town.case(number)).tasks}
    assert tasks["QS-POL", "cooperating"] == "dispatched"
    assert tasks["QS-FIRE", "cooperating"] == tasks["CD-GAS", "lead"] == "withdrawn"
    assert tasks["QS-FIRE", "lead"] == "dispatched"
    assert "✋ 签收" in labels(await card(town, "QS-POL"))


async def test_administrators_hear_that_a_decision_reaches_nobody(town: Rehearsal) -> None:
    """A hub without people or channel: said by its own name, although a unit was missing too."""
    await town.person(5001, "管理员", ("ROOT", Role.ADMIN))
    number = await returned(town, "翠竹社区物业")
    await town.town.block(DESK)
    await town.town.kick(town.groups["QS-HUB"])
    await town.settle()
    await town.to("2026-11-20T11:30")
    heard = [t for t in await town.texts(5001) if f"{number}（镇综合指挥中心）" in t]
    assert len(heard) == 1
