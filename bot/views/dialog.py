"""The questions of the report dialog, and the preview before 提交."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import forms as engine
from bot.domain.forms import ALL, NONE_OF_THESE, SOMEWHERE, State
from bot.i18n import Html, Texts
from bot.views import callback as cb
from bot.views.limits import short
from bot.views.message import Button, Message, Rows, rows
from bot.views.times import when


@dataclass(frozen=True, slots=True)
class Preview:
    """What will happen on 提交. ``unit`` is None when the hub decides."""

    item: str
    why: Sequence[str]
    place: str
    grid: str
    unit: str | None
    tier: str
    hub: str
    respond: datetime
    resolve: datetime
    media: int
    emergency: bool
    anonymous: bool
    provisional: bool


_LABELS = {
    engine.SUBMIT: "button-submit",
    engine.CANCEL: "button-cancel",
    engine.BACK: "button-back",
    "go:item": "button-item",
    "go:several": "button-item",
    "go:place": "button-place",
    "anonymous": "button-anonymous",
    "known": "button-known",
    NONE_OF_THESE: "button-none",
    SOMEWHERE: "button-somewhere",
}


def question(
    t: Texts, state: State, owner: int, options: Sequence[str], names: Mapping[str, str]
) -> Message:
    """A step of the report other than the last; ``names`` are of items and grids, by code."""
    step = state.step
    media = len(state.slots["media"])
    known = {
        "what": _ask_what(t, state, media),
        "item": t("ask-item" if len(options) > 1 else "ask-item-none"),
        "place": _ask_place(t, state, options),
    }
    buttons = []
    for number, option in enumerate(options, 1):
        label = names.get(option) or t.label(_LABELS[option])
        buttons.append(Button(short(f"{number} {label}", 40), data(state, owner, option)))
    back = Button(t.label("button-back"), data(state, owner, engine.BACK))
    cancel = Button(t.label("button-cancel"), data(state, owner, engine.CANCEL))
    last = rows(back, cancel) if state.trail else rows(cancel)
    width = 2 if step == "place" else 1
    return Message(known[step], (*rows(*buttons, width=width), *last))


def preview(
    t: Texts, state: State, owner: int, p: Preview, now: datetime, zone: ZoneInfo
) -> Message:
    """看起来是 … 交给 … 〔提交〕."""
    lines: list[Html] = []
    if p.item and p.why:
        lines.append(t("preview-item-why", item=p.item, why=t.label("comma").join(p.why)))
    elif p.item:
        lines.append(t("preview-item", item=p.item))
    else:
        lines.append(t("preview-item-unknown"))
    if p.place and p.grid and p.place != p.grid:
        lines.append(t("preview-place-grid", place=p.place, grid=p.grid))
    elif p.place or p.grid:
        lines.append(t("preview-place", place=p.place or p.grid))
    else:
        lines.append(t("preview-place-unknown"))
    if p.emergency:
        lines.append(t("preview-emergency"))
    lines += [unit(t, p), clocks(t, p, now, zone)]
    if p.provisional:
        lines.append(t("preview-provisional"))
    if p.media:
        lines.append(t("preview-media", count=p.media))
    if p.anonymous:
        lines.append(t("preview-anonymous"))
    return Message(Html("\n".join(lines)), confirm_buttons(t, state, owner))


def unit(t: Texts, p: Preview) -> Html:
    """交给：…, or that the hub says."""
    if p.unit:
        return t("preview-unit", unit=p.unit, share=t(f"share-{p.tier}"))
    return t("preview-hub", hub=p.hub)


def clocks(t: Texts, p: Preview, now: datetime, zone: ZoneInfo) -> Html:
    """Both deadlines."""
    respond, resolve = when(p.respond, now, zone, t), when(p.resolve, now, zone, t)
    return t("preview-clocks", respond=respond, resolve=resolve)


def confirm_buttons(t: Texts, state: State, owner: int) -> Rows:
    """提交 alone in the first row, the corrections below."""
    hide = "known" if state.slots["anonymous"] else "anonymous"
    which = "go:several" if state.slots.get("split") == ALL else "go:item"
    first, *rest = [
        Button(t.label(_LABELS[option]), data(state, owner, option))
        for option in (engine.SUBMIT, which, "go:place", hide, engine.CANCEL)
    ]
    return ((first,), *rows(*rest))


def saying(t: Texts, state: State, owner: int, number: str) -> Message:
    """A step of a one-thing form: progress, result, reason, question, contact."""
    purpose, step = state.slots["purpose"], state.step
    cancel = Button(t.label("button-cancel"), data(state, owner, engine.CANCEL))
    if step != "confirm":
        return Message(t(f"say-{purpose}-{step}", number=number), rows(cancel))
    submit = Button(t.label(f"button-{purpose}-submit"), data(state, owner, engine.SUBMIT))
    text = t(
        f"say-{purpose}-confirm",
        number=number,
        text=short(state.slots["text"], 500),
        count=len(state.slots["media"]),
    )
    return Message(text, rows(submit, cancel))


def data(state: State, owner: int, option: str) -> str:
    """Callback data of a dialog's button: whose it is, and for which question."""
    return cb.encode(cb.DIALOG, state.revision, f"{owner}.{option}")


def _ask_what(t: Texts, state: State, media: int) -> Html:
    if media:
        return t("ask-what-media", count=media)
    return t("ask-what-place" if state.slots["location"] else "ask-what")


def _ask_place(t: Texts, state: State, options: Sequence[str]) -> Html:
    status = state.slots["look"].get("place_status")
    if status == "outside":
        return t("ask-place-outside")
    if status == "ambiguous" and len(options) > 2:
        return t("ask-place-which")
    return t("ask-place")
