"""What the tagger and the gazetteer make of a report in progress."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot import logs
from bot.domain import hearing
from bot.domain.forms import Slots
from bot.domain.places import PlaceResult, PlaceStatus, resolve
from bot.domain.several import problems
from bot.domain.splitting import announced, split
from bot.domain.tagging import Guess, MessageKind, Tagging
from bot.domain.units import Tier
from bot.forms.report import words
from bot.services.world import World

log = logs.get()
OFFERED = 0.05
"""A guess less probable than this is no question to a resident; colleagues may choose it."""
PICKABLE = 12
"""More grids than this are not offered as buttons."""
ABOUT_IT = frozenset({MessageKind.STATUS, MessageKind.WITHDRAWAL})
"""Kinds by which somebody speaks of a case that there is."""
LIKELY = 0.35
"""Probability from which an item is taken for what the words speak of."""
_NOTHING = {"guesses": [], "sure": False, "kind": "complaint", "emergency": False, "why": {}}
_PLACE = ("grid", "border", "place_status", "place_name", "grid_options")


def tagged(world: World, text: str) -> Tagging | None:
    """The tagging of a text; None when the tagger fails, which must never stop a report.

    Words that only say where raise no alarm by themselves, and bare thanks are no report.
    """
    try:
        found = world.tagger.tag(text)
    except Exception as error:
        log.error("tagger_failed", error=type(error).__name__)
        return None
    if hearing.only_thanks(text):
        return replace(found, guesses=(), kind=MessageKind.PRAISE, sure=False)
    if found.emergency and not found.sure and hearing.only_where(text):
        return replace(found, emergency=False, emergency_why=())
    return found


def danger(world: World, text: str) -> bool:
    """Whether what was said when asked where it is tells of danger rather than of a place."""
    found = tagged(world, text)
    if not (found and found.emergency and found.best) or hearing.ends_as_a_place(text):
        return False
    return found.best.probability >= LIKELY


def look(world: World, slots: Slots) -> dict[str, Any]:
    """Slots with ``look`` filled in: guesses, kind, emergency, grid, and why."""
    text = words(slots)
    tagging = _read(world, slots) if text.strip() else None
    found: dict[str, Any] = dict(_NOTHING)
    if tagging:
        guesses = guessed(world, tagging)
        found |= {
            "guesses": [g.item for g in guesses],
            "offered": [g.item for g in guesses if g.probability >= OFFERED],
            "probability": [round(g.probability, 3) for g in guesses],
            "why": {g.item: _as_written(world, g.why, text) for g in guesses},
            "sure": tagging.sure and bool(guesses),
            "kind": tagging.kind.value,
            "emergency": tagging.emergency,
            "emergency_why": _as_written(world, tagging.emergency_why, text),
            "problems": several(world, _at_once(slots)),
        }
        found["emergency"] |= any(one["emergency"] for one in found["problems"])
    place = located(world, slots)
    single = place.grids[0] if place.status is PlaceStatus.KNOWN else None
    found |= {
        "grid": slots["grid"] or single,
        "border": list(place.grids[1:]) if place.status is PlaceStatus.KNOWN else [],
        "place_status": "known" if slots["grid"] else place.status.value,
        "place_name": place.matched or (tagging.slots.place if tagging else None) or "",
        "grid_options": _pickable(world, place),
    }
    new = dict(slots) | {"look": found}
    if _items(new) != _items(slots):
        new |= {"split": "", "off": []}
    return new


def guessed(world: World, tagging: Tagging) -> list[Guess]:
    """What a report is taken for, best first; empty when no guess is worth a question.

    In danger of which the item is not sure, a likely emergency comes before a likelier everyday
    matter: a wrong call costs a crew a journey, a missed one a life.
    """
    known = [guess for guess in tagging.guesses if guess.item in world.items]
    if not any(guess.probability >= OFFERED for guess in known):
        return []
    if tagging.emergency and not tagging.sure:
        known.sort(key=lambda g: g.probability < LIKELY or not world.items[g.item].emergency)
    return known


def _read(world: World, slots: Slots) -> Tagging | None:
    """The tagging of all that was said; of a later message alone when that tells of danger."""
    later = [text for _, text in slots["words"] if text][1:]
    alarms = (found for text in later if (found := tagged(world, text)) and found.emergency)
    return next(alarms, None) or tagged(world, words(slots))


def _at_once(slots: Slots) -> str:
    """What may hold several problems: one message, with those after it that announce another.

    Words that answer the question of the item, or that are only added, are about the same.
    """
    if "item" in slots["asked"]:
        return ""
    texts = [text for _, text in slots["words"] if text]
    base = max(range(len(texts)), key=lambda number: len(split(texts[number])))
    return "\n".join([texts[base], *filter(announced, texts[base + 1 :])])


def several(world: World, text: str) -> list[dict[str, Any]]:
    """The problems of a text that holds two or more: item, own words, and whether by it somebody
    is in danger. Empty for only one.
    """
    try:
        found = problems(text, world.tagger.tag)
    except Exception as error:
        log.error("splitting_failed", error=type(error).__name__)
        return []
    known = [one for one in found if one.item in world.items]
    if len(known) < 2:
        return []
    return [{"item": p.item, "text": p.text, "emergency": p.emergency} for p in known]


def _items(slots: Slots) -> list[str]:
    return [one["item"] for one in slots["look"].get("problems", ())]


def alone(world: World, slots: Slots, problem: Mapping[str, Any]) -> dict[str, Any]:
    """The slots of one problem of several, as a report of its own in its own words.

    Files and anonymity are those of the whole message, and so is the place unless its own words
    name one.
    """
    own = dict(slots) | {"words": [[0, problem["text"]]], "split": "", "off": []}
    own |= {"item": None, "item_by": ""}
    seen = dict(look(world, own)["look"]) | {"problems": []}
    if seen["place_status"] != "known":
        seen |= {name: slots["look"].get(name) for name in _PLACE}
    return own | {"look": seen}


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


def likely(slots: Slots) -> str | None:
    """The item that the words rather speak of than not."""
    guesses, odds = slots["look"].get("guesses", []), slots["look"].get("probability", [])
    return guesses[0] if guesses and odds[0] >= LIKELY else None


def _pickable(world: World, place: PlaceResult) -> list[str]:
    if place.grids:
        return list(place.grids[:PICKABLE])
    grids = [unit.code for unit in world.directory.of_tier(Tier.D)]
    return grids if len(grids) <= PICKABLE else []
