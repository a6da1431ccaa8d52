"""The file of unit roles and its checks."""

import pytest

from bot.adapters.shipped import shipped_roles
from bot.domain.unit_roles import COLUMNS, Scope, names_to_codes, parse_roles
from bot.domain.units import Tier
from bot.errors import BadFile

HEAD = ",".join(COLUMNS)
HUBS = "town_hub,B,镇中心,Town hub,town,\ndistrict_hub,A,区中心,District hub,district,\n"
GRID = "grid,D,社区网格,Grid,grid,社区网格（网格员）|网格\n"


def faults(*lines: str, tail: str = HUBS) -> list[str]:
    """What the checks say about these rows, put above the two hubs."""
    with pytest.raises(BadFile) as caught:
        parse_roles("\n".join((HEAD, *lines)) + "\n" + tail, "roles.csv")
    return [str(fault) for fault in caught.value.faults]


def test_a_good_file_gives_roles_by_code_in_file_order() -> None:
    """A role carries tier, scope and every spelling of its name."""
    roles = parse_roles(f"\ufeff{HEAD}\n{GRID}\n{HUBS}", "roles.csv")
    assert list(roles) == ["grid", "town_hub", "district_hub"]
    assert roles["grid"].scope is Scope.GRID
    assert roles["grid"].names == ("社区网格", "社区网格（网格员）", "网格")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("grid,D,社区网格,Grid,grid", "5 columns instead of 6"),
        ("Grid 1,D,社区网格,Grid,grid,", "code 'Grid 1' is not lower-case words joined by _"),
        ("grid,E,社区网格,Grid,grid,", "unknown tier 'E'; one of D, C, B, A"),
        (
            "grid,D,社区网格,Grid,street,",
            "unknown scope 'street'; one of grid, community, town, district",
        ),
        ("grid,D,,Grid,grid,", "name is empty"),
        ("grid,D,社区网格, ,grid,", "name_en is empty"),
    ],
)
def test_a_bad_row_is_refused_with_file_line_and_reason(row: str, reason: str) -> None:
    """Every mistake in a row is told with file, line and reason."""
    assert faults(row) == [f"roles.csv:2: {reason}"]


def test_a_code_stands_once() -> None:
    """A second role of the same code is refused."""
    assert faults(GRID.strip(), GRID.strip()) == ["roles.csv:3: code 'grid' is used twice"]


def test_a_name_means_one_role() -> None:
    """A spelling that another role already has is refused with that role's code."""
    second = "other,C,网格,Other,community,"
    assert faults(GRID.strip(), second) == ["roles.csv:3: name '网格' already means 'grid'"]


def test_both_hubs_must_exist() -> None:
    """Without a hub, cases that nobody answers for would have nowhere to go."""
    assert faults(GRID.strip(), tail="") == [
        "roles.csv:0: no role 'town_hub'",
        "roles.csv:0: no role 'district_hub'",
    ]


def test_the_header_is_fixed() -> None:
    """A file with other columns, or with none, is refused at line 1."""
    for text in ("", "code,name\n"):
        with pytest.raises(BadFile, match=r"roles\.csv:1: the first line must be code,tier,name"):
            parse_roles(text, "roles.csv")


def test_broken_quotes_are_refused_with_the_line_they_begin_on() -> None:
    """A quote that never closes points at its own row."""
    with pytest.raises(BadFile, match=r"roles\.csv:3: not CSV"):
        parse_roles(f'{HEAD}\n{GRID}"grid,D\n{HUBS}', "roles.csv")


def test_the_line_stays_right_after_a_quoted_line_break() -> None:
    """A cell over two lines does not shift the line numbers of later faults."""
    assert faults('a,D,"甲\n甲",A,grid,', "b,E,乙,B,grid,") == [
        "roles.csv:4: unknown tier 'E'; one of D, C, B, A"
    ]


def test_the_shipped_roles_cover_every_tier_and_the_desks_that_share_a_phone() -> None:
    """Duty desks behind one phone are one role; separate desks are separate roles."""
    roles = shipped_roles()
    assert {role.tier for role in roles.values()} == set(Tier)
    spelled = names_to_codes(roles.values())
    assert spelled["燃气企业（抢险）"] == spelled["燃气企业"] == "gas_company"
    assert spelled["行业主管部门"] == "district_hub"
    assert spelled["镇街综合指挥中心（分拨）"] == "town_hub"
    assert spelled["区疾控中心（区卫健局）"] == "district_cdc"
    assert spelled["区水务局（防汛）"] != spelled["区水务局"]


def test_scope_and_tier_of_shipped_roles_agree() -> None:
    """A unit that works for one area is of that area's tier."""
    assert [r.code for r in shipped_roles().values() if r.scope.tier is not r.tier] == []
