"""Tiers, units and people's roles: who can be asked to act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Self


class Tier(StrEnum):
    """The four tiers, lowest first (R021, R033); there is no fifth."""

    D = "D"  # 网格
    C = "C"  # 社区
    B = "B"  # 镇街
    A = "A"  # 区县

    @property
    def height(self) -> int:
        """0 for a grid, 3 for the district."""
        return "DCBA".index(self.value)


class Role(StrEnum):
    """What a person may be in a unit."""

    RESIDENT = "resident"
    VOLUNTEER = "volunteer"
    BUILDING_HEAD = "building_head"
    GRID_WORKER = "grid_worker"
    COMMUNITY_OFFICER = "community_officer"
    UNIT_DUTY = "unit_duty"
    DISPATCHER = "dispatcher"
    DEPARTMENT_OFFICER = "department_officer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


ROOT = "ROOT"
"""The deployment itself: the unit of its administrators, above every district."""

AREA_TIER = {"grid": Tier.D, "community": Tier.C, "town": Tier.B, "district": Tier.A}
"""Kinds of unit that are a piece of ground, one kind per tier."""

UNIT_KINDS = frozenset({*AREA_TIER, "hub", "department", "team", "company", "social"})
"""Every ``Unit.kind`` that a directory may use."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Somebody who can own a sub-task: a grid, a community, a department, a company.

    ``roles`` are unit-role codes from ``bot/data/unit_roles.csv``; ``parent`` is the code of the
    unit one step up (None only for a district). ``hub`` marks the dispatcher of a town or
    district (分拨中心). ``kind`` is one of ``UNIT_KINDS``.
    """

    code: str
    name: str
    tier: Tier
    parent: str | None
    roles: tuple[str, ...] = ()
    hub: bool = False
    name_en: str = ""
    kind: str = ""
    language: str = ""
    """What its channels read; "" for the deployment's language."""

    @property
    def area(self) -> bool:
        """True for a piece of ground (grid, community, town, district), False for an office."""
        return self.kind in AREA_TIER

    def called(self, locale: str) -> str:
        """Its name in a language; the Chinese one where the directory has no other."""
        return self.name_en if locale == "en" and self.name_en else self.name


class UnitName(str):
    """A unit's Chinese name, which also knows how it is ``called`` in other languages."""

    __slots__ = ("called",)
    called: Callable[[str], str]

    def __new__(cls, unit: Unit) -> Self:
        """The name of this unit."""
        name = super().__new__(cls, unit.name)
        name.called = unit.called
        return name


PLACE_KINDS = frozenset({"road", "estate", "building", "landmark", "crossing"})
"""Every ``PlaceName.kind`` that a gazetteer may use."""


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One gazetteer entry: a name that points at a grid; ``kind`` is one of ``PLACE_KINDS``.

    A name that lies in several grids (a road) is several entries with one name.
    """

    name: str
    grid: str
    kind: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """All units and place names of a deployment, as one immutable snapshot."""

    units: Mapping[str, Unit]
    places: tuple[PlaceName, ...] = ()
    polygons: Mapping[str, object] = field(default_factory=dict)
    """Grid code -> GeoJSON geometry (longitude, latitude; WGS-84)."""

    def get(self, code: str | None) -> Unit | None:
        """The unit, or None when the code is unknown."""
        return self.units.get(code) if code else None

    def chain(self, code: str | None) -> Iterator[Unit]:
        """The unit and everything above it, lowest first; safe against cycles."""
        seen: set[str] = set()
        while code and code not in seen and (unit := self.units.get(code)):
            seen.add(code)
            yield unit
            code = unit.parent

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Code -> codes of the units directly below."""
        below: dict[str, list[str]] = {}
        for unit in self.units.values():
            if unit.parent:
                below.setdefault(unit.parent, []).append(unit.code)
        return {code: tuple(sorted(codes)) for code, codes in below.items()}

    @cached_property
    def hubs(self) -> Mapping[str, str]:
        """Code of a town or district -> code of its hub."""
        found = (unit for unit in self.units.values() if unit.hub and unit.parent)
        return {unit.parent or "": unit.code for unit in found}

    @cached_property
    def holders(self) -> Mapping[str, tuple[str, ...]]:
        """Unit-role code -> codes of the units that hold it."""
        found: dict[str, list[str]] = {}
        for unit in self.units.values():
            for role in unit.roles:
                found.setdefault(role, []).append(unit.code)
        return {role: tuple(sorted(codes)) for role, codes in found.items()}

    def of_tier(self, tier: Tier) -> tuple[Unit, ...]:
        """The areas of one tier (all towns, all grids …), by code."""
        areas = (unit for unit in self.units.values() if unit.area and unit.tier is tier)
        return tuple(sorted(areas, key=lambda unit: unit.code))

    def branch(self, code: str) -> frozenset[str]:
        """The unit and everything below it."""
        found: set[str] = set()
        todo = [code]
        while todo:
            if (here := todo.pop()) not in found:
                found.add(here)
                todo.extend(self.children.get(here, ()))
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A planned post of the staff, without an account: a person claims it with a code.

    ``duty``: on the duty list from the start. ``named``: the named person who alone receives
    the unit's confidential items.
    """

    ref: str
    name: str
    unit: str
    role: Role
    duty: bool = False
    named: bool = False


CHANNEL_KINDS = frozenset({"group", "topic", "channel"})


@dataclass(frozen=True, slots=True)
class PlannedChannel:
    """A channel that a unit is going to have; an administrator binds it later with a code."""

    ref: str
    unit: str
    kind: str
    title: str
    urgent: bool = False


@dataclass(frozen=True)
class DirectoryPlan:
    """Everything that a directory folder declares."""

    directory: Directory
    staff: tuple[PlannedPost, ...] = ()
    channels: tuple[PlannedChannel, ...] = ()
