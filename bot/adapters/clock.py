"""The time: the machine's, or that of a file for rehearsals and tests."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import BadConfig


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The instant, UTC-aware."""
        return datetime.now(UTC)


class FileClock:
    """The instant in a file, running on since the file was written; re-read every second.

    It counts from the file's own modification time, so that a restart does not turn it back.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = -1.0
        self._offset = timedelta(0)
        self._read()

    def now(self) -> datetime:
        """The instant, UTC-aware."""
        if time.monotonic() - self._read_at >= 1:
            self._read()
        return datetime.now(UTC) + self._offset

    def _read(self) -> None:
        self._read_at = time.monotonic()
        try:
            text = self._path.read_text(encoding="utf-8").strip()
            written = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
            instant = datetime.fromisoformat(text)
        except FileNotFoundError:
            raise BadConfig(f"HUYING_CLOCK: {self._path} is not there") from None
        except ValueError:
            if self._offset:
                return  # caught in the middle of being written: the last reading holds
            raise BadConfig(f"HUYING_CLOCK: {self._path} holds no ISO instant") from None
        if instant.tzinfo is None:
            raise BadConfig("HUYING_CLOCK needs an instant with an offset")
        self._offset = instant.astimezone(UTC) - written
