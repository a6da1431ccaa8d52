"""改事项 by whoever handles the case: one tap on a guess, or another item by code or name.

The case stays with its unit, and so do its limits: who puts the item right gains no time by it
and loses none. An item that another unit leads is not put right here: that is 不归我管 or 改派.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain import corrections as rules
from bot.domain import returns
from bot.domain.case import Case, Status, Task
from bot.domain.items import Item
from bot.domain.lifecycle import Who
from bot.errors import Refused
from bot.ports import Card, Person, Seen
from bot.services import (
    acting,
    cards,
    clocks,
    corrections,
    dispatch,
    faces,
    looking,
    menus,
    post,
)
from bot.services.talk import Talk
from bot.services.work import Work, person
from bot.services.world import World
from bot.views import items as views
from bot.views.face import Face
from bot.views.message import Message

_KINDS = frozenset({"task", "panel"})
_MENU = ":items"
"""Stands after the digest of a card on which the menu is open."""


def check(work: Work, actor: Person, seen: Seen, task: Task) -> Who:
    """In what capacity this person may put the item right now. Raises Refused."""
    who = acting.capacity(work, actor.viewer, "correct", seen.case, task)
    if key := rules.refusal(seen.case, task):
        raise Refused(key)
    return who


async def ask(talk: Talk, seen: Seen, task: Task) -> None:
    """Show the items to choose from on the card. Raises Refused."""
    work = talk.work
    check(work, talk.person, seen, task)
    shown = None
    for card in await work.uow.channels.cards(seen.case.id):
        mine = card.kind in _KINDS and (card.state, card.task_id) == ("live", task.id)
        if mine and card.address.chat == talk.to.chat:
            face = await faces.face(
                work, seen.case, seen.tasks, await faces.card_texts(work, card)
            )
            shown = _menu(work, face, task, card)
            await cards.show(work, card, shown)
            await work.uow.channels.set_shown(card.id, post.digest_of(work, shown) + _MENU)
    if shown is None:
        talk.toast("stale-tap")
    elif talk.private:
        await menus.remember(work, talk.to.chat, shown)


def asked(work: Work, face: Face, card: Card) -> Message | None:
    """The card with its menu, if that is open on it now."""
    task = next((task for task in face.tasks if task.id == card.task_id), None)
    if task is None or card.kind not in _KINDS or not card.shown.endswith(_MENU):
        return None
    return _menu(work, face, task, card)


async def change(work: Work, actor: Person, task_id: int, code: str) -> Case:
    """Give the case another item. Raises Refused: for an item that the unit may not lead with
    what to do instead."""
    seen, task = await acting.find(work, actor.viewer, task_id)
    who = check(work, actor, seen, task)
    before, item = seen.case, work.world.item(code)
    if item is None:
        raise Refused("stale-tap")
    if code == before.item:
        raise Refused("item-same", item=item)
    if not rules.may_lead(item, task.unit, before.place.grid, work.world.directory):
        raise _away(work, seen, task, item)
    by = person(actor.id)
    case = await acting.step(
        work, before, "correct", who, by, task=task.id, unit=task.unit, was=before.item,
        **dispatch.as_item(before, item),
    )  # fmt: skip
    await corrections.item(work, before, case, who, by)
    if case.confidential and not before.confidential:
        await _hush(work, case, task)
    await cards.refresh(work, case)
    return case


async def named(talk: Talk, task_id: int, text: str) -> Case:
    """The same by what was written: a code, a name, or words. Raises Refused."""
    item = named_item(talk.work.world, text)
    if item is None:
        raise Refused("item-which")
    return await change(talk.work, talk.person, task_id, item.code)


def named_item(world: World, text: str) -> Item | None:
    """The item that is meant: by its code, by the longest of its names in the text, else as the
    tagger understands the text, if it rather does than not."""
    said = "".join(text.split()).casefold()
    names = [
        (len(name), item)
        for item in world.items.values()
        for name in _names(item)
        if name and name in said
    ]
    if names:
        return max(names, key=lambda pair: pair[0])[1]
    tagging = looking.tagged(world, text)
    best = tagging.best if tagging else None
    return world.item(best.item) if best and best.probability >= looking.LIKELY else None


def _names(item: Item) -> tuple[str, ...]:
    several = (
        item.code,
        item.short,
        item.short_hant,
        item.name_en,
        *re.findall(r"\w+", item.name),
    )
    return tuple("".join(name.split()).casefold() for name in several)


def _menu(work: Work, face: Face, task: Task, card: Card) -> Message:
    world = work.world
    codes = rules.offered(face.case, task, world.items, world.directory)
    items = [(code, world.item_name(code, face.t)) for code in codes]
    return views.menu(face, task, cards.render(work, face, card), items)


def _away(work: Work, seen: Seen, task: Task, item: Item) -> Refused:
    """What to do with an item that another unit leads."""
    world = work.world
    found = dispatch.decide(
        world, item.code, seen.case.place.grid, sure=True, emergency=seen.case.emergency
    )
    unit = world.unit_name(found.lead or found.hub or found.unit)
    if returns.refusal(seen.case, seen.tasks, task, work.now) is None:
        return Refused("item-away", item=item, unit=unit)
    hub = world.unit_name(seen.case.hub or found.hub or found.unit)
    return Refused("item-away-late", item=item, unit=unit, hub=hub)


async def _hush(work: Work, case: Case, task: Task) -> None:
    """The case has become secret: it leaves every channel for one person's private chat, that of
    whoever has accepted it, else the unit's named person's. Nobody helps with a secret who has
    not begun to.
    """
    for other in await work.uow.cases.tasks(case.id):
        if other.owner is not None:
            await work.uow.cases.save_task(replace(other, named=other.owner))
        elif other.id != task.id and other.status is Status.DISPATCHED:
            await clocks.end(work, [replace(other, status=Status.WITHDRAWN)])
    await cards.hide(work, case, task.owner)
    owner = await work.uow.people.get(task.owner) if task.owner else None
    if owner is None:
        await cards.open_task(work, case, task)
    elif not any(
        card.person == owner.id and card.state == "live"
        for card in await work.uow.channels.cards(case.id)
    ):
        await cards.open_panel(work, case, replace(task, named=owner.id), owner)
