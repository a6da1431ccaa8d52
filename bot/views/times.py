"""Instants and spans in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import Html, Texts


def when(at: datetime, now: datetime, zone: ZoneInfo, t: Texts) -> Html:
    """今天 11:30, 明天 09:00, 周一 09:30, 11月26日 16:00: as short as it is clear."""
    there, here = at.astimezone(zone), now.astimezone(zone)
    days = (there.date() - here.date()).days
    clock = there.strftime("%H:%M")
    if days == 0:
        return t("when-today", clock=clock)
    if days == 1:
        return t("when-tomorrow", clock=clock)
    if 1 < days < 7:
        return t("when-weekday", day=weekday(there, t), clock=clock)
    key = "when-date" if there.year == here.year else "when-date-year"
    return t(key, year=there.year, month=month(there, t), day=there.day, clock=clock)


def standing(at: datetime, now: datetime, zone: ZoneInfo, t: Texts) -> Html:
    """周五 11:30 or 11月26日 16:00: for what stands for days, where 今天 would become untrue."""
    there, here = at.astimezone(zone), now.astimezone(zone)
    clock = there.strftime("%H:%M")
    if 0 <= (there.date() - here.date()).days < 6:
        return t("when-weekday", day=weekday(there, t), clock=clock)
    return t("when-date", month=month(there, t), day=there.day, clock=clock)


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """11-20 09:31: for timelines."""
    return at.astimezone(zone).strftime("%m-%d %H:%M")


def weekday(there: datetime, t: Texts) -> Html:
    """周一 … 周日."""
    return t(f"weekday-{there.isoweekday()}")


def month(there: datetime, t: Texts) -> Html:
    """The month of a date: a figure in Chinese, a name elsewhere (3/4 is read in two ways)."""
    return t(f"month-{there.month}")


def hours(amount: float) -> str:
    """7, 7.5: hours without needless digits; what is under six minutes counts as 0.1."""
    shown = max(round(amount, 1), 0.1)
    return f"{shown:g}" if shown < 10 else f"{shown:.0f}"
