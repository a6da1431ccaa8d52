"""Channels of the units, and the cards in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import insert, select, update
from sqlmodel import col

from bot.domain.case import OPEN
from bot.ports import Address, Card, Channel
from storage.base import Repository
from storage.tables import CardTable, CaseTable, ChannelTable

_ADDRESS = "address"


class SqlChannels(Repository):
    """Implements ``bot.ports.Channels``."""

    async def of_unit(self, unit: str) -> Sequence[Channel]:
        """The unit's channels, the living first, in the order they were bound."""
        query = select(ChannelTable).where(col(ChannelTable.unit) == unit)
        query = query.order_by(col(ChannelTable.state), col(ChannelTable.id))
        return [self._channel(row) for row in (await self.session.execute(query)).scalars()]

    async def at(self, address: Address) -> Channel | None:
        """The channel bound to this chat and topic."""
        query = select(ChannelTable).where(
            col(ChannelTable.lane) == self.lane(address.chat),
            col(ChannelTable.thread).is_(address.thread)
            if address.thread is None
            else col(ChannelTable.thread) == address.thread,
        )
        row = (await self.session.execute(query)).scalars().first()
        return self._channel(row) if row else None

    async def in_chat(self, chat: int) -> Sequence[Channel]:
        """Every channel in a chat: one, or a forum's topics."""
        query = select(ChannelTable).where(col(ChannelTable.lane) == self.lane(chat))
        return [self._channel(row) for row in (await self.session.execute(query)).scalars()]

    async def get(self, channel_id: int) -> Channel | None:
        """The channel with this id."""
        row = await self.session.get(ChannelTable, channel_id)
        return self._channel(row) if row else None

    async def all(self) -> Sequence[Channel]:
        """Every channel, planned ones too."""
        query = select(ChannelTable).order_by(col(ChannelTable.unit), col(ChannelTable.id))
        return [self._channel(row) for row in (await self.session.execute(query)).scalars()]

    async def bind(self, unit: str, kind: str, title: str, address: Address) -> Channel:
        """Bind a chat or topic to a unit: a planned channel of the unit first, else a new one."""
        before = await self.at(address)
        if before is not None:
            await self._set(before.id, unit=unit, title=title, state="alive", error="")
            return replace(before, unit=unit, title=title, state="alive")
        values: dict[str, Any] = {
            "lane": self.lane(address.chat),
            "address_sealed": self.seal.seal([address.chat, address.thread], _ADDRESS),
            "thread": address.thread,
            "kind": kind,
            "title": title,
            "state": "alive",
            "error": "",
        }
        free = [c for c in await self.of_unit(unit) if c.state == "planned"]
        if free:
            await self._set(free[0].id, **values)
            found = free[0].id
        else:
            result = await self.session.execute(
                insert(ChannelTable)
                .values(unit=unit, urgent=False, **values)
                .returning(col(ChannelTable.id))
            )
            found = cast("int", result.scalar_one())
        return Channel(found, unit, kind, title, address, "alive")

    async def mark(self, channel_id: int, state: str, error: str = "") -> None:
        """Set a channel's state: alive, dead, or planned again (then it has no address)."""
        values: dict[str, Any] = {"state": state, "error": error[:300]}
        if state == "planned":
            values |= {"lane": None, "address_sealed": None, "thread": None}
        await self._set(channel_id, **values)

    async def migrate(self, old: int, new: int) -> Sequence[int]:
        """A group became a supergroup: its channels and cards move along; the cases concerned.

        The messages stay behind in the old group, so its cards have no message any more.
        """
        for channel in await self.in_chat(old):
            thread = channel.address.thread if channel.address else None
            await self._set(
                channel.id,
                lane=self.lane(new),
                address_sealed=self.seal.seal([new, thread], _ADDRESS),
                state="alive",
            )
        moved: dict[int, None] = {}
        query = select(CardTable).where(col(CardTable.lane) == self.lane(old))
        for row in (await self.session.execute(query)).scalars():
            if row.state == "live":
                moved[row.case_id] = None
            _, thread = self.seal.open(row.address_sealed, _ADDRESS)
            await self.session.execute(
                update(CardTable)
                .where(col(CardTable.id) == row.id)
                .values(
                    lane=self.lane(new),
                    address_sealed=self.seal.seal([new, thread], _ADDRESS),
                    message=None,
                    shown="",
                )
            )
        return list(moved)

    async def plan(self, channels: Sequence[dict[str, Any]]) -> None:
        """Take over the planned channels (ref, unit, kind, title, urgent).

        A bound one stays with the unit that it was bound to.
        """
        for channel in channels:
            values = {key: channel[key] for key in ("unit", "title", "urgent")}
            known = select(col(ChannelTable.id), col(ChannelTable.state)).where(
                col(ChannelTable.ref) == channel["ref"]
            )
            found = (await self.session.execute(known)).one_or_none()
            if found is None:
                await self.session.execute(
                    insert(ChannelTable).values(
                        ref=channel["ref"],
                        kind=channel["kind"],
                        state="planned",
                        error="",
                        **values,
                    )
                )
            else:
                if found.state == "alive":
                    del values["unit"]
                await self._set(found.id, **values)

    async def planned(self) -> Sequence[dict[str, Any]]:
        """The directory's channels."""
        query = select(ChannelTable).where(col(ChannelTable.ref).is_not(None))
        rows = (await self.session.execute(query.order_by(col(ChannelTable.id)))).scalars()
        names = ("ref", "unit", "kind", "title", "urgent", "state")
        return [{name: getattr(row, name) for name in names} for row in rows]

    async def add_card(self, card: Card) -> Card:
        """Store a new card; returns it with its id."""
        result = await self.session.execute(
            insert(CardTable).values(**self._card_values(card)).returning(col(CardTable.id))
        )
        return replace(card, id=cast("int", result.scalar_one()))

    async def card(self, card_id: int) -> Card | None:
        """The card with this id."""
        row = await self.session.get(CardTable, card_id)
        return self._card(row) if row else None

    async def card_at(self, chat: int, message: int) -> Card | None:
        """The card that this message is."""
        query = select(CardTable).where(
            col(CardTable.lane) == self.lane(chat), col(CardTable.message) == message
        )
        row = (await self.session.execute(query)).scalars().first()
        return self._card(row) if row else None

    async def cards(self, case_id: int) -> Sequence[Card]:
        """All cards of a case, oldest first."""
        query = select(CardTable).where(col(CardTable.case_id) == case_id)
        rows = (await self.session.execute(query.order_by(col(CardTable.id)))).scalars()
        return [self._card(row) for row in rows]

    async def cards_in(self, chat: int) -> Sequence[Card]:
        """The live cards in a chat, all its topics together, oldest first."""
        query = select(CardTable).where(
            col(CardTable.lane) == self.lane(chat), col(CardTable.state) == "live"
        )
        rows = (await self.session.execute(query.order_by(col(CardTable.id)))).scalars()
        return [self._card(row) for row in rows]

    async def live_in(self, channel_id: int) -> Sequence[Card]:
        """The live cards of open cases in a channel, oldest first."""
        query = (
            select(CardTable)
            .join(CaseTable, col(CaseTable.id) == col(CardTable.case_id))
            .where(
                col(CardTable.channel) == channel_id,
                col(CardTable.state) == "live",
                col(CaseTable.status).in_([status.value for status in OPEN]),
            )
        )
        rows = (await self.session.execute(query.order_by(col(CardTable.id)))).scalars()
        return [self._card(row) for row in rows]

    async def retire_in(self, channel_id: int) -> None:
        """No card in a channel is live any more, those of finished cases included."""
        await self.session.execute(
            update(CardTable)
            .where(col(CardTable.channel) == channel_id, col(CardTable.state) == "live")
            .values(state="past")
        )

    async def set_shown(self, card_id: int, shown: str) -> None:
        """Keep what a card says, beside whatever else is being changed of it."""
        await self.session.execute(
            update(CardTable).where(col(CardTable.id) == card_id).values(shown=shown)
        )

    async def save_card(self, card: Card) -> None:
        """Write a card back."""
        await self.session.execute(
            update(CardTable).where(col(CardTable.id) == card.id).values(**self._card_values(card))
        )

    async def _set(self, channel_id: int, **values: Any) -> None:
        await self.session.execute(
            update(ChannelTable).where(col(ChannelTable.id) == channel_id).values(**values)
        )

    def _channel(self, row: ChannelTable) -> Channel:
        address = self.seal.open(row.address_sealed, _ADDRESS)
        return Channel(
            id=row.id or 0,
            unit=row.unit,
            kind=row.kind,
            title=row.title,
            address=Address(*address) if address else None,
            state=row.state,
            urgent=row.urgent,
            error=row.error,
        )

    def _card_values(self, card: Card) -> dict[str, Any]:
        return {
            "case_id": card.case_id,
            "task_id": card.task_id,
            "kind": card.kind,
            "lane": self.lane(card.address.chat),
            "address_sealed": self.seal.seal([card.address.chat, card.address.thread], _ADDRESS),
            "channel": card.channel,
            "person": card.person,
            "message": card.message,
            "state": card.state,
            "shown": card.shown,
        }

    def _card(self, row: CardTable) -> Card:
        return Card(
            id=row.id or 0,
            case_id=row.case_id,
            task_id=row.task_id,
            kind=row.kind,
            address=Address(*self.seal.open(row.address_sealed, _ADDRESS)),
            channel=row.channel,
            person=row.person,
            message=row.message,
            state=row.state,
            shown=row.shown,
        )
