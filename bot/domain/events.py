"""The hash chain of a case's events: editing history by hand is detected (I5, R009)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC

from bot.domain.case import Event


def digest(event: Event) -> str:
    """SHA-256 over the event's fields and its predecessor's hash, in hex."""
    body = json.dumps(
        [
            event.case_id,
            event.seq,
            event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            event.kind,
            event.actor,
            event.reason,
            event.data,
            event.prev,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def chained(event: Event, previous: Event | None) -> Event:
    """The event with its place in the chain filled in."""
    seq, prev = (previous.seq + 1, previous.hash) if previous else (1, "")
    placed = replace(event, seq=seq, prev=prev)
    return replace(placed, hash=digest(placed))


def broken(events: Iterable[Event]) -> int | None:
    """The sequence number of the first event that does not fit, or None when all do."""
    prev, expected = "", 1
    for event in events:
        if event.seq != expected or event.prev != prev or digest(event) != event.hash:
            return expected
        prev, expected = event.hash, expected + 1
    return None
