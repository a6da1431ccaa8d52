"""The world on disk: one JSON file, written whole and put in place at once, and beside it a folder
with the bytes of every photo, voice …, each written once."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from bot.sandbox.model import Callback, Chat, File, Json, User
from bot.sandbox.world import World

SHORTEST = 0.2
"""Seconds between two writes at least; a large town waits ten times as long as a write takes."""


def dump(world: World, bytes_of: Callable[[File], str]) -> Json:
    """Everything that a page needs to go on where it left off; the logs stay behind.

    ``bytes_of`` keeps the bytes of a file and gives the name by which they are found again.
    """
    return {
        "users": [u.as_json() for u in world.users.values()],
        "chats": [c.to_state() for c in world.chats.values()],
        "files": [[f.id, f.kind, f.path, bytes_of(f), f.media] for f in world.files.values()],
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


def load(world: World, state: Json, bytes_at: Callable[[str], bytes]) -> None:
    """Put a dumped state into a new world; taps of before are too old to be answered."""
    for body in state["users"]:
        fields = {k: v for k, v in body.items() if k != "is_bot"}
        world.users[body["id"]] = User(**fields)
    for body in state["chats"]:
        chat = world.chats[body["id"]] = Chat.from_state(body)
        if chat.username:
            world.by_name[chat.username.lower()] = chat.id
    for file_id, kind, path, name, media in state["files"]:
        world.files[file_id] = File(file_id, kind, path, bytes_at(name), media)
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
        self.folder = path.with_suffix(".files")
        self.saved = -1
        self._kept: dict[str, str] = {}
        """File id -> the name under which its bytes are in the folder."""

    def load(self) -> None:
        """Read the file, if there is one. Raises OSError when bytes are missing, ValueError,
        KeyError or TypeError when the file is not what `save` wrote."""
        if self.path.exists():
            # Both sizes of a photo are the same bytes here: read once.
            read = cache(lambda name: (self.folder / name).read_bytes())
            load(self.world, json.loads(self.path.read_text(encoding="utf-8")), read)
            # Numbers that a page of before knows are not given again.
            self.world.events.first = time.time_ns() // 1_000_000
        self.saved = self.world.revision

    def save(self) -> None:
        """Write the file unless nothing has changed since. Raises OSError."""
        if self.saved == self.world.revision:
            return
        revision = self.world.revision
        self.folder.mkdir(parents=True, exist_ok=True)
        _put(self.path, json.dumps(dump(self.world, self._keep)).encode())
        self.saved = revision

    def _keep(self, file: File) -> str:
        name = self._kept.get(file.id)
        if name is None:
            name = hashlib.sha256(file.data).hexdigest()
            if not (self.folder / name).exists():
                _put(self.folder / name, file.data)
            self._kept[file.id] = name
        return name

    async def run(self) -> None:
        """Save again and again until cancelled; what cannot be written now is tried again."""
        pause = SHORTEST
        while True:
            await asyncio.sleep(pause)
            begin = time.monotonic()
            with contextlib.suppress(OSError):
                self.save()
            pause = max(SHORTEST, 10 * (time.monotonic() - begin))


def _put(path: Path, data: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
