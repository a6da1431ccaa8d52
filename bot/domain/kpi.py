"""Key figures of sub-tasks, always as n/N (standards, section 6). Outcomes, never people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.case import Status, Task

ENOUGH = 5
"""Under so many cases a rate says nothing."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``good`` of ``all``."""

    good: int
    all: int

    @property
    def percent(self) -> int | None:
        """Rounded to whole percent; None when there are too few."""
        return round(100 * self.good / self.all) if self.all >= ENOUGH else None


def response_on_time(tasks: Iterable[Task], since: datetime, until: datetime) -> Rate:
    """呼应及时率: first human act by the respond due ÷ sub-tasks with that due in the period."""
    due = [t for t in tasks if since <= t.respond_due < until and _counts(t)]
    good = [t for t in due if t.responded_at is not None and t.responded_at <= t.respond_due]
    return Rate(len(good), len(due))


def handling_on_time(tasks: Iterable[Task], since: datetime, until: datetime) -> Rate:
    """处置及时率: handled by the resolve due and not failed in verification ÷ due in period."""
    due = [t for t in tasks if since <= t.resolve_due < until and _counts(t)]
    good = [
        t
        for t in due
        if t.handled_at is not None and t.handled_at <= t.resolve_due and not t.failed
    ]
    return Rate(len(good), len(due))


def _counts(task: Task) -> bool:
    return task.status is not Status.WITHDRAWN
