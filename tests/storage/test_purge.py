"""Queues do not grow for ever, and nothing personal outlives what the notice promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from bot.bootstrap import Core
from bot.domain.case import Case, Event, Place, Source, Status
from bot.domain.units import Tier
from bot.ports import Call, Thread, Timer
from bot.services import retention
from tests.town import FRIDAY, Clock

CHAT = 7351940286


async def _sql(core: Core, query: str) -> list[tuple[object, ...]]:
    async with core.database.read() as uow:
        return [tuple(row) for row in (await uow.rules.session.execute(text(query))).all()]


async def _after(core: Core, **span: float) -> None:
    assert isinstance(core.clock, Clock)
    core.clock.instant = FRIDAY + timedelta(**span)
    async with core.work("tidy") as work:
        await retention.tidy(work)


async def _call(core: Core, key: str, collapse: str | None = None) -> int:
    async with core.work(key) as work:
        call = Call(key, "sendMessage", {"chat_id": CHAT}, CHAT, 1, collapse)
        row = await work.uow.outbox.enqueue(call, work.now)
    assert row is not None
    return row


@pytest.fixture
async def full(core: Core) -> Core:
    """A row in every state of every queue, and one more of each that is done."""
    async with core.work("full") as work:
        uow, now = work.uow, work.now
        batch = [(n, str(n), 1, {"update_id": n}) for n in range(1, 5)]
        await uow.inbox.store(7, batch, now)
        one, two, three, _ = await uow.inbox.ready(now, 9)
        await uow.inbox.done(one, now)
        await uow.inbox.done(two, now)
        await uow.inbox.failed(three, "ValueError", None, 3)
        for key in ("stage:a", "stage:b", "stage:c"):
            await uow.timers.set(Timer(key, "stage", now, key))
        rows = {t.key: t.id for t in await uow.timers.due(now, 99)}
        await uow.timers.fired(rows["stage:a"], now)
        await uow.timers.cancel("stage:b")
        for state in ("closed", "asked", "kept", "open"):
            opened = await uow.threads.open(
                Thread(0, "human", None, CHAT, 1, "QS-HUB", state, None, now)
            )
            await uow.threads.link(opened.id, CHAT, opened.id)
    sent, failed = await _call(core, "sent"), await _call(core, "failed")
    await _call(core, "old", "card:1")
    await _call(core, "new", "card:1")
    async with core.work("settle") as work:
        await work.uow.outbox.sent(sent, work.now)
        await work.uow.outbox.failed(failed, "Forbidden", work.now)
    return core


async def test_done_rows_go_after_a_month_and_timers_after_a_year(full: Core) -> None:
    """What waits or needs somebody stays, what is done goes; no sooner than promised."""
    inbox = "select state, count(*) from inbox group by 1 order by 1"
    outbox = "select state, count(*) from outbox group by 1 order by 1"
    timers = "select key from timers where kind = 'stage' order by 1"
    await _after(full, days=29)
    assert await _sql(full, inbox) == [("done", 2), ("new", 1), ("parked", 1)]
    assert len(await _sql(full, outbox)) == 4
    await _after(full, days=31)
    assert await _sql(full, inbox) == [("new", 1), ("parked", 1)]
    assert await _sql(full, outbox) == [("failed", 1), ("queued", 1)]
    await _after(full, days=399)
    assert await _sql(full, timers) == [("stage:a",), ("stage:b",), ("stage:c",)]
    async with full.work("last") as work:
        await work.uow.timers.set(Timer("stage:z", "stage", work.now, "z"))
    await _after(full, days=401)
    assert await _sql(full, timers) == [("stage:c",), ("stage:z",)]


async def test_the_id_of_a_row_that_went_is_not_used_again(core: Core) -> None:
    """Keys are made from row ids: an emptied table must not begin at one again."""
    async with core.work("a") as work:
        await work.uow.inbox.store(7, [(1, "1", 1, {})], work.now)
        (first,) = await work.uow.inbox.ready(work.now, 9)
        await work.uow.inbox.done(first, work.now)
    await _after(core, days=60)
    async with core.work("b") as work:
        await work.uow.inbox.store(7, [(2, "1", 1, {})], work.now)
        assert await work.uow.inbox.ready(work.now, 9) == [first + 1]


async def test_what_never_went_through_is_destroyed_after_180_days(full: Core) -> None:
    """Parked updates, failed calls and ended conversations lose what is personal, and no more."""
    held = (
        "select count(*) from inbox where state = 'parked' and body_sealed is not null",
        "select count(*) from outbox where state = 'failed' and body_sealed is not null",
    )
    threads = "select state from threads where resident_sealed is not null order by 1"
    await _after(full, days=179)
    assert [(await _sql(full, query))[0][0] for query in held] == [1, 1]
    assert len(await _sql(full, threads)) == 4
    await _after(full, days=181)
    assert [(await _sql(full, query))[0][0] for query in held] == [0, 0]
    assert await _sql(full, threads) == [("open",)]
    assert await _sql(full, "select count(*) from thread_links") == [(1,)]
    async with full.work("after") as work:
        assert await work.uow.threads.at(CHAT, 1) is None
        assert await work.uow.inbox.replay([]) == 0
        assert await work.uow.outbox.replay([]) == 0
        assert len(await work.uow.inbox.listed(["parked"], 9)) == 1


async def test_forgetting_a_case_forgets_its_conversations(core: Core) -> None:
    """After 180 days the reporter's chat stands in no conversation about the case either."""
    async with core.work("case") as work:
        case = await work.uow.cases.add(
            Case(
                id=0, number="202611200001", version=1, status=Status.CLOSED, item="HW01",
                item_version=1, level=Tier.D, emergency=False, confidential=False,
                anonymous=True, source=Source.PRIVATE, place=Place(), submitted_at=FRIDAY,
                respond_due=FRIDAY, resolve_due=FRIDAY,
            )
        )  # fmt: skip
        thread = await work.uow.threads.open(
            Thread(0, "question", case.id, CHAT, 1, "QS-HUB", "asked", None, work.now)
        )
        await work.uow.threads.link(thread.id, CHAT, 5)
        await work.uow.cases.forget(case.id, text=False)
        assert await work.uow.threads.at(CHAT, 5) is not None
        await work.uow.cases.forget(case.id, text=True)
        assert await work.uow.threads.get(thread.id) is None
        assert await work.uow.threads.of_resident(CHAT, "open", "asked", "closed") == []


async def test_a_failed_edit_does_not_come_back_over_a_newer_one(core: Core) -> None:
    """Replaying tries only the newest state of a card, even when an older row is named."""
    old, new, lone = [
        await _call(core, key, collapse)
        for key, collapse in (("old", "card:1"), ("new", "card:2"), ("lone", None))
    ]
    async with core.work("fail") as work:
        for row in (old, new, lone):
            await work.uow.outbox.failed(row, "Forbidden", work.now)
    later = await _call(core, "later", "card:1")
    async with core.work("sent") as work:
        await work.uow.outbox.sent(later, work.now)
        assert await work.uow.outbox.replay([old]) == 0
        assert await work.uow.outbox.replay([]) == 2
        claimed = await work.uow.outbox.claim("me:1:1", work.now, work.now, 9, lambda _: True)
    assert [(row.id, row.call.chat, row.call.key) for row in claimed] == [(new, CHAT, "new")]


async def test_metrics_count_by_partial_indexes(full: Core) -> None:
    """Only what waits or needs somebody is counted, without reading what is done."""
    found = await full.database.counts()
    assert {k: v for k, v in found.items() if not k.startswith("timers")} == {
        "inbox:new": 1, "inbox:parked": 1, "outbox:queued": 1, "outbox:failed": 1,
    }  # fmt: skip
    assert found["timers:pending"] >= 1
    for key in found:
        table, state = key.split(":")
        (plan,) = await _sql(
            full, f"explain query plan select count(*) from {table} where state = '{state}'"
        )
        assert "INDEX" in str(plan[-1])


async def test_an_anchor_costs_what_is_new(core: Core) -> None:
    """The second anchor reads the events since the first, and says how many chains grew."""
    statements: list[tuple[str, object]] = []
    engine = core.database._writer.sync_engine

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_c: object, _k: object, statement: str, values: object, *_: object) -> None:
        statements.append((statement, values))

    async with core.work("a") as work:
        for case in (1, 2, 3):
            await work.uow.cases.append(_event(case))
        assert await work.uow.rules.anchor(work.now) == 3
        await work.uow.cases.append(_event(2))
        statements.clear()
        assert await work.uow.rules.anchor(work.now) == 1
    (heads,) = [v for s, v in statements if "GROUP BY" in s]
    assert isinstance(heads, tuple)
    assert 3 in heads


def _event(case: int) -> Event:
    return Event(case, 0, FRIDAY, "received", "reporter", data={})
