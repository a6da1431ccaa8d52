"""Putting the tagger right in chat: one tap, kept with who and why, and no word of the report."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.domain.corrections import Correction, What, Why
from bot.domain.units import Role
from bot.services import retention
from tests.town import Json, Rehearsal, data_of, labels

LI, ZHU, LIN, DESK, COLLEAGUE, STRANGER = 1001, 2001, 2002, 3001, 2004, 1099
RUBBISH = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"
LAMP = "翠竹路菜市场后门路灯不亮"
GAS = "幸福里6栋楼道里好大煤气味，有人头晕"
GRID = "QS-CZ-3"


@pytest.fixture(autouse=True)
async def _crew(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    await town.person(ZHU, "朱网格员", (GRID, Role.GRID_WORKER))
    await town.person(DESK, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.channel(GRID, ZHU)
    await town.channel("QS-HUB", DESK)
    yield
    await town.sound()


async def card(town: Rehearsal, unit: str = GRID) -> Json:
    """The newest card in a unit's channel: what else is said there has no dot."""
    return await town.card(unit, " · ")


async def kept(town: Rehearsal, number: str) -> Sequence[Correction]:
    """The corrections of a case, oldest first."""
    seen = await town.case(number)
    async with town.core.look() as work:
        return await work.uow.corrections.of(seen.case.id)


async def accepted(town: Rehearsal) -> str:
    """A case that the grid worker has accepted; its number."""
    number = await town.report(LI, RUBBISH)
    await town.tap(ZHU, await card(town), "签收")
    return number


# The unit


@pytest.mark.parametrize("taken", [False, True], ids=["received", "accepted"])
async def test_one_tap_on_a_guess(town: Rehearsal, taken: bool) -> None:
    """改事项 and an item: the card stays with the unit and says what it is now; nothing is sent
    and no limit moves."""
    number = await town.report(LI, RUBBISH)
    if taken:
        await town.tap(ZHU, await card(town), "签收")
    before, base = (await town.case(number)), labels(await card(town))
    said, group = len(await town.texts(LI)), len(await town.texts(town.groups[GRID]))

    await town.tap(ZHU, await card(town), "改事项")
    asked = await card(town)
    assert "应该是哪件事" in asked["text"]
    assert labels(asked)[: len(base)] == base
    assert "垃圾堆积" not in labels(asked)
    assert labels(asked)[-2:] == ["✍️ 别的，我来写", "返回"]
    answer = await town.tap(ZHU, asked, "车辆乱停放")

    assert answer == f"{number} 已改为 车辆乱停放，仍由本单位办。"
    seen = await town.case(number)
    assert (seen.case.item, seen.case.lead, seen.case.status) == (
        "CG05", GRID, before.case.status,
    )  # fmt: skip
    assert seen.tasks == before.tasks
    assert (seen.case.respond_due, seen.case.resolve_due) == (
        before.case.respond_due, before.case.resolve_due,
    )  # fmt: skip
    shown = await card(town)
    assert f"{number} 车辆乱停放" in shown["text"]
    assert labels(shown) == base
    assert (len(await town.texts(LI)), len(await town.texts(town.groups[GRID]))) == (said, group)
    if taken:
        assert "车辆乱停放" in (await town.find(ZHU, "直接回复"))["text"]

    (one,) = await kept(town, number)
    async with town.core.look() as work:
        worker = await work.uow.people.by_chat(ZHU)
        event = (await work.uow.cases.events(seen.case.id))[-1]
    assert worker is not None
    assert (one.actor, one.role) == (f"person:{worker.id}", "owner" if taken else "staff")
    assert (one.what, one.was, one.now) == (What.ITEM, "CG01", "CG05")
    assert one.at == town.clock.now()
    assert dict(one.guesses).keys() == set(seen.case.why["guesses"])
    assert all(0 < p <= 1 for _, p in one.guesses)
    assert (event.kind, event.actor) == ("item_changed", one.actor)
    assert (event.data["was"], event.data["item"]) == ("CG01", "CG05")
    timeline = (await town.say(LI, f"/case {number}"))["text"]
    assert "更正了事项" in timeline


async def test_back_leaves_the_card_as_it_was(town: Rehearsal) -> None:
    """返回 closes the menu; nothing was changed."""
    number = await accepted(town)
    before = await card(town)
    await town.tap(ZHU, before, "改事项")
    await town.tap(ZHU, await card(town), "返回")
    after = await card(town)
    assert (after["text"], labels(after)) == (before["text"], labels(before))
    assert await kept(town, number) == []


@pytest.mark.parametrize(
    ("written", "code"),
    [("NL01", "NL01"), ("nl01 谢谢", "NL01"), ("是不文明养犬", "NL01"), ("小广告", "CG04")],
)
async def test_another_one_by_code_or_name(town: Rehearsal, written: str, code: str) -> None:
    """What is not among the buttons is written in private: a code, a name, or words."""
    number = await accepted(town)
    await town.tap(ZHU, await card(town), "改事项")
    link = await town.tap(ZHU, await card(town), "别的")
    assert link.endswith("?start=go")
    await town.town.start(ZHU, "go")
    await town.settle()
    assert "请写名称或代码" in (await town.last(ZHU))["text"]
    assert "没认出事项" in (await town.say(ZHU, "呃呃呃"))["text"]
    assert "已改为" in (await town.say(ZHU, written))["text"]
    assert (await town.case(number)).case.item == code
    assert len(await kept(town, number)) == 1


async def test_from_the_private_panel_by_digits(town: Rehearsal) -> None:
    """In private the menu answers to plain digits, its items behind the panel's own buttons."""
    number = await accepted(town)
    panel = await town.find(ZHU, "直接回复")
    await town.tap(ZHU, panel, "改事项")
    shown = labels(await town.find(ZHU, "应该是哪件事"))
    await town.say(ZHU, str(shown.index("车辆乱停放") + 1))
    assert (await town.case(number)).case.item == "CG05"


async def test_digits_in_reply_to_the_card(town: Rehearsal) -> None:
    """A digit opens the menu and picks from it; with the menu closed it is no item."""
    number = await accepted(town)
    group, shown = town.groups[GRID], await card(town)
    reply = shown["message_id"]
    number_of = labels(shown).index("✏️ 改事项") + 1
    await town.say(ZHU, str(number_of + 1), chat=group, reply_to=reply)
    assert (await town.case(number)).case.item == "CG01"
    await town.say(ZHU, str(number_of), chat=group, reply_to=reply)
    items = labels(await card(town))
    said = await town.say(ZHU, str(items.index("车辆乱停放") + 1), chat=group, reply_to=reply)
    assert "已改为 车辆乱停放" in said["text"]
    assert (await town.case(number)).case.item == "CG05"


async def test_the_digit_for_another_one_leads_to_private(town: Rehearsal) -> None:
    """Without a tap there is no link to open: a button is sent that does."""
    number = await accepted(town)
    group, shown = town.groups[GRID], await card(town)
    await town.tap(ZHU, shown, "改事项")
    items = labels(await card(town))
    said = await town.say(
        ZHU, str(items.index("✍️ 别的，我来写") + 1), chat=group, reply_to=shown["message_id"]
    )
    assert labels(said) == ["去私聊"]
    await town.say(ZHU, "小广告")
    assert (await town.case(number)).case.item == "CG04"


async def test_the_same_tap_again(town: Rehearsal) -> None:
    """A tap twice, a replayed update or the present item: one correction, and a sentence."""
    number = await accepted(town)
    await town.tap(ZHU, await card(town), "改事项")
    asked = await card(town)
    await town.tap(ZHU, asked, "车辆乱停放")
    again = await town.tap_data(ZHU, asked, data_of(asked, "车辆乱停放"))
    assert again == "现在就是 车辆乱停放，不用改。"
    assert len(await kept(town, number)) == 1
    assert (await town.events(number)).count("item_changed") == 1


async def test_a_restart_in_the_middle(town: Rehearsal) -> None:
    """The open menu and the question in private outlive the process."""
    number = await accepted(town)
    shown = await card(town)
    await town.tap(ZHU, shown, "改事项")
    await town.restart()
    items = labels(await card(town))
    await town.say(
        ZHU,
        str(items.index("车辆乱停放") + 1),
        chat=town.groups[GRID],
        reply_to=shown["message_id"],
    )
    assert (await town.case(number)).case.item == "CG05"
    await town.tap(ZHU, await card(town), "改事项")
    await town.tap(ZHU, await card(town), "别的")
    await town.restart()
    await town.say(ZHU, "小广告")
    assert (await town.case(number)).case.item == "CG04"
    assert [(c.was, c.now) for c in await kept(town, number)] == [
        ("CG01", "CG05"), ("CG05", "CG04"),
    ]  # fmt: skip


async def test_an_item_of_another_unit_is_not_put_right_here(town: Rehearsal) -> None:
    """Who leads it is said, and what to do: 不归我管 as long as that is possible, else talk."""
    number = await town.report(LI, RUBBISH)
    shown = await card(town)
    lamp = data_of(shown, "改事项").replace("item", "i:CG07")
    said = await town.tap_data(ZHU, shown, lamp)
    assert said == "路灯不亮 由 镇城管办 牵头，请点不归我管。"
    await town.tap(ZHU, shown, "签收")
    said = await town.tap_data(ZHU, await card(town), lamp)
    assert said == "路灯不亮 由 镇城管办 牵头，现在不能退回了。请和 镇综合指挥中心 商量。"
    await town.tap(ZHU, await card(town), "改事项")
    await town.tap(ZHU, await card(town), "别的")
    assert "镇城管办" in (await town.say(ZHU, "路灯不亮"))["text"]
    seen = await town.case(number)
    assert (seen.case.item, seen.case.lead) == ("CG01", GRID)
    assert await kept(town, number) == []


async def test_who_may_not(town: Rehearsal) -> None:
    """A stranger, a resident, a helping unit, the unit while it is disputed, and everybody once
    it is over: refused, and nothing is kept."""
    await town.person(STRANGER, "路人")
    await town.person(LIN, "林队", ("QS-CZ-SQ", Role.UNIT_DUTY))
    await town.channel("QS-CZ-SQ", LIN)
    number = await town.report(LI, RUBBISH)
    shown = await card(town)
    menu, parking = data_of(shown, "改事项"), data_of(shown, "改事项").replace("item", "i:CG05")
    for user in (STRANGER, LI, LIN):
        for data in (menu, parking, menu.replace("item", "other")):
            assert "负责的人" in await town.tap_data(user, shown, data)
    assert await town.tap_data(ZHU, shown, menu.replace("item", "i:NOSUCH"))

    await town.tap(ZHU, shown, "不归我管")
    await town.tap(ZHU, await card(town), "事项分错了")
    await town.tap(ZHU, await card(town), "翠竹社区物业")
    assert "✏️ 改事项" not in labels(await card(town))
    assert "正在定由谁牵头" in await town.tap_data(ZHU, await card(town), parking)
    await town.tap(ZHU, await card(town), "签收")
    await town.tap(LI, await town.say(LI, f"/case {number}"), "撤回")
    assert "不在这一步" in await town.tap_data(ZHU, await card(town), parking)
    assert (await town.case(number)).case.item == "CG01"
    assert await kept(town, number) == []


async def test_a_helping_unit_has_no_button(town: Rehearsal) -> None:
    """In an emergency those who help do not say what it is; whoever leads does."""
    await town.person(LIN, "贺队", ("QS-FIRE", Role.UNIT_DUTY))
    await town.person(COLLEAGUE, "王工", ("CD-GAS", Role.DEPARTMENT_OFFICER))
    await town.channel("QS-FIRE", LIN)
    await town.channel("CD-GAS", COLLEAGUE)
    await town.say(LI, GAS)
    assert "✏️ 改事项" in labels(await card(town, "CD-GAS"))
    helper = await card(town, "QS-FIRE")
    assert "✏️ 改事项" not in labels(helper)
    tried = data_of(helper, "签收").replace("accept", "i:XF01")
    assert "事项由牵头单位改" in await town.tap_data(LIN, helper, tried)


async def test_what_becomes_secret_leaves_the_group(town: Rehearsal) -> None:
    """Corrected to a confidential item the case goes on in its owner's private chat alone."""
    await town.person(LIN, "钱警官", ("QS-POL", Role.UNIT_DUTY))
    await town.person(COLLEAGUE, "孙警官", ("QS-POL", Role.UNIT_DUTY))
    group = await town.channel("QS-POL", LIN, COLLEAGUE)
    number = await town.report(LI, LAMP)
    hub = town.groups["QS-HUB"]
    waiting = await town.card("QS-HUB", number)
    await town.say(DESK, "GA02", chat=hub, reply_to=waiting["message_id"])
    await town.tap(LIN, await card(town, "QS-POL"), "签收")
    shown = await card(town, "QS-POL")
    secret = data_of(shown, "改事项").replace("item", "i:GA04")
    await town.tap_data(LIN, shown, secret)

    case = (await town.case(number)).case
    assert (case.item, case.confidential) == ("GA04", True)
    assert (await town.card("QS-POL", number))["text"] == f"{number} 已转专人办理"
    for chat in (group, hub, town.groups[GRID]):
        assert not [t for t in await town.texts(chat) if "赌" in t]
    assert "赌黄毒线索" in (await town.find(LIN, "直接回复"))["text"]
    assert "没有这个编号" in (await town.say(COLLEAGUE, f"/case {number}"))["text"]
    await town.tap(LIN, await town.find(LIN, "直接回复"), "改事项")
    await town.tap(LIN, await town.find(LIN, "应该是哪件事"), "返回")
    for user in (COLLEAGUE, DESK):
        assert await town.tap_data(user, shown, secret)
    assert [(c.was, c.now) for c in await kept(town, number)] == [
        ("CG07", "GA02"), ("GA02", "GA04"),
    ]  # fmt: skip


# Dispatchers and reporters


async def test_a_dispatchers_choice_is_kept(town: Rehearsal) -> None:
    """改派 to another item is a correction; 确认 and another unit alone are none."""
    first = await town.report(LI, LAMP)
    await town.tap(DESK, await town.card("QS-HUB", first), "确认")
    second = await town.report(LI, LAMP)
    shown = await town.card("QS-HUB", second)
    reply = {"chat": town.groups["QS-HUB"], "reply_to": shown["message_id"]}
    await town.say(DESK, "镇建设办", **reply)
    third = await town.report(LI, LAMP)
    shown = await town.card("QS-HUB", third)
    await town.say(DESK, "其实是CG01", chat=town.groups["QS-HUB"], reply_to=shown["message_id"])

    assert await kept(town, first) == []
    assert await kept(town, second) == []
    (one,) = await kept(town, third)
    assert (one.role, one.was, one.now, one.why) == ("dispatcher", "CG07", "CG01", Why.OTHER)
    assert one.actor.startswith("person:")


async def test_a_choice_after_a_return_says_so(town: Rehearsal) -> None:
    """A hub that decides for another item after 事项分错了: the reason is kept as its class."""
    number = await town.report(LI, RUBBISH)
    await town.tap(ZHU, await card(town), "不归我管")
    await town.tap(ZHU, await card(town), "事项分错了")
    await town.tap(ZHU, await card(town), "分拨中心")
    shown = await town.card("QS-HUB", number)
    await town.say(DESK, "占道经营", chat=town.groups["QS-HUB"], reply_to=shown["message_id"])
    (one,) = await kept(town, number)
    assert (one.was, one.now, one.why) == ("CG01", "CG03", Why.RETURNED)


async def test_a_reporters_choice_before_submitting(town: Rehearsal) -> None:
    """改事项 in the dialog is kept as the reporter's: no name, no id, in an anonymous one too."""
    asked = await town.say(LI, RUBBISH)
    await town.tap(LI, asked, "匿名")
    await town.tap(LI, await town.find(LI, "看起来是"), "改事项")
    await town.tap(LI, await town.last(LI), "都不是")
    await town.tap(LI, await town.last(LI), "提交")
    number = await town.number(LI)
    (one,) = await kept(town, number)
    assert (one.actor, one.role, one.was, one.now, one.why) == (
        "reporter", "reporter", "CG01", "", Why.NONE,
    )  # fmt: skip
    assert one.guesses[0][0] == "CG01"


async def test_a_reporter_who_agrees_corrects_nothing(town: Rehearsal) -> None:
    """Picking the tagger's own first guess is no correction."""
    asked = await town.say(LI, RUBBISH)
    await town.tap(LI, asked, "改事项")
    await town.tap(LI, await town.last(LI), "垃圾堆积")
    await town.tap(LI, await town.last(LI), "提交")
    assert await kept(town, await town.number(LI)) == []


@pytest.mark.parametrize("who", ["reporter", "staff"])
async def test_not_an_emergency(town: Rehearsal, who: str) -> None:
    """不是紧急 is kept with who said so, whoever may."""
    await town.person(COLLEAGUE, "王工", ("CD-GAS", Role.DEPARTMENT_OFFICER))
    await town.channel("CD-GAS", COLLEAGUE)
    await town.say(LI, GAS)
    number = await town.number(LI)
    if who == "reporter":
        await town.tap(LI, await town.find(LI, "编号"), "不是紧急")
    else:
        await town.tap(COLLEAGUE, await card(town, "CD-GAS"), "不是紧急")
    (one,) = await kept(town, number)
    assert (one.role, one.what, one.was, one.now) == (who, What.EMERGENCY, "yes", "no")
    assert (one.actor == "reporter") is (who == "reporter")


async def test_corrections_outlive_the_texts_and_hold_none(town: Rehearsal) -> None:
    """When the words of a case are destroyed its corrections stay: codes and figures only."""
    number = await accepted(town)
    await town.tap(ZHU, await card(town), "改事项")
    await town.tap(ZHU, await card(town), "车辆乱停放")
    await town.tap(LI, await town.say(LI, f"/case {number}"), "撤回")
    await town.forward(days=181)
    async with town.core.work("test:tidy") as work:
        await retention.tidy(work)
    seen = await town.case(number)
    async with town.core.look() as work:
        assert [n.text for n in await work.uow.cases.notes(seen.case.id) if n.text] == []
    (one,) = await kept(town, number)
    assert json.dumps([one.actor, one.was, one.now, one.why, one.guesses]).isascii()
    assert "forgotten" in await town.events(number)
