"""Persons, their posts, and single-use invites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import col

from bot.domain.access import Post
from bot.domain.units import Role
from bot.ports import Invite, Person
from storage.base import Repository, plain, upsert
from storage.tables import InviteTable, PersonTable, PostTable

_PROFILE = "profile"
_LABEL = "label"
_CHANGING = ("language", "reachable", "noticed", "last_grid", "menu")
_P = plain(PersonTable).c
_BY_MARK = select(plain(PersonTable)).where(_P.mark == bindparam("mark"))
_BY_ID = select(plain(PersonTable)).where(_P.id == bindparam("id"))
_POSTS = (
    select(plain(PostTable))
    .where(plain(PostTable).c.person == bindparam("person"))
    .order_by(plain(PostTable).c.id)
)


class SqlPeople(Repository):
    """Implements ``bot.ports.People``."""

    async def seen(self, chat: int, name: str, username: str, locale: str | None) -> Person:
        """The person behind a user id, made at first sight; name and guess kept up to date.

        ``locale`` is what Telegram tells of their language; None, which says nothing, leaves
        the last guess as it was.
        """
        mark = self._mark(chat)
        row = await self._by_mark(mark)
        profile = {"chat": chat, "name": name, "username": username}
        if row is None:
            new = {
                "mark": mark,
                "profile_sealed": self.seal.seal(profile, _PROFILE),
                "locale": locale,
                "reachable": False,
                "noticed": False,
            }
            statement = upsert(self.session, PersonTable).values(**new)
            await self.session.execute(statement.on_conflict_do_nothing(["mark"]))
            row = await self._by_mark(mark)
            assert row is not None  # noqa: S101
        else:
            changed: dict[str, Any] = {}
            if self.seal.open(row.profile_sealed, _PROFILE) != profile:
                changed["profile_sealed"] = self.seal.seal(profile, _PROFILE)
            if locale is not None and row.locale != locale:
                changed["locale"] = locale
            if changed:
                await self._set(row.id, **changed)
                row = await self._by_mark(mark)
        return await self._person(row)

    async def get(self, person_id: int) -> Person | None:
        """The person with this id."""
        if person_id in self.known:
            return cast("Person", self.known[person_id])
        row = (await self.session.execute(_BY_ID, {"id": person_id})).one_or_none()
        return await self._person(row) if row else None

    async def by_chat(self, chat: int) -> Person | None:
        """The person with this private chat."""
        for person in self.known.values():
            if person.chat == chat:
                return cast("Person", person)
        row = await self._by_mark(self._mark(chat))
        return await self._person(row) if row else None

    async def update(self, person: Person) -> None:
        """Write back what may change: language, reachability, notice, last grid, menu."""
        values = {name: getattr(person, name) for name in _CHANGING}
        await self._set(person.id, **values)
        if known := self.known.get(person.id):
            self.known[person.id] = replace(known, **values)

    async def of_unit(self, unit: str, *roles: Role) -> Sequence[Person]:
        """People with a post in the unit, those on duty first, then by seniority."""
        query = (
            select(plain(PersonTable))
            .join(PostTable, col(PostTable.person) == _P.id)
            .where(col(PostTable.unit) == unit)
            .order_by(col(PostTable.duty).desc(), col(PostTable.id))
        )
        if roles:
            query = query.where(col(PostTable.role).in_([r.value for r in roles]))
        rows = list((await self.session.execute(query)).unique())
        return [await self._person(row) for row in rows]

    async def units_with(self, role: Role) -> Sequence[str]:
        """The units in which somebody has this role."""
        query = (
            select(col(PostTable.unit))
            .where(col(PostTable.role) == role.value, col(PostTable.person).is_not(None))
            .distinct()
            .order_by(col(PostTable.unit))
        )
        return list((await self.session.execute(query)).scalars())

    async def give(
        self, person_id: int, unit: str, role: Role, by: int | None, now: datetime
    ) -> bool:
        """Give a post, a planned one of this unit and role first; False when already held."""
        self.known.clear()
        held = select(col(PostTable.id)).where(
            col(PostTable.person) == person_id,
            col(PostTable.unit) == unit,
            col(PostTable.role) == role.value,
        )
        if (await self.session.execute(held)).first():
            return False
        planned = (
            select(col(PostTable.id))
            .where(
                col(PostTable.unit) == unit,
                col(PostTable.role) == role.value,
                col(PostTable.person).is_(None),
            )
            .order_by(col(PostTable.id))
            .limit(1)
        )
        post = (await self.session.execute(planned)).scalar_one_or_none()
        values: dict[str, Any] = {"person": person_id, "invited_by": by, "since": now}
        if post is None:
            values |= {"unit": unit, "role": role.value, "duty": True, "named": False}
            await self.session.execute(insert(PostTable).values(**values))
        else:
            await self.session.execute(
                update(PostTable).where(col(PostTable.id) == post).values(**values)
            )
        return True

    async def leave(self, person_id: int, unit: str | None = None) -> None:
        """Give posts back: all of them, or those in one unit."""
        self.known.clear()
        query = update(PostTable).where(col(PostTable.person) == person_id)
        if unit:
            query = query.where(col(PostTable.unit) == unit)
        await self.session.execute(query.values(person=None, since=None))

    async def invite(
        self,
        digest: str,
        kind: str,
        unit: str,
        role: Role | None,
        expires_at: datetime,
        by: int | None,
    ) -> None:
        """Store a code by its digest."""
        await self.session.execute(
            insert(InviteTable).values(
                digest=digest,
                kind=kind,
                unit=unit,
                role=role.value if role else None,
                expires_at=expires_at,
                invited_by=by,
            )
        )

    async def redeem(self, digest: str, kind: str, now: datetime) -> Invite | None:
        """Use a code up; None when it is unknown, expired, used or of the other kind."""
        result = await self.session.execute(
            update(InviteTable)
            .where(
                col(InviteTable.digest) == digest,
                col(InviteTable.kind) == kind,
                col(InviteTable.used_at).is_(None),
                col(InviteTable.expires_at) > now,
            )
            .values(used_at=now)
            .returning(InviteTable)
        )
        row = result.scalar_one_or_none()
        if row is None:
            return None
        return Invite(
            id=row.id or 0,
            kind=row.kind,
            unit=row.unit,
            role=Role(row.role) if row.role else None,
            expires_at=row.expires_at,
            invited_by=row.invited_by,
        )

    async def plan(self, posts: Sequence[dict[str, Any]]) -> None:
        """Replace the planned posts by these (ref, unit, role, label, duty, named)."""
        self.known.clear()
        refs = [post["ref"] for post in posts]
        await self.session.execute(
            delete(PostTable).where(
                col(PostTable.person).is_(None),
                col(PostTable.ref).is_not(None),
                col(PostTable.ref).not_in(refs),
            )
        )
        for post in posts:
            values = {key: post[key] for key in ("unit", "role", "duty", "named")}
            values["label_sealed"] = self.seal.seal(post["label"], _LABEL)
            known = select(col(PostTable.id)).where(col(PostTable.ref) == post["ref"])
            found = (await self.session.execute(known)).scalar_one_or_none()
            if found is None:
                await self.session.execute(insert(PostTable).values(ref=post["ref"], **values))
            else:
                await self.session.execute(
                    update(PostTable).where(col(PostTable.id) == found).values(**values)
                )

    async def planned(self) -> Sequence[dict[str, Any]]:
        """The directory's posts, with whether somebody has taken each."""
        query = select(PostTable).where(col(PostTable.ref).is_not(None))
        rows = (await self.session.execute(query.order_by(col(PostTable.id)))).scalars()
        return [
            {
                "ref": row.ref,
                "unit": row.unit,
                "role": row.role,
                "label": self.seal.open(row.label_sealed, _LABEL) or "",
                "duty": row.duty,
                "named": row.named,
                "taken": row.person is not None,
            }
            for row in rows
        ]

    async def _by_mark(self, mark: str) -> Any:
        return (await self.session.execute(_BY_MARK, {"mark": mark})).one_or_none()

    async def _person(self, row: Any) -> Person:
        profile = self.seal.open(row.profile_sealed, _PROFILE) or {}
        posts = list(await self.session.execute(_POSTS, {"person": row.id}))
        found = Person(
            id=row.id or 0,
            chat=cast("int", profile.get("chat", 0)),
            name=profile.get("name", ""),
            guess=row.locale,
            language=row.language,
            username=profile.get("username", ""),
            reachable=row.reachable,
            noticed=row.noticed,
            last_grid=row.last_grid,
            posts=tuple(Post(p.unit, Role(p.role), p.duty, p.named) for p in posts),
            mark=self.seal.mark(profile.get("chat", 0), "reporter"),
            menu=row.menu,
        )
        self.known[found.id] = found
        return found

    async def _set(self, person_id: int, **values: Any) -> None:
        await self.session.execute(
            update(plain(PersonTable)).where(_P.id == person_id).values(**values)
        )

    def _mark(self, chat: int) -> str:
        return self.seal.mark(chat, "person")
