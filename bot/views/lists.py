"""Lists: one's own cases, one's tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import Html, Texts
from bot.views import callback as cb
from bot.views.message import Button, Message, rows
from bot.views.times import when


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; ``id`` is the case that its button opens, unless ``data`` says otherwise."""

    id: int
    number: str
    item: str
    state: str
    data: str = ""


def mine(t: Texts, lines: Sequence[Line], page: int, *, more: bool) -> Message:
    """/my."""
    if not lines:
        return Message(t("my-none"))
    text = [t("my-head")]
    buttons = []
    for number, line in enumerate(lines, 1):
        text.append(
            t("my-line", place=number, number=line.number, item=line.item, state=line.state)
        )
        buttons.append(Button(str(number), cb.encode(cb.MENU, line.id, "case")))
    turn = []
    if page:
        turn.append(Button(t.label("button-newer"), cb.encode(cb.MENU, page - 1, "my")))
    if more:
        turn.append(Button(t.label("button-older"), cb.encode(cb.MENU, page + 1, "my")))
    keys = (*rows(*buttons, width=5), *rows(*turn))
    return Message(Html("\n".join(text)), keys)


def todo(
    t: Texts,
    lines: Sequence[tuple[Line, datetime, bool]],
    total: int,
    now: datetime,
    zone: ZoneInfo,
) -> Message:
    """/todo."""
    if not lines:
        return Message(t("todo-none"))
    text = [t("todo-head", count=total)]
    buttons = []
    for number, (line, due, late) in enumerate(lines, 1):
        text.append(
            t(
                "todo-line",
                place=number,
                mark="🔴" if late else "🟠",
                number=line.number,
                item=line.item,
                due=when(due, now, zone, t),
            )
        )
        buttons.append(Button(str(number), line.data))
    return Message(Html("\n".join(text)), rows(*buttons, width=5))
