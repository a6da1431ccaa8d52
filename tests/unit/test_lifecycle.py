"""The lifecycle's table, read aloud."""

from __future__ import annotations

import pytest

from bot.domain.case import OPEN, Status
from bot.domain.lifecycle import TABLE, Who, allowed, find, move
from bot.errors import Refused

S, W = Status, Who


@pytest.mark.parametrize(
    ("status", "act", "who", "to"),
    [
        (S.RECEIVED, "dispatch", W.SYSTEM, S.DISPATCHED),
        (S.RECEIVED, "queue", W.SYSTEM, S.QUEUED),
        (S.QUEUED, "confirm", W.DISPATCHER, S.DISPATCHED),
        (S.DISPATCHED, "accept", W.STAFF, S.ACCEPTED),
        (S.ACCEPTED, "resolve", W.OWNER, S.HANDLED),
        (S.HANDLING, "resolve", W.STAFF, S.HANDLED),
        (S.HANDLED, "solved", W.REPORTER, S.VERIFIED),
        (S.HANDLED, "verify", W.SYSTEM, S.VERIFYING),
        (S.VERIFYING, "pass", W.VERIFIER, S.VERIFIED),
        (S.VERIFYING, "solved", W.REPORTER, S.VERIFIED),
        (S.VERIFIED, "close", W.SYSTEM, S.CLOSED),
        (S.CLOSED, "not_solved", W.REPORTER, S.DISPATCHED),
        (S.VERIFYING, "fail", W.VERIFIER, S.DISPATCHED),
        (S.QUEUED, "withdraw", W.REPORTER, S.WITHDRAWN),
        (S.DISPATCHED, "return", W.STAFF, None),
        (S.DISPATCHED, "take_over", W.STAFF, None),
        (S.DISPATCHED, "adjudicate", W.DISPATCHER, None),
        (S.DISPATCHED, "correct", W.STAFF, None),
        (S.HANDLING, "correct", W.OWNER, None),
    ],
)
def test_the_usual_ways(status: Status, act: str, who: Who, to: Status) -> None:
    """From received to closed, and back when it was not solved."""
    assert move(status, act, who).to is to


@pytest.mark.parametrize(
    ("status", "act", "who"),
    [
        (S.QUEUED, "accept", W.STAFF),
        (S.CLOSED, "accept", W.STAFF),
        (S.ACCEPTED, "accept", W.STAFF),
        (S.DISPATCHED, "resolve", W.STAFF),
        (S.CLOSED, "solved", W.REPORTER),
        (S.WITHDRAWN, "not_solved", W.REPORTER),
        (S.HANDLED, "withdraw", W.REPORTER),
        (S.RECEIVED, "close", W.SYSTEM),
        (S.HANDLED, "close", W.SYSTEM),
        (S.ACCEPTED, "return", W.STAFF),
        (S.ACCEPTED, "adjudicate", W.DISPATCHER),
        (S.QUEUED, "correct", W.STAFF),
        (S.HANDLED, "correct", W.OWNER),
    ],
)
def test_acts_in_a_wrong_state_are_too_late(status: Status, act: str, who: Who) -> None:
    """What is not in the table does not happen."""
    assert not allowed(status, act)
    with pytest.raises(Refused) as caught:
        move(status, act, who)
    assert caught.value.key == "act-too-late"


@pytest.mark.parametrize(
    ("status", "act", "who"),
    [
        (S.HANDLED, "solved", W.OWNER),
        (S.HANDLED, "solved", W.SYSTEM),
        (S.VERIFYING, "pass", W.OWNER),
        (S.VERIFYING, "pass", W.SYSTEM),
        (S.DISPATCHED, "accept", W.REPORTER),
        (S.DISPATCHED, "calm", W.SYSTEM),
        (S.CLOSED, "not_solved", W.VERIFIER),
        (S.QUEUED, "confirm", W.SYSTEM),
        (S.DISPATCHED, "return", W.DISPATCHER),
        (S.DISPATCHED, "adjudicate", W.STAFF),
        (S.ACCEPTED, "correct", W.REPORTER),
        (S.ACCEPTED, "correct", W.SYSTEM),
    ],
)
def test_acts_of_a_wrong_person_are_refused(status: Status, act: str, who: Who) -> None:
    """Nobody checks their own work, and the system never speaks for a person."""
    with pytest.raises(Refused) as caught:
        move(status, act, who)
    assert caught.value.key == "act-not-yours"


def test_what_a_rule_needs_is_said_in_the_table() -> None:
    """A result needs words and evidence, a reopening a reason, a return an owner besides."""
    assert find(S.DISPATCHED, "return").needs == ("reason", "owner")
    assert find(S.ACCEPTED, "resolve").needs == ("text", "evidence")
    assert find(S.CLOSED, "not_solved").needs == ("reason",)
    assert find(S.VERIFYING, "fail").needs == ("reason",)


def test_every_rule_has_an_event_and_somebody_who_may() -> None:
    """I5: no change without an event."""
    assert all(rule.event and rule.who and rule.frm for rule in TABLE)


def test_a_withdrawn_case_stays_so() -> None:
    """It is open no more, and no act leads out."""
    assert S.WITHDRAWN not in OPEN
    assert not any(S.WITHDRAWN in rule.frm for rule in TABLE)
