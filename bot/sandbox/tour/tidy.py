"""Clearing the way before a guided scene: somebody may have been playing on these phones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.sandbox.client import Town
from bot.sandbox.model import Json
from bot.sandbox.tour.cast import CHINESE, RESIDENTS
from bot.sandbox.tour.day import Day
from bot.sandbox.tour.parts import Person

_DIALOG = "d"
"""The first letter of what a button of an unfinished dialog carries."""
_LANGUAGE = "/language"
_TELEGRAMS = ".lang:auto"
"""What the button for Telegram's own language carries."""
_QUESTION = "❓"
"""How a question to the resident begins: the next plain message would be taken as its answer."""


class Tidy:
    """Knows up to where each private chat is as a scene left it."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._clean: dict[int, int] = {}

    async def before(self, day: Day, people: Sequence[Person], acting: Iterable[Person]) -> None:
        """The scripts read what the cast's own languages say, so a chosen one is given up, and
        Telegram speaks again what it spoke at first. What is on its way arrives before that.

        Whoever begins something begins anew by /report where anything may be open: it drops a
        dialog and what follows an emergency, and no question takes the next message for its
        answer. Somebody who has blocked the bot takes that back.
        """
        await day.settle()
        foreign = await self._speak_as_ever(people)
        blocked = {c["id"] for c in await self._town.chats() if c.get("blocked")}
        for person in people:
            if person.chat in blocked:
                await day.start(person)
                await day.settle()
            said = [m.get("text", "") for m in await self._since(person) if not m["from_bot"]]
            if person.chat in foreign or any(text.startswith(_LANGUAGE) for text in said):
                await self._speak_as_telegram(day, person)
        for person in acting:
            if any(_open(message) for message in await self._since(person)):
                await day.say(person, "/report")
                await day.sees(person)

    async def after(self, day: Day, people: Iterable[Person]) -> None:
        """The scene has ended well: nothing is open up to here."""
        for person in people:
            self._clean[person.chat] = await day.last_id(person)

    async def _speak_as_ever(self, people: Iterable[Person]) -> set[int]:
        """Put Telegram's language back; whose was another one."""
        users = (await self._town.get("town"))["users"]
        speaks = {user["id"]: user.get("language_code") for user in users}
        native = dict(RESIDENTS)
        wanted = {person.chat: native.get(person.name, CHINESE) for person in people}
        foreign = {user for user, code in wanted.items() if speaks[user] != code}
        for user in foreign:
            await self._town.post("users", {"id": user, "language_code": wanted[user]})
        return foreign

    async def _speak_as_telegram(self, day: Day, person: Person) -> None:
        await day.say(person, _LANGUAGE)
        await day.settle()
        for menu in reversed(await self._since(person)):
            if choice := next((data for data in _data(menu) if data.endswith(_TELEGRAMS)), None):
                await self._town.tap(person.chat, menu, choice)
                await day.settle()
                return

    async def _since(self, person: Person) -> list[Json]:
        return await self._town.messages(person.chat, since=self._clean.get(person.chat, 0))


def _data(message: Json) -> list[str]:
    keys = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [key.get("callback_data", "") for row in keys for key in row]


def _open(message: Json) -> bool:
    said = message.get("text") or message.get("caption") or ""
    waits = said.startswith(_QUESTION) or any(d.startswith(_DIALOG) for d in _data(message))
    return waits or not message["from_bot"]
