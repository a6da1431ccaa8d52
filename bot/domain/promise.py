"""The limits of a case: from its item, and from whether it is an emergency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.deadlines import Deadline, Limit, LimitUnit, deadline
from bot.domain.units import Tier
from bot.domain.workcalendar import WorkCalendar

UNKNOWN = (8.0, 40.0)
"""Working hours to respond and to resolve while the item is not known: tier C's longest."""
UNKNOWN_TIER = Tier.C
ALARM = (0.5, 24.0)
"""The most that an emergency may take, in natural hours (standards, section 4)."""


class Limited(Protocol):
    """What is needed of an item; hours are natural when ``natural``, else working."""

    @property
    def respond_hours(self) -> float: ...
    @property
    def resolve_hours(self) -> float: ...
    @property
    def natural(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Both limits of a sub-task."""

    respond: Limit
    resolve: Limit


@dataclass(frozen=True, slots=True)
class Promise:
    """Both due times, with their reasons."""

    respond: Deadline
    resolve: Deadline

    @property
    def provisional(self) -> bool:
        """Whether a year without a calendar file had a say."""
        return self.respond.provisional or self.resolve.provisional


def limits(item: Limited | None, emergency: bool) -> Limits:
    """The limits of a case.

    Urgent items and emergencies run on the natural clock; an emergency whose item allows more is
    held to ``ALARM`` (docs/adr/0005).
    """
    respond, resolve = (item.respond_hours, item.resolve_hours) if item else UNKNOWN
    natural = bool(item and item.natural)
    if emergency:
        respond, resolve = min(respond, ALARM[0]), min(resolve, ALARM[1])
        natural = True
    unit = LimitUnit.NATURAL_HOURS if natural else LimitUnit.WORKING_HOURS
    return Limits(Limit(respond, unit), Limit(resolve, unit))


def promise(
    item: Limited | None, emergency: bool, start: datetime, calendar: WorkCalendar
) -> Promise:
    """Both due times, counted from ``start``."""
    both = limits(item, emergency)
    return Promise(
        deadline(start, both.respond, calendar), deadline(start, both.resolve, calendar)
    )
