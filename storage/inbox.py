"""The inbox: an update is confirmed to Telegram only after its row is committed (I1).

A row that is done keeps nothing by which its sender or its moment could be found: who looks at
the tables must not be able to say which of them sent in an anonymous case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, delete, exists, func, or_, select, update
from sqlmodel import col

from bot.ports import InboxRow
from storage.base import Repository, inserted_if_new, plain
from storage.tables import InboxTable

_T = InboxTable
_BODY = "inbox"
_C = plain(_T).c
_ELDER = plain(_T).alias("elder")
_HEAD = ~exists().where(_ELDER.c.state == "new", _ELDER.c.lane == _C.lane, _ELDER.c.id < _C.id)
_READY = (
    select(_C.id)
    .where(_C.state == "new", or_(_C.next_at.is_(None), _C.next_at <= bindparam("now")), _HEAD)
    .order_by(_C.priority, _C.id)
    .limit(bindparam("most"))
)
_TAKE = (
    select(plain(_T))
    .where(_C.id == bindparam("row"), _C.state == "new")
    .with_for_update(skip_locked=True)
)


class SqlInbox(Repository):
    """Implements ``bot.ports.Inbox``."""

    async def store(
        self, bot_id: int, batch: Sequence[tuple[int, str, int, dict[str, Any]]], now: datetime
    ) -> int:
        """Store (update id, lane, priority, raw) rows; one seen before is left alone."""
        rows = [
            {
                "bot_id": bot_id,
                "update_id": update_id,
                "lane": self.seal.mark(lane, "inbox"),
                "priority": priority,
                "state": "new",
                "body_sealed": self.seal.seal(raw, _BODY),
                "tries": 0,
                "error": "",
                "received_at": now,
            }
            for update_id, lane, priority, raw in batch
        ]
        if not rows:
            return 0
        return await inserted_if_new(self.session, _T, rows, ["bot_id", "update_id"])

    async def ready(self, now: datetime, limit: int) -> Sequence[int]:
        """Ids that may be handled now: the eldest of each chat, emergencies first."""
        found = await self.session.execute(_READY, {"now": now, "most": limit})
        return cast("list[int]", list(found.scalars()))

    async def take(self, row_id: int) -> InboxRow | None:
        """The row, if nobody has handled it yet; locked where the database can."""
        row = (await self.session.execute(_TAKE, {"row": row_id})).one_or_none()
        return self._row(row) if row else None

    async def done(self, row_id: int, now: datetime) -> None:
        """Handled: only the key stays, so that a redelivery is recognised, and the hour."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        await self._set(
            row_id, state="done", lane="", body_sealed=None, received_at=hour, error="", tries=0,
            next_at=None,
        )  # fmt: skip

    async def failed(self, row_id: int, error: str, again_at: datetime | None, tries: int) -> None:
        """A try failed: again at that time, or parked when there is none."""
        state = "new" if again_at else "parked"
        await self._set(row_id, state=state, error=error[:500], next_at=again_at, tries=tries)

    async def listed(self, states: Sequence[str], limit: int) -> Sequence[InboxRow]:
        """Rows in these states, newest first."""
        query = (
            select(_T).where(col(_T.state).in_(states)).order_by(col(_T.id).desc()).limit(limit)
        )
        return [self._row(row) for row in (await self.session.execute(query)).scalars()]

    async def replay(self, row_ids: Sequence[int]) -> int:
        """Parked rows are tried again; all of them when none is named."""
        query = update(_T).where(col(_T.state) == "parked", col(_T.body_sealed).is_not(None))
        if row_ids:
            query = query.where(col(_T.id).in_(row_ids))
        result = await self.session.execute(query.values(state="new", tries=0, next_at=None))
        return int(cast("Any", result).rowcount)

    async def purge(self, before: datetime) -> int:
        """Forget rows that were done before; how many. The newest stays: its id is not reused."""
        newest = select(func.max(_C.id)).scalar_subquery()
        result = await self.session.execute(
            delete(plain(_T)).where(_C.state == "done", _C.received_at < before, _C.id < newest)
        )
        return int(cast("Any", result).rowcount)

    async def wipe(self, before: datetime) -> int:
        """Destroy what parked rows hold that came before; how many. They stay listed."""
        result = await self.session.execute(
            update(plain(_T))
            .where(_C.state == "parked", _C.received_at < before, _C.body_sealed.is_not(None))
            .values(body_sealed=None, lane="")
        )
        return int(cast("Any", result).rowcount)

    async def _set(self, row_id: int, **values: Any) -> None:
        await self.session.execute(update(plain(_T)).where(_C.id == row_id).values(**values))

    def _row(self, row: Any) -> InboxRow:
        return InboxRow(
            id=row.id or 0,
            update_id=row.update_id,
            raw=self.opened(row.body_sealed, _BODY),
            tries=row.tries,
            received_at=row.received_at,
            state=row.state,
            error=row.error,
        )
