"""A look inside for who tries the system out: one case, its clocks, queues and reasons.

Read-only, and for the sandbox's page alone: the demo asks it in its own process; the running bot
has no door that leads here. What people wrote is shown as colleagues see it, masked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain.access import SYSTEM
from bot.domain.case import OPEN, WITH_UNIT, Event, Task
from bot.domain.deadlines import Deadline
from bot.domain.items import Item
from bot.domain.promise import promise
from bot.i18n import Texts
from bot.ports import OutboxRow, Seen, Timer
from bot.services import faces, looking
from bot.services.work import Work
from bot.views import why
from bot.views.face import Face

RECENT = 12
ROWS = 15
_STATES = {"queued": "waiting", "sent": "sent", "failed": "failed"}
_LOCALES = {"en": "en", "zh": "zh_Hans"}


async def show(work: Work, number: str | None = None, lang: str = "zh") -> dict[str, Any]:
    """The case with this number, else the one to which something happened last.

    ``lang``: zh or en. Instants are ISO 8601 with offset. Unknown numbers give ``case`` None.
    """
    t = work.world.texts(_LOCALES.get(lang))
    seen = await work.uow.cases.recent(SYSTEM, RECENT)
    wanted = next((one for one in seen if number in (None, "", one.case.number)), None)
    if wanted is None and number:
        wanted = await work.uow.cases.find_for(SYSTEM, number)
    found: dict[str, Any] = {
        "case": None,
        "events": [],
        "tagging": None,
        "outbox": [_call(work, r) for r in await work.uow.outbox.listed([*_STATES], ROWS)],
        "timers": [_timer(work, timer) for timer in await work.uow.timers.ahead(ROWS)],
        "recent": [_line(work, one, t) for one in seen],
        "next_deadline": _iso(work, await next_deadline(work)),
        "hours": hours(work),
    }
    if wanted is not None:
        face = await faces.face(work, wanted.case, wanted.tasks, t)
        found["case"] = _case(work, face)
        events = await work.uow.cases.events(wanted.case.id)
        found["events"] = [await _event(work, face, event) for event in events]
        found["tagging"] = _tagging(work, face)
    return found


async def next_deadline(work: Work) -> datetime | None:
    """The nearest limit still ahead: of an open case's sub-task, to respond or to resolve."""
    dues = [
        due
        for seen in await work.uow.cases.listed(SYSTEM, units=None, open_only=True, limit=1000)
        for task in seen.tasks
        if task.status in WITH_UNIT and task.cycle == seen.case.cycle
        for due in (task.resolve_due, *(() if task.responded_at else (task.respond_due,)))
        if due > work.now
    ]
    return min(dues, default=None)


def hours(work: Work) -> str:
    """What the present hour is to those who work: ``work``, ``break``, ``after`` or ``rest``."""
    calendar = work.world.calendar
    periods = calendar.working_periods(calendar.local_day(work.now))
    if not periods:
        return "rest"
    if any(begin <= work.now < end for begin, end in periods):
        return "work"
    return "break" if periods[0][0] <= work.now < periods[-1][1] else "after"


def _line(work: Work, seen: Seen, t: Texts) -> dict[str, Any]:
    state = t.label(f"status-{seen.case.status.value}")
    item = _named(work.world.item(seen.case.item), t)
    return {"number": seen.case.number, "item": item, "status_label": state}


def _case(work: Work, face: Face) -> dict[str, Any]:
    case, t = face.case, face.t
    due = promise(face.item, case.emergency, case.submitted_at, work.world.calendar)
    return {
        "number": case.number,
        "status": case.status.value,
        "status_label": t.label(f"status-{case.status.value}"),
        "item": {"code": case.item, "name": str(face.name)},
        "place": str(face.place),
        "emergency": case.emergency,
        "confidential": case.confidential,
        "anonymous": case.anonymous,
        "tier": t.label(f"tier-{case.level.value}"),
        "opened": _iso(work, case.submitted_at),
        "hub": t.label("plain", text=face.unit(case.hub)) if case.hub else None,
        "open": case.status in OPEN,
        "parts": [_part(work, face, task) for task in face.tasks if task.cycle == case.cycle],
        "promise": {
            "due": _iso(work, case.resolve_due),
            "why": _why(work, due.resolve, case.resolve_due, t),
        },
    }


def _part(work: Work, face: Face, task: Task) -> dict[str, Any]:
    both = promise(face.item, face.case.emergency, task.created_at, work.world.calendar)
    late = face.late(task)
    clocks = (
        ("respond", both.respond, task.respond_due, task.responded_at),
        ("resolve", both.resolve, task.resolve_due, task.handled_at),
    )
    return {
        "unit": face.t.label("plain", text=face.unit(task.unit)),
        "role": task.part,
        "status": task.status.value,
        "status_label": face.t.label(f"status-{task.status.value}"),
        "owner": face.people.get(task.owner or 0, ""),
        "clocks": [
            {
                "kind": kind,
                "due": _iso(work, due),
                "met": _iso(work, met),
                "late": kind == late or (met is not None and met > due),
                "why": _why(work, reasons, due, face.t),
            }
            for kind, reasons, due, met in clocks
        ],
    }


def _why(work: Work, reasons: Deadline, due: datetime, t: Texts) -> list[str]:
    """The sentences that lead to this due time; none when it was set by other rules since."""
    if reasons.due != due:
        return []
    return why.sentences(reasons.why, work.world.calendar.zone, t)


async def _event(work: Work, face: Face, event: Event) -> dict[str, Any]:
    unit = face.unit(str(event.data.get("to") or event.data.get("unit") or ""))
    key = f"event-{event.kind}"
    actor = event.actor
    kind, _, person_id = event.actor.partition(":")
    if kind == "person" and person_id.isdigit():
        person = await work.uow.people.get(int(person_id))
        actor = person.name if person else event.actor
    return {
        "seq": event.seq,
        "at": _iso(work, event.at),
        "kind": event.kind,
        "label": face.t.label(key, unit=unit) if face.t.has(key) else event.kind,
        "actor": actor,
        "hash": event.hash[:12],
    }


def _tagging(work: Work, face: Face) -> dict[str, Any] | None:
    """What the tagger makes of the report as colleagues read it."""
    found = looking.tagged(work.world, face.said) if face.said else None
    if found is None:
        return None
    return {
        "text": face.said,
        "kind": found.kind.value,
        "emergency": found.emergency,
        "auto": found.sure,
        "items": [
            {
                "code": guess.item,
                "name": _named(work.world.item(guess.item), face.t),
                "p": round(guess.probability, 3),
                "for": looking.spoken(guess.why),
                "against": looking.spoken(guess.against),
            }
            for guess in found.guesses
        ],
    }


def _named(item: Item | None, t: Texts) -> str:
    if item is None:
        return t.label("item-unknown")
    return item.called(t.locale)


def _call(work: Work, row: OutboxRow) -> dict[str, Any]:
    waits = row.state == "queued"
    return {
        "id": row.id,
        "state": _STATES.get(row.state, row.state),
        "method": row.call.method,
        # The recipient is forgotten with the sending: together with the cause it could tell who
        # reported anonymously.
        "to": row.call.chat if waits else None,
        "at": _iso(work, row.created_at),
        "tries": row.tries,
        "error": row.error,
    }


def _timer(work: Work, timer: Timer) -> dict[str, Any]:
    stage = " ".join(str(timer.data[k]) for k in ("clock", "stage") if k in timer.data)
    return {
        "due": _iso(work, timer.due_at),
        "kind": f"{timer.kind} {stage}".strip(),
        "subject": timer.subject,
    }


def _iso(work: Work, at: datetime | None) -> str | None:
    return at.astimezone(work.world.calendar.zone).isoformat() if at else None
