"""Item and place -> unit, on the shipped demo district and its list."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import pytest

from bot.adapters.directory_folder import load_demo
from bot.adapters.shipped import shipped_items
from bot.domain.routing import (
    Because,
    Decision,
    Reason,
    Route,
    RouteRequest,
    fallbacks,
    hub_for,
    nearest,
    next_tier,
    route,
)
from bot.domain.units import ROOT, Directory, Tier, Unit

DEMO = load_demo().directory
GRID = "QS-CZ-3"
GRIDS = [grid.code for grid in DEMO.of_tier(Tier.D)]


@dataclass(frozen=True)
class Item:
    level: Tier
    lead: str
    cooperating: tuple[str, ...] = ()
    emergency: bool = False
    confidential: bool = False
    code: str = "XX01"


GRID_ITEM = Item(Tier.D, "grid", ("property_company",))
SQUAD_ITEM = Item(Tier.C, "community_squad", ("town_enforcement",))
TOWN_ITEM = Item(Tier.B, "town_enforcement", ("district_urban_mgmt",))
TOP_ITEM = Item(Tier.A, "district_illegal_building", ("community",))
SECRET_ITEM = Item(Tier.A, "district_market", ("community",), confidential=True)
GAS = Item(Tier.A, "gas_company", ("fire_station", "police_station", "community"), emergency=True)
LIFT = Item(Tier.B, "property_company", ("fire_station",), emergency=True)


def go(item: Item | None, grid: str | None = GRID, **more: object) -> Route:
    settings = {"sure": True, "emergency": bool(item and item.emergency), **more}
    return route(RouteRequest(item, grid, **settings), DEMO)  # type: ignore[arg-type]


def why(found: Route) -> list[Because]:
    return [reason.code for reason in found.reason]


def changed(*units: Unit, without: str = "") -> Directory:
    kept = {code: unit for code, unit in DEMO.units.items() if code != without}
    return replace(DEMO, units={**kept, **{unit.code: unit for unit in units}})


@pytest.mark.parametrize(
    ("item", "decision", "unit", "lead", "first"),
    [
        (GRID_ITEM, "alone", GRID, GRID, Because.LOW_TIER),
        (SQUAD_ITEM, "alone", "QS-CZ-SQ", "QS-CZ-SQ", Because.LOW_TIER),
        (TOWN_ITEM, "hub", "QS-HUB", "QS-ENF", Because.TOWN_DISPATCH),
        (TOP_ITEM, "hub", "CD-HUB", "CD-ILL", Because.DISTRICT_DISPATCH),
        (SECRET_ITEM, "alone", "CD-MKT", "CD-MKT", Because.CONFIDENTIAL),
        (GAS, "alone", "CD-GAS", "CD-GAS", Because.EMERGENCY),
        (LIFT, "alone", "QS-CZ-PM", "QS-CZ-PM", Because.EMERGENCY),
    ],
)
def test_sure_item_and_known_place(
    item: Item, decision: str, unit: str, lead: str, first: Because
) -> None:
    """Sure C and D, emergencies and confidential items go alone; B to the town hub, A to the
    district hub, in one hop (R030, R033)."""
    found = go(item)
    assert (found.decision, found.unit, found.lead) == (Decision(decision), unit, lead)
    assert why(found)[0] is first
    assert found.tier is item.level


@pytest.mark.parametrize("item", [GRID_ITEM, SQUAD_ITEM, TOWN_ITEM, TOP_ITEM, SECRET_ITEM])
def test_unsure_item_goes_to_the_town_hub(item: Item) -> None:
    """What the tagger is not sure of enters the hub's queue, not a department (R030)."""
    found = go(item, sure=False)
    assert (found.decision, found.unit) == (Decision.HUB, "QS-HUB")
    assert why(found)[0] is Because.ITEM_UNSURE


def test_an_item_chosen_by_a_person_is_sure() -> None:
    """A person who picked the item replaces the tagger's confidence (R015)."""
    found = go(GRID_ITEM, sure=False, person_confirmed_item=True)
    assert (found.decision, found.unit) == (Decision.ALONE, GRID)
    assert Because.ITEM_CONFIRMED in why(found)


def test_a_district_item_without_a_place_reaches_the_district_in_one_hop() -> None:
    """Where it is may be open; that it is the district's is not (R033)."""
    found = go(TOP_ITEM, None)
    assert (found.decision, found.unit, found.hub) == (Decision.HUB, "CD-HUB", "CD-HUB")


@pytest.mark.parametrize("item", [GRID_ITEM, SQUAD_ITEM, TOWN_ITEM])
@pytest.mark.parametrize("grid", [None, "QS-GONE"])
def test_unknown_place_goes_to_the_only_town(item: Item, grid: str | None) -> None:
    """Without a place the only town's hub looks first, never nobody (R038)."""
    found = go(item, grid)
    assert (found.decision, found.unit, found.hub) == (Decision.HUB, "QS-HUB", "QS-HUB")
    assert Because.ONLY_TOWN in why(found)
    assert why(found)[0] is (Because.GRID_MISSING if grid else Because.PLACE_UNKNOWN)


def test_unknown_place_among_several_towns_goes_to_the_district() -> None:
    """With two towns and no place only the district can tell which."""
    second = Unit("BS", "白石镇", Tier.B, "CD", kind="town")
    hub = Unit("BS-HUB", "白石镇综合指挥中心", Tier.B, "BS", hub=True, kind="hub")
    found = route(RouteRequest(GRID_ITEM, None, True, False), changed(second, hub))
    assert (found.decision, found.unit, found.lead) == (Decision.HUB, "CD-HUB", None)


def test_no_item_at_all_goes_to_the_hub() -> None:
    """A failing tagger never blocks a report."""
    assert go(None).unit == "QS-HUB"
    assert go(None, None).unit == "QS-HUB"
    alarm = go(None, emergency=True)
    assert (alarm.unit, alarm.cooperating) == ("QS-HUB", (GRID,))


def test_an_empty_directory_still_has_an_answer() -> None:
    """Before any town is imported, cases land with the administrators."""
    empty = Directory({})
    for emergency in (False, True):
        found = route(RouteRequest(GAS, None, True, emergency), empty)
        assert (found.decision, found.unit, found.hub) == (Decision.HUB, ROOT, None)
        assert Because.NO_HUB in why(found)


def test_emergency_with_a_place_tells_lead_and_cooperating_units() -> None:
    """Lead and cooperating units hear of an emergency in parallel, sure or not."""
    for sure in (True, False):
        found = go(GAS, sure=sure)
        assert found.unit == "CD-GAS"
        assert found.cooperating == ("QS-FIRE", "QS-POL", "QS-CZ")


def test_emergency_without_a_place_tells_what_it_can() -> None:
    """Without a place: the sole holder leads, the district hub and the last grid are told."""
    found = go(GAS, None, last_grid="QS-HW-1")
    assert (found.decision, found.unit, found.hub) == (Decision.ALONE, "CD-GAS", "CD-HUB")
    assert found.cooperating == ("QS-FIRE", "QS-POL", "CD-HUB", "QS-HW-1")
    assert {Because.DISTRICT_TOLD, Because.LAST_GRID, Because.LEAD_SOLE} <= set(why(found))


def test_emergency_whose_lead_needs_a_place_goes_to_the_district_hub() -> None:
    """A property company cannot be chosen without a place: the district hub gets it now."""
    found = go(LIFT, None, last_grid="QS-GONE")
    assert (found.decision, found.unit, found.lead) == (Decision.HUB, "CD-HUB", None)
    assert found.cooperating == ("QS-FIRE",)


def test_the_case_flag_decides_not_the_item_flag() -> None:
    """An emergency item that a person called no emergency goes the ordinary way, and back."""
    assert go(GAS, emergency=False).decision is Decision.HUB
    assert go(TOWN_ITEM, emergency=True).decision is Decision.ALONE


@pytest.mark.parametrize("emergency", [True, False])
@pytest.mark.parametrize("grid", [GRID, None])
def test_confidential_item_has_nobody_beside_the_lead(emergency: bool, grid: str | None) -> None:
    """A confidential item reaches one unit only, in an emergency and without a place too."""
    found = go(SECRET_ITEM, grid, emergency=emergency, last_grid="QS-HW-1", border=("QS-CZ-2",))
    assert (found.decision, found.unit) == (Decision.ALONE, "CD-MKT")
    assert (found.cooperating, found.also) == ((), ())


def test_confidential_item_without_a_lead_goes_to_the_hub() -> None:
    """When no unit holds the role, the hub's named person decides, still alone."""
    item = replace(SECRET_ITEM, lead="nobody")
    for emergency in (True, False):
        found = go(item, emergency=emergency)
        assert (found.decision, found.unit, found.cooperating) == (Decision.HUB, "QS-HUB", ())


def test_unmapped_role_goes_to_the_hub_with_the_reason() -> None:
    """A role that no unit holds is said plainly, for the dispatcher and for doctor."""
    found = go(Item(Tier.D, "nobody"))
    assert (found.decision, found.unit, found.lead) == (Decision.HUB, "QS-HUB", None)
    assert found.reason[0] == Reason(Because.UNMAPPED_ROLE, (("role", "nobody"),))
    alarm = go(replace(GAS, cooperating=("nobody",)))
    assert Reason(Because.UNMAPPED_ROLE, (("role", "nobody"),)) in alarm.reason


def test_two_equally_near_holders_need_a_person() -> None:
    """Two companies of one community are not guessed between, but both hear an emergency."""
    rival = Unit("QS-CZ-PM2", "翠竹二物业", Tier.C, "QS-CZ", ("property_company",), kind="company")
    directory = changed(rival)
    calm = route(RouteRequest(Item(Tier.C, "property_company"), GRID, True, False), directory)
    assert (calm.decision, calm.unit) == (Decision.HUB, "QS-HUB")
    assert calm.reason[0].code is Because.SEVERAL_HOLDERS
    alarm = route(RouteRequest(LIFT, GRID, True, True), directory)
    assert (alarm.unit, alarm.cooperating) == ("QS-CZ-PM", ("QS-CZ-PM2", "QS-FIRE"))


def test_a_unit_of_the_grid_itself_comes_first() -> None:
    """A dedicated grid with a company of its own overrides the community's (R039)."""
    own = Unit("QS-CZ-3-PM", "园区物业", Tier.D, GRID, ("property_company",), kind="company")
    directory = changed(own)
    assert nearest("property_company", GRID, directory) == ("QS-CZ-3-PM",)
    assert nearest("property_company", "QS-CZ-2", directory) == ("QS-CZ-PM",)


def test_a_neighbouring_grid_never_answers() -> None:
    """A grid without the role climbs; it does not borrow the grid next door."""
    bare = replace(DEMO.units[GRID], roles=())
    assert nearest("grid", GRID, changed(bare)) == ()


def test_border_place_lets_both_grids_lead() -> None:
    """On a border both grids are entitled, the first to accept leads (R044)."""
    found = go(GRID_ITEM, border=("QS-JX-3", "QS-GONE"))
    assert (found.unit, found.also) == (GRID, ("QS-JX-3",))
    assert Reason(Because.BORDER, (("grid", "QS-JX-3"),)) in found.reason
    shared = go(SQUAD_ITEM, border=("QS-CZ-2",))
    assert shared.also == ()
    lift = go(LIFT, border=("QS-JX-3",))
    assert lift.also == ("QS-JX-PM",)


@pytest.mark.parametrize("item", shipped_items(), ids=lambda item: item.code)
def test_every_shipped_item_finds_its_units_in_every_grid(item: object) -> None:
    """Nothing of the shipped list is unmapped anywhere in the demo, cooperating included."""
    for grid in GRIDS:
        for emergency in (False, True):
            found = route(RouteRequest(item, grid, True, emergency), DEMO)  # type: ignore[arg-type]
            assert found.lead in DEMO.units
            assert not {Because.UNMAPPED_ROLE, Because.SEVERAL_HOLDERS} & set(why(found))
            assert found.unit not in found.cooperating
            assert len(set(found.cooperating)) == len(found.cooperating)


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("QS-CZ-3", ["QS-CZ", "QS-HUB", "CD-HUB"]),
        ("QS-CZ-PM", ["QS-CZ", "QS-HUB", "CD-HUB"]),
        ("QS-ENF", ["QS-HUB", "CD-HUB"]),
        ("QS-HUB", ["CD-HUB"]),
        ("CD-GAS", ["CD-HUB"]),
        ("CD-HUB", []),
        (ROOT, []),
    ],
)
def test_escalation_ladder(code: str, steps: list[str]) -> None:
    """Grid, community, town hub, district hub, end; offices go to what they stand under."""
    taken: list[str] = []
    here: str | None = code
    while here and (up := next_tier(here, DEMO)):
        taken.append(up.code)
        here = up.code
    assert taken == steps


@pytest.mark.parametrize(
    ("code", "hub", "others"),
    [
        ("QS-CZ-3", "QS-HUB", ("QS-HUB", "CD-HUB")),
        ("QS-ENF", "QS-HUB", ("QS-HUB", "CD-HUB")),
        ("QS-HUB", "QS-HUB", ("CD-HUB",)),
        ("CD-GAS", "CD-HUB", ("CD-HUB",)),
        ("CD-HUB", "CD-HUB", ()),
        (ROOT, None, ()),
    ],
)
def test_hub_in_charge_and_fallbacks(code: str, hub: str | None, others: tuple[str, ...]) -> None:
    """A unit without a living channel is covered by the hubs above it, lowest first."""
    assert hub_for(code, DEMO) == hub
    assert fallbacks(code, DEMO) == others


def test_a_town_without_a_hub_is_covered_by_the_district() -> None:
    """A missing town hub loses nothing: the district hub takes its cases."""
    directory = changed(without="QS-HUB")
    found = route(RouteRequest(TOWN_ITEM, GRID, True, False), directory)
    assert (found.decision, found.unit) == (Decision.HUB, "CD-HUB")


def test_one_decision_costs_under_a_millisecond() -> None:
    """Routing keeps within its figure on the demo district."""
    start = time.perf_counter()
    for _ in range(300):
        go(GAS)
    assert (time.perf_counter() - start) / 300 < 0.001
