"""The scenes in the order of the day. To add one: a function of a ``Day``, and a row here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.tour import ordinary
from bot.sandbox.tour.day import Day


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: its title, one sentence for who watches, and its script."""

    title: str
    says: str
    play: Callable[[Day], Awaitable[None]]


SCENES: tuple[Scene, ...] = (
    Scene("一条普通的反映", "从一句话到结案。", ordinary.report),
)
