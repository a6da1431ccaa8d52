"""The connection that works in the event loop and waits in its thread (``storage.sqlite``)."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import sqlite


async def test_waiting_for_a_lock_leaves_the_event_loop_free(tmp_path: Path) -> None:
    """While another process holds the database, a write waits and everything else goes on; a
    cancelled waiter leaves a connection that works."""
    path = str(tmp_path / "x.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE t (n)")
        ours = await sqlite.connection(path, isolation_level=None)
        await ours.execute("PRAGMA busy_timeout=10000")
        other.execute("BEGIN IMMEDIATE")
        begin = asyncio.create_task(ours.execute("BEGIN IMMEDIATE"))
        turns = 0
        for _ in range(50):
            await asyncio.sleep(0)
            turns += 1
        assert turns == 50
        assert not begin.done()
        begin.cancel()
        with pytest.raises(asyncio.CancelledError):
            await begin
        other.execute("COMMIT")
        # The cancelled BEGIN still takes its turn first: nothing overtakes it.
        await ours.execute("INSERT INTO t VALUES (1)")
        await ours.execute("COMMIT")
        assert other.execute("SELECT n FROM t").fetchall() == [(1,)]
        await ours.close()


async def test_errors_come_out_as_they_are(tmp_path: Path) -> None:
    """A statement that fails raises the database's own error, and a closed connection says so."""
    ours = await sqlite.connection(str(tmp_path / "x.db"))
    with pytest.raises(sqlite3.OperationalError):
        await ours.execute("SELECT * FROM nowhere")
    await ours.close()
    with pytest.raises(ValueError, match="no active connection"):
        await ours.execute("SELECT 1")
