"""Bot API methods that change, delete or answer what is there already."""

from __future__ import annotations

from typing import Any

from bot.sandbox.api import caption_content, media_file, method, own_message, text_content
from bot.sandbox.markup import reply_markup
from bot.sandbox.model import Chat, Json, Stored, bad
from bot.sandbox.places import Places
from bot.sandbox.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
DELETE_WITHIN = 48 * 3600
"""Seconds within which a bot can delete a message (Bot API, deleteMessage)."""
MAX_ANSWER = 200
"""Characters of a callback answer (Bot API, answerCallbackQuery)."""
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
REACTIONS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐"
    "🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡"
)


def _replace(world: World, chat: Chat, stored: Stored, content: Json, dropped: set[str]) -> Json:
    """Put the new content in place unless nothing would change."""
    old = stored.message
    kept = {k: v for k, v in old.items() if k not in dropped}
    new = kept | content
    ignored = {"edit_date"}
    if {k: v for k, v in new.items() if k not in ignored} == {
        k: v for k, v in old.items() if k not in ignored
    }:
        raise bad(NOT_MODIFIED)
    new["edit_date"] = world.now()
    world.change(chat, stored, new)
    return new


def _markup(params: Json) -> Json:
    inline, _ = reply_markup(params.get("reply_markup"))
    return {"reply_markup": inline} if inline else {}


@method("editMessageText")
def edit_message_text(world: World, params: Json) -> Any:
    content = text_content(params) | _markup(params)
    if params.get("link_preview_options"):
        content["link_preview_options"] = params["link_preview_options"]
    chat, stored = own_message(world, params)
    if "text" not in stored.message:
        raise bad("there is no text in the message to edit")
    dropped = {"text", "entities", "reply_markup", "link_preview_options"}
    return _replace(world, chat, stored, content, dropped)


@method("editMessageCaption")
def edit_message_caption(world: World, params: Json) -> Any:
    content = caption_content(params) | _markup(params)
    chat, stored = own_message(world, params)
    if not any(kind in stored.message for kind in ("photo", "video", "voice", "document")):
        raise bad("there is no caption in the message to edit")
    return _replace(world, chat, stored, content, {"caption", "caption_entities", "reply_markup"})


@method("editMessageReplyMarkup")
def edit_message_reply_markup(world: World, params: Json) -> Any:
    content = _markup(params)
    chat, stored = own_message(world, params)
    return _replace(world, chat, stored, content, {"reply_markup"})


@method("editMessageMedia")
def edit_message_media(world: World, params: Json) -> Any:
    media = params.get("media")
    if not isinstance(media, dict):
        raise bad("media not found")
    content = caption_content(media) | _markup(params)
    chat, stored = own_message(world, params)
    kinds = {"photo", "video", "document"}
    if media.get("type") not in kinds:
        raise bad("can't parse InputMedia: Media type is not supported")
    if not any(kind in stored.message for kind in kinds | {"text"}):
        raise bad("message can't be edited")
    file = media_file(world, media["type"], media.get("media"), params[""])
    content[file.kind] = file.media
    dropped = kinds | {"text", "entities", "caption", "caption_entities", "reply_markup"}
    return _replace(world, chat, stored, content, dropped)


def _delete(world: World, chat: Chat, stored: Stored) -> None:
    if chat.type != "private" and not (
        stored.out or chat.has_right(world.bot_id, "can_delete_messages")
    ):
        raise bad("message can't be deleted")
    always = chat.type == "supergroup" and chat.has_right(world.bot_id, "can_delete_messages")
    if not always and world.now() - stored.message["date"] > DELETE_WITHIN:
        raise bad("message can't be deleted for everyone")
    world.remove(chat, stored)


@method("deleteMessage")
def delete_message(world: World, params: Json) -> Any:
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    if not params.get("message_id"):
        raise bad("message identifier is not specified")
    stored = chat.live(params["message_id"])
    if stored is None:
        raise bad("message to delete not found")
    _delete(world, chat, stored)
    return True


@method("deleteMessages")
def delete_messages(world: World, params: Json) -> Any:
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    ids = params.get("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad("message identifiers are not specified")
    for message_id in ids:
        if stored := chat.live(message_id):
            _delete(world, chat, stored)
    return True


@method("answerCallbackQuery")
def answer_callback_query(world: World, params: Json) -> Any:
    call = world.callbacks.get(str(params.get("callback_query_id")))
    if call is None or world.ticks() - call.at > world.callback_life:
        raise bad(TOO_OLD)
    if len(str(params.get("text") or "")) > MAX_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    url = params.get("url")
    name = str(world.bot["username"])
    if url and not str(url).startswith((f"https://t.me/{name}?", f"tg://resolve?domain={name}")):
        raise bad("URL_INVALID")
    answer: Json = {
        k: params[k] for k in ("text", "show_alert", "url", "cache_time") if k in params
    }
    call.answers.append(answer)
    world.event("answer", id=call.id, chat=call.chat, user=call.user, **answer)
    return True


@method("setMessageReaction")
def set_message_reaction(world: World, params: Json) -> Any:
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    stored = chat.live(params.get("message_id"))
    if stored is None:
        raise bad("message to react not found")
    reactions = params.get("reaction") or []
    if not isinstance(reactions, list) or len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    for reaction in reactions:
        emoji = str(reaction.get("emoji")).rstrip("\ufe0f")
        if reaction.get("type") != "emoji" or emoji not in REACTIONS:
            raise bad("REACTION_INVALID")
    number = stored.message["message_id"]
    world.event("reaction", chat=chat.id, message_id=number, reaction=reactions)
    return True


@method("pinChatMessage")
def pin_chat_message(world: World, params: Json) -> Any:
    chat, stored = _pinnable(world, params, "pin")
    number = int(stored.message["message_id"])
    if number not in chat.pinned:
        chat.pinned.append(number)
        if chat.type != "private":
            body: Json = {"pinned_message": stored.message}
            sender: Json | None = world.bot
            if chat.type == "channel":
                body["sender_chat"], sender = chat.json, None
            note = world.post(chat, sender, body, out=True)
            Places(world).tell(chat, note)
    return True


@method("unpinChatMessage")
def unpin_chat_message(world: World, params: Json) -> Any:
    if not params.get("message_id"):
        chat = world.reachable(world.find_chat(params.get("chat_id")))
        if chat.pinned:
            chat.pinned.pop()
        return True
    chat, stored = _pinnable(world, params, "unpin")
    chat.pinned = [n for n in chat.pinned if n != stored.message["message_id"]]
    return True


def _pinnable(world: World, params: Json, verb: str) -> tuple[Chat, Stored]:
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    right = "can_edit_messages" if chat.type == "channel" else "can_pin_messages"
    if chat.type != "private" and not chat.has_right(world.bot_id, right):
        raise bad("not enough rights to manage pinned messages in the chat")
    stored = chat.live(params.get("message_id"))
    if stored is None:
        raise bad(f"message to {verb} not found")
    return chat, stored
