"""The texts of a directory folder <-> DirectoryPlan; every mistake is found, not only the first.

The columns are described in ``docs/directory.md``.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.places import too_bare
from bot.domain.units import (
    AREA_TIER,
    CHANNEL_KINDS,
    PLACE_KINDS,
    ROOT,
    UNIT_KINDS,
    Directory,
    DirectoryPlan,
    PlaceName,
    PlannedChannel,
    PlannedPost,
    Role,
    Tier,
    Unit,
)
from bot.errors import BadFile, Fault

UNITS, PLACES, GRIDS = "units.csv", "places.csv", "grids.geojson"
STAFF, CHANNELS = "staff.csv", "channels.csv"
FILES = (UNITS, PLACES, GRIDS, STAFF, CHANNELS)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    UNITS: ("code", "name", "name_en", "tier", "parent", "kind", "roles", "hub"),
    PLACES: ("name", "kind", "grids", "aliases"),
    STAFF: ("ref", "name", "unit", "role", "duty", "named"),
    CHANNELS: ("ref", "unit", "kind", "title", "urgent"),
}
OPTIONAL: Mapping[str, tuple[str, ...]] = {UNITS: ("language",)}
"""Columns that a file may leave out; written only when one of its rows needs them."""

ShapeFaults = Callable[[Mapping[str, object]], Iterable[tuple[str, str]]]
"""Polygons by grid code -> mistakes as (grid code, reason)."""

_CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
_LONGEST_CODE = 24  # a code has to fit into a button, next to a case id (64 bytes)
_STEP_UP = {"grid": "community", "community": "town", "town": "district"}
_HEADS = ("town", "district")
_POSTS = tuple(role for role in Role if role is not Role.RESIDENT)


def parse(
    texts: Mapping[str, str],
    roles: Collection[str],
    shape_faults: ShapeFaults,
    languages: Collection[str] = (),
) -> DirectoryPlan:
    """File name -> text, the known unit-role codes, a polygon checker and the languages that
    there are -> the plan.

    Raises BadFile with every fault. A missing file other than ``units.csv`` counts as empty.
    """
    return _Parser(texts, frozenset(roles), shape_faults, frozenset(languages)).plan()


@dataclass(frozen=True)
class _Row:
    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def many(self, column: str) -> tuple[str, ...]:
        parts = (part.strip() for part in self.cells[column].split("|"))
        return tuple(part for part in parts if part)


@dataclass
class _Parser:
    texts: Mapping[str, str]
    roles: frozenset[str]
    shape_faults: ShapeFaults
    languages: frozenset[str]
    faults: list[Fault] = field(default_factory=list)

    def plan(self) -> DirectoryPlan:
        rows = self.table(UNITS)
        if UNITS not in self.texts:
            self.faults.append(Fault(UNITS, 0, "the file is missing"))
        # Codes of broken rows count as declared: one mistake should not cause ten messages.
        kinds = {row["code"]: row["kind"] for row in rows}
        units = self.units(rows)
        self.tree(units, {row["code"]: row for row in rows})
        polygons = self.polygons(kinds)
        places = tuple(self.places(kinds))
        staff, channels = tuple(self.staff(kinds, units)), tuple(self.channels(kinds))
        if self.faults:
            raise BadFile(*sorted(self.faults, key=lambda bad: (FILES.index(bad.file), bad.line)))
        return DirectoryPlan(Directory(units, places, polygons), staff, channels)

    def fault(self, row: _Row, reason: str) -> None:
        self.faults.append(Fault(row.file, row.line, reason))

    def table(self, file: str) -> list[_Row]:
        """The rows of a CSV file, cells trimmed, blank lines left out."""
        if file not in self.texts:
            return []
        reader = csv.reader(io.StringIO(self.texts[file], newline=""), strict=True)
        rows: list[_Row] = []
        absent = dict.fromkeys(OPTIONAL.get(file, ()), "")
        try:
            header = [cell.strip() for cell in next(reader, [])]
            extra = [name for name in OPTIONAL.get(file, ()) if name in header]
            if Counter(header) != Counter([*COLUMNS[file], *extra]):
                reason = f"the columns must be {','.join(COLUMNS[file])}"
                self.faults.append(Fault(file, 1, reason))
                return []
            for cells in reader:
                row = _Row(
                    file,
                    reader.line_num,
                    absent | dict(zip(header, (cell.strip() for cell in cells), strict=False)),
                )
                if any(row.cells.values()):
                    if len(cells) == len(header):
                        rows.append(row)
                    else:
                        self.fault(row, f"{len(cells)} cells instead of {len(header)}")
        except csv.Error as error:
            self.faults.append(Fault(file, reader.line_num, f"not CSV: {error}"))
        return rows

    def flag(self, row: _Row, column: str) -> bool:
        if row[column] not in ("0", "1"):
            self.fault(row, f"{column} must be 0 or 1, not {row[column]!r}")
        return row[column] == "1"

    def choice(self, row: _Row, column: str, allowed: Collection[str], note: str = "") -> bool:
        if row[column] in allowed:
            return True
        named = ", ".join(sorted(allowed))
        self.fault(row, f"{column} {row[column]!r} is none of {named}{note}")
        return False

    def units(self, rows: Iterable[_Row]) -> dict[str, Unit]:
        units: dict[str, Unit] = {}
        seen: set[str] = set()
        for row in rows:
            code = row["code"]
            if ROOT in (code, row["parent"]):
                self.fault(row, f"{ROOT} is reserved for the deployment itself")
            if not _CODE.fullmatch(code) or len(code) > _LONGEST_CODE:
                shape = f"capitals, digits and single hyphens, at most {_LONGEST_CODE}"
                self.fault(row, f"code {code!r}: {shape}")
            if code in seen:
                self.fault(row, f"code {code} is there twice")
                continue
            seen.add(code)
            if not row["name"]:
                self.fault(row, "the name is missing")
            for role in row.many("roles"):
                if role not in self.roles:
                    self.fault(row, f"unknown unit role {role!r}")
            hub = self.flag(row, "hub")
            if row["language"]:
                self.choice(row, "language", self.languages)
            known = self.choice(row, "tier", list(Tier), "; there is no fifth tier")
            if self.choice(row, "kind", UNIT_KINDS) and known:
                units[code] = Unit(
                    code=code,
                    name=row["name"],
                    tier=Tier(row["tier"]),
                    parent=row["parent"] or None,
                    roles=row.many("roles"),
                    hub=hub,
                    name_en=row["name_en"],
                    kind=row["kind"],
                    language=row["language"],
                )
        return units

    def tree(self, units: Mapping[str, Unit], rows: Mapping[str, _Row]) -> None:
        directory = Directory(units)
        for code, unit in units.items():
            for reason in _tree_faults(unit, directory, rows):
                self.fault(rows[code], reason)

    def polygons(self, kinds: Mapping[str, str]) -> dict[str, object]:
        text = self.texts.get(GRIDS, "")
        lines = _feature_lines(text)
        polygons: dict[str, object] = {}

        def fault(code: str, reason: str, nth: int = 0) -> None:
            places = lines.get(code, [0])
            self.faults.append(Fault(GRIDS, places[min(nth, len(places) - 1)], reason))

        for number, feature in enumerate(self.features(text), 1):
            properties = feature.get("properties") if isinstance(feature, dict) else None
            code = properties.get("grid") if isinstance(properties, dict) else None
            if not isinstance(code, str):
                fault("", f"feature {number} has no property grid")
            elif kinds.get(code) != "grid":
                fault(code, f"no grid {code} in {UNITS}")
            elif code in polygons:
                fault(code, f"grid {code} is there twice; use one MultiPolygon", 1)
            else:
                polygons[code] = feature.get("geometry")
        for code, kind in kinds.items():
            if kind == "grid" and code not in polygons:
                fault("", f"grid {code} has no polygon")
        for code, reason in self.shape_faults(polygons):
            fault(code, f"grid {code}: {reason}")
        return polygons

    def features(self, text: str) -> list[Any]:
        try:
            found = json.loads(text) if text else {"features": []}
        except (json.JSONDecodeError, RecursionError) as error:
            line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
            self.faults.append(Fault(GRIDS, line, f"not JSON: {error}"))
            return []
        features = found.get("features") if isinstance(found, dict) else None
        if not isinstance(features, list):
            self.faults.append(Fault(GRIDS, 0, "not a GeoJSON FeatureCollection"))
            return []
        return features

    def places(self, kinds: Mapping[str, str]) -> Iterator[PlaceName]:
        seen: set[tuple[str, str]] = set()
        for row in self.table(PLACES):
            self.choice(row, "kind", PLACE_KINDS)
            for name in (row["name"], *row.many("aliases")):
                if too_bare(name):
                    self.fault(row, f"{name!r} is too short to name a place")
            if not row.many("grids"):
                self.fault(row, "no grid")
            for grid in row.many("grids"):
                if kinds.get(grid) != "grid":
                    self.fault(row, f"{grid} is not a grid")
                if (row["name"], grid) in seen:
                    self.fault(row, f"{row['name']} in {grid} is there twice")
                seen.add((row["name"], grid))
                yield PlaceName(row["name"], grid, row["kind"], row.many("aliases"))

    def planned(self, file: str, kinds: Mapping[str, str]) -> Iterator[_Row]:
        """Rows with a ``ref`` and a ``unit``, both checked."""
        seen: set[str] = set()
        for row in self.table(file):
            if not row["ref"] or row["ref"] in seen:
                self.fault(row, f"ref {row['ref']!r} is missing or there twice")
            seen.add(row["ref"])
            if row["unit"] == ROOT:
                self.fault(row, f"{ROOT} is reserved for the deployment itself")
            elif row["unit"] not in kinds:
                self.fault(row, f"unknown unit {row['unit']!r}")
            yield row

    def staff(self, kinds: Mapping[str, str], units: Mapping[str, Unit]) -> Iterator[PlannedPost]:
        for row in self.planned(STAFF, kinds):
            duty, named = self.flag(row, "duty"), self.flag(row, "named")
            if not self.choice(row, "role", _POSTS):
                continue
            role, unit = Role(row["role"]), units.get(row["unit"])
            if role is Role.DISPATCHER and unit and not unit.hub:
                self.fault(row, f"a dispatcher belongs to a hub, and {unit.code} is none")
            yield PlannedPost(row["ref"], row["name"], row["unit"], role, duty, named)

    def channels(self, kinds: Mapping[str, str]) -> Iterator[PlannedChannel]:
        for row in self.planned(CHANNELS, kinds):
            self.choice(row, "kind", CHANNEL_KINDS)
            urgent = self.flag(row, "urgent")
            yield PlannedChannel(row["ref"], row["unit"], row["kind"], row["title"], urgent)


def _tree_faults(unit: Unit, directory: Directory, rows: Mapping[str, _Row]) -> Iterator[str]:
    """What is wrong with a unit's place in the tree of exactly four tiers (R033)."""
    if AREA_TIER.get(unit.kind, unit.tier) is not unit.tier:
        yield f"a {unit.kind} is of tier {AREA_TIER[unit.kind]}, not {unit.tier}"
    if unit.hub != (unit.kind == "hub"):
        yield "hub 1 and kind hub belong together"
    if unit.kind in _HEADS:
        hubs = [c for c in directory.children.get(unit.code, ()) if directory.units[c].hub]
        if len(hubs) != 1:
            yield f"a {unit.kind} needs one hub and has {len(hubs)}"
    if unit.kind == "district" or unit.parent is None:
        if unit.kind != "district" or unit.parent is not None:
            yield "a district, and nothing else, has no parent"
        return
    if unit.parent not in rows:
        yield f"unknown parent {unit.parent!r}"
        return
    if _in_cycle(unit.code, directory):
        yield f"cycle: {unit.code} is above itself"
        return
    if parent := directory.get(unit.parent):
        if parent.tier.height < unit.tier.height:
            yield f"the parent {parent.code} ({parent.tier}) is below tier {unit.tier}"
        elif not parent.area:
            yield f"the parent {parent.code} is a {parent.kind}, not a piece of ground"
        elif unit.kind in _STEP_UP and parent.kind != _STEP_UP[unit.kind]:
            yield f"a {unit.kind} stands under a {_STEP_UP[unit.kind]}, not under a {parent.kind}"
        elif unit.hub and (parent.kind not in _HEADS or parent.tier is not unit.tier):
            yield "a hub stands under a town or district, at the same tier"


def _in_cycle(code: str, directory: Directory) -> bool:
    return any(unit.parent == code for unit in directory.chain(code))


def _feature_lines(text: str) -> dict[str, list[int]]:
    """Grid code -> lines on which a feature names it; JSON itself keeps no line numbers."""
    lines: dict[str, list[int]] = {}
    line, counted = 1, 0
    for found in re.finditer(r'"grid"\s*:\s*"([^"]*)"', text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        lines.setdefault(found[1], []).append(line)
    return lines


def render(plan: DirectoryPlan) -> dict[str, str]:
    """File name -> text; ``parse`` of it gives an equal plan."""
    units = plan.directory.units.values()
    grouped: dict[PlaceName, list[str]] = {}
    for place in plan.directory.places:
        key = PlaceName(place.name, "", place.kind, place.aliases)
        grouped.setdefault(key, []).append(place.grid)
    extra = OPTIONAL[UNITS] if any(u.language for u in units) else ()
    tables: dict[str, Iterable[tuple[object, ...]]] = {
        UNITS: (
            (
                *(u.code, u.name, u.name_en, u.tier, u.parent, u.kind),
                *("|".join(u.roles), int(u.hub)),
                *(getattr(u, name) for name in extra),
            )
            for u in units
        ),
        PLACES: (
            (place.name, place.kind, "|".join(grids), "|".join(place.aliases))
            for place, grids in grouped.items()
        ),
        STAFF: ((p.ref, p.name, p.unit, p.role, int(p.duty), int(p.named)) for p in plan.staff),
        CHANNELS: ((c.ref, c.unit, c.kind, c.title, int(c.urgent)) for c in plan.channels),
    }
    texts = {
        file: _csv(COLUMNS[file] + (extra if file == UNITS else ()), rows)
        for file, rows in tables.items()
    }
    features = (
        json.dumps(
            {"type": "Feature", "properties": {"grid": code}, "geometry": geometry},
            ensure_ascii=False,
        )
        for code, geometry in plan.directory.polygons.items()
    )
    body = ",\n".join(features)
    texts[GRIDS] = f'{{"type": "FeatureCollection", "features": [\n{body}\n]}}\n'
    return texts


def _csv(header: Iterable[str], rows: Iterable[tuple[object, ...]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([tuple(header), *rows])
    return out.getvalue()
