"""The page of phones and what it asks for beyond the control door (see `stage`).

    GET  /, /page/PATH     the page
    GET  /control/town     all that a page needs to begin with: {bot, zone, now, last, users,
                           chats, cast, phones, confirmed}; events up to ``last`` are in it,
                           updates below ``confirmed`` are confirmed
    GET  /control/file/ID  the bytes of a photo, voice …, by file id
    GET  /control/plan     the town's plan; {} without one
    GET  /control/inside?case=NUMBER&lang=zh|en
    GET  /control/bot      POST {do: kill|start}            events: bot {state, kills, died?}
    POST /control/time     {to: hour|deadline|morning}      events: clock {now, moving, to, why?}
    GET  /control/scenes   POST {do: play|next|stop, …}     events: scene …

Refusals carry a ``code`` beside the sentence: alone, setting-up, moving, scene-playing …
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.guard import any_body
from bot.sandbox.media import mime_type
from bot.sandbox.model import ControlError, Json
from bot.sandbox.places import Places
from bot.sandbox.stage import Stage, alone
from bot.sandbox.world import World

PAGE = Path(__file__).parent / "page"
ZONE = "Asia/Shanghai"
"""The zone of a server without a stage."""
_NO_BOT: Json = {"state": "stopped", "kills": 0}
_HARMLESS = ("image/", "audio/", "video/")
"""Kinds that a browser only shows; everything else is offered as a download."""


def page_routes(world: World) -> list[BaseRoute]:
    """The routes. The stage is looked up in ``app.state.stage`` at every request."""
    door = _Pages(world)
    return [
        Route("/", door.index, methods=["GET"]),
        Mount("/page", StaticFiles(directory=PAGE, check_dir=False)),
        Route("/control/town", _json(door.town), methods=["GET"]),
        Route("/control/file/{id}", door.file, methods=["GET"]),
        Route("/control/plan", _json(door.plan), methods=["GET"]),
        Route("/control/inside", _json(door.inside), methods=["GET"]),
        Route("/control/bot", _json(door.bot), methods=["GET"]),
        Route("/control/bot", _json(door.bot_do), methods=["POST"]),
        Route("/control/time", _json(door.time), methods=["POST"]),
        Route("/control/scenes", _json(door.scenes), methods=["GET"]),
        Route("/control/scenes", _json(door.scenes_do), methods=["POST"]),
    ]


def _json(act: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return Response(json.dumps(await act(request)), media_type="application/json")

    return endpoint


class _Pages:
    def __init__(self, world: World) -> None:
        self.world = world
        self.places = Places(world)

    async def index(self, request: Request) -> Response:  # noqa: ARG002
        file = PAGE / "index.html"
        if not file.exists():
            raise ControlError("this installation has no page")
        return FileResponse(file, media_type="text/html")

    async def town(self, request: Request) -> Json:
        world, stage = self.world, _stage(request)
        return {
            "bot": {key: world.bot[key] for key in ("id", "username", "first_name")},
            "zone": stage.zone if stage else ZONE,
            "now": world.clock().isoformat(),
            "last": world.events.last,
            "confirmed": world.queue.waiting[0]["update_id"]
            if world.queue.waiting
            else world.queue.next_id,
            "users": [user.as_json() for user in world.users.values()],
            "chats": [self.places.describe(chat) for chat in world.chats.values()],
            "cast": stage.cast() if stage else [],
            "phones": stage.phones() if stage else [],
        }

    async def file(self, request: Request) -> Response:
        file = self.world.files.get(request.path_params["id"])
        if file is None:
            raise ControlError(f"no file {request.path_params['id']}")
        name = file.media.get("file_name", "") if isinstance(file.media, dict) else ""
        kind = mime_type(file.data, name, file.kind)
        how = "inline" if kind.startswith(_HARMLESS) else "attachment"
        shown = f"{how}; filename*=UTF-8''{quote(name or Path(file.path).name, safe='')}"
        # Somebody's document must never act as a part of the page.
        headers = {
            "Cache-Control": "private, max-age=3600",
            "Content-Disposition": shown,
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return _ranged(file.data, request.headers.get("range", ""), kind, headers)

    async def plan(self, request: Request) -> Json:
        stage = _stage(request)
        return stage.plan() if stage else {}

    async def inside(self, request: Request) -> Json:
        query = request.query_params
        return await _must(request).inside(query.get("case") or None, query.get("lang") or "zh")

    async def bot(self, request: Request) -> Json:
        stage = _stage(request)
        return stage.bot() if stage else _NO_BOT

    async def bot_do(self, request: Request) -> Json:
        body = await body_of(request)
        return await _must(request).bot_do(str(body.get("do")))

    async def time(self, request: Request) -> Json:
        body = await body_of(request)
        await _must(request).time(str(body.get("to")))
        return {"ok": True}

    async def scenes(self, request: Request) -> Json:
        stage = _stage(request)
        return stage.scenes() if stage else {"scenes": [], "playing": None}

    async def scenes_do(self, request: Request) -> Json:
        body = await body_of(request)
        return await _must(request).scenes_do(body)


def _ranged(data: bytes, asked: str, kind: str, headers: dict[str, str]) -> Response:
    """The bytes, or the one range of them that was asked for: players seek so."""
    headers = headers | {"Accept-Ranges": "bytes"}
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.strip())
    if not found or found[1] == found[2] == "":
        return Response(data, media_type=kind, headers=headers)
    size = len(data)
    first = int(found[1]) if found[1] else max(0, size - int(found[2]))
    last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
    if first > last:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(data[first : last + 1], 206, headers, kind)


def _stage(request: Request) -> Stage | None:
    found: Stage | None = request.app.state.stage
    return found


def _must(request: Request) -> Stage:
    stage = _stage(request)
    if stage is None:
        raise alone()
    return stage


async def body_of(request: Request) -> Json:
    """The object in a request's body. Raises ControlError for anything else."""
    found = await any_body(request)
    if not isinstance(found, dict):
        raise ControlError("the body must be an object")
    return found
