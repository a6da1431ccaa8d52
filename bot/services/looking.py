"""What the tagger and the gazetteer make of a report in progress."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot import logs
from bot.domain.forms import Slots
from bot.domain.places import PlaceResult, PlaceStatus, resolve
from bot.domain.tagging import MessageKind, Tagging
from bot.domain.units import Tier
from bot.forms.report import words
from bot.services.world import World

log = logs.get()
PICKABLE = 12
"""More grids than this are not offered as buttons."""
_NOTHING = {"guesses": [], "sure": False, "kind": "complaint", "emergency": False, "why": {}}


def tagged(world: World, text: str) -> Tagging | None:
    """The tagging of a text; None when the tagger fails, which must never stop a report."""
    try:
        return world.tagger.tag(text)
    except Exception as error:
        log.error("tagger_failed", error=type(error).__name__)
        return None


def look(world: World, slots: Slots) -> dict[str, Any]:
    """Slots with ``look`` filled in: guesses, kind, emergency, grid, and why."""
    text = words(slots)
    tagging = tagged(world, text) if text.strip() else None
    found: dict[str, Any] = dict(_NOTHING)
    if tagging:
        guesses = [g for g in tagging.guesses if g.item in world.items]
        found |= {
            "guesses": [g.item for g in guesses],
            "probability": [round(g.probability, 3) for g in guesses],
            "why": {g.item: _as_written(world, g.why, text) for g in guesses},
            "sure": tagging.sure and bool(guesses),
            "kind": tagging.kind.value,
            "emergency": tagging.emergency,
            "emergency_why": _as_written(world, tagging.emergency_why, text),
        }
    place = located(world, slots)
    single = place.grids[0] if place.status is PlaceStatus.KNOWN else None
    found |= {
        "grid": slots["grid"] or single,
        "border": list(place.grids[1:]) if place.status is PlaceStatus.KNOWN else [],
        "place_status": "known" if slots["grid"] else place.status.value,
        "place_name": place.matched or (tagging.slots.place if tagging else None) or "",
        "grid_options": _pickable(world, place),
    }
    return dict(slots) | {"look": found}


def spoken(why: Iterable[str]) -> list[str]:
    """The words that decided, as they may be shown: five at most, none inside another one."""
    parts = (word for reason in why for word in reason.split("&") if word[:1] not in "@#")
    found = list(dict.fromkeys(parts))
    whole = [w for w in found if not any(w != other and w in other for other in found)]
    return whole[:5]


def _as_written(world: World, why: Iterable[str], text: str) -> list[str]:
    """The words that decided, in the characters of the person who wrote them."""
    return [world.tagger.as_written(word, text) for word in spoken(why)]


def located(world: World, slots: Slots) -> PlaceResult:
    """Where the report is: what was typed as the place first, then the pin, then the words."""
    pin = tuple(slots["location"]) if slots["location"] else None
    text = slots["place"] or words(slots)
    if slots["place"]:
        typed = resolve(slots["place"], None, world.directory, world.grids_at, world.find)
        if typed.status is PlaceStatus.KNOWN:
            return typed
        text = f"{slots['place']}\n{words(slots)}"
    found = resolve(text, pin, world.directory, world.grids_at, world.find)
    if found.status is PlaceStatus.OUTSIDE and len(found.grids) == 1 and slots["place"]:
        return PlaceResult(found.grids, found.matched, PlaceStatus.KNOWN)
    return found


def kind_of(slots: Slots) -> MessageKind:
    """What the person wants, as far as the words tell."""
    return MessageKind(slots["look"].get("kind", "complaint"))


def _pickable(world: World, place: PlaceResult) -> list[str]:
    if place.grids:
        return list(place.grids[:PICKABLE])
    grids = [unit.code for unit in world.directory.of_tier(Tier.D)]
    return grids if len(grids) <= PICKABLE else []
