"""Who may return a case, who is asked, and who decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.directory_folder import load_demo
from bot.adapters.shipped import shipped_items
from bot.domain.case import Case, Dispute, Place, Return, Source, Status, Task
from bot.domain.returns import (
    Reason,
    alternatives,
    decided,
    hub_over,
    owner,
    refusal,
    returned,
    taken,
    unanswered,
)
from bot.domain.units import ROOT, Tier
from bot.errors import Refused
from tests.town import FRIDAY

TOWN = load_demo().directory
ITEMS = {item.code: item for item in shipped_items()}
CASE = Case(
    id=1, number="202611200001", version=1, status=Status.DISPATCHED, item="CG01",
    item_version=1, level=Tier.D, emergency=False, confidential=False, anonymous=False,
    source=Source.PRIVATE, place=Place(grid="QS-CZ-3"), submitted_at=FRIDAY,
    respond_due=FRIDAY + timedelta(hours=2), resolve_due=FRIDAY + timedelta(hours=8),
    lead="QS-CZ-3", hub="QS-HUB",
)  # fmt: skip
TASK = Task(
    id=1, case_id=1, unit="QS-CZ-3", part="lead", status=Status.DISPATCHED, cycle=0,
    created_at=FRIDAY, respond_due=CASE.respond_due, resolve_due=CASE.resolve_due,
)  # fmt: skip
ASKED = replace(TASK, id=2, unit="QS-CZ-SQ", part="proposed")
ONE = Return("QS-CZ-3", "area", "QS-CZ-SQ")
PROPOSED = returned(CASE, ONE)
LATE = FRIDAY + timedelta(hours=2)


@pytest.mark.parametrize(
    ("case", "task", "now", "key"),
    [
        pytest.param(CASE, TASK, FRIDAY, None, id="within the limit"),
        pytest.param(CASE, TASK, LATE, "return-too-late", id="at the limit"),
        pytest.param(
            CASE, replace(TASK, part="cooperating"), FRIDAY, "return-cooperating", id="helper"
        ),
        pytest.param(
            replace(CASE, status=Status.ACCEPTED), replace(TASK, status=Status.ACCEPTED),
            FRIDAY, "return-accepted", id="accepted",
        ),
        pytest.param(
            replace(CASE, status=Status.WITHDRAWN), TASK, FRIDAY, "act-too-late", id="withdrawn"
        ),
        pytest.param(
            replace(CASE, cycle=1), replace(TASK, cycle=1), FRIDAY, "return-reopened",
            id="reopened",
        ),
        pytest.param(replace(CASE, cycle=1), TASK, FRIDAY, "act-too-late", id="an older cycle"),
        pytest.param(PROPOSED, TASK, FRIDAY, "return-once", id="the first one again"),
        pytest.param(PROPOSED, ASKED, FRIDAY, None, id="the proposed one"),
        pytest.param(unanswered(PROPOSED), ASKED, FRIDAY, "return-once", id="too late to object"),
        pytest.param(
            replace(CASE, dispute=Dispute.DECIDED), TASK, FRIDAY, "return-decided", id="decided"
        ),
    ],
)  # fmt: skip
def test_when_a_case_can_be_returned(case: Case, task: Task, now: object, key: str | None) -> None:
    """By the lead or the proposed unit, before accepting, within its limit to respond."""
    assert refusal(case, (TASK, ASKED), task, now) == key  # type: ignore[arg-type]


def test_after_escalation_nobody_returns() -> None:
    """The tier that joined is there because of the delay; the late one handles first."""
    late, joined = replace(TASK, part="former"), replace(TASK, id=2, unit="QS-CZ")
    for task in (late, joined):
        assert refusal(CASE, (late, joined), task, FRIDAY) == "return-escalated"


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("QS-CZ-3", "return-yourself"),
        ("QS-GONE", "unit-unknown"),
        ("QS-UM", "return-returned"),
    ],
)
def test_units_that_cannot_be_proposed(code: str, key: str) -> None:
    """Not itself, not one that has returned it, not one that is not there."""
    case = replace(CASE, returns=(Return("QS-UM", "duty", "QS-CZ-3"),))
    with pytest.raises(Refused) as caught:
        owner(TOWN, case, TASK, code)
    assert caught.value.key == key


@pytest.mark.parametrize("code", [None, "QS-HUB", "QS", "CD"])
def test_a_hub_and_its_town_stand_for_the_hubs_decision(code: str | None) -> None:
    """They own no cases: to name them is to ask."""
    assert owner(TOWN, CASE, TASK, code) is None


def test_where_the_question_goes() -> None:
    """Another unit once, then the hub; without a unit, or in an emergency, the hub at once."""
    assert PROPOSED.dispute is Dispute.PROPOSED
    assert returned(PROPOSED, Return("QS-CZ-SQ", "duty", "QS-UM")).dispute is Dispute.HUB
    assert returned(CASE, Return("QS-CZ-3", "duty")).dispute is Dispute.HUB
    assert returned(replace(CASE, emergency=True), ONE).dispute is Dispute.HUB
    with pytest.raises(Refused):
        returned(replace(CASE, returns=(ONE, ONE)), ONE)


def test_who_accepts_leads() -> None:
    """The proposed unit takes the lead over; the first one keeps it; the other share ends."""
    case, ended = taken(PROPOSED, (TASK, ASKED), ASKED)
    assert (case.lead, case.dispute) == ("QS-CZ-SQ", Dispute.TAKEN)
    assert [(t.unit, t.part, t.status) for t in ended] == [("QS-CZ-3", "former", Status.WITHDRAWN)]
    case, ended = taken(PROPOSED, (TASK, ASKED), TASK)
    assert case.lead == "QS-CZ-3"
    assert [(t.unit, t.part) for t in ended] == [("QS-CZ-SQ", "proposed")]


def test_the_hub_keeps_a_share_that_is_there() -> None:
    """Who has the case already keeps its share and clocks; a third unit gets a new one."""
    case, kept, ended = decided(PROPOSED, (TASK, ASKED), "QS-CZ-SQ")
    assert (case.dispute, kept) == (Dispute.DECIDED, replace(ASKED, part="lead"))
    assert [t.unit for t in ended] == ["QS-CZ-3"]
    _, kept, ended = decided(PROPOSED, (TASK, ASKED), "QS-UM")
    assert (kept, [t.unit for t in ended]) == (None, ["QS-CZ-3", "QS-CZ-SQ"])


@pytest.mark.parametrize(
    ("parties", "hub"),
    [
        (("QS-CZ-3", "QS-CZ-SQ"), "QS-HUB"),
        (("QS-CZ-3", "QS-UM"), "QS-HUB"),
        (("QS-CZ-3", "CD-LAMP"), "CD-HUB"),
        (("QS-HUB", "QS-UM"), "CD-HUB"),
        (("CD-HUB", "QS-UM"), ROOT),
    ],
)
def test_the_lowest_hub_over_both_decides(parties: tuple[str, str], hub: str) -> None:
    """A town's hub about its own units, the district's about departments; nobody about itself."""
    first, other = parties
    case = replace(CASE, returns=(Return(first, "duty", other),))
    assert hub_over(TOWN, case, first) == hub


def test_who_may_be_meant_instead() -> None:
    """The item's other roles and guesses; for a wrong area the neighbours come first."""
    by_duty = alternatives(CASE, TASK, ITEMS, TOWN, Reason.DUTY)
    by_area = alternatives(CASE, TASK, ITEMS, TOWN, Reason.AREA)
    assert by_area[:2] == ("QS-CZ-1", "QS-CZ-2")
    assert set(by_duty) == set(by_area)
    assert "QS-SAN" in by_duty
    guessed = replace(CASE, why={"guesses": ["CG01", "CG07"]})
    assert alternatives(guessed, TASK, ITEMS, TOWN, Reason.ITEM)[0] == "QS-UM"
    again = replace(CASE, returns=(Return("QS-CZ-1", "area"),))
    assert "QS-CZ-1" not in alternatives(again, TASK, ITEMS, TOWN, Reason.AREA)
    nothing = replace(CASE, item="", place=Place())
    assert alternatives(nothing, TASK, ITEMS, TOWN, Reason.OTHER) == ()
