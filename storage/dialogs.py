"""Dialogs in progress, and conversations that run through the bot.

Every table has digests of its own kind, and instants next to a person are rounded: nothing here
can be laid beside another table to find out who is behind an anonymous case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlmodel import col

from bot.ports import Draft, Thread
from storage.base import Repository, plain, upsert
from storage.tables import CaseTable, DraftTable, ThreadLinkTable, ThreadTable

_STATE = "draft"
_CHAT = "thread"
_ANONYMOUS = "reporter"
_NAMED = "resident"
_AT_ONCE = 500
_D = plain(DraftTable).c
_DRAFT = select(_D.state_sealed).where(
    _D.person == bindparam("who"), _D.lane == bindparam("where")
)


class SqlDrafts(Repository):
    """Implements ``bot.ports.Drafts``."""

    async def get(self, person: int, chat: int) -> Draft | None:
        """The dialog that this person has open in this chat."""
        lane = self._lane(chat)
        if (person, lane) not in self.known:
            found = await self.session.execute(_DRAFT, {"who": person, "where": lane})
            self.known[person, lane] = found.one_or_none()
        row = self.known[person, lane]
        if row is None:
            return None
        body = self.seal.open(row.state_sealed, _STATE)
        return Draft(person, chat, body["state"], datetime.fromisoformat(body["at"]))

    async def put(self, draft: Draft) -> None:
        """Keep the dialog as it is now."""
        at = draft.updated_at
        hour = at.replace(minute=0, second=0, microsecond=0)
        body = {"state": draft.state, "at": at.isoformat()}
        values = {
            "state_sealed": self.seal.seal(body, _STATE),
            "updated_at": hour if hour == at else hour + timedelta(hours=1),
        }
        statement = upsert(self.session, DraftTable).values(
            person=draft.person, lane=self._lane(draft.chat), **values
        )
        await self.session.execute(
            statement.on_conflict_do_update(index_elements=["person", "lane"], set_=values)
        )
        self.known.clear()

    async def drop(self, person: int, chat: int) -> None:
        """The dialog is over."""
        await self.session.execute(
            delete(DraftTable).where(
                col(DraftTable.person) == person, col(DraftTable.lane) == self._lane(chat)
            )
        )
        self.known.clear()

    async def purge(self, before: datetime) -> int:
        """Forget dialogs that nobody has touched since, to the hour; how many there were."""
        result = await self.session.execute(
            delete(DraftTable).where(col(DraftTable.updated_at) < before)
        )
        return int(cast("Any", result).rowcount)

    def _lane(self, chat: int) -> str:
        return self.seal.mark(chat, "draft")


class SqlThreads(Repository):
    """Implements ``bot.ports.Threads``."""

    async def open(self, thread: Thread) -> Thread:
        """Begin a conversation; returns it with its id."""
        result = await self.session.execute(
            insert(ThreadTable)
            .values(
                case_id=thread.case_id,
                resident_mark=await self._mark(thread),
                resident_sealed=self.seal.seal(thread.resident, _CHAT),
                **self._values(thread),
            )
            .returning(col(ThreadTable.id))
        )
        return replace(thread, id=cast("int", result.scalar_one()))

    async def get(self, thread_id: int) -> Thread | None:
        """The conversation with this id; None when there is none, or it was wiped."""
        row = await self.session.get(ThreadTable, thread_id)
        return self._thread(row) if row else None

    async def save(self, thread: Thread) -> None:
        """Write it back."""
        await self.session.execute(
            update(ThreadTable)
            .where(col(ThreadTable.id) == thread.id)
            .values(**self._values(thread))
        )

    async def link(self, thread_id: int, chat: int, message: int) -> None:
        """Replying to this message continues the conversation."""
        await self.session.execute(
            insert(ThreadLinkTable).values(thread_id=thread_id, mark=self._link(chat, message))
        )

    async def at(self, chat: int, message: int) -> Thread | None:
        """The conversation that this message belongs to."""
        query = (
            select(ThreadTable)
            .join(ThreadLinkTable, col(ThreadLinkTable.thread_id) == col(ThreadTable.id))
            .where(col(ThreadLinkTable.mark) == self._link(chat, message))
        )
        row = (await self.session.execute(query)).scalars().first()
        return self._thread(row) if row else None

    async def of_resident(self, chat: int, *states: str) -> Sequence[Thread]:
        """A resident's conversations in these states, newest first."""
        query = (
            select(ThreadTable)
            .where(
                col(ThreadTable.resident_mark).in_(
                    [self.seal.mark(chat, kind) for kind in (_ANONYMOUS, _NAMED)]
                ),
                col(ThreadTable.state).in_(states),
            )
            .order_by(col(ThreadTable.id).desc())
        )
        rows = (await self.session.execute(query)).scalars()
        return [thread for row in rows if (thread := self._thread(row))]

    async def wipe(self, before: datetime) -> int:
        """Destroy who took part in conversations that ended, opened before; how many.

        One about no case that waits for the resident's word has ended too, and so has one that
        nobody ever took.
        """
        ended = or_(
            col(ThreadTable.state).in_(("closed", "kept")),
            (col(ThreadTable.state) == "asked") & col(ThreadTable.case_id).is_(None),
        )
        which = select(col(ThreadTable.id)).where(
            ended,
            col(ThreadTable.opened_at) < before,
            col(ThreadTable.resident_sealed).is_not(None),
        )
        ids = list((await self.session.execute(which)).scalars())
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            await self.session.execute(
                delete(ThreadLinkTable).where(col(ThreadLinkTable.thread_id).in_(some))
            )
            await self.session.execute(
                update(ThreadTable)
                .where(col(ThreadTable.id).in_(some))
                .values(resident_mark="", resident_sealed=None, state="closed")
            )
        return len(ids)

    def _link(self, chat: int, message: int) -> str:
        return self.seal.mark(f"{chat}:{message}", "link")

    async def _mark(self, thread: Thread) -> str:
        """The resident's digest: on an anonymous case that of its reporter, else another."""
        query = select(col(CaseTable.anonymous)).where(col(CaseTable.id) == thread.case_id)
        hidden = bool((await self.session.execute(query)).scalar_one_or_none())
        return self.seal.mark(thread.resident, _ANONYMOUS if hidden else _NAMED)

    def _values(self, thread: Thread) -> dict[str, Any]:
        return {
            "kind": thread.kind,
            "staff": thread.staff,
            "unit": thread.unit,
            "state": thread.state,
            "due_at": thread.due_at,
            "opened_at": thread.opened_at,
        }

    def _thread(self, row: ThreadTable) -> Thread | None:
        if row.resident_sealed is None:
            return None
        return Thread(
            id=row.id or 0,
            kind=row.kind,
            case_id=row.case_id,
            resident=cast("int", self.seal.open(row.resident_sealed, _CHAT)),
            staff=row.staff,
            unit=row.unit,
            state=row.state,
            due_at=row.due_at,
            opened_at=row.opened_at,
        )
