"""What seems to be no report: it is answered in kind, and its words are kept in case it is one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot import logs
from bot.domain import forms as engine
from bot.domain.forms import Input, Slots, State
from bot.domain.tagging import MessageKind
from bot.forms.report import REPORT, told, words
from bot.services import answering, human, interruptions, looking, praising, tracing
from bot.services.answering import ASK
from bot.services.menus import PARKED
from bot.services.praising import KEEP, UNIT
from bot.services.talk import Talk
from bot.services.tracing import TAKE_BACK, TO_HUMAN
from bot.views import dialog as views
from bot.views.kinds import Reply
from bot.views.message import Button, Message, rows

log = logs.get()
GO = "go"
"""The choice to report the words after all."""
SUGGESTION = "ZH03"
KIND = "kind"
"""Who said of which item a report is: what kind of message it is."""
_AS: dict[str, str] = {ASK: answering.QUESTION, KEEP: SUGGESTION}
"""Choices that make a report of a certain item."""
_BY_KIND = {MessageKind.CONSULT: answering.QUESTION, MessageKind.SUGGESTION: SUGGESTION}
_GREETING = 6
_LONGEST_GREETING = 20


async def takes(talk: Talk, state: State, given: Input) -> bool:
    """Answer first words that are no report and keep them; False when they are one.

    ``state`` is a report with these words, looked at. An instruction beside a real report is
    refused, and the report goes on.
    """
    bare = bool(given.text) and not given.media and not given.location
    kind = looking.kind_of(state.slots)
    if kind is MessageKind.INSTRUCTION:
        log.warning("instruction_refused", update=talk.work.update)
    found = await _reply(talk, state, kind) if bare and told(state.slots) else None
    if found is not None:
        await _show(talk, state, found)
    elif kind is MessageKind.INSTRUCTION:
        await talk.line("instruction-aside")
    return found is not None


def prepared(talk: Talk, state: State, slots: Slots) -> State:
    """An empty report that knows what a question or suggestion is (``slots`` were looked at), so
    that one tap hands it in; where it is said is not asked."""
    item, likely = _BY_KIND.get(looking.kind_of(slots), ""), looking.likely(slots)
    fits = item == SUGGESTION or likely in {None, item}
    if not told(slots) or not fits or item not in talk.work.world.items:
        return state
    return replace(state, slots=dict(state.slots) | _as(talk, slots, item))


def kept(draft: State | None) -> list[Any]:
    """Words that were taken for small talk and may have been the beginning of the report."""
    if draft is None or draft.form != PARKED:
        return []
    chat = looking.kind_of(draft.slots) is MessageKind.CHITCHAT
    return list(draft.slots["words"]) if chat and len(words(draft.slots)) > _GREETING else []


def watch(talk: Talk, before: Slots, after: Slots) -> None:
    """Note that an instruction came in the middle of a report; nothing else follows from it."""
    new, old = (looking.kind_of(slots) is MessageKind.INSTRUCTION for slots in (after, before))
    if new and not old:
        log.warning("instruction_refused", update=talk.work.update)


async def choose(talk: Talk, parked: State, option: str) -> State | None:
    """A button or a digit; the report to go on with when the words are one after all."""
    what, _, which = option.partition(":")
    if option not in parked.slots["choices"]:
        talk.toast("stale-tap")
    elif option == GO or option in _AS:
        return _report(talk, parked, _AS.get(option, ""))
    elif what == TAKE_BACK:
        await _show(talk, parked, await tracing.sure(talk, int(which)))
    elif what == UNIT:
        await _show(talk, parked, await praising.chosen(talk, parked, which))
    elif option == TO_HUMAN:
        await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
        await human.ask(talk, words(parked.slots))
        await interruptions.restore(talk, parked.slots)
    return None


async def _reply(talk: Talk, state: State, kind: MessageKind) -> Reply | None:
    """The answer in kind; None for what is a report, or is asked like one."""
    if found := answering.find(talk.work.world, state.slots):
        return answering.reply(talk, found)
    speaks_of = looking.likely(state.slots)
    if kind in _OF_OWN:
        own = await talk.work.uow.cases.of_reporter(talk.viewer, 1, 0)
        return await _OF_OWN[kind](talk, state) if own or not speaks_of else None
    if kind is MessageKind.PRAISE:
        return await praising.reply(talk, state)
    plain = {
        MessageKind.SPAM: True,
        MessageKind.CHITCHAT: _small_talk(state.slots),
        MessageKind.INSTRUCTION: not speaks_of,
    }
    return Reply(talk.t(f"kind-{kind.value}")) if plain.get(kind) else None


_OF_OWN: dict[MessageKind, Callable[[Talk, State], Awaitable[Reply]]] = {
    MessageKind.STATUS: tracing.status,
    MessageKind.WITHDRAWAL: tracing.withdrawal,
}


async def _show(talk: Talk, state: State, reply: Reply) -> None:
    """Say it, with its choices and 我要反映问题, and keep the words."""
    choices = (*reply.choices, (GO, talk.t.label("button-report-it")))
    slots = dict(state.slots) | {"choices": [option for option, _ in choices]}
    parked = interruptions.stamped(talk, replace(state, form=PARKED, slots=slots))
    await interruptions.store(talk, parked)
    buttons = [Button(label, views.data(parked, talk.person.id, o)) for o, label in choices]
    await talk.say(Message(reply.text, (*reply.rows, *rows(*buttons))))


def _report(talk: Talk, parked: State, item: str) -> State:
    slots = {name: value for name, value in parked.slots.items() if name != "choices"}
    slots["look"] = slots["look"] | {"kind": MessageKind.COMPLAINT.value}
    if item in talk.work.world.items:
        slots |= _as(talk, slots, item)
    state = State(REPORT.name, slots=slots)
    wanted = [name for name, step in REPORT.steps.items() if step.needed(slots)]
    return engine.goto(REPORT, state, wanted[0] if wanted else "confirm")


def _as(talk: Talk, slots: Slots, item: str) -> dict[str, Any]:
    """Slots of a report of this item, from where the person was last heard if nowhere else."""
    silent = talk.private and slots["look"].get("place_status") == "unknown"
    grid = talk.person.last_grid if silent else None
    grid = slots["grid"] or (grid if talk.work.world.unit(grid) else None)
    return {"item": item, "item_by": KIND, "grid": grid, "asked": ["place"]}


def _small_talk(slots: Slots) -> bool:
    """Whether there is really nothing in it that somebody could act on."""
    look = slots["look"]
    something = looking.likely(slots) or look["grid"] or look["place_status"] != "unknown"
    return not something and len(words(slots)) <= _LONGEST_GREETING
