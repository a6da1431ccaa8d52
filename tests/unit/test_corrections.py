"""Who may put the item of a case right, and which items are offered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.adapters.directory_folder import load_demo
from bot.adapters.shipped import shipped_items
from bot.domain.case import Case, Dispute, Place, Source, Status, Task
from bot.domain.corrections import OFFERED, guesses, may_lead, offered, refusal
from bot.domain.units import Tier
from tests.town import FRIDAY

ITEMS = {item.code: item for item in shipped_items()}
DIRECTORY = load_demo().directory
CASE = Case(
    id=1, number="202611200001", version=1, status=Status.ACCEPTED, item="CG01", item_version=1,
    level=Tier.D, emergency=False, confidential=False, anonymous=False, source=Source.PRIVATE,
    place=Place("QS-CZ-3"), submitted_at=FRIDAY, respond_due=FRIDAY, resolve_due=FRIDAY,
    lead="QS-CZ-3", why={"guesses": ["CG01", "CG07", "NL01"], "probability": [0.8, 0.1, 0.05]},
)  # fmt: skip
TASK = Task(
    id=1, case_id=1, unit="QS-CZ-3", part="lead", status=Status.ACCEPTED, cycle=0,
    created_at=FRIDAY, respond_due=FRIDAY, resolve_due=FRIDAY, owner=7,
)  # fmt: skip


@pytest.mark.parametrize(
    ("item", "unit", "may"),
    [
        ("CG05", "QS-CZ-3", True),  # its own role
        ("CG07", "QS-CZ-3", False),  # a town office's
        ("CG01", "QS-CZ", True),  # the community stands over its grids
        ("CG01", "QS-JX", False),  # not over another community's
        ("CG03", "QS-HUB", True),  # a hub speaks for its town
        ("SJ05", "QS-CZ-PM", True),  # a higher item that names this very role
        ("SJ05", "QS-CZ", False),  # R024: not from below, whoever it stands over
        ("GY04", "CD-GAS", True),
        ("CG01", "NOBODY", False),
    ],
)
def test_which_unit_may_lead_what(item: str, unit: str, may: bool) -> None:
    """Whoever holds the role, or stands over who would lead it at this place."""
    assert may_lead(ITEMS[item], unit, "QS-CZ-3", DIRECTORY) is may


def test_without_a_place_only_the_role_counts() -> None:
    """Nobody stands over a unit that is not known."""
    assert may_lead(ITEMS["CG05"], "QS-CZ-3", None, DIRECTORY)
    assert not may_lead(ITEMS["CG01"], "QS-CZ", None, DIRECTORY)


def test_guesses_come_first_and_only_what_the_unit_may_lead() -> None:
    """Then what its roles lead, of the same domain first; never the present item."""
    codes = offered(CASE, TASK, ITEMS, DIRECTORY)
    assert codes[0] == "NL01"
    assert "CG07" not in codes
    assert "CG01" not in codes
    assert codes[1:3] == ("CG04", "CG05")
    assert len(codes) == OFFERED
    assert offered(CASE, replace(TASK, unit="NOBODY"), ITEMS, DIRECTORY) == ()


def test_guesses_keep_their_probabilities() -> None:
    """Of a case of an older version, without figures, there are none."""
    assert guesses(CASE)[1] == ("CG07", 0.1)
    assert guesses(replace(CASE, why={"guesses": ["CG01"]})) == ()


@pytest.mark.parametrize(
    ("case", "task", "key"),
    [
        (CASE, TASK, None),
        (replace(CASE, status=Status.DISPATCHED), replace(TASK, status=Status.DISPATCHED), None),
        (replace(CASE, dispute=Dispute.DECIDED), TASK, None),
        (replace(CASE, dispute=Dispute.HUB), TASK, "item-disputed"),
        (CASE, replace(TASK, part="cooperating"), "item-not-lead"),
        (CASE, replace(TASK, part="proposed"), "item-not-lead"),
        (replace(CASE, status=Status.CLOSED), TASK, "act-too-late"),
        (CASE, replace(TASK, status=Status.HANDLED), "act-too-late"),
        (replace(CASE, cycle=1), TASK, "act-too-late"),
    ],
)
def test_when_the_item_can_be_put_right(case: Case, task: Task, key: str | None) -> None:
    """By the unit that leads, as long as the case is with it and nobody disputes whose it is."""
    assert refusal(case, task) == key
