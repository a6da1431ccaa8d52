"""The ladder of one clock: what is said before it is due, and who joins after.

The stages are data (``bot/data/ladder.json``). They are put on the time line here; that quiet
hours hold a notice back is the sender's affair (``WorkCalendar.quiet_end``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.deadlines import MAX_HOURS, Limit, Pause, add_hours, fraction_point
from bot.domain.units import Tier
from bot.domain.workcalendar import WorkCalendar
from bot.errors import BadFile, Fault

EMERGENCY = "emergency"
"""The key of the grace for emergencies, beside the four tiers."""


class ClockName(StrEnum):
    """The two clocks of a sub-task."""

    RESPOND = "respond"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage as the file has it: at a ``fraction`` of the limit, or hours ``after_due``.

    ``after_due`` maps each tier and ``emergency`` to hours of the clock's own kind (working or
    natural). ``min_limit_hours``: limits shorter than this skip the stage.
    """

    name: str
    clocks: frozenset[ClockName]
    fraction: float | None = None
    after_due: Mapping[str, float] = field(default_factory=dict, hash=False)
    min_limit_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of one clock and the instant (UTC) at which it is reached."""

    name: str
    clock: ClockName
    at: datetime


@dataclass(frozen=True, slots=True)
class Ladder:
    """All stages, in the order in which a clock reaches them."""

    source: str
    rungs: tuple[Rung, ...]

    def plan(
        self,
        start: datetime,
        due: datetime,
        limit: Limit,
        tier: Tier,
        emergency: bool,
        clock: ClockName,
        calendar: WorkCalendar,
        pauses: Sequence[Pause] = (),
    ) -> tuple[Stage, ...]:
        """The stages between ``start`` and the end of the grace, earliest first.

        ``limit`` is the one that led to ``due``; its unit says whether working or natural time is
        counted. Raises ValueError for naive instants.
        """
        stages: list[Stage] = []
        for rung in self.rungs:
            if clock not in rung.clocks or limit.hours(calendar) < rung.min_limit_hours:
                continue
            if rung.fraction is None:
                grace = rung.after_due[EMERGENCY if emergency else tier.value]
                at = add_hours(due, grace, limit.unit, calendar)
            else:
                at = fraction_point(start, due, rung.fraction, limit.unit, calendar, pauses)
            stages.append(Stage(rung.name, clock, at))
        return tuple(stages)


def higher(tier: Tier) -> Tier | None:
    """Who joins when a tier's grace is over; None above A: the supervision desk (督办)."""
    return None if tier is Tier.A else next(t for t in Tier if t.height == tier.height + 1)


def parse_ladder(text: str, file: str) -> Ladder:
    """A ladder file. Raises BadFile with every fault: an unknown field, clock or tier, a figure
    out of range, a stage that is twice there or out of order, no stage ``due``.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFile(Fault(file, getattr(error, "lineno", 0), f"not JSON: {error}")) from error
    entries = data.get("stages") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        raise BadFile(Fault(file, 0, "stages is missing or empty"))
    faults: list[Fault] = []
    if not isinstance(data.get("source"), str) or not data["source"].strip():
        faults.append(Fault(file, 0, "source is missing"))
    rungs: list[Rung] = []
    names = (text.count("\n", 0, m.start()) + 1 for m in re.finditer(r'"name"\s*:', text))
    for entry in entries:
        line = next(names, 0) if isinstance(entry, dict) and "name" in entry else 0
        try:
            rung = _rung(entry)
            _check_order(rungs, rung)
            rungs.append(rung)
        except ValueError as error:
            faults.append(Fault(file, line, str(error)))
    if not faults and not any(rung.fraction == 1 for rung in rungs):
        faults.append(Fault(file, 0, "no stage stands at fraction 1: when is it due?"))
    if faults:
        raise BadFile(*faults)
    return Ladder(data["source"].strip(), tuple(rungs))


def _rung(entry: object) -> Rung:
    if not isinstance(entry, dict):
        raise ValueError("a stage is an object")  # noqa: TRY004
    allowed = {"name", "clocks", "fraction", "after_due_hours", "min_limit_hours"}
    if unknown := sorted(set(entry) - allowed):
        raise ValueError(f"unknown field {', '.join(unknown)}")
    name, clocks = entry.get("name"), entry.get("clocks")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name):
        raise ValueError(f"{name!r} is not a stage name (small letters, digits, _)")
    if not isinstance(clocks, list) or not clocks or any(c not in list(ClockName) for c in clocks):
        raise ValueError(f"{name}: clocks are respond, resolve or both")
    if ("fraction" in entry) == ("after_due_hours" in entry):
        raise ValueError(f"{name}: give either fraction or after_due_hours")
    fraction = _number(name, "fraction", entry["fraction"], 1) if "fraction" in entry else None
    if fraction == 0:
        raise ValueError(f"{name}: fraction is above 0")
    return Rung(
        name,
        frozenset(map(ClockName, clocks)),
        fraction,
        _grace(name, entry["after_due_hours"]) if fraction is None else {},
        _number(name, "min_limit_hours", entry.get("min_limit_hours", 0), MAX_HOURS),
    )


def _grace(name: str, hours: object) -> dict[str, float]:
    wanted = [EMERGENCY, *Tier]
    if not isinstance(hours, dict):
        raise ValueError(f"{name}: after_due_hours maps each tier to hours")  # noqa: TRY004
    if unknown := sorted(set(hours) - set(wanted)):
        raise ValueError(f"{name}: no such tier: {', '.join(unknown)}")
    if missing := [key for key in wanted if key not in hours]:
        raise ValueError(f"{name}: no hours for {', '.join(missing)}")
    return {str(key): _number(name, key, value, MAX_HOURS) for key, value in hours.items()}


def _number(name: str, what: str, value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name}: {what} is not a number")  # noqa: TRY004
    if not 0 <= value <= most:
        raise ValueError(f"{name}: {what} is between 0 and {most}")
    return float(value)


def _check_order(before: Sequence[Rung], rung: Rung) -> None:
    """Raises ValueError when a stage is twice there or would come before an earlier one."""
    if any(earlier.name == rung.name for earlier in before):
        raise ValueError(f"{rung.name} is there twice")
    for earlier in before:
        if earlier.fraction is None and rung.fraction is not None:
            raise ValueError(f"{rung.name} comes after {earlier.name}, which is past due")
        if earlier.fraction is not None and rung.fraction is not None:
            late = rung.fraction <= earlier.fraction
        else:
            late = any(
                hours < earlier.after_due.get(key, 0) for key, hours in rung.after_due.items()
            )
        if late:
            raise ValueError(f"{rung.name} is out of order: not later than {earlier.name}")
