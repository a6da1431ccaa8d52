"""The whole life of a case in one table.

``TABLE`` is the only place that says which act is possible when, by whom, and what it leads to.
Both a case and its sub-tasks move by it: an act of the lead unit moves the case as well, an act
of a cooperating unit its own sub-task only. To add a status: add it to ``case.Status``, add its
rows here, its words in ``locales/`` (keys ``status-*``), and its colour in ``views/face.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.case import OPEN, Status
from bot.errors import Refused


class Who(StrEnum):
    """In what capacity a person acts; ``access`` decides who has it."""

    REPORTER = "reporter"
    STAFF = "staff"  # anybody of the unit that owns the sub-task
    OWNER = "owner"  # the person who accepted, or a colleague of the same unit
    DISPATCHER = "dispatcher"
    VERIFIER = "verifier"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Rule:
    """From any of ``frm``, ``action`` by ``who`` leads to ``to`` (None: stays)."""

    frm: frozenset[Status]
    action: str
    to: Status | None
    who: frozenset[Who]
    event: str
    needs: tuple[str, ...] = ()


S, W = Status, Who
_OPEN = OPEN
_ANYONE = frozenset(Who)
_RESIDENT = frozenset({W.REPORTER})
_HANDS = frozenset({W.STAFF, W.OWNER})
_PARKED = frozenset({S.QUEUED, S.DISPATCHED})
_WORKING = frozenset({S.ACCEPTED, S.HANDLING})
_DONE = frozenset({S.HANDLED, S.VERIFYING})
_GIVEN = _WORKING | {S.DISPATCHED}
_BEFORE = frozenset({S.RECEIVED, S.QUEUED, S.DISPATCHED, S.ACCEPTED, S.HANDLING})


def _rule(
    frm: frozenset[Status] | Status,
    action: str,
    to: Status | None,
    who: frozenset[Who] | Who,
    event: str,
    *needs: str,
) -> Rule:
    states = frozenset({frm}) if isinstance(frm, Status) else frm
    people = frozenset({who}) if isinstance(who, Who) else who
    return Rule(states, action, to, people, event, needs)


TABLE: tuple[Rule, ...] = (
    #     from                     action        to            who            event, needs
    _rule(S.RECEIVED, "queue", S.QUEUED, W.SYSTEM, "queued"),
    _rule(S.RECEIVED, "dispatch", S.DISPATCHED, W.SYSTEM, "dispatched"),
    _rule(S.QUEUED, "confirm", S.DISPATCHED, W.DISPATCHER, "dispatched"),
    _rule(_PARKED, "reassign", S.DISPATCHED, W.DISPATCHER, "reassigned"),
    _rule(S.DISPATCHED, "accept", S.ACCEPTED, W.STAFF, "accepted"),
    _rule(S.DISPATCHED, "return", None, W.STAFF, "returned", "reason", "owner"),
    _rule(S.DISPATCHED, "dispute", None, W.SYSTEM, "adjudication_asked"),
    _rule(S.DISPATCHED, "adjudicate", None, W.DISPATCHER, "adjudicated"),
    _rule(S.DISPATCHED, "take_over", None, W.STAFF, "transferred"),
    _rule(_GIVEN, "correct", None, _HANDS, "item_changed"),
    _rule(_WORKING, "progress", S.HANDLING, _HANDS, "progress", "text"),
    _rule(_WORKING, "resolve", S.HANDLED, _HANDS, "handled", "text", "evidence"),
    _rule(S.HANDLED, "verify", S.VERIFYING, W.SYSTEM, "verification_asked"),
    _rule(_DONE, "solved", S.VERIFIED, W.REPORTER, "verified"),
    _rule(_DONE, "partly", S.VERIFIED, W.REPORTER, "verified"),
    _rule(_DONE, "pass", S.VERIFIED, W.VERIFIER, "verified"),
    _rule(S.VERIFIED, "close", S.CLOSED, W.SYSTEM, "closed"),
    _rule(_DONE | {S.CLOSED}, "not_solved", S.DISPATCHED, W.REPORTER, "reopened", "reason"),
    _rule(_DONE, "fail", S.DISPATCHED, W.VERIFIER, "reopened", "reason"),
    _rule(S.CLOSED, "satisfaction", None, W.REPORTER, "satisfaction"),
    _rule(_BEFORE, "withdraw", S.WITHDRAWN, W.REPORTER, "withdrawn"),
    _rule(_BEFORE, "calm", None, _ANYONE - {W.SYSTEM}, "not_emergency"),
    _rule(_BEFORE, "escalate", None, W.SYSTEM, "escalated"),
    _rule(_OPEN, "overdue", None, W.SYSTEM, "overdue"),
    _rule(_OPEN, "notified", None, W.SYSTEM, "notified"),
    _rule(_OPEN, "undelivered", None, W.SYSTEM, "undelivered"),
    _rule(_OPEN, "ask", None, _HANDS | {W.DISPATCHER, W.VERIFIER}, "asked", "text"),
    _rule(_OPEN, "answer", None, W.REPORTER, "answered"),
    _rule(_OPEN, "add", None, W.REPORTER, "added"),
    _rule(_OPEN, "contact", None, W.REPORTER, "contact_left"),
    _rule(_OPEN, "reveal", None, _HANDS, "revealed"),
)  # fmt: skip

_INDEX: dict[tuple[Status, str], Rule] = {
    (state, rule.action): rule for rule in TABLE for state in rule.frm
}


def find(status: Status, action: str) -> Rule:
    """The rule for an act in a state. Raises ``Refused('act-too-late')`` when there is none."""
    try:
        return _INDEX[(status, action)]
    except KeyError:
        raise Refused("act-too-late") from None


def allowed(status: Status, action: str) -> bool:
    """Whether the act is possible at all in this state (by somebody)."""
    return (status, action) in _INDEX


def move(status: Status, action: str, who: Who) -> Rule:
    """The rule, if ``who`` may use it.

    Raises ``Refused('act-too-late')`` in a wrong state, ``Refused('act-not-yours')`` for a
    wrong person.
    """
    rule = find(status, action)
    if who not in rule.who:
        raise Refused("act-not-yours")
    return rule
