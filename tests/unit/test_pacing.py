"""Telegram's limits are kept before Telegram has to."""

from __future__ import annotations

import pytest

from bot.transport.pacing import Pacer


class Watch:
    """Monotonic seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    """A stopped watch."""
    return Watch()


def test_overall_rate_in_any_second(watch: Watch) -> None:
    """No second, wherever it begins, holds more than the rate."""
    pacer = Pacer(rate=30, now=watch)
    sent: list[float] = []
    for step in range(400):
        watch.seconds = 1000 + step * 0.01
        while pacer.take(10_000 + len(sent)):
            sent.append(watch.seconds)
    assert all(sum(t <= other < t + 1 for other in sent) <= 30 for t in sent)
    assert len(sent) >= 110


def test_one_message_a_second_in_a_private_chat(watch: Watch) -> None:
    """The second message to a person waits, one to somebody else does not."""
    pacer = Pacer(rate=30, chat_rate=1, now=watch)
    assert pacer.take(1)
    assert not pacer.take(1)
    assert pacer.take(2)
    watch.seconds += 1
    assert pacer.take(1)


def test_twenty_messages_a_minute_in_a_group(watch: Watch) -> None:
    """A group takes twenty at once and then none for the rest of the minute."""
    pacer = Pacer(rate=30, group_rate=20, now=watch)
    assert sum(pacer.take(-100) for _ in range(25)) == 20
    watch.seconds += 59
    assert not pacer.take(-100)
    watch.seconds += 1
    assert pacer.take(-100)


def test_a_refused_message_costs_nothing(watch: Watch) -> None:
    """Asking for a chat that is full does not use up the overall rate."""
    pacer = Pacer(rate=2, now=watch)
    assert pacer.take(1)
    assert not any(pacer.take(1) for _ in range(10))
    assert pacer.take(2)


def test_a_hold_stops_one_chat_or_everything(watch: Watch) -> None:
    """After a 429 the chat, or the bot, is silent for as long as Telegram said."""
    pacer = Pacer(rate=30, now=watch)
    pacer.hold(5, 1)
    assert not pacer.take(1)
    assert pacer.take(2)
    assert pacer.room()
    pacer.hold(3)
    assert not pacer.room()
    assert not pacer.take(3)
    assert pacer.wait() == pytest.approx(3)
    watch.seconds += 3
    assert pacer.take(3)
    assert not pacer.take(1)
    watch.seconds += 2
    assert pacer.take(1)


def test_a_shorter_hold_does_not_end_a_longer_one(watch: Watch) -> None:
    """Two 429s for one chat: the later end counts."""
    pacer = Pacer(rate=30, now=watch)
    pacer.hold(30, 1)
    pacer.hold(5, 1)
    watch.seconds += 6
    assert not pacer.take(1)


def test_a_rate_under_one_is_a_longer_wait(watch: Watch) -> None:
    """Half a message a second is one in two seconds."""
    pacer = Pacer(rate=0.5, now=watch)
    assert pacer.take(1)
    watch.seconds += 1.9
    assert not pacer.room()
    assert pacer.wait() == pytest.approx(0.1)
    watch.seconds += 0.1
    assert pacer.take(2)


def test_quiet_chats_are_forgotten(watch: Watch) -> None:
    """What is remembered of chats does not grow for ever."""
    pacer = Pacer(rate=1_000_000, now=watch)
    for chat in range(1, 25_000):
        watch.seconds += 0.01
        pacer.take(chat)
    assert len(pacer._chats) <= 10_200


def test_a_message_counts_from_when_it_arrived(watch: Watch) -> None:
    """A slow request does not let the next message follow it too closely."""
    pacer = Pacer(rate=30, chat_rate=1, now=watch)
    assert pacer.take(1)
    watch.seconds += 0.9
    pacer.done(1)
    watch.seconds += 0.9
    assert not pacer.take(1)
    watch.seconds += 0.1
    assert pacer.take(1)


def test_what_was_not_sent_gives_its_place_back(watch: Watch) -> None:
    """A row that turned out to have nothing to send costs nobody a turn."""
    pacer = Pacer(rate=1, chat_rate=1, now=watch)
    assert pacer.take(1)
    pacer.done(1, sent=False)
    assert pacer.take(1)
