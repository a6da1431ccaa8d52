"""The town's time: its zone, its office hours, and what a card says about it."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_OFFICE = ((time(9), time(12)), (time(13), time(18)))
_DUE = re.compile(r"响应 (?:(周.)|(\d+)月(\d+)日) (\d\d):(\d\d)")


def office(instant: datetime) -> datetime:
    """The instant itself within office hours, Monday to Friday, else the next opening.

    Holidays are not known here; the demo hands in the calendar of the bot instead.
    """
    here = instant.astimezone(ZONE)
    for ahead in range(8):
        day = here.date() + timedelta(days=ahead)
        for begin, end in _OFFICE if day.weekday() < 5 else ():
            if here < datetime.combine(day, end, ZONE):
                return max(here, datetime.combine(day, begin, ZONE))
    raise ValueError("no working day within a week")


def midnight_after(instant: datetime) -> datetime:
    """The beginning of the next calendar day."""
    here = instant.astimezone(ZONE)
    return datetime.combine(here.date() + timedelta(days=1), time(), ZONE)


def respond_due(card: str, now: datetime) -> datetime | None:
    """By when a card says that somebody must respond; None when it does not say so."""
    found = _DUE.search(card)
    if found is None:
        return None
    weekday, month, day, hour, minute = found.groups()
    here = now.astimezone(ZONE)
    clock = time(int(hour), int(minute))
    if weekday:
        ahead = (WEEK.index(weekday) - here.weekday()) % 7
        return datetime.combine(here.date() + timedelta(days=ahead), clock, ZONE)
    due = datetime.combine(here.date().replace(month=int(month), day=int(day)), clock, ZONE)
    return due if due >= here - timedelta(days=180) else due.replace(year=due.year + 1)
