"""The control door from the other side, for tests, the tour and tools: `Town`."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any, Self

import httpx

from bot.sandbox.model import ControlError, Json


class Town:
    """Everybody in a sandbox's town, in one pair of hands.

    ``base`` is the server's address; a ``transport`` (httpx.ASGITransport) reaches an
    application without a socket. Every method raises ControlError with the door's sentence when
    something makes no sense.
    """

    def __init__(
        self, base: str = "http://localhost", transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.http = httpx.AsyncClient(
            base_url=f"{base.rstrip('/')}/control/",
            transport=transport,
            timeout=httpx.Timeout(90.0),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def post(self, act: str, body: Any = None, /, **fields: Any) -> Any:
        """POST /control/ACT with a body, or with the given fields that are not None."""
        given = {k: v for k, v in fields.items() if v is not None} if body is None else body
        return self._read(await self.http.post(act, json=given))

    async def get(self, what: str, **query: Any) -> Any:
        """GET /control/WHAT."""
        return self._read(await self.http.get(what, params=query))

    @staticmethod
    def _read(response: httpx.Response) -> Any:
        body = response.json()
        if response.status_code != 200:
            raise ControlError(str(body.get("error") or body))
        return body

    # People and places

    async def user(self, first_name: str, **fields: Any) -> Json:
        """A new person; fields as in `control`: id, username, language_code, started."""
        return dict(await self.post("users", first_name=first_name, **fields))

    async def group(self, title: str, **fields: Any) -> Json:
        """A new group, forum or channel; fields as in `control`."""
        return dict(await self.post("groups", title=title, **fields))

    async def member(self, chat: int, user: int | str, status: str, **fields: Any) -> Json:
        """Change somebody's state in a chat; ``user`` may be "bot"."""
        return dict(await self.post("members", chat=chat, user=user, status=status, **fields))

    async def rights(self, chat: int, **fields: Any) -> Json:
        """Change the bot's state or rights in a chat: status, rights={…}."""
        return dict(await self.post("rights", chat=chat, **fields))

    async def kick(self, chat: int, user: int | str = "bot") -> Json:
        """Throw somebody out of a chat: the bot unless told otherwise."""
        return dict(await self.post("kick", chat=chat, user=user))

    async def topic(self, chat: int, name: str, by: int | None = None) -> int:
        """Open a topic; its message_thread_id."""
        return int((await self.post("topics", chat=chat, name=name, by=by))["message_thread_id"])

    async def delete_topic(self, chat: int, thread: int) -> None:
        """Delete a topic with its messages."""
        await self.post("delete_topic", chat=chat, thread=thread)

    async def migrate(self, chat: int) -> int:
        """Upgrade a basic group; the new chat's id."""
        return int((await self.post("migrate", chat=chat))["chat"])

    async def block(self, user: int) -> Json:
        """The person blocks the bot."""
        return dict(await self.post("block", user=user))

    async def unblock(self, user: int) -> Json:
        """The person takes the block back."""
        return dict(await self.post("unblock", user=user))

    # Acting

    async def say(
        self, user: int, text: str | None = None, chat: int | None = None, **fields: Any
    ) -> Json:
        """One message of a person; fields as in `control`. Returns {messages, update_ids}."""
        return dict(await self.post("say", user=user, text=text, chat=chat, **fields))

    async def say_all(self, sayings: list[Json]) -> list[Json]:
        """Many messages in one request."""
        return list(await self.post("say", sayings))

    async def start(self, user: int, payload: str = "") -> Json:
        """The person presses Start, perhaps through a deep link."""
        return dict(await self.post("start", user=user, payload=payload))

    async def tap(self, user: int, message: Json, data: str) -> Json:
        """Tap with this callback data on a message, whatever buttons it has."""
        return dict(await self.post("tap", user=user, data=data, **_address(message)))

    async def tap_label(self, user: int, message: Json, label: str) -> Json:
        """Tap the button that carries this label (an emoji may stand before it)."""
        return dict(await self.post("tap", user=user, label=label, **_address(message)))

    async def answers(self, tap: Json | str) -> list[Json]:
        """What the bot answered to a tap."""
        number = tap if isinstance(tap, str) else tap["id"]
        return list((await self.get(f"answer/{number}"))["answers"])

    async def react(self, user: int, message: Json, emoji: str) -> Json:
        """Put an emoji on a message."""
        return dict(await self.post("react", user=user, emoji=emoji, **_address(message)))

    async def raw(self, update: Json) -> int:
        """Queue any object as an update; its id."""
        return int((await self.post("raw", update=update))["update_id"])

    async def expire_callbacks(self) -> None:
        """Make every tap so far too old to be answered."""
        await self.post("expire_callbacks")

    # Breaking

    async def break_(self, kind: str, /, body: Json | None = None, **fields: Any) -> Json:
        """Break coming calls: kind 429, cut, 500, slow or malformed; ``count=None`` in ``body``
        stands for no end."""
        return dict(await self.post("break", {"kind": kind, **(body or {}), **fields}))

    async def mend(self) -> None:
        """Drop every break."""
        await self.post("mend")

    async def clear(self, *, everything: bool = False) -> None:
        """Forget calls, violations and breaks, or the whole town."""
        await self.post("clear", {"all": everything})

    # Looking

    async def chats(self) -> list[Json]:
        """All chats."""
        return list(await self.get("chats"))

    async def messages(self, chat: int, since: int = 0, *, deleted: bool = False) -> list[Json]:
        """The messages of a chat in order, with edits, from_bot, silent, keyboard."""
        rows = await self.get(f"chat/{chat}/messages", since=since)
        return [m for m in rows if deleted or not m["deleted"]]

    async def last(self, chat: int, *, from_bot: bool = True) -> Json | None:
        """The newest message of the bot (or of anybody) in a chat."""
        found = [m for m in await self.messages(chat) if m["from_bot"] or not from_bot]
        return found[-1] if found else None

    async def calls(self, *methods: str, since: int = 0) -> list[Json]:
        """The bot's calls in order, of some methods or all."""
        return list(await self.get("calls", since=since, method=",".join(methods)))

    async def violations(self, since: int = 0) -> list[Json]:
        """Arguments of the bot that the method list does not allow."""
        return list(await self.get("violations", since=since))

    async def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        return int((await self.get("pending"))["pending"])

    async def settled(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Wait until the bot has confirmed every update; it need not have dealt with them."""

        async def none_waits() -> bool:
            return await self.pending() == 0

        await self.wait_for(none_waits, timeout, "every update confirmed")

    async def events(self, since: int = 0, timeout: float = 0) -> tuple[list[Json], int]:  # noqa: ASYNC109
        """News after ``since`` and the newest number; waits up to ``timeout`` seconds."""
        body = await self.get("events", since=since, timeout=timeout)
        return body["events"], body["last"]

    async def wait_for(
        self,
        predicate: Callable[[], Any],
        timeout: float = 10.0,  # noqa: ASYNC109
        what: str = "",
    ) -> Any:
        """The first true value of the predicate, plain or async, asked again at every event.

        Raises TimeoutError after ``timeout`` seconds.
        """
        end = time.monotonic() + timeout
        # An answer from beyond the end of the log: only its newest number is of interest.
        _, seen = await self.events(since=2**53)
        while True:
            value = predicate()
            if inspect.isawaitable(value):
                value = await value
            if value:
                return value
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not within {timeout:g} s: {what or predicate}")
            _, seen = await self.events(seen, min(left, 1.0))

    async def wait_message(
        self,
        chat: int,
        text: str = "",
        after: int = 0,
        timeout: float = 10.0,  # noqa: ASYNC109
    ) -> Json:
        """The newest message of the bot in a chat after that message id whose text, caption or
        buttons contain ``text``; waits for it. An edited message counts as it reads now."""

        async def find() -> Json | None:
            rows = await self.messages(chat, since=after)
            fit = [m for m in rows if m["from_bot"] and text in _reading(m)]
            return fit[-1] if fit else None

        return dict(await self.wait_for(find, timeout, f"{text!r} in chat {chat}"))


def labels(message: Json) -> list[str]:
    """The texts on a message's inline buttons."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def _reading(message: Json) -> str:
    words = message.get("text") or message.get("caption") or ""
    return "\n".join([words, *labels(message)])


def _address(message: Json) -> Json:
    return {"chat": message["chat"]["id"], "message_id": message["message_id"]}
