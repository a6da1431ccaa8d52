"""Requests as bots send them (query, JSON, form, multipart) -> typed arguments and complaints.

``spec.json`` is the part of Telegram's machine-readable method list that this server answers:
per method a list of ``[name, types, required, {const}?]``, and the object types they use.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox.model import Json, bad


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request."""

    filename: str
    content_type: str
    data: bytes


Uploads = dict[str, Upload]
Fields = dict[str, tuple[tuple[str, ...], bool, Any]]


def _fields(rows: list[list[Any]]) -> Fields:
    return {
        row[0]: (tuple(row[1]), bool(row[2]), row[3].get("const") if len(row) > 3 else None)
        for row in rows
    }


_SPEC = json.loads((files("bot.sandbox") / "spec.json").read_text(encoding="utf-8"))
METHODS: dict[str, Fields] = {name: _fields(rows) for name, rows in _SPEC["methods"].items()}
NAMES = {name.lower(): name for name in METHODS}
"""Method names are matched without regard to case."""
_TYPES: dict[str, Fields] = {
    name: _fields(body.get("fields", [])) for name, body in _SPEC["types"].items()
}
_SUBTYPES: dict[str, list[str]] = {
    name: body["subtypes"] for name, body in _SPEC["types"].items() if "subtypes" in body
}


def read_body(content_type: str, body: bytes, query: str) -> tuple[Json, Uploads]:
    """The raw arguments and files of a request. Raises the 400 for a body that is not what it
    says it is."""
    raw: Json = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
    uploads: Uploads = {}
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return raw, uploads
    if kind == "application/json":
        try:
            given = json.loads(body)
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise bad("object expected as the request body")
        raw |= given
    elif kind == "multipart/form-data":
        fields, uploads = _multipart(content_type, body)
        raw |= fields
    elif kind == "application/x-www-form-urlencoded":
        raw |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return raw, uploads


def _multipart(content_type: str, body: bytes) -> tuple[Json, Uploads]:
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if not found:
        raise bad("multipart boundary is missing")
    fields: Json = {}
    uploads: Uploads = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + found[1].encode())[1:]:
        if part.startswith(b"--"):
            break
        head, _, data = part.partition(b"\r\n\r\n")
        headers = head.decode("utf-8", "replace")
        name = re.search(r'[; ]name="([^"]*)"', headers)
        filename = re.search(r'filename="([^"]*)"', headers)
        if not name:
            continue
        if filename:
            kind = re.search(r"content-type:\s*([^\r\n;]+)", headers, re.IGNORECASE)
            uploads[name[1]] = Upload(
                filename[1], kind[1].strip() if kind else "application/octet-stream", data
            )
        else:
            fields[name[1]] = data.decode("utf-8", "replace")
    return fields, uploads


def typed(method: str, raw: Json, uploads: Uploads) -> tuple[Json, list[str]]:
    """Arguments with their JSON types, and the rules of the method list that they break.

    Strings are decoded as a form body needs it; an unknown argument is left out. Raises the 400
    for a nested field that is not JSON.
    """
    fields = METHODS[method]
    params: Json = {}
    wrong: list[str] = []
    attached = {u for u in uploads if u not in fields}
    for name, value in raw.items():
        if name not in fields:
            wrong.append(f"{method}: unknown parameter {name}")
            continue
        types = fields[name][0]
        params[name] = decoded = _decode(name, value, types)
        if decoded is not None:
            check(decoded, types, f"{method}.{name}", wrong)
    for name in uploads:
        if name in fields:
            params[name] = f"attach://{name}"
    text = json.dumps(raw) if attached else ""
    wrong += [f"{method}: part {n} is not used" for n in attached if f"attach://{n}" not in text]
    wrong += [
        f"{method}: required parameter {name} is missing"
        for name, (_, required, _) in fields.items()
        if required and params.get(name) in (None, "")
    ]
    return params, wrong


def _decode(name: str, value: Any, types: tuple[str, ...]) -> Any:
    if not isinstance(value, str):
        return value
    first = types[0]
    if first == "Integer":
        try:
            return int(value)
        except ValueError:
            return value
    if first == "Float":
        try:
            return float(value)
        except ValueError:
            return value
    if first in {"Boolean", "True"}:
        return value.lower() in {"true", "yes", "1"}
    if "String" in types or "InputFile" in types:
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None


def check(value: Any, types: tuple[str, ...], where: str, wrong: list[str]) -> None:
    """Append to ``wrong`` what the value breaks; the best-fitting of several types counts."""
    best: list[str] | None = None
    for kind in types:
        found: list[str] = []
        _check_one(value, kind, where, found)
        if not found:
            return
        if best is None or len(found) < len(best):
            best = found
    wrong += best or []


def _check_one(value: Any, kind: str, where: str, wrong: list[str]) -> None:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            wrong.append(f"{where}: not an array")
            return
        for i, item in enumerate(value):
            check(item, (kind.removeprefix("Array of "),), f"{where}[{i}]", wrong)
    elif kind in _PRIMITIVE:
        allowed = _PRIMITIVE[kind]
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            wrong.append(f"{where}: not {kind}")
    elif kind in _SUBTYPES:
        check(value, tuple(_SUBTYPES[kind]), where, wrong)
    elif not isinstance(value, dict):
        wrong.append(f"{where}: not an object ({kind})")
    else:
        _check_object(value, _TYPES[kind], where, wrong)


def _check_object(value: Json, fields: Fields, where: str, wrong: list[str]) -> None:
    for name, item in value.items():
        if name not in fields:
            wrong.append(f"{where}: unknown field {name}")
            continue
        types, _, const = fields[name]
        if const is not None and item != const:
            wrong.append(f"{where}.{name}: not {const}")
        check(item, types, f"{where}.{name}", wrong)
    wrong += [
        f"{where}: required field {name} is missing"
        for name, (_, required, _) in fields.items()
        if required and name not in value
    ]


_PRIMITIVE: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
    "InputFile": (str,),
}
