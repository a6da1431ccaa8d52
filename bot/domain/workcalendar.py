"""The working calendar: which days and hours count, and when people are left in peace.

Days come from year files that name their source (a State Council notice). A year without a file
falls back to Monday-Friday, and whoever relies on it is told so by ``known``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import PurePath
from zoneinfo import ZoneInfo

from bot.errors import BadFile, Fault, Refused

Window = tuple[datetime, datetime]
"""A stretch of time, UTC-aware, the end not included."""

MAX_SCAN_DAYS = 12_000
"""No search looks further ahead: an all-holiday calendar ends in a refusal, not in a loop."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayRule:
    """What a notice says of one day: ``off`` True is a holiday, False a make-up working day."""

    name: str
    off: bool


@dataclass(frozen=True, slots=True)
class YearDays:
    """One year file. ``days`` may reach into the neighbouring years (late December)."""

    year: int
    source: str
    days: Mapping[date, DayRule]


@dataclass(frozen=True)
class WorkCalendar:
    """Working days and hours of one deployment; all instants in and out are aware, out in UTC.

    ``periods`` are the local times of a working day, ascending and apart; the defaults make the
    8 working hours that count as one working day. Quiet hours run from ``quiet_from`` over night
    to ``quiet_to``. Raises ValueError for times that are out of order.
    """

    years: Mapping[int, YearDays] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    periods: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13), time(18)))
    quiet_from: time = time(20)
    quiet_to: time = time(8, 30)

    def __post_init__(self) -> None:
        marks = [mark for period in self.periods for mark in period]
        if not marks or any(a >= b for a, b in pairwise(marks)):
            raise ValueError("working periods must be ascending and apart")
        if self.quiet_to >= self.quiet_from:
            raise ValueError("quiet hours must begin in the evening and end in the morning")

    @property
    def day_hours(self) -> float:
        """Working hours in a working day: 8 unless set otherwise."""
        spans = (
            datetime.combine(date.min, e) - datetime.combine(date.min, b) for b, e in self.periods
        )
        return sum(spans, timedelta()) / timedelta(hours=1)

    def known(self, year: int) -> bool:
        """Whether a file covers the year; if not, its days are Monday-Friday by guess."""
        return year in self.years

    def rule(self, day: date) -> DayRule | None:
        """What a file says of the day, if anything; the later notice wins."""
        for year in (day.year + 1, day.year, day.year - 1):
            if (file := self.years.get(year)) and (found := file.days.get(day)):
                return found
        return None

    def is_workday(self, day: date) -> bool:
        """True for a working day, make-up working days at weekends included."""
        found = self.rule(day)
        return day.weekday() < 5 if found is None else not found.off

    def local_day(self, instant: datetime) -> date:
        """The calendar day of an instant, here. Raises ValueError for a naive datetime."""
        return aware(instant).astimezone(self.zone).date()

    def at(self, day: date, clock: time) -> datetime:
        """The instant at which the clocks here show that time; UTC."""
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def midnight(self, day: date) -> datetime:
        """24:00 of the day, which is 00:00 of the next; UTC."""
        return self.at(day + ONE_DAY, time())

    def working_periods(self, day: date) -> tuple[Window, ...]:
        """The day's working windows in UTC; none on a rest day."""
        if not self.is_workday(day):
            return ()
        windows = ((self.at(day, begin), self.at(day, end)) for begin, end in self.periods)
        # A period inside a daylight-saving gap is empty or turned round.
        return tuple((begin, end) for begin, end in windows if begin < end)

    def windows(self, start: datetime) -> Iterator[Window]:
        """Working windows from ``start`` on. Raises Refused after ``MAX_SCAN_DAYS`` days."""
        first = self.local_day(start)
        for offset in range(MAX_SCAN_DAYS):
            for begin, end in self.working_periods(first + offset * ONE_DAY):
                if end > start:
                    yield max(begin, start.astimezone(UTC)), end
        raise Refused("calendar-no-workday", day=first)

    def next_working_minute(self, instant: datetime) -> datetime:
        """The instant itself inside working time, else the next opening; UTC."""
        return next(self.windows(instant))[0]

    def workdays_after(self, day: date) -> Iterator[date]:
        """Working days after ``day``. Raises Refused after ``MAX_SCAN_DAYS`` days."""
        for offset in range(1, MAX_SCAN_DAYS):
            if self.is_workday(later := day + offset * ONE_DAY):
                yield later
        raise Refused("calendar-no-workday", day=day)

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``, itself not counted; 0 gives it back.

        Raises Refused for a negative or absurd count.
        """
        if not 0 <= count <= MAX_SCAN_DAYS:
            raise Refused("deadline-bad-limit", amount=count, unit="workdays")
        later = self.workdays_after(day)
        for _ in range(count):
            day = next(later)
        return day

    def quiet(self, instant: datetime) -> bool:
        """True at night and on rest days, when only what is urgent may be sent."""
        here = aware(instant).astimezone(self.zone)
        awake = self.quiet_to <= here.time() < self.quiet_from
        return not awake or not self.is_workday(here.date())

    def quiet_end(self, instant: datetime) -> datetime:
        """When something held back may go out; the instant itself if it is not quiet. UTC."""
        if not self.quiet(instant):
            return instant.astimezone(UTC)
        today = self.local_day(instant)
        morning = self.at(today, self.quiet_to)
        if self.is_workday(today) and instant < morning:
            return morning
        return self.at(next(self.workdays_after(today)), self.quiet_to)


def aware(instant: datetime) -> datetime:
    """The instant, or ValueError when it does not say its offset."""
    if instant.utcoffset() is None:
        raise ValueError("a naive datetime has no place here: give it a time zone")
    return instant


def parse_year(text: str, file: str) -> YearDays:
    """A year file: ``{"year", "source", "holidays": [{"date", "name", "off"}]}``.

    Raises BadFile with every fault found: not such a file, no source, another year than the file
    name or most of its days say, a day that is twice there, unreadable, more than a year away, or
    missing inside a holiday.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFile(Fault(file, getattr(error, "lineno", 0), f"not JSON: {error}")) from error
    faults: list[Fault] = []
    if not isinstance(data, dict):
        raise BadFile(Fault(file, 0, "expected an object with year, source and holidays"))
    year, source, entries = (data.get(key) for key in ("year", "source", "holidays"))
    if not isinstance(year, int) or isinstance(year, bool) or not 1949 <= year <= 2200:
        raise BadFile(Fault(file, 0, f"year {year!r} is not a year"))
    if (named := re.fullmatch(r"\d{4}", PurePath(file).stem)) and int(named[0]) != year:
        faults.append(Fault(file, 0, f"the file is named {named[0]} but holds {year}"))
    if not isinstance(source, str) or not source.strip():
        faults.append(Fault(file, 0, "source is missing: name the notice"))
    if not isinstance(entries, list) or not entries:
        raise BadFile(*faults, Fault(file, 0, "holidays is missing or empty"))
    days: dict[date, DayRule] = {}
    for line, entry in _numbered(text, entries):
        try:
            day, rule = _entry(entry, year)
        except ValueError as error:
            faults.append(Fault(file, line, str(error)))
            continue
        if day in days:
            faults.append(Fault(file, line, f"{day} is there twice"))
        days[day] = rule
    faults += [Fault(file, 0, reason) for reason in _doubts(days, year)]
    if faults:
        raise BadFile(*faults)
    return YearDays(year, str(source).strip(), days)


def _numbered(text: str, entries: list[object]) -> Iterator[tuple[int, object]]:
    """Each entry with its line; json gives none, but the entries are the only flat objects."""
    lines = (text.count("\n", 0, m.start()) + 1 for m in re.finditer(r"\{[^{}]*\}", text))
    for entry in entries:
        yield (next(lines, 0) if isinstance(entry, dict) else 0), entry


def _entry(entry: object, year: int) -> tuple[date, DayRule]:
    if not isinstance(entry, dict) or set(entry) != {"date", "name", "off"}:
        raise ValueError("a day needs date, name and off, and nothing else")
    if not isinstance(entry["off"], bool):
        raise ValueError("off must be true or false")  # noqa: TRY004
    if not isinstance(entry["name"], str) or not entry["name"].strip():
        raise ValueError("name is missing")
    if not isinstance(entry["date"], str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", entry["date"]):
        raise ValueError(f"{entry['date']!r} is not a date like {year}-01-31")
    day = date.fromisoformat(entry["date"])
    if abs(day.year - year) > 1:
        raise ValueError(f"{day} is more than a year away from {year}")
    return day, DayRule(entry["name"].strip(), entry["off"])


def _doubts(days: Mapping[date, DayRule], year: int) -> Iterator[str]:
    """What is wrong with the days taken together."""
    if days and 2 * Counter(day.year for day in days)[year] < len(days):
        yield f"most days are not of {year}"
    off = sorted((rule.name, day) for day, rule in days.items() if rule.off)
    for (name, day), (next_name, later) in pairwise(off):
        # Ten days tell a hole from a holiday that comes twice a year.
        if name == next_name and ONE_DAY < later - day < 10 * ONE_DAY:
            yield f"{name}: {day + ONE_DAY} is missing between {day} and {later}"
