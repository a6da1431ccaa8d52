"""A directory folder: what is refused, with file and line, and that nothing is lost on export."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from bot.adapters.directory_folder import decode, load_demo, load_folder, write_folder
from bot.adapters.geometry import shape_faults
from bot.adapters.shipped import shipped_roles
from bot.domain.directory_files import parse, render
from bot.domain.units import Role, Tier
from bot.errors import BadFile

ROLES = {"grid", "community", "town_hub", "police_station"}
GOOD = {
    "units.csv": """\
code,name,name_en,tier,parent,kind,roles,hub
D,某区,District,A,,district,,0
D-HUB,区中心,,A,D,hub,,1
T,某镇,,B,D,town,,0
T-HUB,镇中心,,B,T,hub,town_hub,1
T-POL,派出所,,B,T,department,police_station,0
C,某社区,,C,T,community,community,0
C-1,第一网格,,D,C,grid,grid,0
""",
    "grids.geojson": """\
{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"grid": "C-1"}, "geometry":
  {"type": "Polygon", "coordinates": [[[113, 23], [113.1, 23], [113.1, 23.1], [113, 23]]]}}
]}
""",
    "places.csv": "name,kind,grids,aliases\n幸福里,estate,C-1,幸福小区|幸福花园\n",
    "staff.csv": "ref,name,unit,role,duty,named\nP1,王工,T-POL,unit_duty,1,1\n",
    "channels.csv": "ref,unit,kind,title,urgent\nG1,T-HUB,group,应急群,1\n",
}


def faults(file: str, old: str, new: str, count: int = 1) -> list[str]:
    """The faults of the good folder after one edit."""
    assert old in GOOD[file]
    texts = {**GOOD, file: GOOD[file].replace(old, new, count)}
    with pytest.raises(BadFile) as caught:
        parse(texts, ROLES, shape_faults)
    return [str(fault) for fault in caught.value.faults]


def test_good_folder() -> None:
    """Five files become units, places, polygons, planned staff and channels."""
    plan = parse(GOOD, ROLES, shape_faults)
    assert plan.directory.units["C-1"].tier is Tier.D
    assert plan.directory.hubs == {"D": "D-HUB", "T": "T-HUB"}
    assert plan.directory.places[0].aliases == ("幸福小区", "幸福花园")
    assert set(plan.directory.polygons) == {"C-1"}
    assert (plan.staff[0].role, plan.staff[0].named) == (Role.UNIT_DUTY, True)
    assert plan.channels[0].urgent


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("units.csv", "T-POL,派出所,,B", "T-POL,派出所,,E", "units.csv:6: tier 'E' .* no fifth"),
        ("units.csv", "D,C,grid,grid", "D,X,grid,grid", "units.csv:8: unknown parent 'X'"),
        ("units.csv", "T-POL,", "T-HUB,", "units.csv:6: code T-HUB is there twice"),
        ("units.csv", "B,T,department", "B,C,department", "units.csv:6: the parent C .* below"),
        ("units.csv", "D,C,grid", "D,T,grid", "units.csv:8: a grid stands under a community"),
        ("units.csv", "D,C,grid", "D,,grid", "units.csv:8: a district, and nothing else"),
        ("units.csv", "D,C,grid", "C,C,grid", "units.csv:8: a grid is of tier D, not C"),
        ("units.csv", "D,C,grid", "D,T-POL,grid", "units.csv:8: .* T-POL is a department"),
        ("units.csv", "grid,grid,0", "grid,grid|wizard,0", "units.csv:8: .* role 'wizard'"),
        ("units.csv", "department", "guild", "units.csv:6: kind 'guild' is none of"),
        ("units.csv", "town_hub,1", "town_hub,0", "units.csv:4: a town needs one hub and has 0"),
        ("units.csv", "town_hub,1", "town_hub,yes", "units.csv:5: hub must be 0 or 1"),
        ("units.csv", "B,T,hub", "B,D,hub", "units.csv:5: a hub stands under"),
        ("units.csv", "T-POL", "ROOT", "units.csv:6: ROOT is reserved"),
        ("units.csv", "T-POL", "t_pol", "units.csv:6: code 't_pol'"),
        ("units.csv", "T-POL", "T-" * 12 + "P", "units.csv:6: code"),
        ("units.csv", "派出所", "", "units.csv:6: the name is missing"),
        ("units.csv", "name_en,", "", "units.csv:1: the columns must be code,name"),
        ("units.csv", "第一网格,", "第一网格,,", "units.csv:8: 9 cells instead of 8"),
        ("units.csv", "派出所", '"派出所', "units.csv:\\d+: not CSV"),
        ("grids.geojson", "C-1", "C-2", "grids.geojson:2: no grid C-2"),
        ("grids.geojson", "C-1", "T-POL", "grids.geojson:0: grid C-1 has no polygon"),
        ("grids.geojson", '"grid"', '"name"', "grids.geojson:0: feature 1 has no property grid"),
        ("grids.geojson", "[113, 23]]]", "[113.1, 23]]]", "grids.geojson:2: grid C-1: "),
        ("grids.geojson", "}}\n]}", "}}\n]", "grids.geojson:\\d: not JSON"),
        ("grids.geojson", "features", "things", "grids.geojson:0: not a GeoJSON Feature"),
        ("places.csv", "C-1", "T-POL", "places.csv:2: T-POL is not a grid"),
        ("places.csv", ",C-1,", ",,", "places.csv:2: no grid"),
        ("places.csv", "estate", "palace", "places.csv:2: kind 'palace'"),
        ("places.csv", "幸福里", "6栋", "places.csv:2: '6栋' is too short"),
        ("places.csv", "幸福里,estate,C-1", "幸福里,estate,C-1|C-1", "places.csv:2: .* twice"),
        ("staff.csv", "T-POL", "X", "staff.csv:2: unknown unit 'X'"),
        ("staff.csv", "T-POL", "ROOT", "staff.csv:2: ROOT is reserved"),
        ("staff.csv", "unit_duty", "boss", "staff.csv:2: role 'boss' is none of"),
        ("staff.csv", "unit_duty", "resident", "staff.csv:2: role 'resident' is none of"),
        ("staff.csv", "unit_duty", "dispatcher", "staff.csv:2: a dispatcher belongs to a hub"),
        ("staff.csv", "P1", "", "staff.csv:2: ref ''"),
        ("channels.csv", "group", "forum", "channels.csv:2: kind 'forum'"),
        ("channels.csv", "T-HUB", "X", "channels.csv:2: unknown unit 'X'"),
    ],
)
def test_mistake_is_named_with_file_and_line(file: str, old: str, new: str, expected: str) -> None:
    """Every mistake is refused with its file, its line and a reason."""
    found = faults(file, old, new)
    assert any(re.match(expected, fault) for fault in found), found


def test_a_cycle_is_refused() -> None:
    """A unit that stands above itself is found, and reading ends."""
    found = faults("units.csv", "B,D,town", "B,C,town")
    assert any("units.csv:4: cycle" in fault for fault in found)
    assert any("units.csv:7: cycle" in fault for fault in found)


def test_every_mistake_is_listed() -> None:
    """Mistakes in different files and lines come together, in file order, each once."""
    texts = {
        **GOOD,
        "units.csv": GOOD["units.csv"].replace("police_station", "knights"),
        "places.csv": GOOD["places.csv"] + "幸福里,estate,C-1,\n老街,road,C-9,\n",
        "staff.csv": "wrong,header\n",
    }
    with pytest.raises(BadFile) as caught:
        parse(texts, ROLES, shape_faults)
    where = [(fault.file, fault.line) for fault in caught.value.faults]
    assert where == [("units.csv", 6), ("places.csv", 3), ("places.csv", 4), ("staff.csv", 1)]


def test_a_grid_drawn_twice_is_refused_at_the_second_line() -> None:
    """Two features of one grid must be one MultiPolygon."""
    feature = GOOD["grids.geojson"].split("[\n", 1)[1].rsplit("\n]", 1)[0]
    found = faults("grids.geojson", feature, f"{feature},\n{feature}")
    assert found == ["grids.geojson:4: grid C-1 is there twice; use one MultiPolygon"]


def test_missing_units_file_is_refused() -> None:
    """A folder without units.csv is a mistake, not an empty town."""
    with pytest.raises(BadFile, match=r"units\.csv:0: the file is missing"):
        parse({}, ROLES, shape_faults)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_chinese_spreadsheets(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without BOM and GB18030 read the same."""
    for name, text in GOOD.items():
        (tmp_path / name).write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert load_folder(tmp_path, ROLES) == parse(GOOD, ROLES, shape_faults)


@pytest.mark.parametrize("data", ["编号,名称".encode("utf-16"), b"\xff\xff", b"a\0b"])
def test_other_encodings_are_refused(tmp_path: Path, data: bytes) -> None:
    """Anything else is named as a bad encoding instead of read as nonsense."""
    with pytest.raises(ValueError, match="neither UTF-8 nor GB18030"):
        decode(data)
    (tmp_path / "units.csv").write_bytes(data)
    with pytest.raises(BadFile, match=r"units\.csv:0: neither"):
        load_folder(tmp_path, ROLES)


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    """A wrong path is one sentence."""
    with pytest.raises(BadFile, match="no such folder"):
        load_folder(tmp_path / "nowhere", ROLES)


def test_export_then_import_loses_nothing(tmp_path: Path) -> None:
    """The demo written out and read back is the same directory, places in several grids too."""
    demo = load_demo()
    write_folder(tmp_path, demo)
    assert load_folder(tmp_path, shipped_roles().keys()) == demo
    assert parse(render(demo), shipped_roles().keys(), shape_faults) == demo


def test_a_unit_may_have_a_language_for_its_channels() -> None:
    """The column is optional; a language that there is not is refused; nothing is lost."""
    lines = GOOD["units.csv"].splitlines()
    told = [line + extra for line, extra in zip(lines, [",language", "", *[","] * 6], strict=True)]
    told[1] += ","
    told[5] += "en"
    texts = {**GOOD, "units.csv": "\n".join(told) + "\n"}
    plan = parse(texts, ROLES, shape_faults, ("zh_Hans", "en"))
    assert plan.directory.units["T-POL"].language == "en"
    assert plan.directory.units["C"].language == ""
    assert parse(render(plan), ROLES, shape_faults, ("zh_Hans", "en")) == plan
    assert "language" not in render(parse(GOOD, ROLES, shape_faults))["units.csv"]
    with pytest.raises(BadFile) as caught:
        parse(texts, ROLES, shape_faults, ("zh_Hans",))
    assert [str(one) for one in caught.value.faults] == [
        "units.csv:6: language 'en' is none of zh_Hans"
    ]


def test_demo_has_the_promised_shape() -> None:
    """One town, three communities, nine grids with six names each, every role held, a named
    person wherever a confidential item may go, and a channel for every office."""
    plan = load_demo()
    demo = plan.directory
    assert [len(demo.of_tier(tier)) for tier in Tier] == [9, 3, 1, 1]
    names = Counter(place.grid for place in demo.places)
    assert all(names[grid.code] >= 6 for grid in demo.of_tier(Tier.D))
    assert shipped_roles().keys() <= demo.holders.keys()
    named = {post.unit for post in plan.staff if post.named}
    offices = {u.code for u in demo.units.values() if not u.area}
    assert {code for code in offices if demo.units[code].tier in (Tier.A, Tier.B)} <= named
    reached = {channel.unit for channel in plan.channels}
    assert offices | {u.code for u in demo.units.values() if u.kind == "grid"} <= reached
    assert {post.unit for post in plan.staff if post.duty} >= reached
