"""What a day is made of: people, places, a guide who may be watching, a step that failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.sandbox.model import Json


class Missed(Exception):
    """A step did not come true. ``chat`` is the chat as it stands, ``zh`` the same in Chinese
    where there is a sentence for it."""

    def __init__(self, expected: str, chat: str = "", zh: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.chat = chat
        self.zh = zh


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone. ``chat`` is the private chat with the bot."""

    name: str
    chat: int
    language: str = "zh-hans"
    surname: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A group, or one topic of a forum."""

    name: str
    chat: int
    thread: int | None = None


Where = Person | Place


class Guide(Protocol):
    """Whoever shows a guided scene to somebody: explains, waits, moves the clock."""

    async def step(self, number: int, says: Json, where: Where | None, at: Json | None) -> None:
        """A step begins: what to say, where to look, at which message."""
        ...

    async def beat(self) -> None:
        """Time to see what has just happened."""
        ...

    async def forward(self, instant: datetime) -> None:
        """Move the clock; returns when the bot has noticed."""
        ...

    def working(self, instant: datetime) -> datetime:
        """The instant itself within working time, else the next opening."""
        ...

    @property
    def hold(self) -> int:
        """Seconds for which something is held up, so that it can be seen missing."""
        ...
