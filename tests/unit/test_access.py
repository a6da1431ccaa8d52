"""Who sees what of a case, and who may do what (I7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.directory_folder import load_demo
from bot.domain.access import SYSTEM, Post, Sight, Viewer, capacity, sight, stands_for, supervised
from bot.domain.case import Case, Place, Source, Status, Task
from bot.domain.lifecycle import Who
from bot.domain.units import ROOT, Role, Tier
from tests.town import FRIDAY

TOWN = load_demo().directory
GRID, HUB, SQUAD = "QS-CZ-3", "QS-HUB", "QS-CZ-SQ"
CASE = Case(
    id=1, number="202611200001", version=1, status=Status.DISPATCHED, item="HW01",
    item_version=1, level=Tier.D, emergency=False, confidential=False, anonymous=False,
    source=Source.PRIVATE, place=Place(grid=GRID), submitted_at=FRIDAY,
    respond_due=FRIDAY + timedelta(hours=2), resolve_due=FRIDAY + timedelta(hours=8),
    reporter=50, reporter_mark="mark-50", lead=GRID, hub=HUB, handler=9,
)  # fmt: skip
TASK = Task(
    id=1, case_id=1, unit=GRID, part="lead", status=Status.DISPATCHED, cycle=0,
    created_at=FRIDAY, respond_due=CASE.respond_due, resolve_due=CASE.resolve_due,
)  # fmt: skip
SECRET = replace(CASE, confidential=True)
NAMED = replace(TASK, named=9)


def who(person: int, unit: str = "", role: Role = Role.GRID_WORKER) -> Viewer:
    """Somebody, perhaps with a post."""
    posts = (Post(unit, role),) if unit else ()
    return Viewer(person=person, mark=f"mark-{person}", posts=posts)


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (who(50), Sight.OWN),
        (Viewer(person=77, mark="mark-50"), Sight.OWN),
        (who(51), Sight.PUBLIC),
        (Viewer(), Sight.PUBLIC),
        (who(2, GRID), Sight.STAFF),
        (who(2, "QS-CZ-1"), Sight.PUBLIC),
        (who(2, GRID, Role.RESIDENT), Sight.PUBLIC),
        (who(2, GRID, Role.VOLUNTEER), Sight.PUBLIC),
        (who(3, HUB, Role.DISPATCHER), Sight.STAFF),
        (who(3, HUB, Role.SUPERVISOR), Sight.STAFF),
        (who(3, "CD-HUB", Role.SUPERVISOR), Sight.STAFF),
        (who(3, "QS-JX", Role.SUPERVISOR), Sight.PUBLIC),
        (who(4, ROOT, Role.ADMIN), Sight.PUBLIC),
        (SYSTEM, Sight.STAFF),
    ],
)
def test_who_sees_an_ordinary_case(viewer: Viewer, expected: Sight) -> None:
    """Its reporter, its units and those over them; everybody else the public card."""
    assert sight(viewer, CASE, [TASK], TOWN) is expected


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (who(50), Sight.OWN),
        (who(9, GRID), Sight.STAFF),
        (who(2, GRID), Sight.NONE),
        (who(3, HUB, Role.DISPATCHER), Sight.NONE),
        (who(3, "CD-HUB", Role.SUPERVISOR), Sight.NONE),
        (who(4, ROOT, Role.ADMIN), Sight.NONE),
        (who(51), Sight.NONE),
        (Viewer(), Sight.NONE),
    ],
)
def test_a_confidential_case_does_not_exist_for_others(viewer: Viewer, expected: Sight) -> None:
    """Only its reporter and the named person know its number; no rank opens it."""
    assert sight(viewer, SECRET, [NAMED], TOWN) is expected


def test_an_insider_of_a_confidential_case_sees_it() -> None:
    """Who was told by name stays among those who know."""
    case = replace(SECRET, insiders=(8,))
    assert sight(who(8), case, [NAMED], TOWN) is Sight.STAFF


def test_nobody_without_a_mark_is_the_reporter_of_an_anonymous_case() -> None:
    """An empty mark on both sides is no match."""
    case = replace(CASE, reporter=None, reporter_mark="")
    assert sight(Viewer(), case, [TASK], TOWN) is Sight.PUBLIC
    assert capacity(Viewer(), "solved", case, TASK, TOWN) is None


@pytest.mark.parametrize(
    ("viewer", "act", "expected"),
    [
        (who(2, GRID), "accept", Who.STAFF),
        (who(2, SQUAD), "accept", None),
        (who(3, HUB, Role.DISPATCHER), "accept", Who.STAFF),
        (who(3, HUB, Role.SUPERVISOR), "accept", None),
        (who(4, ROOT, Role.ADMIN), "accept", None),
        (who(50), "accept", None),
        (who(50), "solved", Who.REPORTER),
        (who(51), "solved", None),
        (who(2, GRID), "solved", Who.STAFF),
        (who(3, HUB, Role.DISPATCHER), "confirm", Who.DISPATCHER),
        (who(2, GRID), "confirm", None),
        (who(3, HUB, Role.DISPATCHER), "adjudicate", Who.DISPATCHER),
        (who(2, GRID), "adjudicate", None),
        (who(2, GRID), "return", Who.STAFF),
        (who(50), "return", None),
        (who(50), "confirm", None),
        (who(3, HUB, Role.DISPATCHER), "calm", Who.STAFF),
        (SYSTEM, "dispatch", Who.SYSTEM),
    ],
)
def test_in_what_capacity_somebody_acts(viewer: Viewer, act: str, expected: Who | None) -> None:
    """Rights come from posts and from having reported, never from the button."""
    assert capacity(viewer, act, CASE, TASK, TOWN) is expected


def test_the_handler_does_not_verify_their_own_work() -> None:
    """A colleague of the verifier unit may, the handler may not."""
    case = replace(CASE, status=Status.VERIFYING, verifier_unit=GRID)
    assert capacity(who(9, GRID), "pass", case, TASK, TOWN) is None
    assert capacity(who(2, GRID), "pass", case, TASK, TOWN) is Who.VERIFIER
    assert capacity(who(50), "pass", case, TASK, TOWN) is None


def test_only_the_named_person_acts_on_a_confidential_case() -> None:
    """Not the unit's colleagues, not the dispatcher above."""
    for act in ("accept", "resolve", "ask", "reveal"):
        assert capacity(who(9, GRID), act, SECRET, NAMED, TOWN) in {Who.STAFF, Who.OWNER}
        assert capacity(who(2, GRID), act, SECRET, NAMED, TOWN) is None
        assert capacity(who(3, HUB, Role.DISPATCHER), act, SECRET, NAMED, TOWN) is None


def test_a_hub_looks_after_its_town_and_nothing_else() -> None:
    """Its branch is that of its town; ROOT's is everything."""
    assert GRID in supervised(HUB, TOWN)
    assert "CD-HUB" not in supervised(HUB, TOWN)
    assert GRID in supervised("CD-HUB", TOWN)
    assert supervised(ROOT, TOWN) == frozenset({ROOT, *TOWN.units})
    assert not stands_for(who(3, HUB, Role.DISPATCHER), None, TOWN)
