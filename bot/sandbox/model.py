"""What the sandbox's town is made of: users, chats, topics, messages, files and bounded logs.

Everything that the bot can see is kept as the JSON that Telegram would send (``Json``), so that
an answer is one dictionary look-up away; what only people see stands beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from bot.errors import HuyingError

Json = dict[str, Any]

PRESENT = frozenset({"creator", "administrator", "member", "restricted"})
"""Member states of somebody who is in the chat."""

ADMINS = frozenset({"creator", "administrator"})

ANONYMOUS: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
"""The sender that Telegram shows for an administrator who stays anonymous."""


class ApiError(HuyingError):
    """An answer of the Bot API other than success: HTTP status, sentence, parameters."""

    def __init__(self, code: int, description: str, **parameters: object) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> Json:
        """The body that Telegram sends for it."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(reason: str, **parameters: object) -> ApiError:
    """A 400, worded as Telegram words it."""
    return ApiError(400, f"Bad Request: {reason}", **parameters)


def forbidden(reason: str) -> ApiError:
    """A 403, worded as Telegram words it."""
    return ApiError(403, f"Forbidden: {reason}")


class ControlError(HuyingError):
    """A request at the control door that makes no sense; the sentence says why."""


@dataclass(slots=True)
class User:
    """A person with an account."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""

    def as_json(self) -> Json:
        """Telegram's User object."""
        body: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for key in ("last_name", "username", "language_code"):
            if value := getattr(self, key):
                body[key] = value
        return body


@dataclass(slots=True)
class Topic:
    """A forum topic; a deleted one stays known, so that sends to it fail as they should."""

    id: int
    name: str
    icon_color: int = 7322096
    closed: bool = False
    deleted: bool = False

    def as_json(self) -> Json:
        """Telegram's ForumTopic object."""
        return {"message_thread_id": self.id, "name": self.name, "icon_color": self.icon_color}


@dataclass(slots=True)
class Stored:
    """One message: what the bot may see (``message``) and what only the sandbox knows."""

    message: Json
    out: bool = False
    """Sent by the bot."""
    edits: int = 0
    deleted: bool = False
    silent: bool = False
    keyboard: Json | None = None
    """A reply keyboard, which Telegram does not show in the Message object."""
    update_id: int | None = None
    """The latest update that told the bot of it; None when the bot did not get to see it."""
    random_id: str = ""
    """The sender's own number for it: what is said again under the same one is the same."""

    def view(self) -> Json:
        """The message with the sandbox's own marks beside Telegram's fields."""
        marks: Json = {
            "from_bot": self.out,
            "edits": self.edits,
            "deleted": self.deleted,
            "silent": self.silent,
            "update_id": self.update_id,
        }
        if self.keyboard:
            marks["keyboard"] = self.keyboard
        if self.random_id:
            marks["random_id"] = self.random_id
        return self.message | marks


@dataclass
class Chat:
    """A private chat, group, supergroup or broadcast channel."""

    id: int
    type: str
    title: str = ""
    username: str = ""
    is_forum: bool = False
    person: Json | None = None
    """The user of a private chat."""
    started: bool = False
    """The person has written to the bot (private chats)."""
    blocked: bool = False
    migrated_to: int | None = None
    next_id: int = 1
    topics: dict[int, Topic] = field(default_factory=dict)
    members: dict[int, Json] = field(default_factory=dict)
    """User id -> state and rights, the fields of ChatMember without ``user``."""
    messages: dict[int, Stored] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.json = self._as_json()

    def call(self, person: Json) -> None:
        """A private chat goes by its person's names."""
        self.person = person
        self.json = self._as_json()

    def _as_json(self) -> Json:
        body: Json = {"id": self.id, "type": self.type}
        if self.person:
            for key in ("first_name", "last_name", "username"):
                if key in self.person:
                    body[key] = self.person[key]
            return body
        body["title"] = self.title
        if self.username:
            body["username"] = self.username
        if self.is_forum:
            body["is_forum"] = True
        return body

    def status(self, user_id: int) -> str:
        """The member state of somebody; ``left`` for strangers."""
        return str(self.members.get(user_id, {}).get("status", "left"))

    def has_right(self, user_id: int, right: str) -> bool:
        """Whether somebody is owner, or an administrator with that right."""
        member = self.members.get(user_id, {})
        if member.get("status") == "creator":
            return True
        return member.get("status") == "administrator" and bool(member.get(right))

    def live(self, message_id: object) -> Stored | None:
        """The message, unless unknown or deleted."""
        if not isinstance(message_id, int):
            return None
        stored = self.messages.get(message_id)
        return stored if stored and not stored.deleted else None

    def known(self, random_id: str) -> list[Stored]:
        """What was said under that number of the sender's; nothing for an empty one."""
        return [s for s in self.messages.values() if random_id and s.random_id == random_id]

    def to_state(self) -> Json:
        """Everything, as JSON."""
        state = {k: v for k, v in self.__dict__.items() if k != "json"}
        state["topics"] = [asdict(t) for t in self.topics.values()]
        state["members"] = list(self.members.items())
        state["messages"] = [
            [getattr(s, name) for name in Stored.__slots__] for s in self.messages.values()
        ]
        return state

    @classmethod
    def from_state(cls, state: Json) -> Chat:
        """The reverse of `to_state`."""
        chat = cls(
            **state
            | {
                "topics": {t["id"]: Topic(**t) for t in state["topics"]},
                "members": {int(k): v for k, v in state["members"]},
                "messages": {row[0]["message_id"]: Stored(*row) for row in state["messages"]},
            }
        )
        for stored in chat.messages.values():
            stored.message["chat"] = chat.json
        return chat


@dataclass(slots=True)
class File:
    """Bytes under a file id. ``kind``: photo, video, voice, document …; ``media`` is the body."""

    id: str
    kind: str
    path: str
    data: bytes
    media: Any
    """What stands under ``kind`` in a Message that carries this file."""

    def as_json(self) -> Json:
        """Telegram's File object."""
        return {
            "file_id": self.id,
            "file_unique_id": f"u{self.id}",
            "file_size": len(self.data),
            "file_path": self.path,
        }


@dataclass(slots=True)
class Callback:
    """A tapped button; ``answers`` are the answers that the bot gave to it."""

    id: str
    chat: int
    message_id: int
    user: int
    at: float
    """Monotonic seconds of the tap; far in the past once the query is too old."""
    answers: list[Json] = field(default_factory=list)


class Log:
    """Rows numbered from 1 by ``seq``; the oldest half is forgotten beyond ``keep`` rows."""

    def __init__(self, keep: int = 100_000) -> None:
        self.rows: list[Json] = []
        self.first = 1
        self.keep = keep

    @property
    def last(self) -> int:
        """The newest number; 0 when nothing was ever added."""
        return self.first + len(self.rows) - 1

    def add(self, row: Json) -> Json:
        """Number the row and keep it."""
        if len(self.rows) >= self.keep:
            half = self.keep // 2
            del self.rows[:half]
            self.first += half
        row["seq"] = self.last + 1
        self.rows.append(row)
        return row

    def since(self, seq: int) -> list[Json]:
        """The rows with a number greater than ``seq``."""
        return self.rows[max(0, seq + 1 - self.first) :]

    def clear(self) -> None:
        """Forget the rows, not the numbering."""
        self.first += len(self.rows)
        self.rows = []
