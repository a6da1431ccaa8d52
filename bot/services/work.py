"""One act in the hands of the services: a unit of work, an instant and the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.case import Case, Event
from bot.ports import Timer, UnitOfWork
from bot.services.world import World


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a tap, best effort, after the commit."""

    callback: str
    text: str = ""
    alert: bool = False
    url: str | None = None


@dataclass
class Work:
    """What a service gets.

    ``origin`` names the cause (``in:17``, ``timer:4``): the keys of everything enqueued are made
    from it, so that the same cause handled twice enqueues nothing twice.
    """

    uow: UnitOfWork
    now: datetime
    world: World
    origin: str
    serial: int = 0
    update: int = 0
    """The inbox row that is being handled: the revision of every question asked by it."""
    handled: bool = False
    error: BaseException | None = None
    toasts: list[Toast] = field(default_factory=list)

    def key(self) -> str:
        """The next key of this act."""
        self.serial += 1
        return f"{self.origin}:{self.serial}"

    async def record(
        self, case: Case, kind: str, actor: str, *, reason: str = "", **data: object
    ) -> Event:
        """Append an event to the case's chain: codes only, no personal text (I5)."""
        return await self.uow.cases.append(
            Event(case.id, 0, self.now, kind, actor, reason=reason, data=data)
        )

    async def at(self, due: datetime, kind: str, subject: str, key: str, **data: object) -> bool:
        """Set a timer; False when this key was ever set."""
        return await self.uow.timers.set(Timer(f"{kind}:{key}", kind, due, subject, data))


def person(person_id: int | None) -> str:
    """The actor code of a person."""
    return f"person:{person_id}" if person_id is not None else REPORTER


REPORTER = "reporter"
SYSTEM = "system"
