"""The supervisor's digest in words: what is late, who owes it, how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.kpi import Rate
from bot.i18n import Html, Texts
from bot.views import callback as cb
from bot.views.message import Button, Message, rows
from bot.views.times import hours, month, weekday

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One late sub-task. ``late`` in hours, working hours when ``working``."""

    case_id: int
    number: str
    item: str
    unit: str
    late: float
    working: bool
    unanswered: bool
    waiting: bool
    """Nobody has it yet: it waits for dispatch."""
    unverified: bool
    """Handled, but the unit has not said whether it is so."""
    emergency: bool
    confidential: bool
    cycle: int
    returned: int
    """How often a unit has said that it is not its own."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A branch on one morning."""

    unit: str
    day: datetime
    rows: tuple[Row, ...]
    due_today: int
    urgent: int
    reopened: int
    response: Rate
    handling: Rate


def digest(t: Texts, d: Digest) -> Message:
    """Each number opens its case. No names of people, no counts of reports, no rankings."""
    lines = [
        t(
            "digest-head",
            unit=d.unit,
            month=month(d.day, t),
            day=d.day.day,
            weekday=weekday(d.day, t),
        ),
        t(
            "digest-counts",
            overdue=len(d.rows),
            today=d.due_today,
            urgent=d.urgent,
            reopened=d.reopened,
        ),
    ]
    lines += [_row(t, number, row) for number, row in enumerate(d.rows[:SHOWN], 1)]
    if len(d.rows) > SHOWN:
        lines.append(t("digest-more", count=len(d.rows) - SHOWN))
    lines.append(t("digest-kpi", response=_rate(t, d.response), handling=_rate(t, d.handling)))
    buttons = [
        Button(str(number), cb.encode(cb.MENU, row.case_id, "case"))
        for number, row in enumerate(d.rows[:SHOWN], 1)
        if not row.confidential
    ]
    return Message(Html("\n".join(lines)), rows(*buttons, width=5))


def _row(t: Texts, number: int, row: Row) -> Html:
    parts = [
        t(
            "digest-row-working" if row.working else "digest-row-natural",
            mark="🚨" if row.emergency else "🔴",
            place=number,
            number=t("digest-secret") if row.confidential else row.number,
            item=row.item,
            unit=row.unit,
            hours=hours(row.late),
            count=float(hours(row.late)),
        )
    ]
    if row.waiting:
        parts.append(t("digest-waiting"))
    if row.unverified:
        parts.append(t("digest-unverified"))
    if row.unanswered:
        parts.append(t("digest-unanswered"))
    if row.cycle:
        parts.append(t("digest-reopened", count=row.cycle))
    if row.returned:
        parts.append(t("digest-returned", count=row.returned))
    return Html(" · ".join(parts))


def _rate(t: Texts, rate: Rate) -> Html:
    if rate.percent is None:
        return t("rate-insufficient", good=rate.good, all=rate.all)
    return t("rate", percent=rate.percent, good=rate.good, all=rate.all)
