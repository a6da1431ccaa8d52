"""Cards do not outlive what they may show: secrets, groups that change hands, finished cases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import event

from bot.adapters.directory_folder import load_demo
from bot.domain.case import Media
from bot.domain.forms import Input
from bot.domain.units import ROOT, Role
from bot.ports import Address, Card
from bot.services import adding, cards, closing, delivery, directories, dispatch, membership
from storage.channels import SqlChannels
from tests.town import Rehearsal, data_of, labels

RESIDENT, WORKER, COLLEAGUE, COMMUNITY = 1001, 2001, 2002, 2101
DESK, POLICE, SUPERVISION, ADMIN = 3001, 3002, 3003, 5001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"
LAMP = "翠竹路菜市场后门路灯不亮"
SAID = "其实是有人赌博"


async def _crew(town: Rehearsal) -> None:
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WORKER)


async def _bind_again(town: Rehearsal, group: int, unit: str, by: int) -> None:
    async with town.core.work(f"test:again:{unit}") as work:
        code = await membership.channel_code(work, unit)
    await town.say(by, f"/bind {code}", chat=group)


async def _secrets(town: Rehearsal) -> int:
    await town.person(RESIDENT, "小李")
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(POLICE, "钱警官", ("QS-POL", Role.UNIT_DUTY))
    return await town.channel("QS-HUB", DESK)


async def test_a_case_that_becomes_secret_leaves_the_group(town: Rehearsal) -> None:
    """改派 to a confidential item takes item and words out of the hub's group at once."""
    hub = await _secrets(town)
    number = await town.report(RESIDENT, LAMP)
    card = await town.find(hub, number)
    assert "路灯" in card["text"]

    await town.say(DESK, SAID, chat=hub, reply_to=card["message_id"])

    case = (await town.case(number)).case
    assert (case.item, case.confidential, case.lead) == ("GA04", True, "QS-POL")
    shown = "\n".join(await town.texts(hub))
    assert "已转专人办理" in shown
    for word in ("路灯", "赌", "菜市场", "派出所", "建议派给"):
        assert word not in shown
    assert number in (await town.find(POLICE, "赌黄毒"))["text"]
    await town.sound()


async def test_a_secret_never_stood_in_the_group_between_the_lines(town: Rehearsal) -> None:
    """A card still on its way when its case becomes secret is not sent to the group at all."""
    hub = await _secrets(town)
    number = await town.report(RESIDENT, LAMP)
    before = len(await town.texts(hub))
    seen = await town.case(number)
    async with town.core.work("test:way") as work:
        await cards.open_hub(work, seen.case)
        boss = await work.uow.people.by_chat(DESK)
        assert boss is not None
        await dispatch.reassign(work, boss.viewer, seen, item="GA04")
    await town.settle()

    shown = await town.texts(hub)
    assert len(shown) == before
    assert not [text for text in shown if "路灯" in text or "赌" in text]
    await town.sound()


async def test_other_peoples_private_cards_fall_silent_too(town: Rehearsal) -> None:
    """Who had the ordinary case in private does not learn which secret it has become."""
    await town.person(RESIDENT, "小李")
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.person(COLLEAGUE, "陈", ("QS-UM", Role.UNIT_DUTY))
    await town.person(POLICE, "钱警官", ("QS-POL", Role.UNIT_DUTY))
    number = await town.report(RESIDENT, LAMP)
    await town.tap(DESK, await town.find(DESK, number), "确认")
    assert "路灯" in (await town.find(COLLEAGUE, number))["text"]
    seen = await town.case(number)
    async with town.core.work("test:secret") as work:
        boss = await work.uow.people.by_chat(DESK)
        assert boss is not None
        await dispatch.reassign(work, boss.viewer, seen, item="GA04")
    await town.settle()

    (left,) = [text for text in await town.texts(COLLEAGUE) if number in text]
    assert left == f"{number} 已转专人办理"


async def test_no_card_of_a_secret_case_is_opened_or_drawn_in_a_channel(town: Rehearsal) -> None:
    """Even a live channel card left over by mistake says nothing when the case is refreshed."""
    hub = await _secrets(town)
    number = await town.report(RESIDENT, LAMP)
    card = await town.find(hub, number)
    await town.say(DESK, SAID, chat=hub, reply_to=card["message_id"])
    async with town.core.work("test:left") as work:
        seen = await town.case(number)
        held = await work.uow.channels.card_at(hub, card["message_id"])
        assert held is not None
        await work.uow.channels.save_card(replace(held, state="live"))
        await cards.refresh(work, seen.case)
        await cards.open_hub(work, seen.case)
    await town.settle()

    shown = "\n".join(await town.texts(hub))
    assert "路灯" not in shown
    assert "赌" not in shown


async def test_a_group_bound_to_another_unit_keeps_no_cards(town: Rehearsal) -> None:
    """What waited there goes to the first unit's people; the group's copy says nothing."""
    await _crew(town)
    await town.person(COMMUNITY, "黄", ("QS-CZ", Role.COMMUNITY_OFFICER))
    group = town.groups["QS-CZ-3"]
    number = await town.report(RESIDENT, RUBBISH)
    assert "垃圾" in (await town.find(group, number))["text"]

    await _bind_again(town, group, "QS-JX-1", WORKER)

    shown = "\n".join(await town.texts(group))
    assert "垃圾" not in shown
    assert f"{number} 已转到别处办理" in shown
    assert labels(await town.find(WORKER, number)) == ["✋ 签收", "↩️ 不归我管", "✏️ 改事项"]
    async with town.core.look() as work:
        alive = [c.unit for c in await work.uow.channels.all() if c.state == "alive"]
    assert alive == ["QS-JX-1"]
    await town.tap(WORKER, await town.find(WORKER, number), "签收")
    assert "王工" not in "\n".join(await town.texts(group))
    await town.sound()


async def test_an_import_does_not_rebind_a_living_group(town: Rehearsal) -> None:
    """A directory that plans the channel for another unit renames it, and leaves it bound."""
    await _crew(town)
    plan = load_demo()
    moved = tuple(
        replace(c, unit="QS-JX-1", title="新名") if c.unit == "QS-CZ-3" else c
        for c in plan.channels
    )
    assert moved != plan.channels
    async with town.core.work("test:import") as work:
        await directories.put(work, replace(plan, channels=moved))
    async with town.core.look() as work:
        (alive,) = [c for c in await work.uow.channels.all() if c.state == "alive"]
    assert (alive.unit, alive.title) == ("QS-CZ-3", "新名")


async def _media(town: Rehearsal, chat: int) -> int:
    sent = [m for m in await town.town.messages(chat) if m["from_bot"]]
    return sum(bool(m.get("photo")) for m in sent)


async def _resolved(town: Rehearsal) -> tuple[str, int]:
    """A case with a photo, accepted and handled; its number and its sub-task."""
    await _crew(town)
    number = await town.report(RESIDENT, photo=True, caption=RUBBISH, text=None)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    assert await _media(town, WORKER) == 1
    task = (await town.case(number)).tasks[0]
    group, card = town.groups["QS-CZ-3"], await town.card("QS-CZ-3", number)
    place: dict[str, Any] = {"chat": group, "reply_to": card["message_id"]}
    done = await town.say(WORKER, photo=True, caption="已清理", **place)
    await town.tap(WORKER, done, "办结")
    assert (await town.case(number)).case.status == "handled"
    return number, task.id


async def test_a_finished_case_hands_over_nothing(town: Rehearsal) -> None:
    """The Start link of a task that is over shows how it stands, without media or contact."""
    number, task = await _resolved(town)
    before = await _media(town, WORKER)
    await town.town.start(WORKER, f"task{task}")
    await town.settle()

    assert await _media(town, WORKER) == before
    assert number in (await town.last(WORKER))["text"]
    assert (await town.events(number)).count("revealed") == 1


async def test_what_is_added_goes_to_present_owners_only(town: Rehearsal) -> None:
    """After a reopening the handler of the past cycle gets neither new photos nor a contact."""
    number, _ = await _resolved(town)
    seen = await town.case(number)
    async with town.core.work("test:again") as work:
        reporter = await work.uow.people.by_chat(RESIDENT)
        assert reporter is not None
        await closing.not_solved(work, reporter.viewer, seen.case.id, "还在")
    await town.settle()
    before = await _media(town, WORKER)
    await _add(town, seen.case.id, "again")
    assert await _media(town, WORKER) == before
    assert "13800138000" not in "\n".join(await town.texts(WORKER))

    await town.person(COLLEAGUE, "赵工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.tap(COLLEAGUE, await town.card("QS-CZ-3", number), "签收")
    mine = await _media(town, COLLEAGUE)
    await _add(town, seen.case.id, "more")
    assert await _media(town, COLLEAGUE) == mine + 1
    assert await _media(town, WORKER) == before


async def _add(town: Rehearsal, case_id: int, mark: str) -> None:
    async with town.core.work(f"test:add:{mark}") as work:
        reporter = await work.uow.people.by_chat(RESIDENT)
        assert reporter is not None
        file = next(
            m for n in await work.uow.cases.notes(case_id) if n.kind == "report" for m in n.media
        )
        given = Input(text="又堆了", media=(Media("photo", file.file_id, mark),), message=900)
        await adding.add(work, reporter.viewer, case_id, given)
        await adding.contact(work, reporter.viewer, case_id, "13800138000")
    await town.settle()


async def test_a_second_tap_in_todo_leaves_the_list(town: Rehearsal) -> None:
    """The list's buttons open panels below it; tapped again, the list stays a list."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    listed = await town.say(WORKER, "/todo")
    data = data_of(listed, "1")
    for _ in range(3):
        await town.tap_data(WORKER, listed, data)
    shown = await town.texts(WORKER)
    assert listed["text"] in shown
    assert "见下方的新卡片" not in shown


async def test_a_second_tap_on_a_check_in_todo_leaves_the_list(town: Rehearsal) -> None:
    """The same for a dispatch that waits: its card opens below, twice."""
    await _secrets(town)
    await town.report(RESIDENT, LAMP)
    listed = await town.say(DESK, "/todo")
    data = data_of(listed, "1")
    for _ in range(3):
        await town.tap_data(DESK, listed, data)
    assert listed["text"] in await town.texts(DESK)


async def test_the_doubled_card_in_a_group_still_points_to_the_newer_one(town: Rehearsal) -> None:
    """A copy that a crash left in the group is collapsed when it is tapped."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    group = town.groups["QS-CZ-3"]
    old = await town.find(group, number)
    async with town.core.work("test:double") as work:
        card = await work.uow.channels.card_at(group, old["message_id"])
        assert card is not None
        await work.uow.channels.save_card(replace(card, message=old["message_id"] + 1000))
    await town.tap(WORKER, old, "签收")
    assert "见下方的新卡片" in await town.texts(group)


async def test_moving_away_looks_at_one_channel_only(town: Rehearsal) -> None:
    """The work grows with the channel's own open cards, not with all the open cases."""
    await _crew(town)
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    number = await town.report(RESIDENT, RUBBISH)
    case = (await town.case(number)).case
    async with town.core.look() as work:
        (channel,) = [c for c in await work.uow.channels.all() if c.state == "alive"]

    async def cost() -> int:
        said: list[str] = []

        def heard(*args: Any) -> None:
            said.append(args[2])

        engine = town.core.database._writer.sync_engine
        event.listen(engine, "before_cursor_execute", heard)
        try:
            async with town.core.work("test:cost") as work:
                await delivery.move_away(work, channel.id + 99)
        finally:
            event.remove(engine, "before_cursor_execute", heard)
        return len(said)

    few = await cost()
    for nth in range(5):
        await town.to(town.clock.now().replace(minute=31 + nth))
        await town.report(RESIDENT, f"翠竹路菜市场后门垃圾堆成山了，第{nth}堆")
    assert await cost() == few

    async with town.core.look() as work:
        assert isinstance(work.uow.channels, SqlChannels)
        live = await work.uow.channels.live_in(channel.id)
        assert {card.case_id for card in live} >= {case.id}
        assert all(isinstance(card, Card) for card in live)
        assert all(card.address == Address(town.groups["QS-CZ-3"]) for card in live)


async def test_nobody_comes_after_the_supervision_desk(town: Rehearsal) -> None:
    """Escalation from any unit ends at the desk instead of going round."""
    async with town.core.look() as work:
        way: list[str] = []
        unit = dispatch.above(work.world, "QS-CZ-3")
        while unit is not None and len(way) < 9:
            way.append(unit.code)
            unit = dispatch.above(work.world, unit.code)
    assert way == ["QS-CZ", "QS-HUB", "CD-HUB", "CD-SUP"]


async def test_administrators_hear_of_every_cycles_missing_verifier(town: Rehearsal) -> None:
    """That nobody can verify is said once a cycle, not once in the life of a case."""
    await _crew(town)
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    number = await town.report(RESIDENT, RUBBISH)
    async with town.core.work("test:verify") as work:
        case = replace((await town.case(number)).case, verifier_unit="QS-JX-1")
        for cycle in (0, 0, 1):
            assert not await cards.open_verify(work, replace(case, cycle=cycle))
    await town.settle()
    assert sum(number in text for text in await town.texts(ADMIN)) == 2
