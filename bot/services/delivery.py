"""What follows when Telegram has taken a call, refused it, or moved a chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import logs
from bot.domain.access import SYSTEM as SYSTEM_VIEWER
from bot.domain.case import OPEN, WITH_UNIT, Case, Status, Task
from bot.ports import Address, Card, OutboxRow, Timer
from bot.services import cards, faces, post, reporter
from bot.services.work import SYSTEM, Work
from bot.views import notices
from bot.views.message import Message

log = logs.get()
_LOST_PLACE = (
    "thread not found", "topic_closed", "topic_deleted", "chat not found", "not enough rights",
    "kicked", "chat_write_forbidden", "need administrator rights", "group is deactivated",
    "have no rights",
)  # fmt: skip
"""Words by which Telegram says that a place cannot be written to any more."""

_ALL = 10_000
_LOSSES = 4
"""Cards of one sub-task that may be lost before it is not tried again by itself."""


async def fill(work: Work, row: OutboxRow) -> OutboxRow | None:
    """The call as it must go out now: an edit learns which message its card became.

    A card that stayed behind in a group that was moved is sent anew. None when there is nothing
    to show: the card never arrived, or is past. Its row is settled then.
    """
    call = row.call
    if call.card is None:
        return row
    card = await work.uow.channels.card(call.card)
    if not call.method.startswith("edit"):
        if card is None or card.state != "past":
            return row
        # Not to be shown there any more: it may have become secret while it waited.
        await work.uow.outbox.sent(row.id, work.now)
        return None
    if card is None or (card.message is None and card.state != "live"):
        await work.uow.outbox.sent(row.id, work.now)
        return None
    if card.message is None:
        params = {**call.params, "chat_id": card.address.chat}
        if card.address.thread is not None:
            params["message_thread_id"] = card.address.thread
        fresh = replace(call, method="sendMessage", params=params, after={"card": card.id})
        return replace(row, call=fresh)
    place = {"chat_id": card.address.chat, "message_id": card.message}
    return replace(row, call=replace(call, params=call.params | place))


async def sent(work: Work, row: OutboxRow, result: Any) -> None:
    """Telegram took it: keep the message's id where it is needed."""
    after = row.call.after
    message = result.get("message_id") if isinstance(result, dict) else None
    if message is None:
        return
    if "card" in after:
        await _card_arrived(work, int(after["card"]), int(message))
    if "beside" in after and (card := await work.uow.channels.card(int(after["beside"]))):
        # Replying to the answer under a card is replying to the card.
        beside = replace(card, id=0, kind="beside", message=int(message), state="past")
        await work.uow.channels.add_card(beside)
    if "thread" in after:
        await work.uow.threads.link(int(after["thread"]), row.call.chat, int(message))
    if "expire" in after:
        due = work.now + timedelta(seconds=float(after["expire"]))
        await work.at(
            due,
            "expire",
            "",
            f"{row.id}",
            chat=work.uow.sealed(row.call.chat),
            message=message,
            what=str(after.get("what", "text")),
        )


async def failed(work: Work, row: OutboxRow, reason: str) -> None:
    """Telegram refused it for good: mark the recipient, use the fallback, tell somebody."""
    lower, chat = reason.lower(), row.call.chat
    if "cover" in row.call.after and "message to delete not found" not in lower:
        after, to = row.call.after, Address(chat)
        text = (await faces.texts_at(work, to)).label("taken-away")
        await post.cover(work, to, int(after["message"]), str(after["cover"]), text)
    gone = lower.startswith("forbidden") or any(words in lower for words in _LOST_PLACE)
    card = await work.uow.channels.card(row.call.card) if row.call.card else None
    if chat > 0 and gone:
        person = await work.uow.people.by_chat(chat)
        if person:
            await work.uow.people.update(replace(person, reachable=False))
    if card is None or card.state != "live":
        return
    seen = await work.uow.cases.get_for(SYSTEM_VIEWER, card.case_id)
    if seen is None:
        return
    if (
        row.call.method.startswith("edit")
        and "message to edit not found" not in lower
        and not gone
    ):
        return
    await work.uow.channels.save_card(replace(card, state="lost"))
    if card.channel is not None and gone:
        await channel_died(work, card.channel, reason)
    await _again(work, seen.case, seen.tasks, card)


async def migrated(work: Work, old: int, new: int) -> None:
    """A group became a supergroup: channels and waiting calls move along, open cards anew.

    The messages themselves stay behind: nobody can be sure to reach their buttons any more.
    """
    moved = await work.uow.channels.migrate(old, new)
    await work.uow.outbox.move(old, new)
    for case_id in moved:
        seen = await work.uow.cases.get_for(SYSTEM_VIEWER, case_id)
        if seen and seen.case.status in OPEN:
            await cards.refresh(work, seen.case)


async def move_away(work: Work, channel_id: int, *, cover: bool = False) -> None:
    """A channel is nobody's any more: what waits in it is shown where it is answered.

    With ``cover`` the cards that stay behind say nothing of their cases any more.
    """
    moved = await work.uow.channels.live_in(channel_id)
    await work.uow.channels.retire_in(channel_id)
    for card in moved:
        seen = await work.uow.cases.get_for(SYSTEM_VIEWER, card.case_id)
        if seen is None:
            continue
        if cover:
            t = await faces.card_texts(work, card)
            left = Message(t("card-moved", number=seen.case.number))
            await post.edit_card(work, card, left, urgent=seen.case.emergency)
        await _again(work, seen.case, seen.tasks, card)


async def catch_up(work: Work, unit: str) -> int:
    """Somebody joined a unit, or a channel was bound: what waited for it is shown now."""
    found = 0
    for seen in await work.uow.cases.listed(
        SYSTEM_VIEWER, units=frozenset({unit}), open_only=True, limit=_ALL
    ):
        case = seen.case
        shown = [c for c in await work.uow.channels.cards(case.id) if c.state == "live"]
        for task in seen.tasks:
            mine = task.unit == unit and task.status in WITH_UNIT and task.cycle == case.cycle
            own = [c for c in shown if c.task_id == task.id]
            if mine and (not own or not await _at_home(work, unit, own)):
                for card in own:
                    await work.uow.channels.save_card(replace(card, state="past"))
                await cards.open_task(work, case, task)
                found += 1
        waiting = case.at_hub and case.hub == unit
        if waiting and not any(c.kind == "hub" for c in shown):
            await cards.open_hub(work, case)
            found += 1
        asked = case.status is Status.VERIFYING and case.verifier_unit == unit
        if asked and not any(c.kind == "verify" for c in shown):
            await cards.open_verify(work, case)
            found += 1
    return found


async def expire(work: Work, timer: Timer) -> None:
    """Media and contact in an acceptor's private chat are taken away again (I6)."""
    chat = int(work.uow.unsealed(timer.data["chat"]))
    to, message = Address(chat), int(timer.data["message"])
    await post.take_away(work, to, message, str(timer.data["what"]))


async def _card_arrived(work: Work, card_id: int, message: int) -> None:
    card = await work.uow.channels.card(card_id)
    if card is None:
        return
    await work.uow.channels.save_card(replace(card, message=message))
    seen = await work.uow.cases.get_for(SYSTEM_VIEWER, card.case_id)
    if seen is None or card.kind != "task":
        return
    task = next((t for t in seen.tasks if t.id == card.task_id), None)
    if task and seen.case.emergency and seen.case.status in OPEN:
        await _tell_notified(work, seen.case, task, card)


async def _tell_notified(work: Work, case: Case, task: Task, card: Card) -> None:
    """A unit is named as notified only after its message was delivered, and only itself."""
    reached = await reached_unit(work, task, card)
    await work.record(case, "notified", SYSTEM, unit=reached, task=task.id)
    await reporter.tell(
        work,
        case,
        lambda face: notices.notified(face, face.unit(reached)),
        key=f"notified:{case.id}:{reached}:{case.cycle}",
    )


async def reached_unit(work: Work, task: Task, card: Card) -> str:
    """The unit that a card really goes to: another than the sub-task's when a hub stands in."""
    if card.channel is not None:
        channel = await work.uow.channels.get(card.channel)
        return channel.unit if channel else task.unit
    person = await work.uow.people.get(card.person) if card.person else None
    units = [p.unit for p in person.posts] if person else []
    return task.unit if task.unit in units or not units else units[0]


async def channel_died(work: Work, channel_id: int, reason: str) -> None:
    """A channel cannot be written to any more: say so once."""
    channel = await work.uow.channels.get(channel_id)
    if channel is None or channel.state == "dead":
        return
    await work.uow.channels.mark(channel_id, "dead", reason)
    await move_away(work, channel_id)
    log.warning("channel_died", channel=channel_id, unit=channel.unit, reason=reason)
    day = work.now.date().isoformat()
    await cards.tell_admins(
        work,
        "admin-channel-dead",
        f"{channel_id}:{day}",
        unit=work.world.unit_name(channel.unit),
        title=channel.title,
    )


async def card_stranded(work: Work, card: Card) -> None:
    """A card's place is gone without any call having failed: the case is shown elsewhere."""
    await work.uow.channels.save_card(replace(card, state="lost"))
    seen = await work.uow.cases.get_for(SYSTEM_VIEWER, card.case_id)
    if seen:
        await _again(work, seen.case, seen.tasks, card)


async def _again(work: Work, case: Case, tasks: tuple[Task, ...], card: Card) -> None:
    """Show the case somewhere else; after a few losses an administrator looks."""
    if case.status not in OPEN:
        return
    lost = [
        c
        for c in await work.uow.channels.cards(case.id)
        if c.state == "lost" and (c.kind, c.task_id) == (card.kind, card.task_id)
    ]
    if len(lost) > _LOSSES:
        await cards.tell_admins(
            work,
            "admin-undelivered",
            f"{case.id}:{card.kind}:lost",
            number=case.number,
            unit=work.world.unit_name(case.lead or case.hub),
        )
        return
    if card.kind == "hub" and case.at_hub:
        await cards.open_hub(work, case)
    elif card.kind == "verify" and case.status is Status.VERIFYING:
        await cards.open_verify(work, case)
    for task in tasks:
        if task.id == card.task_id and task.status in WITH_UNIT:
            await cards.open_task(work, case, task)


async def _at_home(work: Work, unit: str, own: list[Card]) -> bool:
    """Whether one of the cards is in the unit's own channel or with one of its people."""
    for card in own:
        if card.channel is not None:
            channel = await work.uow.channels.get(card.channel)
            here = channel and channel.unit == unit and channel.state == "alive"
            if here and channel and channel.address == card.address:
                return True
        if card.person is not None:
            person = await work.uow.people.get(card.person)
            if person and any(p.unit == unit for p in person.posts):
                return True
    return False
