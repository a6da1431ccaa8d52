"""A case in the private chat of somebody who handles it: everything they need, all they can do."""

from __future__ import annotations

from bot.domain.case import OPEN, Status, Task
from bot.domain.lifecycle import allowed
from bot.i18n import Html
from bot.views import callback as cb
from bot.views.cards import item_button, task_card
from bot.views.face import Face
from bot.views.message import Button, Message, rows


def panel(face: Face, task: Task) -> Message:
    """The card with the buttons of the private chat."""
    t = face.t
    card = task_card(face, task)
    if face.case.status not in OPEN or task.status not in {Status.ACCEPTED, Status.HANDLING}:
        return card
    acts = [a for a in ("progress", "ask", "resolve") if allowed(task.status, a)]
    buttons = [Button(t.label(f"button-{act}"), cb.encode(cb.TASK, task.id, act)) for act in acts]
    evidence = face.item.evidence if face.item else ()
    words = [t(f"evidence-{kind}") for kind in evidence]
    hint = t("panel-evidence", list=Html(t("comma").join(words))) if words else t("panel-hint")
    return Message(Html(f"{card.text}\n\n{hint}"), rows(*buttons, *item_button(face, task)))


def contact(face: Face, text: str) -> Message:
    """What the reporter left to be reached by; edited away at expiry."""
    return Message(face.t("panel-contact", number=face.case.number, contact=text))
