"""History is added to, never edited; who goes round that is found out (I5, R009)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.bootstrap import Core
from bot.domain.access import SYSTEM
from bot.domain.case import Case, Place, Source, Status
from bot.domain.units import Tier
from bot.errors import Conflict
from tests.town import FRIDAY

_DROP = ("DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete")


def _case(number: str) -> Case:
    return Case(
        id=0, number=number, version=1, status=Status.RECEIVED, item="HW01", item_version=1,
        level=Tier.D, emergency=False, confidential=False, anonymous=False,
        source=Source.PRIVATE, place=Place(), submitted_at=FRIDAY,
        respond_due=FRIDAY + timedelta(hours=2), resolve_due=FRIDAY + timedelta(hours=8),
    )  # fmt: skip


async def _sql(core: Core, *statements: str) -> None:
    async with core.database.write() as uow:
        for statement in statements:
            await uow.rules.session.execute(text(statement))


async def _verify(core: Core) -> list[str]:
    async with core.look() as work:
        return list(await work.uow.rules.verify())


@pytest.fixture
async def history(core: Core) -> Core:
    """Three cases of three events each, anchored."""
    async with core.work("history") as work:
        for serial in (1, 2, 3):
            case = await work.uow.cases.add(_case(f"20261120000{serial}"))
            await work.record(case, "received", "reporter", item="HW01")
            await work.record(case, "dispatched", "system", unit="QS-CZ-3")
            await work.record(case, "accepted", "person:7", reason="", task=serial)
        assert await work.uow.rules.anchor(work.now) == 3
    return core


async def test_an_untouched_history_is_whole(history: Core) -> None:
    """Chains and anchors written by the bot verify; nothing new makes no new anchor."""
    assert await _verify(history) == []
    async with history.work("anchor") as work:
        assert await work.uow.rules.anchor(work.now) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'person:9'",
        "UPDATE events SET at = '2026-01-01 00:00:00' WHERE id = 1",
        "DELETE FROM events WHERE id = 2",
    ],
)
async def test_the_database_refuses_to_change_an_event(history: Core, statement: str) -> None:
    """A trigger stands before every UPDATE and DELETE, for whoever comes."""
    with pytest.raises(IntegrityError, match="append-only"):
        await _sql(history, statement)
    assert await _verify(history) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'person:9'",
        "kind = 'returned'",
        "reason = 'later'",
        "at = '2026-11-20 00:00:00'",
        'data = \'{"unit": "QS-CZ-1"}\'',
        "seq = 7",
        "prev = 'x'",
        "hash = 'x'",
    ],
)
async def test_every_field_of_an_event_is_under_the_hash(history: Core, change: str) -> None:
    """With the trigger gone, an edit of any field is found and its case named."""
    await _sql(history, *_DROP, f"UPDATE events SET {change} WHERE case_id = 2 AND seq = 2")
    faults = await _verify(history)
    assert any(fault.startswith("202611200002: event") for fault in faults)
    assert not any(fault.startswith(("202611200001", "202611200003")) for fault in faults)


async def test_a_removed_middle_is_found_by_the_chain(history: Core) -> None:
    """An event missing inside a chain breaks it."""
    await _sql(history, *_DROP, "DELETE FROM events WHERE case_id = 1 AND seq = 2")
    assert "202611200001: event 2 was changed" in await _verify(history)


async def test_a_removed_tail_is_found_by_the_anchor(history: Core) -> None:
    """The newest events of a chain cannot be cut off after an anchor was set."""
    await _sql(history, *_DROP, "DELETE FROM events WHERE case_id = 1 AND seq = 3")
    assert await _verify(history) == ["anchor 1: the chains it sealed were changed"]


async def test_a_removed_chain_is_found_by_the_anchor(history: Core) -> None:
    """A case deleted with all its events is missed."""
    await _sql(
        history, *_DROP, "DELETE FROM events WHERE case_id = 3", "DELETE FROM cases WHERE id = 3"
    )
    assert await _verify(history) == ["anchor 1: the chains it sealed were changed"]


async def test_a_case_without_events_is_found(history: Core) -> None:
    """A case whose whole chain is gone is named."""
    await _sql(history, *_DROP, "DELETE FROM events WHERE case_id = 3")
    assert "202611200003: no events" in await _verify(history)


async def test_a_rewritten_chain_is_found_by_the_anchor(history: Core) -> None:
    """Who knows the hash and rewrites a whole chain is still caught by the anchor."""
    async with history.work("rewrite") as work:
        session = work.uow.rules.session
        for statement in (*_DROP, "DELETE FROM events WHERE case_id = 2"):
            await session.execute(text(statement))
        seen = await work.uow.cases.find_for(SYSTEM, "202611200002")
        assert seen is not None
        await work.record(seen.case, "received", "reporter", item="CG01")
    assert await _verify(history) == ["anchor 1: the chains it sealed were changed"]


async def test_an_anchor_taken_out_is_found_by_the_next(history: Core) -> None:
    """Anchors are chained themselves."""
    for serial in (4, 5):
        async with history.work(f"more:{serial}") as work:
            case = await work.uow.cases.add(_case(f"20261120000{serial}"))
            await work.record(case, "received", "reporter")
            await work.uow.rules.anchor(work.now)
    assert await _verify(history) == []
    await _sql(history, "DELETE FROM anchors WHERE id = 2")
    assert await _verify(history) == ["anchor 3: the chains it sealed were changed"]


async def test_a_case_that_somebody_else_changed_is_not_overwritten(history: Core) -> None:
    """Compare-and-swap: of two writers with the same reading one wins, the other is told."""
    async with history.look() as work:
        seen = await work.uow.cases.find_for(SYSTEM, "202611200001")
    assert seen is not None
    async with history.work("first") as work:
        assert (await work.uow.cases.save(seen.case)).version == seen.case.version + 1
    with pytest.raises(Conflict):
        async with history.work("second") as work:
            await work.uow.cases.save(seen.case)
