"""Cases, sub-tasks, events and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Integer, String, delete, func, insert, or_, select, update
from sqlalchemy import cast as cast_sql
from sqlmodel import col

from bot.domain import access
from bot.domain.access import Sight, Viewer
from bot.domain.case import (
    OPEN,
    Case,
    Dispute,
    Event,
    Media,
    Note,
    Place,
    Return,
    Source,
    Status,
    Task,
)
from bot.domain.events import chained
from bot.domain.units import Directory, Tier
from bot.errors import Conflict
from bot.ports import Seen
from storage.base import Repository, upsert
from storage.tables import (
    CaseTable,
    EventTable,
    NoteTable,
    SettingTable,
    TaskTable,
    ThreadLinkTable,
    ThreadTable,
)

_PLACE = "place"
_REPLY = "reply"
_NOTE = "note"


class SqlCases(Repository):
    """Implements ``bot.ports.Cases``. A case leaves it only through ``access`` (I7)."""

    directory: Directory

    async def next_number(self, day: str) -> str:
        """The next case number of that day: ``YYYYMMDD`` and a serial of four digits or more."""
        statement = upsert(self.session, SettingTable).values(key=f"serial:{day}", value="1")
        result = await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["key"],
                set_={"value": cast_sql(cast_sql(SettingTable.value, Integer) + 1, String)},
            ).returning(SettingTable.value)
        )
        return f"{day}{int(result.scalar_one()):04d}"

    async def add(self, case: Case) -> Case:
        """Store a new case; returns it with its id."""
        values = self._values(case) | {"insiders": list(case.insiders)}
        result = await self.session.execute(
            insert(CaseTable).values(**values).returning(col(CaseTable.id))
        )
        return replace(case, id=cast("int", result.scalar_one()))

    async def get_for(self, viewer: Viewer, case_id: int) -> Seen | None:
        """The case as far as this viewer may see it; None when for them it does not exist."""
        return await self._seen(viewer, col(CaseTable.id) == case_id)

    async def find_for(self, viewer: Viewer, number: str) -> Seen | None:
        """The same, by case number."""
        return await self._seen(viewer, col(CaseTable.number) == number)

    async def save(self, case: Case) -> Case:
        """Write the case back, if nobody has since it was read. Raises Conflict."""
        values = self._values(case) | {"version": case.version + 1}
        result = await self.session.execute(
            update(CaseTable)
            .where(col(CaseTable.id) == case.id, col(CaseTable.version) == case.version)
            .values(**values)
        )
        if not cast("Any", result).rowcount:
            raise Conflict(f"case {case.id} was changed meanwhile")
        return replace(case, version=case.version + 1)

    async def add_insider(self, case_id: int, person_id: int) -> None:
        """Let one more person know of a confidential case."""
        query = select(col(CaseTable.insiders)).where(col(CaseTable.id) == case_id)
        known = list((await self.session.execute(query)).scalar_one())
        await self.session.execute(
            update(CaseTable)
            .where(col(CaseTable.id) == case_id)
            .values(insiders=sorted({*known, person_id}))
        )

    async def of_reporter(self, viewer: Viewer, limit: int, offset: int) -> Sequence[Case]:
        """A person's own cases, newest first, the anonymous ones included."""
        mine = col(CaseTable.reporter_mark) == viewer.mark
        if viewer.person is not None:
            mine = or_(mine, col(CaseTable.reporter) == viewer.person)
        query = select(CaseTable).where(mine).order_by(col(CaseTable.id).desc())
        rows = (await self.session.execute(query.limit(limit).offset(offset))).scalars()
        return [self._case(row) for row in rows]

    async def of_bundle(self, viewer: Viewer, bundle: str) -> Sequence[Seen]:
        """The cases of one message that exist for this viewer, in the order of their numbers."""
        query = select(CaseTable).where(col(CaseTable.bundle) == bundle)
        rows = (await self.session.execute(query.order_by(col(CaseTable.id)))).scalars().all()
        found = [await self._seen_row(viewer, row) for row in rows]
        return [seen for seen in found if seen]

    async def listed(
        self, viewer: Viewer, *, units: frozenset[str] | None, open_only: bool, limit: int
    ) -> Sequence[Seen]:
        """Cases in which one of the units (None: any) has a sub-task or a say, oldest first."""
        query = select(CaseTable).order_by(col(CaseTable.id))
        if open_only:
            query = query.where(col(CaseTable.status).in_([s.value for s in OPEN]))
        if units is not None:
            held = select(col(TaskTable.case_id)).where(col(TaskTable.unit).in_(units))
            owed = (col(CaseTable.hub).in_(units), col(CaseTable.verifier_unit).in_(units))
            query = query.where(or_(col(CaseTable.id).in_(held), *owed))
        found = []
        for row in (await self.session.execute(query.limit(limit))).scalars():
            seen = await self._seen_row(viewer, row)
            if seen and seen.sight > Sight.PUBLIC:
                found.append(seen)
        return found

    async def recent(self, viewer: Viewer, limit: int) -> Sequence[Seen]:
        """The cases to which something happened last, the newest first."""
        newest = func.max(col(EventTable.id))
        query = (
            select(col(EventTable.case_id))
            .group_by(col(EventTable.case_id))
            .order_by(newest.desc())
            .limit(limit)
        )
        ids = list((await self.session.execute(query)).scalars())
        found = [await self.get_for(viewer, case_id) for case_id in ids]
        return [seen for seen in found if seen and seen.sight > Sight.PUBLIC]

    async def newest(self, limit: int | None) -> Sequence[int]:
        """The ids of so many cases (None: all), the newest first."""
        query = select(col(CaseTable.id)).order_by(col(CaseTable.id).desc()).limit(limit)
        return [cast("int", one) for one in (await self.session.execute(query)).scalars()]

    async def add_task(self, task: Task) -> Task:
        """Store a new sub-task; returns it with its id."""
        values = asdict(task) | {"status": task.status.value}
        del values["id"]
        result = await self.session.execute(
            insert(TaskTable).values(**values).returning(col(TaskTable.id))
        )
        return replace(task, id=cast("int", result.scalar_one()))

    async def save_task(self, task: Task) -> None:
        """Write a sub-task back; the case's version guards both."""
        values = asdict(task) | {"status": task.status.value}
        del values["id"]
        await self.session.execute(
            update(TaskTable).where(col(TaskTable.id) == task.id).values(**values)
        )

    async def tasks(self, case_id: int) -> tuple[Task, ...]:
        """The sub-tasks of a case, oldest first."""
        query = select(TaskTable).where(col(TaskTable.case_id) == case_id)
        rows = (await self.session.execute(query.order_by(col(TaskTable.id)))).scalars()
        return tuple(_task(row) for row in rows)

    async def case_of(self, task_id: int) -> int | None:
        """The case that a sub-task belongs to."""
        query = select(col(TaskTable.case_id)).where(col(TaskTable.id) == task_id)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def tasks_of(
        self, units: frozenset[str], since: datetime, until: datetime
    ) -> Sequence[Task]:
        """Sub-tasks of the units with a due time in the period."""
        query = select(TaskTable).where(
            col(TaskTable.unit).in_(units),
            or_(
                col(TaskTable.respond_due).between(since, until),
                col(TaskTable.resolve_due).between(since, until),
            ),
        )
        return [_task(row) for row in (await self.session.execute(query)).scalars()]

    async def append(self, event: Event) -> Event:
        """Add an event at the end of its case's chain."""
        query = (
            select(EventTable)
            .where(col(EventTable.case_id) == event.case_id)
            .order_by(col(EventTable.seq).desc())
            .limit(1)
        )
        last = (await self.session.execute(query)).scalar_one_or_none()
        placed = chained(event, event_of(last) if last else None)
        await self.session.execute(insert(EventTable).values(**asdict(placed)))
        return placed

    async def events(self, case_id: int) -> Sequence[Event]:
        """The chain of a case, oldest first."""
        query = select(EventTable).where(col(EventTable.case_id) == case_id)
        rows = (await self.session.execute(query.order_by(col(EventTable.seq)))).scalars()
        return [event_of(row) for row in rows]

    async def add_note(self, note: Note) -> Note:
        """Seal what somebody wrote or sent; returns it with its id and salted digest."""
        media = [asdict(m) for m in note.media]
        body = {"text": note.text, "media": media, "messages": list(note.messages)}
        digest = self.seal.mark(f"{note.case_id}:{note.at.timestamp()}:{note.text}", _NOTE)
        result = await self.session.execute(
            insert(NoteTable)
            .values(
                case_id=note.case_id,
                kind=note.kind,
                at=note.at,
                author=note.author,
                body_sealed=self.seal.seal(body, _NOTE),
                digest=digest,
            )
            .returning(col(NoteTable.id))
        )
        return replace(note, id=cast("int", result.scalar_one()), digest=digest)

    async def notes(self, case_id: int) -> Sequence[Note]:
        """What was written and sent on a case, oldest first."""
        query = select(NoteTable).where(col(NoteTable.case_id) == case_id)
        rows = (await self.session.execute(query.order_by(col(NoteTable.id)))).scalars()
        return [self._note(row) for row in rows]

    async def note(self, note_id: int) -> Note | None:
        """One of them."""
        row = await self.session.get(NoteTable, note_id)
        return self._note(row) if row else None

    async def forget(self, case_id: int, *, text: bool) -> None:
        """Destroy what people sent on a case: media, or with ``text`` everything personal.

        The events keep their digests, so the chain stays whole.
        """
        for note in await self.notes(case_id):
            kept = None if text else {"text": note.text, "media": [], "messages": []}
            sealed = self.seal.seal(kept, _NOTE) if kept else None
            await self.session.execute(
                update(NoteTable).where(col(NoteTable.id) == note.id).values(body_sealed=sealed)
            )
        if text:
            query = select(CaseTable).where(col(CaseTable.id) == case_id)
            case = self._case((await self.session.execute(query)).scalar_one())
            place = Place(grid=case.place.grid, status=case.place.status)
            await self.session.execute(
                update(CaseTable)
                .where(col(CaseTable.id) == case_id)
                .values(
                    place_sealed=self.seal.seal(asdict(place), _PLACE),
                    reply_sealed=None,
                    bundle=None,
                    reporter=None,
                    reporter_mark="",
                )
            )
            await self._forget_threads(case_id)

    async def _forget_threads(self, case_id: int) -> None:
        mine = select(col(ThreadTable.id)).where(col(ThreadTable.case_id) == case_id)
        await self.session.execute(
            delete(ThreadLinkTable).where(col(ThreadLinkTable.thread_id).in_(mine))
        )
        await self.session.execute(
            update(ThreadTable)
            .where(col(ThreadTable.case_id) == case_id)
            .values(resident_mark="", resident_sealed=None, state="closed")
        )

    async def set_reply_chat(self, case_id: int, chat: int) -> None:
        """Where the reporter is answered: sealed, for replies only."""
        await self.session.execute(
            update(CaseTable)
            .where(col(CaseTable.id) == case_id)
            .values(reply_sealed=self.seal.seal(chat, _REPLY))
        )

    async def reply_chat(self, case_id: int) -> int | None:
        """Where to answer the reporter; None when nobody can be asked."""
        query = select(col(CaseTable.reply_sealed)).where(col(CaseTable.id) == case_id)
        sealed = (await self.session.execute(query)).scalar_one_or_none()
        return cast("int | None", self.seal.open(sealed, _REPLY))

    async def _seen(self, viewer: Viewer, which: Any) -> Seen | None:
        row = (await self.session.execute(select(CaseTable).where(which))).scalar_one_or_none()
        return await self._seen_row(viewer, row) if row else None

    async def _seen_row(self, viewer: Viewer, row: CaseTable) -> Seen | None:
        case = self._case(row)
        tasks = await self.tasks(case.id)
        sight = access.sight(viewer, case, tasks, self.directory)
        return Seen(case, tasks, sight) if sight else None

    def _values(self, case: Case) -> dict[str, Any]:
        values = {name: getattr(case, name) for name in Case.__dataclass_fields__}
        # Insiders are added one by one, never written back with the rest.
        del values["id"], values["place"], values["insiders"]
        values["status"] = case.status.value
        values["level"] = case.level.value
        values["source"] = case.source.value
        values["returns"] = [asdict(one) for one in case.returns]
        values["dispute"] = case.dispute.value
        values["grid"] = case.place.grid
        values["place_sealed"] = self.seal.seal(asdict(case.place), _PLACE)
        return values

    def _case(self, row: CaseTable) -> Case:
        mapped = {"place", "status", "level", "source", "id", "insiders", "returns", "dispute"}
        names = set(Case.__dataclass_fields__) - mapped
        return Case(
            **{name: getattr(row, name) for name in names},
            insiders=tuple(row.insiders),
            returns=tuple(Return(**one) for one in row.returns),
            dispute=Dispute(row.dispute),
            id=row.id or 0,
            status=Status(row.status),
            level=Tier(row.level),
            source=Source(row.source),
            place=Place(**self.seal.open(row.place_sealed, _PLACE)),
        )

    def _note(self, row: NoteTable) -> Note:
        body = self.seal.open(row.body_sealed, _NOTE) or {"text": "", "media": []}
        return Note(
            id=row.id or 0,
            case_id=row.case_id,
            kind=row.kind,
            at=row.at,
            author=row.author,
            text=body["text"],
            media=tuple(Media(**m) for m in body["media"]),
            digest=row.digest,
            messages=tuple(body.get("messages", ())),
        )


def _task(row: TaskTable) -> Task:
    names = set(Task.__dataclass_fields__) - {"status", "id"}
    values = {name: getattr(row, name) for name in names}
    return Task(**values, id=row.id or 0, status=Status(row.status))


def event_of(row: EventTable) -> Event:
    """The domain's event of a row."""
    values = {name: getattr(row, name) for name in Event.__dataclass_fields__}
    return Event(**(values | {"at": row.at.astimezone(UTC)}))
