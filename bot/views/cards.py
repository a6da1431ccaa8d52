"""The live card of a case in a unit's channel: always text, masked, edited in place (I6)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import corrections
from bot.domain.case import OPEN, WITH_UNIT, Dispute, Status, Task
from bot.domain.lifecycle import allowed
from bot.domain.privacy import mask
from bot.domain.returns import refusal
from bot.i18n import Html
from bot.views import callback as cb
from bot.views import returns
from bot.views.face import Face
from bot.views.limits import short
from bot.views.message import Button, Message, Rows, rows
from bot.views.times import stamp, standing

_SAID = 700
_DONE = frozenset({Status.HANDLED, Status.VERIFYING, Status.VERIFIED, Status.CLOSED})


def task_card(face: Face, task: Task, note: Html | None = None) -> Message:
    """The card of one sub-task. ``note`` is a line before it, such as why it came here."""
    t, case = face.t, face.case
    lines: list[Html] = [note] if note else []
    lines.append(
        t("card-head", mark=face.mark, number=case.number, item=face.name, tier=face.tier)
    )
    if case.emergency:
        lines.append(t("card-emergency"))
    if task.cycle != case.cycle:
        return Message(_join([*lines, t("card-see-below")]))
    if case.cycle:
        lines.append(t("card-reopened", count=case.cycle))
        lines += [t("card-reason", text=short(n, 200)) for n in _reasons(face)]
    lines += _body(face, taken=task.owner is not None)
    lines.append(_clocks(face, task))
    lines.append(_state(face, task))
    if disputed := returns.note(face, task):
        lines.append(disputed)
    if task.part not in {"lead", "proposed"} and (lead := face.lead):
        lines.append(t("card-cooperating", unit=face.unit(lead.unit)))
    lines += _latest(face)
    return Message(_join(lines), _buttons(face, task))


def hub_card(face: Face, choices: Sequence[tuple[str, str]], *, choosing: bool) -> Message:
    """The card of a case that waits for dispatch or adjudication.

    ``choices`` are (argument of the button, label): ``i:`` an item's code or ``u:`` a unit's.
    """
    t, case = face.t, face.case
    if case.status is Status.WITHDRAWN:
        return gone_card(face)
    disputed = case.at_hub and case.status is not Status.QUEUED
    key = "card-hub-head-disputed" if disputed else "card-hub-head"
    key = key if case.at_hub else "card-hub-head-done"
    lines = [t(key, number=case.number, item=face.name, tier=face.tier)]
    if case.emergency:
        lines.append(t("card-emergency"))
    lines += _body(face)
    if not case.at_hub:
        lead = face.lead
        state = t(f"status-{case.status.value}")
        key = "card-hub-decided" if case.dispute is Dispute.DECIDED else "card-hub-done"
        lines.append(t(key, unit=face.unit(lead.unit if lead else None), state=state))
        return Message(_join(lines))
    lines.append(_promise(face))
    lines += returns.sides(face) if disputed else []
    if case.proposed:
        lines.append(t("card-hub-proposed", unit=face.unit(case.proposed)))
    if choosing or not case.proposed:
        lines.append(t("card-hub-which" if disputed else "card-hub-how"))
    buttons = [Button(label, cb.encode(cb.HUB, case.id, act)) for act, label in choices]
    first: list[Button] = []
    if case.proposed:
        # What is adjudicated is named: an older card's button does not confirm it unread.
        act = f"u:{case.proposed}" if disputed else "confirm"
        first.append(Button(t.label("button-confirm"), cb.encode(cb.HUB, case.id, act)))
    first.append(Button(t.label("button-reassign"), cb.encode(cb.HUB, case.id, "reassign")))
    # The first row stays where it is, so that a digit means the same before and after 改派.
    more = rows(*buttons, width=1) if choosing or not case.proposed else ()
    return Message(_join(lines), (*rows(*first), *more))


def verify_card(face: Face) -> Message:
    """Asks a staff verifier whether it is really done."""
    t, case = face.t, face.case
    lines = [t("card-verify-head", number=case.number, item=face.name), *_body(face)]
    lines += _latest(face)
    if case.status in {Status.HANDLED, Status.VERIFYING}:
        lines.append(t("card-verify-ask"))
        buttons = rows(
            Button(t.label("button-pass"), cb.encode(cb.VERIFY, case.id, "pass")),
            Button(t.label("button-fail"), cb.encode(cb.VERIFY, case.id, "fail")),
            Button(t.label("button-look"), cb.encode(cb.VERIFY, case.id, "look")),
        )
        return Message(_join(lines), buttons)
    lines.append(t(f"status-{case.status.value}"))
    return Message(_join(lines))


def gone_card(face: Face, task: Task | None = None) -> Message:
    """What is left of a card whose case went elsewhere or was withdrawn."""
    returned = returns.gone(face, task) if task and face.case.status in OPEN else None
    if returned:
        return Message(returned)
    key = "card-gone"
    if face.case.status is Status.WITHDRAWN:
        key = "card-withdrawn"
    elif task and task.part == "cooperating" and face.case.status in _DONE:
        key = "card-done"
    return Message(face.t(key, number=face.case.number, item=face.name))


def _body(face: Face, *, taken: bool = False) -> list[Html]:
    t = face.t
    lines = [face.place]
    if face.said:
        lines.append(t("card-said", text=short(face.said, _SAID)))
    source = t("source-anonymous") if face.case.anonymous else t(f"source-{face.case.source}")
    if face.media_count:
        key = "card-media-taken" if taken else "card-media"
        lines.append(t(key, count=face.media_count, source=source))
    else:
        lines.append(t("card-source", source=source))
    return lines


def _clocks(face: Face, task: Task) -> Html:
    late = face.late(task)
    respond = standing(task.respond_due, face.now, face.zone, face.t)
    resolve = standing(task.resolve_due, face.now, face.zone, face.t)
    key = f"card-clocks-late-{late}" if late else "card-clocks"
    return face.t(key, respond=respond, resolve=resolve)


def _promise(face: Face) -> Html:
    return face.t(
        "card-clocks",
        respond=standing(face.case.respond_due, face.now, face.zone, face.t),
        resolve=standing(face.case.resolve_due, face.now, face.zone, face.t),
    )


def _state(face: Face, task: Task) -> Html:
    t, status = face.t, task.status
    if face.case.status not in OPEN or face.case.status in {Status.VERIFYING, Status.VERIFIED}:
        status = face.case.status
    words = t(f"status-{status.value}")
    if task.owner and status in {Status.ACCEPTED, Status.HANDLING, Status.HANDLED}:
        at = stamp(task.responded_at, face.zone)[6:] if task.responded_at else ""
        return t("card-owner", state=words, name=face.people.get(task.owner, ""), at=at)
    return t("card-state", state=words)


def _latest(face: Face) -> list[Html]:
    """What was done and answered last, in this cycle: a result that was not true is not shown."""
    reasons = [i for i, n in enumerate(face.notes) if n.kind == "reason"]
    present = face.notes[reasons[-1] :] if reasons else face.notes
    lines = []
    for key, kinds in (("card-latest", {"progress", "result"}), ("card-answer", {"answer"})):
        if said := [n.text for n in present if n.kind in kinds and n.text]:
            lines.append(face.t(key, text=short(mask(said[-1], names=face.hide), 200)))
    return lines


def _reasons(face: Face) -> list[str]:
    """Why it was not solved, masked."""
    return [mask(n.text, names=face.hide) for n in face.notes if n.kind == "reason" and n.text][
        -1:
    ]


def _buttons(face: Face, task: Task) -> Rows:
    t = face.t
    if face.case.status not in OPEN or task.status not in WITH_UNIT:
        return ()
    acts = [a for a in ("accept", "progress", "ask", "resolve") if allowed(task.status, a)]
    if task.status is Status.DISPATCHED:
        mine = refusal(face.case, face.tasks, task, face.now) is None
        acts = ["accept", "return"] if mine else ["accept"]
    buttons = [Button(t.label(f"button-{act}"), cb.encode(cb.TASK, task.id, act)) for act in acts]
    if face.case.emergency:
        buttons.append(Button(t.label("button-calm"), cb.encode(cb.TASK, task.id, "calm")))
    return rows(*buttons, *item_button(face, task))


def item_button(face: Face, task: Task) -> tuple[Button, ...]:
    """改事项, where the unit may put the item right; it stands last, so that no digit moves."""
    if corrections.refusal(face.case, task):
        return ()
    return (Button(face.t.label("button-item"), cb.encode(cb.TASK, task.id, "item")),)


def _join(lines: list[Html]) -> Html:
    return Html("\n".join(line for line in lines if line))
