"""A report with several problems in it, taken apart: the slots of each (see ``bundles``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.forms import ONE, Slots
from bot.forms.report import chosen, found
from bot.services import looking
from bot.services.world import World

Problem = Mapping[str, Any]
"""``item``, ``text`` (its own words) and ``emergency``, as ``looking`` finds them."""


def open_question(slots: Slots) -> bool:
    """Whether several problems were found and nobody has said yet that they are only one."""
    return bool(found(slots)) and slots.get("split") != ONE


def secret(world: World, problems: Sequence[Problem]) -> bool:
    """Whether one of them is a confidential matter."""
    return any(_confidential(world, one) for one in problems)


def each(world: World, slots: Slots, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """A report for each of the problems, as ``intake`` takes it."""
    hide, made = secret(world, found(slots)), []
    ids = [[message, ""] for message, _ in slots["words"] if message]
    for number, problem in enumerate(problems):
        own = looking.alone(world, slots, problem)
        if hide:
            own["words"] += ids if _confidential(world, problem) else []
            own["media"] = slots["media"] if _sees_files(world, problem) else []
        elif not number and not slots.get("bundle"):
            own["words"] = slots["words"]
        made.append(own)
    return made


def picked(world: World, slots: Slots) -> list[Slots]:
    """A report for each of the problems that the reporter wants registered."""
    problems = chosen(slots)
    return [
        own | {"item": problem["item"], "item_by": "person"}
        for own, problem in zip(each(world, slots, problems), problems, strict=True)
    ]


def to_open(world: World, slots: Slots, *, urgent: bool) -> tuple[list[Slots], list[Problem]]:
    """The reports that are opened now, and the problems that are asked about later.

    ``urgent``: somebody is in danger, and nothing is asked before that is on its way. Danger that
    is in none of the problems was told besides them.
    """
    danger = bool(slots["look"].get("emergency"))
    if chosen(slots) and (not danger or any(one["emergency"] for one in chosen(slots))):
        return picked(world, slots), []
    if urgent and open_question(slots):
        return _pressing(world, slots)
    return [_only(world, slots)], []


def _pressing(world: World, slots: Slots) -> tuple[list[Slots], list[Problem]]:
    problems, best = found(slots), slots["look"].get("guesses", [])[:1]
    first = [one for one in problems if one["emergency"]]
    first = first or [one for one in problems if [one["item"]] == best]
    made = each(world, slots, first) or [dict(slots)]
    opened = [own | {"look": own["look"] | {"emergency": True}} for own in made]
    return [*opened], [one for one in problems if one not in first]


def _only(world: World, slots: Slots) -> Slots:
    """A single case has the whole message, unless another part of it is nobody else's business."""
    problems = found(slots)
    mine = [one for one in problems if one["item"] == slots["item"]]
    if slots.get("split") != ONE or not mine or not secret(world, problems):
        return slots
    return each(world, slots, mine[:1])[0] | {"item": slots["item"], "item_by": slots["item_by"]}


def left_over(world: World, slots: Slots, left: Sequence[Problem], first: str) -> dict[str, Any]:
    """The slots of a report with what an emergency (the case number ``first``) left over."""
    texts = [str(one["text"]) for one in left]
    if len(texts) > 1:
        texts = [f"{number}. {text}" for number, text in enumerate(texts, 1)]
    own = dict(slots) | {
        "words": [[0, "\n".join(texts)]], "bundle": first, "split": "", "off": [],
        "item": None, "item_by": "", "asked": [],
    }  # fmt: skip
    if len(left) == 1:
        own |= {"item": left[0]["item"], "item_by": "person"}
    if secret(world, found(slots)) and not secret(world, left):
        own["media"] = []
    seen = looking.look(world, own)
    if seen["look"]["place_status"] != "known" and slots["look"].get("grid"):
        own |= {"grid": slots["look"]["grid"], "place": slots["look"].get("place_name", "")}
        seen = looking.look(world, own)
    return seen


def _confidential(world: World, problem: Problem) -> bool:
    item = world.item(problem["item"])
    return bool(item and item.confidential)


def _sees_files(world: World, problem: Problem) -> bool:
    return bool(problem["emergency"]) or _confidential(world, problem)
