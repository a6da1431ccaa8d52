"""The supervisor's digest: what it says, in which order, when it comes, and to whom."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.units import Role
from tests.town import Rehearsal

RESIDENT, WORKER, OFFICER = 1001, 2001, 2002
TOWN_DESK, BOSS, SECRETARY, OTHER_BOSS = 3001, 4001, 4002, 4003
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"
HALLWAY = "竹苑小区楼道堆满杂物"
LAMP = "翠竹路菜市场后门路灯不亮"
LIFT = "幸福里6栋电梯困人了，快来"

TUESDAY = """青松镇 · 11 月 24 日 周二
逾期 4　今天到期 0　紧急未结 1　重办 0
🚨 1. 202611200003 电梯困人 · 翠竹社区物业 · 逾期 94 小时
🔴 2. 202611200002 路灯不亮 · 镇城管办 · 逾期 7.5 工作时 · 未签收
🔴 3. 202611200001 垃圾堆积 · 翠竹社区第 3 网格 · 逾期 14 工作时 · 未签收
🔴 4. 202611230001 楼道堆物 · 翠竹社区第 3 网格 · 逾期 4 工作时 · 未签收
近 30 天　呼应及时率 10%（1/10）　处置及时率 0%（0/8）"""


async def _staff(town: Rehearsal) -> None:
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(OFFICER, "金科", ("QS-UM", Role.UNIT_DUTY))
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.channel("QS-CZ-3", WORKER)
    await town.channel("QS-UM", OFFICER)
    await town.channel("QS-HUB", TOWN_DESK)


async def _digests(town: Rehearsal, user: int) -> list[str]:
    return [text for text in await town.texts(user) if "今天到期" in text and "逾期" in text]


async def test_the_digest_word_for_word(town: Rehearsal) -> None:
    """Emergency first, then the higher tier, then the later: who owes what, and two figures."""
    await _staff(town)
    await town.report(RESIDENT, RUBBISH)
    lamp = await town.report(RESIDENT, LAMP)
    await town.tap(TOWN_DESK, await town.card("QS-HUB", lamp), "确认")
    await town.say(RESIDENT, LIFT)
    await town.forward(minutes=10)
    lift = await town.number(RESIDENT)
    # The last card that the hub took in for a unit without people: the community's.
    card = await town.find(town.groups["QS-HUB"], f"{lift} 电梯困人")
    await town.tap(TOWN_DESK, card, "签收")
    await town.to("2026-11-23T08:00")
    await town.report(RESIDENT, HALLWAY)
    await town.start_digests()
    await town.to("2026-11-23T09:00")

    await town.to("2026-11-24T09:00")
    assert (await _digests(town, BOSS))[-1] == TUESDAY
    assert await town.town.violations() == []


async def test_only_the_own_branch(town: Rehearsal) -> None:
    """A community's supervisor reads of that community's units, not of its neighbours'."""
    await _staff(town)
    await town.person(SECRETARY, "吴", ("QS-CZ", Role.SUPERVISOR))
    await town.person(OTHER_BOSS, "邓", ("QS-JX", Role.SUPERVISOR))
    number = await town.report(RESIDENT, RUBBISH)
    await town.to("2026-11-20T12:00")

    assert number in (await town.say(SECRETARY, "/digest"))["text"]
    assert number not in (await town.say(OTHER_BOSS, "/digest"))["text"]


async def test_what_is_due_today_is_counted(town: Rehearsal) -> None:
    """Today's due times are counted apart from what is already late."""
    await _staff(town)
    await town.report(RESIDENT, RUBBISH)
    said = await town.say(BOSS, "/digest")
    assert "逾期 0　今天到期 1" in said["text"]


async def test_a_case_left_in_the_hubs_queue_is_in_the_digest(town: Rehearsal) -> None:
    """A case that nobody has dispatched in its respond limit is late too, and the hub owes it."""
    await _staff(town)
    number = await town.report(RESIDENT, LAMP)
    await town.to("2026-11-23T12:00")
    said = await town.say(BOSS, "/digest")
    row = next(line for line in said["text"].splitlines() if number in line)
    assert "镇综合指挥中心" in row
    assert row.endswith("未分派")


async def test_who_joins_a_running_bot_has_the_next_mornings(town: Rehearsal) -> None:
    """A supervisor is a minute old at nine: the digest comes, without a restart or a tick."""
    await town.person(RESIDENT, "小李")
    await town.report(RESIDENT, RUBBISH)
    await town.to("2026-11-23T08:59")
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.to("2026-11-23T09:00")
    assert len(await _digests(town, BOSS)) == 1


async def test_an_empty_digest_is_not_sent(town: Rehearsal) -> None:
    """Nothing late, nothing due: no message at nine; asked for, it says so."""
    await _staff(town)
    await town.start_digests()
    await town.to("2026-11-23T09:05")
    assert await _digests(town, BOSS) == []
    assert "没有逾期" in (await town.say(BOSS, "/digest"))["text"]


async def test_at_nine_on_working_days_once(town: Rehearsal) -> None:
    """One at 09:00 on Monday, none at the weekend, and sweeping again sends no second one."""
    await _staff(town)
    await town.report(RESIDENT, RUBBISH)
    await town.start_digests()
    for morning in ("2026-11-21T09:30", "2026-11-22T09:30", "2026-11-23T08:59:59"):
        await town.to(morning)
        assert await _digests(town, BOSS) == []

    await town.to("2026-11-23T09:00")
    await town.settle()
    await town.start_digests()
    await town.settle()
    await town.to("2026-11-23T18:00")

    assert len(await _digests(town, BOSS)) == 1
    await town.to("2026-11-24T09:00")
    assert len(await _digests(town, BOSS)) == 2


async def test_a_restart_just_after_nine_loses_nothing(town: Rehearsal) -> None:
    """The bot stops before nine and is back at 09:00:30: the digest comes, once."""
    await _staff(town)
    await town.report(RESIDENT, RUBBISH)
    await town.start_digests()
    await town.to("2026-11-23T08:59")
    town.clock.instant = datetime.fromisoformat("2026-11-23T09:00:30+08:00")
    await town.restart()
    await town.start_digests()
    await town.settle()
    await town.restart()
    await town.start_digests()
    await town.forward(hours=1)

    assert len(await _digests(town, BOSS)) == 1


async def test_after_a_stop_of_days_one_digest(town: Rehearsal) -> None:
    """Mornings missed are not made up for: one digest says how it stands now."""
    await _staff(town)
    await town.report(RESIDENT, RUBBISH)
    await town.start_digests()
    await town.to("2026-11-26T10:00")
    assert len(await _digests(town, BOSS)) == 1
    await town.to("2026-11-27T09:00")
    assert len(await _digests(town, BOSS)) == 2


@pytest.mark.parametrize(
    ("morning", "sent"),
    [
        pytest.param("2026-10-10T09:00", True, id="make-up Saturday"),
        pytest.param("2026-10-01T09:00", False, id="holiday on a Thursday"),
    ],
)
async def test_the_working_calendar_decides(town: Rehearsal, morning: str, sent: bool) -> None:
    """A make-up Saturday has its digest; a holiday in the week has none."""
    at = datetime.fromisoformat(f"{morning}+08:00")
    town.clock.instant = at.replace(day=at.day - 1) if at.day > 1 else at.replace(month=9, day=30)
    await _staff(town)
    await town.report(RESIDENT, RUBBISH)
    await town.to(at.replace(hour=8))
    await town.start_digests()
    before = len(await _digests(town, BOSS))
    await town.to(at)
    assert len(await _digests(town, BOSS)) - before == sent


async def test_digest_is_for_supervisors(town: Rehearsal) -> None:
    """A grid worker and a resident are told whom the command is for."""
    await _staff(town)
    for user in (WORKER, RESIDENT):
        assert "督查人员" in (await town.say(user, "/digest"))["text"]


async def test_no_names_of_people(town: Rehearsal) -> None:
    """The digest names units; grid workers stay unnamed, whoever has accepted (R073)."""
    await _staff(town)
    number = await town.report(RESIDENT, RUBBISH)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    await town.to("2026-11-23T09:31")
    said = await town.say(BOSS, "/digest")
    assert number in said["text"]
    for name in ("王工", "网格员", "小李"):
        assert name not in said["text"]


async def test_figures_as_n_of_n(town: Rehearsal) -> None:
    """Under five sub-tasks a rate is insufficient; from five on a percentage with n/N (R070)."""
    await _staff(town)
    for round_ in range(5):
        number = await town.report(RESIDENT, HALLWAY)
        if round_:
            await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
        if round_ == 3:
            await town.to("2026-11-20T15:31")
            assert "呼应及时率 样本不足（3/4）" in (await town.say(BOSS, "/digest"))["text"]
    await town.to("2026-11-23T14:00")
    assert "呼应及时率 80%（4/5）" in (await town.say(BOSS, "/digest"))["text"]


async def test_numbers_open_their_cases(town: Rehearsal) -> None:
    """Each number under the digest opens its case; a typed digit does the same."""
    await _staff(town)
    first = await town.report(RESIDENT, RUBBISH)
    second = await town.report(RESIDENT, HALLWAY)
    await town.to("2026-11-23T12:00")
    said = await town.say(BOSS, "/digest")
    order = [line.split()[2] for line in said["text"].splitlines()[2:4]]
    assert sorted(order) == [first, second]

    await town.tap(BOSS, said, "2")
    assert order[1] in (await town.last(BOSS))["text"]
    await town.say(BOSS, "/digest")
    assert order[0] in (await town.say(BOSS, "1"))["text"]
