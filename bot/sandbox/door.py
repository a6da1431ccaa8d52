"""The Bot API's door: a request is authorised, read, logged, perhaps broken, answered."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.sandbox import chatting, editing, sending  # noqa: F401
from bot.sandbox.api import REGISTER
from bot.sandbox.bodies import NAMES, Uploads, read_body, typed
from bot.sandbox.faults import Fault
from bot.sandbox.model import ApiError, Json
from bot.sandbox.waiting import Bell
from bot.sandbox.world import World

TERMINATED = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)
WEBHOOK_SET = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
    "the webhook first"
)
LONGEST_POLL = 50
"""Seconds; the public server cuts longer wishes down to this."""


class ConnectionCutError(ConnectionResetError):
    """Raised instead of cutting when the request did not come over a socket."""


class BotDoor:
    """Answers bots."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.arrivals = Bell()
        world.on_update = self.arrivals.ring
        self.poll = 0
        self.transports: dict[tuple[str, int], asyncio.Transport] = {}

    async def call(self, request: Request) -> Response:
        """``/bot<token>/METHOD``."""
        if request.path_params["token"] != self.token:
            return answer(ApiError(401, "Unauthorized"))
        name = NAMES.get(request.path_params["method"].lower())
        if name is None:
            return answer(ApiError(404, "Not Found: method not found"))
        entry = self.world.calls.add(
            {"method": name, "params": {}, "status": None, "at": self.world.ticks()}
        )
        try:
            raw, uploads = read_body(
                request.headers.get("content-type", ""),
                await request.body(),
                request.url.query,
            )
            params, wrong = typed(name, raw, uploads)
        except ApiError as error:
            return self._finish(entry, error)
        entry["params"] = {k: v for k, v in raw.items() if k not in params} | params
        if uploads:
            entry["files"] = {
                part: {"file_name": upload.filename, "size": len(upload.data)}
                for part, upload in uploads.items()
            }
        for reason in wrong:
            self.world.violations.add({"call": entry["seq"], "method": name, "reason": reason})
        fault = self.world.faults.take(name, params.get("chat_id"))
        if fault:
            return await self._break(request, entry, fault, params, uploads)
        return self._finish(entry, await self._run(name, params, uploads))

    async def _run(self, name: str, params: Json, uploads: Uploads) -> Any:
        try:
            if name == "getUpdates":
                return await self._get_updates(params)
            if name in {"setWebhook", "deleteWebhook"}:
                self._end_poll()
            return REGISTER[name](self.world, params | {"": uploads})
        except ApiError as error:
            return error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # An argument of a shape that no check foresaw: the caller's fault, but never silent.
            reason = f"{type(error).__name__}: {error}"
            self.world.violations.add({"method": name, "reason": reason})
            return ApiError(400, "Bad Request: wrong parameters")

    async def _get_updates(self, params: Json) -> list[Json]:
        self._end_poll()
        world = self.world
        if world.webhook:
            raise ApiError(409, WEBHOOK_SET)
        mine = self.poll
        offset = _whole(params.get("offset"), 0)
        limit = min(max(_whole(params.get("limit"), 100), 1), 100)
        allowed = params.get("allowed_updates")
        if isinstance(allowed, list):
            world.queue.allow(allowed)
        if world.queue.confirm(offset):
            world.event("confirmed", offset=offset, pending=len(world.queue.waiting))
        deadline = world.ticks() + min(max(_whole(params.get("timeout"), 0), 0), LONGEST_POLL)
        while not (found := world.queue.head(limit)):
            left = deadline - world.ticks()
            if left <= 0 or not await self.arrivals.wait(left):
                break
            if self.poll != mine:
                raise ApiError(409, TERMINATED)
        return found

    def _end_poll(self) -> None:
        self.poll += 1
        self.arrivals.ring()

    async def _break(
        self, request: Request, entry: Json, fault: Fault, params: Json, uploads: Uploads
    ) -> Response:
        entry["broken"] = fault.kind
        if fault.kind == "429":
            seconds = max(1, round(fault.retry_after))
            return self._finish(
                entry,
                ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds),
            )
        result: Any = None
        if fault.kind == "slow" and not fault.after:
            await asyncio.sleep(fault.retry_after)
        if fault.after or fault.kind == "slow":
            result = await self._run(entry["method"], params, uploads)
        if fault.kind == "slow":
            if fault.after:
                await asyncio.sleep(fault.retry_after)
            return self._finish(entry, result)
        entry["accepted"] = fault.after and not isinstance(result, ApiError)
        failure = ApiError(500, "Internal Server Error")
        spoilt = self._finish(entry, failure if fault.kind == "500" else result)
        if fault.kind == "malformed":
            return Response(b'{"ok":true,"result":{"message_', media_type="application/json")
        if fault.kind == "cut":
            entry["status"] = 0
            return await self._cut(request)
        return spoilt

    async def _cut(self, request: Request) -> Response:
        client = request.client
        transport = self.transports.get((client.host, client.port)) if client else None
        if transport is None:
            raise ConnectionCutError("cut by the sandbox")
        transport.abort()
        await request.receive()
        return Response()

    def _finish(self, entry: Json, result: Any) -> Response:
        entry["done"] = self.world.ticks()
        if isinstance(result, ApiError):
            entry |= {"status": result.code, "description": result.description}
        else:
            entry["status"] = 200
            if isinstance(result, dict) and "message_id" in result:
                entry["message_id"] = result["message_id"]
            elif entry["method"] == "getUpdates":
                entry["count"] = len(result or ())
        if entry["method"] != "getUpdates":
            self.world.event("call", call=entry["seq"], method=entry["method"])
        return answer(result)

    async def file(self, request: Request) -> Response:
        """``/file/bot<token>/PATH``."""
        if request.path_params["token"] != self.token:
            return answer(ApiError(401, "Unauthorized"))
        fault = self.world.faults.take("file", None)
        if fault and fault.kind == "cut":
            return await self._cut(request)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.retry_after)
        elif fault:
            return answer(ApiError(500, "Internal Server Error"))
        try:
            file = self.world.file_at(request.path_params["path"])
        except ApiError as error:
            return answer(error)
        return Response(file.data, media_type="application/octet-stream")


def _whole(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default


def answer(result: Any) -> Response:
    """The HTTP response for a result or an `ApiError`."""
    if isinstance(result, ApiError):
        headers = {}
        if "retry_after" in result.parameters:
            headers["Retry-After"] = str(result.parameters["retry_after"])
        return Response(
            json.dumps(result.as_json()), result.code, headers, media_type="application/json"
        )
    return Response(
        json.dumps({"ok": True, "result": result}, separators=(",", ":")),
        media_type="application/json",
    )
