"""The plan of a district as a page draws it: grids, and a point for every place name.

Directories say which grid a place is in, not where in it. The points are spread evenly, so that
a click on a name is a position in the right grid; nobody should find their way by them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from bot.domain.units import Directory, PlaceName

Point = tuple[float, float]
"""Longitude and latitude."""
_STEPS = 24
"""Candidates along either side of a grid's bounding box."""
_MARGIN = 0.08
"""How far from the border a point stays, as a part of the grid's shorter side."""


def town_plan(directory: Directory) -> dict[str, Any]:
    """{bounds: [west, south, east, north], grids: [{code, name, rings}], places: [{name, kind,
    grids, lng, lat}]} in degrees; {} for a directory without polygons."""
    areas = {code: shape(drawn) for code, drawn in sorted(directory.polygons.items())}
    if not areas:
        return {}
    bounds = shapely.unary_union(list(areas.values())).bounds
    return {
        "bounds": [round(edge, 6) for edge in bounds],
        "grids": [
            {"code": code, "name": _name(directory, code), "rings": _rings(area)}
            for code, area in areas.items()
        ],
        "places": _places(directory.places, areas),
    }


def _name(directory: Directory, code: str) -> str:
    unit = directory.get(code)
    return unit.name if unit else code


def _rings(area: Any) -> list[list[list[float]]]:
    drawn = mapping(area)
    polygons = [drawn["coordinates"]] if area.geom_type == "Polygon" else drawn["coordinates"]
    return [[[x, y] for x, y in polygon[0]] for polygon in polygons]


def _places(entries: Sequence[PlaceName], areas: Mapping[str, Any]) -> list[dict[str, Any]]:
    grids: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if entry.grid in areas:
            grids.setdefault((entry.name, entry.kind), []).append(entry.grid)
    together: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for name, codes in grids.items():
        together.setdefault(tuple(codes), []).append(name)
    found: list[dict[str, Any]] = []
    taken: list[Point] = []
    for where, names in together.items():
        area = shapely.unary_union([areas[code] for code in where])
        points = _spread(_candidates(area), len(names), taken)
        taken += points
        found += [
            {"name": name, "kind": kind, "grids": list(where), "lng": lng, "lat": lat}
            for (name, kind), (lng, lat) in zip(names, points, strict=True)
        ]
    return found


def _candidates(area: Any) -> list[Point]:
    """A raster of points inside the area, away from its border."""
    west, south, east, north = area.bounds
    inner = area.buffer(-_MARGIN * min(east - west, north - south))
    room = area if inner.is_empty else inner
    raster = [
        (
            round(west + (east - west) * (i + 0.5) / _STEPS, 6),
            round(south + (north - south) * (j + 0.5) / _STEPS, 6),
        )
        for i in range(_STEPS)
        for j in range(_STEPS)
    ]
    inside = shapely.contains_xy(room, raster)
    found = [point for point, is_in in zip(raster, inside, strict=True) if is_in]
    middle = area.representative_point()
    return found or [(middle.x, middle.y)]


def _spread(candidates: Sequence[Point], count: int, taken: Sequence[Point]) -> list[Point]:
    """So many of the points, each as far from all others as can be."""
    room = {p: min((math.dist(p, q) for q in taken), default=1.0) for p in candidates}
    chosen: list[Point] = []
    for _ in range(count):
        best = max(room, key=lambda p: room[p])
        chosen.append(best)
        room = {p: min(far, math.dist(p, best)) for p, far in room.items()}
    return chosen
