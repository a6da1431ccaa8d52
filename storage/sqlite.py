"""SQLite connections that do not pay a thread switch for every statement.

aiosqlite hands each call to a thread of its own: a unit of work of twenty statements makes about
eighty such hand-overs, which cost several times the statements themselves (see
``docs/measurements.md``). What can wait, for a lock or for the disk, still goes to the thread;
all else is answered from the page cache in microseconds and is done where it stands.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite

_WAITS = ("BEGIN IMMEDIATE", "COMMIT", "PRAGMA", "VACUUM")

_QUICK = {"cursor", "executemany", "fetchone", "fetchmany", "fetchall", "close", "rollback"}


class Connection(aiosqlite.Connection):
    """Waits in its thread, works in the event loop; never both at once."""

    _busy = 0

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a function of the sqlite3 module. Raises what it raises."""
        if self._busy or _may_wait(fn, args):
            # Counted until the thread is done with it: a cancelled caller does not wait so long.
            self._busy += 1
            return await super()._execute(  # type: ignore[no-untyped-call]
                partial(self._counted, fn, *args, **kwargs)
            )
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        return fn(*args, **kwargs)

    def _counted(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            self._busy -= 1


def _may_wait(fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    name = getattr(fn, "__name__", "")
    if name == "execute":
        return str(args[0]).lstrip()[:15].upper().startswith(_WAITS)
    return name not in _QUICK


def connection(path: str, **options: Any) -> Connection:
    """An unopened connection, as ``aiosqlite.connect`` gives one; await it."""
    made = Connection(
        partial(sqlite3.connect, path, check_same_thread=False, **options), iter_chunk_size=64
    )
    made._thread.daemon = True
    return made
