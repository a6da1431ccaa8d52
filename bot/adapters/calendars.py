"""The shipped year files and the shipped ladder, read from the installed package."""

from __future__ import annotations

from importlib.resources import files
from zoneinfo import ZoneInfo

from bot.domain.ladder import Ladder, parse_ladder
from bot.domain.workcalendar import WorkCalendar, YearDays, parse_year


def shipped_years() -> dict[int, YearDays]:
    """Year -> its days, of every file in ``bot/data/calendar``. Raises BadFile."""
    folder = files("bot").joinpath("data", "calendar")
    named = sorted((entry.name, entry) for entry in folder.iterdir())
    parsed = [
        parse_year(entry.read_text(encoding="utf-8"), name)
        for name, entry in named
        if name.endswith(".json")
    ]
    return {year.year: year for year in parsed}


def shipped_year_texts() -> dict[int, str]:
    """Year -> the text of its file."""
    folder = files("bot").joinpath("data", "calendar")
    return {
        int(entry.name.removesuffix(".json")): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    }


def shipped_calendar(zone: ZoneInfo | None = None) -> WorkCalendar:
    """The default calendar, of Asia/Shanghai unless told otherwise. Raises BadFile."""
    return WorkCalendar(shipped_years(), zone or ZoneInfo("Asia/Shanghai"))


def shipped_ladder() -> Ladder:
    """The default ladder of ``bot/data/ladder.json``. Raises BadFile."""
    text = files("bot").joinpath("data", "ladder.json").read_text(encoding="utf-8")
    return parse_ladder(text, "ladder.json")
