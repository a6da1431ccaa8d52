"""The ladder: when each stage of a clock is reached, and which files are refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.calendars import shipped_calendar, shipped_ladder
from bot.domain.deadlines import Limit, LimitUnit, deadline
from bot.domain.ladder import ClockName, Ladder, higher, parse_ladder
from bot.domain.units import Tier
from bot.errors import BadFile

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
LADDER = shipped_ladder()
RESPOND, RESOLVE = ClockName.RESPOND, ClockName.RESOLVE
WH, NH, WD = LimitUnit.WORKING_HOURS, LimitUnit.NATURAL_HOURS, LimitUnit.WORKDAYS


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def plan(
    start: str, limit: Limit, tier: Tier, clock: ClockName, *, emergency: bool = False
) -> dict[str, str]:
    due = deadline(at(start), limit, CALENDAR).due
    stages = LADDER.plan(at(start), due, limit, tier, emergency, clock, CALENDAR)
    assert {stage.clock for stage in stages} == {clock}
    return {s.name: f"{s.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for s in stages}


def test_short_limit_has_no_half_way_reminder() -> None:
    """A D item: 80 %, due, and escalation four working hours after."""
    assert plan("2026-11-20 09:30", Limit(8, WH), Tier.D, RESOLVE) == {
        "remind_80": "2026-11-20 16:54",
        "due": "2026-11-23 09:30",
        "escalate": "2026-11-23 14:30",
    }


def test_long_resolve_limit_has_a_half_way_reminder() -> None:
    """A C item of 40 working hours over Spring Festival has all four stages."""
    assert plan("2026-02-12 16:00", Limit(40, WH), Tier.C, RESOLVE) == {
        "remind_50": "2026-02-24 11:00",
        "remind_80": "2026-02-25 16:00",
        "due": "2026-02-26 16:00",
        "escalate": "2026-02-27 16:00",
    }


@pytest.mark.parametrize(
    ("limit", "clock", "half_way"),
    [
        (Limit(16, WH), RESOLVE, True),
        (Limit(15.9, WH), RESOLVE, False),
        (Limit(2, WD), RESOLVE, True),
        (Limit(1, WD), RESOLVE, False),
        (Limit(24, NH), RESOLVE, True),
        (Limit(16, WH), RESPOND, False),
    ],
)
def test_half_way_only_for_resolve_limits_of_sixteen_hours(
    limit: Limit, clock: ClockName, half_way: bool
) -> None:
    """The 50 % reminder belongs to resolve limits of sixteen hours and more."""
    assert ("remind_50" in plan("2026-03-10 09:00", limit, Tier.C, clock)) is half_way


@pytest.mark.parametrize(
    ("tier", "grace"),
    [(Tier.D, "14:00"), (Tier.C, "18:00"), (Tier.B, "18:00"), (Tier.A, "18:00")],
)
def test_grace_of_each_tier(tier: Tier, grace: str) -> None:
    """Escalation waits four working hours at D and eight above."""
    found = plan("2026-03-09 17:00", Limit(1, WH), tier, RESPOND)
    assert found["due"] == "2026-03-09 18:00"
    assert found["escalate"] == f"2026-03-10 {grace}"


def test_emergency_escalates_at_once_by_night() -> None:
    """An emergency runs on natural time, in the holiday too, and has no grace."""
    found = plan("2026-02-17 03:10", Limit(0.5, NH), Tier.B, RESPOND, emergency=True)
    assert found == {
        "remind_80": "2026-02-17 03:34",
        "due": "2026-02-17 03:40",
        "escalate": "2026-02-17 03:40",
    }


def test_natural_clock_has_a_natural_grace() -> None:
    """A natural clock without emergency waits its grace in natural hours, not till Monday."""
    found = plan("2026-03-13 20:00", Limit(4, NH), Tier.D, RESOLVE)
    assert found["escalate"] == "2026-03-14 04:00"


def test_who_joins_at_an_escalation() -> None:
    """Each tier hands up to the next; above the district there is only the supervision desk."""
    assert [higher(tier) for tier in Tier] == [Tier.C, Tier.B, Tier.A, None]


GOOD: dict[str, Any] = {
    "source": "test",
    "stages": [
        {"name": "half", "clocks": ["resolve"], "fraction": 0.5},
        {"name": "due", "clocks": ["respond", "resolve"], "fraction": 1},
        {
            "name": "up",
            "clocks": ["resolve"],
            "after_due_hours": {"emergency": 0, "D": 4, "C": 8, "B": 8, "A": 8},
        },
    ],
}


def changed(change: Callable[[SimpleNamespace], object]) -> str:
    """The good file after a change to it (``d``), to its stages (``s``) or its grace (``g``)."""
    data = copy.deepcopy(GOOD)
    stages = data["stages"]
    change(SimpleNamespace(d=data, s=stages, g=stages[2]["after_due_hours"]))
    return json.dumps(data, indent=1)


def test_the_good_file_is_read() -> None:
    """The file that the refused ones are made from is itself in order."""
    ladder = parse_ladder(json.dumps(GOOD), "ladder.json")
    assert isinstance(ladder, Ladder)
    assert [rung.name for rung in ladder.rungs] == ["half", "due", "up"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda x: x.s.reverse(), "past due"),
        (lambda x: x.s.insert(0, x.s.pop(1)), "out of order"),
        (
            lambda x: x.s.append({**x.s[2], "name": "b", "after_due_hours": {**x.g, "D": 3}}),
            "order",
        ),
        (lambda x: x.s.insert(1, {**x.s[0], "name": "b"}), "out of order"),
        (lambda x: x.s.append(x.s[2]), "there twice"),
        (lambda x: x.s.pop(1), "when is it due"),
        (lambda x: x.s.clear(), "missing or empty"),
        (lambda x: x.d.pop("source"), "source is missing"),
        (lambda x: x.g.update(E=1), "no such tier: E"),
        (lambda x: x.g.pop("B"), "no hours for B"),
        (lambda x: x.g.update(B=-1), "between 0"),
        (lambda x: x.g.update(B=True), "not a number"),
        (lambda x: x.g.update(B=float("nan")), "between 0"),
        (lambda x: x.g.update(B=10**400), "between 0"),
        (lambda x: x.g.update(B="4"), "not a number"),
        (lambda x: x.s[2].update(after_due_hours=4), "maps each tier"),
        (lambda x: x.s[2].update(fraction=1), "either"),
        (lambda x: x.s[0].update(fraction=1.5), "between 0 and 1"),
        (lambda x: x.s[0].update(fraction=0), "above 0"),
        (lambda x: x.s[0].update(clocks=["reply"]), "clocks are"),
        (lambda x: x.s[0].update(clocks=[[]]), "clocks are"),
        (lambda x: x.s[0].update(name="Half Way"), "not a stage name"),
        (lambda x: x.s[0].update(when=1), "unknown field when"),
        (lambda x: x.s.insert(0, "half"), "is an object"),
    ],
)
def test_bad_ladder_is_refused_with_its_reason(change: Any, reason: str) -> None:
    """A ladder with stages out of order, a bad tier or a bad figure is refused."""
    with pytest.raises(BadFile) as caught:
        parse_ladder(changed(change), "ladder.json")
    assert reason in str(caught.value)


def test_fault_names_the_line_of_the_stage() -> None:
    """The line of the stage at fault is told."""
    text = changed(lambda x: x.g.update(E=1))
    with pytest.raises(BadFile) as caught:
        parse_ladder(text, "ladder.json")
    line = caught.value.faults[0].line
    assert '"up"' in text.splitlines()[line - 1]


def test_broken_json_is_refused() -> None:
    """What is not JSON, or not an object, is refused."""
    for text in ("{", "[]", "[" * 100_000, "1", "1" * 5_000):
        with pytest.raises(BadFile):
            parse_ladder(text, "ladder.json")
