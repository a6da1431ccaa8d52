"""Accounts, groups and channels: made, joined, left, migrated, their topics and rights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.sandbox.model import (
    ADMINS,
    ANONYMOUS,
    PRESENT,
    Chat,
    ControlError,
    Json,
    Stored,
    Topic,
    User,
)
from bot.sandbox.world import World

RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
"""Fields that every ChatMemberAdministrator has."""

LIBERTIES = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
"""What a restricted member may do or not, in every ChatMemberRestricted."""


def membership(status: str, rights: Json | None = None, *, channel: bool = False) -> Json:
    """The fields of ChatMember for a state, without ``user``."""
    given = rights or {}
    if status == "administrator":
        base: Json = {right: right == "can_manage_chat" for right in RIGHTS}
        extra = ("can_post_messages", "can_edit_messages") if channel else ("can_pin_messages",)
        return {"status": status} | base | dict.fromkeys(extra, channel) | given
    if status == "creator":
        return {"status": status, "is_anonymous": bool(given.get("is_anonymous"))}
    if status == "kicked":
        return {"status": status, "until_date": 0}
    if status == "restricted":
        return (
            {"status": status, "is_member": True}
            | {"until_date": 0}
            | dict.fromkeys(LIBERTIES, False)
            | given
        )
    if status in {"member", "left"}:
        return {"status": status}
    raise ControlError(f"no member state {status}")


_NAMES = ("first_name", "last_name", "username", "language_code")
"""What may be said of a person."""


class Places:
    """Who exists, and who is where."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_user(self, body: Json) -> Json:
        """A person and their private chat; ``started`` spares them the first /start. Of somebody
        who is known only what is given changes."""
        world = self.world
        user_id = int(body.get("id") or 1_000_000 + world.number())
        known = world.users.get(user_id) or User(user_id, f"U{user_id}")
        given: Json = {key: str(body[key]) for key in _NAMES if body.get(key) is not None}
        user = world.users[user_id] = replace(known, **given)
        chat = world.chats.setdefault(user_id, Chat(user_id, "private"))
        chat.call(user.as_json())
        chat.started = chat.started or bool(body.get("started"))
        world.event("user", user=user_id)
        return user.as_json()

    def add_group(self, body: Json) -> Json:
        """A group, supergroup (``is_forum``, ``topics``) or channel with its members.

        ``bot`` is the bot's state there (default ``member``; in channels ``administrator``);
        unless ``quiet``, the bot hears that it was added.
        """
        world = self.world
        kind = body.get("type", "supergroup")
        if kind not in {"group", "supergroup", "channel"}:
            raise ControlError(f"no chat type {kind}")
        base = -4_000_000 if kind == "group" else -1_001_000_000_000
        chat = Chat(
            int(body.get("id") or base - world.number()),
            kind,
            title=str(body.get("title", "Group")),
            username=str(body.get("username", "")),
            is_forum=bool(body.get("is_forum") or body.get("topics")),
        )
        world.chats[chat.id] = chat
        if chat.username:
            world.by_name[chat.username.lower()] = chat.id
        for entry in body.get("members", []):
            given = entry if isinstance(entry, dict) else {"user": entry}
            user = world.user(given["user"])
            status = given.get("status", "member")
            chat.members[user.id] = membership(status, _rights(given), channel=kind == "channel")
        for name in body.get("topics", []):
            self.open_topic(chat, str(name), None)
        status = body.get("bot", "administrator" if kind == "channel" else "member")
        if status != "left":
            rights = {"user": world.bot_id, "status": status, "rights": body.get("rights", {})}
            self.set_member(chat, rights, quiet=bool(body.get("quiet")))
        world.event("chat", chat=chat.id)
        return self.describe(chat)

    def set_member(self, chat: Chat, body: Json, *, quiet: bool = False) -> Json:
        """Change somebody's state: service message where Telegram shows one, and
        my_chat_member (the bot) or chat_member (others, if asked for) to the bot."""
        world = self.world
        who = body.get("user") or world.bot_id
        user_id = int(who) if who != "bot" else world.bot_id
        if user_id != world.bot_id:
            world.user(user_id)
        account = world.account(user_id)
        status = body.get("status") or chat.status(user_id)
        old = chat.members.get(user_id, {"status": "left"})
        keep = {k: v for k, v in old.items() if k != "status"} if old["status"] == status else {}
        new = membership(status, keep | _rights(body), channel=chat.type == "channel")
        chat.members[user_id] = new
        was, now = old["status"] in PRESENT, status in PRESENT
        actor = self.actor(chat, body.get("by"), account)
        updates: list[int | None] = []
        service = None
        if chat.type != "channel" and was != now:
            key = "new_chat_members" if now else "left_chat_member"
            service = world.post(chat, actor, {key: [account] if now else account})
        if quiet:
            return {"update_ids": []}
        kind = "my_chat_member" if user_id == world.bot_id else "chat_member"
        if kind == "my_chat_member" or chat.status(world.bot_id) in ADMINS:
            change: Json = {
                "chat": chat.json,
                "from": actor,
                "date": world.now(),
                "old_chat_member": {"user": account, **old},
                "new_chat_member": {"user": account, **new},
            }
            updates.append(world.emit(kind, change))
        if service:
            updates.append(self.tell(chat, service))
        world.event("member", chat=chat.id, user=user_id)
        return {"update_ids": [u for u in updates if u is not None]}

    def tell(self, chat: Chat, service: Stored) -> int | None:
        """Queue a service message for the bot, if it is there."""
        if chat.status(self.world.bot_id) not in PRESENT:
            return None
        return self.world.emit(
            "channel_post" if chat.type == "channel" else "message", service.message
        )

    def actor(self, chat: Chat, given: Any, fallback: Json) -> Json:
        """Who is shown as having done something: the named user, else the chat's owner."""
        if given is not None:
            return self.world.user(given).as_json()
        for user_id, member in chat.members.items():
            if member["status"] == "creator" and user_id != self.world.bot_id:
                return self.world.account(user_id)
        return fallback

    def open_topic(self, chat: Chat, name: str, actor: Json | None, **look: Any) -> Topic:
        """A new topic with its service message; the message's id is the topic's."""
        body = {"forum_topic_created": {"name": name, "icon_color": 7322096} | look}
        sender = actor or self.actor(chat, None, ANONYMOUS)
        out = sender["id"] == self.world.bot_id
        stored = self.world.post(chat, sender, body, out=out)
        number = int(stored.message["message_id"])
        stored.message |= {"message_thread_id": number, "is_topic_message": True}
        topic = chat.topics[number] = Topic(number, name)
        self.tell(chat, stored)
        return topic

    def delete_topic(self, chat: Chat, thread: Any) -> None:
        """Delete a topic with its messages; the bot is not told."""
        topic = chat.topics.get(int(thread))
        if topic is None:
            raise ControlError(f"no topic {thread} in chat {chat.id}")
        topic.deleted = True
        for stored in chat.messages.values():
            if stored.message.get("message_thread_id") == topic.id:
                stored.deleted = True
        self.world.event("topic", chat=chat.id, thread=topic.id)

    def migrate(self, chat: Chat) -> Json:
        """A basic group becomes a supergroup with a new id; both service messages are sent."""
        if chat.type != "group" or chat.migrated_to:
            raise ControlError("only a basic group can be upgraded, once")
        new = Chat(
            -1_001_500_000_000 - self.world.number(),
            "supergroup",
            title=chat.title,
            members=dict(chat.members),
        )
        self.world.chats[new.id] = new
        actor = self.actor(chat, None, self.world.bot)
        old_note = self.world.post(chat, actor, {"migrate_to_chat_id": new.id})
        new_note = self.world.post(new, actor, {"migrate_from_chat_id": chat.id})
        updates = [self.tell(chat, old_note), self.tell(new, new_note)]
        chat.migrated_to = new.id
        self.world.event("migrate", chat=chat.id, to=new.id)
        return {"chat": new.id, "update_ids": [u for u in updates if u is not None]}

    def describe(self, chat: Chat) -> Json:
        """A chat with its members and topics, for people."""
        body = chat.json | {
            "members": [{"user": u, **m} for u, m in chat.members.items()],
            "messages": len(chat.messages),
            "topics": [
                t.as_json() | {"closed": t.closed, "deleted": t.deleted}
                for t in chat.topics.values()
            ],
            "pinned": list(chat.pinned),
        }
        if chat.type == "private":
            body |= {"started": chat.started, "blocked": chat.blocked}
        if chat.migrated_to:
            body["migrated_to"] = chat.migrated_to
        return body


def _rights(body: Json) -> Json:
    rights = dict(body.get("rights") or {})
    if body.get("anonymous") is not None:
        rights["is_anonymous"] = bool(body["anonymous"])
    return rights
