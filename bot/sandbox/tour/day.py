"""Playing and watching: what the script's people do, and what they must see.

Every act and every expectation counts as a step of the day. One that does not come true raises
``Missed`` with what was expected and how the chat looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.client import labels
from bot.sandbox.model import Json
from bot.sandbox.tour.parts import Guide, Missed, Person, Place, Where
from bot.sandbox.tour.times import WEEK, ZONE, office
from bot.sandbox.tour.transcript import BOT, Transcript, reading, show
from bot.sandbox.troupe import Troupe

PATIENCE = 12.0
"""Seconds within which the bot must do what a step expects."""
_NUMBER = re.compile(r"\d{12}")
_QUIET = 0.35
"""Seconds without news after which nothing more is thought to be coming."""


@dataclass
class Day:
    """The day as it is being played: printed by a ``transcript``, or shown by a ``guide``."""

    troupe: Troupe
    transcript: Transcript | None = None
    guide: Guide | None = None
    people: dict[str, Person] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    """Case numbers by what the script calls them."""
    secrets: set[str] = field(default_factory=set)
    """Personal data that must never be read in a group."""
    hidden: set[str] = field(default_factory=set)
    """Numbers of confidential cases, which no group may ever see."""
    steps: int = 0
    kills: int = 0
    explained: int = 0
    """Sentences of explanation so far, in a guided scene."""
    _marks: dict[int, int] = field(default_factory=dict)

    @property
    def dated(self) -> bool:
        """Whether this is the tour's own day, whose dates and hours are known in advance."""
        return self.guide is None

    # Who and where

    async def person(self, name: str, language: str = "zh-hans", **more: Any) -> Person:
        """A new person with a phone."""
        made = await self.troupe.town.user(name, language_code=language, **more)
        one = Person(name, made["id"], language, more.get("last_name", ""))
        self.people[name] = one
        self._called(name, one.chat)
        return one

    async def place(self, title: str, members: list[Person], **more: Any) -> Place:
        """A new group, or a forum with one topic whose name is given as ``topic``."""
        topic = more.pop("topic", None)
        ids = [member.chat for member in members]
        made = await self.troupe.town.group(title, members=ids, **more)
        chat = made["id"]
        thread = await self.troupe.town.topic(chat, topic) if topic else None
        self._called(title, chat)
        return self._placed(Place(topic or title, chat, thread))

    async def topic(self, forum: Place, name: str) -> Place:
        """Another topic of a forum."""
        thread = await self.troupe.town.topic(forum.chat, name)
        return self._placed(Place(name, forum.chat, thread))

    def _called(self, name: str, chat: int) -> None:
        if self.transcript:
            self.transcript.chats[chat] = name

    def _placed(self, one: Place) -> Place:
        self.places[one.name] = one
        if self.transcript and one.thread:
            self.transcript.topics[one.chat, one.thread] = one.name
        return one

    # Time

    def now(self) -> datetime:
        """The town's time."""
        return self.troupe.clock.now().astimezone(ZONE)

    async def at(self, instant: str) -> None:
        """Go forward to an instant, as in ``11-20 09:30``; one that has passed is no harm."""
        await self.until(datetime.fromisoformat(f"2026-{instant}").replace(tzinfo=ZONE))

    async def forward(self, **span: float) -> None:
        """Go forward by minutes=, hours=, days=."""
        await self.until(self.now() + timedelta(**span))

    async def until(self, instant: datetime) -> None:
        """Go forward to an instant; one that has passed is no harm."""
        wanted = instant.astimezone(ZONE)
        if wanted <= self.now():
            return
        await (self.guide.forward if self.guide else self.troupe.set_clock)(wanted)
        self.out(f"\n🕘 {wanted:%m-%d} {WEEK[wanted.weekday()]} {wanted:%H:%M}")

    def working(self, instant: datetime) -> datetime:
        """The instant itself within working time, else the next opening."""
        return (self.guide.working if self.guide else office)(instant).astimezone(ZONE)

    # Acting

    async def say(
        self, who: Person, text: str | None = None, where: Where | None = None, **more: Any
    ) -> Json:
        """Somebody sends something; the last message of it."""
        place = where or who
        if isinstance(place, Place) and place.thread and "thread" not in more:
            more["thread"] = place.thread
        if isinstance(reply := more.get("reply_to"), dict):
            more["reply_to"] = reply["message_id"]
        if isinstance(old := more.get("edit_of"), dict):
            more["edit_of"] = old["message_id"]
        await self._act()
        done = await self.troupe.town.say(who.chat, text, place.chat, **more)
        message = dict(done["messages"][-1])
        if "edit_of" not in more:
            self._marks[place.chat] = message["message_id"]
        await self.news()
        return message

    async def tap(self, who: Person, message: Json, label: str, *, wait: bool = True) -> Json:
        """Somebody taps a button; its answer, once there is one."""
        await self._act()
        try:
            done = await self.troupe.town.tap_label(who.chat, message, label)
        except Exception as error:
            raise Missed(f"{who.name} finds a button {label}: {error}", show(message)) from error
        self.out(f"〔{who.name} 点〕 {label}")
        chat = message["chat"]["id"]
        if chat == who.chat:
            self._marks[chat] = message["message_id"] - 1
        if wait and "id" in done:
            done = done | {"answer": await self._answer(who, done["id"])}
        await self.news()
        return done

    async def open(self, who: Person, message: Json, label: str) -> None:
        """Somebody follows a button that leads to the private chat."""
        done = await self.tap(who, message, label)
        url = done.get("url") or done.get("answer", {}).get("url", "")
        if "start=" not in url:
            raise Missed(f"{label} opens the private chat", str(done))
        await self.start(who, url.partition("start=")[2])

    async def start(self, who: Person, payload: str = "") -> None:
        """Somebody presses Start."""
        await self._act()
        done = await self.troupe.town.start(who.chat, payload)
        self._marks[who.chat] = done["messages"][-1]["message_id"]
        await self.news()

    async def _act(self) -> None:
        self.steps += 1
        await self.news()
        if self.guide:
            await self.guide.beat()

    async def _answer(self, who: Person, tap: str) -> Json:
        async def answered() -> list[Json]:
            return await self.troupe.town.answers(tap)

        try:
            found = dict((await self.troupe.town.wait_for(answered, PATIENCE))[0])
        except TimeoutError:
            raise Missed(f"the tap of {who.name} is answered", await self.chat(who)) from None
        if found.get("text"):
            self.out(f"〔{BOT} 提示 → {who.name}〕 {found['text']}")
        return found

    # Seeing

    async def sees(
        self,
        where: Where,
        *texts: str,
        after: int | None = None,
        buttons: Sequence[str] | None = None,
    ) -> Json:
        """The newest message of the bot there that has all these texts; waits for it.

        Only what came after the last act in that chat counts, unless ``after`` says otherwise.
        """
        self.steps += 1
        since = self._marks.get(where.chat, 0) if after is None else after

        async def find() -> Json | None:
            rows = await self.troupe.town.messages(where.chat, since=since)
            fit = [m for m in rows if m["from_bot"] and _fits(m, where, texts, buttons)]
            return fit[-1] if fit else None

        try:
            found = dict(await self.troupe.town.wait_for(find, PATIENCE))
        except TimeoutError:
            await self.news()
            wanted = "、".join(f"“{text}”" for text in (*texts, *(buttons or ())))
            raise Missed(
                f"{where.name} sees {wanted}",
                await self.chat(where),
                f"{where.name} 没有看到 {wanted}",
            ) from None
        await self.news()
        return found

    async def sees_not(self, where: Where, *texts: str, after: int | None = None) -> None:
        """Nothing of the bot there has any of these texts, once it is quiet."""
        await self.settle()
        since = self._marks.get(where.chat, 0) if after is None else after
        for message in await self.troupe.town.messages(where.chat, since=since):
            said = reading(message)
            for text in texts:
                if message["from_bot"] and _here(message, where) and text in said:
                    raise Missed(f"{where.name} does not see “{text}”", await self.chat(where))
        self.steps += 1

    async def count(self, where: Where, text: str, after: int = 0) -> int:
        """How many messages of the bot there have this text, once it is quiet."""
        await self.settle()
        rows = await self.troupe.town.messages(where.chat, since=after)
        return sum(m["from_bot"] and _here(m, where) and text in reading(m) for m in rows)

    async def last_id(self, where: Where) -> int:
        """The newest message there: what comes later is new."""
        found = await self.troupe.town.last(where.chat, from_bot=False)
        return int(found["message_id"]) if found else 0

    async def settle(self) -> None:
        """Wait until the bot has taken every update and nothing comes any more."""
        await self.troupe.town.settled()
        while True:
            _, seen = await self.troupe.town.events(since=2**53)
            news, _ = await self.troupe.town.events(seen, _QUIET)
            if not news:
                break
        await self.news()

    async def chat(self, where: Where, most: int = 8) -> str:
        """The chat as it stands, for a failure."""
        rows = await self.troupe.town.messages(where.chat)
        return "\n".join(show(m) for m in rows if _here(m, where))[-4000:] if most else ""

    def check(self, true: object, expected: str, chat: str = "") -> None:
        """An expectation about something that is there already."""
        self.steps += 1
        if not true:
            raise Missed(expected, chat)

    async def stale_tap(self, who: Person, message: Json, label: str) -> Json:
        """Tap on a message as this person still sees it, its buttons since gone or not; what
        the bot answered."""
        data = next(
            button["callback_data"]
            for row in message["reply_markup"]["inline_keyboard"]
            for button in row
            if label in button["text"]
        )
        self.steps += 1
        self.out(f"〔{who.name} 点〕 {label}（旧按钮）")
        done = await self.troupe.town.tap(who.chat, message, data)
        answer = await self._answer(who, done["id"])
        await self.news()
        return answer

    # Accidents

    async def kill(self) -> None:
        """SIGKILL for the bot."""
        self.kills += 1
        self.out("💥 呼应被强杀")
        await self.troupe.kill_bot()

    async def back(self) -> None:
        """The bot is started again."""
        await self.troupe.run_bot()
        self.out("🔁 呼应重新启动")

    # Cases

    def opened(self, name: str, message: Json) -> str:
        """Remember the case number in a message under the script's name for it."""
        found = _NUMBER.search(reading(message))
        if found is None:
            raise Missed("a case number in the message", show(message))
        self.cases[name] = found[0]
        return found[0]

    async def card(
        self, where: Where, number: str, *texts: str, buttons: Sequence[str] | None = None
    ) -> Json:
        """The newest card of a case there."""
        return await self.sees(where, number, *texts, after=0, buttons=buttons)

    async def cli(self, *arguments: str, ok: bool = True) -> str:
        """A command of the bot's."""
        status, text = await self.troupe.cli(*arguments)
        if ok:
            self.check(status == 0, f"huying {' '.join(arguments[:2])} succeeds", text)
        return text

    @staticmethod
    def read(message: Json) -> str:
        """Everything that can be read of a message: words and buttons."""
        return reading(message)

    @staticmethod
    def labels(message: Json) -> list[str]:
        """The texts on a message's buttons."""
        return labels(message)

    @staticmethod
    def numbers(message: Json) -> list[str]:
        """The case numbers in a message."""
        return _NUMBER.findall(reading(message))

    # Explaining

    async def step(
        self, *, zh: str, en: str, look: Where | tuple[Where, Json] | None = None
    ) -> None:
        """A step of a guided scene begins: one sentence in two languages, and where to look."""
        self.explained += 1
        await self.news()
        self.note(zh)
        if self.guide:
            where, message = look if isinstance(look, tuple) else (look, None)
            await self.guide.step(self.explained, {"zh": zh, "en": en}, where, message)

    def note(self, text: str) -> None:
        """A sentence of explanation."""
        self.out(f"　　{text}")

    def out(self, line: str) -> None:
        """A line of the transcript, if there is one."""
        if self.transcript:
            self.transcript.out(line)

    async def news(self) -> None:
        """Print what happened since the last time."""
        if self.transcript:
            await self.transcript.news(self.troupe.town)


def _fits(
    message: Json, where: Where, texts: tuple[str, ...], buttons: Sequence[str] | None
) -> bool:
    said, keys = reading(message), labels(message)
    offered = all(any(button in key for key in keys) for button in buttons or ())
    return _here(message, where) and offered and all(text in said for text in texts)


def _here(message: Json, where: Where) -> bool:
    thread = where.thread if isinstance(where, Place) else None
    return thread is None or message.get("message_thread_id") == thread
