"""Dispatch: who gets a case alone, what waits at a hub, and what when nobody can be reached."""

from __future__ import annotations

from bot.domain.units import ROOT, Role
from tests.town import Rehearsal, labels

RESIDENT, WORKER, OTHER = 1001, 2001, 2002
TOWN_DESK, DISTRICT_DESK, BOSS, ADMIN = 3001, 3002, 4001, 5001

RUBBISH = "翠竹路菜市场后门垃圾堆成山了"  # D, grid
STALLS = "翠竹路菜市场后门有人占道摆摊"  # C, community squad
LAMP = "翠竹路菜市场后门路灯不亮"  # B, town urban management
OLD_SHED = "幸福里6栋长期违建圈占公共空间"  # A, district office


async def test_sure_d_and_c_go_to_their_units_alone(town: Rehearsal) -> None:
    """A sure D case goes to its grid, a sure C case to the community's squad, with no hub."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER), ("QS-CZ-SQ", Role.UNIT_DUTY))
    await town.channel("QS-CZ-3", WORKER)
    await town.channel("QS-CZ-SQ", WORKER)
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", TOWN_DESK)
    before = len(await town.texts(hub))

    first = await town.report(RESIDENT, RUBBISH)
    second = await town.report(RESIDENT, STALLS)

    assert "D 网格" in (await town.card("QS-CZ-3", first))["text"]
    assert "C 社区" in (await town.card("QS-CZ-SQ", second))["text"]
    assert len(await town.texts(hub)) == before


async def test_b_waits_at_the_town_hub_and_goes_on_by_one_tap(town: Rehearsal) -> None:
    """A B case is proposed to the town hub; 确认 sends it on within the same deadlines (R030)."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(WORKER, "金科", ("QS-UM", Role.UNIT_DUTY))
    await town.channel("QS-HUB", TOWN_DESK)
    await town.channel("QS-UM", WORKER)

    number = await town.report(RESIDENT, LAMP)
    assert "正在分派" in (await town.find(RESIDENT, number))["text"]
    promised = (await town.case(number)).case
    asked = await town.card("QS-HUB", number)
    assert "建议派给：镇城管办" in asked["text"]
    assert labels(asked) == ["✅ 确认", "🔀 改派"]

    await town.forward(minutes=20)
    assert await town.tap(TOWN_DESK, asked, "确认") == "已派给 镇城管办"

    seen = await town.case(number)
    card = await town.card("QS-UM", number)
    assert labels(card) == ["✋ 签收", "↩️ 不归我管", "✏️ 改事项"]
    assert seen.tasks[0].respond_due == promised.respond_due  # the limit runs from submission
    assert (seen.case.respond_due, seen.case.resolve_due) == (
        promised.respond_due,
        promised.resolve_due,
    )
    done = await town.card("QS-HUB", number)
    assert "已派给 镇城管办" in done["text"]
    assert labels(done) == []


async def test_a_waits_at_the_district_hub_in_one_hop(town: Rehearsal) -> None:
    """An A case reported in a grid reaches the district's queue at once (R033)."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(DISTRICT_DESK, "王", ("CD-HUB", Role.DISPATCHER))
    town_hub = await town.channel("QS-HUB", TOWN_DESK)
    await town.channel("CD-HUB", DISTRICT_DESK)
    before = len(await town.texts(town_hub))

    number = await town.report(RESIDENT, OLD_SHED)

    assert "建议派给：区查违办" in (await town.card("CD-HUB", number))["text"]
    assert len(await town.texts(town_hub)) == before
    assert await town.events(number) == ["received", "queued"]


async def test_reassigning_by_button_picks_an_item(town: Rehearsal) -> None:
    """改派 shows the other guesses; picking one finds its unit by the place."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.channel("QS-HUB", TOWN_DESK)
    await town.person(WORKER, "黄", ("QS-CZ", Role.COMMUNITY_OFFICER))
    await town.channel("QS-CZ", WORKER)
    number = await town.report(RESIDENT, "竹苑小区门口路灯坏了")

    await town.tap(TOWN_DESK, await town.card("QS-HUB", number), "改派")
    asked = await town.card("QS-HUB", number)
    assert labels(asked) == ["✅ 确认", "🔀 改派", "路灯不亮", "物业服务"]
    await town.tap(TOWN_DESK, asked, "物业服务")

    seen = (await town.case(number)).case
    assert (seen.item, seen.lead, seen.status) == ("ZJ01", "QS-CZ", "dispatched")
    assert "物业服务" in (await town.card("QS-CZ", number))["text"]
    assert (await town.events(number))[-1] == "reassigned"


async def test_digits_in_reply_to_a_hub_card_mean_what_is_shown(town: Rehearsal) -> None:
    """A digit picks the button of that number, before and after 改派 alike."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", TOWN_DESK)
    number = await town.report(RESIDENT, "竹苑小区门口路灯坏了")
    card = await town.card("QS-HUB", number)

    await town.say(TOWN_DESK, "2", chat=hub, reply_to=card["message_id"])
    shown = labels(await town.card("QS-HUB", number))
    assert shown[3] == "物业服务"
    assert (await town.case(number)).case.status == "queued"
    await town.say(TOWN_DESK, "4", chat=hub, reply_to=card["message_id"])

    assert (await town.case(number)).case.item == "ZJ01"


async def test_reassigning_by_reply_names_a_unit_or_an_item(town: Rehearsal) -> None:
    """A dispatcher's reply with a unit's name or an item in words reassigns the case."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", TOWN_DESK)
    number = await town.report(RESIDENT, LAMP)
    other = await town.report(RESIDENT, LAMP)
    card = await town.find(hub, number)

    refused = await town.say(TOWN_DESK, "给老张吧", chat=hub, reply_to=card["message_id"])
    assert "没认出单位" in refused["text"]
    assert (await town.case(number)).case.status == "queued"
    await town.say(TOWN_DESK, "请镇建设办处理", chat=hub, reply_to=card["message_id"])
    card = await town.find(hub, other)
    await town.say(TOWN_DESK, "其实是垃圾堆积", chat=hub, reply_to=card["message_id"])

    assert (await town.case(number)).case.lead == "QS-BUILD"
    seen = (await town.case(other)).case
    assert (seen.item, seen.lead) == ("CG01", "QS-CZ-3")


async def test_a_higher_tiers_item_is_not_pushed_down(town: Rehearsal) -> None:
    """A B item cannot be given to a grid to lead; the refusal says what to do (R024)."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", TOWN_DESK)
    number = await town.report(RESIDENT, LAMP)
    card = await town.card("QS-HUB", number)

    said = await town.say(TOWN_DESK, "翠竹社区第 3 网格", chat=hub, reply_to=card["message_id"])

    assert "不能下派" in said["text"]
    seen = await town.case(number)
    assert (seen.case.status, seen.tasks) == ("queued", ())


async def test_reassigning_after_dispatch_takes_the_first_card_away(town: Rehearsal) -> None:
    """Until somebody has accepted, the hub may correct itself; afterwards it is too late."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(WORKER, "金科", ("QS-UM", Role.UNIT_DUTY))
    await town.person(OTHER, "江科", ("QS-BUILD", Role.UNIT_DUTY))
    hub = await town.channel("QS-HUB", TOWN_DESK)
    await town.channel("QS-UM", WORKER)
    await town.channel("QS-BUILD", OTHER)
    number = await town.report(RESIDENT, LAMP)
    card = await town.card("QS-HUB", number)
    await town.tap(TOWN_DESK, card, "确认")
    first = await town.card("QS-UM", number)

    await town.say(TOWN_DESK, "镇建设办", chat=hub, reply_to=card["message_id"])
    gone = await town.card("QS-UM", number)
    assert "已改派" in gone["text"]
    assert labels(gone) == []
    assert "不在这一步" in await town.tap_data(WORKER, gone, _data(first))

    await town.tap(OTHER, await town.card("QS-BUILD", number), "签收")
    late = await town.say(TOWN_DESK, "镇城管办", chat=hub, reply_to=card["message_id"])
    assert "不在这一步" in late["text"]
    assert (await town.case(number)).case.lead == "QS-BUILD"


async def test_only_the_hub_dispatches(town: Rehearsal) -> None:
    """A confirmation by somebody who is no dispatcher of this hub changes nothing."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(OTHER, "路人")
    await town.channel("QS-HUB", TOWN_DESK)
    number = await town.report(RESIDENT, LAMP)
    card = await town.card("QS-HUB", number)

    assert "负责的人" in await town.tap(OTHER, card, "确认")
    assert (await town.case(number)).case.status == "queued"
    await town.tap(TOWN_DESK, card, "确认")
    assert "不在这一步" in await town.tap_data(TOWN_DESK, card, _data(card))


async def test_an_unknown_place_goes_to_the_hub(town: Rehearsal) -> None:
    """Nobody knows where: one question, then the town's hub sorts it out, never dropped."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.channel("QS-HUB", TOWN_DESK)

    asked = await town.say(RESIDENT, "垃圾堆成山了，好几天没人收")
    await town.tap(RESIDENT, asked, "说不清")
    await town.tap(RESIDENT, await town.find(RESIDENT, "看起来是"), "提交")
    number = await town.number(RESIDENT)

    card = await town.card("QS-HUB", number)
    assert "地点不清楚" in card["text"]
    assert (await town.case(number)).case.status == "queued"


async def test_an_unsure_item_goes_to_the_hub(town: Rehearsal) -> None:
    """When none of the guesses is right, the hub gets the case with the guesses to choose from."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", TOWN_DESK)

    asked = await town.say(RESIDENT, "竹苑小区有味道")
    await town.tap(RESIDENT, asked, "都不是")
    await town.tap(RESIDENT, await town.last(RESIDENT), "提交")
    number = await town.number(RESIDENT)
    card = await town.card("QS-HUB", number)
    assert "回复本卡片写单位全名" in card["text"]
    assert "✅ 确认" not in labels(card)

    await town.say(TOWN_DESK, "翠竹社区物业", chat=hub, reply_to=card["message_id"])
    assert (await town.case(number)).case.lead == "QS-CZ-PM"


async def test_a_likely_fire_goes_to_the_fire_station(town: Rehearsal) -> None:
    """In danger a likely emergency comes first, although an everyday matter is likelier."""
    await town.person(RESIDENT, "小李")
    text = "翠竹路菜市场后门垃圾没人收，着火了，快来人"
    async with town.core.look() as work:
        rubbish, fire = work.world.tagger.tag(text).guesses[:2]
    assert (rubbish.item, fire.item) == ("CG01", "XF01")

    await town.say(RESIDENT, text)

    case = (await town.case(await town.number(RESIDENT))).case
    assert (case.item, case.lead, case.emergency) == ("XF01", "QS-FIRE", True)


async def test_a_hub_that_waits_half_a_working_hour_is_reminded_once(town: Rehearsal) -> None:
    """After half a working hour the hub's people and its supervisor are told, once."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.channel("QS-HUB", TOWN_DESK)
    number = await town.report(RESIDENT, LAMP)

    await town.to("2026-11-20T09:59:59")
    assert await _count(town, TOWN_DESK, "等分派") == 0
    await town.to("2026-11-20T10:00")
    await town.forward(hours=1)

    assert await _count(town, TOWN_DESK, "等分派") == 1
    assert await _count(town, BOSS, "等分派") == 1
    assert (await town.events(number)).count("overdue") == 1


async def test_without_a_channel_people_then_the_next_hub_then_administrators(
    town: Rehearsal,
) -> None:
    """A case finds a person of the hub, else the hub above, else an administrator is told."""
    await town.person(RESIDENT, "小李")
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    nobody = await town.report(RESIDENT, LAMP)
    assert nobody in (await town.find(ADMIN, "没有人能收到"))["text"]

    await town.person(DISTRICT_DESK, "王", ("CD-HUB", Role.DISPATCHER))
    above = await town.report(RESIDENT, LAMP)
    assert await _count(town, DISTRICT_DESK, above) == 1

    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    person = await town.report(RESIDENT, LAMP)
    asked = await town.find(TOWN_DESK, person)
    assert await _count(town, DISTRICT_DESK, person) == 0

    hub = await town.channel("QS-HUB", TOWN_DESK)
    channel = await town.report(RESIDENT, LAMP)
    assert await _count(town, hub, channel) == 1
    assert await town.tap(TOWN_DESK, asked, "确认") == "已派给 镇城管办"


async def test_whoever_joins_later_gets_exactly_what_waits(town: Rehearsal) -> None:
    """A channel bound later shows the cases that wait for its unit, each once, and no other."""
    await town.person(RESIDENT, "小李")
    first = await town.report(RESIDENT, RUBBISH)
    second = await town.report(RESIDENT, "竹苑小区楼道堆满杂物")
    elsewhere = await town.report(RESIDENT, "幸福里6栋楼道堆满杂物")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    assert [await _count(town, WORKER, n) for n in (first, second, elsewhere)] == [1, 1, 0]

    await town.person(OTHER, "李工", ("QS-CZ-3", Role.GRID_WORKER))
    assert [await _count(town, OTHER, n) for n in (first, second)] == [0, 0]

    waiting = await town.report(RESIDENT, LAMP)
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", TOWN_DESK)
    assert await _count(town, TOWN_DESK, waiting) == 1
    assert await _count(town, hub, waiting) == 0


async def test_a_channel_bound_later_takes_over_from_the_fallback(town: Rehearsal) -> None:
    """What a hub received for a unit without a channel moves to the unit's channel when bound."""
    await town.person(RESIDENT, "小李")
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", TOWN_DESK)
    number = await town.report(RESIDENT, RUBBISH)
    assert "还没有能用的群" in (await town.find(hub, number))["text"]

    await town.person(WORKER, "王工", ("QS-CZ-1", Role.GRID_WORKER))
    group = await town.channel("QS-CZ-3", WORKER)
    assert await _count(town, group, number) == 1


def _data(message: dict[str, object]) -> str:
    rows = message["reply_markup"]["inline_keyboard"]  # type: ignore[index]
    return str(rows[0][0]["callback_data"])


async def _count(town: Rehearsal, chat: int, words: str) -> int:
    return sum(words in text for text in await town.texts(chat))
