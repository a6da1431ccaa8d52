"""Telegram's limits kept before Telegram has to: sliding windows over sent messages.

A message is counted when it is taken, and again from the moment when Telegram answered: a slow
one followed by a quick one would otherwise arrive closer together than they were sent.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable


class Pacer:
    """Says whether a message may go to a chat now.

    ``rate``: messages per second overall; ``chat_rate``: per second in a private chat;
    ``group_rate``: per minute in a group, all topics of a forum together (groups have negative
    ids).
    """

    def __init__(
        self,
        rate: float = 30,
        chat_rate: float = 1,
        group_rate: float = 20,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._all = _Window(max(int(rate), 1), 1.0 if rate >= 1 else 1 / rate)
        self._chat = (max(int(chat_rate), 1), 1.0 if chat_rate >= 1 else 1 / chat_rate)
        self._group = (max(int(group_rate), 1), 60.0)
        self._chats: dict[int, _Window] = {}
        self._taken: dict[int, float] = {}
        self._held = 0.0
        self._held_chats: dict[int, float] = {}

    def take(self, chat: int) -> bool:
        """True, and counted, if a message may go to this chat now."""
        now = self._now()
        if now < self._held or now < self._held_chats.get(chat, 0.0):
            return False
        window = self._chats.get(chat)
        if window is None:
            if len(self._chats) > 10_000:
                self._forget(now)
            window = self._chats[chat] = _Window(*(self._group if chat < 0 else self._chat))
        if not (self._all.free(now) and window.free(now)):
            return False
        self._all.add(now)
        window.add(now)
        self._taken[chat] = now
        return True

    def done(self, chat: int, *, sent: bool = True) -> None:
        """What was taken for this chat has arrived, or was not ``sent`` after all."""
        taken, now = self._taken.pop(chat, None), self._now()
        for window in (self._all, self._chats.get(chat)):
            if window is not None and taken is not None:
                window.forget(taken)
                if sent:
                    window.add(now)

    def room(self) -> bool:
        """Whether anything at all may go now."""
        now = self._now()
        return now >= self._held and self._all.free(now)

    def spare(self) -> int:
        """How many messages may go now, as far as the overall limit is concerned."""
        return self._all.spare(self._now())

    def hold(self, seconds: float, chat: int | None = None) -> None:
        """Telegram said 429: nothing to this chat (or to anybody) for so long."""
        until = self._now() + seconds
        if chat is None:
            self._held = max(self._held, until)
        else:
            self._held_chats[chat] = max(self._held_chats.get(chat, 0.0), until)

    def wait(self) -> float:
        """Seconds until the overall limit frees a place."""
        now = self._now()
        return max(self._held - now, self._all.wait(now), 0.0)

    def _forget(self, now: float) -> None:
        self._chats = {c: w for c, w in self._chats.items() if not w.idle(now)}
        self._held_chats = {c: t for c, t in self._held_chats.items() if t > now}


class _Window:
    """At most ``most`` in any ``span`` seconds."""

    def __init__(self, most: int, span: float) -> None:
        self._most = most
        self._span = span
        self._times: deque[float] = deque()

    def free(self, now: float) -> bool:
        return self.spare(now) > 0

    def spare(self, now: float) -> int:
        while self._times and self._times[0] <= now - self._span:
            self._times.popleft()
        return self._most - len(self._times)

    def add(self, now: float) -> None:
        self._times.append(now)

    def forget(self, at: float) -> None:
        with contextlib.suppress(ValueError):
            self._times.remove(at)

    def idle(self, now: float) -> bool:
        return self.free(now) and not self._times

    def wait(self, now: float) -> float:
        return 0.0 if self.free(now) else self._times[0] + self._span - now
