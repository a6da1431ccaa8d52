"""One unit of work: every repository on one session."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.unit_roles import UnitRole
from bot.domain.units import Directory
from storage.cases import SqlCases
from storage.channels import SqlChannels
from storage.corrections import SqlCorrections
from storage.dialogs import SqlDrafts, SqlThreads
from storage.inbox import SqlInbox
from storage.outbox import SqlOutbox
from storage.people import SqlPeople
from storage.rules import SqlRules
from storage.seal import Seal
from storage.timers import SqlTimers


class SqlUnitOfWork:
    """Implements ``bot.ports.UnitOfWork``."""

    def __init__(self, session: AsyncSession, seal: Seal, roles: dict[str, UnitRole]) -> None:
        self._seal = seal
        self._session = session
        self.cases = SqlCases(session, seal)
        self.corrections = SqlCorrections(session, seal)
        self.people = SqlPeople(session, seal)
        self.channels = SqlChannels(session, seal)
        self.drafts = SqlDrafts(session, seal)
        self.threads = SqlThreads(session, seal)
        self.inbox = SqlInbox(session, seal)
        self.outbox = SqlOutbox(session, seal)
        self.timers = SqlTimers(session, seal)
        self.rules = SqlRules(session, seal)
        self.rules.roles = roles
        self.see_by(Directory({}))

    def see_by(self, directory: Directory) -> None:
        """The directory by which ``access`` decides who is over whom."""
        self.cases.directory = directory

    @asynccontextmanager
    async def nested(self) -> AsyncIterator[None]:
        """A savepoint: what is written inside is undone if an error leaves it."""
        try:
            async with self._session.begin_nested():
                yield
        except BaseException:
            self.people.known.clear()
            self.drafts.known.clear()
            raise

    def sealed(self, value: Any) -> str:
        """A JSON value as text that nobody reads without the key."""
        return b64encode(self._seal.seal(value, "value")).decode()

    def unsealed(self, text: str) -> Any:
        """The value again."""
        return self._seal.open(b64decode(text), "value")

    def secret(self, purpose: str, text: str) -> str:
        """A keyed digest: the same for the same text, useless without the key."""
        return self._seal.mark(text, purpose)
