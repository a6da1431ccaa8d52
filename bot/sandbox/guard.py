"""Who may talk to the page's side of the server, and how much at once.

The server listens on loopback, but a browser on the same machine also runs other people's pages.
They could reach it under a name of their own that leads to 127.0.0.1, or send forms to it: so the
name in ``Host`` and the page's ``Origin`` must be this machine's. The Bot API stays as Telegram
has it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.model import ControlError

LARGEST = 72 * 1024 * 1024
"""Bytes of one request at the control door: a file of 50 MB grows by a third as base64."""
_BOT_PATHS = ("/bot", "/file/bot")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; "
        "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """The middleware: strangers are refused, answers carry the headers that keep a page in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_BOT_PATHS):
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        reason = _stranger(Headers(scope=scope))
        if reason:
            await refusal(reason)(scope, receive, guarded)
        else:
            await self.app(scope, receive, guarded)


def _stranger(headers: Headers) -> str:
    if not is_local(_host(f"//{headers.get('host', '')}")):
        return "this server answers only under a name of this machine, such as 127.0.0.1"
    origin = headers.get("origin")
    if origin is not None and not is_local(_host(origin)):
        return "a page from elsewhere may not use this server"
    return ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def is_local(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def refusal(sentence: str, code: str = "") -> Response:
    """{"ok": false, "error": sentence} with 400; ``code`` where the page has words for it."""
    body = {"ok": False, "error": sentence} | ({"code": code} if code else {})
    return Response(json.dumps(body), 400, media_type="application/json")


async def any_body(request: Request) -> Any:
    """The JSON in a request's body; {} for none. Raises ControlError for what is none, and for
    more than ``LARGEST`` bytes."""
    parts: list[bytes] = []
    size = 0
    # What is too much is still read to its end: a browser shows no answer to an upload that
    # was cut off.
    async for part in request.stream():
        size += len(part)
        if size <= LARGEST:
            parts.append(part)
        else:
            parts.clear()
    if size > LARGEST:
        most = LARGEST // (1024 * 1024)
        raise ControlError(f"that is too much at once: at most {most} MB")
    raw = b"".join(parts)
    try:
        return json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise ControlError("the body is not JSON") from None
