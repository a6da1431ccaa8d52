"""The control door: playing people, looking at everything, and breaking things.

JSON over HTTP under ``/control/``. Bodies are objects; an answer is the object itself with
status 200, or {"ok": false, "error": sentence} with 400.

People and places
    POST users      {id?, first_name, last_name?, username?, language_code?, started?} or a list;
                    of somebody who is known only what is given changes
    POST groups     {title, type: group|supergroup|channel, id?, username?, is_forum?,
                    topics?: [name…], members?: [id | {user, status, anonymous?, rights?}…],
                    bot?: member|administrator|left…, rights?: {can_pin_messages: true…},
                    quiet?: true}  -> the chat; topics carry their message_thread_id
    POST members    {chat, user, status: member|administrator|creator|restricted|left|kicked,
                    rights?, anonymous?, by?}; ``user`` "bot" (or absent) is the bot itself
    POST rights     the same, keeping the state unless ``status`` is given
    POST kick       {chat, user?, by?}: the bot unless a user is named
    POST topics     {chat, name, by?}     POST delete_topic {chat, thread}
    POST migrate    {chat}: a basic group becomes a supergroup -> {chat: new id}
    POST block, unblock {user}
    POST privacy    {on}: the bot's privacy mode in groups (on at first)

Acting
    POST say        {user, chat?, text | photo | album | voice | video | document | sticker |
                    location | contact, caption?, forward?, reply_to?, thread?, anonymous?,
                    edit_of?, entities?, random_id?} or a list of these
                    -> {messages, update_ids}; update_ids is empty when privacy mode or the
                    bot's absence hides it. ``chat`` defaults to the private chat. A medium is
                    ``true`` or {data: base64, file_name?, duration?…}; an album is a number of
                    photos or a list of "photo", "video", {type, caption?}; a location is
                    [latitude, longitude] or an object; forward is {user} | {name} | {chat,
                    message_id?}; edit_of changes text, caption or location of that message;
                    said again under the same random_id, it is said once
    POST start      {user, payload?}: presses Start (takes back a block)
    POST tap        {user, chat?, message_id, data | label} -> {id, update_id, data} or {url};
                    any data is let through
    GET  answer/ID  the answers given to that tap: {answers: […]}
    POST react      {user, chat?, message_id, emoji}     POST delete {chat, message_ids}
    POST raw        {update: any object}: queued as it is -> {update_id}
    POST expire_callbacks  every tap so far becomes too old to answer

Breaking
    POST break      {kind: 429|cut|500|slow|malformed, methods?, chat?, count? (null: without
                    end), retry_after? (seconds), after?: true}. Without methods every call but
                    getUpdates is hit ("file" names downloads); ``after``: the call is carried
                    out, its answer is not given (cut), wrong (500, malformed) or late (slow)
    GET  breaks     the rules still in force             POST mend  drops them

Looking
    GET  chats      GET chat/ID/messages?since=MESSAGE_ID   GET commands
    GET  calls?since=SEQ&method=A,B    every bot call in order: seq, method, params, status (null
                    while it runs, 0 when cut), at and done in monotonic seconds, description,
                    message_id, broken, files {part: {file_name, size}}
    GET  violations?since=SEQ          arguments against the method list
    GET  pending    {pending}: updates not yet confirmed
    GET  events?since=SEQ&timeout=SECONDS  waits for news -> {events, last}; kinds: message and
                    edit (with the text as it was then), delete, update, confirmed, call, answer,
                    action, reaction, chat, member, breaks …
    POST clear      {} forgets calls, violations and breaks; {all: true} empties the town
    GET  now        {now}: the town's clock; and ticks, the monotonic seconds
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.guard import any_body
from bot.sandbox.model import ControlError, Json
from bot.sandbox.people import People
from bot.sandbox.places import Places
from bot.sandbox.waiting import Bell
from bot.sandbox.world import World

LONGEST_WATCH = 60.0
"""Seconds for which one GET events waits at most."""

Act = Callable[[Any], Any]
_SENSELESS = (AttributeError, KeyError, IndexError, OverflowError, TypeError, ValueError)
"""What a body of a shape that nothing foresaw ends in."""


def control_routes(world: World, news: Bell) -> list[Route]:
    """The routes; ``news`` rings at every event of the world."""
    door = _Control(world, news)
    acts = {name.removeprefix("post_"): getattr(door, name) for name in dir(door)
            if name.startswith("post_")}  # fmt: skip
    looks = {name.removeprefix("get_"): getattr(door, name) for name in dir(door)
             if name.startswith("get_")}  # fmt: skip
    return [
        *(Route(f"/control/{name}", _posted(act), methods=["POST"]) for name, act in acts.items()),
        *(Route(f"/control/{name}", _got(look), methods=["GET"]) for name, look in looks.items()),
        Route("/control/answer/{id}", _got(door.answer), methods=["GET"]),
        Route("/control/chat/{id}/messages", _got(door.messages), methods=["GET"]),
        Route("/control/events", door.events, methods=["GET"]),
    ]


def _json(body: Any) -> Response:
    return Response(json.dumps(body), media_type="application/json")


def _posted(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await any_body(request)
        bodies = body if isinstance(body, list) else [body]
        if not all(isinstance(one, dict) for one in bodies):
            raise ControlError("the body must be an object, or a list of objects")
        try:
            done = [act(one) for one in bodies]
        except _SENSELESS as error:
            raise ControlError(f"{type(error).__name__}: {error}") from error
        return _json(done if isinstance(body, list) else done[0])

    return endpoint


def _got(look: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return _json(look({**request.query_params, **request.path_params}))
        except _SENSELESS as error:
            raise ControlError(f"{type(error).__name__}: {error}") from error

    return endpoint


class _Control:
    """``post_x`` and ``get_x`` answer ``/control/x``."""

    def __init__(self, world: World, news: Bell) -> None:
        self.world = world
        self.news = news
        self.people = People(world)
        self.places = Places(world)
        self.post_say = self.people.say
        self.post_tap = self.people.tap
        self.post_react = self.people.react
        self.post_users = self.places.add_user
        self.post_groups = self.places.add_group

    # People and places

    def post_members(self, body: Json) -> Json:
        return self.places.set_member(self.world.chat(body.get("chat")), body)

    def post_rights(self, body: Json) -> Json:
        return self.post_members(body)

    def post_kick(self, body: Json) -> Json:
        return self.post_members(body | {"status": "kicked"})

    def post_topics(self, body: Json) -> Json:
        chat = self.world.chat(body.get("chat"))
        if not chat.is_forum:
            raise ControlError("the chat is not a forum")
        by = body.get("by")
        actor = self.world.user(by).as_json() if by is not None else None
        return self.places.open_topic(chat, str(body["name"]), actor).as_json()

    def post_delete_topic(self, body: Json) -> Json:
        self.places.delete_topic(self.world.chat(body.get("chat")), body.get("thread"))
        return {"ok": True}

    def post_migrate(self, body: Json) -> Json:
        return self.places.migrate(self.world.chat(body.get("chat")))

    def post_block(self, body: Json) -> Json:
        return self.people.block(body.get("user"), blocked=True)

    def post_unblock(self, body: Json) -> Json:
        return self.people.block(body.get("user"), blocked=False)

    def post_privacy(self, body: Json) -> Json:
        self.world.privacy = bool(body.get("on", True))
        return {"ok": True}

    # Acting

    def post_start(self, body: Json) -> Json:
        return self.people.start(body.get("user"), str(body.get("payload") or ""))

    def post_delete(self, body: Json) -> Json:
        chat = self.world.chat(body.get("chat"))
        found = [s for n in body["message_ids"] if (s := chat.live(n))]
        for stored in found:
            self.world.remove(chat, stored)
        return {"deleted": len(found)}

    def post_raw(self, body: Json) -> Json:
        update = body.get("update")
        if not isinstance(update, dict):
            raise ControlError("update must be an object")
        return {"update_id": self.world.emit_raw(update)}

    def post_expire_callbacks(self, body: Json) -> Json:  # noqa: ARG002
        for call in self.world.callbacks.values():
            call.at = float("-inf")
        return {"ok": True}

    def answer(self, query: Json) -> Json:
        call = self.world.callbacks.get(query["id"])
        if call is None:
            raise ControlError(f"no tap {query['id']}")
        return {"id": call.id, "answers": call.answers}

    # Breaking

    def post_break(self, body: Json) -> Json:
        rule = self.world.faults.add(body).as_json()
        self.world.event("breaks")
        return rule

    def get_breaks(self, query: Json) -> list[Json]:  # noqa: ARG002
        return [rule.as_json() for rule in self.world.faults.rules]

    def post_mend(self, body: Json) -> Json:  # noqa: ARG002
        self.world.faults.rules.clear()
        self.world.event("breaks")
        return {"ok": True}

    # Looking

    def get_chats(self, query: Json) -> list[Json]:  # noqa: ARG002
        return [self.places.describe(chat) for chat in self.world.chats.values()]

    def messages(self, query: Json) -> list[Json]:
        chat = self.world.chat(query["id"])
        since = int(query.get("since", 0))
        return [s.view() for n, s in chat.messages.items() if n > since]

    def get_commands(self, query: Json) -> Json:  # noqa: ARG002
        return self.world.settings

    def get_calls(self, query: Json) -> list[Json]:
        rows = self.world.calls.since(int(query.get("since", 0)))
        wanted = {m.lower() for m in query.get("method", "").split(",") if m}
        return [r for r in rows if not wanted or r["method"].lower() in wanted]

    def get_violations(self, query: Json) -> list[Json]:
        return self.world.violations.since(int(query.get("since", 0)))

    def get_pending(self, query: Json) -> Json:  # noqa: ARG002
        return {"pending": len(self.world.queue.waiting)}

    def get_now(self, query: Json) -> Json:  # noqa: ARG002
        return {"now": self.world.clock().isoformat(), "ticks": self.world.ticks()}

    def post_clear(self, body: Json) -> Json:
        if body.get("all"):
            self.world.reset()
            self.world.event("clear")
        else:
            self.world.calls.clear()
            self.world.violations.clear()
            self.world.faults.rules.clear()
        return {"ok": True}

    async def events(self, request: Request) -> Response:
        log = self.world.events
        try:
            since = int(request.query_params.get("since", 0))
            timeout = min(float(request.query_params.get("timeout", 0)), LONGEST_WATCH)
        except ValueError:
            raise ControlError("since and timeout must be numbers") from None
        if log.last <= since and timeout > 0:
            await self.news.wait(timeout)
        return _json({"events": self.world.events.since(since), "last": self.world.events.last})
