"""What views return: text and buttons, nothing of Telegram."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.domain.case import Media
from bot.i18n import Html
from bot.views.limits import ROW, cells


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


def bare(label: str) -> str:
    """A button's words without the sign before them: ``Submit`` of ``✅ Submit``."""
    return re.sub(r"^\W+", "", label)


def rows(*buttons: Button, width: int = 2) -> Rows:
    """Buttons in rows of at most ``width``; of fewer where a label would be cut off.

    A row's buttons are equally wide, so the longest label decides.
    """
    found: list[tuple[Button, ...]] = []
    for button in buttons:
        row = (*found[-1], button) if found else (button,)
        fits = len(row) <= width and len(row) * max(cells(b.label) for b in row) <= ROW
        if found and fits:
            found[-1] = row
        else:
            found.append((button,))
    return tuple(found)
