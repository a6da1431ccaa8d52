"""The day on paper: every message and edit as it comes, one line of who said what where."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bot.sandbox.client import Town, labels
from bot.sandbox.model import Json

BOT = "呼应"


class Transcript:
    """Prints what happens in a town, and keeps what the bot wrote in groups."""

    def __init__(self, out: Callable[[str], None] = print) -> None:
        self.out = out
        self.chats: dict[int, str] = {}
        """Names of people and groups."""
        self.topics: dict[tuple[int, int], str] = {}
        """Names of topics, by chat and thread."""
        self.group_texts: list[tuple[int, str]] = []
        """Everything that the bot ever wrote in a group, edits included."""
        self._seen = 0
        self._texts: dict[tuple[int, int], str] = {}

    async def news(self, town: Town) -> None:
        """Print what happened since the last time."""
        events, _ = await town.events(self._seen)
        for event in events:
            self._seen = event["seq"]
            if event["kind"] in {"message", "edit"}:
                await self._print(town, event)

    async def _print(self, town: Town, event: Json) -> None:
        chat, number = event["chat"], event["message_id"]
        text = event["text"]
        rows = await town.messages(chat, since=number - 1, deleted=True)
        message = next((m for m in rows if m["message_id"] == number), None)
        if chat < 0 and event["from_bot"]:
            self.group_texts.append((chat, text))
        if message is None or "forum_topic_created" in message:
            return
        edited = event["kind"] == "edit"
        sender = BOT if event["from_bot"] else message.get("from", {}).get("first_name", "?")
        where = self.chats.get(chat, str(chat))
        where = "私聊" if where == sender else where
        if (thread := message.get("message_thread_id")) and message.get("is_topic_message"):
            topic = self.topics.get((chat, thread))
            where = f"{where}·{topic}" if topic else where
        body = media(message, text)
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
    return f"  {message['message_id']} {sender}: {media(message)}{message.get('text') or ''}{keys}"


def media(message: Json, text: str = "") -> str:
    """What a message shows besides its words, and its words."""
    found = next((name for key, name in _MEDIA.items() if key in message), "")
    return f"{found}{text or message.get('caption') or ''}"


def to_stdout(line: str) -> None:
    """Print at once, even into a pipe."""
    print(line)
    sys.stdout.flush()


_MEDIA = {
    "location": "〔位置〕",
    "photo": "〔照片〕",
    "video": "〔视频〕",
    "voice": "〔语音〕",
    "document": "〔文件〕",
    "sticker": "〔贴纸〕",
}
