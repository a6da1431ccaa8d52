"""Point -> grids, and the mistakes of polygons."""

from __future__ import annotations

import time

import pytest

from bot.adapters.geometry import GridIndex, shape_faults


def square(west: float, south: float, size: float = 0.01) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def area(*rings: list[list[float]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


HOLE = square(113.004, 23.004, 0.002)
TOWN = {
    "WEST": area(square(113.0, 23.0), HOLE),
    "EAST": {
        "type": "MultiPolygon",
        "coordinates": [[square(113.01, 23.0)], [HOLE]],
    },
    "LONE": area(square(113.1, 23.1)),
}


@pytest.mark.parametrize(
    ("lat", "lon", "grids"),
    [
        (23.002, 113.002, ("WEST",)),
        (23.005, 113.005, ("EAST",)),
        (23.005, 113.015, ("EAST",)),
        (23.002, 113.01, ("EAST", "WEST")),
        (23.002, 113.009995, ("EAST", "WEST")),
        (23.11, 113.11, ("LONE",)),
        (23.05, 113.05, ()),
    ],
    ids=["inside", "exclave in a hole", "east", "border", "beside the border", "corner", "none"],
)
def test_point_to_grids(lat: float, lon: float, grids: tuple[str, ...]) -> None:
    """Holes are outside, all parts of a multipolygon count, a border belongs to both (R044)."""
    assert GridIndex(TOWN).grids_at(lat, lon) == grids


def test_no_grids_at_all() -> None:
    """A deployment without polygons answers that a point is in none."""
    assert GridIndex({}).grids_at(23.0, 113.0) == ()


def test_sound_polygons_have_no_fault() -> None:
    """Neighbours that share a border, and an exclave that fills a hole, are in order."""
    assert list(shape_faults(TOWN)) == []


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (area([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "crosses itself"),
        ({"type": "Point", "coordinates": [113, 23]}, "no area"),
        (area(square(23.0, 113.0)), "longitude, latitude"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1]]]}, "not a GeoJSON geometry"),
        ({"type": "Polygon"}, "not a GeoJSON geometry"),
        ({"type": "Circle", "coordinates": []}, "not a GeoJSON geometry"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "not a GeoJSON geometry"),
        ([1, 2], "not a GeoJSON geometry"),
        (None, "not a GeoJSON geometry"),
    ],
)
def test_bad_polygon_is_named(geometry: object, words: str) -> None:
    """Whatever stands in the file instead of an area is a fault of that grid, not a crash."""
    [(code, reason)] = shape_faults({"BAD": geometry})
    assert code == "BAD"
    assert words in reason


def test_overlap_is_named_once() -> None:
    """Two grids that both claim some ground are one fault that names both."""
    claims = {"ONE": area(square(113.0, 23.0)), "TWO": area(square(113.005, 23.005))}
    assert list(shape_faults(claims)) == [("TWO", "overlaps grid ONE")]


def test_ten_thousand_grids_need_no_scan() -> None:
    """A point finds its grid among ten thousand in well under a millisecond."""
    many = {
        f"G-{x}-{y}": area(square(113 + x / 100, 23 + y / 100))
        for x in range(100)
        for y in range(100)
    }
    index = GridIndex(many)
    start = time.perf_counter()
    for step in range(500):
        assert len(index.grids_at(23.005 + step % 99 / 100, 113.005 + step % 97 / 100)) == 1
    assert (time.perf_counter() - start) / 500 < 0.001
