"""Why a deadline is when it is, in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.deadlines import WhyStep
from bot.i18n import Texts
from bot.views.times import hours


def sentences(steps: Iterable[WhyStep], zone: ZoneInfo, t: Texts) -> list[str]:
    """One sentence a step."""
    return [_sentence(step, zone, t) for step in steps]


def _sentence(step: WhyStep, zone: ZoneInfo, t: Texts) -> str:
    params = {name: _shown(value, zone) for name, value in step.params.items()}
    if "unit" in params:
        unit = f"unit-{str(params['unit']).replace('_', '-')}"
        params["unit"] = t.label(unit, count=step.params["amount"])
    key = f"why-{step.code.replace('_', '-')}"
    if "name" in params and not params["name"]:
        key += "-weekend" if step.code != "worked" else ""
    elif "name" in params:
        params["name"] = _holiday(str(params["name"]), t)
    return t.label(key, **params)


def _holiday(name: str, t: Texts) -> str:
    """A holiday, or several that fall together, in the reader's language where it is known."""
    each = (f"holiday-{one}" for one in re.findall(r"\w+", name))
    known = [t.label(key) if t.has(key) else key.partition("-")[2] for key in each]
    return t.label("comma").join(known)


def _shown(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return hours(value)
    return value
