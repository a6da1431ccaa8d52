"""What anyone may do: report, look up, ask for a human."""

from __future__ import annotations

from dataclasses import replace

from telegram import Message, Update

from bot.domain.case import WITH_UNIT, Status
from bot.domain.forms import Input, State
from bot.domain.units import ROOT, Role
from bot.forms.report import REPORT
from bot.forms.saying import SAYING
from bot.i18n import Html
from bot.ports import Thread
from bot.services import (
    acting,
    adding,
    asking,
    following,
    looking,
    lookup,
    membership,
    menus,
    replying,
    reporting,
    return_dialog,
    saying,
    threads,
)
from bot.services import human as humans
from bot.services import language as languages
from bot.services.casework import hand_over
from bot.services.talk import Talk
from bot.services.threads import ASKED
from bot.views.message import Message as View
from handlers import taps
from handlers.context import given

_REPORT = "/report"


async def start(talk: Talk, update: Update, args: list[str]) -> None:
    """/start, with or without a deep link's payload: a dialog, a task, a list or a code."""
    payload = args[0] if args else ""
    if payload == "go":
        await _resume(talk)
    elif payload == "my":
        await lookup.mine(talk)
    elif payload.startswith("task"):
        await _task(talk, payload.removeprefix("task"))
    elif payload:
        await join(talk, update, args)
    else:
        await talk.line("start")
        await _resume(talk, quietly=True)


async def help_(talk: Talk, _: Update, __: list[str], *, first: Html | None = None) -> None:
    """/help: what can be done here, and the numbers that always work (R004)."""
    lines = [first, talk.t("help")] if first else [talk.t("help")]
    if talk.viewer.staff:
        lines.append(talk.t("help-staff"))
    if talk.viewer.units(Role.SUPERVISOR, Role.ADMIN):
        lines.append(talk.t("help-supervisor"))
    if talk.viewer.admin:
        lines.append(talk.t("help-admin"))
    await talk.say(View(Html("\n\n".join(lines))))


async def unknown(talk: Talk, update: Update, args: list[str]) -> None:
    """A command that there is not: said so, with those that there are."""
    await help_(talk, update, args, first=talk.t("command-unknown"))


async def privacy(talk: Talk, _: Update, __: list[str]) -> None:
    """/privacy: who runs this, what is kept, for how long, and that Telegram is abroad."""
    operator = talk.work.world.operator or talk.t("operator")
    await talk.line("privacy", operator=operator)


async def language(talk: Talk, _: Update, __: list[str]) -> None:
    """/language: which language the bot speaks to this person."""
    await _draft(talk)  # one of yesterday is forgotten before a menu is laid over it
    await languages.menu(talk)


async def report(talk: Talk, update: Update, args: list[str]) -> None:
    """/report, alone or with the first words; in groups /report@bot."""
    message = update.effective_message
    if message is None:
        return
    words = " ".join(args) if args else ""
    await reporting.begin(talk, await _draft(talk), given(message, text=words))


async def cancel(talk: Talk, _: Update, __: list[str]) -> None:
    """/cancel: whatever was being asked is not asked any more."""
    draft = await _draft(talk)
    if draft is not None and draft.form == menus.RETURN:
        await return_dialog.cancel(talk)
        return
    if draft is None or draft.form not in {REPORT.name, SAYING.name, menus.PARKED}:
        await talk.line("nothing-to-cancel")
        return
    await reporting.cancel(talk)


async def my(talk: Talk, _: Update, __: list[str]) -> None:
    """/my."""
    await lookup.mine(talk)


async def case(talk: Talk, _: Update, args: list[str]) -> None:
    """/case NUMBER."""
    if not args:
        await talk.line("case-which")
        return
    await lookup.case(talk, args[0])


async def human(talk: Talk, update: Update, args: list[str]) -> None:
    """/human, alone or with the question."""
    if not talk.private:
        await talk.line("only-private")
    elif args:
        message = update.effective_message
        await humans.ask(talk, " ".join(args), given(message).media if message else ())
    else:
        await saying.begin(talk, "human", 0)


async def join(talk: Talk, _: Update, args: list[str]) -> None:
    """/join CODE: a post in a unit; only in private, where the code stays secret."""
    if not talk.private:
        await talk.line("only-private")
        return
    if not args:
        await talk.line("join-how")
        return
    unit, role = await membership.join(talk.work, talk.person, args[0])
    words = talk.t(f"role-{role.value.replace('_', '-')}")
    name = talk.t("whole-deployment") if unit == ROOT else talk.work.world.unit_name(unit)
    await talk.line("joined", unit=name, role=words)


async def heard(talk: Talk, update: Update, _: list[str]) -> None:
    """Any message that is no command and no reply to a card."""
    message = update.effective_message
    if message is None:
        return
    edited = update.edited_message is not None
    said = given(message, edited=edited)
    if said.text.startswith(_REPORT):
        # As a caption: the library finds commands in texts only.
        said = replace(said, text=said.text.partition(" ")[2])
    if edited and await _edited(talk, said):
        return
    thread = await _thread(talk, message)
    if thread is not None and not await _danger(talk, thread, said):
        await _say_in(talk, thread, said)
        return
    await _draft(talk)
    if tap := await menus.chosen(talk.work, talk.person.id, talk.to.chat, said.text):
        await taps.run(talk, tap)
        return
    draft = await _draft(talk)
    if not edited and await _to_case(talk, message, draft, said):
        return
    if await _returning(talk, said):
        return
    draft = await return_dialog.leave(talk, draft)
    if draft is not None and draft.form == SAYING.name:
        if _danger_instead(talk, draft, said):
            await reporting.hear(talk, None, said)
            return
        await saying.hear(talk, draft, said)
    elif draft is not None and draft.form == following.FORM:
        if not await _answers(talk, said, only=int(draft.slots["case"])):
            await following.hear(talk, draft, said)
    elif _idle(draft) and talk.private and await _answers(talk, said):
        return
    else:
        await reporting.hear(talk, draft, said)


async def _to_case(talk: Talk, message: Message, draft: State | None, said: Input) -> bool:
    """A reply to what the bot said about one's own open case is for that case: the answer to its
    question or form, else an addition. New danger is not: it goes out as an emergency."""
    replied = message.reply_to_message
    if replied is None or not talk.private or not (replied.from_user and replied.from_user.is_bot):
        return False
    seen = await replying.case_of(talk, replied.text or replied.caption or "", said)
    if seen is None or (_alarms(talk, said) and not seen.case.emergency):
        return False
    asked = draft.slots["number"] if draft is not None and draft.form == SAYING.name else None
    if asked in {"", seen.case.number}:
        return False
    if not await _answers(talk, said, only=seen.case.id):
        await replying.add(talk, seen, said)
    return True


async def _returning(talk: Talk, said: Input) -> bool:
    """In private what is said while a card asks why it is returned answers that, danger aside."""
    asked = await return_dialog.find(talk, life=return_dialog.LISTENS) if talk.private else None
    if asked is None or said.edited or _alarms(talk, said):
        return False
    if tap := await return_dialog.digit(talk, said.text):
        await taps.run(talk, tap)
    else:
        await return_dialog.heard(talk, asked, said)
    return True


def _idle(draft: State | None) -> bool:
    return draft is None or draft.form in {menus.FORM, menus.PARKED}


async def _say_in(talk: Talk, thread: Thread, said: Input) -> None:
    if talk.person.id == thread.staff and talk.to.chat != thread.resident:
        await threads.reply(talk, thread, said.text, said.media)
    else:
        await threads.answer(talk, thread, said.text, said.media)


async def _thread(talk: Talk, message: Message) -> Thread | None:
    """The conversation that this message replies to."""
    replied = message.reply_to_message
    if replied is None:
        return None
    return await talk.work.uow.threads.at(talk.to.chat, replied.message_id)


async def _answers(talk: Talk, said: Input, *, only: int | None = None) -> bool:
    """A plain message while a question waits is its answer, unless somebody is in danger.

    A question waits as long as its case is being worked on, a word of /human for a day: what
    comes later is a new report, not an answer. ``only``: questions of that case alone.
    """
    for thread in await talk.work.uow.threads.of_resident(talk.to.chat, ASKED):
        if only is not None and thread.case_id != only:
            continue
        if await _waits(talk, thread) and not await _danger(talk, thread, said):
            await threads.answer(talk, thread, said.text, said.media)
            return True
    return False


async def _waits(talk: Talk, thread: Thread) -> bool:
    if thread.case_id is None:
        age = talk.work.now - (thread.opened_at or talk.work.now)
        return age <= talk.work.world.wait.draft_life
    seen = await talk.work.uow.cases.get_for(talk.viewer, thread.case_id)
    return seen is not None and seen.case.status in WITH_UNIT | {Status.QUEUED}


async def _danger(talk: Talk, thread: Thread, said: Input) -> bool:
    """Whether an answer tells of a new emergency: it goes out as one."""
    if talk.person.id == thread.staff or not _alarms(talk, said):
        return False
    seen = await talk.work.uow.cases.get_for(talk.viewer, thread.case_id or 0)
    return not (seen and seen.case.emergency)


def _danger_instead(talk: Talk, draft: State, said: Input) -> bool:
    """Whether danger was told where a phone number or a question was expected."""
    return draft.slots["purpose"] in {"contact", "human"} and _alarms(talk, said)


def _alarms(talk: Talk, said: Input) -> bool:
    tagging = looking.tagged(talk.work.world, said.text) if said.text else None
    return tagging is not None and tagging.emergency


async def _edited(talk: Talk, said: Input) -> bool:
    """An edit belongs to the dialog or case that holds the message; else nothing changes,
    unless it tells of danger: then it is heard like a new message."""
    draft = await _draft(talk)
    if draft is not None and draft.form == REPORT.name:
        held = [*draft.slots["words"], *((m[3], "") for m in draft.slots["media"])]
        if any(message == said.message for message, _ in held):
            return False
    elif (
        draft is not None
        and draft.form == menus.PARKED
        and any(message == said.message for message, _ in draft.slots["words"])
    ):
        return False
    case_ = await adding.correct(talk.work, talk.viewer, said)
    if case_ is not None:
        await talk.line("added", number=case_.number)
        return True
    return not _alarms(talk, said)


async def _resume(talk: Talk, *, quietly: bool = False) -> None:
    draft = await return_dialog.leave(talk, await _draft(talk))
    if draft is not None and draft.form in {REPORT.name, SAYING.name}:
        await asking.show(talk, draft)
    elif not quietly:
        await talk.line("start")


async def _task(talk: Talk, digits: str) -> None:
    if not digits.isdecimal() or len(digits) > _LONGEST_ID:
        await talk.line("start")
        return
    seen, task = await acting.find(talk.work, talk.viewer, int(digits))
    if task.owner == talk.person.id:
        await hand_over(talk.work, seen.case, task, talk.person)
    else:
        await lookup.case_by_id(talk, seen.case.id)


async def _draft(talk: Talk) -> State | None:
    """The dialog in progress; one left for a day is forgotten.

    What follows an emergency is over sooner, unless another dialog waits in it.
    """
    found = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
    if found is None:
        return None
    state = State.from_json(found.state)
    life = talk.work.world.wait.draft_life
    if state.form == following.FORM and not state.slots.get("before"):
        life = following.LIFE
    if talk.work.now - found.updated_at > life:
        await talk.work.uow.drafts.drop(talk.person.id, talk.to.chat)
        return None
    return state


_LONGEST_ID = 15
"""Digits of an id that a database can hold."""
