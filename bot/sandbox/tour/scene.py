"""What a scene is: a title, a sentence for who watches, and its script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.sandbox.model import Json
from bot.sandbox.tour.day import Day


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of the tour. ``at`` is when the tour plays it, as in ``11-20 09:30``."""

    title: str
    says: str
    play: Callable[[Day], Awaitable[None]]
    at: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """Somebody's phone, showing the private chat with the bot or a place by its name."""

    person: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Guided:
    """A scene that can be played at any moment, step by step, with a sentence for each step.

    ``steps`` is how many times its script calls ``Day.step``. ``phones`` are those on which
    something happens, in the order in which to show them. ``acts`` names the people whose
    private chat must be free of unfinished dialogs. ``hours``: only within working hours.
    """

    id: str
    title: dict[str, str]
    says: dict[str, str]
    steps: int
    phones: tuple[Phone, ...]
    play: Callable[[Day], Awaitable[None]]
    acts: tuple[str, ...] = field(default=("李小满",))
    hours: bool = True

    def listed(self) -> Json:
        """What a page needs to offer it."""
        return {"id": self.id, "title": self.title, "says": self.says, "steps": self.steps}

    def on(self, at: str) -> Scene:
        """The same in the tour, at that time."""
        return Scene(self.title["zh"], self.says["zh"], self.play, at)
