"""The resident's dialog: what is heard goes through the form, and a finished one is submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot import logs
from bot.domain import forms as engine
from bot.domain.case import Source
from bot.domain.forms import Input, Outcome, Slots, State, picked
from bot.domain.tagging import MessageKind
from bot.forms.report import EMPTY, REPORT, told, words
from bot.ports import Address, Draft
from bot.services import (
    alarm,
    asking,
    faces,
    intake,
    interruptions,
    looking,
    lookup,
    menus,
    pieces,
    post,
)
from bot.services.menus import PARKED
from bot.services.talk import Talk, recalled
from bot.services.work import Work
from bot.services.world import World
from bot.views import callback as cb
from bot.views import dialog as views
from bot.views import resident
from bot.views.message import Button, Message, bare, rows

log = logs.get()
NO_CASE = frozenset(
    {
        MessageKind.PRAISE,
        MessageKind.SPAM,
        MessageKind.CHITCHAT,
        MessageKind.INSTRUCTION,
        MessageKind.STATUS,
        MessageKind.WITHDRAWAL,
    }
)
"""What opens no case unless the person says that it should."""
GO, MINE = "go", "my"


async def begin(talk: Talk, draft: State | None, given: Input) -> None:
    """/report, alone or with the first words of a new one.

    A report that was not submitted is still there: alone, the command shows it again; with words
    it waits until the new one has ended.
    """
    waiting = await interruptions.set_aside(talk, here=True)
    open_ = State.from_json(waiting) if waiting and waiting["form"] == REPORT.name else None
    if open_ is None:
        await _begin(talk, given, _kept(draft))
    elif not given.text.strip():
        open_ = interruptions.stamped(talk, open_)
        await interruptions.store(talk, open_)
        await asking.show(talk, open_, talk.t("report-still-open"))
    elif open_.step == "what" or interruptions.deep(waiting):
        await hear(talk, open_, given)
    else:
        await _begin(talk, given)


async def hear(talk: Talk, draft: State | None, given: Input) -> None:
    """A message for the report in progress, or the first one of a new report."""
    if await pieces.late(talk, given):
        return
    if draft and draft.form == PARKED and (tap := picked(given.text, draft.slots["choices"])):
        await (_unpark(talk, draft, tap) if tap == GO else lookup.mine(talk))
        return
    state = draft if draft and draft.form == REPORT.name else None
    if state is None:
        await _begin(talk, given, _kept(draft))
        return
    if (option := _typed(talk, state, given)) is not None:
        given = Input(option=option, revision=state.revision)
    after, outcome = engine.advance(REPORT, state, given, lambda s: looking.look(_world(talk), s))
    await _go_on(talk, state, after, outcome, given)


async def tap(talk: Talk, draft: State | None, option: str, revision: int) -> None:
    """A button of the dialog."""
    if draft is not None and draft.form == PARKED and revision == draft.revision:
        await _unpark(talk, draft, option)
        return
    if draft is None or draft.form != REPORT.name:
        await _stale(talk)
        if draft is not None and draft.form in menus.QUIET:
            await interruptions.restore(talk, draft.slots)
        return
    given = Input(option=option, revision=revision)
    after, outcome = engine.advance(REPORT, draft, given, lambda s: looking.look(_world(talk), s))
    await _go_on(talk, draft, after, outcome, given)


async def _stale(talk: Talk) -> None:
    """An old button with no dialog behind it: what became of the latest report is said."""
    latest = await talk.work.uow.cases.of_reporter(talk.viewer, 1, 0)
    if latest and talk.private:
        state = talk.own.label(f"status-{latest[0].status.value}")
        talk.toast("stale-tap-case", number=latest[0].number, state=state)
    else:
        talk.toast("stale-tap")


async def cancel(talk: Talk) -> None:
    """取消: nothing was sent anywhere. What this dialog had interrupted is asked again."""
    found = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
    await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
    await talk.line("cancelled")
    await interruptions.restore(talk, found.state["slots"] if found else {})


def _kept(draft: State | None) -> list[Any]:
    """Words that were taken for small talk and may have been the beginning of the report."""
    if draft is None or draft.form != PARKED:
        return []
    chat = looking.kind_of(draft.slots) is MessageKind.CHITCHAT
    return list(draft.slots["words"]) if chat and len(words(draft.slots)) > _GREETING else []


def _small_talk(slots: Slots) -> bool:
    """Whether there is really nothing in it that somebody could act on."""
    look = slots["look"]
    said = words(slots)
    something = look["guesses"] or look["grid"] or look["place_status"] != "unknown"
    return not something and len(said) <= _LONGEST_GREETING


_GREETING = 6
_LONGEST_GREETING = 20


async def _begin(talk: Talk, given: Input, kept: Sequence[Any] = ()) -> None:
    before = await interruptions.set_aside(talk, here=True)
    empty = State(REPORT.name, slots=dict(EMPTY) | {"words": list(kept), "before": before})
    slots = looking.look(_world(talk), REPORT.absorb(empty.slots, given))
    if slots["look"]["emergency"]:
        await _submit(talk, replace(empty, slots=slots), given)
        return
    kind = looking.kind_of(slots)
    idle = kind in NO_CASE and (kind is not MessageKind.CHITCHAT or _small_talk(slots))
    if idle and told(slots) and given.text and not given.media and not given.location:
        await _park(talk, replace(empty, slots=slots), kind)
        return
    state = engine.advance(REPORT, empty, given, lambda s: looking.look(_world(talk), s))[0]
    if not state.step:
        state = engine.goto(REPORT, state, "what")
    await _ask(talk, state, given)


async def _go_on(talk: Talk, before: State, after: State, outcome: Outcome, given: Input) -> None:
    if outcome is Outcome.CANCEL:
        await cancel(talk)
    elif outcome is Outcome.STALE:
        talk.toast("stale-tap")
        await asking.show(talk, before)
    elif outcome is Outcome.SUBMIT:
        await _submit(talk, after, given)
    elif outcome is Outcome.REPEAT:
        if given.edited:
            return
        if given.option is None:
            await talk.line("not-understood")
        await asking.show(talk, before)
    elif after.slots["look"].get("emergency") and not before.slots["look"].get("emergency"):
        await _submit(talk, after, given)
    else:
        await _ask(talk, after, given)


async def _submit(talk: Talk, state: State, given: Input) -> None:
    """Open the case and answer; a secret matter said in a group goes on in private."""
    planned = intake.plan(talk.work, state.slots, talk.person.last_grid)
    if _secret(talk, planned) and not planned.emergency:
        await _to_private(talk, state)
        return
    source = Source.PRIVATE if talk.private else Source.GROUP
    reply_to = talk.to
    if not talk.private and talk.person.reachable:
        reply_to = Address(talk.person.chat)
    case = await intake.submit(talk.work, talk.person, state.slots, reply_to, source)
    await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
    if talk.callback and talk.message:
        talk.toast("accepted-toast", number=case.number)
    face = await faces.face(talk.work, case, t=talk.t)
    if case.emergency:
        await alarm.answer(talk, case, state, given)
    elif talk.private:
        await talk.say(resident.accepted(face))
    else:
        await talk.say(resident.accepted_in_group(face, talk.work.world.link("my")))
    if talk.callback and talk.message:
        await post.retire(talk.work, talk.to, talk.message)
    if not case.emergency:
        await interruptions.restore(talk, state.slots)


async def _park(talk: Talk, state: State, kind: MessageKind) -> None:
    """Not a report, it seems: answer in kind, and keep the words in case it is one."""
    if kind is MessageKind.INSTRUCTION:
        log.warning("instruction_refused", update=talk.work.update)
    ask_mine = kind in {MessageKind.STATUS, MessageKind.WITHDRAWAL}
    slots = dict(state.slots) | {"choices": [MINE, GO] if ask_mine else [GO]}
    parked = interruptions.stamped(talk, replace(state, form=PARKED, slots=slots))
    await interruptions.store(talk, parked)
    go = Button(talk.t.label("button-report-it"), views.data(parked, talk.person.id, GO))
    mine = Button(talk.t.label("button-my"), cb.encode(cb.MENU, 0, MINE))
    buttons = (mine, go) if ask_mine else (go,)
    await talk.say(Message(talk.t(f"kind-{kind.value}"), rows(*buttons)))


async def _unpark(talk: Talk, parked: State, option: str) -> None:
    if option != GO:
        talk.toast("stale-tap")
        return
    slots = {name: value for name, value in parked.slots.items() if name != "choices"}
    slots["look"] = slots["look"] | {"kind": "complaint"}
    state = State(REPORT.name, slots=slots)
    wanted = [name for name, step in REPORT.steps.items() if step.needed(slots)]
    state = engine.goto(REPORT, state, wanted[0] if wanted else "confirm")
    await _ask(talk, state, Input())


def _secret(talk: Talk, planned: intake.Plan) -> bool:
    """Whether this may not be talked about where others read."""
    item = talk.work.world.item(planned.item)
    return bool(item and item.confidential and not talk.private)


async def _to_private(talk: Talk, state: State) -> None:
    """This is nobody else's business: the dialog moves to the private chat, as it stands."""
    await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
    slots = dict(state.slots) | {"before": await interruptions.set_aside(talk)}
    step = state.step or "confirm"
    private = replace(state, step=step, revision=talk.work.update, slots=slots)
    await talk.work.uow.drafts.put(
        Draft(talk.person.id, talk.person.chat, private.as_json(), talk.work.now)
    )
    link = talk.work.world.link("go")
    button = Button(talk.t.label("button-private"), url=link)
    await talk.say(Message(talk.t("say-in-private"), rows(button)))
    await interruptions.restore(talk, state.slots)


async def _ask(talk: Talk, state: State, given: Input) -> None:
    """Keep the state and ask its question: at once, or when the album is complete."""
    state = interruptions.stamped(talk, state)
    if not talk.private and _secret(talk, intake.plan(talk.work, state.slots, None)):
        await _to_private(talk, state)
        return
    await interruptions.store(talk, state)
    if not given.album or not await _gather(talk, given.album):
        await asking.show(talk, state)


async def _gather(talk: Talk, album: str) -> bool:
    """An album comes in several updates: one answer when it is complete.

    False for a piece that comes after that answer.
    """
    key = f"{talk.person.id}:{album}"
    due = talk.work.now + talk.work.world.wait.album_wait
    if await talk.work.at(
        due,
        "album",
        f"album:{talk.person.id}",
        key,
        **talk.kept(),
    ):
        return True
    waiting = await talk.work.uow.timers.find(f"album:{key}")
    if waiting:
        await talk.work.uow.timers.defer(waiting.id, due)
    return waiting is not None


async def album_complete(work: Work, data: dict[str, Any]) -> None:
    """The last piece is in: ask the question that is due."""
    talk = await recalled(work, data)
    draft = await work.uow.drafts.get(talk.person.id, talk.to.chat) if talk else None
    if talk and draft and draft.state["form"] == REPORT.name:
        await asking.show(talk, State.from_json(draft.state))


def _typed(talk: Talk, state: State, given: Input) -> str | None:
    """The button whose words were typed instead of tapping it."""
    said = given.text.strip()
    if not said or given.media or given.edited:
        return None
    for option, key in _WORDS.items():
        fits = option != engine.SUBMIT or state.step == "confirm"
        if fits and said.casefold() == bare(talk.t.label(key)).casefold():
            return option
    return None


_WORDS = {
    engine.SUBMIT: "button-submit",
    engine.BACK: "button-back",
    engine.CANCEL: "button-cancel",
}


def _world(talk: Talk) -> World:
    return talk.work.world
