"""Saying why, for operators: codes and names, never what people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.case import Event
from bot.domain.forms import Input
from bot.forms.report import EMPTY, absorb
from bot.i18n import Texts
from bot.ports import Seen
from bot.services import dispatch, intake, looking
from bot.services.work import Work


def route(work: Work, text: str, place: str = "") -> dict[str, Any]:
    """What would become of a report."""
    slots = dict(absorb(EMPTY, Input(text=text))) | {"place": place}
    seen = looking.look(work.world, slots)
    planned = intake.plan(work, seen, None)
    return {
        "item": planned.item or None,
        "sure": planned.sure,
        "emergency": planned.emergency,
        "grid": seen["look"].get("grid"),
        "decision": planned.route.decision.value,
        "unit": planned.route.unit,
        "lead": planned.route.lead,
        "cooperating": list(planned.route.cooperating),
        "hub": planned.route.hub,
        "tier": planned.route.tier.value,
        "why": dispatch.why(planned.route),
        "respond_due": planned.promise.respond.due.isoformat(),
        "resolve_due": planned.promise.resolve.due.isoformat(),
    }


def summary(seen: Seen) -> dict[str, Any]:
    """One line of a list."""
    case = seen.case
    return {
        "number": case.number,
        "status": case.status.value,
        "item": None if case.confidential else case.item or None,
        "level": case.level.value,
        "emergency": case.emergency,
        "confidential": case.confidential,
        "anonymous": case.anonymous,
        "unit": case.lead or case.hub,
        "hub": case.hub,
        "grid": case.place.grid,
        "cycle": case.cycle,
        "submitted_at": case.submitted_at.isoformat(),
        "respond_due": case.respond_due.isoformat(),
        "resolve_due": case.resolve_due.isoformat(),
        "provisional": case.provisional,
        "outcome": case.outcome or None,
    }


def case(seen: Seen, events: Sequence[Event]) -> dict[str, Any]:
    """A whole case."""
    return summary(seen) | {
        "item": seen.case.item or None,
        "item_version": seen.case.item_version,
        "why": seen.case.why,
        "tasks": [
            {
                "id": task.id,
                "unit": task.unit,
                "part": task.part,
                "status": task.status.value,
                "cycle": task.cycle,
                "respond_due": task.respond_due.isoformat(),
                "resolve_due": task.resolve_due.isoformat(),
                "responded_at": task.responded_at.isoformat() if task.responded_at else None,
                "handled_at": task.handled_at.isoformat() if task.handled_at else None,
            }
            for task in seen.tasks
        ],
        "events": [
            {
                "seq": event.seq,
                "at": event.at.isoformat(),
                "kind": event.kind,
                "actor": event.actor,
                "data": event.data,
                "hash": event.hash[:12],
            }
            for event in events
        ],
    }


def tagging(t: Texts, found: dict[str, Any]) -> str:
    """A tagging for a person to read."""
    lines = [
        f"{guess['code']}  {guess['probability']:.2f}  {' '.join(guess['why'])}"
        for guess in found["items"]
    ]
    sure = t.label("yes") if found["auto"] else t.label("no")
    urgent = t.label("yes") if found["emergency"] else t.label("no")
    lines.append(t.label("tag-line", kind=found["kind"], emergency=urgent, sure=sure))
    return "\n".join(lines)
