"""The way out: refusals, cut lines, dead places, and the order in which things are said."""

from __future__ import annotations

import asyncio
import socket
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.access import SYSTEM
from bot.domain.units import ROOT, Role
from bot.ports import Address, Call
from bot.services import cards, membership, post
from bot.transport.outbox_worker import OutboxWorker, _dead
from bot.transport.pacing import Pacer
from tests.town import Json, Rehearsal

RESIDENT, NEIGHBOUR, WORKER, DISPATCHER, ADMIN = 1001, 1002, 2001, 2002, 4001
GRID, HUB = "QS-CZ-3", "QS-HUB"
REPORT = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"


@pytest.fixture
async def staffed(town: Rehearsal) -> Rehearsal:
    """A grid with a worker, its hub with a channel, and an administrator."""
    town.bot.outbox._pacer = Pacer(
        10_000, 10_000, 10_000, now=lambda: town.clock.instant.timestamp()
    )
    for user, name in ((RESIDENT, "小李"), (NEIGHBOUR, "小陈")):
        await town.person(user, name)
        await town.town.start(user)
    await town.person(WORKER, "王工", (GRID, Role.GRID_WORKER))
    await town.person(DISPATCHER, "刘调度", (HUB, Role.DISPATCHER))
    await town.person(ADMIN, "管理员", (ROOT, Role.ADMIN))
    await town.channel(HUB, DISPATCHER)
    return town


async def think(town: Rehearsal) -> None:
    """Read and handle everything that arrived, but send nothing yet."""
    while await town.bot.poller.once(0):
        pass
    while await town.bot.inbox.once():
        pass


async def send(town: Rehearsal) -> None:
    """Send what waits, without reading what arrived."""
    while await town.bot.outbox.once():
        await town.bot.outbox.drain()


async def line(town: Rehearsal, chat: int, words: str, origin: str, priority: int = 1) -> None:
    """Enqueue one plain message."""
    async with town.core.work(origin) as work:
        call = Call(origin, "sendMessage", {"chat_id": chat, "text": words}, chat, priority)
        await work.uow.outbox.enqueue(call, work.now)


async def rows(town: Rehearsal, *states: str) -> list[Any]:
    """The outbox rows in these states, oldest first."""
    async with town.core.look() as work:
        return list(reversed(await work.uow.outbox.listed(states, 1000)))


async def refresh(town: Rehearsal, number: str, origin: str) -> None:
    """Show the present state of a case on its cards, once more, as if it were not known there."""
    async with town.core.work(origin) as work:
        seen = await work.uow.cases.find_for(SYSTEM, number)
        assert seen is not None
        for card in await work.uow.channels.cards(seen.case.id):
            await work.uow.channels.set_shown(card.id, "")
        await cards.refresh(work, seen.case)


async def shown(town: Rehearsal, chat: int, words: str) -> list[Json]:
    """The bot's messages in a chat that hold these words."""
    return [m for m in await town.town.messages(chat) if words in str(m.get("text", ""))]


async def test_retry_after_is_waited_for_and_other_chats_go_on(staffed: Rehearsal) -> None:
    """A 429 holds its chat for as long as Telegram says, and nobody else's."""
    await staffed.town.break_("429", methods=["sendMessage"], chat=RESIDENT, retry_after=30)
    await line(staffed, RESIDENT, "甲", "a")
    await line(staffed, NEIGHBOUR, "乙", "b")
    await staffed.settle()
    assert await shown(staffed, NEIGHBOUR, "乙")
    await staffed.forward(seconds=29)
    assert not await shown(staffed, RESIDENT, "甲")
    await staffed.forward(seconds=2)
    assert len(await shown(staffed, RESIDENT, "甲")) == 1


async def test_a_commands_menu_that_must_wait_holds_up_no_message(staffed: Rehearsal) -> None:
    """Telegram's limit on setMyCommands is its own: what is to be read goes on at once."""
    await staffed.town.break_("429", methods=["setMyCommands"], chat=RESIDENT, retry_after=3600)
    async with staffed.core.work("test:menu") as work:
        await post.set_commands(work, RESIDENT, [{"command": "my", "description": "甲"}])
    await staffed.settle()
    await line(staffed, RESIDENT, "乙", "b")
    await staffed.settle()
    assert await shown(staffed, RESIDENT, "乙")
    await staffed.forward(seconds=3601)
    scope = {"type": "chat", "chat_id": RESIDENT}
    assert await staffed.bot.api.call("getMyCommands", {"scope": scope})


@pytest.mark.parametrize("kind", ["cut", "500", "malformed"])
async def test_a_call_that_telegram_did_not_take_is_made_again(
    staffed: Rehearsal, kind: str
) -> None:
    """A message whose call broke before it was accepted arrives exactly once, later."""
    await staffed.town.break_(kind, methods=["sendMessage"], chat=RESIDENT)
    await line(staffed, RESIDENT, "甲", "a")
    await staffed.settle()
    assert not await shown(staffed, RESIDENT, "甲")
    await staffed.forward(seconds=2)
    assert len(await shown(staffed, RESIDENT, "甲")) == 1
    assert not await rows(staffed, "queued", "failed")


async def test_a_message_doubles_only_when_the_answer_is_lost(staffed: Rehearsal) -> None:
    """A line cut after acceptance may double a card, and either copy still works."""
    group = await staffed.channel(GRID, WORKER)
    preview = await staffed.say(RESIDENT, REPORT)
    await staffed.town.break_("cut", methods=["sendMessage"], chat=group, after=True)
    await staffed.tap(RESIDENT, preview, "提交")
    await staffed.forward(seconds=2)
    number = await staffed.number(RESIDENT)
    copies = await shown(staffed, group, number)
    assert len(copies) == 2
    await staffed.tap(WORKER, copies[0], "签收")
    assert (await staffed.case(number)).case.status == "accepted"


async def test_a_blocked_person_is_marked_and_the_case_goes_elsewhere(staffed: Rehearsal) -> None:
    """Forbidden marks the recipient unreachable, uses the fallback and tells somebody."""
    preview = await staffed.say(RESIDENT, REPORT)
    await staffed.town.tap_label(RESIDENT, preview, "提交")
    await think(staffed)
    await staffed.town.block(WORKER)
    await send(staffed)
    async with staffed.core.look() as work:
        worker = await work.uow.people.by_chat(WORKER)
        assert worker is not None
        assert not worker.reachable
    await staffed.settle()
    number = await staffed.number(RESIDENT)
    assert len(await shown(staffed, staffed.groups[HUB], number)) == 1
    assert await shown(staffed, ADMIN, "没有能用的频道")


async def test_who_blocks_the_bot_loses_open_cards_to_the_fallback(staffed: Rehearsal) -> None:
    """A card that lies with a person who blocks the bot is shown elsewhere at once."""
    number = await staffed.report(RESIDENT, REPORT)
    assert await shown(staffed, WORKER, number)
    await staffed.town.block(WORKER)
    await staffed.settle()
    assert len(await shown(staffed, staffed.groups[HUB], number)) == 1


async def test_a_deleted_topic_falls_back(staffed: Rehearsal) -> None:
    """A card for a deleted topic reaches the unit's own worker; the administrator is told."""
    forum = await staffed.town.group(
        "网格", type="supergroup", is_forum=True, topics=["三网格"], members=[WORKER]
    )
    thread = forum["topics"][0]["message_thread_id"]
    async with staffed.core.work("code") as work:
        code = await membership.channel_code(work, GRID)
    await staffed.say(WORKER, f"/bind {code}", chat=forum["id"], thread=thread)
    await staffed.town.delete_topic(forum["id"], thread)
    number = await staffed.report(RESIDENT, REPORT)
    assert len(await shown(staffed, WORKER, number)) == 1
    assert await shown(staffed, ADMIN, "不能用了")


async def test_a_group_that_throws_the_bot_out_loses_its_open_cards(staffed: Rehearsal) -> None:
    """Kicked: the open case is shown to its worker at once, and the administrator is told."""
    group = await staffed.channel(GRID, WORKER)
    number = await staffed.report(RESIDENT, REPORT)
    assert await shown(staffed, group, number)
    await staffed.town.kick(group)
    await staffed.settle()
    assert len(await shown(staffed, WORKER, number)) == 1
    assert len(await shown(staffed, ADMIN, "不能用了")) == 1


async def test_a_card_on_its_way_to_a_group_that_kicked_is_shown_once_elsewhere(
    staffed: Rehearsal,
) -> None:
    """The refused call and the update about the kick together make one fallback card."""
    group = await staffed.channel(GRID, WORKER)
    preview = await staffed.say(RESIDENT, REPORT)
    await staffed.town.tap_label(RESIDENT, preview, "提交")
    await think(staffed)
    await staffed.town.kick(group)
    await send(staffed)
    await staffed.settle()
    number = await staffed.number(RESIDENT)
    assert len(await shown(staffed, WORKER, number)) == 1


async def test_a_migrated_group_keeps_its_channel_and_its_cards(staffed: Rehearsal) -> None:
    """A group that becomes a supergroup goes on there: the open card is sent anew and works."""
    group = await staffed.channel(GRID, WORKER, kind="group")
    number = await staffed.report(RESIDENT, REPORT)
    new = await staffed.town.migrate(group)
    await staffed.settle()
    copies = await shown(staffed, new, number)
    assert len(copies) == 1
    await staffed.tap(WORKER, copies[0], "签收")
    assert "处理中" in (await staffed.find(new, number))["text"]
    assert (await staffed.case(number)).case.status == "accepted"
    assert await staffed.town.violations() == []


async def test_what_waits_for_a_migrated_group_goes_to_the_new_one(staffed: Rehearsal) -> None:
    """A call refused with the new id is made there, once, without the update's help."""
    group = await staffed.channel(GRID, WORKER, kind="group")
    preview = await staffed.say(RESIDENT, REPORT)
    await staffed.town.tap_label(RESIDENT, preview, "提交")
    await think(staffed)
    new = await staffed.town.migrate(group)
    await send(staffed)
    number = await staffed.number(RESIDENT)
    assert len(await shown(staffed, new, number)) == 1
    await staffed.settle()
    assert len(await shown(staffed, new, number)) == 1
    async with staffed.core.look() as work:
        channel = await work.uow.channels.at(Address(new))
        assert channel is not None
        assert channel.unit == GRID


async def test_message_is_not_modified_counts_as_success(staffed: Rehearsal) -> None:
    """An edit that changes nothing leaves no failed row and no second card."""
    group = await staffed.channel(GRID, WORKER)
    number = await staffed.report(RESIDENT, REPORT)
    await refresh(staffed, number, "again")
    await staffed.settle()
    edits = await staffed.town.calls("editMessageText")
    assert any("not modified" in str(call.get("description")) for call in edits)
    assert not await rows(staffed, "queued", "failed")
    assert len(await shown(staffed, group, number)) == 1


async def test_a_poison_row_is_given_up_and_those_behind_it_go_on(staffed: Rehearsal) -> None:
    """A row that keeps failing while others pass is parked; the next of its chat is sent."""
    await staffed.town.break_("500", {"count": 9}, methods=["sendMessage"], chat=RESIDENT)
    await line(staffed, RESIDENT, "毒", "poison")
    await line(staffed, RESIDENT, "后面", "behind")
    for turn in range(12):
        await line(staffed, NEIGHBOUR, f"第{turn}句", f"other:{turn}")
        await staffed.forward(seconds=61)
    assert [row.call.key for row in await rows(staffed, "failed")] == ["poison"]
    assert await shown(staffed, RESIDENT, "后面")
    assert len(await shown(staffed, NEIGHBOUR, "句")) == 12


async def test_an_outage_of_days_does_not_stop_the_sender(staffed: Rehearsal) -> None:
    """A row tried thousands of times is still only put off by a minute."""
    await line(staffed, RESIDENT, "甲", "a")
    async with staffed.core.database.write() as uow:
        await uow.outbox.session.execute(
            text("UPDATE outbox SET tries = 5000 WHERE state = 'queued'")
        )
    await staffed.town.break_("500", methods=["sendMessage"])
    await staffed.settle()
    await staffed.forward(seconds=61)
    assert await shown(staffed, RESIDENT, "甲")


async def test_a_row_that_no_key_opens_does_not_stop_the_others(staffed: Rehearsal) -> None:
    """One spoilt body fails by itself."""
    await line(staffed, RESIDENT, "甲", "a")
    async with staffed.core.database.write() as uow:
        await uow.outbox.session.execute(
            text("UPDATE outbox SET body_sealed = x'0102030405060708' WHERE state = 'queued'")
        )
    await line(staffed, NEIGHBOUR, "乙", "b")
    await staffed.settle()
    assert await shown(staffed, NEIGHBOUR, "乙")
    async with staffed.core.look() as work:
        key = work.uow.secret("key", "a")
    assert [row.call.key for row in await rows(staffed, "failed")] == [key]


async def test_what_a_card_says_already_is_not_sent_again(staffed: Rehearsal) -> None:
    """A refresh that changes nothing costs no call: a group has twenty a minute."""
    await staffed.channel(GRID, WORKER)
    number = await staffed.report(RESIDENT, REPORT)
    before = len(await staffed.town.calls("editMessageText"))
    async with staffed.core.work("again") as work:
        seen = await work.uow.cases.find_for(SYSTEM, number)
        assert seen is not None
        await cards.refresh(work, seen.case)
    await staffed.settle()
    assert len(await staffed.town.calls("editMessageText")) == before


async def test_waiting_edits_of_one_card_collapse_into_the_newest(staffed: Rehearsal) -> None:
    """Five changes that were not shown yet are one edit."""
    await staffed.channel(GRID, WORKER)
    number = await staffed.report(RESIDENT, REPORT)
    before = len(await staffed.town.calls("editMessageText"))
    for turn in range(5):
        await refresh(staffed, number, f"turn:{turn}")
    await staffed.settle()
    assert len(await staffed.town.calls("editMessageText")) == before + 1


async def test_messages_of_one_chat_keep_their_order(staffed: Rehearsal) -> None:
    """A first message that has to be repeated is not overtaken by the second."""
    await staffed.town.break_("500", methods=["sendMessage"], chat=RESIDENT)
    for turn in "甲乙丙":
        await line(staffed, RESIDENT, f"第{turn}句", f"line:{turn}")
    await staffed.settle()
    await staffed.forward(seconds=2)
    said = [words for words in await staffed.texts(RESIDENT) if words.endswith("句")]
    assert said == ["第甲句", "第乙句", "第丙句"]


async def test_an_emergency_goes_before_what_was_there_first(staffed: Rehearsal) -> None:
    """With one place a second, the urgent message takes it before forty ordinary ones."""
    staffed.bot.outbox._pacer = Pacer(1, now=lambda: staffed.clock.instant.timestamp())
    for turn in range(40):
        await line(staffed, NEIGHBOUR if turn % 2 else RESIDENT, "普通", f"line:{turn}")
    await line(staffed, WORKER, "紧急", "urgent", priority=0)
    await staffed.settle()
    assert await shown(staffed, WORKER, "紧急")
    assert not await shown(staffed, RESIDENT, "普通")


async def test_the_edit_of_a_card_waits_for_its_sending(staffed: Rehearsal) -> None:
    """A card that is still on its way is sent first, and then edited under its own id."""
    group = await staffed.channel(GRID, WORKER)
    preview = await staffed.say(RESIDENT, REPORT)
    await staffed.town.break_("500", methods=["sendMessage"], chat=group)
    await staffed.tap(RESIDENT, preview, "提交")
    number = await staffed.number(RESIDENT)
    await refresh(staffed, number, "early")
    await staffed.settle()
    assert not await shown(staffed, group, number)
    await staffed.forward(seconds=2)
    (card,) = await shown(staffed, group, number)
    last = (await staffed.town.calls("editMessageText"))[-1]
    assert last["params"]["message_id"] == card["message_id"]


async def test_the_lease_of_a_dead_process_is_released(staffed: Rehearsal) -> None:
    """At the start, rows held by a process that has ended are free again; a living one's not."""
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    host = socket.gethostname()
    assert _dead(f"{host}:{ended.pid}:1")
    assert not _dead(f"{host}:1:1")
    assert not _dead(f"elsewhere:{ended.pid}:1")
    await line(staffed, RESIDENT, "甲", "a")
    async with staffed.core.work("claim") as work:
        until = work.now + timedelta(seconds=45)
        owner = f"{host}:{ended.pid}:1"
        assert await work.uow.outbox.claim(owner, work.now, until, 9, lambda _: True)
    await staffed.settle()
    assert not await shown(staffed, RESIDENT, "甲")
    async with staffed.core.work("release") as work:
        assert await work.uow.outbox.release(_dead) == 1
    await staffed.settle()
    assert await shown(staffed, RESIDENT, "甲")


async def test_a_lease_that_ran_out_is_taken_over(staffed: Rehearsal) -> None:
    """Marked as taken is not marked as sent: after 45 seconds another sender takes the row."""
    await line(staffed, RESIDENT, "甲", "a")
    async with staffed.core.work("claim") as work:
        until = work.now + timedelta(seconds=45)
        await work.uow.outbox.claim("elsewhere:1:1", work.now, until, 9, lambda _: True)
    await staffed.forward(seconds=44)
    assert not await shown(staffed, RESIDENT, "甲")
    await staffed.forward(seconds=2)
    assert len(await shown(staffed, RESIDENT, "甲")) == 1


async def test_the_same_key_is_sent_once_for_ever(staffed: Rehearsal) -> None:
    """A call enqueued again, before or after it was sent, is not made twice."""
    await line(staffed, RESIDENT, "甲", "same")
    await line(staffed, RESIDENT, "甲", "same")
    await staffed.settle()
    await line(staffed, RESIDENT, "甲", "same")
    await staffed.settle()
    assert len(await shown(staffed, RESIDENT, "甲")) == 1


async def test_failed_rows_can_be_tried_again(staffed: Rehearsal) -> None:
    """``huying outbox replay`` brings a failed call back, once its cause is gone."""
    await staffed.town.block(NEIGHBOUR)
    await line(staffed, NEIGHBOUR, "甲", "a")
    await staffed.settle()
    assert [row.call.key for row in await rows(staffed, "failed")] == ["a"]
    await staffed.town.unblock(NEIGHBOUR)
    async with staffed.core.work("replay") as work:
        assert await work.uow.outbox.replay([]) == 1
    await staffed.settle()
    assert await shown(staffed, NEIGHBOUR, "甲")


async def test_a_call_that_cannot_even_be_made_is_counted_as_failed(staffed: Rehearsal) -> None:
    """An error that is not Telegram's frees the row for another try, and stops nothing."""

    async def call(method: str, params: Json) -> Json:
        if params["chat_id"] == RESIDENT:
            raise TypeError("not to be written as JSON")
        return {"message_id": 1}

    worker = OutboxWorker(
        staffed.core.database, call, Pacer(10_000, 10_000, 10_000), staffed.core.begin
    )
    await line(staffed, RESIDENT, "甲", "a")
    await line(staffed, NEIGHBOUR, "乙", "b")
    await worker.once()
    await worker.drain()
    (left,) = await rows(staffed, "queued")
    assert (left.call.key, left.tries, left.error) == ("a", 1, "TelegramError")
