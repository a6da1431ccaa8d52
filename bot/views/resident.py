"""What a resident reads about their case."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.case import OPEN, Event, Media, Note, Status
from bot.domain.lifecycle import allowed
from bot.i18n import Html
from bot.views import callback as cb
from bot.views.face import Face
from bot.views.message import Button, Message, Rows, rows
from bot.views.times import stamp, when

_EVENTS = frozenset(
    {
        "received", "queued", "dispatched", "reassigned", "accepted", "progress", "handled",
        "verification_asked", "verified", "closed", "reopened", "withdrawn", "escalated",
        "not_emergency", "notified", "overdue", "asked", "answered", "added", "undelivered",
        "returned", "transferred", "adjudication_asked", "adjudicated", "item_changed",
    }
)  # fmt: skip
"""Events that a timeline shows."""
_STAFF_ONLY = frozenset({"undelivered", "notified", "returned", "adjudication_asked"})


def accepted(face: Face) -> Message:
    """已受理, with the number and the way back."""
    t, case = face.t, face.case
    lines = [t("accepted", number=case.number), promise(face)]
    if case.anonymous:
        lines.append(t("accepted-anonymous"))
    lines.append(t("accepted-ways"))
    hint = f"hint-{case.item}"
    if t.has(hint) and not case.anonymous:
        lines.append(t("hint", text=t(hint)))
    buttons = [Button(t.label("button-undo"), cb.encode(cb.CASE, case.id, "undo"))]
    if not case.anonymous:
        phone = Button(t.label("button-phone"), cb.encode(cb.CASE, case.id, "contact"))
        buttons.insert(0, phone)
    return Message(_join(lines), rows(*buttons))


def emergency(
    face: Face,
    advice: Html,
    hotlines: Sequence[str],
    telling: Sequence[str],
    *,
    reached: bool = True,
) -> Message:
    """Safety first, then who is being told; the place is asked after the dispatch."""
    t, case = face.t, face.case
    lines = [t("emergency-head", advice=advice)]
    if hotlines:
        numbers = Html(t("comma").join(t(f"hotline-{number}") for number in hotlines))
        lines.append(t("emergency-call", numbers=numbers))
    if not reached:
        lines.append(t("emergency-nobody"))
    if telling:
        lines.append(t("emergency-telling", units=Html(t("comma").join(telling))))
    lines.append(t("emergency-number", number=case.number))
    if not case.place.grid:
        lines.append(t("emergency-where"))
    calm = Button(t.label("button-calm"), cb.encode(cb.CASE, case.id, "calm"))
    return Message(_join(lines), rows(calm))


def accepted_in_group(face: Face, link: str) -> Message:
    """The same in a group: the number, and nothing personal."""
    t = face.t
    private = Button(t.label("button-private"), url=link)
    return Message(t("accepted-group", number=face.case.number), rows(private))


def closing(face: Face, result: Note | None) -> Message:
    """已处理: what was done, and whether it is true."""
    t, case = face.t, face.case
    text = result.text if result else ""
    media: tuple[Media, ...] = result.media if result else ()
    lines = [t("closing", item=face.name, number=case.number, text=text), t("closing-ask")]
    return Message(_join(lines), _verdict(face), media)


def verdict_asked(face: Face) -> Message:
    """The question alone, for /case."""
    return Message(face.t("closing-ask"), _verdict(face))


def satisfaction(face: Face) -> Message:
    """满意吗？"""
    t, case = face.t, face.case
    buttons = [
        Button(t.label(f"button-{word}"), cb.encode(cb.CASE, case.id, f"s:{word}"))
        for word in ("satisfied", "soso", "unsatisfied")
    ]
    return Message(t("satisfaction-ask", number=case.number), rows(*buttons, width=3))


def public(face: Face) -> Message:
    """What anybody may know of a case: its number, item and state."""
    t, case = face.t, face.case
    state = t(f"status-{case.status.value}")
    return Message(t("case-public", number=case.number, item=face.name, state=state))


def timeline(face: Face, events: Sequence[Event], *, staff: bool) -> Message:
    """One consolidated card: state, deadlines, and every step with its time (R016, R067)."""
    t, case = face.t, face.case
    lines = [
        t(
            "case-head",
            mark=face.mark,
            number=case.number,
            item=face.name,
            state=t(f"status-{case.status.value}"),
        ),
        t("case-slogan", text=t(f"slogan-{case.level.value}")),
        face.place if staff else t("plain", text=case.place.text or face.place),
    ]
    if staff and face.said:
        lines.append(t("card-said", text=face.said[:500]))
    lead = face.lead
    if lead:
        lines.append(t("case-unit", unit=face.unit(lead.unit)))
    if case.status in OPEN:
        respond = when(case.respond_due, face.now, face.zone, t)
        resolve = when(case.resolve_due, face.now, face.zone, t)
        lines.append(t("card-clocks", respond=respond, resolve=resolve))
    shown = [
        e
        for e in events
        if e.kind in _EVENTS
        and (staff or e.kind not in _STAFF_ONLY)
        and (e.kind != "escalated" or e.data.get("to"))
        and not (e.kind == "overdue" and e.data.get("part") == "cooperating")
    ]
    lines += [_step(face, event) for event in shown[-20:]]
    if not staff:
        lines += [
            t("case-reply", text=n.text) for n in face.notes if n.kind == "result" and n.text
        ][-1:]
    return Message(_join(lines), () if staff else own_buttons(face))


def own_buttons(face: Face) -> Rows:
    """What a reporter may do now."""
    t, case = face.t, face.case
    if case.status in {Status.HANDLED, Status.VERIFYING}:
        return _verdict(face)
    buttons = []
    if case.status is Status.CLOSED:
        buttons.append(_act(face, "not_solved", "button-not-solved"))
    if allowed(case.status, "withdraw"):
        buttons.append(_act(face, "withdraw", "button-withdraw"))
    if case.emergency and allowed(case.status, "calm"):
        buttons.append(Button(t.label("button-calm"), cb.encode(cb.CASE, case.id, "calm")))
    return rows(*buttons)


def promise(face: Face) -> Html:
    """Who has it, at which tier, and both deadlines (R002, R003, R022)."""
    t, case = face.t, face.case
    due = {
        "respond": when(case.respond_due, face.now, face.zone, t),
        "resolve": when(case.resolve_due, face.now, face.zone, t),
    }
    if case.status is Status.QUEUED:
        return t("accepted-queued", hub=face.unit(case.hub), **due)
    share = t(f"share-{case.level.value}")
    return t("accepted-unit", unit=face.unit(case.lead), share=share, **due)


def _verdict(face: Face) -> Rows:
    return rows(
        _act(face, "solved", "button-solved"),
        _act(face, "partly", "button-partly"),
        _act(face, "not_solved", "button-not-solved"),
        width=3,
    )


def _act(face: Face, act: str, label: str) -> Button:
    return Button(face.t.label(label), cb.encode(cb.CASE, face.case.id, act))


def _step(face: Face, event: Event) -> Html:
    unit = face.unit(str(event.data.get("to") or event.data.get("unit") or ""))
    words = face.t(f"event-{event.kind}", unit=unit)
    return face.t("case-step", at=stamp(event.at, face.zone), text=words)


def _join(lines: Sequence[Html]) -> Html:
    return Html("\n".join(line for line in lines if line))
