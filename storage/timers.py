"""Timers: what happens later happens once (I4). The key is never used again, fired or not.

A key is kept for longer than anything could set it again; see ``bot/services/retention.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from bot.ports import Timer
from storage.base import Repository, inserted_if_new, plain
from storage.tables import TimerTable

_T = TimerTable


class SqlTimers(Repository):
    """Implements ``bot.ports.Timers``."""

    async def set(self, timer: Timer) -> bool:
        """Set it; False when this key waits or has fired. A cancelled one is armed again."""
        row = {
            "key": timer.key,
            "kind": timer.kind,
            "subject": timer.subject,
            "due_at": timer.due_at,
            "state": "pending",
            "data": timer.data,
        }
        if await inserted_if_new(self.session, _T, [row], ["key"]):
            return True
        again = (
            update(_T)
            .where(col(_T.key) == timer.key, col(_T.state) == "cancelled")
            .values(state="pending", due_at=timer.due_at, data=timer.data)
        )
        return bool(cast("Any", await self.session.execute(again)).rowcount)

    async def due(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Pending timers whose time has come, the earliest first."""
        query = (
            select(_T)
            .where(col(_T.state) == "pending", col(_T.due_at) <= now)
            .order_by(col(_T.due_at), col(_T.id))
            .limit(limit)
        )
        return [_timer(row) for row in (await self.session.execute(query)).scalars()]

    async def ahead(self, limit: int) -> Sequence[Timer]:
        """Everything still pending, due or not, the earliest first."""
        query = (
            select(_T)
            .where(col(_T.state) == "pending")
            .order_by(col(_T.due_at), col(_T.id))
            .limit(limit)
        )
        return [_timer(row) for row in (await self.session.execute(query)).scalars()]

    async def fired(self, timer_id: int, now: datetime) -> bool:
        """Take it: True for exactly one caller. What it held is in that caller's hands alone."""
        result = await self.session.execute(
            update(_T)
            .where(col(_T.id) == timer_id, col(_T.state) == "pending")
            .values(state="fired", fired_at=now, data={})
        )
        return bool(cast("Any", result).rowcount)

    async def defer(self, timer_id: int, until: datetime) -> None:
        """Later, with the same key: held back by quiet hours, or pushed on by a new event."""
        await self.session.execute(
            update(_T)
            .where(col(_T.id) == timer_id, col(_T.state) == "pending")
            .values(due_at=until)
        )

    async def cancel(self, subject: str, *kinds: str) -> int:
        """What was to happen to this subject does not happen any more."""
        query = update(_T).where(col(_T.subject) == subject, col(_T.state) == "pending")
        if kinds:
            query = query.where(col(_T.kind).in_(kinds))
        result = await self.session.execute(query.values(state="cancelled"))
        return int(cast("Any", result).rowcount)

    async def of(self, subject: str) -> Sequence[Timer]:
        """Everything still pending for the subject, the earliest first."""
        query = (
            select(_T)
            .where(col(_T.subject) == subject, col(_T.state) == "pending")
            .order_by(col(_T.due_at), col(_T.id))
        )
        return [_timer(row) for row in (await self.session.execute(query)).scalars()]

    async def has(self, key: str) -> bool:
        """Whether the key was ever set."""
        query = select(col(_T.id)).where(col(_T.key) == key)
        return (await self.session.execute(query)).first() is not None

    async def purge(self, before: datetime) -> int:
        """Forget what fired, or was called off and would have been due, before; how many."""
        c = plain(_T).c
        newest = select(func.max(c.id)).scalar_subquery()
        result = await self.session.execute(
            delete(plain(_T)).where(
                c.state.in_(("fired", "cancelled")),
                func.coalesce(c.fired_at, c.due_at) < before,
                c.id < newest,
            )
        )
        return int(cast("Any", result).rowcount)

    async def find(self, key: str) -> Timer | None:
        """The pending timer with this key."""
        query = select(_T).where(col(_T.key) == key, col(_T.state) == "pending")
        row = (await self.session.execute(query)).scalar_one_or_none()
        return _timer(row) if row else None


def _timer(row: TimerTable) -> Timer:
    return Timer(
        key=row.key,
        kind=row.kind,
        due_at=row.due_at,
        subject=row.subject,
        data=row.data,
        id=row.id or 0,
    )
