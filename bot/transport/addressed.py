"""What of all updates is meant for us: the rest of a group's talk is never stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = ("message", "edited_message", "channel_post", "callback_query", "my_chat_member")
"""The kinds of update that we ask Telegram for."""
_SERVICE = (
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "forum_topic_closed",
    "group_chat_created",
)


def chat_of(raw: Mapping[str, Any]) -> int | None:
    """The chat that an update belongs to: its order is kept within it."""
    for kind in KINDS:
        part = raw.get(kind)
        if not isinstance(part, Mapping):
            continue
        holder = part.get("message") if kind == "callback_query" else part
        for place, key in ((holder, "chat"), (part, "from")):
            found = place.get(key) if isinstance(place, Mapping) else None
            if isinstance(found, Mapping) and isinstance(found.get("id"), int):
                return int(found["id"])
    return None


def text_of(raw: Mapping[str, Any]) -> str:
    """What the person wrote, caption included."""
    for kind in ("message", "edited_message", "channel_post"):
        part = raw.get(kind)
        if isinstance(part, Mapping):
            return str(part.get("text") or part.get("caption") or "")
    return ""


def addressed(raw: Mapping[str, Any], bot_id: int, username: str) -> bool:
    """Whether the update is for the bot.

    Everything in private, every button, every change of the bot's own membership; in groups
    commands to it (or to nobody in particular) and replies to it; in channels commands only.
    An update of a shape that we do not know is kept, so that an operator sees it.
    """
    for kind in ("message", "edited_message", "channel_post"):
        part = raw.get(kind)
        if not isinstance(part, Mapping):
            continue
        chat = part.get("chat")
        if isinstance(chat, Mapping) and chat.get("type") == "private":
            return True
        if any(name in part for name in _SERVICE):
            return True
        if kind != "channel_post" and _replies_to(part, bot_id):
            return True
        return _command_for(str(part.get("text") or part.get("caption") or ""), username)
    return True


def _replies_to(message: Mapping[str, Any], bot_id: int) -> bool:
    replied = message.get("reply_to_message")
    sender = replied.get("from") if isinstance(replied, Mapping) else None
    return isinstance(sender, Mapping) and sender.get("id") == bot_id


def _command_for(text: str, username: str) -> bool:
    if not text.startswith("/"):
        return False
    _, at, name = text.split(maxsplit=1)[0].partition("@")
    return not at or name.lower() == username.lower()
