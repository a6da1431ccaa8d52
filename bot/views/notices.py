"""Short private notices: to owners, duty persons, supervisors, residents."""

from __future__ import annotations

from datetime import datetime

from bot.domain.case import WITH_UNIT, Task
from bot.i18n import Texts
from bot.views import callback as cb
from bot.views.face import Face
from bot.views.message import Button, Message, rows
from bot.views.times import hours, when


def stage(
    face: Face,
    task: Task,
    name: str,
    clock: str,
    due: datetime,
    late: float,
    *,
    working: bool,
    joined: bool = False,
) -> Message:
    """A stage of the ladder, to one person. ``late`` in hours, working hours when ``working``;
    ``joined`` says whether the next tier has come in at this stage.
    """
    t, shown = face.t, hours(late)
    key = f"notice-{name.replace('_', '-')}-{clock}"
    if name == "escalate" and not joined:
        key += "-alone"
    text = t(
        key,
        number=face.case.number,
        item=face.name,
        unit=face.unit(task.unit),
        due=when(due, face.now, face.zone, t),
        late=t("late-working" if working else "late-natural", hours=shown, count=float(shown)),
    )
    return Message(text, _open(face, task))


def assigned(face: Face, task: Task) -> Message:
    """Tells a person that a case waits for their unit."""
    t = face.t
    text = t("notice-assigned", number=face.case.number, item=face.name, unit=face.unit(task.unit))
    return Message(text, _open(face, task))


def escalated(face: Face, unit: str) -> Message:
    """Tells the reporter that the next tier has joined."""
    return Message(face.t("resident-escalated", number=face.case.number, unit=unit))


def notified(face: Face, unit: str) -> Message:
    """Tells the reporter that a unit has received the message: only once it was delivered."""
    return Message(face.t("resident-notified", unit=unit, number=face.case.number))


def taken(face: Face, unit: str, name: str) -> Message:
    """Tells the reporter that a human has taken it."""
    t, late = face.t, face.case.resolve_due <= face.now
    key = "resident-taken-late" if late else "resident-taken"
    if face.case.emergency and name:
        key = "resident-taken-named"
    return Message(
        t(
            key,
            number=face.case.number,
            unit=unit,
            name=name,
            due=when(face.case.resolve_due, face.now, face.zone, t),
        )
    )


def line(t: Texts, key: str, **params: object) -> Message:
    """One sentence."""
    return Message(t(key, **params))


def _open(face: Face, task: Task) -> tuple[tuple[Button, ...], ...]:
    if task.status not in WITH_UNIT:
        return ()
    button = Button(face.t.label("button-panel"), cb.encode(cb.TASK, task.id, "panel"))
    return rows(button)
