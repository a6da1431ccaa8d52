"""Inbox, outbox and timers as rows: order, leases, and keys that are used once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import StatementError

from bot.bootstrap import Core
from bot.ports import Call, Timer
from tests.town import FRIDAY

LEASE = timedelta(seconds=45)


def _call(key: str, chat: int, priority: int = 1, collapse: str | None = None) -> Call:
    return Call(key, "sendMessage", {"chat_id": chat}, chat, priority, collapse)


async def _claim(core: Core, now: datetime, limit: int = 99) -> list[str]:
    async with core.work("claim") as work:
        rows = await work.uow.outbox.claim("me:1:1", now, now + LEASE, limit, lambda _: True)
    return [row.call.key for row in rows]


async def _enqueue(core: Core, *calls: Call) -> None:
    async with core.work("enqueue") as work:
        for call in calls:
            await work.uow.outbox.enqueue(call, work.now)


async def test_a_claim_takes_the_first_of_each_chat_and_no_more_than_asked(core: Core) -> None:
    """One row a chat is on its way, and never more than there is room for."""
    await _enqueue(core, *(_call(f"{chat}:{n}", chat) for n in (1, 2) for chat in range(1, 7)))
    assert await _claim(core, FRIDAY, limit=2) == ["1:1", "2:1"]
    assert await _claim(core, FRIDAY) == ["3:1", "4:1", "5:1", "6:1"]
    assert await _claim(core, FRIDAY) == []


async def test_an_urgent_row_goes_before_but_not_beside_its_chat(core: Core) -> None:
    """Emergencies first, everywhere; what is on its way keeps its place in its chat."""
    await _enqueue(core, _call("a", 1), _call("b", 2))
    assert await _claim(core, FRIDAY, limit=1) == ["a"]
    await _enqueue(core, _call("urgent 1", 1, priority=0), _call("urgent 3", 3, priority=0))
    assert await _claim(core, FRIDAY) == ["urgent 3", "b"]
    async with core.work("sent") as work:
        first = next(r for r in await work.uow.outbox.listed(["queued"], 9) if r.call.key == "a")
        await work.uow.outbox.sent(first.id, work.now)
    assert await _claim(core, FRIDAY) == ["urgent 1"]


async def test_a_chat_that_may_not_be_written_to_now_does_not_hold_up_others(core: Core) -> None:
    """A long queue for one busy chat leaves the quiet ones reachable."""
    await _enqueue(core, *(_call(f"busy:{n}", 1) for n in range(40)), _call("quiet", 2))
    async with core.work("claim") as work:
        rows = await work.uow.outbox.claim(
            "me:1:1", FRIDAY, FRIDAY + LEASE, 1, lambda chat: chat == 2
        )
    assert [row.call.key for row in rows] == ["quiet"]


async def test_what_is_on_its_way_is_not_collapsed(core: Core) -> None:
    """Only edits that still wait give way to a newer one."""
    await _enqueue(core, _call("first", 1, collapse="card:1"))
    assert await _claim(core, FRIDAY) == ["first"]
    await _enqueue(core, _call("second", 1, collapse="card:1"))
    await _enqueue(core, _call("third", 1, collapse="card:1"))
    async with core.look() as work:
        waiting = [row.call.key for row in await work.uow.outbox.listed(["queued"], 9)]
        gone = [row.call.key for row in await work.uow.outbox.listed(["superseded"], 9)]
        second = work.uow.secret("key", "second")
    assert (sorted(waiting), gone) == (["first", "third"], [second])


async def test_the_inbox_gives_the_eldest_of_each_chat_emergencies_first(core: Core) -> None:
    """Order within a chat, urgency between chats."""
    async with core.work("store") as work:
        batch = [(n, lane, urgent, {"update_id": n}) for n, lane, urgent in
                 ((1, "a", 1), (2, "a", 0), (3, "b", 1), (4, "c", 0))]  # fmt: skip
        assert await work.uow.inbox.store(7, batch, work.now) == 4
        assert await work.uow.inbox.store(7, batch, work.now) == 0
        assert await work.uow.inbox.store(8, batch[:1], work.now) == 1
    async with core.look() as work:
        rows = {row.id: row.update_id for row in await work.uow.inbox.listed(["new"], 9)}
        ready = [rows[row] for row in await work.uow.inbox.ready(work.now, 9)]
    assert ready == [4, 1, 3]


async def test_a_timers_key_is_used_once_unless_it_was_cancelled(core: Core) -> None:
    """I4: what waits or has fired is not set again; what was called off may be."""
    timer = Timer("stage:1:0:respond:due", "stage", FRIDAY, "task:1:respond")
    async with core.work("set") as work:
        timers = work.uow.timers
        assert await timers.set(timer)
        assert not await timers.set(timer)
        assert await timers.cancel(timer.subject) == 1
        assert await timers.set(timer)
        (row,) = [t for t in await timers.due(FRIDAY, 9) if t.key == timer.key]
        assert await timers.fired(row.id, FRIDAY)
        assert not await timers.fired(row.id, FRIDAY)
        assert not await timers.set(timer)
        assert await timers.cancel(timer.subject) == 0


async def test_naive_instants_are_refused_and_zones_survive(core: Core) -> None:
    """I8: what is stored is UTC and comes back aware; a naive instant does not get in."""
    async with core.work("set") as work:
        await work.uow.timers.set(Timer("zone", "stage", FRIDAY, "s"))
    async with core.look() as work:
        found = await work.uow.timers.find("zone")
    assert found is not None
    assert found.due_at == FRIDAY
    assert found.due_at.utcoffset() == timedelta(0)
    assert found.due_at.tzinfo is UTC
    naive = Timer("naive", "stage", FRIDAY.replace(tzinfo=None), "s")
    async with core.look() as work:
        with pytest.raises(StatementError, match="without a time zone"):
            await work.uow.timers.set(naive)


async def test_case_numbers_are_gapless_and_unique_within_a_day(core: Core) -> None:
    """Digits only, one after the other; past 9999 they grow a digit."""
    async with core.work("numbers") as work:
        numbers = [await work.uow.cases.next_number("20261120") for _ in range(3)]
        assert await work.uow.cases.next_number("20261121") == "202611210001"
        await work.uow.rules.put("serial:20261122", "9999")
        assert await work.uow.cases.next_number("20261122") == "2026112210000"
    assert numbers == ["202611200001", "202611200002", "202611200003"]


async def test_a_changed_item_keeps_its_old_version(core: Core) -> None:
    """R023: a case keeps the item version that it was routed by."""
    async with core.work("items") as work:
        items = await work.uow.rules.items()
        first, *others = items.values()
        before = await work.uow.rules.version()
        assert await work.uow.rules.put_items([replace(first, short="改名"), *others]) == 1
        after = (await work.uow.rules.items())[first.code]
        assert (after.version, after.short) == (first.version + 1, "改名")
        assert await work.uow.rules.version() != before
