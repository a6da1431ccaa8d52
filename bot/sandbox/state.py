"""The world on disk: one JSON file, written whole and put in place at once."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from pathlib import Path

from bot.sandbox.model import Callback, Chat, File, Json, User
from bot.sandbox.world import World

SHORTEST = 0.2
"""Seconds between two writes at least; a large town waits ten times as long as a write takes."""


def dump(world: World) -> Json:
    """Everything that a page needs to go on where it left off; the logs stay behind."""
    return {
        "users": [u.as_json() for u in world.users.values()],
        "chats": [c.to_state() for c in world.chats.values()],
        "files": [
            [f.id, f.kind, f.path, base64.b64encode(f.data).decode(), f.media]
            for f in world.files.values()
        ],
        "waiting": list(world.queue.waiting),
        "next_update": world.queue.next_id,
        "allowed": sorted(world.queue.allowed),
        "callbacks": [
            [c.id, c.chat, c.message_id, c.user, c.answers] for c in world.callbacks.values()
        ],
        "settings": world.settings,
        "webhook": world.webhook,
        "privacy": world.privacy,
        "next_shared": world.next_shared,
        "serial": world.serial,
    }


def load(world: World, state: Json) -> None:
    """Put a dumped state into a new world; taps of before are too old to be answered."""
    for body in state["users"]:
        fields = {k: v for k, v in body.items() if k != "is_bot"}
        world.users[body["id"]] = User(**fields)
    for body in state["chats"]:
        chat = world.chats[body["id"]] = Chat.from_state(body)
        if chat.username:
            world.by_name[chat.username.lower()] = chat.id
    for file_id, kind, path, data, media in state["files"]:
        world.files[file_id] = File(file_id, kind, path, base64.b64decode(data), media)
        world.paths[path] = file_id
    world.queue.waiting.extend(state["waiting"])
    world.queue.next_id = state["next_update"]
    world.queue.allowed = frozenset(state["allowed"])
    for call_id, where, message_id, user, answers in state["callbacks"]:
        old = float("-inf")
        world.callbacks[call_id] = Callback(call_id, where, message_id, user, old, answers)
    world.settings = state["settings"]
    world.webhook = state["webhook"]
    world.privacy = state["privacy"]
    world.next_shared = state["next_shared"]
    world.serial = state["serial"]


class Keeper:
    """Writes the world to its file after changes."""

    def __init__(self, world: World, path: Path) -> None:
        self.world = world
        self.path = path
        self.saved = -1

    def load(self) -> None:
        """Read the file, if there is one."""
        if self.path.exists():
            load(self.world, json.loads(self.path.read_text(encoding="utf-8")))
        self.saved = self.world.revision

    def save(self) -> None:
        """Write the file unless nothing has changed since."""
        if self.saved == self.world.revision:
            return
        revision = self.world.revision
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(self.path.name + ".new")
        text = json.dumps(dump(self.world), ensure_ascii=False)
        with beside.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self.path)
        self.saved = revision

    async def run(self) -> None:
        """Save again and again until cancelled."""
        pause = SHORTEST
        while True:
            await asyncio.sleep(pause)
            begin = time.monotonic()
            self.save()
            pause = max(SHORTEST, 10 * (time.monotonic() - begin))
