"""The register of Bot API methods and what sending methods share.

A method is a function (world, arguments) -> result that raises `ApiError`; arguments were typed
by `bodies.typed`. Uploads travel under the argument name ``""``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.bodies import Uploads
from bot.sandbox.markup import reply_markup
from bot.sandbox.model import Chat, File, Json, Stored, bad
from bot.sandbox.people import bare
from bot.sandbox.text import formatted, units
from bot.sandbox.world import World

Method = Callable[[World, Json], Any]
REGISTER: dict[str, Method] = {}
"""Every method that this server answers, by its exact name; getUpdates is the server's own."""

MAX_TEXT = 4096
"""UTF-16 code units of a text message after parsing (Bot API, sendMessage)."""
MAX_CAPTION = 1024
"""UTF-16 code units of a caption after parsing (Bot API, sendPhoto)."""


def method(name: str) -> Callable[[Method], Method]:
    """Put a function into the register."""

    def register(function: Method) -> Method:
        REGISTER[name] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes and what stands around its content."""

    chat: Chat
    common: Json
    inline: Json | None
    keyboard: Json | None
    silent: bool

    def send(self, world: World, content: Json) -> Stored:
        """Store the bot's message."""
        body = self.common | content
        if self.inline:
            body["reply_markup"] = self.inline
        sender = None if self.chat.type == "channel" else world.bot
        return world.post(
            self.chat, sender, body, out=True, silent=self.silent, keyboard=self.keyboard
        )


def target(world: World, params: Json) -> Target:
    """Check chat, topic, reply and keyboard of a sending call. Raises the 400 or 403."""
    inline, keyboard = reply_markup(params.get("reply_markup"))
    chat = world.may_post(world.find_chat(params.get("chat_id")))
    common: Json = {"sender_chat": chat.json} if chat.type == "channel" else {}
    thread = params.get("message_thread_id")
    reply = params.get("reply_parameters")
    if isinstance(reply, dict):
        replied = _replied(world, chat, reply)
        if replied:
            common["reply_to_message"] = bare(replied.message)
            thread = thread or replied.message.get("message_thread_id")
            if not thread and chat.type == "supergroup":
                thread = replied.message["message_id"]
    if thread:
        common |= _thread(world, chat, thread)
    if params.get("protect_content"):
        common["has_protected_content"] = True
    return Target(chat, common, inline, keyboard, bool(params.get("disable_notification")))


def _replied(world: World, chat: Chat, reply: Json) -> Stored | None:
    other = reply.get("chat_id")
    where = world.find_chat(other) if other is not None else chat
    found = where.live(reply.get("message_id"))
    if found is None and not reply.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return found


def _thread(world: World, chat: Chat, thread: Any) -> Json:
    topic = chat.topics.get(thread) if isinstance(thread, int) else None
    if topic is None and chat.type == "supergroup" and thread != 1 and chat.live(thread):
        # A thread of replies outside topics, named by the message it began with.
        return {"message_thread_id": thread}
    if topic is None or topic.deleted or not chat.is_forum:
        raise bad("message thread not found")
    if topic.closed and not chat.has_right(world.bot_id, "can_manage_topics"):
        raise bad("TOPIC_CLOSED")
    return {"message_thread_id": topic.id, "is_topic_message": True}


def text_content(params: Json) -> Json:
    """Text and entities of sendMessage and editMessageText. Raises the 400."""
    given = params.get("text")
    if not isinstance(given, str) or not given:
        raise bad("message text is empty")
    _encodable(given)
    text, entities = formatted(given, params.get("parse_mode") or "", params.get("entities"))
    if not text:
        raise bad("text must be non-empty")
    if len(text) > MAX_TEXT or units(text) > MAX_TEXT:
        raise bad("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def caption_content(params: Json) -> Json:
    """Caption and entities of a medium; empty when there is none. Raises the 400."""
    given = params.get("caption")
    if not isinstance(given, str) or not given:
        return {}
    _encodable(given)
    text, entities = formatted(
        given, params.get("parse_mode") or "", params.get("caption_entities")
    )
    if len(text) > MAX_CAPTION or units(text) > MAX_CAPTION:
        raise bad("message caption is too long")
    if not text:
        return {}
    return {"caption": text} | ({"caption_entities": entities} if entities else {})


def _encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None


def media_file(world: World, kind: str, given: Any, uploads: Uploads) -> File:
    """The file that an argument names: an upload (attach://), or a known file id.

    Raises the 400; a web address is refused, since this server fetches nothing.
    """
    if not isinstance(given, str) or not given:
        raise bad(f"there is no {kind} in the request")
    if given.startswith("attach://"):
        upload = uploads.get(given.removeprefix("attach://"))
        if upload is None or not upload.data:
            raise bad("file must be non-empty")
        return world.add_file(kind, upload.data, upload.filename)
    if given.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    file = world.files.get(given)
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        raise bad(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file


def own_message(world: World, params: Json, *, what: str = "edit") -> tuple[Chat, Stored]:
    """The bot's own message that an editing call names. Raises the 400 or 403."""
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    if not params.get("message_id"):
        raise bad("message identifier is not specified")
    stored = chat.live(params["message_id"])
    if stored is None:
        raise bad(f"message to {what} not found")
    if not stored.out or stored.keyboard or "forward_origin" in stored.message:
        raise bad("message can't be edited")
    return chat, stored
