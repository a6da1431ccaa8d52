"""Words and place pins -> grids, on the shipped demo district."""

from __future__ import annotations

import math

import pytest

from bot.adapters.chinese import simplify
from bot.adapters.directory_folder import load_demo
from bot.adapters.geometry import GridIndex
from bot.domain.places import PlaceResult, PlaceStatus, fold, gazetteer, resolve, too_bare
from bot.domain.units import Directory, PlaceName, Tier, Unit

DEMO = load_demo().directory
INDEX = GridIndex(DEMO.polygons)
FIND = gazetteer(DEMO, simplify)
MARKET = (23.3942, 113.2166)  # inside QS-CZ-3, latitude first
FAR = (39.9042, 116.4074)


def where(text: str | None, location: tuple[float, float] | None = None) -> PlaceResult:
    return resolve(text, location, DEMO, INDEX.grids_at, FIND)


@pytest.mark.parametrize(
    ("text", "grid", "matched"),
    [
        ("翠竹路菜市场后门垃圾堆成山了", "QS-CZ-3", "翠竹路菜市场后门"),
        ("翠竹农贸市场门口", "QS-CZ-3", "翠竹路菜市场"),
        ("幸福里三栋二单元楼道", "QS-CZ-2", "幸福里3栋"),
        ("幸福里9栋", "QS-CZ-2", "幸福里"),
        ("锦绣公寓六号楼", "QS-JX-1", "锦绣公寓6栋"),
        ("锦绣花园十二幢", "QS-JX-2", "锦绣花园12栋"),
        ("翠竹社区第3网格", "QS-CZ-3", "翠竹社区第 3 网格"),
        ("翠竹社区 第三网格", "QS-CZ-3", "翠竹社区第 3 网格"),
        ("滨江1号门口", "QS-HW-1", "滨江一号"),
    ],
)
def test_one_name_is_enough(text: str, grid: str, matched: str) -> None:
    """The longest gazetteer name or alias in a text leads to its grid, however it is written."""
    assert where(text) == PlaceResult((grid,), matched, PlaceStatus.KNOWN)


@pytest.mark.parametrize("text", ["幸福裡門口", "ＸＸ 幸福 里"])
def test_spelling_does_not_matter(text: str) -> None:
    """Traditional characters and stray spaces still find the place."""
    assert where(text).grids == ("QS-CZ-2",)


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("翠竹路和建设路交界", "QS-CZ-3"),
        ("翠竹路的阳光花园", "QS-CZ-3"),
        ("河湾路的阳光花园", "QS-HW-2"),
        ("河湾路菜市场", "QS-HW-2"),
        ("翠竹社区建设路", "QS-CZ-3"),
        ("青松镇翠竹公园", "QS-CZ-1"),
    ],
)
def test_names_narrow_one_another(text: str, grid: str) -> None:
    """A road with a landmark, or a community with a road, means the grid that both share."""
    assert where(text).grids == (grid,)
    assert where(text).status is PlaceStatus.KNOWN


@pytest.mark.parametrize(
    ("text", "grids"),
    [
        ("翠竹路有积水", ("QS-CZ-2", "QS-CZ-3")),
        ("阳光花园电梯坏了", ("QS-CZ-3", "QS-HW-2")),
        ("菜市场后门", ("QS-CZ-3", "QS-HW-2")),
        ("从幸福里一直到锦绣公寓", ("QS-CZ-2", "QS-JX-1")),
        ("翠竹社区", ("QS-CZ-1", "QS-CZ-2", "QS-CZ-3")),
    ],
)
def test_several_candidates_are_never_guessed(text: str, grids: tuple[str, ...]) -> None:
    """A name of several grids, or names that contradict one another, stay ambiguous (R038)."""
    found = where(text)
    assert (found.grids, found.status) == (grids, PlaceStatus.AMBIGUOUS)


@pytest.mark.parametrize(
    "text", [None, "", "六栋楼道里好大煤气味", "6栋2单元", "青松镇很热", "🏠" * 2000]
)
def test_too_little_is_unknown(text: str | None) -> None:
    """A building number alone, a whole town, or no name at all is no place."""
    assert where(text) == PlaceResult((), None, PlaceStatus.UNKNOWN)


def test_a_shared_alias_is_shown_as_it_was_said() -> None:
    """A word that means two places is not shown under the name of one of them."""
    assert where("菜市场很臭").matched == "菜市场"


def test_a_pin_inside_wins_over_words() -> None:
    """Coordinates inside a grid decide, even when the words name another one."""
    assert where("锦绣公寓", MARKET) == PlaceResult(("QS-CZ-3",), None, PlaceStatus.KNOWN)
    assert where("翠竹路", MARKET) == PlaceResult(("QS-CZ-3",), "翠竹路", PlaceStatus.KNOWN)


@pytest.mark.parametrize("location", [FAR, (0.0, 0.0), (123.0, 23.4), (math.nan, 113.2)])
def test_a_pin_far_away_is_outside(location: tuple[float, float]) -> None:
    """Coordinates in no grid, or impossible ones, are outside; words remain a suggestion."""
    assert where(None, location) == PlaceResult((), None, PlaceStatus.OUTSIDE)
    hinted = where("幸福里", location)
    assert (hinted.grids, hinted.status) == (("QS-CZ-2",), PlaceStatus.OUTSIDE)


def test_a_border_point_names_both_grids() -> None:
    """A pin on a border belongs to both grids (R044), unless the words choose between them."""

    def border(lat: float, lon: float) -> tuple[str, ...]:
        return ("QS-CZ-3", "QS-CZ-2")

    both = resolve(None, MARKET, DEMO, border, FIND)
    assert both == PlaceResult(("QS-CZ-2", "QS-CZ-3"), None, PlaceStatus.KNOWN)
    chosen = resolve("幸福里", MARKET, DEMO, border, FIND)
    assert chosen == PlaceResult(("QS-CZ-2",), "幸福里", PlaceStatus.KNOWN)


def test_grids_that_left_the_directory_are_not_answered() -> None:
    """A polygon or name of a grid that is no unit any more leads nowhere."""
    grid = Unit("G", "某某网格", Tier.D, None, kind="grid")
    shrunk = Directory({"G": grid}, (PlaceName("幸福里", "GONE", "estate"),))

    def stale(lat: float, lon: float) -> tuple[str, ...]:
        return ("GONE",)

    gone = resolve("幸福里", None, shrunk, stale, gazetteer(shrunk))
    assert gone.status is PlaceStatus.UNKNOWN
    pinned = resolve(None, MARKET, shrunk, stale, gazetteer(shrunk))
    assert pinned.status is PlaceStatus.OUTSIDE


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("六幢", "6栋"),
        ("十二号楼", "12栋"),
        ("一百零三号", "103号"),
        ("二〇三号", "203号"),
        ("A座", "a栋"),
        ("１２ 栋", "12栋"),
        ("第十网格", "第10网格"),
        ("三里屯", "三里屯"),
    ],
)
def test_numbers_have_one_spelling(written: str, folded: str) -> None:
    """Chinese numbers before a counter read as digits, and all words for a block as one."""
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("6栋", True),
        ("三单元", True),
        ("门", True),
        ("B12", True),
        ("幸福里6栋", False),
        ("SOHO", False),
        ("Cuizhu Road", False),
    ],
)
def test_a_bare_number_is_no_name(name: str, bare: bool) -> None:
    """A gazetteer may not hold a name that every estate has."""
    assert too_bare(name) is bare
