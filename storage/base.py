"""What every repository has: a session and the seal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as lite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from bot.errors import SealError
from storage.seal import Seal


class Repository:
    """A session for one unit of work, and the means to seal what people told us."""

    def __init__(self, session: AsyncSession, seal: Seal) -> None:
        self.session = session
        self.seal = seal
        self.known: dict[Any, Any] = {}
        """What this unit of work has read or written already, where that is asked for often."""

    def lane(self, chat: int) -> str:
        """The keyed digest that stands for a chat in indexes."""
        return self.seal.mark(chat, "lane")

    def opened(self, sealed: bytes | None, purpose: str) -> Any:
        """The sealed value; None when there is none, or none that our keys open."""
        try:
            return self.seal.open(sealed, purpose)
        except SealError:
            return None


def plain(table: type[SQLModel]) -> Table:
    """The table itself: what is said often is said without the mapper, at a third of the cost."""
    return cast("Table", cast("Any", table).__table__)


def upsert(session: AsyncSession, table: type[SQLModel]) -> Any:
    """An INSERT of the session's dialect, for ``on_conflict_…``."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    return (lite_insert if sqlite else pg_insert)(plain(table))


async def inserted_if_new(
    session: AsyncSession,
    table: type[SQLModel],
    rows: Sequence[dict[str, Any]],
    unique: Sequence[str],
) -> int:
    """Insert the rows whose unique columns are not there yet; how many were new."""
    statement = upsert(session, table).values(list(rows))
    result = await session.execute(statement.on_conflict_do_nothing(index_elements=list(unique)))
    return max(int(cast("Any", result).rowcount), 0)
