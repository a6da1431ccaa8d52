"""What a unit does with a case: accept, progress, resolve. One use case per function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain import lifecycle
from bot.domain.access import Viewer
from bot.domain.case import OPEN, WITH_UNIT, Case, Media, Note, Status, Task
from bot.domain.items import ClosingEvidence, Item
from bot.domain.lifecycle import Who
from bot.errors import Refused
from bot.ports import Address, Person, Seen
from bot.services import acting, cards, clocks, closing, faces, post, reporter, returns
from bot.services.work import Work, person
from bot.views import notices, panel

LEAD = "lead"
MOVING = frozenset({LEAD, "former"})
"""Parts whose acts move the case: the lead, and one that escalation put a higher tier above."""
_SHOWN = frozenset({"report", "addition", "reason"})
"""Notes whose files the acceptor gets; a reason says why it was not solved the last time."""
_FILES = frozenset(
    {
        ClosingEvidence.PHOTO,
        ClosingEvidence.BEFORE_AFTER,
        ClosingEvidence.READING,
        ClosingEvidence.DOCUMENT,
    }
)


async def accept(work: Work, actor: Person, task_id: int) -> Case:
    """签收: the first to tap owns it; the resident is told that a human has taken it."""
    seen, task, who = await _task(work, actor.viewer, task_id, "accept")
    if task.status is not Status.DISPATCHED:
        raise Refused("taken-already", name=await _name(work, task.owner))
    rule = lifecycle.move(task.status, "accept", who)
    case, task = await returns.settle(work, seen, task, who, person(actor.id))
    owned = replace(task, status=rule.to or task.status, owner=actor.id, responded_at=work.now)
    await work.uow.cases.save_task(owned)
    await clocks.stop(work, task, "respond")
    case = await _apply(work, case, owned, "accept", who, person(actor.id))
    await cards.refresh(work, case)
    await _tell_taken(work, case, owned, actor)
    await hand_over(work, case, owned, actor)
    return case


async def progress(
    work: Work, actor: Person, task_id: int, text: str, media: Sequence[Media]
) -> Note:
    """进展: what was written or sent lands on the case."""
    seen, task, who = await _task(work, actor.viewer, task_id, "progress")
    rule = lifecycle.move(task.status, "progress", who)
    note = await _note(work, seen.case, "progress", actor, text, media)
    moved = replace(task, status=rule.to or task.status)
    await work.uow.cases.save_task(moved)
    case = await _apply(
        work, seen.case, moved, "progress", who, person(actor.id), note=note.digest
    )
    await cards.refresh(work, case)
    if case.emergency and text.strip():
        # Whoever waits in danger hears what is being done, not only that it is.
        await reporter.tell(
            work,
            case,
            lambda face: notices.line(
                face.t,
                "resident-progress",
                number=case.number,
                unit=face.unit(task.unit),
                text=text.strip(),
            ),
        )
    return note


async def resolve(
    work: Work, actor: Person, task_id: int, text: str, media: Sequence[Media]
) -> Case:
    """办结: a result for the resident and the evidence that the item asks for (R089)."""
    seen, task, who = await _task(work, actor.viewer, task_id, "resolve")
    rule = lifecycle.move(task.status, "resolve", who)
    if not text.strip():
        raise Refused("resolve-text")
    if needs_file(work.world.item(seen.case.item)) and not media:
        raise Refused("resolve-evidence")
    note = await _note(work, seen.case, "result", actor, text, media)
    done = replace(task, status=rule.to or task.status, handled_at=work.now)
    await work.uow.cases.save_task(done)
    await clocks.stop(work, task)
    case = await _apply(
        work,
        seen.case,
        done,
        "resolve",
        who,
        person(actor.id),
        note=note.digest,
        handled_at=work.now,
        handler=actor.id,
    )
    if task.part in MOVING and case.status is Status.HANDLED:
        case = await _release_helpers(work, case)
        await closing.ask(work, case, note)
    await cards.refresh(work, case)
    return case


async def resolve_with_note(work: Work, actor: Person, note_id: int, task_id: int) -> Case:
    """办结 under a reply to the card: what was sent is the result and the evidence."""
    seen, _, _ = await _task(work, actor.viewer, task_id, "resolve")
    notes = [
        n
        for n in await work.uow.cases.notes(seen.case.id)
        if n.kind == "progress" and n.author == person(actor.id) and n.id <= note_id
    ]
    if not any(n.id == note_id for n in notes):
        raise Refused("act-not-yours")
    media = [m for n in notes for m in n.media]
    text = next((n.text for n in reversed(notes) if n.text.strip()), "")
    return await resolve(work, actor, task_id, text, media)


async def hand_over(work: Work, case: Case, task: Task, owner: Person) -> bool:
    """Give the acceptor what the group must not see: media and contact, in private (I6).

    When the case or this share of it is over, only how it stands. False when the bot may not
    write to this person yet.
    """
    if not owner.reachable:
        return False
    to = Address(owner.chat)
    await cards.open_panel(work, case, task, owner)
    if not present(case, task):
        return True
    face = await faces.face(work, case, t=work.world.texts(owner.locale))
    expires = {"expire": work.world.wait.media_life.total_seconds()}
    media = [m for n in face.notes if n.kind in _SHOWN for m in n.media]
    for one in media:
        await post.send_media(
            work, to, one, urgent=case.emergency, after=expires | {"what": one.kind}
        )
    if media:
        await work.record(case, "revealed", person(owner.id), what="media", count=len(media))
    contacts = [n.text for n in face.notes if n.kind == "contact"]
    if contacts:
        await show_contact(work, case, task, owner, contacts[-1])
    return True


def present(case: Case, task: Task) -> bool:
    """Whether a unit still owes this share of the case something."""
    return case.status in OPEN and task.cycle == case.cycle and task.status in WITH_UNIT


async def present_owners(work: Work, case: Case) -> list[tuple[Task, Person]]:
    """Who handles the case at present and can be written to, each person once."""
    found: dict[int, tuple[Task, Person]] = {}
    for task in await work.uow.cases.tasks(case.id):
        if task.owner is not None and present(case, task):
            owner = await work.uow.people.get(task.owner)
            if owner and owner.reachable:
                found.setdefault(owner.id, (task, owner))
    return list(found.values())


async def show_contact(work: Work, case: Case, task: Task, owner: Person, contact: str) -> None:
    """How the reporter can be reached, to the handler alone; looking is recorded (R125)."""
    who = acting.capacity(work, owner.viewer, "reveal", case, task)
    lifecycle.move(case.status, "reveal", who)
    face = await faces.face(work, case, t=work.world.texts(owner.locale))
    expires = {"expire": work.world.wait.media_life.total_seconds()}
    await post.say(work, Address(owner.chat), panel.contact(face, contact), after=expires)
    await work.record(case, "revealed", person(owner.id), what="contact")


async def _task(work: Work, viewer: Viewer, task_id: int, act: str) -> tuple[Seen, Task, Who]:
    seen, task = await acting.find(work, viewer, task_id)
    who = acting.capacity(work, viewer, act, seen.case, task)
    gone = task.status is Status.WITHDRAWN or task.cycle != seen.case.cycle
    if gone or seen.case.status not in OPEN:
        raise Refused("act-too-late")
    return seen, task, who


async def _apply(
    work: Work, case: Case, task: Task, act: str, who: Who, actor: str, **data: Any
) -> Case:
    """The lead's act moves the case; another unit's is recorded beside it."""
    if task.part in MOVING and lifecycle.allowed(case.status, act):
        return await acting.step(work, case, act, who, actor, task=task.id, unit=task.unit, **data)
    told = {k: v for k, v in data.items() if k == "note"}
    saved = await work.uow.cases.save(case)
    event = lifecycle.find(Status.DISPATCHED if act == "accept" else Status.HANDLING, act).event
    await work.record(saved, event, actor, task=task.id, unit=task.unit, part=task.part, **told)
    return saved


async def _note(
    work: Work, case: Case, kind: str, actor: Person, text: str, media: Sequence[Media]
) -> Note:
    return await work.uow.cases.add_note(
        Note(0, case.id, kind, work.now, person(actor.id), text.strip(), tuple(media))
    )


def needs_file(item: Item | None) -> bool:
    """Whether closing takes a photo or file; talk and visits are told in words (R089)."""
    return bool(item and _FILES & set(item.evidence))


async def _tell_taken(work: Work, case: Case, task: Task, actor: Person) -> None:
    if task.part not in MOVING and not case.emergency:
        return
    name = actor.name if not case.confidential else ""
    await reporter.tell(work, case, lambda face: notices.taken(face, face.unit(task.unit), name))


async def _release_helpers(work: Work, case: Case) -> Case:
    """The case is handled: what others still owed to it they owe no more.

    Who had not been asked in vain is taken off the record; who was late stays late.
    """
    for task in await work.uow.cases.tasks(case.id):
        if task.status not in WITH_UNIT or task.cycle != case.cycle:
            continue
        await clocks.stop(work, task)
        untouched = task.status is Status.DISPATCHED and work.now <= task.respond_due
        at = work.now if task.responded_at else None
        status = Status.WITHDRAWN if untouched else Status.HANDLED
        await work.uow.cases.save_task(replace(task, status=status, handled_at=at))
    return case


async def _name(work: Work, person_id: int | None) -> str:
    found = await work.uow.people.get(person_id) if person_id else None
    return found.name if found else ""
