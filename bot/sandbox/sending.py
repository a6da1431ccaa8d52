"""Bot API methods that put new messages into chats."""

from __future__ import annotations

from typing import Any

from bot.sandbox.api import caption_content, media_file, method, target, text_content
from bot.sandbox.model import Json, Stored, bad
from bot.sandbox.world import World

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)

_COPIED = (
    "text",
    "entities",
    "caption",
    "caption_entities",
    "photo",
    "video",
    "voice",
    "document",
    "sticker",
    "location",
    "venue",
    "contact",
)


@method("sendMessage")
def send_message(world: World, params: Json) -> Any:
    content = text_content(params)
    if params.get("link_preview_options"):
        content["link_preview_options"] = params["link_preview_options"]
    return target(world, params).send(world, content).message


def _send_media(kind: str) -> None:
    @method(f"send{kind.title()}")
    def send(world: World, params: Json) -> Any:
        content = caption_content(params)
        where = target(world, params)
        file = media_file(world, kind, params.get(kind), params[""])
        if params.get("has_spoiler"):
            content["has_media_spoiler"] = True
        return where.send(world, {kind: file.media} | content).message


for _kind in ("photo", "video", "voice", "document"):
    _send_media(_kind)


@method("sendLocation")
def send_location(world: World, params: Json) -> Any:
    where = {key: params.get(key) for key in ("latitude", "longitude")}
    limits = {"latitude": 90.0, "longitude": 180.0}
    for key, value in where.items():
        if not isinstance(value, int | float) or abs(value) > limits[key]:
            raise bad(f"{key} is empty" if value in (None, "") else f"wrong {key} specified")
    return target(world, params).send(world, {"location": where}).message


@method("sendMediaGroup")
def send_media_group(world: World, params: Json) -> Any:
    media = params.get("media")
    if not isinstance(media, list) or not media:
        raise bad("media not found" if not media else "can't parse media JSON object")
    if len(media) < 2:
        raise bad("media group must include 2-10 items")
    if len(media) > 10:
        raise bad("too many messages to send as an album")
    if any(not isinstance(item, dict) for item in media):
        raise bad("can't parse InputMedia: expected an Object")
    kinds = {str(item.get("type")) for item in media}
    if not (kinds <= {"photo", "video"} or kinds == {"document"}):
        raise bad("media group can't mix these types of media")
    captions = [caption_content(item) for item in media]
    where = target(world, params)
    files = [media_file(world, i["type"], i.get("media"), params[""]) for i in media]
    group = str(13_000_000_000_000_000 + world.number())
    return [
        where.send(world, {"media_group_id": group, file.kind: file.media} | caption).message
        for file, caption in zip(files, captions, strict=True)
    ]


def _source(world: World, params: Json, verb: str) -> Stored:
    chat = world.find_chat(params.get("from_chat_id"))
    found = chat.live(params.get("message_id"))
    if found is None:
        raise bad(f"message to {verb} not found")
    content = any(key in found.message for key in _COPIED)
    if not content or found.message.get("has_protected_content"):
        raise bad("message can't be copied" if verb == "copy" else "message can't be forwarded")
    return found


@method("copyMessage")
def copy_message(world: World, params: Json) -> Any:
    caption = caption_content(params) if params.get("caption") is not None else None
    where = target(world, params)
    source = _source(world, params, "copy").message
    content = {key: source[key] for key in _COPIED if key in source}
    if caption is not None and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= caption
    return {"message_id": where.send(world, content).message["message_id"]}


@method("forwardMessage")
def forward_message(world: World, params: Json) -> Any:
    where = target(world, params)
    source = _source(world, params, "forward").message
    content = {key: source[key] for key in _COPIED if key in source}
    origin = source.get("forward_origin")
    if origin is None:
        origin = {"date": source["date"]}
        if source["chat"]["type"] == "channel":
            origin |= {
                "type": "channel",
                "chat": source["chat"],
                "message_id": source["message_id"],
            }
        elif "sender_chat" in source:
            origin |= {"type": "chat", "sender_chat": source["sender_chat"]}
        else:
            origin |= {"type": "user", "sender_user": source["from"]}
    return where.send(world, content | {"forward_origin": origin}).message


@method("sendChatAction")
def send_chat_action(world: World, params: Json) -> Any:
    if params.get("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = target(world, params).chat
    world.event("action", chat=chat.id, action=params["action"])
    return True
