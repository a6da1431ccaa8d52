"""Buttons: what was pressed, by whom, and the one service call it leads to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update

from bot.domain.case import Case
from bot.domain.forms import Input, State
from bot.domain.lifecycle import allowed
from bot.errors import Refused
from bot.forms.saying import SAYING
from bot.services import (
    acting,
    cards,
    casework,
    closing,
    correcting,
    dispatch,
    faces,
    language,
    lookup,
    reporting,
    return_dialog,
    saying,
    staffing,
    threads,
)
from bot.services.talk import Talk
from bot.views import callback as cb
from bot.views import resident
from bot.views.callback import Tap
from bot.views.cards import hub_card

_ANSWERS = ("satisfied", "soso", "unsatisfied")


async def pressed(talk: Talk, update: Update, _: list[str]) -> None:
    """A tap. Data that was not made here, or not for this person, changes nothing."""
    query = update.callback_query
    tap = cb.decode(query.data if query else None)
    if tap is None:
        talk.toast("stale-tap")
        return
    await staffing.collapse_double(talk, tap)
    await run(talk, tap)


async def run(talk: Talk, tap: Tap) -> None:
    """Do what a button says; also for a digit that picks it."""
    await _BY_PREFIX[tap.prefix](talk, tap)


async def _dialog(talk: Talk, tap: Tap) -> None:
    owner, _, option = tap.argument.partition(".")
    if owner != str(talk.person.id):
        talk.toast("not-your-dialog", alert=True)
        return
    found = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
    state = await return_dialog.leave(talk, State.from_json(found.state) if found else None)
    if state is not None and state.form == SAYING.name:
        await saying.hear(talk, state, Input(option=option, revision=tap.id))
    else:
        await reporting.tap(talk, state, option, tap.id)


async def _task(talk: Talk, tap: Tap) -> None:
    work, act = talk.work, tap.argument
    if act == "accept":
        case = await casework.accept(work, talk.person, tap.id)
        # A tap has one answer: who has not pressed Start yet is taken there.
        if talk.person.reachable:
            await _done(talk, "accepted-by-you", number=case.number)
        else:
            await staffing.to_private(talk, f"task{tap.id}")
        return
    seen, task = await acting.find(work, talk.viewer, tap.id)
    if act == "panel":
        if task.owner == talk.person.id and talk.private:
            await cards.open_panel(work, seen.case, task, talk.person)
        else:
            await lookup.case_by_id(talk, seen.case.id)
    elif act == "open":
        acting.capacity(work, talk.viewer, "accept", seen.case, task)
        await cards.open_here(work, seen.case, talk.person, "task", task)
    elif act == "calm":
        case = await closing.calm(work, talk.viewer, seen.case.id, task)
        await _done(talk, "calmed", number=case.number)
        await closing.tell(work, case, "resident-calmed")
    elif act in {"progress", "resolve", "ask"}:
        acting.capacity(work, talk.viewer, act, seen.case, task)
        if not allowed(task.status, act):
            raise Refused("act-too-late")
        await staffing.begin(talk, seen, task, act)
    elif act == "item":
        await correcting.ask(talk, seen, task)
    elif act.startswith("i:"):
        case = await correcting.change(work, talk.person, task.id, act[2:])
        await _changed(talk, case)
    elif act == "other":
        correcting.check(work, talk.person, seen, task)
        await staffing.begin_private(talk, "item", task.id, seen.case.number)
    elif return_dialog.mine(act):
        await return_dialog.tapped(talk, seen, task, act)
    else:
        talk.toast("stale-tap")


async def _case(talk: Talk, tap: Tap) -> None:
    work, act = talk.work, tap.argument
    seen = await acting.seen(work, talk.viewer, tap.id)
    number = seen.case.number
    if act in {"solved", "partly"}:
        case = await closing.word(work, talk.viewer, tap.id, act)
        talk.toast("thanks")
        face = await faces.face(work, case, t=talk.t)
        await talk.say(resident.satisfaction(face))
        await staffing.retire_button(talk)
    elif act == "not_solved":
        acting.capacity(work, talk.viewer, act, seen.case, None)
        if not allowed(seen.case.status, act):
            raise Refused("act-too-late")
        await saying.begin(talk, "not_solved", tap.id, number)
    elif act.startswith("s:") and act[2:] in _ANSWERS:
        await closing.satisfied(work, talk.viewer, tap.id, act[2:])
        await talk.line("satisfaction-kept")
        await staffing.retire_button(talk)
    elif act in {"withdraw", "undo"}:
        await closing.withdraw(work, talk.viewer, tap.id, undo=act == "undo")
        await talk.line("withdrawn", number=number)
        await staffing.retire_button(talk)
    elif act == "calm":
        await closing.calm(work, talk.viewer, tap.id, None)
        await talk.line("calmed", number=number)
    elif act == "contact":
        acting.capacity(work, talk.viewer, act, seen.case, None)
        await saying.begin(talk, "contact", tap.id, number)
    else:
        talk.toast("stale-tap")


async def _hub(talk: Talk, tap: Tap) -> None:
    work, act = talk.work, tap.argument
    seen = await acting.seen(work, talk.viewer, tap.id)
    if act == "open":
        acting.capacity(work, talk.viewer, "confirm", seen.case, None)
        await cards.open_here(work, seen.case, talk.person, "hub")
    elif act == "confirm":
        case = await dispatch.confirm(work, talk.viewer, seen)
        await _done(talk, dispatch.told(seen.case), unit=work.world.unit_name(case.lead))
    elif act == "reassign":
        acting.capacity(work, talk.viewer, act, seen.case, None)
        if not seen.case.at_hub:
            raise Refused("act-too-late")
        # The digit that stands for this button comes in a message of its own.
        for card in await work.uow.channels.cards(seen.case.id):
            if (card.kind, card.state, card.address.chat) != ("hub", "live", talk.to.chat):
                continue
            t = await faces.card_texts(work, card)
            face = await faces.face(work, seen.case, seen.tasks, t)
            await cards.show(work, card, hub_card(face, cards.choices(work, face), choosing=True))
    elif act.startswith("i:"):
        if work.world.item(act[2:]) is None:
            raise Refused("stale-tap")
        case = await dispatch.reassign(work, talk.viewer, seen, item=act[2:])
        await _done(talk, dispatch.told(seen.case), unit=work.world.unit_name(case.lead))
    elif act.startswith("u:"):
        case = await dispatch.reassign(work, talk.viewer, seen, unit=act[2:])
        await _done(talk, dispatch.told(seen.case), unit=work.world.unit_name(case.lead))
    else:
        talk.toast("stale-tap")


async def _verify(talk: Talk, tap: Tap) -> None:
    seen = await acting.seen(talk.work, talk.viewer, tap.id)
    if tap.argument == "open":
        closing.check_verifier(talk.work, talk.person, seen, "pass")
        await cards.open_here(talk.work, seen.case, talk.person, "verify")
    elif tap.argument == "pass":
        case = await closing.verified(talk.work, talk.person, tap.id)
        await _done(talk, "verify-passed", number=case.number)
        await closing.tell(talk.work, case, "resident-verified")
    elif tap.argument == "look":
        closing.check_verifier(talk.work, talk.person, seen, "pass")
        await staffing.show_evidence(talk, seen)
    elif tap.argument == "fail":
        closing.check_verifier(talk.work, talk.person, seen, "fail")
        await saying.begin(talk, "fail", tap.id, seen.case.number)
    else:
        talk.toast("stale-tap")


async def _note(talk: Talk, tap: Tap) -> None:
    task_id = tap.argument
    if not task_id.isdecimal() or int(task_id) > cb.LARGEST:
        talk.toast("stale-tap")
        return
    case = await casework.resolve_with_note(talk.work, talk.person, tap.id, int(task_id))
    talk.toast("resolved-toast", number=case.number)
    await staffing.retire_button(talk)


async def _thread(talk: Talk, tap: Tap) -> None:
    await threads.close(talk, tap.id)


async def _menu(talk: Talk, tap: Tap) -> None:
    if tap.argument == "my":
        await lookup.mine(talk, tap.id)
    elif tap.argument == "case":
        await lookup.case_by_id(talk, tap.id)
    elif tap.argument.startswith(language.ARGUMENT):
        await language.choose(talk, tap.argument.removeprefix(language.ARGUMENT))
        await staffing.retire_button(talk)
    else:
        talk.toast("stale-tap")


async def _changed(talk: Talk, case: Case) -> None:
    """The item was put right; a group does not read what has become secret by it."""
    if case.confidential and not (talk.private or talk.callback):
        await talk.line("card-secret", number=case.number)
    else:
        item = talk.work.world.item(case.item)
        await _done(talk, "item-changed", number=case.number, item=item)


async def _done(talk: Talk, key: str, **params: Any) -> None:
    """What was done: the answer to a tap, or to the digit that stood for it."""
    if talk.callback:
        talk.toast(key, **params)
    else:
        await talk.line(key, **params)


_BY_PREFIX: dict[str, Callable[[Talk, Tap], Awaitable[None]]] = {
    cb.DIALOG: _dialog,
    cb.TASK: _task,
    cb.CASE: _case,
    cb.HUB: _hub,
    cb.VERIFY: _verify,
    cb.NOTE: _note,
    cb.THREAD: _thread,
    cb.MENU: _menu,
}
