"""What a text may be filled in with: long values as they may really come, with awkward signs."""

from __future__ import annotations

from string import Formatter
from typing import Any

from bot.i18n import Forms, Html, Texts

ORDINARY: dict[str, object] = {
    "number": "202611200001",
    "count": 12,
    "clock": "09:30",
    "at": "11-26 09:30",
    "year": 2026,
    "month": "11",
    "day": 26,
    "hours": "7.5",
    "amount": 15,
    "percent": 92,
    "good": 46,
    "all": 50,
    "total": 120,
    "row": 123456,
    "opened": "✅",
    "mark": "🔴",
    "code": "A7KQ2MXW9PTC",
    "link": "https://t.me/huying_bot?start=A7KQ2MXW9PTC",
}
"""Values that are never long."""
LENGTHS = {"text": 1000, "lines": 1500, "contact": 200, "place": 120, "advice": 300, "why": 120,
           "name": 64, "unit": 48, "hub": 48, "grid": 48, "item": 30, "units": 200,
           "numbers": 120, "title": 128, "list": 120}  # fmt: skip
"""Characters of what people and directories write, as long as we let it be."""
_AWKWARD = "<b>&amp;\"'{x}</b> 翠竹路6栋🏠 & Co. "


def fields(template: str) -> set[str]:
    """The placeholders of a template. Raises ValueError for braces that do not match."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def value(name: str) -> object:
    """Something long and awkward for a placeholder."""
    if name in ORDINARY:
        return ORDINARY[name]
    length = LENGTHS.get(name, 40)
    return (_AWKWARD * (length // len(_AWKWARD) + 1))[:length]


def filled(t: Texts, key: str, forms: Forms, **over: Any) -> Html:
    """A text with its longest legitimate values."""
    names = {name for form in forms for name in fields(form)}
    return t(key, **{name: value(name) for name in names} | over)
