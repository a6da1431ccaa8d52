"""Opening the database, and one unit of work at a time.

SQLite: WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE`` for writes and plain ``BEGIN`` for reads.
Writers of this process queue on a lock, first come first served: SQLite's own busy handler polls
and starves. Writers of other processes (the command line) wait by ``busy_timeout``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from bot.domain.unit_roles import UnitRole
from bot.errors import DatabaseAway
from bot.ports import UnitOfWork
from storage import sqlite
from storage.seal import Seal
from storage.work import SqlUnitOfWork

_WAIT = 30_000
"""Milliseconds for which a lock that another process holds is waited for."""
_COUNTED = (
    ("inbox", "new"), ("inbox", "parked"), ("outbox", "queued"), ("outbox", "failed"),
    ("timers", "pending"),
)  # fmt: skip
"""States that wait for something; each has a partial index."""


@contextmanager
def plainly() -> Iterator[None]:
    """A database that is locked or away becomes one sentence. Raises DatabaseAway."""
    try:
        yield
    except OperationalError as error:
        reason = (str(error.orig).splitlines() or [""])[0]
        raise DatabaseAway(f"the database cannot be used now: {reason}") from error


class Database:
    """Implements ``bot.ports.Store`` on SQLite or PostgreSQL."""

    def __init__(self, url: str, seal: Seal, roles: dict[str, UnitRole]) -> None:
        self.url = url
        self._seal = seal
        self._roles = roles
        self._sqlite = url.startswith("sqlite")
        self._reader = _engine(url, "BEGIN")
        self._writer = _engine(url, "BEGIN IMMEDIATE") if self._sqlite else self._reader
        self._turn: asyncio.Lock | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work that commits on leaving, or rolls back with the error that leaves."""
        if self._turn is None:
            self._turn = asyncio.Lock()
        with plainly():
            if self._sqlite:
                async with self._turn, self._session(self._writer) as work:
                    yield work
            else:
                async with self._session(self._writer) as work:
                    yield work

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work that never commits."""
        with plainly():
            async with AsyncSession(self._reader, expire_on_commit=False) as session:
                yield SqlUnitOfWork(session, self._seal, self._roles)

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[UnitOfWork]:
        async with AsyncSession(engine, expire_on_commit=False, autoflush=False) as session:
            async with session.begin():
                yield SqlUnitOfWork(session, self._seal, self._roles)

    async def counts(self) -> dict[str, int]:
        """``queue:state`` -> rows that wait or need somebody, for metrics; zeros included."""
        found: dict[str, int] = {}
        with plainly():
            async with AsyncSession(self._reader) as session:
                for name, state in _COUNTED:
                    # Spelled out, not bound: only so is the partial index sure to be used.
                    query = text(f"SELECT count(*) FROM {name} WHERE state = '{state}'")
                    found[f"{name}:{state}"] = int((await session.execute(query)).scalar_one())
        return found

    async def close(self) -> None:
        """Give every connection back."""
        await self._reader.dispose()
        if self._writer is not self._reader:
            await self._writer.dispose()


def _engine(url: str, begin: str) -> AsyncEngine:
    how: dict[str, Any] = {}
    if ":memory:" in url:
        how["poolclass"] = NullPool
    elif url.startswith("sqlite"):
        path = make_url(url).database or ""
        how["async_creator"] = lambda: sqlite.connection(path)
    engine = create_async_engine(url, **how)
    if url.startswith("sqlite"):

        @event.listens_for(engine.sync_engine, "connect")
        def _prepare(connection: Any, record: Any) -> None:  # noqa: ARG001
            # The driver must not begin transactions on its own: we choose IMMEDIATE or not.
            connection.isolation_level = None
            cursor = connection.cursor()
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                f"busy_timeout={_WAIT}",
                "foreign_keys=ON",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: Any) -> None:
            connection.exec_driver_sql(begin)

    return engine
