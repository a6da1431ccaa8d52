"""The hash chain of a case's events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.case import Event
from bot.domain.events import broken, chained, digest

AT = datetime(2026, 11, 20, 1, 30, 0, 123456, tzinfo=UTC)


def chain(length: int = 4) -> list[Event]:
    """A whole chain."""
    events: list[Event] = []
    for step in range(length):
        event = Event(7, 0, AT + timedelta(minutes=step), "progress", "person:1", data={"n": step})
        events.append(chained(event, events[-1] if events else None))
    return events


def test_a_chain_counts_from_one_and_points_back() -> None:
    """Sequence numbers without gaps, each event holding the hash before it."""
    events = chain()
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert [event.prev for event in events] == ["", *(event.hash for event in events[:-1])]
    assert broken(events) is None
    assert broken([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "handled"},
        {"actor": "person:2"},
        {"reason": "x"},
        {"data": {"n": 9}},
        {"at": AT},
        {"case_id": 8},
        {"seq": 4},
        {"prev": ""},
        {"hash": ""},
    ],
)
def test_every_field_counts(change: dict[str, object]) -> None:
    """A change of any field of the third event is found at the third."""
    events = chain()
    events[2] = replace(events[2], **change)  # type: ignore[arg-type]
    assert broken(events) == 3


def test_a_rehashed_edit_breaks_the_next() -> None:
    """Who computes the hash anew is caught by the event after it."""
    events = chain()
    forged = replace(events[1], actor="person:9")
    events[1] = replace(forged, hash=digest(forged))
    assert broken(events) == 3


def test_missing_doubled_and_swapped_events_are_found() -> None:
    """Leaving out, repeating and reordering break the chain."""
    one, two, three, four = chain()
    assert broken([one, three, four]) == 2
    assert broken([two, three]) == 1
    assert broken([one, one, two]) == 2
    assert broken([one, three, two, four]) == 2


def test_the_digest_does_not_depend_on_zone_or_key_order() -> None:
    """The same instant in another zone, the same data in another order: the same event."""
    event = Event(7, 1, AT, "progress", "person:1", data={"a": 1, "b": [1, 2]})
    there = AT.astimezone(datetime.fromisoformat("2026-01-01T00:00+08:00").tzinfo)
    assert digest(event) == digest(replace(event, at=there, data={"b": (1, 2), "a": 1}))
    assert digest(event) != digest(replace(event, at=AT + timedelta(microseconds=1)))
