"""Dialogs in progress, and conversations that run through the bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import col

from bot.ports import Draft, Thread
from storage.base import Repository, plain, upsert
from storage.tables import DraftTable, ThreadLinkTable, ThreadTable

_STATE = "draft"
_CHAT = "thread"
_D = plain(DraftTable).c
_DRAFT = select(_D.state_sealed, _D.updated_at).where(
    _D.person == bindparam("who"), _D.lane == bindparam("where")
)


class SqlDrafts(Repository):
    """Implements ``bot.ports.Drafts``."""

    async def get(self, person: int, chat: int) -> Draft | None:
        """The dialog that this person has open in this chat."""
        lane = self.lane(chat)
        if (person, lane) not in self.known:
            found = await self.session.execute(_DRAFT, {"who": person, "where": lane})
            self.known[person, lane] = found.one_or_none()
        row = self.known[person, lane]
        if row is None:
            return None
        return Draft(person, chat, self.seal.open(row.state_sealed, _STATE), row.updated_at)

    async def put(self, draft: Draft) -> None:
        """Keep the dialog as it is now."""
        values = {
            "state_sealed": self.seal.seal(draft.state, _STATE),
            "updated_at": draft.updated_at,
        }
        statement = upsert(self.session, DraftTable).values(
            person=draft.person, lane=self.lane(draft.chat), **values
        )
        await self.session.execute(
            statement.on_conflict_do_update(index_elements=["person", "lane"], set_=values)
        )
        self.known.clear()

    async def drop(self, person: int, chat: int) -> None:
        """The dialog is over."""
        await self.session.execute(
            delete(DraftTable).where(
                col(DraftTable.person) == person, col(DraftTable.lane) == self.lane(chat)
            )
        )
        self.known.clear()

    async def purge(self, before: datetime) -> int:
        """Forget dialogs that nobody has touched since; how many there were."""
        result = await self.session.execute(
            delete(DraftTable).where(col(DraftTable.updated_at) < before)
        )
        return int(cast("Any", result).rowcount)


class SqlThreads(Repository):
    """Implements ``bot.ports.Threads``."""

    async def open(self, thread: Thread) -> Thread:
        """Begin a conversation; returns it with its id."""
        result = await self.session.execute(
            insert(ThreadTable).values(**self._values(thread)).returning(col(ThreadTable.id))
        )
        return replace(thread, id=cast("int", result.scalar_one()))

    async def get(self, thread_id: int) -> Thread | None:
        """The conversation with this id."""
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
            insert(ThreadLinkTable).values(
                thread_id=thread_id, lane=self.lane(chat), message=message
            )
        )

    async def at(self, chat: int, message: int) -> Thread | None:
        """The conversation that this message belongs to."""
        query = (
            select(ThreadTable)
            .join(ThreadLinkTable, col(ThreadLinkTable.thread_id) == col(ThreadTable.id))
            .where(
                col(ThreadLinkTable.lane) == self.lane(chat),
                col(ThreadLinkTable.message) == message,
            )
        )
        row = (await self.session.execute(query)).scalars().first()
        return self._thread(row) if row else None

    async def of_resident(self, chat: int, *states: str) -> Sequence[Thread]:
        """A resident's conversations in these states, newest first."""
        query = (
            select(ThreadTable)
            .where(
                col(ThreadTable.resident_mark) == self.seal.mark(chat, "reporter"),
                col(ThreadTable.state).in_(states),
            )
            .order_by(col(ThreadTable.id).desc())
        )
        return [self._thread(row) for row in (await self.session.execute(query)).scalars()]

    def _values(self, thread: Thread) -> dict[str, Any]:
        return {
            "kind": thread.kind,
            "case_id": thread.case_id,
            "resident_mark": self.seal.mark(thread.resident, "reporter"),
            "resident_sealed": self.seal.seal(thread.resident, _CHAT),
            "staff": thread.staff,
            "unit": thread.unit,
            "state": thread.state,
            "due_at": thread.due_at,
            "opened_at": thread.opened_at,
        }

    def _thread(self, row: ThreadTable) -> Thread:
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
