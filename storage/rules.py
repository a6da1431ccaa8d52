"""Reference data with versions (items, directory, calendar), small facts, audit anchors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlmodel import col

from bot.domain.case import Event
from bot.domain.events import broken
from bot.domain.items import Item, dump_items, parse_items
from bot.domain.unit_roles import UnitRole
from bot.domain.units import Directory, PlaceName, Tier, Unit
from storage.base import Repository, plain, upsert
from storage.cases import event_of
from storage.tables import (
    AnchorTable,
    CaseTable,
    EventTable,
    ItemTable,
    PlaceTable,
    SettingTable,
    UnitTable,
)

_CALENDAR = "calendar:"
_POLYGONS = "polygons"
_F = plain(SettingTable).c
_FACT = select(_F.value).where(_F.key == bindparam("name"))


class SqlRules(Repository):
    """Implements ``bot.ports.Rules``."""

    roles: dict[str, UnitRole]

    async def version(self) -> str:
        """Changes whenever items, directory or calendar do."""
        return await self.get("rules-version") or "0"

    async def items(self) -> dict[str, Item]:
        """The list in force, code -> item, in its order."""
        query = select(ItemTable).where(col(ItemTable.active)).order_by(col(ItemTable.id))
        text = "".join(row.body for row in (await self.session.execute(query)).scalars())
        if not text:
            return {}
        return {item.code: item for item in parse_items(text, "items", self.roles)}

    async def put_items(self, items: Sequence[Item]) -> int:
        """Put a list in force; how many items are new or changed.

        A changed item gets the next version, whatever the file says, so that a closed case keeps
        the version that it was routed by (R023).
        """
        query = select(ItemTable).where(col(ItemTable.active)).order_by(col(ItemTable.id))
        old = {row.code: row for row in (await self.session.execute(query)).scalars()}
        changed = 0
        for item in items:
            before = old.pop(item.code, None)
            version = before.version if before else item.version
            values = asdict(item) | {"version": version}
            body = dump_items([Item(**values)])
            if before and before.body == body:
                continue
            changed += 1
            if before:
                await self._retire(before)
                version = before.version + 1
                body = dump_items([Item(**(values | {"version": version}))])
            await self.session.execute(
                insert(ItemTable).values(code=item.code, version=version, active=True, body=body)
            )
        for gone in old.values():
            await self._retire(gone)
        await self._bump()
        return changed + len(old)

    async def directory(self) -> Directory:
        """The directory in force."""
        query = select(UnitTable).order_by(col(UnitTable.position))
        units = {
            row.code: Unit(
                **(row.body | {"tier": Tier(row.body["tier"]), "roles": tuple(row.body["roles"])})
            )
            for row in (await self.session.execute(query)).scalars()
        }
        places = select(PlaceTable).order_by(col(PlaceTable.id))
        names = tuple(
            PlaceName(
                **(row.body | {k: tuple(v) for k, v in row.body.items() if isinstance(v, list)})
            )
            for row in (await self.session.execute(places)).scalars()
        )
        polygons = await self._json(_POLYGONS)
        return Directory(units, names, polygons)

    async def put_directory(self, directory: Directory) -> None:
        """Put a directory in force, whole."""
        await self.session.execute(delete(UnitTable))
        await self.session.execute(delete(PlaceTable))
        for position, unit in enumerate(directory.units.values()):
            await self.session.execute(
                insert(UnitTable).values(
                    code=unit.code,
                    position=position,
                    body=asdict(unit) | {"tier": unit.tier.value},
                )
            )
        for place in directory.places:
            await self.session.execute(insert(PlaceTable).values(body=asdict(place)))
        await self.put(_POLYGONS, json.dumps(dict(directory.polygons)))
        await self._bump()

    async def calendar_years(self) -> dict[int, str]:
        """Year -> the text of its file."""
        query = select(SettingTable).where(col(SettingTable.key).startswith(_CALENDAR))
        rows = (await self.session.execute(query)).scalars()
        return {int(row.key.removeprefix(_CALENDAR)): row.value for row in rows}

    async def put_calendar(self, year: int, text: str) -> None:
        """Put a year's file in force."""
        await self.put(f"{_CALENDAR}{year}", text)
        await self._bump()

    async def get(self, key: str) -> str | None:
        """A small fact."""
        found = await self.session.execute(_FACT, {"name": key})
        return cast("str | None", found.scalar_one_or_none())

    async def put(self, key: str, value: str) -> None:
        """Keep a small fact."""
        statement = upsert(self.session, SettingTable).values(key=key, value=value)
        await self.session.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
        )

    async def anchor(self, now: datetime) -> int:
        """Seal the heads of the chains that grew since the last anchor; how many they are.

        The heads of the others are under the anchors before, whose hash goes into this one's: the
        cost is that of the news, not of the history.
        """
        last = cast("int", (await self.session.execute(select(func.max(EventTable.id)))).scalar())
        before = (
            await self.session.execute(
                select(AnchorTable).order_by(col(AnchorTable.id).desc()).limit(1)
            )
        ).scalar_one_or_none()
        if last is None or (before and before.last_event == last):
            return 0
        since, previous = (before.last_event, before.hash) if before else (0, "")
        chains, digest = await self._heads(since, last, previous)
        await self.session.execute(
            insert(AnchorTable).values(at=now, last_event=last, chains=chains, hash=digest)
        )
        return chains

    async def verify(self) -> Sequence[str]:
        """Check every chain and every anchor; one code per fault, empty when all is well."""
        faults: list[str] = []
        named = select(col(CaseTable.id), col(CaseTable.number))
        numbers = {row[0]: row[1] for row in (await self.session.execute(named)).all()}
        query = select(EventTable).order_by(col(EventTable.case_id), col(EventTable.seq))
        chains: dict[int, list[Event]] = {case: [] for case in numbers if case is not None}
        for row in (await self.session.execute(query)).scalars():
            chains.setdefault(row.case_id, []).append(event_of(row))
        for case_id, events in chains.items():
            name = numbers.get(case_id, str(case_id))
            if not events:
                faults.append(f"{name}: no events")
            elif (seq := broken(events)) is not None:
                faults.append(f"{name}: event {seq} was changed")
        since, previous = 0, ""
        anchors = (
            await self.session.execute(select(AnchorTable).order_by(col(AnchorTable.id)))
        ).scalars()
        for anchor in list(anchors):
            _, digest = await self._heads(since, anchor.last_event, previous)
            if digest != anchor.hash:
                faults.append(f"anchor {anchor.id}: the chains it sealed were changed")
            since, previous = anchor.last_event, anchor.hash
        return faults

    async def _heads(self, since: int, last: int, previous: str) -> tuple[int, str]:
        newest = (
            select(func.max(EventTable.id))
            .where(col(EventTable.id) > since, col(EventTable.id) <= last)
            .group_by(col(EventTable.case_id))
        )
        query = (
            select(col(EventTable.case_id), col(EventTable.hash))
            .where(col(EventTable.id).in_(newest))
            .order_by(col(EventTable.case_id))
        )
        heads = list((await self.session.execute(query)).all())
        text = previous + "".join(f"{case}:{digest};" for case, digest in heads)
        return len(heads), hashlib.sha256(text.encode()).hexdigest()

    async def _retire(self, row: ItemTable) -> None:
        await self.session.execute(
            update(ItemTable).where(col(ItemTable.id) == row.id).values(active=False)
        )

    async def _bump(self) -> None:
        await self.put("rules-version", str(int(await self.version()) + 1))

    async def _json(self, key: str) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(await self.get(key) or "{}"))
