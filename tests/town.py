"""A whole town in one process: the real bot on a real SQLite file, the sandbox behind it.

No socket, no sleeping: ``settle`` lets everything happen that is due now, ``forward`` moves the
clock and lets happen what was due meanwhile.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from telegram.request import HTTPXRequest

from bot.adapters.directory_folder import load_demo
from bot.bootstrap import Bot, Core, build, open_database
from bot.domain.access import SYSTEM
from bot.domain.tagging import Tagger
from bot.domain.units import Role
from bot.sandbox.client import Town, labels
from bot.sandbox.server import create_app
from bot.services import digest, directories, membership, timekeeping
from bot.settings import Settings
from bot.transport.api import BotApi

TOKEN = "123456:rehearsal-token-for-tests-only-000"
FRIDAY = datetime.fromisoformat("2026-11-20T09:30:00+08:00")
Json = dict[str, Any]


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    instant: datetime = FRIDAY

    def now(self) -> datetime:
        return self.instant


@dataclass
class Rehearsal:
    """One town with its bot. Ids of people and chats are Telegram's."""

    core: Core
    bot: Bot
    town: Town
    clock: Clock
    groups: dict[str, int] = field(default_factory=dict)

    async def settle(self, rounds: int = 60) -> None:
        """Let happen what is due now, until nothing moves any more."""
        for _ in range(rounds):
            moved = await self.bot.poller.once(0)
            moved += await self.bot.inbox.once()
            moved += await timekeeping.sweep(self.core.database, self.core.begin)
            moved += await self.bot.outbox.once()
            await self.bot.outbox.drain()
            while self.bot.answers:
                await asyncio.wait(self.bot.answers)
            if not moved:
                return
        raise AssertionError("the town does not come to rest")

    async def to(self, instant: str | datetime) -> None:
        """Move the clock to an ISO instant (local when it has no offset), and settle."""
        at = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        self.clock.instant = at if at.tzinfo else at.replace(tzinfo=FRIDAY.tzinfo)
        await self.settle()

    async def forward(self, **span: float) -> None:
        """Move the clock on by a ``timedelta``."""
        await self.to(self.clock.instant + timedelta(**span))

    async def person(self, user: int, name: str, *posts: tuple[str, Role]) -> int:
        """Somebody who has pressed Start and taken the posts by their codes."""
        await self.town.user(name, id=user)
        if not posts:
            return user
        for unit, role in posts:
            async with self.core.work(f"test:{user}:{unit}:{role}") as work:
                code = await membership.invite(work, unit, role)
            await self.town.start(user, code)
        await self.settle()
        return user

    async def channel(self, unit: str, *members: int, kind: str = "supergroup") -> int:
        """A group bound to a unit; the first member says /bind."""
        async with self.core.work(f"test:channel:{unit}:{len(self.groups)}") as work:
            code = await membership.channel_code(work, unit)
        group = await self.town.group(f"{unit} group", type=kind, members=list(members))
        self.groups[unit] = int(group["id"])
        await self.town.say(members[0], f"/bind {code}", chat=group["id"])
        await self.settle()
        return int(group["id"])

    async def say(self, user: int, text: str | None = None, **fields: Any) -> Json:
        """A message, and all that follows from it; the bot's last message in that chat."""
        said = await self.town.say(user, text, **fields)
        await self.settle()
        return await self.last(fields.get("chat") or user) or said

    async def tap(self, user: int, message: Json, label: str) -> str:
        """A tap on the button whose label holds these words; what the bot answered it."""
        tap = await self.town.tap_label(user, message, label)
        await self.settle()
        answers = await self.town.answers(tap)
        return str(answers[-1].get("text") or answers[-1].get("url") or "") if answers else ""

    async def tap_data(self, user: int, message: Json, data: str) -> str:
        """A tap with any callback data at all."""
        tap = await self.town.tap(user, message, data)
        await self.settle()
        answers = await self.town.answers(tap)
        return str(answers[-1].get("text") or answers[-1].get("url") or "") if answers else ""

    async def last(self, chat: int) -> Json:
        """The bot's last message in a chat."""
        return await self.town.last(chat) or {}

    async def texts(self, chat: int) -> list[str]:
        """What the bot's messages in a chat say now, oldest first."""
        return [
            str(m.get("text") or m.get("caption") or "")
            for m in await self.town.messages(chat)
            if m.get("from", {}).get("is_bot")
        ]

    async def find(self, chat: int, words: str) -> Json:
        """The newest message of the bot in a chat that holds these words."""
        for message in reversed(await self.town.messages(chat)):
            if message.get("from", {}).get("is_bot") and words in str(message.get("text", "")):
                return message
        raise AssertionError(f"no message with {words!r}: {await self.texts(chat)}")

    async def card(self, unit: str, words: str = "") -> Json:
        """The newest card in a unit's channel."""
        return await self.find(self.groups[unit], words)

    async def report(self, user: int, text: str, **fields: Any) -> str:
        """An ordinary report up to 提交; its case number."""
        asked = await self.say(user, text, **fields)
        await self.tap(user, asked, "提交")
        return await self.number(user)

    async def number(self, chat: int) -> str:
        """The number in the newest 已受理 or emergency answer."""
        for text in reversed(await self.texts(chat)):
            digits = [w for w in _words(text) if len(w) >= 12 and w.isdecimal()]
            if digits and ("编号" in text):
                return digits[0]
        raise AssertionError(f"no number: {await self.texts(chat)}")

    async def case(self, number: str) -> Any:
        """The case as the system sees it."""
        async with self.core.look() as work:
            return await work.uow.cases.find_for(SYSTEM, number)

    async def events(self, number: str) -> list[Any]:
        """The kinds of a case's events, oldest first."""
        seen = await self.case(number)
        async with self.core.look() as work:
            return [e.kind for e in await work.uow.cases.events(seen.case.id)]

    async def sound(self) -> None:
        """Nothing was refused by Telegram, given up or left lying; every call was allowed."""
        await self.settle()
        async with self.core.look() as work:
            lost = await work.uow.outbox.listed(("failed", "queued"), 10)
            parked = await work.uow.inbox.listed(("parked", "new"), 10)
        assert [(row.call.method, row.error) for row in lost] == []
        assert [(row.state, row.error) for row in parked] == []
        assert await self.town.violations() == []

    async def restart(self) -> None:
        """A new process on the same data: everything that was only in memory is gone."""
        old = self.core
        await old.database.close()
        core = Core(old.settings, open_database(old.settings), self.clock, old._tagger)
        request = self.bot.api.request
        self.core = core
        self.bot = await build(core, BotApi(TOKEN, "http://town", request=request))

    async def start_digests(self) -> None:
        """What the start of ``huying run`` and the minute tick do."""
        async with self.core.work("test:digests") as work:
            await digest.ensure(work)


def data_of(message: Json, label: str) -> str:
    """What the button whose label holds these words sends back."""
    for row in message["reply_markup"]["inline_keyboard"]:
        for button in row:
            if label in button["text"]:
                return str(button["callback_data"])
    raise AssertionError(f"no button {label!r}: {labels(message)}")


def _words(text: str) -> list[str]:
    return "".join(ch if ch.isdecimal() else " " for ch in text).split()


@asynccontextmanager
async def rehearsal(folder: Path, template: Path, tagger: Tagger) -> AsyncIterator[Rehearsal]:
    """A town on a copy of ``template``: migrated, seeded, with the demo directory."""
    data = folder / "data"
    shutil.copytree(template / "data", data)
    shutil.copy(template / "data.keys", folder / "data.keys")
    settings = Settings(
        _env_file=None,
        token=TOKEN,
        api_url="http://town",
        data_dir=data,
        send_rate=100_000,
        chat_rate=100_000,
        group_rate=100_000,
    )
    clock = Clock()
    core = Core(settings, open_database(settings), clock, tagger)
    app = create_app(TOKEN, clock.now)
    transport = httpx.ASGITransport(app)
    request = HTTPXRequest(httpx_kwargs={"transport": transport})
    async with Town(transport=transport) as town:
        bot = await build(core, BotApi(TOKEN, "http://town", request=request))
        try:
            yield Rehearsal(core, bot, town, clock)
        finally:
            await core.database.close()


async def make_template(folder: Path, tagger: Tagger) -> None:
    """Migrate, seed and import the demo once; every test copies the files."""
    settings = Settings(_env_file=None, token=TOKEN, data_dir=folder / "data")
    core = Core(settings, open_database(settings), Clock(), tagger)
    await core.seed()
    async with core.work("template") as work:
        await directories.put(work, load_demo())
    await core.database.close()


__all__ = [
    "FRIDAY",
    "TOKEN",
    "Clock",
    "Rehearsal",
    "data_of",
    "labels",
    "make_template",
    "rehearsal",
]
