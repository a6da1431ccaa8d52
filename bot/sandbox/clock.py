"""A clock that can be moved: the file that ``HUYING_CLOCK`` names.

The file holds one ISO 8601 instant with offset. It was "now" at the moment when the file was
written (its modification time); time has been running on from there ever since. So several
processes that read the file agree, and one that starts later does not fall behind.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


class MovableClock:
    """Reads and writes the clock file. Without a file the time is the real one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = -1
        self._offset = timedelta()

    def now(self) -> datetime:
        """The town's time, UTC. Raises ValueError for a file that holds no instant."""
        real = datetime.fromtimestamp(time.time(), UTC)
        try:
            stamp = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return real
        if stamp != self._stamp:
            told = datetime.fromisoformat(self.path.read_text(encoding="ascii").strip())
            if told.tzinfo is None:
                raise ValueError(f"{self.path.name}: the instant has no offset")
            self._offset = told.astimezone(UTC) - datetime.fromtimestamp(stamp / 1e9, UTC)
            self._stamp = stamp
        return real + self._offset

    def set(self, instant: datetime) -> None:
        """Make it that instant now; it must carry an offset."""
        if instant.tzinfo is None:
            raise ValueError("the instant has no offset")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_text(instant.isoformat() + "\n", encoding="ascii")
        # Kernel time stamps are coarse (a few milliseconds); setting the finer one keeps two
        # quick moves apart.
        os.utime(beside, ns=(time.time_ns(), time.time_ns()))
        beside.replace(self.path)

    def forward(self, step: timedelta) -> datetime:
        """Move on by so much; returns the new time."""
        target = self.now() + step
        self.set(target)
        return target
