"""What people do in their chats, turned into the updates that Telegram would send the bot."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from bot.sandbox.model import (
    ANONYMOUS,
    PRESENT,
    Callback,
    Chat,
    ControlError,
    Json,
    Stored,
    User,
)
from bot.sandbox.text import find_entities
from bot.sandbox.world import World, picture

MEDIA = ("photo", "video", "voice", "document", "sticker")


class People:
    """The hands of everybody in the town."""

    def __init__(self, world: World) -> None:
        self.world = world

    def say(self, body: Json) -> Json:
        """One message (several for an album) or, with ``edit_of``, a new version of one.

        Returns {"messages": [Message…], "update_ids": [int…]}; the second is empty when the
        bot does not get to see it. With a ``random_id`` that was used in this chat before,
        nothing new is said. Raises ControlError.
        """
        user = self.world.user(body.get("user"))
        chat = self.world.chat(body.get("chat", user.id))
        if chat.migrated_to:
            chat = self.world.chat(chat.migrated_to)
        sender, common = self._sender(user, chat, body)
        if body.get("edit_of") is not None:
            stored = self._edit(chat, user, body)
            return self._result([(stored, self.deliver(chat, stored, edited=True))])
        random_id = str(body.get("random_id") or "")
        if known := chat.known(random_id):
            return self._result([(stored, stored.update_id) for stored in known])
        common |= self._place(chat, body)
        done = []
        for content in self._contents(body):
            stored = self.world.post(chat, sender, common | content, random_id=random_id)
            done.append((stored, self.deliver(chat, stored)))
        return self._result(done)

    def start(self, user_id: Any, payload: str = "") -> Json:
        """Press Start in the private chat, with or without a deep link's payload."""
        user = self.world.user(user_id)
        chat = self.world.chats[user.id]
        if chat.blocked:
            self.block(user.id, blocked=False)
        text = f"/start {payload}".rstrip()
        return self.say({"user": user.id, "text": text})

    def tap(self, body: Json) -> Json:
        """Tap a button, by ``data`` or by ``label`` (a part of the text on it is enough).

        ``data`` may be anything: a hand-made callback string reaches the bot too. Returns
        {"id", "update_id", "data"}, or {"url"} for a button that opens a link.
        """
        user = self.world.user(body.get("user"))
        chat = self.world.chat(body.get("chat", user.id))
        stored = chat.messages.get(int(body.get("message_id", 0)))
        if stored is None:
            raise ControlError(f"no message {body.get('message_id')} in chat {chat.id}")
        data = body.get("data")
        if data is None:
            button = _find_button(stored, str(body.get("label", "")))
            if "callback_data" not in button:
                return {"url": button.get("url", "")}
            data = button["callback_data"]
        call = Callback(
            str(7_000_000_000_000_000 + self.world.number()),
            chat.id,
            int(stored.message["message_id"]),
            user.id,
            self.world.ticks(),
        )
        self.world.callbacks[call.id] = call
        seen = stored.message
        if stored.deleted:
            seen = {"chat": chat.json, "message_id": call.message_id, "date": 0}
        update_id = self.world.emit(
            "callback_query",
            {
                "id": call.id,
                "from": user.as_json(),
                "message": seen,
                "chat_instance": str(abs(chat.id) * 31 + 7),
                "data": data,
            },
        )
        return {"id": call.id, "update_id": update_id, "data": data}

    def react(self, body: Json) -> Json:
        """Put an emoji on a message, or take it off with an empty one."""
        user = self.world.user(body.get("user"))
        chat = self.world.chat(body.get("chat", user.id))
        emoji = body.get("emoji")
        update_id = self.world.emit(
            "message_reaction",
            {
                "chat": chat.json,
                "message_id": int(body["message_id"]),
                "user": user.as_json(),
                "date": self.world.now(),
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": emoji}] if emoji else [],
            },
        )
        return {"update_id": update_id}

    def block(self, user_id: Any, *, blocked: bool) -> Json:
        """Block the bot, or take it back; the bot hears of it as my_chat_member."""
        user = self.world.user(user_id)
        chat = self.world.chats[user.id]
        if chat.blocked == blocked:
            return {"update_id": None}
        chat.blocked = blocked
        states: list[Json] = [{"status": "member"}, {"status": "kicked", "until_date": 0}]
        old, new = states if blocked else reversed(states)
        update_id = self.world.emit(
            "my_chat_member",
            {
                "chat": chat.json,
                "from": user.as_json(),
                "date": self.world.now(),
                "old_chat_member": {"user": self.world.bot, **old},
                "new_chat_member": {"user": self.world.bot, **new},
            },
        )
        self.world.event("chat", chat=chat.id)
        return {"update_id": update_id}

    def deliver(self, chat: Chat, stored: Stored, *, edited: bool = False) -> int | None:
        """Queue the update for a person's message, if the bot gets to see it."""
        message = stored.message
        if not self._sees(chat, message):
            return None
        kind = "channel_post" if chat.type == "channel" else "message"
        stored.update_id = self.world.emit(f"edited_{kind}" if edited else kind, message)
        return stored.update_id

    def _sees(self, chat: Chat, message: Json) -> bool:
        """Privacy mode: in groups a bot that is no administrator sees commands meant for it,
        replies to it and service messages."""
        if chat.type == "private":
            return True
        if chat.status(self.world.bot_id) not in PRESENT:
            return False
        if chat.type == "channel" or not self.world.privacy:
            return True
        if chat.status(self.world.bot_id) == "administrator":
            return True
        replied = message.get("reply_to_message", {})
        # Every message in a topic replies to the topic's beginning; that is not meant for anybody.
        meant = "forum_topic_created" not in replied
        if meant and replied.get("from", {}).get("id") == self.world.bot_id:
            return True
        marked = message.get("entities") or message.get("caption_entities") or []
        if not marked or marked[0]["type"] != "bot_command" or marked[0]["offset"]:
            return False
        text = message.get("text") or message.get("caption") or ""
        _, at, name = text[: marked[0]["length"]].partition("@")
        return not at or name.lower() == self.world.bot["username"].lower()

    def _sender(self, user: User, chat: Chat, body: Json) -> tuple[Json | None, Json]:
        if chat.type == "private":
            if chat.id != user.id:
                raise ControlError("a person writes only in their own private chat")
            if chat.blocked:
                raise ControlError("the user has blocked the bot; unblock or start first")
            chat.started = True
            return user.as_json(), {}
        if chat.type == "channel":
            return None, {"sender_chat": chat.json}
        if chat.status(user.id) not in PRESENT:
            raise ControlError(f"user {user.id} is not a member of chat {chat.id}")
        if body.get("anonymous") or chat.members[user.id].get("is_anonymous"):
            return ANONYMOUS, {"sender_chat": chat.json}
        return user.as_json(), {}

    def _place(self, chat: Chat, body: Json) -> Json:
        """Topic and reply of a new message."""
        placed: Json = {}
        thread = body.get("thread")
        reply = body.get("reply_to")
        if reply is not None:
            target = chat.live(int(reply))
            if target is None:
                raise ControlError(f"no message {reply} in chat {chat.id}")
            placed["reply_to_message"] = bare(target.message)
            thread = thread or target.message.get("message_thread_id")
            if chat.type == "supergroup" and thread is None:
                # Outside topics a reply names the message that its thread began with.
                placed["message_thread_id"] = target.message["message_id"]
        if thread is not None and chat.is_forum and int(thread) in chat.topics:
            topic = chat.topics[int(thread)]
            if topic.deleted:
                raise ControlError(f"no topic {thread} in chat {chat.id}")
            placed |= {"message_thread_id": topic.id, "is_topic_message": True}
            root = chat.live(topic.id)
            if reply is None and root:
                placed["reply_to_message"] = bare(root.message)
        elif thread is not None and reply is not None:
            placed["message_thread_id"] = int(thread)
        elif thread is not None:
            raise ControlError(f"no topic {thread} in chat {chat.id}")
        return placed

    def _contents(self, body: Json) -> list[Json]:
        caption = body.get("caption")
        origin = self._origin(body["forward"]) if body.get("forward") else {}
        if body.get("album"):
            group = str(13_000_000_000_000_000 + self.world.number())
            items = body["album"]
            pieces = items if isinstance(items, list) else ["photo"] * int(items)
            contents = [self._media(p, origin | {"media_group_id": group}) for p in pieces]
            if caption and "caption" not in contents[0]:
                contents[0] |= _captioned(caption)
            return contents
        for kind in MEDIA:
            if body.get(kind):
                content = self._media({"type": kind, kind: body[kind]}, origin)
                return [content | (_captioned(caption) if caption else {})]
        if body.get("location"):
            where = body["location"]
            if not isinstance(where, dict):
                where = {"latitude": where[0], "longitude": where[1]}
            content = {"location": where}
            if body.get("venue"):
                content["venue"] = {"location": where, **body["venue"]}
            return [origin | content]
        if body.get("contact"):
            return [origin | {"contact": body["contact"]}]
        if isinstance(body.get("text"), str) and body["text"]:
            entities = body.get("entities") or find_entities(body["text"])
            return [origin | {"text": body["text"]} | ({"entities": entities} if entities else {})]
        raise ControlError("nothing to say: text, photo, album, voice, video, location …")

    def _media(self, piece: Any, common: Json) -> Json:
        """One medium: "photo", {"type": "video", "caption": …} or {"photo": {"data": base64}}."""
        if isinstance(piece, str):
            piece = {"type": piece}
        kind = piece.get("type", "photo")
        if kind not in MEDIA:
            raise ControlError(f"no medium {kind}")
        details = piece.get(kind) if isinstance(piece.get(kind), dict) else {}
        details = dict(details)
        try:
            given = base64.b64decode(details.pop("data", ""), validate=True)
        except (binascii.Error, TypeError):
            raise ControlError("data is not base64") from None
        data = given or _filler(kind, self.world.serial)
        name = str(details.pop("file_name", ""))
        file = self.world.add_file(kind, data, name, **details)
        caption = piece.get("caption")
        return common | {kind: file.media} | (_captioned(caption) if caption else {})

    def _origin(self, forward: Any) -> Json:
        """The forward_origin for {"user"}, {"name"} (hidden), {"chat"} or {"channel"}."""
        source = forward if isinstance(forward, dict) else {"name": str(forward)}
        origin: Json = {"date": int(source.get("date", self.world.now() - 60))}
        if "user" in source:
            origin |= {
                "type": "user",
                "sender_user": self.world.user(source["user"]).as_json(),
            }
        elif "chat" in source:
            chat = self.world.chat(source["chat"])
            if chat.type == "channel":
                origin |= {
                    "type": "channel",
                    "chat": chat.json,
                    "message_id": int(source.get("message_id", 1)),
                }
            else:
                origin |= {"type": "chat", "sender_chat": chat.json}
        else:
            origin |= {"type": "hidden_user", "sender_user_name": str(source.get("name", "?"))}
        return {"forward_origin": origin}

    def _edit(self, chat: Chat, user: User, body: Json) -> Stored:
        stored = chat.live(int(body["edit_of"]))
        if stored is None or stored.out:
            raise ControlError(f"no message of a person {body['edit_of']} in chat {chat.id}")
        author = stored.message.get("from", user.as_json())
        if author["id"] not in (user.id, ANONYMOUS["id"]):
            raise ControlError("only the author edits a message")
        message = {**stored.message, "edit_date": self.world.now()}
        if body.get("caption") is not None:
            message.pop("caption_entities", None)
            message |= _captioned(body["caption"])
        if body.get("text") is not None:
            message.pop("entities", None)
            message |= self._contents({"text": body["text"]})[0]
        if body.get("location"):
            message |= self._contents({"location": body["location"]})[0]
        self.world.change(chat, stored, message)
        return stored

    @staticmethod
    def _result(done: list[tuple[Stored, int | None]]) -> Json:
        return {
            "messages": [stored.message for stored, _ in done],
            "update_ids": [number for _, number in done if number is not None],
        }


def bare(message: Json) -> Json:
    """A message as it stands inside another one: without its own reply."""
    if "reply_to_message" not in message:
        return message
    return {k: v for k, v in message.items() if k != "reply_to_message"}


def _captioned(caption: str) -> Json:
    entities = find_entities(caption)
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})


def _filler(kind: str, seed: int) -> bytes:
    if kind in {"photo", "sticker"}:
        return picture(seed)
    head = {"voice": b"OggS\0\2", "video": b"\0\0\0\x18ftypmp42"}.get(kind, b"")
    return head + f" {kind} {seed}".encode()


def _find_button(stored: Stored, label: str) -> Json:
    rows = stored.message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons: list[Json] = [button for row in rows for button in row]
    exact = [b for b in buttons if b["text"] == label]
    word = [b for b in buttons if label in b["text"].split()]
    part = [b for b in buttons if label and label in b["text"]]
    if not part:
        raise ControlError(f"no button {label!r}; there are: {[b['text'] for b in buttons]}")
    return (exact or word or part)[0]
