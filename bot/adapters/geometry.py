"""Point -> grids over GeoJSON polygons, and the mistakes that polygons can have (shapely)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.strtree import STRtree
from shapely.validation import explain_validity

BORDER = 1e-5
"""Degrees, about one metre: a point this near to a grid counts as touching it. Rounded
coordinates would otherwise fall between two neighbours."""

OVERLAP = 1e-9
"""Square degrees, about ten square metres: less is drawing inaccuracy, more is two owners."""

_AREAS = ("Polygon", "MultiPolygon")


class GridIndex:
    """A search tree over grid polygons; one query costs microseconds at ten thousand grids."""

    def __init__(self, polygons: Mapping[str, object]) -> None:
        """``polygons``: grid code -> GeoJSON geometry (longitude, latitude; WGS-84)."""
        self._codes = sorted(polygons)
        self._tree = STRtree([shape(polygons[code]) for code in self._codes])

    def grids_at(self, lat: float, lon: float) -> tuple[str, ...]:
        """Codes of all grids that hold or touch a point, sorted; holes are outside."""
        point = shapely.Point(lon, lat)
        near = self._tree.query(point, predicate="dwithin", distance=BORDER)
        return tuple(sorted(self._codes[place] for place in near))


def shape_faults(polygons: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every mistake as (grid code, reason): no area, self-crossing, out of range, overlaps."""
    sound: dict[str, Any] = {}
    for code, geometry in polygons.items():
        try:
            area = shape(geometry)
            reason = _wrong(area)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            reason = f"not a GeoJSON geometry: {error}"
        except shapely.errors.ShapelyError as error:
            reason = f"not a GeoJSON geometry: {error}"
        if reason:
            yield code, reason
        else:
            sound[code] = area
    yield from _overlaps(sound)


def _wrong(area: Any) -> str:
    if area.geom_type not in _AREAS:
        return f"a {area.geom_type} has no area; only Polygon and MultiPolygon do"
    if area.is_empty:
        return "the polygon is empty"
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return "coordinates out of range; the order is longitude, latitude"
    return "" if area.is_valid else f"the polygon crosses itself: {explain_validity(area)}"


def _overlaps(sound: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    codes = list(sound)
    tree = STRtree([sound[code] for code in codes])
    for place, code in enumerate(codes):
        for other in sorted(tree.query(sound[code], predicate="intersects")):
            if other > place:
                shared = sound[code].intersection(sound[codes[other]]).area
                if shared > OVERLAP:
                    yield codes[other], f"overlaps grid {code}"
