"""Checks recorded calls against Telegram's machine-readable method list, where that lies beside
the project (``../shared/botapi/api.min.json`` from the repository's root)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

LIST = Path(__file__).resolve().parents[3] / "shared" / "botapi" / "api.min.json"

_PRIMITIVE: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
    "InputFile": (str,),
}


@cache
def load() -> dict[str, Any] | None:
    """The method list; None where it is not there."""
    return json.loads(LIST.read_text(encoding="utf-8")) if LIST.exists() else None


def check_call(method: str, params: dict[str, Any]) -> list[str] | None:
    """What is wrong with a call: unknown method, unknown or missing parameters, JSON types.

    ``params`` are typed as in a JSON body; an uploaded file is its attach:// address. None when
    there is no list to check against.
    """
    api = load()
    if api is None:
        return None
    if method not in api["methods"]:
        return [f"{method}: unknown method"]
    return _object(api, params, api["methods"][method]["fields"], method)


def check_object(kind: str, value: Any) -> list[str] | None:
    """What keeps a value from being Telegram's type ``kind``, such as "Update" or "Message"."""
    api = load()
    return None if api is None else _one(api, value, kind, kind)


def check_result(method: str, value: Any) -> list[str] | None:
    """What keeps a value from being an answer of the method."""
    api = load()
    return None if api is None else _any(api, value, api["methods"][method]["returns"], method)


def _object(api: dict[str, Any], value: Any, rows: list[Any], where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: not an object"]
    fields = {row[0]: row for row in rows}
    wrong = [f"{where}: unknown field {name}" for name in value if name not in fields]
    for name, row in fields.items():
        if name not in value:
            if row[2]:
                wrong.append(f"{where}: {name} is missing")
            continue
        const = row[3].get("const") if len(row) > 3 else None
        if const is not None and value[name] != const:
            wrong.append(f"{where}.{name}: not {const}")
        wrong += _any(api, value[name], row[1], f"{where}.{name}")
    return wrong


def _any(api: dict[str, Any], value: Any, kinds: list[str], where: str) -> list[str]:
    """The complaints of the kind that fits best."""
    return min((_one(api, value, kind, where) for kind in kinds), key=len)


def _one(api: dict[str, Any], value: Any, kind: str, where: str) -> list[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where}: not an array"]
        inner = [kind.removeprefix("Array of ")]
        return [w for i, item in enumerate(value) for w in _any(api, item, inner, f"{where}[{i}]")]
    if kind in _PRIMITIVE:
        fits = isinstance(value, _PRIMITIVE[kind])
        if isinstance(value, bool) and bool not in _PRIMITIVE[kind]:
            fits = False
        return [] if fits else [f"{where}: not {kind}"]
    spec = api["types"][kind]
    if "subtypes" in spec:
        return _any(api, value, spec["subtypes"], where)
    return _object(api, value, spec.get("fields", []), where)
