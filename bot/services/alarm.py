"""What somebody reads who has told of danger: what to do, whom to call, who is being told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.case import Case
from bot.domain.forms import Input, State
from bot.ports import Address
from bot.services import faces, interruptions, menus
from bot.services.delivery import reached_unit
from bot.services.talk import Talk
from bot.views import resident
from bot.views.message import Button, Message, rows


async def answer(talk: Talk, case: Case, state: State, given: Input) -> None:
    """Answer an emergency that was just dispatched, here or aside; the dialog that ``state``
    (the report) had interrupted waits until the worst is over.
    """
    before = state.slots.get("before")
    there = await _aside(talk, case)
    if there is talk:
        await _say(talk, case, given, before)
        return
    if there is not None:
        waiting = await interruptions.set_aside(there, here=True)
        await _say(there, case, given, waiting)
    await interruptions.restore(talk, state.slots)


async def _say(talk: Talk, case: Case, given: Input, before: dict[str, Any] | None) -> None:
    """Advice first; units are named as being told only if they have somewhere to be told."""
    world = talk.work.world
    item = world.item(case.item)
    key = item.advice if item and item.advice and talk.t.has(item.advice) else "advice-general"
    hotlines = item.hotlines if item and item.hotlines else ("110", "119", "120")
    telling = []
    tasks = {t.id: t for t in await talk.work.uow.cases.tasks(case.id)}
    shown = await talk.work.uow.channels.cards(case.id)
    for card in shown:
        task = tasks.get(card.task_id or 0)
        if task and not case.confidential:
            telling.append(world.unit_name(await reached_unit(talk.work, task, card)))
    face = await faces.face(talk.work, case, t=talk.t)
    names = [talk.t("plain", text=name) for name in dict.fromkeys(telling)]
    message = resident.emergency(face, talk.t(key), hotlines, names, reached=bool(shown))
    await talk.say(message, urgent=True)
    follow = {"case": case.id, "album": given.album, "emergency": True, "before": before}
    await interruptions.store(talk, State(menus.FOLLOW, slots=follow))
    await interruptions.until_safe(talk, before)


async def _aside(talk: Talk, case: Case) -> Talk | None:
    """Where an emergency is answered: a secret one in private, wherever it was said.

    None when the person has not pressed Start yet: the group then shows only the way there.
    """
    if talk.private or not case.confidential:
        return talk
    button = Button(talk.t.label("button-private"), url=talk.work.world.link("my"))
    await talk.say(Message(talk.t("emergency-private"), rows(button)), urgent=True)
    if not talk.person.reachable:
        return None
    return replace(talk, to=Address(talk.person.chat), private=True, callback=None)
