"""The pace holds where messages arrive, not only where they are sent."""

from __future__ import annotations

from bot.transport.pacing import Pacer


def test_a_slow_message_keeps_its_place_until_it_has_arrived() -> None:
    """Two slow messages and two quick ones never arrive within one second at a rate of two."""
    now = [100.0]
    pacer = Pacer(rate=2, now=lambda: now[0])
    assert pacer.take(1)
    assert pacer.take(2)
    now[0] = 100.9
    pacer.done(1)
    pacer.done(2)
    now[0] = 101.5
    assert not pacer.take(3)
    now[0] = 101.95
    assert pacer.take(3)
    assert pacer.take(4)


def test_what_was_not_sent_takes_no_place() -> None:
    """A message that was taken and then not sent leaves its place to another."""
    pacer = Pacer(rate=1, now=lambda: 100.0)
    assert pacer.take(1)
    assert not pacer.take(2)
    pacer.done(1, sent=False)
    assert pacer.take(2)
