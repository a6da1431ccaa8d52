"""改事项 on a unit's card: the items that may be meant instead."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.case import Task
from bot.views import callback as cb
from bot.views.face import Face
from bot.views.message import Button, Message, rows


def menu(face: Face, task: Task, card: Message, items: Sequence[tuple[str, str]]) -> Message:
    """The card with the items (code, name) to choose from. Its own buttons stay where they are,
    so that their digits do."""

    def button(label: str, act: str) -> Button:
        return Button(label, cb.encode(cb.TASK, task.id, act))

    named = [button(name, f"i:{code}") for code, name in items]
    other = button(face.t.label("button-item-other"), "other")
    back = button(face.t.label("button-back"), "back")
    shown = card.with_last(face.t("item-ask" if named else "item-ask-none"))
    return Message(shown.text, (*card.rows, *rows(*named), *rows(other, back)))
