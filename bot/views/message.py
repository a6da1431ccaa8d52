"""What views return: text and buttons, nothing of Telegram."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.case import Media
from bot.i18n import Html


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it sends ``data`` back, or opens ``url``."""

    label: str
    data: str = ""
    url: str = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A text (Telegram HTML) with rows of buttons, and media that follow it."""

    text: Html
    rows: Rows = ()
    media: tuple[Media, ...] = field(default=())

    def with_first(self, line: Html) -> Message:
        """The same message with a line before it."""
        return Message(Html(f"{line}\n\n{self.text}"), self.rows, self.media)

    def with_last(self, line: Html) -> Message:
        """The same message with a line after it."""
        return Message(Html(f"{self.text}\n\n{line}"), self.rows, self.media)


def rows(*buttons: Button, width: int = 2) -> Rows:
    """Buttons laid out in rows of ``width``."""
    return tuple(buttons[i : i + width] for i in range(0, len(buttons), width))
