"""Several problems in one message: the offer, the preview and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import forms as engine
from bot.domain.forms import ALL, ONE, State
from bot.i18n import Html, Texts
from bot.views import callback as cb
from bot.views.dialog import Preview, clocks, confirm_buttons, data, unit
from bot.views.face import Face
from bot.views.limits import short
from bot.views.message import Button, Message, rows
from bot.views.resident import promise

_ANSWERS = ((ALL, "button-split-all"), (ONE, "button-split-one"))
QUOTED = 120
"""Code units of a problem's own words that are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """A problem as it is offered; ``on``: it gets a case of its own."""

    item: str
    text: str
    on: bool


def question(t: Texts, state: State, owner: int, lines: Sequence[Line]) -> Message:
    """Are these different matters? Each line is switched off and on by its number."""
    text, buttons = [t("several-ask", count=len(lines))], []
    for number, line in enumerate(lines, 1):
        key = "several-line" if line.on else "several-line-off"
        text.append(t(key, place=number, item=line.item, text=short(line.text, QUOTED)))
        mark = "☑️" if line.on else "◻️"
        option = data(state, owner, f"p:{number - 1}")
        buttons.append(Button(short(f"{number} {mark} {line.item}", 40), option))
    text.append(t("several-how"))
    for number, (option, key) in enumerate(_ANSWERS, len(lines) + 1):
        buttons.append(Button(f"{number} {t.label(key)}", data(state, owner, option)))
    back = Button(t.label("button-back"), data(state, owner, engine.BACK))
    cancel = Button(t.label("button-cancel"), data(state, owner, engine.CANCEL))
    last = rows(back, cancel) if state.trail else rows(cancel)
    return Message(Html("\n".join(text)), (*rows(*buttons, width=1), *last))


def preview(
    t: Texts, state: State, owner: int, parts: Sequence[Preview], now: datetime, zone: ZoneInfo
) -> Message:
    """What will happen on 提交: a case for each, with its own unit and time."""
    first, lines = parts[0], [t("several-preview", count=len(parts))]
    for number, part in enumerate(parts, 1):
        lines.append(t("several-head", place=number, item=part.item))
        if part.emergency:
            lines.append(t("preview-emergency"))
        lines.append(unit(t, part))
        lines.append(clocks(t, part, now, zone))
    lines.append(Html(""))
    places = dict.fromkeys(part.place or part.grid for part in parts)
    known = [place for place in places if place]
    shown = Html(t("comma").join(t("plain", text=place) for place in known))
    lines.append(t("preview-place", place=shown) if known else t("preview-place-unknown"))
    if first.provisional:
        lines.append(t("preview-provisional"))
    if files := max(part.media for part in parts):
        shared = all(part.media for part in parts)
        lines.append(t("preview-media" if shared else "several-media", count=files))
    if first.anonymous:
        lines.append(t("preview-anonymous"))
    return Message(Html("\n".join(lines)), confirm_buttons(t, state, owner))


def accepted(faces: Sequence[Face], *, also: bool) -> Message:
    """已受理: each with its number and promise; a number's button opens its case."""
    t, first = faces[0].t, faces[0].case
    lines = [t("several-also" if also else "several-accepted", count=len(faces))]
    for number, face in enumerate(faces, 1):
        lines.append(t("several-number", place=number, number=face.case.number, item=face.name))
        lines.append(promise(face))
    if first.anonymous:
        lines.append(t("accepted-anonymous"))
    lines.append(t("accepted-ways"))
    opening = [
        Button(str(number), cb.encode(cb.MENU, face.case.id, "case"))
        for number, face in enumerate(faces, 1)
    ]
    phone = Button(t.label("button-phone"), cb.encode(cb.CASE, first.id, "contact"))
    below = () if first.anonymous else rows(phone)
    return Message(Html("\n".join(lines)), (*rows(*opening, width=6), *below))


def accepted_in_group(faces: Sequence[Face], link: str) -> Message:
    """The same in a group: the numbers, and nothing personal."""
    t = faces[0].t
    numbers = t.label("comma").join(face.case.number for face in faces)
    private = Button(t.label("button-private"), url=link)
    text = t("several-accepted-group", count=len(faces), numbers=numbers)
    return Message(text, rows(private))


def siblings(t: Texts, cases: Sequence[tuple[str, str]]) -> Html:
    """The other cases of the same message: (number, item)."""
    shown = [t("several-sibling", number=number, item=item) for number, item in cases]
    return t("several-siblings", cases=Html(t("comma").join(shown)))
