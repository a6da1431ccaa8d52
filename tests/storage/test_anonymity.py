"""Who reads the database without the key cannot tell who sent in an anonymous case (I6)."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any

import pytest

from bot.domain.access import SYSTEM
from bot.domain.units import Role
from tests.town import Rehearsal

RESIDENT, WORKER = 7351940286, 8462051397
GRID = "QS-CZ-3"
JOIN = """
select c.number, coalesce(named.reporter, d.person, k.person)
from outbox o join cards a on a.id = o.card join cases c on c.id = a.case_id and c.anonymous
join inbox i on o.key like 'in:' || i.id || ':%'
left join inbox i2 on i2.lane = i.lane
left join outbox o2 on o2.key like 'in:' || i2.id || ':%'
left join cards a2 on a2.id = o2.card
left join cases named on named.id = a2.case_id and not named.anonymous
left join drafts d on d.lane = i.lane
left join cards k on k.lane = i.lane
where coalesce(named.reporter, d.person, k.person) is not null
"""
TIMED = """
select c.number from cases c join inbox i on i.received_at = c.submitted_at where c.anonymous
union select c.number from cases c join drafts d on d.updated_at = c.submitted_at
where c.anonymous
"""
IGNORED = {
    "state", "method", "kind", "status", "unit", "error", "level", "source", "body", "locale",
    "language", "menu",
    "message", "collapse", "role", "title", "item",
}  # fmt: skip
"""Columns whose values are codes that many rows share, or Telegram's own counters per chat."""


@pytest.fixture
async def two_cases(town: Rehearsal) -> Rehearsal:
    """One person with a named case and an anonymous one, a question on each, and a dialog."""
    await town.town.user("小李", id=RESIDENT)
    await town.person(WORKER, "王工", (GRID, Role.GRID_WORKER))
    await town.channel(GRID, WORKER)
    await town.town.start(RESIDENT)
    await town.settle()
    for words, hidden in (("翠竹路菜市场后门垃圾堆成山了", False), ("竹苑小区楼道堆满杂物", True)):
        await town.forward(minutes=7, seconds=13)
        preview = await town.say(RESIDENT, words)
        if hidden:
            await town.tap(RESIDENT, preview, "匿名")
            preview = await town.find(RESIDENT, "地点")
        await town.tap(RESIDENT, preview, "提交")
        number = await town.number(RESIDENT)
        assert (await town.case(number)).case.anonymous is hidden
        await town.tap(WORKER, await town.card(GRID, number), "签收")
        await town.tap(WORKER, await town.find(WORKER, number), "追问")
        await town.say(WORKER, "具体在哪一户？")
        await town.say(RESIDENT, "三楼")
    await town.say(RESIDENT, "路灯不亮")
    return town


def _rows(town: Rehearsal, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(town.core.settings.data_dir / "huying.db") as base:
        return base.execute(query).fetchall()


async def test_no_join_names_the_reporter(two_cases: Rehearsal) -> None:
    """Neither keys and lanes of the queues nor equal instants lead from case to person."""
    assert _rows(two_cases, "select count(*) from cases where anonymous") == [(1,)]
    assert _rows(two_cases, "select count(*) from threads where case_id is not null") == [(2,)]
    assert _rows(two_cases, "select count(*) from drafts")[0][0] > 0
    assert _rows(two_cases, JOIN) == []
    assert _rows(two_cases, TIMED) == []


def _digests(base: sqlite3.Connection) -> dict[tuple[str, int], set[str]]:
    """(table, row) -> every text in it that could stand for a person, a chat or a cause."""
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for (table,) in base.execute("select name from sqlite_master where type = 'table'").fetchall():
        if table in {"events", "items", "units", "places", "facts", "anchors", "alembic_version",
                     "sqlite_sequence"}:  # fmt: skip
            continue
        for row in base.execute(f"select rowid as _row, * from {table}"):
            for name in set(row.keys()) - IGNORED:
                value = row[name]
                if isinstance(value, str) and len(value) >= 20 and not value.startswith("20"):
                    found[table, row["_row"]].add(value)
    return found


async def test_no_chain_of_digests_leads_to_the_person(two_cases: Rehearsal) -> None:
    """Whatever equal digests join, table by table, the anonymous case stays apart from people."""
    with sqlite3.connect(two_cases.core.settings.data_dir / "huying.db") as base:
        base.row_factory = sqlite3.Row
        holds = _digests(base)
        (case,) = base.execute("select id from cases where anonymous").fetchone()
        named = {("cases", r[0]) for r in base.execute("select id from cases where not anonymous")}
        ours = {("cases", case)}
        for table, key in (("threads", "case_id"), ("cards", "case_id"), ("notes", "case_id")):
            found = base.execute(f"select id from {table} where {key} = ?", (case,))
            ours |= {(table, r[0]) for r in found}
        links = base.execute(
            "select l.id from thread_links l join threads t on t.id = l.thread_id "
            "where t.case_id = ?", (case,)
        )  # fmt: skip
        ours |= {("thread_links", r[0]) for r in links}
        groups = {r[0] for r in base.execute("select lane from channels where lane is not null")}
        (person,) = base.execute(
            "select reporter from cases where not anonymous and reporter is not null"
        ).fetchone()
        (staff,) = base.execute("select distinct person from posts").fetchone()
        theirs = {("people", person), *named}
        theirs |= {
            ("drafts", r[0])
            for r in base.execute("select id from drafts where person = ?", (person,))
        }
        theirs |= {
            ("threads", r[0])
            for (_, one) in named
            for r in base.execute("select id from threads where case_id = ?", (one,))
        }
        theirs |= {
            ("thread_links", r[0])
            for r in base.execute("select id from thread_links")
            if ("thread_links", r[0]) not in ours
        }
    assert person != staff
    assert all(holds.values())
    reached, values = set(ours), set[str]()
    while True:
        # Staff and groups see both cases: going through them says nothing about the reporter.
        values |= {value for row in reached for value in holds[row]} - groups
        more = {row for row, held in holds.items() if held & values and row[0] != "cards"}
        if more <= reached:
            break
        reached |= more
    assert reached & theirs == set()


async def test_the_reporter_still_finds_the_case_and_the_conversation(
    two_cases: Rehearsal,
) -> None:
    """What the tables do not tell, the bot finds by the key: own cases and open questions."""
    async with two_cases.core.look() as work:
        person = await work.uow.people.by_chat(RESIDENT)
        assert person is not None
        assert len(await work.uow.cases.of_reporter(person.viewer, 9, 0)) == 2
        assert len(await work.uow.threads.of_resident(RESIDENT, "open", "asked")) == 2


async def test_a_case_keeps_no_word_of_the_report_in_clear(two_cases: Rehearsal) -> None:
    """Why it was routed is kept in codes and figures; the words that decided are not."""
    async with two_cases.core.look() as work:
        seen = await work.uow.cases.listed(SYSTEM, units=None, open_only=False, limit=9)
    assert len(seen) == 2
    for one in seen:
        kept = {"guesses", "probability", "route", "item_by", "sure"}
        assert set(one.case.why) == kept
        assert not any("\u4e00" <= char <= "\u9fff" for char in str(one.case.why))
