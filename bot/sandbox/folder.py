"""The demo's folder: one demo at a time, a beginning afresh, and the hour at which it stopped."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.errors import BadConfig

OURS = ("data", "keys", "clock", "clock.new", "now", "now.new", "town.json", "town.json.new",
        "town.files", "populated", "populated.new", "bot.log")  # fmt: skip
"""Everything that a demo makes in its folder beside the lock; nothing else is ever removed."""
_LOCK = "demo.lock"


class Folder:
    """What a demo leaves behind for its next start. Make one with `held`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.town = path / "town.json"
        self.clock = path / "clock"
        self._populated = path / "populated"
        self._now = path / "now"

    @property
    def populated(self) -> bool:
        """Whether a town was set up here to its end."""
        return self._populated.exists() and self.town.exists()

    def mark_populated(self) -> None:
        """The town is complete: the next start may go on from here."""
        _put(self._populated, "")

    def empty(self) -> None:
        """Remove what a demo made, so that it begins afresh."""
        for name in OURS:
            found = self.path / name
            if found.is_dir() and not found.is_symlink():
                shutil.rmtree(found)
            else:
                found.unlink(missing_ok=True)

    def stopped_at(self) -> datetime | None:
        """The town's time when it was last written down."""
        with contextlib.suppress(OSError, ValueError):
            found = datetime.fromisoformat(self._now.read_text(encoding="ascii").strip())
            return found if found.tzinfo else None
        return None

    def write_now(self, now: datetime) -> None:
        """Write the town's time down, so that it does not run on while nobody plays."""
        _put(self._now, now.isoformat())

    def unreadable(self) -> BadConfig:
        """The sentence for a folder whose files make no sense."""
        return BadConfig(f"the demo in {self.path} cannot be read; --fresh begins it anew")


@contextlib.contextmanager
def held(path: Path) -> Iterator[Folder]:
    """The folder, made if need be, for one demo alone. Raises BadConfig when another demo has it,
    when it holds something that is no demo, or when it cannot be written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        strange = not (path / _LOCK).exists() and any(path.iterdir())
        if strange:
            raise BadConfig(f"{path} holds other files; name an empty folder with --folder")
        lock = (path / _LOCK).open("a")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadConfig(f"{path} cannot be used for the demo: {reason}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadConfig(
                f"another demo runs in {path}; stop it, or name another folder with --folder"
            ) from None
        yield Folder(path.resolve())


def _put(path: Path, text: str) -> None:
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
