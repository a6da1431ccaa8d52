"""Playing and watching: what the script's people do, what they must see, and the transcript.

Every act and every expectation is a step. A step that does not come true raises ``Missed`` with
what was expected and how the chat looks.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.client import labels
from bot.sandbox.model import Json
from bot.sandbox.tour.troupe import Troupe

ZONE = ZoneInfo("Asia/Shanghai")
BOT = "呼应"
PATIENCE = 12.0
"""Seconds within which the bot must do what a step expects."""
_NUMBER = re.compile(r"\d{12}")
_QUIET = 0.35
"""Seconds without news after which nothing more is thought to be coming."""


class Missed(Exception):
    """A step did not come true. ``chat`` is the chat as it stands."""

    def __init__(self, expected: str, chat: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.chat = chat


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone. ``chat`` is the private chat with the bot."""

    name: str
    chat: int
    language: str = "zh-hans"
    surname: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A group, or one topic of a forum."""

    name: str
    chat: int
    thread: int | None = None


Where = Person | Place


@dataclass
class Day:
    """The day as it is being played."""

    troupe: Troupe
    out: Callable[[str], None] = print
    people: dict[str, Person] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    """Case numbers by what the script calls them."""
    secrets: set[str] = field(default_factory=set)
    """Personal data that must never be read in a group."""
    hidden: set[str] = field(default_factory=set)
    """Numbers of confidential cases, which no group may ever see."""
    scene: str = ""
    steps: int = 0
    kills: int = 0
    _names: dict[int, str] = field(default_factory=dict)
    _marks: dict[int, int] = field(default_factory=dict)
    _seen: int = 0
    _texts: dict[tuple[int, int], str] = field(default_factory=dict)
    group_texts: list[tuple[int, str]] = field(default_factory=list)
    """Everything that the bot ever wrote in a group, edits included."""

    # Who and where

    async def person(self, name: str, language: str = "zh-hans", **more: Any) -> Person:
        """A new person with a phone."""
        made = await self.troupe.town.user(name, language_code=language, **more)
        one = Person(name, made["id"], language, more.get("last_name", ""))
        self.people[name] = one
        self._names[one.chat] = name
        return one

    async def place(self, title: str, members: list[Person], **more: Any) -> Place:
        """A new group, or a forum with one topic whose name is given as ``topic``."""
        topic = more.pop("topic", None)
        ids = [member.chat for member in members]
        made = await self.troupe.town.group(title, members=ids, **more)
        chat = made["id"]
        thread = await self.troupe.town.topic(chat, topic) if topic else None
        self._names[chat] = title
        one = Place(topic or title, chat, thread)
        self.places[one.name] = one
        return one

    async def topic(self, forum: Place, name: str) -> Place:
        """Another topic of a forum."""
        thread = await self.troupe.town.topic(forum.chat, name)
        self.places[name] = one = Place(name, forum.chat, thread)
        return one

    # Time

    def now(self) -> datetime:
        """The town's time."""
        return self.troupe.clock.now().astimezone(ZONE)

    async def at(self, instant: str) -> None:
        """Go forward to an instant, as in ``11-20 09:30``; one that has passed is no harm."""
        wanted = datetime.fromisoformat(f"2026-{instant}").replace(tzinfo=ZONE)
        if wanted > self.now():
            await self.troupe.set_clock(wanted)
            self.out(f"\n🕘 {wanted:%m-%d} {_WEEK[wanted.weekday()]} {wanted:%H:%M}")

    async def forward(self, **span: float) -> None:
        """Go forward by minutes=, hours=, days=."""
        await self.at(f"{self.now() + timedelta(**span):%m-%d %H:%M:%S}")

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
        self.steps += 1
        await self.print_news()
        done = await self.troupe.town.say(who.chat, text, place.chat, **more)
        message = dict(done["messages"][-1])
        if "edit_of" not in more:
            self._marks[place.chat] = message["message_id"]
        await self.print_news()
        return message

    async def tap(self, who: Person, message: Json, label: str, *, wait: bool = True) -> Json:
        """Somebody taps a button; its answer, once there is one."""
        self.steps += 1
        await self.print_news()
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
        await self.print_news()
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
        self.steps += 1
        done = await self.troupe.town.start(who.chat, payload)
        self._marks[who.chat] = done["messages"][-1]["message_id"]
        await self.print_news()

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
            await self.print_news()
            wanted = "、".join(f"“{text}”" for text in (*texts, *(buttons or ())))
            raise Missed(f"{where.name} sees {wanted}", await self.chat(where)) from None
        await self.print_news()
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
        await self.print_news()

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
        await self.print_news()
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

    # The transcript

    def note(self, text: str) -> None:
        """A sentence of explanation."""
        self.out(f"　　{text}")

    async def print_news(self) -> None:
        """Print what happened since the last time, and keep what was written in groups."""
        events, _ = await self.troupe.town.events(self._seen)
        for event in events:
            self._seen = event["seq"]
            if event["kind"] in {"message", "edit"}:
                await self._print(event)

    async def _print(self, event: Json) -> None:
        chat, number = event["chat"], event["message_id"]
        text = event["text"]
        rows = await self.troupe.town.messages(chat, since=number - 1, deleted=True)
        message = next((m for m in rows if m["message_id"] == number), None)
        if chat < 0 and event["from_bot"]:
            self.group_texts.append((chat, text))
        if message is None or "forum_topic_created" in message:
            return
        edited = event["kind"] == "edit"
        sender = BOT if event["from_bot"] else message.get("from", {}).get("first_name", "?")
        where = self._names.get(chat, str(chat))
        where = "私聊" if where == sender else where
        if (thread := message.get("message_thread_id")) and message.get("is_topic_message"):
            named = [p.name for p in self.places.values() if (p.chat, p.thread) == (chat, thread)]
            where = f"{where}·{named[0]}" if named else where
        body = _media(message, text)
        keys = "".join(f"〔{label}〕" for label in labels(message))
        if edited and self._texts.get((chat, number)) == text:
            body = "（只换按钮）"
        self._texts[chat, number] = text
        lines = [line for line in (body, keys if event["from_bot"] else "") if line]
        head = f"〔{sender}{' 改' if edited else ''} → {where}〕"
        self.out(f"{head} " + "\n      ".join("\n".join(lines).splitlines()))


def reading(message: Json) -> str:
    """Everything that can be read of a message: words and buttons."""
    words = message.get("text") or message.get("caption") or ""
    return "\n".join([words, *labels(message)])


def show(message: Json) -> str:
    """One message for a failure's report."""
    sender = BOT if message.get("from_bot") else message.get("from", {}).get("first_name", "?")
    keys = "".join(f"〔{label}〕" for label in labels(message))
    return (
        f"  {message['message_id']} {sender}: {_media(message)}{message.get('text') or ''}{keys}"
    )


def to_stdout(line: str) -> None:
    """Print at once, even into a pipe."""
    print(line)
    sys.stdout.flush()


def _fits(
    message: Json, where: Where, texts: tuple[str, ...], buttons: Sequence[str] | None
) -> bool:
    said, keys = reading(message), labels(message)
    offered = all(any(button in key for key in keys) for button in buttons or ())
    return _here(message, where) and offered and all(text in said for text in texts)


def _here(message: Json, where: Where) -> bool:
    thread = where.thread if isinstance(where, Place) else None
    return thread is None or message.get("message_thread_id") == thread


def _media(message: Json, text: str = "") -> str:
    found = next((name for key, name in _MEDIA.items() if key in message), "")
    return f"{found}{text or message.get('caption') or ''}"


_MEDIA = {
    "location": "〔位置〕",
    "photo": "〔照片〕",
    "video": "〔视频〕",
    "voice": "〔语音〕",
    "document": "〔文件〕",
    "sticker": "〔贴纸〕",
}
_WEEK = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
