"""Deadline arithmetic holds for any start and limit, and agrees with a minute-by-minute count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.calendars import shipped_calendar
from bot.domain.deadlines import (
    Limit,
    LimitUnit,
    Pause,
    PauseReason,
    deadline,
    elapsed,
    fraction_point,
)
from bot.domain.workcalendar import DayRule, WorkCalendar, YearDays

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
WH = LimitUnit.WORKING_HOURS
MINUTE = timedelta(minutes=1)

minutes = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1)).map(  # noqa: DTZ001
    lambda t: t.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
)
instants = st.datetimes(
    datetime(2024, 6, 1),  # noqa: DTZ001
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, SHANGHAI, ZoneInfo("Europe/Berlin")]),
)
units = st.sampled_from(LimitUnit)
amounts = st.integers(1, 60)


def counted(start: datetime, hours: int) -> datetime:
    """The due time by walking minute after minute over the wall clock, sharing no code."""
    off = {d for file in CALENDAR.years.values() for d, rule in file.days.items() if rule.off}
    made_up = {d for file in CALENDAR.years.values() for d, r in file.days.items() if not r.off}
    now, left = start.replace(tzinfo=None), hours * 60
    while left:
        if now.date() in off or (now.weekday() > 4 and now.date() not in made_up):
            now = datetime.combine(now.date(), datetime.min.time()) + timedelta(days=1)
            continue
        left -= 9 <= now.hour < 12 or 13 <= now.hour < 18
        now += MINUTE
    return now.replace(tzinfo=SHANGHAI)


@settings(max_examples=60, deadline=None)
@given(minutes, st.integers(1, 40))
def test_agrees_with_a_count_of_minutes(start: datetime, hours: int) -> None:
    """Working hours come out as a count of working minutes does."""
    assert deadline(start, Limit(hours, WH), CALENDAR).due == counted(start, hours)


@given(instants, amounts, amounts, units)
def test_a_longer_limit_is_never_due_earlier(
    start: datetime, one: int, other: int, unit: LimitUnit
) -> None:
    """Due times rise with the amount and lie after the start."""
    short, long = sorted((one, other))
    first = deadline(start, Limit(short, unit), CALENDAR).due
    assert start < first <= deadline(start, Limit(long, unit), CALENDAR).due


@given(instants, amounts, st.sampled_from([WH, LimitUnit.WORKDAYS]))
def test_working_limits_end_in_working_time(start: datetime, amount: int, unit: LimitUnit) -> None:
    """A working limit is due inside a working period or at its end, never at its opening."""
    due = deadline(start, Limit(amount, unit), CALENDAR).due
    periods = CALENDAR.working_periods(CALENDAR.local_day(due))
    assert any(begin < due <= end for begin, end in periods)


@given(instants, st.integers(1, 12))
def test_working_hours_add_up(start: datetime, parts: int) -> None:
    """Forty hours are five times eight, wherever the parts end."""
    stepped = start
    for _ in range(parts):
        stepped = deadline(stepped, Limit(8, WH), CALENDAR).due
    assert stepped == deadline(start, Limit(8 * parts, WH), CALENDAR).due


@given(instants, amounts)
def test_elapsed_undoes_the_deadline(start: datetime, amount: int) -> None:
    """From start to due the clock has run exactly the limit."""
    for unit in (WH, LimitUnit.NATURAL_HOURS):
        due = deadline(start, Limit(amount, unit), CALENDAR).due
        assert abs(elapsed(start, due, unit, CALENDAR) - amount) < 1e-9


@given(instants, amounts, units, st.floats(0, 1), st.floats(0, 1))
def test_fractions_keep_their_order(
    start: datetime, amount: int, unit: LimitUnit, one: float, other: float
) -> None:
    """A larger share of a limit is reached no earlier, and none after it is due."""
    due = deadline(start, Limit(amount, unit), CALENDAR).due
    low, high = (fraction_point(start, due, part, unit, CALENDAR) for part in sorted((one, other)))
    assert start <= low <= high <= due


@given(instants, amounts, units, st.integers(0, 500), st.integers(1, 500))
def test_a_pause_never_brings_a_deadline_forward(
    start: datetime, amount: int, unit: LimitUnit, after: int, lasting: int
) -> None:
    """A stop moves the due time later or not at all, and by no more than its working time."""
    stop = start.astimezone(UTC) + timedelta(hours=after)
    pause = Pause(stop, stop + timedelta(hours=lasting), PauseReason.FORCE_MAJEURE)
    plain = deadline(start, Limit(amount, unit), CALENDAR).due
    paused = deadline(start, Limit(amount, unit), CALENDAR, [pause]).due
    assert paused >= plain
    if not unit.days:
        assert abs(elapsed(start, paused, unit, CALENDAR, [pause]) - amount) < 1e-9


@given(minutes, amounts, units, st.dates(date(2025, 1, 1), date(2026, 12, 31)))
def test_recomputing_with_another_calendar_is_pure(
    start: datetime, amount: int, unit: LimitUnit, extra: date
) -> None:
    """One more day off moves a due time later or not at all, and leaves the old answer alone."""
    limit = Limit(amount, unit)
    before = deadline(start, limit, CALENDAR)
    file = CALENDAR.years[extra.year]
    more = YearDays(file.year, file.source, {**file.days, extra: DayRule("local", off=True)})
    changed = WorkCalendar({**CALENDAR.years, file.year: more})
    assert deadline(start, limit, changed).due >= before.due
    assert deadline(start, limit, CALENDAR) == before


@given(instants)
def test_quiet_ends_in_the_waking_hours_of_a_working_day(instant: datetime) -> None:
    """What is held back goes out on a working day between 08:30 and 20:00, never earlier."""
    end = CALENDAR.quiet_end(instant)
    assert end >= instant
    assert not CALENDAR.quiet(end)
