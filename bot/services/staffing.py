"""What staff do around a card: reply to it, begin a form from it, meet an older copy of it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.access import SYSTEM as SYSTEM_VIEWER
from bot.domain.case import WITH_UNIT, Status, Task
from bot.domain.forms import Input, picked
from bot.errors import Refused
from bot.forms.saying import SAYING
from bot.ports import Address, Card, Seen
from bot.services import (
    acting,
    cards,
    casework,
    correcting,
    dispatch,
    faces,
    interruptions,
    post,
    return_dialog,
    saying,
)
from bot.services.talk import Talk
from bot.services.work import person
from bot.views import callback as cb
from bot.views.callback import Tap
from bot.views.cards import hub_card
from bot.views.message import Button, Message, rows

_PRIVATE = frozenset({"task", "panel"})
_COPIED = {cb.TASK: _PRIVATE, cb.HUB: frozenset({"hub"}), cb.VERIFY: frozenset({"verify"})}
"""The kinds of card that a button of this prefix stands on; in private only a task's."""
_ELSEWHERE = frozenset({"panel", "open"})
"""Acts that only lists and notices offer, never a card."""


async def begin(talk: Talk, seen: Seen, task: Task, act: str) -> None:
    """进展, 追问 or 办结 from a button.

    办结 is done at once when the person has already replied to the card with what it needs:
    closing is one reply with a photo and one tap.
    """
    item = talk.work.world.item(seen.case.item)
    evidence = casework.needs_file(item)
    if act == "resolve":
        mine = [
            n
            for n in await talk.work.uow.cases.notes(seen.case.id)
            if n.kind == "progress" and n.author == person(talk.person.id)
            and n.at >= task.created_at
        ]  # fmt: skip
        told = any(n.text.strip() for n in mine)
        if not talk.private and told and (not evidence or any(n.media for n in mine)):
            await casework.resolve_with_note(talk.work, talk.person, mine[-1].id, task.id)
            if talk.callback:
                talk.toast("resolved-toast", number=seen.case.number)
            else:
                await talk.line("resolved-toast", number=seen.case.number)
            return
    purpose = {"progress": "progress", "resolve": "result", "ask": "question"}[act]
    needed = evidence and act == "resolve"
    await begin_private(talk, purpose, task.id, seen.case.number, evidence=needed)


async def begin_private(
    talk: Talk, purpose: str, task_id: int, number: str, *, evidence: bool = False
) -> None:
    """Ask in private for the one thing, from a tap or from the digit that stands for it."""
    await saying.begin(talk, purpose, task_id, number, evidence=evidence)
    if not talk.private and not talk.callback:
        await to_private(talk, "go")


async def to_private(talk: Talk, payload: str) -> None:
    """Take somebody to the private chat: a tap opens it, anything else gets a button."""
    if talk.callback:
        talk.open_private(payload)
        return
    button = Button(talk.t.label("button-private"), url=talk.work.world.link(payload))
    await talk.say(Message(talk.t("go-private"), rows(button)))


async def reply(talk: Talk, card: Card, said: Input) -> None:
    """A reply to a card: what was sent is attached, one button 办结 answers."""
    if card.kind == "hub":
        await _reply_hub(talk, card, said)
        return
    if card.task_id is None:
        raise Refused("use-the-buttons")
    seen, task = await acting.find(talk.work, talk.viewer, card.task_id)
    acting.capacity(talk.work, talk.viewer, "progress", seen.case, task)
    if said.edited:
        return
    if task.status is Status.DISPATCHED:
        if asked := await return_dialog.find(talk, task.id):
            await return_dialog.heard(talk, asked, said)
            return
        accept = Button(talk.t.label("button-accept"), cb.encode(cb.TASK, task.id, "accept"))
        await talk.say(Message(talk.t("accept-first"), rows(accept)))
        return
    if task.status not in WITH_UNIT:
        raise Refused("act-too-late")
    note = await casework.progress(talk.work, talk.person, task.id, said.text, said.media)
    await _answered(talk, task)
    if said.album and not said.text:
        return
    done = Button(talk.t.label("button-resolve"), cb.encode(cb.NOTE, note.id, str(task.id)))
    answer = Message(talk.t("attached", number=seen.case.number), rows(done))
    await talk.say(answer, after={"beside": card.id})


async def by_digit(talk: Talk, card: Card, text: str) -> Tap | None:
    """A digit in reply to a card presses its button of that number."""
    work = talk.work
    if card.task_id and (tap := await return_dialog.digit(talk, text, card.task_id)):
        return tap
    seen = await work.uow.cases.get_for(SYSTEM_VIEWER, card.case_id)
    if seen is None or not text.strip()[:1].isdecimal():
        return None
    face = await faces.face(work, seen.case, seen.tasks)
    if card.kind == "hub":
        shown = hub_card(face, cards.choices(work, face), choosing=True)
    else:
        shown = correcting.asked(work, face, card) or cards.render(work, face, card)
    buttons = [b.data for row in shown.rows for b in row if b.data]
    return cb.decode(picked(text, buttons))


async def collapse_double(talk: Talk, tap: Tap) -> None:
    """A tap on an older copy of a card (a crash doubled it): the copy points to the newer one."""
    kinds = _COPIED.get(tap.prefix, frozenset())
    if talk.private:
        kinds &= _PRIVATE
    if not kinds or tap.argument in _ELSEWHERE or talk.message == 0:
        return
    if await talk.work.uow.channels.card_at(talk.to.chat, talk.message) is not None:
        return
    for card in await talk.work.uow.channels.cards(await _case_of(talk, tap)):
        newer = card.message is not None and card.message > talk.message
        here = card.address.chat == talk.to.chat and card.state == "live"
        same = here and card.kind in kinds
        if same and newer and (tap.prefix != cb.TASK or card.task_id == tap.id):
            await post.edit(talk.work, talk.to, talk.message, Message(talk.t("card-see-below")))
            return


async def retire_button(talk: Talk) -> None:
    """The question under the tapped message is answered."""
    if talk.callback and talk.message:
        await post.retire(talk.work, talk.to, talk.message)


async def _answered(talk: Talk, task: Task) -> None:
    """The same question left open in private would swallow the next thing written there; what
    was begun there already is not thrown away. What it had interrupted is asked again."""
    found = await talk.work.uow.drafts.get(talk.person.id, talk.person.chat)
    if found is None or found.state["form"] != SAYING.name:
        return
    slots = found.state["slots"]
    about = slots["subject"] == task.id and slots["purpose"] in {"progress", "result"}
    if about and not (slots["text"] or slots["media"]):
        await talk.work.uow.drafts.drop(talk.person.id, talk.person.chat)
        alone = replace(talk, to=Address(talk.person.chat), private=True, callback=None)
        await interruptions.restore(alone, slots)


async def _reply_hub(talk: Talk, card: Card, said: Input) -> None:
    """A dispatcher's reply names a unit or an item: 改派 in words."""
    seen = await acting.seen(talk.work, talk.viewer, card.case_id)
    acting.capacity(talk.work, talk.viewer, "reassign", seen.case, None)
    unit = dispatch.named_unit(talk.work.world, said.text)
    item = correcting.named_item(talk.work.world, said.text)
    if unit is not None:
        case = await dispatch.reassign(talk.work, talk.viewer, seen, unit=unit.code)
    elif item is not None:
        case = await dispatch.reassign(talk.work, talk.viewer, seen, item=item.code)
    else:
        raise Refused("hub-which-unit")
    if case.confidential and not talk.private:
        await talk.line("card-secret", number=case.number)
        return
    unit_name = talk.work.world.unit_name(case.lead)
    await talk.line(dispatch.told(seen.case), unit=unit_name)


async def _case_of(talk: Talk, tap: Tap) -> int:
    if tap.prefix == cb.TASK:
        return await talk.work.uow.cases.case_of(tap.id) or 0
    return tap.id


async def show_evidence(talk: Talk, seen: Seen) -> None:
    """What the handler closed with, for the verifier's private chat alone (I6)."""
    results = [n for n in await talk.work.uow.cases.notes(seen.case.id) if n.kind == "result"]
    media = results[-1].media if results else ()
    if not media:
        await talk.tell("look-none")
        return
    if not talk.person.reachable:
        talk.open_private("my")
        return
    expires = {"expire": talk.work.world.wait.media_life.total_seconds()}
    for one in media:
        await post.send_media(
            talk.work, Address(talk.person.chat), one, after=expires | {"what": one.kind}
        )
    await talk.work.record(
        seen.case, "revealed", person(talk.person.id), what="evidence", count=len(media)
    )
    talk.toast("look-sent")
