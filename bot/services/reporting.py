"""The resident's dialog: what is heard goes through the form, and a finished one is submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot import logs
from bot.domain import forms as engine
from bot.domain.case import Case, Source
from bot.domain.forms import Input, Outcome, Slots, State, picked
from bot.domain.routing import Decision
from bot.domain.tagging import MessageKind
from bot.forms.report import EMPTY, REPORT, told, words
from bot.forms.saying import SAYING
from bot.ports import Address, Draft
from bot.services import faces, intake, looking, lookup, pieces, post
from bot.services.delivery import reached_unit
from bot.services.menus import RETURN
from bot.services.talk import Talk
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
PARKED = "parked"
GO, MINE = "go", "my"


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


async def show(talk: Talk, state: State) -> None:
    """Ask the present question (again)."""
    await talk.say(await _question(talk, state))


async def cancel(talk: Talk) -> None:
    """取消: nothing was sent anywhere. What this dialog had interrupted is asked again."""
    found = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
    await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
    await talk.line("cancelled")
    await restore(talk, found.state["slots"] if found else {})


async def set_aside(
    talk: Talk, purpose: str = "", subject: int = 0, *, here: bool = False
) -> dict[str, Any] | None:
    """The private chat's dialog (or this one's), to be gone on with after what begins there now.

    A one-thing dialog in which nothing was said yet, or which is about the same ``purpose`` and
    ``subject``, gives way to what it had interrupted itself. None when nothing waits.
    """
    chat = talk.to.chat if here else talk.person.chat
    draft = await talk.work.uow.drafts.get(talk.person.id, chat)
    if draft is None or talk.work.now - draft.updated_at > talk.work.world.wait.draft_life:
        return None
    slots: dict[str, Any] = draft.state["slots"]
    if draft.state["form"] == REPORT.name:
        return draft.state
    if draft.state["form"] == RETURN:
        return slots.get("before")
    if draft.state["form"] != SAYING.name:
        return None
    same = (slots["purpose"], slots["subject"]) == (purpose, subject)
    if same or not (slots["text"] or slots["media"]):
        return slots.get("before")
    return draft.state


async def restore(talk: Talk, ended: Mapping[str, Any]) -> None:
    """Go on with what the ended dialog (its slots) had interrupted: its question comes again."""
    before = ended.get("before")
    if not before:
        return
    state = _stamped(talk, State.from_json(before))
    await _store(talk, state)
    if state.form == SAYING.name:
        number = str(state.slots.get("number", ""))
        await talk.say(views.saying(talk.t, state, talk.person.id, number))
    else:
        await show(talk, state)


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
    empty = State(REPORT.name, slots=dict(EMPTY) | {"words": list(kept)})
    slots = looking.look(_world(talk), REPORT.absorb(empty.slots, given))
    if slots["look"]["emergency"]:
        await _submit(talk, replace(empty, slots=slots), given)
        return
    kind = looking.kind_of(slots)
    idle = kind in NO_CASE and (kind is not MessageKind.CHITCHAT or _small_talk(slots))
    if idle and told(slots) and not given.media and not given.location:
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
        await show(talk, before)
    elif outcome is Outcome.SUBMIT:
        await _submit(talk, after, given)
    elif outcome is Outcome.REPEAT:
        if given.edited:
            return
        if given.option is None:
            await talk.line("not-understood")
        await show(talk, before)
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
        if (aside := await _aside(talk, case)) is not None:
            await _answer_emergency(aside, case, given)
    elif talk.private:
        await talk.say(resident.accepted(face))
    else:
        await talk.say(resident.accepted_in_group(face, talk.work.world.link("my")))
    if talk.callback and talk.message:
        await post.retire(talk.work, talk.to, talk.message)
    if not case.emergency:
        await restore(talk, state.slots)


async def _answer_emergency(talk: Talk, case: Case, given: Input) -> None:
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
    follow = {"case": case.id, "album": given.album, "emergency": True}
    await _store(talk, State("follow", slots=follow))


async def _park(talk: Talk, state: State, kind: MessageKind) -> None:
    """Not a report, it seems: answer in kind, and keep the words in case it is one."""
    if kind is MessageKind.INSTRUCTION:
        log.warning("instruction_refused", update=talk.work.update)
    ask_mine = kind in {MessageKind.STATUS, MessageKind.WITHDRAWAL}
    slots = dict(state.slots) | {"choices": [MINE, GO] if ask_mine else [GO]}
    parked = _stamped(talk, replace(state, form=PARKED, slots=slots))
    await _store(talk, parked)
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


async def _to_private(talk: Talk, state: State) -> None:
    """This is nobody else's business: the dialog moves to the private chat, as it stands."""
    await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
    slots = dict(state.slots) | {"before": await set_aside(talk)}
    step = state.step or "confirm"
    private = replace(state, step=step, revision=talk.work.update, slots=slots)
    await talk.work.uow.drafts.put(
        Draft(talk.person.id, talk.person.chat, private.as_json(), talk.work.now)
    )
    link = talk.work.world.link("go")
    button = Button(talk.t.label("button-private"), url=link)
    await talk.say(Message(talk.t("say-in-private"), rows(button)))


async def _question(talk: Talk, state: State) -> Message:
    world, slots, t = _world(talk), state.slots, talk.t
    if state.step == "confirm":
        planned = intake.plan(talk.work, slots, talk.person.last_grid)
        return views.preview(
            t, state, talk.person.id, _preview(talk, state, planned), talk.work.now,
            world.calendar.zone,
        )  # fmt: skip
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


def _preview(talk: Talk, state: State, planned: intake.Plan) -> views.Preview:
    world, slots, t = _world(talk), state.slots, talk.t
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


async def _ask(talk: Talk, state: State, given: Input) -> None:
    """Keep the state and ask its question: at once, or when the album is complete."""
    state = _stamped(talk, state)
    if not talk.private and _secret(talk, intake.plan(talk.work, state.slots, None)):
        await _to_private(talk, state)
        return
    await _store(talk, state)
    if not given.album or not await _gather(talk, given.album):
        await show(talk, state)


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
        person=talk.person.id,
        chat=talk.work.uow.sealed([talk.to.chat, talk.to.thread, talk.message, talk.private]),
    ):
        return True
    waiting = await talk.work.uow.timers.find(f"album:{key}")
    if waiting:
        await talk.work.uow.timers.defer(waiting.id, due)
    return waiting is not None


async def album_complete(work: Work, data: dict[str, Any]) -> None:
    """The last piece is in: ask the question that is due."""
    person = await work.uow.people.get(int(data["person"]))
    chat, thread, message, private = work.uow.unsealed(data["chat"])
    draft = await work.uow.drafts.get(int(data["person"]), chat)
    if person and draft and draft.state["form"] == REPORT.name:
        to = Address(chat, thread)
        language = (await faces.texts_at(work, to)).locale
        talk = Talk(work, person, to, private, message, language=language)
        await show(talk, State.from_json(draft.state))


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


def _stamped(talk: Talk, state: State) -> State:
    """The state with the revision of this update: no other question will ever have it."""
    return replace(state, revision=talk.work.update or state.revision)


async def _store(talk: Talk, state: State) -> None:
    await talk.work.uow.drafts.put(
        Draft(talk.person.id, talk.to.chat, state.as_json(), talk.work.now)
    )


def _world(talk: Talk) -> World:
    return talk.work.world
