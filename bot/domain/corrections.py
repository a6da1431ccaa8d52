"""What people put right in the tagger's work, and who may put the item right.

A correction is kept as codes and figures only; the words that it is about stay sealed in the
case's notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain import returns
from bot.domain.access import supervised
from bot.domain.case import OPEN, WITH_UNIT, Case, Task
from bot.domain.items import Item
from bot.domain.routing import nearest
from bot.domain.units import Directory

OFFERED = 4
"""Items among the buttons of a unit's card."""
YES, NO = "yes", "no"


class What(StrEnum):
    """What was put right."""

    ITEM = "item"
    EMERGENCY = "emergency"


class Why(StrEnum):
    """On what grounds."""

    GUESS = "guess"  # another one of the tagger's guesses
    OTHER = "other"  # none of its guesses: named by its code, its name or in words
    NONE = "none"  # the reporter: none of these
    RETURNED = "returned"  # a unit had returned the case: the item is wrong
    SAID = "said"  # somebody said that it is no emergency
    ITEM_SAYS = "item"  # it follows from the item that was chosen


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction. ``was`` and ``now`` are item codes ("" for none), or ``YES`` and ``NO``.

    ``actor`` is a code as in events, ``role`` the capacity (``lifecycle.Who``); ``guesses`` are
    the tagger's, each with its probability, best first.
    """

    case_id: int
    at: datetime
    actor: str
    role: str
    what: What
    was: str
    now: str
    why: Why
    guesses: tuple[tuple[str, float], ...] = ()
    id: int = 0


def guesses(case: Case) -> tuple[tuple[str, float], ...]:
    """The tagger's guesses for the report, with their probabilities, best first."""
    return tuple(zip(case.why.get("guesses", ()), case.why.get("probability", ()), strict=False))


def refusal(case: Case, task: Task) -> str | None:
    """Why the item cannot be put right from this sub-task, as the key of a sentence; None if it
    can."""
    if task.part != "lead":
        return "item-not-lead"
    if case.status not in OPEN or task.status not in WITH_UNIT or task.cycle != case.cycle:
        return "act-too-late"
    return "item-disputed" if case.dispute in returns.OPEN else None


def may_lead(item: Item, unit: str, grid: str | None, directory: Directory) -> bool:
    """Whether the unit may lead such an item there: it has the role, or stands over who has it.

    A higher tier's item is not led from below (R024).
    """
    here = directory.get(unit)
    if here is None or returns.pushed_down(item, unit, directory):
        return False
    if item.lead in here.roles:
        return True
    return bool(grid) and not supervised(unit, directory).isdisjoint(
        nearest(item.lead, grid or "", directory)
    )


def offered(
    case: Case, task: Task, items: Mapping[str, Item], directory: Directory
) -> tuple[str, ...]:
    """Codes of the items that may be meant instead and that the unit may lead, likeliest first.

    The tagger's guesses, then what the unit leads by its roles, of the same domain first.
    """
    here, present = directory.get(task.unit), items.get(case.item)
    own = [i for i in items.values() if here and i.lead in here.roles]
    own.sort(key=lambda i: not (present and i.domain == present.domain))
    found = dict.fromkeys([code for code, _ in guesses(case)] + [i.code for i in own])
    fit = (
        code
        for code in found
        if code != case.item
        and code in items
        and may_lead(items[code], task.unit, case.place.grid, directory)
    )
    return tuple(fit)[:OFFERED]
