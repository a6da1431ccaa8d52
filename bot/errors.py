"""Every error that this project raises on purpose.

HuyingError
├── BadFile            a data file with a mistake: file, line and reason
├── BadConfig          a setting that cannot work, in one sentence
├── Refused            an act that somebody may not do, or not now; carries a text key
├── Conflict           a compare-and-swap lost: somebody else was faster
├── SealError          a sealed value that no key opens
└── DatabaseAway       the database is locked by another process, or cannot be reached
"""

from __future__ import annotations

from dataclasses import dataclass


class HuyingError(Exception):
    """The root: catch it at the edges only."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a data file. ``line`` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class BadFile(HuyingError):
    """A data file was refused; ``faults`` lists every mistake found, not only the first."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class BadConfig(HuyingError):
    """A setting that cannot work."""


class Refused(HuyingError):
    """A person may not do this, or not now. ``key`` names the sentence to show them."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


class Conflict(HuyingError):
    """Somebody else changed the row first; read again."""


class SealError(HuyingError):
    """A sealed value that none of the keys opens."""


class DatabaseAway(HuyingError):
    """The database cannot be used now: locked for too long, or not there. Try again later."""
