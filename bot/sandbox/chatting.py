"""Bot API methods about the bot itself, chats, members, topics and files."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.api import method
from bot.sandbox.model import ADMINS, Chat, Json, Topic, bad
from bot.sandbox.places import Places, membership
from bot.sandbox.world import World

MAX_DOWNLOAD = 20 * 1024 * 1024
"""Bytes of a file that a bot can fetch (Bot API, getFile)."""
TEXTS = {
    "Description": ("description", 512),
    "ShortDescription": ("short_description", 120),
}
"""Profile texts of the bot: argument and greatest length (Bot API, setMyDescription …)."""


@method("getMe")
def get_me(world: World, params: Json) -> Any:  # noqa: ARG001
    return world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("setWebhook")
def set_webhook(world: World, params: Json) -> Any:
    url = str(params.get("url") or "")
    if url and not url.startswith("https://"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    _drop(world, params)
    world.queue.allow(params.get("allowed_updates"))
    world.webhook = {"url": url} if url else {}
    return True


@method("deleteWebhook")
def delete_webhook(world: World, params: Json) -> Any:
    _drop(world, params)
    world.webhook = {}
    return True


def _drop(world: World, params: Json) -> None:
    if params.get("drop_pending_updates"):
        world.queue.waiting.clear()


@method("getWebhookInfo")
def get_webhook_info(world: World, params: Json) -> Any:  # noqa: ARG001
    return {
        "url": world.webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(world.queue.waiting),
        "allowed_updates": sorted(world.queue.allowed),
    }


@method("getChat")
def get_chat(world: World, params: Json) -> Any:
    chat = world.find_chat(params.get("chat_id"))
    if chat.type != "private" and not chat.migrated_to:
        world.reachable(chat)
    body = chat.json | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    if chat.pinned and (stored := chat.live(chat.pinned[-1])):
        body["pinned_message"] = stored.message
    return body


def _member(world: World, chat: Chat, user_id: int) -> Json:
    state = chat.members.get(user_id) or membership("left")
    return {"user": world.account(user_id), **state}


@method("getChatMember")
def get_chat_member(world: World, params: Json) -> Any:
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    user_id = params.get("user_id")
    if not isinstance(user_id, int) or not (user_id in world.users or user_id == world.bot_id):
        raise bad("invalid user_id specified" if not user_id else "user not found")
    if chat.type == "private":
        return {"user": world.account(user_id), "status": "member"}
    return _member(world, chat, user_id)


@method("getChatMemberCount")
def get_chat_member_count(world: World, params: Json) -> Any:
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    gone = ("left", "kicked")
    return (
        2
        if chat.type == "private"
        else sum(m["status"] not in gone for m in chat.members.values())
    )


@method("getChatAdministrators")
def get_chat_administrators(world: World, params: Json) -> Any:
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    return [
        _member(world, chat, user_id)
        for user_id, member in chat.members.items()
        if member["status"] in ADMINS
    ]


@method("leaveChat")
def leave_chat(world: World, params: Json) -> Any:
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats")
    Places(world).set_member(chat, {"status": "left"})
    return True


@method("getFile")
def get_file(world: World, params: Json) -> Any:
    file_id = params.get("file_id")
    if not file_id:
        raise bad("file_id not specified")
    file = world.files.get(str(file_id))
    if file is None:
        raise bad("invalid file_id")
    if len(file.data) > MAX_DOWNLOAD:
        raise bad("file is too big")
    return file.as_json()


def _forum(world: World, params: Json) -> Chat:
    chat = world.reachable(world.find_chat(params.get("chat_id")))
    if not chat.is_forum:
        raise bad("the chat is not a forum")
    return chat


def _topic(world: World, params: Json) -> tuple[Chat, Topic]:
    chat = _forum(world, params)
    topic = chat.topics.get(params.get("message_thread_id", 0))
    if topic is None or topic.deleted:
        raise bad("message thread not found")
    if not chat.has_right(world.bot_id, "can_manage_topics"):
        raise bad("not enough rights")
    return chat, topic


def _topic_name(params: Json) -> str:
    name = str(params.get("name") or "").strip()
    if not 1 <= len(name) <= 128:
        raise bad("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    return name


@method("createForumTopic")
def create_forum_topic(world: World, params: Json) -> Any:
    chat = _forum(world, params)
    if not chat.has_right(world.bot_id, "can_manage_topics"):
        raise bad("not enough rights to create a topic")
    return Places(world).open_topic(chat, _topic_name(params), world.bot).as_json()


@method("editForumTopic")
def edit_forum_topic(world: World, params: Json) -> Any:
    chat, topic = _topic(world, params)
    name = _topic_name(params) if params.get("name") else topic.name
    if name == topic.name:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.name = name
    _topic_note(world, chat, topic, {"forum_topic_edited": {"name": name}})
    return True


@method("closeForumTopic")
def close_forum_topic(world: World, params: Json) -> Any:
    return _switch(world, params, closed=True)


@method("reopenForumTopic")
def reopen_forum_topic(world: World, params: Json) -> Any:
    return _switch(world, params, closed=False)


def _switch(world: World, params: Json, *, closed: bool) -> bool:
    chat, topic = _topic(world, params)
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    _topic_note(
        world, chat, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}}
    )
    return True


@method("deleteForumTopic")
def delete_forum_topic(world: World, params: Json) -> Any:
    chat, topic = _topic(world, params)
    Places(world).delete_topic(chat, topic.id)
    return True


def _topic_note(world: World, chat: Chat, topic: Topic, body: Json) -> None:
    place: Json = {"message_thread_id": topic.id, "is_topic_message": True}
    Places(world).tell(chat, world.post(chat, world.bot, place | body, out=True))


def _scope_key(params: Json) -> str:
    scope = params.get("scope") or {"type": "default"}
    place = ":".join(str(scope.get(k, "")) for k in ("type", "chat_id", "user_id"))
    return f"{place}:{params.get('language_code') or ''}"


@method("setMyCommands")
def set_my_commands(world: World, params: Json) -> Any:
    commands = params.get("commands")
    if not isinstance(commands, list):
        raise bad("can't parse commands JSON object")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", "")).lstrip("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    world.settings[f"commands {_scope_key(params)}"] = commands
    world.event("profile", what="commands")
    return True


@method("getMyCommands")
def get_my_commands(world: World, params: Json) -> Any:
    return world.settings.get(f"commands {_scope_key(params)}", [])


@method("deleteMyCommands")
def delete_my_commands(world: World, params: Json) -> Any:
    world.settings.pop(f"commands {_scope_key(params)}", None)
    return True


def _profile_text(name: str, argument: str, most: int) -> None:
    @method(f"setMy{name}")
    def put(world: World, params: Json) -> Any:
        value = str(params.get(argument) or "")
        if len(value) > most:
            raise bad(f"{argument} is too long")
        world.settings[f"{argument} {params.get('language_code') or ''}"] = value
        world.event("profile", what=argument)
        return True

    @method(f"getMy{name}")
    def get(world: World, params: Json) -> Any:
        key = f"{argument} {params.get('language_code') or ''}"
        return {argument: world.settings.get(key, "")}


for _name, (_argument, _most) in TEXTS.items():
    _profile_text(_name, _argument, _most)
