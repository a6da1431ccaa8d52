"""The sandbox's world: everybody, every chat, every message, and the bot's queue of updates.

Pure memory: no HTTP, no waiting. ``on_update`` and ``on_event`` are called when something
arrived, so that a server can wake those who wait.
"""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.sandbox.faults import Faults
from bot.sandbox.model import (
    ADMINS,
    PRESENT,
    ApiError,
    Callback,
    Chat,
    ControlError,
    File,
    Json,
    Log,
    Stored,
    User,
    bad,
    forbidden,
)
from bot.sandbox.updates import UpdateQueue

FOLDERS = {
    "photo": ("photos", "jpg", "image/jpeg"),
    "video": ("videos", "mp4", "video/mp4"),
    "voice": ("voice", "oga", "audio/ogg"),
    "document": ("documents", "bin", "application/octet-stream"),
    "sticker": ("stickers", "webp", "image/webp"),
}


class World:
    """One bot and the town around it. ``clock`` gives the time written into messages,
    ``ticks`` monotonic seconds."""

    callback_life = 60.0
    """Seconds within which a tap can be answered; Telegram publishes no figure, bots report
    between fifteen seconds and a minute."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        bot_id: int = 8620,
        username: str = "huying_bot",
        ticks: Callable[[], float] = time.monotonic,
        name: str = "",
    ) -> None:
        self.clock = clock
        self.ticks = ticks
        self.bot: Json = {
            "id": bot_id,
            "is_bot": True,
            "first_name": name or username,
            "username": username,
        }
        self.privacy = True
        self.revision = 0
        self.events = Log()
        self.calls = Log()
        self.violations = Log()
        self.on_update: Callable[[], None] = lambda: None
        self.on_event: Callable[[], None] = lambda: None
        self.reset()

    def reset(self) -> None:
        """An empty town; only the numbering of the logs goes on."""
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.by_name: dict[str, int] = {}
        self.files: dict[str, File] = {}
        self.paths: dict[str, str] = {}
        self.queue = UpdateQueue()
        self.callbacks: dict[str, Callback] = {}
        self.settings: Json = {}
        self.webhook: Json = {}
        self.faults = Faults()
        self.next_shared = 1
        self.serial = 0
        for log in (self.events, self.calls, self.violations):
            log.clear()

    @property
    def bot_id(self) -> int:
        """The bot's own user id."""
        return int(self.bot["id"])

    def number(self) -> int:
        """A number never given before: for ids of chats, files, albums, callbacks."""
        self.serial += 1
        return self.serial

    def now(self) -> int:
        """Unix time of the town's clock, seconds."""
        return int(self.clock().timestamp())

    def event(self, kind: str, **body: Any) -> None:
        """Write to the event log and wake those who watch it."""
        self.revision += 1
        self.events.add({"kind": kind, "at": self.ticks(), **body})
        self.on_event()

    # Looking things up

    def user(self, user_id: Any) -> User:
        """A person, for the control door. Raises ControlError."""
        try:
            return self.users[int(user_id)]
        except (KeyError, TypeError, ValueError):
            raise ControlError(f"no user {user_id}") from None

    def chat(self, chat_id: Any) -> Chat:
        """A chat, for the control door. Raises ControlError."""
        try:
            return self.chats[int(chat_id)]
        except (KeyError, TypeError, ValueError):
            raise ControlError(f"no chat {chat_id}") from None

    def account(self, user_id: int) -> Json:
        """The User object of a person or of the bot itself."""
        return self.bot if user_id == self.bot_id else self.users[user_id].as_json()

    def find_chat(self, given: Any) -> Chat:
        """The chat that a bot names by number or @username. Raises the 400."""
        if given is None or given == "":
            raise bad("chat_id is empty")
        if isinstance(given, str) and given.startswith("@"):
            given = self.by_name.get(given[1:].lower())
        chat = self.chats.get(given) if isinstance(given, int) else None
        if chat is None:
            raise bad("chat not found")
        return chat

    def reachable(self, chat: Chat) -> Chat:
        """The same chat if the bot may act there at all. Raises the 400 or 403."""
        if chat.migrated_to:
            raise bad(
                "group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        if chat.type == "private":
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        status = chat.status(self.bot_id)
        where = f"{chat.type} chat"
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {where}")
        if status not in PRESENT:
            raise forbidden(f"bot is not a member of the {where}")
        return chat

    def may_post(self, chat: Chat) -> Chat:
        """The same chat if the bot may send messages there. Raises the 400 or 403."""
        self.reachable(chat)
        status = chat.status(self.bot_id)
        if chat.type == "channel" and not (
            status in ADMINS and chat.members[self.bot_id].get("can_post_messages", True)
        ):
            raise bad("need administrator rights in the channel chat")
        if status == "restricted" and not chat.members[self.bot_id].get("can_send_messages"):
            raise bad("not enough rights to send text messages to the chat")
        return chat

    # Messages

    def post(self, chat: Chat, sender: Json | None, body: Json, **marks: Any) -> Stored:
        """Put a message into a chat; ``marks`` are fields of `Stored`."""
        if chat.type in {"private", "group"}:
            number, self.next_shared = self.next_shared, self.next_shared + 1
        else:
            number, chat.next_id = chat.next_id, chat.next_id + 1
        message: Json = {"message_id": number}
        if sender is not None:
            message["from"] = sender
        message["date"] = self.now()
        message["chat"] = chat.json
        message.update(body)
        stored = Stored(message, **marks)
        chat.messages[number] = stored
        self._told("message", chat, stored)
        return stored

    def change(self, chat: Chat, stored: Stored, message: Json) -> None:
        """Put a new version in the place of a message; waiting updates keep the old one."""
        stored.message = message
        stored.edits += 1
        self._told("edit", chat, stored)

    def _told(self, kind: str, chat: Chat, stored: Stored) -> None:
        message = stored.message
        self.event(
            kind,
            chat=chat.id,
            message_id=message["message_id"],
            from_bot=stored.out,
            text=message.get("text") or message.get("caption") or "",
        )

    def remove(self, chat: Chat, stored: Stored) -> None:
        """Mark a message as deleted."""
        stored.deleted = True
        self.event("delete", chat=chat.id, message_id=stored.message["message_id"])

    def emit(self, kind: str, body: Json) -> int | None:
        """Queue an update for the bot; its id, or None when the bot does not want the kind."""
        update = self.queue.add(kind, body)
        return self._arrived(update) if update else None

    def emit_raw(self, update: Json) -> int:
        """Queue any object as an update."""
        return self._arrived(self.queue.add_raw(update))

    def _arrived(self, update: Json) -> int:
        number = int(update["update_id"])
        self.event("update", update_id=number)
        self.on_update()
        return number

    # Files

    def add_file(self, kind: str, data: bytes, filename: str = "", **extra: Any) -> File:
        """Keep bytes and make the media body (PhotoSize list, Voice …) that names them."""
        if kind == "photo":
            small, large = self._file(kind, data, filename), self._file(kind, data, filename)
            sizes = [
                _named(small) | {"width": 90, "height": 67},
                _named(large) | {"width": 1280, "height": 960} | extra,
            ]
            small.media = large.media = sizes
            return large
        file = self._file(kind, data, filename)
        media = _named(file) | {"mime_type": FOLDERS[kind][2]} | _SHAPES[kind] | extra
        if kind == "document":
            media["file_name"] = filename or file.path.rpartition("/")[2]
        if kind == "sticker":
            del media["mime_type"]
        file.media = media
        return file

    def _file(self, kind: str, data: bytes, filename: str) -> File:
        number = self.number()
        folder, suffix, _ = FOLDERS[kind]
        if kind == "document" and "." in filename:
            suffix = filename.rpartition(".")[2]
        file_id = f"{kind}-{number:07d}-{zlib.crc32(data):08x}"
        file = File(file_id, kind, f"{folder}/file_{number}.{suffix}", data, None)
        self.files[file_id] = file
        self.paths[file.path] = file_id
        self.revision += 1
        return file

    def file_at(self, path: str) -> File:
        """The file behind a download path. Raises the 404."""
        if path not in self.paths:
            raise ApiError(404, "Not Found")
        return self.files[self.paths[path]]


_SHAPES: dict[str, Json] = {
    "video": {"width": 640, "height": 480, "duration": 3},
    "voice": {"duration": 3},
    "document": {},
    "sticker": {
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    },
}


def _named(file: File) -> Json:
    return {
        "file_id": file.id,
        "file_unique_id": f"u{file.id}",
        "file_size": len(file.data),
    }


def picture(seed: int) -> bytes:
    """A small one-coloured PNG, a different colour for every seed."""

    def chunk(tag: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(tag + data))
        return struct.pack(">I", len(data)) + tag + data + check

    side = 48
    colour = bytes((seed * step) % 200 + 40 for step in (67, 113, 151))
    rows = (b"\0" + colour * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
