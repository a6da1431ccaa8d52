"""Deadline arithmetic: when a limit ends, why then, and how much of it has run.

Hour limits run inside working time only, natural hours day and night. Day limits do not count the
day of receipt: working days end with the N-th day's close of business, natural days at 24:00 of
the last day, or of the next working day if the last is a rest day (民法典 art. 200-203). A dispute
about ownership is no reason to stop a clock, so there is no ``PauseReason`` for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from bot.domain.workcalendar import MAX_SCAN_DAYS, ONE_DAY, Window, WorkCalendar, aware
from bot.errors import Refused

MAX_HOURS = 20_000
MAX_DAYS = 3_660

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


class LimitUnit(StrEnum):
    """What a limit counts."""

    WORKING_HOURS = "working_hours"
    NATURAL_HOURS = "natural_hours"
    WORKDAYS = "workdays"
    NATURAL_DAYS = "natural_days"

    @property
    def working(self) -> bool:
        """True when the clock stands still outside working time."""
        return self in (LimitUnit.WORKING_HOURS, LimitUnit.WORKDAYS)

    @property
    def days(self) -> bool:
        """True when whole days are counted."""
        return self in (LimitUnit.WORKDAYS, LimitUnit.NATURAL_DAYS)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many hours or whole days. Raises Refused unless above 0 and at most MAX_HOURS/DAYS."""

    amount: float
    unit: LimitUnit

    def __post_init__(self) -> None:
        most = MAX_DAYS if self.unit.days else MAX_HOURS
        # Less than a microsecond would round to nothing.
        fair = 1e-9 < self.amount <= most
        if not fair or (self.unit.days and self.amount != int(self.amount)):
            raise Refused("deadline-bad-limit", amount=self.amount, unit=self.unit.value)

    def hours(self, calendar: WorkCalendar) -> float:
        """Its size in hours of its own clock: a working day has ``calendar.day_hours``."""
        if not self.unit.days:
            return self.amount
        return self.amount * (calendar.day_hours if self.unit.working else 24)


class PauseReason(StrEnum):
    """The only reasons for which a clock may stand still."""

    WAITING_FOR_REPORTER = "waiting_for_reporter"
    STATUTORY_PROCEDURE = "statutory_procedure"
    FORCE_MAJEURE = "force_majeure"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop of the clock; one that still lasts is given the end it is planned to have.

    Raises ValueError for naive instants or an end that is not after the start.
    """

    start: datetime
    end: datetime
    reason: PauseReason

    def __post_init__(self) -> None:
        if aware(self.end).astimezone(UTC) <= aware(self.start).astimezone(UTC):
            raise ValueError("a pause ends after it starts")


@dataclass(frozen=True, slots=True)
class WhyStep:
    """One reason for a due time, for a view to put into words.

    Codes and their parameters (instants UTC, days ``date``): ``start`` at · ``limit`` amount,
    unit · ``starts_next_minute`` at · ``day_of_receipt_not_counted`` day · ``skipped`` first,
    last, name ("" for a weekend) · ``worked`` day, name (a make-up working day) · ``paused``
    start, end, reason · ``last_day_moved`` first, last, name · ``extended`` amount, unit, was ·
    ``provisional`` year.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Deadline:
    """``due`` in UTC; ``provisional`` when a year without a file had a say; ``why`` in order."""

    due: datetime
    provisional: bool
    why: tuple[WhyStep, ...]


PASSED = frozenset({"skipped", "worked", "last_day_moved"})
"""The codes that speak of days between start and due."""


def deadline(
    start: datetime,
    limit: Limit,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
    extension: Limit | None = None,
) -> Deadline:
    """When ``limit`` from ``start`` ends; an extension runs on from there.

    Raises ValueError for a naive start; Refused for one outside 1949-2200 or when the calendar
    has no working day in reach.
    """
    start = _utc(start)
    why = [WhyStep("start", {"at": start}), _amount("limit", limit)]
    due, steps, days = _run(start, limit, calendar, pauses)
    why += steps
    if extension is not None:
        was = due
        # A day limit ends with its day, which 24:00 no longer belongs to.
        last = was - TICK if limit.unit.days and extension.unit.days else was
        due, steps, more = _run(last, extension, calendar, pauses)
        why.append(_amount("extended", extension, was=was))
        why += [step for step in steps if step.code in PASSED]
        days = (min(days[0], more[0]), max(days[1], more[1]))
    why += _paused(start, due, pauses)
    calendared = limit.unit is not LimitUnit.NATURAL_HOURS or (
        extension is not None and extension.unit is not LimitUnit.NATURAL_HOURS
    )
    unknown = [y for y in range(days[0].year, days[1].year + 1) if not calendar.known(y)]
    if calendared:
        why += [WhyStep("provisional", {"year": year}) for year in unknown]
    return Deadline(due, calendared and bool(unknown), tuple(why))


def fraction_point(
    start: datetime,
    due: datetime,
    fraction: float,
    unit: LimitUnit,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """The instant at which ``fraction`` (0 to 1) of the time to ``due`` has run; UTC.

    Working units count working time only, natural units all of it. Raises ValueError for a
    fraction outside 0 to 1 or naive instants.
    """
    if not 0 <= fraction <= 1:
        raise ValueError("a fraction is between 0 and 1")
    start, due = _utc(start), _utc(due)
    if fraction == 1 or due <= start:
        return due
    part = _span(start, due, unit, calendar, pauses) * fraction
    return min(due, _advance(start, part, unit, calendar, pauses))


def elapsed(
    start: datetime,
    end: datetime,
    unit: LimitUnit,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> float:
    """Hours of the unit's clock from ``start`` to ``end``, 0 if they are the other way round.

    Working hours for the working units, natural hours for the others. Raises ValueError for
    naive instants, Refused for a span beyond ``MAX_SCAN_DAYS``.
    """
    return _span(_utc(start), _utc(end), unit, calendar, pauses) / HOUR


def add_hours(start: datetime, hours: float, unit: LimitUnit, calendar: WorkCalendar) -> datetime:
    """``start`` plus hours of the unit's clock; 0 hours give ``start`` itself. UTC."""
    start = _utc(start)
    if not 0 <= hours <= MAX_HOURS:
        raise Refused("deadline-bad-limit", amount=hours, unit=unit.value)
    return _advance(start, hours * HOUR, unit, calendar, ()) if hours else start


def _utc(instant: datetime) -> datetime:
    if not 1949 <= aware(instant).year <= 2200:
        raise Refused("deadline-bad-start", at=instant)
    return instant.astimezone(UTC)


def _amount(code: str, limit: Limit, **more: object) -> WhyStep:
    return WhyStep(code, {"amount": limit.amount, "unit": limit.unit.value, **more})


Run = tuple[datetime, list[WhyStep], tuple[date, date]]
"""A due time, its reasons, and the first and last day that the calendar was asked about."""


def _run(start: datetime, limit: Limit, calendar: WorkCalendar, pauses: Sequence[Pause]) -> Run:
    if limit.unit is LimitUnit.NATURAL_DAYS:
        return _natural_days(start, int(limit.amount), calendar, pauses)
    first = calendar.local_day(start)
    if limit.unit is LimitUnit.WORKDAYS:
        due = _close_of(start, int(limit.amount), calendar, pauses)
        steps = [WhyStep("day_of_receipt_not_counted", {"day": first})]
    else:
        due = _advance(start, limit.amount * HOUR, limit.unit, calendar, pauses)
        steps = []
        if limit.unit.working and (opening := calendar.next_working_minute(start)) > start:
            steps.append(WhyStep("starts_next_minute", {"at": opening}))
    last = calendar.local_day(due)
    if limit.unit.working:
        steps += _days_between(first, last, calendar)
    return due, steps, (first, last)


def _natural_days(
    start: datetime, count: int, calendar: WorkCalendar, pauses: Sequence[Pause]
) -> Run:
    received = calendar.local_day(start)
    last = received
    for _ in range(MAX_SCAN_DAYS):
        last += ONE_DAY
        count -= not _stopped(calendar.midnight(last), pauses)
        if not count:
            break
    else:
        raise Refused("calendar-no-workday", day=received)
    steps = [WhyStep("day_of_receipt_not_counted", {"day": received})]
    moved = last if calendar.is_workday(last) else calendar.add_working_days(last, 1)
    if moved != last:
        rule = calendar.rule(last)
        name = rule.name if rule else ""
        steps.append(WhyStep("last_day_moved", {"first": last, "last": moved, "name": name}))
    return calendar.midnight(moved), steps, (last, moved)


def _close_of(
    start: datetime, count: int, calendar: WorkCalendar, pauses: Sequence[Pause]
) -> datetime:
    """Close of business of the ``count``-th working day after the day of receipt."""
    for day in calendar.workdays_after(calendar.local_day(start)):
        close = calendar.at(day, calendar.periods[-1][1])
        count -= not _stopped(close, pauses)
        if not count:
            return close
    raise AssertionError("workdays_after ends in a refusal")


def _stopped(close: datetime, pauses: Sequence[Pause]) -> bool:
    """Whether the clock stands still as a day closes: such a day does not count."""
    return any(pause.start < close <= pause.end for pause in pauses)


def _running(
    start: datetime, unit: LimitUnit, calendar: WorkCalendar, pauses: Sequence[Pause]
) -> Iterator[Window]:
    """The stretches in which the clock runs, from ``start`` on."""
    endless = [(start, start + MAX_SCAN_DAYS * ONE_DAY)]
    stops = sorted((pause.start.astimezone(UTC), pause.end.astimezone(UTC)) for pause in pauses)
    for begin, end in calendar.windows(start) if unit.working else endless:
        for stop, resume in stops:
            if resume > begin and stop < end:
                if stop > begin:
                    yield begin, stop
                begin = resume
        if begin < end:
            yield begin, end


def _advance(
    start: datetime,
    span: timedelta,
    unit: LimitUnit,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
) -> datetime:
    for begin, end in _running(start, unit, calendar, pauses):
        if span <= end - begin:
            return begin + span
        span -= end - begin
    raise Refused("calendar-no-workday", day=calendar.local_day(start))


def _span(
    start: datetime,
    end: datetime,
    unit: LimitUnit,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
) -> timedelta:
    total = timedelta()
    if end <= start:
        return total
    for begin, stop in _running(start, unit, calendar, pauses):
        if begin < end:
            total += min(stop, end) - begin
        if stop >= end:
            return total
    raise Refused("deadline-bad-start", at=start)


def _days_between(first: date, last: date, calendar: WorkCalendar) -> Iterator[WhyStep]:
    """Rest days passed over, in runs of one name, and the make-up days that counted."""
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]

    def kind(day: date) -> tuple[str, bool]:
        rule = calendar.rule(day)
        return rule.name if rule else "", calendar.is_workday(day)

    for (name, working), run in groupby(days, kind):
        group = list(run)
        if not working:
            yield WhyStep("skipped", {"first": group[0], "last": group[-1], "name": name})
        elif name:
            yield from (WhyStep("worked", {"day": day, "name": name}) for day in group)


def _paused(start: datetime, due: datetime, pauses: Sequence[Pause]) -> Iterator[WhyStep]:
    for pause in sorted(pauses, key=lambda one: one.start.astimezone(UTC)):
        if pause.end > start and pause.start < due:
            params = {"start": pause.start, "end": pause.end, "reason": pause.reason.value}
            yield WhyStep("paused", params)
