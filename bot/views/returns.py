"""不归我管 on the cards: why, who else, and what has become of it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.case import Dispute, Return, Task
from bot.domain.privacy import mask
from bot.domain.returns import OPEN, Reason
from bot.i18n import Html
from bot.views import callback as cb
from bot.views.face import Face
from bot.views.limits import short
from bot.views.message import Button, Message, rows

HUB = "hub"
"""Stands for a unit's code in a button: the hub says who. Codes of units are in capitals."""
_WORDS = 120


def note(face: Face, task: Task) -> Html | None:
    """What the question means for this sub-task, as a line of its card."""
    t, case = face.t, face.case
    if not case.returns or task.part not in {"lead", "former", "proposed"}:
        return None
    first, last = case.returns[0], case.returns[-1]
    if case.dispute in OPEN and task.part == "proposed":
        return t("card-return-asked", unit=face.unit(first.unit), reason=why(face, first))
    if case.dispute is Dispute.PROPOSED:
        return t("card-return-proposed", unit=face.unit(last.to), reason=why(face, last))
    if case.dispute is Dispute.HUB:
        return t("card-return-hub", unit=face.unit(case.hub), reason=why(face, first))
    if case.dispute is Dispute.DECIDED and task.part == "lead":
        return t("card-return-decided")
    return None


def gone(face: Face, task: Task) -> Html | None:
    """What is left of the card of a unit that has nothing to do with it any more."""
    t, case, lead = face.t, face.case, face.lead
    head = {"number": case.number, "item": face.name}
    if task.part == "returned" and case.dispute is Dispute.HUB:
        return t("card-return-back", unit=face.unit(case.hub), **head)
    if not case.returns or task.part not in {"former", "proposed", "returned"} or lead is None:
        return None
    if lead.unit == task.unit:
        return t("card-see-below")
    key = "card-return-over" if task.part == "former" else "card-return-spared"
    return t(key, unit=face.unit(lead.unit), **head)


def why(face: Face, one: Return) -> Html:
    """A unit's reason: its class, or its own words, masked."""
    if one.reason != Reason.OTHER:
        return face.t(f"return-reason-{one.reason}")
    said = next((n.text for n in face.notes if one.note and n.digest == one.note), "")
    words = short(mask(said, names=face.hide), _WORDS)
    return face.t("plain", text=words) if words else face.t("return-reason-other")


def sides(face: Face) -> list[Html]:
    """Who returned it and why, for whoever decides."""
    lines = []
    for one in face.case.returns:
        key = "card-hub-side" if one.to else "card-hub-side-open"
        unit, to = face.unit(one.unit), face.unit(one.to)
        lines.append(face.t(key, unit=unit, reason=why(face, one), to=to))
    lead = face.lead
    return [*lines, face.t("card-hub-final", unit=face.unit(lead.unit if lead else None))]


def reasons(face: Face, task: Task, card: Message) -> Message:
    """The card, with the reasons to choose from. 签收 stays where it is."""
    buttons = [
        Button(face.t.label(f"return-reason-{one}"), cb.encode(cb.TASK, task.id, f"r:{one.value}"))
        for one in (Reason.DUTY, Reason.AREA, Reason.ITEM)
    ]
    shown = card.with_last(face.t("return-ask-reason"))
    return Message(shown.text, (_first(face, task), *rows(*buttons, width=1)))


def owners(face: Face, task: Task, card: Message, reason: Reason, units: Sequence[str]) -> Message:
    """The card, with the units that may be meant instead."""

    def button(label: str, code: str) -> Button:
        return Button(label, cb.encode(cb.TASK, task.id, f"r:{reason.value}:{code}"))

    named = [button(short(face.t.label("plain", text=face.unit(u)), 40), u) for u in units]
    hub = button(face.t.label("button-return-hub"), HUB)
    shown = card.with_last(face.t("return-ask-owner"))
    return Message(shown.text, (_first(face, task), *rows(*named, hub, width=1)))


def _first(face: Face, task: Task) -> tuple[Button, ...]:
    accept = Button(face.t.label("button-accept"), cb.encode(cb.TASK, task.id, "accept"))
    back = Button(face.t.label("button-back"), cb.encode(cb.TASK, task.id, "back"))
    return (accept, back)
