"""Deadline arithmetic: the worked examples of the standards, pauses, extensions, zones."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.calendars import shipped_calendar
from bot.domain.deadlines import (
    Limit,
    LimitUnit,
    Pause,
    PauseReason,
    add_hours,
    deadline,
    elapsed,
    fraction_point,
)
from bot.domain.workcalendar import DayRule, WorkCalendar, YearDays
from bot.errors import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
WH, NH, WD, ND = (
    LimitUnit.WORKING_HOURS,
    LimitUnit.NATURAL_HOURS,
    LimitUnit.WORKDAYS,
    LimitUnit.NATURAL_DAYS,
)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


WORKED = [
    ("2026-02-12 16:00", 8, WH, "2026-02-13 16:00"),
    ("2026-02-12 16:00", 40, WH, "2026-02-26 16:00"),
    ("2026-02-13 17:00", 8, WH, "2026-02-14 17:00"),
    ("2026-03-08 22:30", 4, WH, "2026-03-09 14:00"),
    ("2026-03-10 11:30", 2, WH, "2026-03-10 14:30"),
    ("2026-03-10 12:20", 8, WH, "2026-03-11 12:00"),
    ("2026-02-17 03:10", 0.5, NH, "2026-02-17 03:40"),
    ("2026-04-30 10:00", 5, WD, "2026-05-11 18:00"),
    ("2026-04-30 10:00", 40, WH, "2026-05-11 10:00"),
    ("2026-09-28 11:00", 80, WH, "2026-10-16 11:00"),
    ("2026-09-17 00:00", 15, ND, "2026-10-09 00:00"),
]


@pytest.fixture(params=["UTC", "America/New_York"])
def _server_zone(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("_server_zone")
@pytest.mark.parametrize(("start", "amount", "unit", "due"), WORKED)
def test_worked_examples(start: str, amount: float, unit: LimitUnit, due: str) -> None:
    """The worked examples come out exactly, whatever the zone of the server or of the start."""
    for begin in (at(start), at(start).astimezone(UTC)):
        found = deadline(begin, Limit(amount, unit), CALENDAR)
        assert found.due == at(due)
        assert found.due.tzinfo is UTC
        assert not found.provisional


def test_conversation_sample() -> None:
    """A D item of Friday 20 November 2026, 09:30: respond by 11:30, handled by Monday 09:30."""
    start = at("2026-11-20 09:30")
    assert deadline(start, Limit(2, WH), CALENDAR).due == at("2026-11-20 11:30")
    assert deadline(start, Limit(8, WH), CALENDAR).due == at("2026-11-23 09:30")


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        ("2026-03-10 09:00", 3, WH, "2026-03-10 12:00"),  # ends with the morning, not at 13:00
        ("2026-03-10 18:00", 8, WH, "2026-03-11 18:00"),
        ("2026-03-10 17:59:30", 0.5, WH, "2026-03-11 09:29:30"),
        ("2025-01-27 17:00", 2, WH, "2025-02-05 10:00"),
        ("2025-09-30 16:00", 8, WH, "2025-10-09 16:00"),
        ("2026-02-15 10:00", 1, WD, "2026-02-24 18:00"),  # received on a rest day
        ("2026-03-10 23:59", 1, WD, "2026-03-11 18:00"),
        ("2026-03-10 00:00", 1, WD, "2026-03-11 18:00"),
        ("2026-05-08 10:00", 1, ND, "2026-05-10 00:00"),  # ends on a make-up Saturday
        ("2026-03-10 10:00", 4, ND, "2026-03-17 00:00"),  # Saturday -> Monday
        ("2026-03-13 20:00", 24, NH, "2026-03-14 20:00"),
    ],
)
def test_edges_of_days(start: str, amount: float, unit: LimitUnit, due: str) -> None:
    """Limits that begin or end on an edge keep the rules of receipt, close and rest days."""
    assert deadline(at(start), Limit(amount, unit), CALENDAR).due == at(due)


def codes(start: str, limit: Limit, **more: object) -> list[tuple[str, dict[str, object]]]:
    found = deadline(at(start), limit, CALENDAR, **more)  # type: ignore[arg-type]
    return [(step.code, dict(step.params)) for step in found.why[2:]]


def test_why_names_what_was_skipped_and_what_counted() -> None:
    """The reasons name the holiday passed over, the make-up Saturday, and the plain weekend."""
    assert codes("2026-02-12 18:30", Limit(24, WH)) == [
        ("starts_next_minute", {"at": at("2026-02-13 09:00")}),
        ("worked", {"day": date(2026, 2, 14), "name": "春节"}),
        ("skipped", {"first": date(2026, 2, 15), "last": date(2026, 2, 23), "name": "春节"}),
    ]
    assert codes("2026-11-20 09:30", Limit(8, WH)) == [
        ("skipped", {"first": date(2026, 11, 21), "last": date(2026, 11, 22), "name": ""}),
    ]


def test_why_of_day_limits() -> None:
    """Day limits say which day was not counted and that the last day moved."""
    assert codes("2026-09-17 00:00", Limit(15, ND)) == [
        ("day_of_receipt_not_counted", {"day": date(2026, 9, 17)}),
        (
            "last_day_moved",
            {"first": date(2026, 10, 2), "last": date(2026, 10, 8), "name": "国庆节"},
        ),
    ]
    first = deadline(at("2026-03-10 10:00"), Limit(1, WD), CALENDAR).why
    assert [step.code for step in first] == ["start", "limit", "day_of_receipt_not_counted"]
    assert first[1].params == {"amount": 1, "unit": "workdays"}


@pytest.mark.parametrize(
    ("start", "limit", "provisional"),
    [
        ("2026-12-31 17:00", Limit(1, WH), False),
        ("2026-12-31 17:00", Limit(2, WH), True),
        ("2026-12-31 17:00", Limit(1, WD), True),
        ("2026-12-25 10:00", Limit(10, ND), True),
        ("2026-12-31 17:00", Limit(24, NH), False),
    ],
)
def test_unknown_year_makes_a_deadline_provisional(
    start: str, limit: Limit, provisional: bool
) -> None:
    """A deadline that leans on a year without a file says so, natural hours never lean on one."""
    found = deadline(at(start), limit, CALENDAR)
    assert found.provisional is provisional
    assert ("provisional" in [step.code for step in found.why]) is provisional


def test_new_year_file_moves_a_provisional_deadline() -> None:
    """When the notice comes, the same question has another answer, no longer provisional."""
    notice = YearDays(2027, "notice", {date(2027, 1, 1): DayRule("元旦", off=True)})
    start, limit = at("2026-12-31 17:00"), Limit(2, WH)
    assert deadline(start, limit, CALENDAR).due == at("2027-01-01 10:00")
    settled = deadline(start, limit, replace(CALENDAR, years={**CALENDAR.years, 2027: notice}))
    assert settled.due == at("2027-01-04 10:00")
    assert not settled.provisional


def pause(start: str, end: str) -> Pause:
    return Pause(at(start), at(end), PauseReason.WAITING_FOR_REPORTER)


@pytest.mark.parametrize(
    ("limit", "pauses", "due"),
    [
        (Limit(8, WH), [pause("2026-03-10 15:00", "2026-03-11 11:00")], "2026-03-11 16:00"),
        (Limit(8, WH), [pause("2026-03-10 19:00", "2026-03-11 08:00")], "2026-03-11 10:00"),
        (
            Limit(8, WH),
            [
                pause("2026-03-10 15:00", "2026-03-10 17:00"),
                pause("2026-03-10 16:00", "2026-03-10 18:00"),
            ],
            "2026-03-11 14:00",
        ),
        (Limit(5, NH), [pause("2026-03-10 12:00", "2026-03-10 14:00")], "2026-03-10 17:00"),
        (Limit(2, WD), [pause("2026-03-11 10:00", "2026-03-11 15:00")], "2026-03-12 18:00"),
        (Limit(2, WD), [pause("2026-03-11 10:00", "2026-03-11 18:00")], "2026-03-13 18:00"),
        (Limit(2, WD), [pause("2026-03-11 10:00", "2026-03-12 09:00")], "2026-03-13 18:00"),
        (Limit(2, ND), [pause("2026-03-11 10:00", "2026-03-12 09:00")], "2026-03-14 00:00"),
        (Limit(8, WH), [pause("2026-03-09 10:00", "2026-03-09 15:00")], "2026-03-11 10:00"),
    ],
)
def test_pauses_move_the_due_time(limit: Limit, pauses: list[Pause], due: str) -> None:
    """A stop costs the clock what it would have run; overlapping stops are not counted twice."""
    assert deadline(at("2026-03-10 10:00"), limit, CALENDAR, pauses).due == at(due)


def test_a_pause_has_an_end_and_is_told() -> None:
    """A pause must end after it starts, and stands among the reasons with its own."""
    with pytest.raises(ValueError, match="ends after"):
        pause("2026-03-10 15:00", "2026-03-10 15:00")
    stop = pause("2026-03-10 15:00", "2026-03-10 16:00")
    told = codes("2026-03-10 10:00", Limit(8, WH), pauses=[stop])
    assert told[-1] == (
        "paused",
        {"start": stop.start, "end": stop.end, "reason": "waiting_for_reporter"},
    )


@pytest.mark.parametrize(
    ("limit", "extension", "due"),
    [
        (Limit(8, WH), Limit(8, WH), "2026-05-06 10:00"),
        (Limit(5, WD), Limit(2, WD), "2026-05-12 18:00"),
        (Limit(8, WH), Limit(1, WD), "2026-05-06 18:00"),
        (Limit(1, ND), Limit(5, ND), "2026-05-07 00:00"),
        (Limit(1, ND), Limit(7, ND), "2026-05-08 00:00"),
        (Limit(6, NH), Limit(6, NH), "2026-04-29 22:00"),
        (Limit(14, NH), Limit(1, WD), "2026-05-06 18:00"),
        (Limit(1, ND), Limit(6, NH), "2026-05-01 06:00"),
    ],
)
def test_extension_runs_on_from_the_due_time(limit: Limit, extension: Limit, due: str) -> None:
    """An extension adds its own limit, and no day is counted twice."""
    start = at("2026-04-29 10:00")
    found = deadline(start, limit, CALENDAR, extension=extension)
    was = deadline(start, limit, CALENDAR).due
    assert found.due == at(due)
    told = next(step for step in found.why if step.code == "extended")
    assert told.params["was"] == was


@pytest.mark.parametrize("amount", [0, -1, float("nan"), float("inf"), 1e-12, 20_001, 10**400])
def test_absurd_limits_are_refused(amount: float) -> None:
    """A limit of nothing, of less, of no number or without end is refused."""
    for unit in LimitUnit:
        with pytest.raises(Refused):
            Limit(amount, unit)


def test_day_limits_are_whole_and_bounded() -> None:
    """Half days and more than ten years of days are refused."""
    for unit in (WD, ND):
        for amount in (0.5, 1.5, 3_661):
            with pytest.raises(Refused):
                Limit(amount, unit)


def test_the_longest_limits_end() -> None:
    """The largest limits allowed are answered."""
    for limit in (Limit(20_000, WH), Limit(20_000, NH), Limit(3_660, WD), Limit(3_660, ND)):
        assert deadline(at("2026-03-10 10:00"), limit, CALENDAR).due > at("2028-01-01 00:00")


def test_naive_or_absurd_starts_are_refused() -> None:
    """A start without offset is an error; one in another age is refused."""
    naive = at("2026-03-10 10:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"):
        deadline(naive, Limit(1, WH), CALENDAR)
    with pytest.raises(ValueError, match="naive"):
        elapsed(at("2026-03-10 10:00"), naive, WH, CALENDAR)
    for year in (1, 9999):
        with pytest.raises(Refused):
            deadline(datetime(year, 12, 31, 23, tzinfo=UTC), Limit(1, WH), CALENDAR)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        # Clocks go forward on Sunday 29 March 2026 and back on Sunday 25 October.
        ("2026-03-27 17:00", 2, WH, "2026-03-30 10:00"),
        ("2026-10-23 17:00", 2, WH, "2026-10-26 10:00"),
        ("2026-03-28 20:00", 24, NH, "2026-03-29 21:00"),
        ("2026-10-24 20:00", 24, NH, "2026-10-25 19:00"),
        ("2026-03-27 10:00", 3, ND, "2026-03-31 00:00"),
        ("2026-10-23 10:00", 1, WD, "2026-10-26 18:00"),
    ],
)
def test_daylight_saving_zone(start: str, amount: float, unit: LimitUnit, due: str) -> None:
    """Where clocks change, working time follows the wall clock and natural hours real time."""
    berlin = ZoneInfo("Europe/Berlin")
    calendar = WorkCalendar(zone=berlin)
    assert deadline(at(start, berlin), Limit(amount, unit), calendar).due == at(due, berlin)


@pytest.mark.parametrize(
    ("start", "due", "fraction", "unit", "point"),
    [
        ("2026-02-12 16:00", "2026-02-26 16:00", 0.5, WH, "2026-02-24 11:00"),
        ("2026-02-12 16:00", "2026-02-26 16:00", 0.8, WH, "2026-02-25 16:00"),
        ("2026-03-10 11:30", "2026-03-10 14:30", 0.8, WH, "2026-03-10 14:06"),
        ("2026-02-17 03:10", "2026-02-17 03:40", 0.8, NH, "2026-02-17 03:34"),
        ("2026-03-10 11:30", "2026-03-10 14:30", 1, WH, "2026-03-10 14:30"),
        ("2026-03-10 19:00", "2026-03-11 12:00", 0, WH, "2026-03-11 09:00"),
    ],
)
def test_fraction_point(
    start: str, due: str, fraction: float, unit: LimitUnit, point: str
) -> None:
    """Half or four fifths of a limit means of the time its clock runs."""
    assert fraction_point(at(start), at(due), fraction, unit, CALENDAR) == at(point)


def test_fraction_outside_its_range_is_refused() -> None:
    """A fraction below 0 or above 1 is an error."""
    for fraction in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="between"):
            fraction_point(at("2026-03-10 09:00"), at("2026-03-10 10:00"), fraction, WH, CALENDAR)


@pytest.mark.parametrize(
    ("start", "end", "unit", "hours"),
    [
        ("2026-11-20 10:00", "2026-11-23 09:00", WH, 7),
        ("2026-11-20 10:00", "2026-11-23 09:00", WD, 7),
        ("2026-11-20 10:00", "2026-11-23 09:00", NH, 71),
        ("2026-11-21 10:00", "2026-11-22 10:00", WH, 0),
        ("2026-11-23 10:00", "2026-11-23 09:00", WH, 0),
    ],
)
def test_elapsed_counts_the_hours_of_the_clock(
    start: str, end: str, unit: LimitUnit, hours: float
) -> None:
    """Lateness is told in the hours that the clock counts."""
    assert elapsed(at(start), at(end), unit, CALENDAR) == hours


def test_add_hours() -> None:
    """Grace runs on the clock's own hours; no grace is the same instant, even at night."""
    assert add_hours(at("2026-11-20 17:00"), 4, WH, CALENDAR) == at("2026-11-23 12:00")
    assert add_hours(at("2026-11-20 23:00"), 0, WH, CALENDAR) == at("2026-11-20 23:00")
    with pytest.raises(Refused):
        add_hours(at("2026-11-20 23:00"), -1, WH, CALENDAR)
