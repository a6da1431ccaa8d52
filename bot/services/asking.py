"""The question that a dialog waits at, in words: of a report, or of a one-thing form."""

from __future__ import annotations

from bot.domain import forms as engine
from bot.domain.forms import Slots, State
from bot.domain.routing import Decision
from bot.forms.report import REPORT, chosen, found
from bot.i18n import Html
from bot.services import intake, parts
from bot.services.talk import Talk
from bot.views import dialog as views
from bot.views import several
from bot.views.message import Message


async def show(talk: Talk, state: State, first: Html | None = None) -> None:
    """Ask the present question (again); ``first`` is a line to stand before it."""
    message = _report(talk, state) if state.form == REPORT.name else _saying(talk, state)
    await talk.say(message.with_first(first) if first else message)


def _saying(talk: Talk, state: State) -> Message:
    return views.saying(talk.t, state, talk.person.id, str(state.slots.get("number", "")))


def _report(talk: Talk, state: State) -> Message:
    world, slots, t = talk.work.world, state.slots, talk.t
    if state.step == "confirm" and chosen(slots):
        each = [_preview(talk, own) for own in parts.picked(world, slots)]
        return several.preview(t, state, talk.person.id, each, talk.work.now, world.calendar.zone)
    if state.step == "confirm":
        return views.preview(
            t, state, talk.person.id, _preview(talk, slots), talk.work.now, world.calendar.zone
        )
    if state.step == "several":
        return several.question(t, state, talk.person.id, _lines(talk, slots))
    options = engine.options(REPORT, state)
    names = {}
    for option in options:
        kind, _, code = option.partition(":")
        if option == engine.NONE_OF_THESE and len(options) == 1:
            names[option] = t.label("button-staff-decide")
        elif kind == "i":
            names[option] = world.items[code].called(t.locale)
        elif kind == "g":
            names[option] = t.label("plain", text=world.unit_name(code))
    return views.question(t, state, talk.person.id, options, names)


def _lines(talk: Talk, slots: Slots) -> list[several.Line]:
    name, off = talk.work.world.item_name, slots.get("off", [])
    return [
        several.Line(name(one["item"], talk.t), one["text"], number not in off)
        for number, one in enumerate(found(slots))
    ]


def _preview(talk: Talk, slots: Slots) -> views.Preview:
    world, t = talk.work.world, talk.t
    planned = intake.plan(talk.work, slots, talk.person.last_grid)
    item = world.item(planned.item)
    look = slots["look"]
    place = slots["place"] or look.get("place_name", "")
    grid = world.unit_name(look["grid"]) if look.get("grid") else ""
    alone = planned.route.decision is Decision.ALONE
    why = [] if slots["item_by"] == "person" else look.get("why", {}).get(planned.item, [])
    return views.Preview(
        item=item.called(t.locale) if item else "",
        why=why[:3],
        place=place if talk.private else "",
        grid=grid,
        unit=world.unit_name(planned.route.lead) if alone else None,
        tier=planned.route.tier.value,
        hub=world.unit_name(planned.route.hub or planned.route.unit),
        respond=planned.promise.respond.due,
        resolve=planned.promise.resolve.due,
        media=len(slots["media"]),
        emergency=planned.emergency,
        anonymous=bool(slots["anonymous"]),
        provisional=planned.promise.provisional,
    )
