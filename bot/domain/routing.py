"""Item and place -> the unit that gets the case now, with the reasons kept (R030-R033).

Pure and total: every request ends at a unit, in the worst case at ``ROOT``. Sure C and D items
and every emergency go straight to the unit that leads; all else passes one hub, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.units import ROOT, Directory, Tier, Unit


class Because(StrEnum):
    """Why a case went where it went; ``route explain`` prints one sentence for each."""

    EMERGENCY = "emergency"  # a person is waiting: nobody confirms first
    CONFIDENTIAL = "confidential"  # straight to the lead's named person, nobody beside them
    LOW_TIER = "low_tier"  # tier: sure D or C item, settled where it happens
    TOWN_DISPATCH = "town_dispatch"  # B item: the town hub confirms
    DISTRICT_DISPATCH = "district_dispatch"  # A item: the district hub confirms
    ITEM_CONFIRMED = "item_confirmed"  # item: a person chose it, so it counts as sure
    ITEM_UNSURE = "item_unsure"  # item: the tagger was not sure
    ITEM_MISSING = "item_missing"  # no item was found at all
    PLACE_UNKNOWN = "place_unknown"  # no grid: the hub finds out
    GRID_MISSING = "grid_missing"  # grid: named, but no longer in the directory
    LEAD_NEAREST = "lead_nearest"  # role, unit: nearest holder going up from the grid
    LEAD_SOLE = "lead_sole"  # role, unit: the only holder in town or district
    UNMAPPED_ROLE = "unmapped_role"  # role: no unit in reach holds it
    SEVERAL_HOLDERS = "several_holders"  # role, units: equally near, a person must choose
    BORDER = "border"  # grid: the place touches it too; first to accept leads (R044)
    ONLY_TOWN = "only_town"  # hub: no place, but there is just one town
    LAST_GRID = "last_grid"  # grid: where the person was last heard from
    DISTRICT_TOLD = "district_told"  # hub: told because an emergency has no place
    NO_HUB = "no_hub"  # the directory has no hub: the administrators get it


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason and the codes it speaks of; ``params`` are pairs, in a fixed order."""

    code: Because
    params: tuple[tuple[str, str], ...] = ()


def because(code: Because, **params: str) -> Reason:
    """A reason with its parameters."""
    return Reason(code, tuple(params.items()))


class RoutedItem(Protocol):
    """What routing needs to know of an item; roles are codes of ``unit_roles.csv``."""

    @property
    def code(self) -> str: ...
    @property
    def level(self) -> Tier: ...
    @property
    def lead(self) -> str: ...
    @property
    def cooperating(self) -> tuple[str, ...]: ...
    @property
    def emergency(self) -> bool: ...
    @property
    def confidential(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class RouteRequest:
    """One case to route.

    ``emergency`` is the case's flag, already decided (it may differ from the item's);
    ``border`` holds the further grids that the place touches; ``last_grid`` counts only for
    an emergency without a place.
    """

    item: RoutedItem | None
    grid: str | None
    sure: bool
    emergency: bool
    person_confirmed_item: bool = False
    last_grid: str | None = None
    border: tuple[str, ...] = ()


class Decision(StrEnum):
    """Whether the case goes out at once or waits for a dispatcher."""

    ALONE = "alone"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case goes. ``unit`` gets it now: the lead, or the hub that confirms.

    ``lead`` is the unit proposed to lead; ``also`` are equally entitled leads of a border place
    (first to accept leads); ``cooperating`` is filled for emergencies only and never for a
    confidential item; ``hub`` is the hub in charge of the case, None when there is none.
    """

    decision: Decision
    unit: str
    lead: str | None
    cooperating: tuple[str, ...]
    hub: str | None
    tier: Tier
    reason: tuple[Reason, ...]
    also: tuple[str, ...] = ()


def route(request: RouteRequest, directory: Directory) -> Route:
    """Decide who gets a case now; never fails and never drops."""
    grid = request.grid if directory.get(request.grid) else None
    place: list[Reason] = []
    if grid is None:
        missing = request.grid and because(Because.GRID_MISSING, grid=request.grid)
        place.append(missing or because(Because.PLACE_UNKNOWN))
    if request.emergency:
        return _emergency(request, grid, place, directory)
    return _ordinary(request, grid, place, directory)


def _ordinary(
    request: RouteRequest, grid: str | None, place: list[Reason], directory: Directory
) -> Route:
    item = request.item
    home, home_why = _home_hub(grid, directory)
    if item is None:
        why = (because(Because.ITEM_MISSING), *place, *home_why)
        return Route(Decision.HUB, home or ROOT, None, (), home, Tier.B, why)
    leads, lead_why = _leads(item.lead, grid, directory)
    lead = leads[0] if len(leads) == 1 else None
    sure = request.sure or request.person_confirmed_item

    def to(decision: Decision, hub: str | None, *why: Reason, also: tuple[str, ...] = ()) -> Route:
        unit = lead if decision is Decision.ALONE else hub
        return Route(decision, unit or ROOT, lead, (), hub, item.level, why, also)

    if not sure:
        unsure = because(Because.ITEM_UNSURE, item=item.code)
        return to(Decision.HUB, home, unsure, *place, *home_why, lead_why)
    chosen = () if request.sure else (because(Because.ITEM_CONFIRMED, item=item.code),)
    if item.confidential and lead:
        secret = because(Because.CONFIDENTIAL)
        return to(Decision.ALONE, home, secret, *chosen, *place, lead_why)
    if grid is None and item.level is Tier.A:
        top, top_why = _top_hub(None, directory)  # one hop to the district (R033)
        return to(Decision.HUB, top, *place, *top_why, *chosen, lead_why)
    if grid is None:
        return to(Decision.HUB, home, *place, *home_why, *chosen, lead_why)
    if lead is None:
        return to(Decision.HUB, home, lead_why, *chosen, *home_why)
    if item.level is Tier.A:
        top, top_why = _top_hub(grid, directory)
        return to(
            Decision.HUB, top, because(Because.DISTRICT_DISPATCH), *chosen, *top_why, lead_why
        )
    if item.level is Tier.B:
        return to(Decision.HUB, home, because(Because.TOWN_DISPATCH), *chosen, *home_why, lead_why)
    low = because(Because.LOW_TIER, tier=item.level.value)
    also, border = _border(item.lead, lead, request.border, directory)
    return to(Decision.ALONE, home, low, *chosen, lead_why, *border, also=also)


def _emergency(
    request: RouteRequest, grid: str | None, place: list[Reason], directory: Directory
) -> Route:
    item = request.item
    hub, hub_why = _home_hub(grid, directory) if grid else _top_hub(None, directory)
    why = [because(Because.EMERGENCY), *place]
    told: list[str] = []
    lead = None
    if item is None:
        why.append(because(Because.ITEM_MISSING))
        told.extend([grid] if grid else [])
    else:
        leads, lead_why = _leads(item.lead, grid, directory)
        why.append(lead_why)
        # Nobody may wait for a dispatcher to choose between equals: the first leads, all know.
        lead, *others = leads or (None,)
        told.extend(code for code in others if code)
        for role in item.cooperating:
            found, found_why = _leads(role, grid, directory)
            told.extend(found)
            why.extend([] if found else [found_why])
    also, border = _border(item.lead, lead, request.border, directory) if item else ((), ())
    why.extend(border)
    if grid is None:
        if hub:
            told.append(hub)
            why.append(because(Because.DISTRICT_TOLD, hub=hub))
        if request.last_grid and directory.get(request.last_grid):
            told.append(request.last_grid)
            why.append(because(Because.LAST_GRID, grid=request.last_grid))
    why.extend(hub_why)
    unit = lead or hub or ROOT
    if item and item.confidential:
        why.append(because(Because.CONFIDENTIAL))
        told, also = [], ()
    return Route(
        decision=Decision.ALONE if lead else Decision.HUB,
        unit=unit,
        lead=lead,
        cooperating=tuple(code for code in dict.fromkeys(told) if code not in (unit, *also)),
        hub=hub,
        tier=item.level if item else Tier.B,
        reason=tuple(why),
        also=also,
    )


def _leads(role: str, grid: str | None, directory: Directory) -> tuple[tuple[str, ...], Reason]:
    """Units for a role: none, one, or several that are equally near, and the reason."""
    if grid:
        found, how = nearest(role, grid, directory), Because.LEAD_NEAREST
    else:
        found, how = _placeless(role, directory), Because.LEAD_SOLE
    if not found:
        return (), because(Because.UNMAPPED_ROLE, role=role)
    if len(found) > 1:
        return found, because(Because.SEVERAL_HOLDERS, role=role, units="|".join(found))
    return found, because(how, role=role, unit=found[0])


def nearest(role: str, code: str, directory: Directory) -> tuple[str, ...]:
    """Holders of a role nearest to a unit, going up: each step of its chain, then the offices
    directly below that step. Several only when they are equally near; never a neighbouring
    area (another grid's workers do not answer for this one)."""
    steps = {unit.code: height for height, unit in enumerate(directory.chain(code))}
    ranked: dict[tuple[int, int], list[str]] = {}
    for held in directory.holders.get(role, ()):
        unit = directory.units[held]
        if held in steps:
            ranked.setdefault((steps[held], 0), []).append(held)
        elif unit.parent in steps and not unit.area:
            ranked.setdefault((steps[unit.parent], 1), []).append(held)
    return tuple(ranked[min(ranked)]) if ranked else ()


def _placeless(role: str, directory: Directory) -> tuple[str, ...]:
    """The one holder in town or district: without a place nothing lower can be chosen."""
    held = directory.holders.get(role, ())
    sole = len(held) == 1 and directory.units[held[0]].tier in (Tier.B, Tier.A)
    return held if sole else ()


def _border(
    role: str, lead: str | None, grids: Iterable[str], directory: Directory
) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
    """The same role seen from the other grids of a border place, without the lead itself."""
    if lead is None:
        return (), ()
    found = {grid: nearest(role, grid, directory) for grid in grids if directory.get(grid)}
    also = dict.fromkeys(code for codes in found.values() for code in codes if code != lead)
    touched = (grid for grid, codes in found.items() if set(codes) - {lead})
    return tuple(also), tuple(because(Because.BORDER, grid=grid) for grid in touched)


def _home_hub(grid: str | None, directory: Directory) -> tuple[str | None, tuple[Reason, ...]]:
    """The hub that looks first: the grid's town, else the only town, else the district."""
    if grid:
        hub = hub_for(grid, directory)
        return (hub, ()) if hub else _top_hub(grid, directory)
    towns = directory.of_tier(Tier.B)
    if len(towns) == 1 and (hub := hub_for(towns[0].code, directory)):
        return hub, (because(Because.ONLY_TOWN, hub=hub),)
    return _top_hub(None, directory)


def _top_hub(grid: str | None, directory: Directory) -> tuple[str | None, tuple[Reason, ...]]:
    """The district hub of the grid, or of the first district when there is no place."""
    above = [unit for unit in directory.chain(grid) if unit.tier is Tier.A]
    for district in (*above, *directory.of_tier(Tier.A)):
        if hub := directory.hubs.get(district.code):
            return hub, ()
    return None, (because(Because.NO_HUB),)


def _hubs_above(code: str, directory: Directory) -> Iterator[str]:
    """Hubs of the areas that a unit stands in, lowest first; a hub counts as its own."""
    for unit in directory.chain(code):
        if hub := directory.hubs.get(unit.code):
            yield hub


def hub_for(code: str, directory: Directory) -> str | None:
    """The hub in charge of a unit (a hub is in charge of itself); None when there is none."""
    return next(_hubs_above(code, directory), None)


def fallbacks(code: str, directory: Directory) -> tuple[str, ...]:
    """Hubs, lowest first, that take a unit's cases when it has no living channel."""
    return tuple(hub for hub in _hubs_above(code, directory) if hub != code)


def next_tier(code: str, directory: Directory) -> Unit | None:
    """Who takes over on escalation: grid -> community -> town hub -> district hub -> None.

    An office goes to what it stands under: a town's team to the town hub, a district
    department to the district hub. Towns and districts are always spoken for by their hub.
    """
    for unit in list(directory.chain(code))[1:]:
        speaker = directory.hubs.get(unit.code, unit.code)
        if speaker != code:
            return directory.units[speaker]
    return None
