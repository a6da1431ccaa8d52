"""What the page shows beside the chats: who plays what, the bot's process, the clock, scenes.

The sandbox knows nothing of the bot, so whoever puts both together (``huying demo``) hands a
`Stage` to the server. Without one the page still plays the chats.
"""

from __future__ import annotations

from typing import Protocol

from bot.sandbox.model import ControlError, Json


class OffStage(ControlError):
    """A wish of the page that cannot be fulfilled now. ``code`` is for the page, which has
    words of its own for it."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Stage(Protocol):
    """Everything about a demo that is not Telegram. Every method raises OffStage with a sentence
    when what is asked for makes no sense now."""

    zone: str
    """The town's time zone."""

    def cast(self) -> list[Json]:
        """Who plays what: {user, unit, role, name, says: {zh, en}}."""
        ...

    def phones(self) -> list[Json]:
        """The phones that are open at first: {user, chat, thread?}."""
        ...

    def plan(self) -> Json:
        """The town's plan: {bounds, grids: [{code, name, rings}], places: [{name, lng, lat}]}."""
        ...

    async def inside(self, case: str | None, lang: str) -> Json:
        """What the bot knows of a case, or of the one touched last."""
        ...

    def bot(self) -> Json:
        """The bot's process: {state: running|starting|stopped, kills}."""
        ...

    async def bot_do(self, do: str) -> Json:
        """``kill`` (SIGKILL) or ``start``; the state then."""
        ...

    async def time(self, to: str) -> None:
        """Begin to move the clock: ``hour``, ``deadline`` or ``morning``."""
        ...

    def scenes(self) -> Json:
        """{scenes: [{id, title, says, steps}], playing}."""
        ...

    async def scenes_do(self, body: Json) -> Json:
        """{do: play, scene, pace} | {do: next} | {do: stop}; what `scenes` says then."""
        ...


def alone() -> OffStage:
    """The refusal of a server that runs without a bot."""
    return OffStage("alone", "this server runs alone; huying demo has the bot beside it")
