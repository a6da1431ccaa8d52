"""The resident's dialog: what is heard goes through the form, and a finished one is submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain import forms as engine
from bot.domain.case import Case, Source
from bot.domain.forms import ALL, ONE, Input, Outcome, State, picked
from bot.forms.report import EMPTY, REPORT, found
from bot.ports import Address, Draft
from bot.services import (
    alarm,
    asking,
    bundles,
    faces,
    intake,
    interruptions,
    looking,
    menus,
    parking,
    parts,
    pieces,
    post,
)
from bot.services.menus import PARKED
from bot.services.talk import Talk, recalled
from bot.services.work import Work
from bot.services.world import World
from bot.views import resident
from bot.views.message import Button, Message, bare, rows


async def begin(talk: Talk, draft: State | None, given: Input) -> None:
    """/report, alone or with the first words of a new one.

    A report that was not submitted is still there: alone, the command shows it again; with words
    it waits until the new one has ended.
    """
    waiting = await interruptions.set_aside(talk, here=True)
    open_ = State.from_json(waiting) if waiting and waiting["form"] == REPORT.name else None
    if open_ is None:
        await _begin(talk, given, parking.kept(draft))
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
        await _parked(talk, draft, tap)
        return
    state = draft if draft and draft.form == REPORT.name else None
    if state is None:
        await _begin(talk, given, parking.kept(draft))
        return
    if (option := _typed(talk, state, given)) is not None:
        given = Input(option=option, revision=state.revision)
    elif state.step == "place" and looking.danger(_world(talk), given.text):
        state = replace(state, step="")  # words of the report, no answer to the question
    after, outcome = engine.advance(REPORT, state, given, lambda s: looking.look(_world(talk), s))
    parking.watch(talk, state.slots, after.slots)
    await _go_on(talk, state, after, outcome, given)


async def tap(talk: Talk, draft: State | None, option: str, revision: int) -> None:
    """A button of the dialog."""
    if draft is not None and draft.form == PARKED and revision == draft.revision:
        await _parked(talk, draft, option)
        return
    if draft is None or draft.form != REPORT.name:
        await _stale(talk)
        if draft is not None and draft.form in menus.QUIET:
            await interruptions.restore(talk, draft.slots)
        return
    given = Input(option=option, revision=revision)
    after, outcome = engine.advance(REPORT, draft, given, lambda s: looking.look(_world(talk), s))
    await _go_on(talk, draft, after, outcome, given)


async def _parked(talk: Talk, draft: State, option: str) -> None:
    """A choice about what seemed to be no report."""
    state = await parking.choose(talk, draft, option)
    if state is not None:
        await _ask(talk, state, Input())


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
    parked = found is not None and found.state["form"] == PARKED
    await talk.line("cancelled-saying" if parked else "cancelled")
    await interruptions.restore(talk, found.state["slots"] if found else {})


async def _begin(talk: Talk, given: Input, kept: Sequence[Any] = ()) -> None:
    before = await interruptions.set_aside(talk, here=True)
    empty = State(REPORT.name, slots=dict(EMPTY) | {"words": list(kept), "before": before})
    slots = looking.look(_world(talk), REPORT.absorb(empty.slots, given))
    if slots["look"]["emergency"]:
        await _submit(talk, replace(empty, slots=slots), given)
        return
    if await parking.takes(talk, replace(empty, slots=slots), given):
        return
    empty = parking.prepared(talk, empty, slots)
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
    """Open the case, or one for each matter, and answer; a secret matter said in a group goes on
    in private.
    """
    world, slots = _world(talk), state.slots
    planned = intake.plan(talk.work, slots, talk.person.last_grid)
    if _secret(talk, state) and not planned.emergency:
        await _to_private(talk, state)
        return
    source = Source.PRIVATE if talk.private else Source.GROUP
    reply_to = talk.to
    if not talk.private and talk.person.reachable:
        reply_to = Address(talk.person.chat)
    made, left = parts.to_open(world, slots, urgent=planned.emergency)
    cases = await bundles.submit(talk, slots, made, reply_to, source, more=bool(left))
    state = await bundles.set_aside(talk, state, left, cases[0])
    await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
    if talk.callback and talk.message:
        talk.toast("accepted-toast", number=cases[0].number)
    await _answer(talk, cases, state, given)
    await bundles.tell_left(talk, left, cases[0])
    if talk.callback and talk.message:
        await post.retire(talk.work, talk.to, talk.message)
    if not any(case.emergency for case in cases):
        await interruptions.restore(talk, state.slots)


async def _answer(talk: Talk, cases: Sequence[Case], state: State, given: Input) -> None:
    """Say what was opened, an emergency first."""
    urgent = next((case for case in cases if case.emergency), None)
    if urgent:
        await alarm.answer(talk, urgent, state, given)
        await bundles.tell(talk, [case for case in cases if case is not urgent], also=True)
    elif len(cases) > 1:
        await bundles.tell(talk, cases)
    else:
        face = await faces.face(talk.work, cases[0], t=talk.t)
        link = talk.work.world.link("my")
        alone = resident.accepted(face) if talk.private else None
        await talk.say(alone or resident.accepted_in_group(face, link))


def _secret(talk: Talk, state: State) -> bool:
    """Whether this may not be talked about where others read."""
    world, slots = _world(talk), state.slots
    item = world.item(intake.plan(talk.work, slots, None).item)
    several = parts.open_question(slots) and parts.secret(world, found(slots))
    return not talk.private and (several or bool(item and item.confidential))


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
    if _secret(talk, state):
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
        fits = _ASKED_AT.get(option, state.step) == state.step
        if fits and said.casefold() == bare(talk.t.label(key)).casefold():
            return option
    return None


_WORDS = {
    engine.SUBMIT: "button-submit",
    engine.BACK: "button-back",
    engine.CANCEL: "button-cancel",
    ALL: "button-split-all",
    ONE: "button-split-one",
}
_ASKED_AT = {engine.SUBMIT: "confirm", ALL: "several", ONE: "several"}


def _world(talk: Talk) -> World:
    return talk.work.world
