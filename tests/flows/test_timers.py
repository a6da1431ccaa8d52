"""What happens later happens once (I4): late perhaps, lost never, doubled never."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import text

from bot.adapters.calendars import shipped_year_texts
from bot.bootstrap import Core, open_database
from bot.domain.forms import Input
from bot.domain.units import Role
from bot.ports import Timer
from bot.services import adding, closing, timekeeping
from tests.town import Rehearsal

RESIDENT, WORKER, DISPATCHER, BOSS = 1001, 2001, 2002, 3001
GRID, HUB = "QS-CZ-3", "QS-HUB"
REPORT = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"
SOON, DUE = "还没签收，", "响应已到时限"
"""Words of the notices at 80 % of the respond limit and at its end."""


@pytest.fixture
async def staffed(town: Rehearsal) -> Rehearsal:
    """A grid with a worker and a channel, and a supervisor of its town."""
    await town.person(RESIDENT, "小李")
    await town.town.start(RESIDENT)
    await town.person(WORKER, "王工", (GRID, Role.GRID_WORKER))
    await town.person(BOSS, "杨主任", (HUB, Role.SUPERVISOR))
    await town.channel(GRID, WORKER)
    return town


async def notices(town: Rehearsal, chat: int, words: str) -> int:
    """How many messages in a chat hold these words."""
    return sum(words in said for said in await town.texts(chat))


async def sweep(town: Rehearsal) -> int:
    """One tick."""
    return await timekeeping.sweep(town.core.database, town.core.begin)


async def test_a_storm_of_ticks_gives_one_message_a_stage(staffed: Rehearsal) -> None:
    """A hundred sweeps at one instant send each reminder once."""
    await staffed.report(RESIDENT, REPORT)
    for instant in ("2026-11-20T11:06", "2026-11-20T11:30"):
        await staffed.to(instant)
        for _ in range(100):
            await sweep(staffed)
        await staffed.settle()
    assert await notices(staffed, WORKER, SOON) == 1
    assert await notices(staffed, WORKER, DUE) == 1
    assert await notices(staffed, BOSS, DUE) == 1


async def test_after_a_stop_exactly_one_catch_up_is_sent(staffed: Rehearsal) -> None:
    """Stages missed while the bot was down give one notice, of the highest of them."""
    number = await staffed.report(RESIDENT, REPORT)
    await staffed.restart()
    await staffed.to("2026-11-20T11:45")
    assert await notices(staffed, WORKER, SOON) == 0
    assert await notices(staffed, WORKER, DUE) == 1
    assert (await staffed.events(number)).count("overdue") == 1
    await staffed.restart()
    await staffed.to("2026-11-20T11:50")
    assert await notices(staffed, WORKER, DUE) == 1


async def test_two_real_stages_of_one_day_are_both_sent(staffed: Rehearsal) -> None:
    """The reminder in the morning does not swallow the limit two hours later."""
    await staffed.report(RESIDENT, REPORT)
    await staffed.to("2026-11-20T11:06")
    await staffed.to("2026-11-20T11:30")
    assert await notices(staffed, WORKER, SOON) == 1
    assert await notices(staffed, WORKER, DUE) == 1


async def test_no_stale_reminder_after_an_acceptance(staffed: Rehearsal) -> None:
    """Who has accepted is not reminded to accept."""
    number = await staffed.report(RESIDENT, REPORT)
    await staffed.tap(WORKER, await staffed.card(GRID, number), "签收")
    await staffed.to("2026-11-20T11:45")
    assert await notices(staffed, WORKER, SOON) == 0
    assert await notices(staffed, WORKER, DUE) == 0
    assert "overdue" not in await staffed.events(number)


async def test_no_stale_reminder_after_the_end(staffed: Rehearsal) -> None:
    """A withdrawn case is quiet for good, whatever was still to come."""
    number = await staffed.report(RESIDENT, REPORT)
    seen = await staffed.case(number)
    async with staffed.core.work("withdraw") as work:
        person = await work.uow.people.by_chat(RESIDENT)
        assert person is not None
        await closing.withdraw(work, person.viewer, seen.case.id, undo=True)
    await staffed.to("2026-11-24T18:00")
    assert await notices(staffed, WORKER, number) <= 1
    assert await notices(staffed, BOSS, number) == 0


async def test_two_schedulers_on_one_database_fire_once(staffed: Rehearsal) -> None:
    """Two processes that sweep at the same instant send one message."""
    number = await staffed.report(RESIDENT, REPORT)
    other = Core(
        staffed.core.settings,
        open_database(staffed.core.settings),
        staffed.clock,
        staffed.core._tagger,
    )
    try:
        for instant in ("2026-11-20T11:06", "2026-11-20T11:30"):
            staffed.clock.instant = staffed.clock.instant.fromisoformat(f"{instant}:00+08:00")
            fired = await asyncio.gather(
                *(
                    timekeeping.sweep(core.database, core.begin)
                    for core in (staffed.core, other) * 5
                )
            )
            assert sum(fired) == 1
    finally:
        await other.database.close()
    await staffed.settle()
    assert await notices(staffed, WORKER, SOON) == 1
    assert await notices(staffed, WORKER, DUE) == 1
    assert (await staffed.events(number)).count("overdue") == 1


async def test_quiet_hours_and_rest_days_defer_and_do_not_drop(staffed: Rehearsal) -> None:
    """A stage found late in the evening waits for the next working morning, and comes then."""
    await staffed.report(RESIDENT, REPORT)
    for instant in ("2026-11-20T22:00", "2026-11-21T12:00", "2026-11-22T23:59"):
        await staffed.to(instant)
        assert await notices(staffed, WORKER, "响应") == 0
        assert await notices(staffed, BOSS, "响应") == 0
    await staffed.to("2026-11-23T08:30")
    late = await notices(staffed, WORKER, "响应超时") + await notices(staffed, WORKER, DUE)
    assert late == 1


async def test_a_waiting_hub_is_not_woken_at_night(staffed: Rehearsal) -> None:
    """The hub's half hour that ran out while the bot was down is told in the morning."""
    await staffed.person(DISPATCHER, "刘调度", (HUB, Role.DISPATCHER))
    await staffed.to("2026-11-20T17:00")
    asked = await staffed.say(RESIDENT, "翠竹路菜市场旁边有人违法搭建，在盖违章建筑")
    await staffed.tap(RESIDENT, asked, "提交")
    number = await staffed.number(RESIDENT)
    assert (await staffed.case(number)).case.status == "queued"
    await staffed.to("2026-11-21T02:00")
    assert await notices(staffed, DISPATCHER, "在等分派") == 0
    await staffed.to("2026-11-23T08:30")
    assert await notices(staffed, DISPATCHER, "在等分派") == 1


async def test_an_emergency_is_not_held_back_at_night(staffed: Rehearsal) -> None:
    """At three in the morning the limit of an emergency still rings."""
    await staffed.to("2026-11-21T03:00")
    await staffed.say(RESIDENT, "翠竹路菜市场后门好大煤气味，有人头晕")
    number = await staffed.number(RESIDENT)
    task = (await staffed.case(number)).tasks[0]
    duty = 2099
    await staffed.person(duty, "值班员", (task.unit, Role.UNIT_DUTY))
    await staffed.to(task.respond_due)
    async with staffed.core.look() as work:
        assert work.world.calendar.quiet(work.now)
    assert await notices(staffed, duty, "响应") >= 1
    assert "overdue" in await staffed.events(number)


async def test_a_make_up_saturday_is_a_working_day(staffed: Rehearsal) -> None:
    """On the Saturday of 10 October 2026 limits run and reminders are sent."""
    await staffed.to("2026-10-09T17:00")
    asked = await staffed.say(RESIDENT, REPORT)
    assert "10:00" in asked["text"]
    await staffed.tap(RESIDENT, asked, "提交")
    await staffed.to("2026-10-10T09:59")
    assert await notices(staffed, WORKER, DUE) == 0
    await staffed.to("2026-10-10T10:00")
    assert await notices(staffed, WORKER, DUE) == 1


async def test_a_clock_that_jumps_back_doubles_nothing(staffed: Rehearsal) -> None:
    """Time that passes twice sends a stage once, and the next one in its time."""
    await staffed.report(RESIDENT, REPORT)
    for instant in ("11:06", "10:00", "11:06", "11:29"):
        await staffed.to(f"2026-11-20T{instant}")
    assert await notices(staffed, WORKER, SOON) == 1
    assert await notices(staffed, WORKER, DUE) == 0
    await staffed.to("2026-11-20T11:30")
    await staffed.to("2026-11-20T11:00")
    await staffed.to("2026-11-20T11:31")
    assert await notices(staffed, WORKER, DUE) == 1


async def test_a_timer_that_fails_blocks_nothing_and_is_tried_again(staffed: Rehearsal) -> None:
    """The action that breaks leaves no trace, those behind it run, and in a minute it runs."""
    number = await staffed.report(RESIDENT, REPORT)
    async with staffed.core.work("broken") as work:
        early = staffed.clock.instant
        await work.uow.timers.set(Timer("stage:broken", "stage", early, "", {"case": "x"}))
    async with staffed.core.database.write() as uow:
        await uow.timers.session.execute(
            text(
                "CREATE TRIGGER no_overdue BEFORE INSERT ON events WHEN NEW.kind = 'overdue' "
                "BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END"
            )
        )
    await staffed.to("2026-11-20T11:06")
    assert await notices(staffed, WORKER, SOON) == 1
    await staffed.to("2026-11-20T11:30")
    assert await notices(staffed, WORKER, DUE) == 0
    assert "overdue" not in await staffed.events(number)
    async with staffed.core.database.write() as uow:
        await uow.timers.session.execute(text("DROP TRIGGER no_overdue"))
    await staffed.to("2026-11-20T11:31")
    assert await notices(staffed, WORKER, DUE) == 1
    assert (await staffed.events(number)).count("overdue") == 1


async def test_a_new_calendar_is_in_force_at_once(staffed: Rehearsal) -> None:
    """A rest day declared while the bot runs counts for new promises and for quiet."""
    await staffed.to("2026-11-20T17:30")
    before = await staffed.say(RESIDENT, REPORT)
    assert "周一 10:30" in before["text"]
    year = json.loads(shipped_year_texts()[2026])
    year["holidays"].append({"date": "2026-11-23", "name": "元旦", "off": True})
    async with staffed.core.work("calendar") as work:
        await work.uow.rules.put_calendar(2026, json.dumps(year, ensure_ascii=False))
    await staffed.person(1003, "小周")
    after = await staffed.say(1003, REPORT)
    assert "10:30" in after["text"]
    assert "周一 10:30" not in after["text"]


async def test_a_digest_comes_once_and_after_a_stop_of_days_only_todays(
    staffed: Rehearsal,
) -> None:
    """Nine o'clock is not a cron entry: a restart at 09:00:30 still sends it, and only once."""
    await staffed.start_digests()
    await staffed.report(RESIDENT, REPORT)
    await staffed.restart()
    await staffed.to("2026-11-25T09:00:30")
    assert await notices(staffed, BOSS, "逾期 1") == 1
    await staffed.restart()
    await staffed.start_digests()
    await staffed.to("2026-11-25T09:10")
    assert await notices(staffed, BOSS, "逾期 1") == 1


async def test_of_a_unit_one_is_reminded_and_the_owner_by_name(staffed: Rehearsal) -> None:
    """Ten people in a unit are not ten reminders; once somebody owns it, it is theirs."""
    others = range(2101, 2109)
    for user in others:
        await staffed.person(user, "同事", (GRID, Role.GRID_WORKER))
    number = await staffed.report(RESIDENT, REPORT)
    await staffed.to("2026-11-20T11:06")
    told = [await notices(staffed, user, SOON) for user in (WORKER, *others)]
    assert sum(told) == 1
    await staffed.tap(others[3], await staffed.card(GRID, number), "签收")
    resolve = (await staffed.case(number)).tasks[0].resolve_due
    await staffed.to(resolve)
    owed = {user: await notices(staffed, user, "处置已到时限") for user in (WORKER, *others)}
    assert owed[others[3]] == 1
    assert sum(owed.values()) <= 2


async def test_the_residents_own_words_are_no_response(staffed: Rehearsal) -> None:
    """Adding to a report does not stop the clock of the unit that has not answered."""
    number = await staffed.report(RESIDENT, REPORT)
    seen = await staffed.case(number)
    async with staffed.core.work("add") as work:
        person = await work.uow.people.by_chat(RESIDENT)
        assert person is not None
        await adding.add(work, person.viewer, seen.case.id, Input(text="还在那里"))
    assert (await staffed.case(number)).tasks[0].responded_at is None
    await staffed.to("2026-11-20T11:30")
    assert await notices(staffed, WORKER, DUE) == 1


async def test_a_calmed_case_rings_again_at_its_later_due_time(town: Rehearsal) -> None:
    """What rang while it was an emergency rings for the ordinary clock too (fault 3)."""
    await town.person(1001, "小李")
    await town.person(2001, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(3001, "杨主任", ("QS-HUB", Role.SUPERVISOR))
    await town.channel("QS-CZ-3", 2001)
    await town.say(1001, "翠竹路菜市场后门垃圾堆着火了，火很大，快来人")
    number = await town.number(1001)
    seen = await town.case(number)
    assert seen.case.emergency
    await town.forward(minutes=40)
    early = (await town.events(number)).count("overdue")
    assert early
    calm = await town.find(1001, "先保证安全")
    await town.tap(1001, calm, "不是紧急")
    lead = next(t for t in (await town.case(number)).tasks if t.part == "lead")
    await town.to(lead.resolve_due)
    assert (await town.events(number)).count("overdue") > early
