"""The outbox: every outgoing call is a row with a unique key (I3), claimed by lease.

A key names the update that caused the call, and a lane its recipient: the first stands here as a
keyed digest, the second goes once the row no longer waits. Together they would tell who sent in
an anonymous case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, delete, exists, func, or_, select, update
from sqlmodel import col

from bot.ports import Call, OutboxRow
from storage.base import Repository, plain, upsert
from storage.tables import OutboxTable

_T = OutboxTable
_BODY = "outbox"
_QUEUED = "queued"
_C = plain(_T).c
_ELDER = plain(_T).alias("elder")
_FIRST = ~exists().where(
    _ELDER.c.state == _QUEUED,
    _ELDER.c.lane == _C.lane,
    or_(
        _ELDER.c.priority < _C.priority,
        (_ELDER.c.priority == _C.priority) & (_ELDER.c.id < _C.id),
        # What is on its way keeps its place, whatever was added in front of it.
        (_ELDER.c.id != _C.id) & (_ELDER.c.lease_until >= bindparam("now")),
    ),
)
_MAY_GO = (
    _C.state == _QUEUED,
    or_(_C.lease_until.is_(None), _C.lease_until < bindparam("now")),
    or_(_C.not_before.is_(None), _C.not_before <= bindparam("now")),
)
_CLAIM = (
    select(plain(_T))
    .where(*_MAY_GO, _FIRST)
    .order_by(_C.priority, _C.id)
    .limit(bindparam("most"))
    .offset(bindparam("past"))
    .with_for_update(skip_locked=True)
)
_WAITING = select(_C.id).where(*_MAY_GO).limit(1)
_LATER = exists().where(_ELDER.c.collapse == _C.collapse, _ELDER.c.id > _C.id).correlate(plain(_T))
_PAGES = 8
"""How many pages of ready rows are looked at to find chats that may be written to now."""


class SqlOutbox(Repository):
    """Implements ``bot.ports.Outbox``."""

    async def enqueue(self, call: Call, now: datetime) -> int | None:
        """Add a call; None when its key was there already. Older waiting ones collapse into it."""
        if call.collapse:
            await self.session.execute(
                update(plain(_T))
                .where(
                    _C.collapse == call.collapse,
                    _C.state == _QUEUED,
                    _C.lease_owner.is_(None),
                )
                .values(state="superseded", lane="", body_sealed=None, done_at=now)
            )
        row = {
            "key": self.seal.mark(call.key, "key"),
            "lane": self._lane(call.chat),
            "priority": call.priority,
            "state": _QUEUED,
            "method": call.method,
            "body_sealed": self.seal.seal(
                {"key": call.key, "chat": call.chat, "params": call.params}, _BODY
            ),
            "collapse": call.collapse,
            "card": call.card,
            "after": call.after,
            "tries": 0,
            "error": "",
            "created_at": now,
        }
        statement = upsert(self.session, _T).values(**row).on_conflict_do_nothing(["key"])
        found = await self.session.execute(statement.returning(_C.id))
        return cast("int | None", found.scalar_one_or_none())

    async def claim(
        self,
        owner: str,
        now: datetime,
        lease_until: datetime,
        limit: int,
        allowed: Callable[[int], bool],
    ) -> Sequence[OutboxRow]:
        """Lease up to ``limit`` rows, the first of each chat; ``allowed`` is asked per chat."""
        claimed: list[OutboxRow] = []
        size = max(limit * 2, 8)
        for page in range(_PAGES):
            rows = list(
                await self.session.execute(_CLAIM, {"now": now, "most": size, "past": page * size})
            )
            for row in map(self._row, rows):
                if len(claimed) < limit and allowed(row.call.chat):
                    claimed.append(row)
            if len(claimed) == limit or len(rows) < size:
                break
        if claimed:
            await self.session.execute(
                update(plain(_T))
                .where(_C.id.in_([row.id for row in claimed]))
                .values(
                    lease_owner=owner,
                    lease_until=lease_until,
                    first_try_at=func.coalesce(_C.first_try_at, now),
                )
            )
        return claimed

    async def waiting(self, now: datetime) -> bool:
        """Whether there is anything that could be tried now."""
        return (await self.session.execute(_WAITING, {"now": now})).first() is not None

    async def sent(self, row_id: int, now: datetime) -> None:
        """Telegram took it: body and recipient are dropped, the key's digest stays."""
        await self._set(
            row_id, state="sent", lane="", body_sealed=None, card=None, after={}, done_at=now,
            error="",
        )  # fmt: skip

    async def again(self, row_id: int, error: str, not_before: datetime) -> None:
        """It failed for now: tried again at that time, its chat waits."""
        await self._set(
            row_id,
            error=error[:500],
            not_before=not_before,
            lease_owner=None,
            lease_until=None,
            tries=_C.tries + 1,
        )

    async def failed(self, row_id: int, error: str, now: datetime) -> None:
        """It will not work: an operator sees it, the chat goes on."""
        await self._set(
            row_id,
            state="failed",
            lane="",
            error=error[:500],
            done_at=now,
            lease_owner=None,
            lease_until=None,
            tries=_C.tries + 1,
        )

    async def release(self, dead: Callable[[str], bool]) -> int:
        """Free the leases of owners that no longer live."""
        query = (
            select(col(_T.lease_owner))
            .where(col(_T.state) == _QUEUED, col(_T.lease_owner).is_not(None))
            .distinct()
        )
        gone = [o for o in (await self.session.execute(query)).scalars() if o and dead(o)]
        if gone:
            await self.session.execute(
                update(_T)
                .where(col(_T.state) == _QUEUED, col(_T.lease_owner).in_(gone))
                .values(lease_owner=None, lease_until=None)
            )
        return len(gone)

    async def move(self, old: int, new: int) -> None:
        """A group became a supergroup: what waits for it goes to the new chat."""
        query = select(_T).where(col(_T.state) == _QUEUED, col(_T.lane) == self._lane(old))
        for row in (await self.session.execute(query)).scalars():
            body = self.seal.open(row.body_sealed, _BODY)
            body["chat"] = new
            if body["params"].get("chat_id") == old:
                body["params"]["chat_id"] = new
            await self._set(
                row.id or 0,
                lane=self._lane(new),
                body_sealed=self.seal.seal(body, _BODY),
                lease_owner=None,
                lease_until=None,
            )

    async def listed(self, states: Sequence[str], limit: int) -> Sequence[OutboxRow]:
        """Rows in these states, newest first."""
        query = (
            select(_T).where(col(_T.state).in_(states)).order_by(col(_T.id).desc()).limit(limit)
        )
        return [self._row(row) for row in (await self.session.execute(query)).scalars()]

    async def replay(self, row_ids: Sequence[int]) -> int:
        """Failed rows are tried again, all of them when none is named; how many.

        One that shows what a later row has shown since stays as it is: the newer state wins.
        """
        query = select(_C.id, _C.body_sealed).where(
            _C.state == "failed", _C.body_sealed.is_not(None), ~_LATER
        )
        if row_ids:
            query = query.where(_C.id.in_(row_ids))
        found = 0
        for row in list(await self.session.execute(query.order_by(_C.id))):
            body = self.opened(row.body_sealed, _BODY)
            if body is None:
                continue
            lane = self._lane(body["chat"])
            await self._set(
                row.id, state=_QUEUED, lane=lane, not_before=None, first_try_at=None, tries=0,
                done_at=None,
            )  # fmt: skip
            found += 1
        return found

    async def purge(self, before: datetime) -> int:
        """Forget calls that were made or given up for newer ones before; how many.

        The newest row stays: its id is not used again.
        """
        newest = select(func.max(_C.id)).scalar_subquery()
        result = await self.session.execute(
            delete(plain(_T)).where(
                _C.state.in_(("sent", "superseded")), _C.done_at < before, _C.id < newest
            )
        )
        return int(cast("Any", result).rowcount)

    async def wipe(self, before: datetime) -> int:
        """Destroy what rows hold that failed before; how many. They stay listed."""
        result = await self.session.execute(
            update(plain(_T))
            .where(_C.state == "failed", _C.done_at < before, _C.body_sealed.is_not(None))
            .values(body_sealed=None, lane="", after={})
        )
        return int(cast("Any", result).rowcount)

    def _lane(self, chat: int) -> str:
        return self.seal.mark(chat, "outbox")

    async def _set(self, row_id: int, **values: Any) -> None:
        await self.session.execute(update(plain(_T)).where(_C.id == row_id).values(**values))

    def _row(self, row: Any) -> OutboxRow:
        # One row that no key opens must fail by itself, not stop everything behind it.
        body = self.opened(row.body_sealed, _BODY) or {"chat": 0, "params": {}}
        return OutboxRow(
            id=row.id or 0,
            call=Call(
                key=body.get("key", row.key),
                method=row.method,
                params=body["params"],
                chat=body["chat"],
                priority=row.priority,
                collapse=row.collapse,
                card=row.card,
                after=row.after,
            ),
            tries=row.tries,
            error=row.error,
            state=row.state,
            created_at=row.created_at,
            first_try_at=row.first_try_at,
        )
