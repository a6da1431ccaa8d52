"""The queue of updates that wait for the bot, with Telegram's offset semantics."""

from __future__ import annotations

from collections import deque
from itertools import islice

from bot.sandbox.model import Json

KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "inline_query",
        "chosen_inline_result",
        "shipping_query",
        "pre_checkout_query",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "chat_member",
        "message_reaction",
        "message_reaction_count",
    }
)
QUIET = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that a bot gets only when it asks for them by ``allowed_updates``."""

_AHEAD = 10
"""An offset further than this behind the newest update is taken as unknown: the queue is read
from its head, as the public server does after the ids restarted."""


class UpdateQueue:
    """Updates in the order of their ids; one is kept until a greater offset is asked for."""

    def __init__(self, first_id: int = 700_000_001) -> None:
        self.waiting: deque[Json] = deque()
        self.next_id = first_id
        self.allowed = KINDS - QUIET

    def allow(self, kinds: list[str] | None) -> None:
        """Remember what the bot wants; None keeps the last wish, an empty list is the default.

        Telegram does not apply it to updates that exist already.
        """
        if kinds is not None:
            self.allowed = frozenset(kinds) & KINDS if kinds else KINDS - QUIET

    def add(self, kind: str, body: Json) -> Json | None:
        """Queue an update; None when the bot does not want this kind."""
        if kind not in self.allowed:
            return None
        update = {"update_id": self.next_id, kind: body}
        self.next_id += 1
        self.waiting.append(update)
        return update

    def add_raw(self, update: Json) -> Json:
        """Queue any object as it is; it gets an id if it has none that is a number."""
        given = update.get("update_id")
        if not isinstance(given, int):
            update = {**update, "update_id": self.next_id}
            given = self.next_id
        self.next_id = max(self.next_id, given + 1)
        self.waiting.append(update)
        return update

    def confirm(self, offset: int) -> int:
        """Forget what the offset confirms; returns how many updates that were.

        A negative offset keeps that many updates from the end; 0 confirms nothing.
        """
        queue = self.waiting
        gone = 0
        if offset < 0:
            gone = max(0, len(queue) + offset)
            for _ in range(gone):
                queue.popleft()
        elif 0 < offset <= self.next_id + _AHEAD:
            while queue and queue[0]["update_id"] < offset:
                queue.popleft()
                gone += 1
        return gone

    def head(self, limit: int) -> list[Json]:
        """The oldest waiting updates."""
        return list(islice(self.waiting, limit))
