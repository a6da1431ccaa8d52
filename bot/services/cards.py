"""Opening and refreshing the cards of a case: where each goes, and what when it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.case import Case, Status, Task
from bot.domain.returns import Reason, alternatives
from bot.domain.routing import fallbacks
from bot.domain.units import ROOT, Role
from bot.i18n import Html
from bot.ports import Address, Card, Channel, Person
from bot.services import faces, post
from bot.services.faces import RECIPIENTS
from bot.services.work import SYSTEM, Work
from bot.views import cards as views
from bot.views.face import Face
from bot.views.message import Message
from bot.views.panel import panel


async def open_task(work: Work, case: Case, task: Task, *, avoid: int | None = None) -> bool:
    """Put a sub-task before its unit: its channel, else its people, else the next hub.

    ``avoid`` is a channel that has just failed. False when nobody at all could be reached: the
    card is opened as soon as somebody joins or a channel is bound.
    """
    if case.confidential:
        return await _open_confidential(work, case, task)
    for unit in (task.unit, *fallbacks(task.unit, work.world.directory)):
        note = None if unit == task.unit else "card-fallback"
        for channel in await living(work, unit, urgent=case.emergency):
            if channel.id != avoid and channel.address:
                # A hub that stands in for several units is shown the case once.
                shown = note and task.part != "proposed" and await _there(work, case, channel)
                if not shown:
                    await _open(work, case, task, channel.address, channel=channel, note=note)
                return await _noted(work, case, task, unit)
        for person in await reachable(work, unit):
            await _open(work, case, task, Address(person.chat), person=person, note=note)
            return await _noted(work, case, task, unit)
    await _untold(work, case, task)
    return False


async def receiver(work: Work, unit: str) -> str | None:
    """The unit that a sub-task of ``unit`` is put before: itself, or the hub that stands in."""
    for code in (unit, *fallbacks(unit, work.world.directory)):
        if await living(work, code, urgent=False) or await reachable(work, code):
            return code
    return None


async def _there(work: Work, case: Case, channel: Channel) -> bool:
    """Whether a live card of the case is in the channel already."""
    return any(
        card.channel == channel.id and card.state == "live" and card.kind == "task"
        for card in await work.uow.channels.cards(case.id)
    )


async def open_hub(work: Work, case: Case) -> bool:
    """Put a case that waits for dispatch or adjudication before its hub."""
    hub = case.hub or ROOT
    for unit in (hub, *fallbacks(hub, work.world.directory)):
        for channel in await living(work, unit, urgent=case.emergency):
            if channel.address and not case.confidential:
                await _open(work, case, None, channel.address, channel=channel, kind="hub")
                return True
        for person in await reachable(work, unit, named=case.confidential):
            await _let_in(work, case, person)
            await _open(work, case, None, Address(person.chat), person=person, kind="hub")
            return True
    await work.record(case, "undelivered", SYSTEM, unit=hub)
    subject = f"{case.id}:{case.cycle}:hub{case.dispute.value}"
    await _tell_undelivered(work, case, hub, subject)
    return False


async def open_verify(work: Work, case: Case) -> bool:
    """Ask the verifier unit; a confidential case asks its named person only."""
    unit = case.verifier_unit or ROOT
    for code in (unit, *fallbacks(unit, work.world.directory)):
        if not case.confidential:
            for channel in await living(work, code, urgent=False):
                if channel.address:
                    await _open(work, case, None, channel.address, channel=channel, kind="verify")
                    return True
        for person in await reachable(work, code, named=case.confidential):
            if person.id != case.handler:
                await _let_in(work, case, person)
                await _open(work, case, None, Address(person.chat), person=person, kind="verify")
                return True
    await _tell_undelivered(work, case, unit, f"{case.id}:{case.cycle}:verify")
    return False


async def open_panel(work: Work, case: Case, task: Task, owner: Person) -> None:
    """The case in its handler's private chat; one live panel a person."""
    for card in await work.uow.channels.cards(case.id):
        if card.person == owner.id and card.state == "live":
            if card.kind == "task":
                return
            await work.uow.channels.save_card(replace(card, state="past"))
    to = Address(owner.chat)
    await _open(work, case, task, to, person=owner, kind="panel", note=None)


async def open_here(
    work: Work, case: Case, person: Person, kind: str, task: Task | None = None
) -> None:
    """A card of this kind in private, for somebody who looked for it in /todo."""
    which = (person.id, kind, task.id if task else None, "live")
    for card in await work.uow.channels.cards(case.id):
        if (card.person, card.kind, card.task_id, card.state) == which:
            await work.uow.channels.save_card(replace(card, state="past"))
    note = "card-fallback" if task else None
    await _open(work, case, task, Address(person.chat), person=person, kind=kind, note=note)


async def show(work: Work, card: Card, message: Message) -> None:
    """Show something else on a card for now, such as its choices."""
    await post.edit_card(work, card, message)


async def line(work: Work, to: Address, text: Html) -> None:
    """One sentence to a chat."""
    await post.say(work, to, Message(text))


async def hide(work: Work, case: Case, knows: int | None) -> None:
    """The case has become secret: its cards say nothing more, but for those of who ``knows``."""
    for card in await work.uow.channels.cards(case.id):
        if card.channel is None and card.person == knows:
            continue
        if card.state == "live":
            await work.uow.channels.save_card(replace(card, state="past"))
        t = await faces.card_texts(work, card)
        message = Message(t("card-secret", number=case.number))
        await post.edit_card(work, card, message, urgent=case.emergency)


async def refresh(work: Work, case: Case) -> None:
    """Show the present state on every live card of the case; a secret one in no channel."""
    live = [
        card
        for card in await work.uow.channels.cards(case.id)
        if card.state == "live" and not (case.confidential and card.channel is not None)
    ]
    if not live:
        return
    face = await faces.face(work, case)
    for card in live:
        shown = render(work, replace(face, t=await faces.card_texts(work, card)), card)
        await post.edit_card(work, card, shown, urgent=case.emergency)


def render(work: Work, face: Face, card: Card) -> Message:
    """What a card says now; of a secret case nothing in a channel."""
    if face.case.confidential and card.channel is not None:
        return Message(face.t("card-secret", number=face.case.number))
    if card.kind == "hub":
        return views.hub_card(face, choices(work, face), choosing=False)
    if card.kind == "verify":
        return views.verify_card(face)
    task = next((task for task in face.tasks if task.id == card.task_id), None)
    if task is None or task.status is Status.WITHDRAWN:
        return views.gone_card(face, task)
    if card.kind == "panel":
        return panel(face, task)
    return views.task_card(face, task)


def choices(work: Work, face: Face) -> tuple[tuple[str, str], ...]:
    """What a dispatcher may choose from: the tagger's best guesses of the item, and after a
    return the units in question; as (argument of the button, label).
    """
    world, case, task = work.world, face.case, face.lead
    if not case.returns or task is None:
        codes = case.why.get("guesses", [])[:3]
        return tuple((f"i:{c}", world.item_name(c, face.t)) for c in codes if c in world.items)
    said = [unit for one in case.returns for unit in (one.unit, one.to) if unit]
    reason = Reason(case.returns[0].reason)
    others = alternatives(case, task, world.items, world.directory, reason)
    units = [u for u in dict.fromkeys((*said, *others)) if u != case.proposed and world.unit(u)]
    return tuple((f"u:{u}", face.t.label("plain", text=face.unit(u))) for u in units[:6])


async def living(work: Work, unit: str, *, urgent: bool) -> Sequence[Channel]:
    """The unit's channels that work; for an emergency the urgent one first."""
    found = [c for c in await work.uow.channels.of_unit(unit) if c.state == "alive"]
    return sorted(found, key=lambda c: c.urgent is not urgent)


async def reachable(work: Work, unit: str, *, named: bool = False) -> Sequence[Person]:
    """The unit's people who can be written to; with ``named`` only the person for secrets."""
    people = [p for p in await work.uow.people.of_unit(unit, *RECIPIENTS) if p.reachable]
    if not named:
        return people
    chosen = [p for p in people if any(x.unit == unit and x.named for x in p.posts)]
    return (chosen or [p for p in people if any(x.unit == unit and x.duty for x in p.posts)])[:1]


async def _untold(work: Work, case: Case, task: Task) -> None:
    """Nobody is there for a sub-task; of an emergency's many the administrators hear once."""
    await work.record(case, "undelivered", SYSTEM, unit=task.unit, task=task.id)
    asked = ":proposed" if task.part == "proposed" else ""
    await _tell_undelivered(work, case, task.unit, f"{case.id}:{case.cycle}{asked}")


async def _tell_undelivered(work: Work, case: Case, unit: str, subject: str) -> None:
    name = work.world.unit_name(unit)
    await tell_admins(work, "admin-undelivered", subject, number=case.number, unit=name)


async def tell_admins(work: Work, key: str, subject: str, **params: object) -> None:
    """Tell the administrators something once."""
    for admin in await work.uow.people.of_unit(ROOT, Role.ADMIN):
        if admin.reachable:
            t = work.world.texts(admin.locale)
            await post.say(
                work,
                Address(admin.chat),
                Message(t(key, **params)),
                key=f"admin:{key}:{subject}:{admin.id}",
            )


async def _open_confidential(work: Work, case: Case, task: Task) -> bool:
    """By private message to the lead's named person, else the hub's; never to a group."""
    chain = (task.unit, *fallbacks(task.unit, work.world.directory))
    for unit in chain:
        for person in await reachable(work, unit, named=True):
            named = replace(task, named=person.id)
            await work.uow.cases.save_task(named)
            await _open(work, case, named, Address(person.chat), person=person)
            return await _noted(work, case, task, unit)
    await _untold(work, case, task)
    return False


async def _open(
    work: Work,
    case: Case,
    task: Task | None,
    address: Address,
    *,
    channel: Channel | None = None,
    person: Person | None = None,
    kind: str = "task",
    note: str | None = None,
) -> None:
    if case.confidential and channel is not None:
        return
    card = await work.uow.channels.add_card(
        Card(
            id=0,
            case_id=case.id,
            task_id=task.id if task else None,
            kind=kind,
            address=address,
            channel=channel.id if channel else None,
            person=person.id if person else None,
        )
    )
    t = await faces.card_texts(work, card)
    tasks = tuple(
        task if task and task.id == other.id else other
        for other in await work.uow.cases.tasks(case.id)
    )
    face = await faces.face(work, case, tasks, t)
    message = render(work, face, card)
    if note and task:
        line: Html = t(note, unit=face.unit(task.unit))
        message = message.with_first(line)
    await work.uow.channels.set_shown(card.id, post.digest_of(work, message))
    await post.say(
        work,
        address,
        message,
        urgent=case.emergency,
        silent=_silent(work, case),
        card=card.id,
        after={"card": card.id},
    )


async def _let_in(work: Work, case: Case, person: Person) -> None:
    if case.confidential:
        await work.uow.cases.add_insider(case.id, person.id)


async def _noted(work: Work, case: Case, task: Task, reached: str) -> bool:
    if reached != task.unit:
        await work.record(
            case, "undelivered", SYSTEM, unit=task.unit, task=task.id, fallback=reached
        )
        day = work.now.date().isoformat()
        await tell_admins(
            work, "admin-no-channel", f"{task.unit}:{day}", unit=work.world.unit_name(task.unit)
        )
    return True


def _silent(work: Work, case: Case) -> bool:
    """Ordinary cards arrive without sound in quiet hours."""
    item = work.world.item(case.item)
    if case.emergency or (item and item.natural):
        return False
    return work.world.calendar.quiet(work.now)
