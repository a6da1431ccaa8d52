"""Units are called by their English names where somebody reads English, and found by them."""

from __future__ import annotations

from bot.domain.units import Role, Tier, Unit, UnitName
from bot.i18n import texts
from tests.town import Rehearsal, labels

RESIDENT, WORKER, DISPATCHER, ADMIN = 1001, 2001, 3001, 4001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"  # D, grid
LAMP = "翠竹路菜市场后门路灯不亮"  # B, town urban management, waits at the hub


def test_a_name_is_in_the_readers_language() -> None:
    """The same parameter reads Chinese in Chinese, English in English; Chinese where it must."""
    grid = Unit("X-1", "第 1 网格", Tier.D, "X", name_en="Grid 1")
    for named in (grid, UnitName(grid)):
        assert texts("en")("dispatched-to", unit=named).endswith("Grid 1")
        assert texts("zh_Hans")("dispatched-to", unit=named).endswith("第 1 网格")
    bare = UnitName(Unit("X-2", "第 2 网格", Tier.D, "X"))
    assert texts("en")("dispatched-to", unit=bare).endswith("第 2 网格")


async def test_an_english_reader_reads_english_names(town: Rehearsal) -> None:
    """Preview, grids to choose from, answers and the timeline; the place may be a grid alone."""
    await town.town.user("Anna", id=RESIDENT, language_code="en")
    asked = await town.say(RESIDENT, RUBBISH)
    assert "Cuizhu Grid 3" in asked["text"]
    assert "网格" not in asked["text"]

    await town.say(RESIDENT, "/cancel")
    asked = await town.say(RESIDENT, "/report 垃圾堆成山了，好几天没人收")
    assert "2 Cuizhu Grid 2" in labels(asked)
    await town.tap(RESIDENT, asked, "2 Cuizhu Grid 2")
    await town.tap(RESIDENT, await town.last(RESIDENT), "Submit")

    received = await town.last(RESIDENT)
    number = next(w for w in received["text"].replace(".", " ").split() if w.isdecimal())
    shown = await town.say(RESIDENT, f"/case {number}")
    assert shown["text"].splitlines()[2] == "Cuizhu Grid 2"
    assert "网格" not in received["text"] + shown["text"]


async def test_a_grid_alone_is_named_once(town: Rehearsal) -> None:
    """A place that is only a grid is not said twice on the card."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-2", Role.GRID_WORKER))
    await town.channel("QS-CZ-2", WORKER)
    asked = await town.say(RESIDENT, "垃圾堆成山了，好几天没人收")
    await town.tap(RESIDENT, asked, "2 翠竹社区第 2 网格")
    await town.tap(RESIDENT, await town.last(RESIDENT), "提交")

    card = await town.card("QS-CZ-2", "垃圾堆积")
    assert card["text"].splitlines()[1] == "翠竹社区第 2 网格"


async def test_a_dispatcher_may_answer_with_the_english_name(town: Rehearsal) -> None:
    """改派 by the unit's name works in either language, in capitals or not."""
    await town.person(RESIDENT, "小李")
    await town.person(DISPATCHER, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.channel("QS-HUB", DISPATCHER)
    number = await town.report(RESIDENT, LAMP)

    card = await town.card("QS-HUB", number)
    said = "please send it to town sanitation"
    await town.say(DISPATCHER, said, chat=town.groups["QS-HUB"], reply_to=card["message_id"])

    assert (await town.case(number)).case.lead == "QS-SAN"


async def test_the_administrators_list_is_in_their_language(town: Rehearsal) -> None:
    """/units names units as its reader calls them."""
    await town.town.user("Root", id=ADMIN, language_code="en")
    await town.person(ADMIN, "Root", ("ROOT", Role.ADMIN), ("QS-HUB", Role.DISPATCHER))
    await town.town.user("Root", id=ADMIN, language_code="en")
    shown = await town.say(ADMIN, "/units")
    assert "QS-HUB Town dispatch centre" in shown["text"]
