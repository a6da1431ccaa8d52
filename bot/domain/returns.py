"""不归我管: who may return a case, who is asked next, and why it cannot bounce (R037, R049).

The first return proposes another unit; the first receiver stays responsible, its clocks running,
until somebody accepts. The second goes to the hub, and so does a first one that names nobody or
is about an emergency. The hub's word is final, and so is an acceptance: ``NEXT`` has no way back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.domain.case import Case, Dispute, Return, Status, Task
from bot.domain.items import Item
from bot.domain.routing import RouteRequest, fallbacks, hub_for, nearest, route
from bot.domain.units import ROOT, Directory, Tier
from bot.errors import Refused

MOST = 2
"""Returns of one case; the second is adjudicated (requirements, amendment to R037 and R049)."""
LEADING = frozenset({"lead", "former", "proposed"})
"""Parts that lead, have led, or are asked to."""

NEXT: Mapping[Dispute, frozenset[Dispute]] = {
    Dispute.NONE: frozenset({Dispute.PROPOSED, Dispute.HUB}),
    Dispute.PROPOSED: frozenset({Dispute.HUB, Dispute.TAKEN, Dispute.DECIDED}),
    Dispute.HUB: frozenset({Dispute.TAKEN, Dispute.DECIDED}),
    Dispute.TAKEN: frozenset(),
    Dispute.DECIDED: frozenset(),
}
"""How the question may go on."""
OPEN = frozenset({Dispute.PROPOSED, Dispute.HUB})
"""Nobody has said the last word yet."""


class Reason(StrEnum):
    """Why a unit says that a case is not its own; ``other`` is said in words."""

    DUTY = "duty"  # 不是本单位职责
    AREA = "area"  # 不在本单位辖区
    ITEM = "item"  # 事项分错了
    OTHER = "other"


def refusal(case: Case, tasks: Sequence[Task], task: Task, now: datetime) -> str | None:
    """Why this sub-task cannot be returned at ``now``, as the key of a sentence; None if it can.

    The limit is that of the response: by then a unit owes its first act anyway. It is at most a
    working day, within the published ones (24 h, Anyang; 2 working days, Shandong; standards, 2).
    """
    if task.part not in LEADING:
        return "return-cooperating"
    if task.status in {Status.ACCEPTED, Status.HANDLING}:
        return "return-accepted"
    if not task.status is case.status is Status.DISPATCHED or task.cycle != case.cycle:
        return "act-too-late"
    if case.dispute in {Dispute.TAKEN, Dispute.DECIDED}:
        return "return-decided"
    if case.cycle:
        return "return-reopened"
    if case.dispute is Dispute.HUB or (case.dispute is Dispute.PROPOSED) != (
        task.part == "proposed"
    ):
        return "return-once"
    if task.part != "proposed" and any(t.part == "former" for t in tasks):
        return "return-escalated"
    return "return-too-late" if now >= task.respond_due else None


def owner(directory: Directory, case: Case, task: Task, code: str | None) -> str | None:
    """The unit that may be proposed under this code; None when that leaves it to the hub.

    A hub, and the town or district that it speaks for, does not own cases: it decides. Raises
    Refused for the unit itself, for one that has returned the case, and for an unknown one.
    """
    if code is None:
        return None
    unit = directory.get(code)
    if unit is None:
        raise Refused("unit-unknown", unit=code)
    if code == task.unit:
        raise Refused("return-yourself")
    if any(one.unit == code for one in case.returns):
        raise Refused("return-returned", unit=unit)
    return None if unit.hub or code in directory.hubs else code


def returned(case: Case, one: Return) -> Case:
    """The case after one more return. Raises Refused when there have been enough."""
    to_hub = one.to is None or case.emergency or case.dispute is Dispute.PROPOSED
    if len(case.returns) >= MOST:
        raise Refused("return-once")
    after = _go(case, Dispute.HUB if to_hub else Dispute.PROPOSED)
    return replace(after, returns=(*case.returns, one), proposed=one.to)


def unanswered(case: Case) -> Case:
    """The proposed unit has let its limit pass: the hub decides."""
    return _go(case, Dispute.HUB)


def taken(case: Case, tasks: Sequence[Task], task: Task) -> tuple[Case, tuple[Task, ...]]:
    """After ``task`` was accepted: the case, and the other sub-tasks that end by it.

    A proposed unit that accepts takes the lead over; a first receiver that accepts keeps it.
    """
    after = _go(case, Dispute.TAKEN)
    if task.part != "proposed":
        return after, tuple(_ended(t for t in tasks if t.part == "proposed"))
    return replace(after, lead=task.unit), _others(tasks, task.unit, task)


def decided(
    case: Case, tasks: Sequence[Task], unit: str
) -> tuple[Case, Task | None, tuple[Task, ...]]:
    """After the hub's word for ``unit``: the case, the sub-task that the unit has already and
    that now leads (None: it gets a new one), and the others, which end by it.
    """
    after = replace(_go(case, Dispute.DECIDED), lead=unit, proposed=unit)
    mine = [t for t in tasks if t.status is Status.DISPATCHED and t.unit == unit]
    kept = next((replace(t, part="lead") for t in mine if t.part in LEADING), None)
    return after, kept, _others(tasks, unit, kept)


def hub_over(directory: Directory, case: Case, first: str) -> str:
    """Who adjudicates: the lowest hub over all who are in question, none of which it is itself."""
    parties = {first} | {unit for one in case.returns for unit in (one.unit, one.to) if unit}
    own = hub_for(first, directory)
    hubs = [hub for hub in (own, *fallbacks(own or first, directory)) if hub]
    free = [hub for hub in hubs if hub not in parties]
    for hub in free:
        if parties <= directory.branch(directory.units[hub].parent or hub):
            return hub
    return free[-1] if free else ROOT


def alternatives(
    case: Case, task: Task, items: Mapping[str, Item], directory: Directory, reason: Reason
) -> tuple[str, ...]:
    """Units that may be meant instead, the likeliest first; none that is out of the question.

    By the other guesses of the tagger, by the roles that the item names besides its lead's, and,
    for a wrong area, by the neighbours with the same role.
    """
    item = items.get(case.item)
    elsewhere = list(_neighbours(task.unit, item, directory))
    by_item = [*_guessed(case, items, directory), *_helpers(case, item, directory)]
    found = [*elsewhere, *by_item] if reason is Reason.AREA else [*by_item, *elsewhere]
    out = {task.unit, *(one.unit for one in case.returns)}
    return tuple(
        code
        for code in dict.fromkeys(found)
        if code not in out
        and owner(directory, case, task, code) is not None
        and not pushed_down(item, code, directory)
    )


def pushed_down(item: Item | None, code: str, directory: Directory) -> bool:
    """Whether a higher tier's item would be led from below by this unit, without the item
    itself naming it (R024).
    """
    to = directory.get(code)
    if item is None or to is None or item.level.height < Tier.B.height:
        return False
    return to.tier.height < Tier.B.height and item.lead not in to.roles


def _guessed(case: Case, items: Mapping[str, Item], directory: Directory) -> Iterator[str]:
    for code in case.why.get("guesses", ()):
        if (guess := items.get(code)) and code != case.item:
            request = RouteRequest(guess, case.place.grid, sure=True, emergency=False)
            if lead := route(request, directory).lead:
                yield lead


def _helpers(case: Case, item: Item | None, directory: Directory) -> Iterator[str]:
    here = case.place.grid
    for role in item.cooperating if item and here else ():
        yield from nearest(role, here or "", directory)


def _neighbours(unit: str, item: Item | None, directory: Directory) -> Iterator[str]:
    here = directory.get(unit)
    for code in directory.holders.get(item.lead, ()) if item and here else ():
        other = directory.units[code]
        if here and other.parent == here.parent and other.tier is here.tier:
            yield code


def _go(case: Case, to: Dispute) -> Case:
    if to not in NEXT[case.dispute]:
        raise Refused("return-decided" if case.dispute not in OPEN else "return-once")
    return replace(case, dispute=to)


def _others(tasks: Sequence[Task], lead: str, kept: Task | None) -> tuple[Task, ...]:
    """What ends when a unit takes the lead: who led or was asked, and its help if it helped."""
    gone = (t for t in tasks if t.part in LEADING or (t.part, t.unit) == ("cooperating", lead))
    return tuple(_ended(t for t in gone if kept is None or t.id != kept.id))


def _ended(tasks: Iterable[Task]) -> Iterator[Task]:
    """Those that nobody has accepted, ended without blame."""
    for task in tasks:
        if task.status is Status.DISPATCHED:
            part = "former" if task.part == "lead" else task.part
            yield replace(task, status=Status.WITHDRAWN, part=part)
