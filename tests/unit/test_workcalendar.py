"""The shipped calendars, the fallback for unknown years, quiet hours, and refused year files."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.calendars import shipped_calendar, shipped_years
from bot.domain.workcalendar import DayRule, WorkCalendar, YearDays, parse_year
from bot.errors import BadFile, Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def days(text: str) -> list[date]:
    return [date.fromisoformat(day) for day in text.split()]


@pytest.mark.parametrize(
    ("year", "number", "off", "made_up"),
    [
        (
            2025,
            "国办发明电〔2024〕12号",
            28,
            "2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11",
        ),
        (
            2026,
            "国办发明电〔2025〕7号",
            33,
            "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10",
        ),
    ],
)
def test_shipped_year_names_its_notice(year: int, number: str, off: int, made_up: str) -> None:
    """A shipped year names the State Council notice and has its make-up working days."""
    file = shipped_years()[year]
    assert number in file.source
    assert sorted(day for day, rule in file.days.items() if not rule.off) == days(made_up)
    assert sum(rule.off for rule in file.days.values()) == off


def test_thirteen_public_holidays_are_off() -> None:
    """The days of the public-holiday decree that have fixed dates are off in every file."""
    for year in shipped_years():
        for day in ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03"):
            assert not CALENDAR.is_workday(date.fromisoformat(f"{year}-{day}"))


def test_weekends_beside_a_holiday_are_rest_days() -> None:
    """A weekend that only adjoins a holiday is not in the file and is a rest day all the same."""
    assert date(2026, 10, 11) not in CALENDAR.years[2026].days
    assert not CALENDAR.is_workday(date(2026, 10, 11))
    assert CALENDAR.is_workday(date(2026, 10, 10))


def test_late_december_is_set_by_next_years_file() -> None:
    """A day of December that next year's notice speaks of follows that notice."""
    day = date(2026, 12, 31)
    later = YearDays(2027, "notice", {day: DayRule("元旦", off=True)})
    assert CALENDAR.is_workday(day)
    assert not WorkCalendar({**CALENDAR.years, 2027: later}).is_workday(day)
    said_before = YearDays(2026, "notice", {day: DayRule("local", off=False)})
    assert not WorkCalendar({2026: said_before, 2027: later}).is_workday(day)


def test_unknown_year_is_monday_to_friday_and_says_so() -> None:
    """Without a file the week decides, and ``known`` tells that it is a guess."""
    assert not CALENDAR.known(2027)
    assert [CALENDAR.is_workday(date(2027, 10, n)) for n in range(1, 5)] == [
        True,  # a Friday, and National Day
        False,
        False,
        True,
    ]


def test_working_periods_are_utc_and_empty_on_rest_days() -> None:
    """A working day has a morning and an afternoon, in UTC; a holiday has none."""
    morning, afternoon = CALENDAR.working_periods(date(2026, 3, 10))
    assert [moment.isoformat() for moment in (*morning, *afternoon)] == [
        "2026-03-10T01:00:00+00:00",
        "2026-03-10T04:00:00+00:00",
        "2026-03-10T05:00:00+00:00",
        "2026-03-10T10:00:00+00:00",
    ]
    assert CALENDAR.working_periods(date(2026, 2, 17)) == ()
    assert CALENDAR.day_hours == 8


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        ("2026-03-10 09:00", "2026-03-10 09:00"),
        ("2026-03-10 11:59:59", "2026-03-10 11:59:59"),
        ("2026-03-10 12:00", "2026-03-10 13:00"),
        ("2026-03-10 18:00", "2026-03-11 09:00"),
        ("2026-02-14 18:30", "2026-02-24 09:00"),
        ("2026-02-13 20:00", "2026-02-14 09:00"),
    ],
)
def test_next_working_minute(instant: str, opening: str) -> None:
    """Work goes on at the next opening; a period's end is no longer inside it."""
    assert CALENDAR.next_working_minute(at(instant)) == at(opening)


@pytest.mark.parametrize(
    ("instant", "end"),
    [
        ("2026-03-10 08:29:59", "2026-03-10 08:30"),
        ("2026-03-10 08:30", None),
        ("2026-03-10 19:59:59", None),
        ("2026-03-10 20:00", "2026-03-11 08:30"),
        ("2026-03-13 21:00", "2026-03-16 08:30"),
        ("2026-03-14 12:00", "2026-03-16 08:30"),
        ("2026-02-14 12:00", None),
        ("2026-02-14 20:30", "2026-02-24 08:30"),
        ("2026-02-13 22:00", "2026-02-14 08:30"),
    ],
)
def test_quiet_hours_and_rest_days(instant: str, end: str | None) -> None:
    """Nights and rest days are quiet until 08:30 of a working day; a make-up Saturday is not."""
    assert CALENDAR.quiet(at(instant)) is (end is not None)
    assert CALENDAR.quiet_end(at(instant)) == at(end or instant)
    assert CALENDAR.quiet_end(at(instant)).tzinfo is UTC


def test_adding_working_days() -> None:
    """The day itself is not counted; 0 days change nothing; a negative count is refused."""
    assert CALENDAR.add_working_days(date(2026, 4, 30), 5) == date(2026, 5, 11)
    assert CALENDAR.add_working_days(date(2026, 5, 2), 0) == date(2026, 5, 2)
    for count in (-1, 10**9):
        with pytest.raises(Refused):
            CALENDAR.add_working_days(date(2026, 4, 30), count)


def test_all_holiday_calendar_is_refused_not_searched_for_ever() -> None:
    """A calendar without a working day ends in a refusal."""
    first = date(2026, 1, 1)
    years = {
        year: YearDays(
            year,
            "all off",
            {
                day: DayRule("off", off=True)
                for n in range(366)
                if (day := date(year, 1, 1) + timedelta(n)).year == year
            },
        )
        for year in range(2026, 2062)
    }
    idle = WorkCalendar(years)
    with pytest.raises(Refused):
        idle.add_working_days(first, 1)
    with pytest.raises(Refused):
        idle.next_working_minute(at("2026-01-01 10:00"))
    with pytest.raises(Refused):
        idle.quiet_end(at("2026-01-01 10:00"))


def test_naive_datetimes_are_refused() -> None:
    """An instant that does not say its offset is refused, whatever zone the server is in."""
    naive = at("2026-03-10 10:00").replace(tzinfo=None)
    for ask in (CALENDAR.quiet, CALENDAR.quiet_end, CALENDAR.next_working_minute):
        with pytest.raises(ValueError, match="naive"):
            ask(naive)


@pytest.mark.parametrize(
    "times",
    [
        {"periods": ()},
        {"periods": ((time(12), time(9)),)},
        {"periods": ((time(9), time(13)), (time(12), time(18)))},
        {"quiet_from": time(8), "quiet_to": time(20)},
    ],
)
def test_times_out_of_order_are_refused(times: dict[str, object]) -> None:
    """Working periods that overlap or run backwards, and quiet hours by day, are refused."""
    with pytest.raises(ValueError):
        WorkCalendar(**times)  # type: ignore[arg-type]


def year_file(*entries: object, **changed: object) -> str:
    data = {"year": 2026, "source": "notice", "holidays": list(entries), **changed}
    return json.dumps(data, indent=1)


def day(text: str, *, off: object = True, name: str = "x") -> dict[str, object]:
    return {"date": text, "name": name, "off": off}


NEW_YEAR = day("2026-01-01")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("1" * 5_000, "not JSON"),
        ("[]", "expected an object"),
        (year_file(NEW_YEAR, year="2026"), "is not a year"),
        (year_file(NEW_YEAR, year=True), "is not a year"),
        (year_file(NEW_YEAR, year=2025), "named 2026 but holds 2025"),
        (year_file(NEW_YEAR, source=" "), "source is missing"),
        (year_file(), "missing or empty"),
        (year_file(NEW_YEAR, NEW_YEAR), "there twice"),
        (year_file(NEW_YEAR, day("2026-02-30")), "day is out of range"),
        (year_file(NEW_YEAR, day("20260203")), "is not a date"),
        (year_file(NEW_YEAR, day("2026-02-03", off=1)), "true or false"),
        (year_file(NEW_YEAR, day("2026-02-03", name="")), "name is missing"),
        (year_file(NEW_YEAR, {"date": "2026-02-03"}), "needs date, name and off"),
        (year_file(NEW_YEAR, "2026-02-03"), "needs date, name and off"),
        (year_file(NEW_YEAR, day("2028-01-01")), "more than a year away"),
        (year_file(day("2025-12-30"), day("2025-12-31"), NEW_YEAR), "most days are not of 2026"),
        (year_file(NEW_YEAR, day("2026-01-03")), "2026-01-02 is missing"),
    ],
)
def test_bad_year_file_is_refused_with_its_reason(text: str, reason: str) -> None:
    """A year file with a mistake is refused, naming file and reason."""
    with pytest.raises(BadFile) as caught:
        parse_year(text, "2026.json")
    assert caught.value.faults[0].file == "2026.json"
    assert reason in str(caught.value)


def test_all_faults_are_listed_with_their_lines() -> None:
    """Every fault is told at once, with the line of the entry."""
    text = (
        '{"year": 2026, "source": "notice", "holidays": [\n'
        '{"date": "2026-01-01", "name": "x", "off": true},\n'
        '{"date": "2026-13-01", "name": "x", "off": true},\n'
        '{"date": "2026-01-01", "name": "x", "off": true}\n]}'
    )
    with pytest.raises(BadFile) as caught:
        parse_year(text, "2026.json")
    assert [fault.line for fault in caught.value.faults] == [3, 4]
