"""What staff, supervisors and administrators do."""

from __future__ import annotations

from typing import Any

from telegram import Chat, ChatMember, Update

from bot.domain.units import Role
from bot.errors import Refused
from bot.ports import Address, Card
from bot.services import cards, digest, faces, lookup, membership, staffing
from bot.services.delivery import migrated
from bot.services.talk import Talk
from bot.services.work import Work
from bot.views.message import Message
from handlers import residents, taps
from handlers.context import WORK, given, topic

_UNITS = 80
_GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})


async def todo(talk: Talk, _: Update, __: list[str]) -> None:
    """/todo."""
    await lookup.todo(talk)


async def digest_now(talk: Talk, _: Update, __: list[str]) -> None:
    """/digest: the supervisor's own branch, now."""
    units = talk.viewer.units(Role.SUPERVISOR, Role.ADMIN)
    if not units:
        raise Refused("supervisor-only")
    if not talk.private:
        await talk.line("only-private")
        return
    for unit in units:
        message = await digest.compose(talk.work, unit, talk.t)
        await talk.say(message or Message(talk.t("digest-empty")))


async def invite(talk: Talk, _: Update, args: list[str]) -> None:
    """/invite UNIT ROLE: a single-use code, in private."""
    if not talk.viewer.admin:
        raise Refused("admin-only")
    if not talk.private:
        await talk.line("only-private")
        return
    try:
        unit, role = args[0], Role(args[1])
    except (IndexError, ValueError):
        raise Refused("invite-how") from None
    code = await membership.invite(talk.work, unit, role, talk.person)
    await talk.line("invite-code", code=code, link=talk.work.world.link(code))


async def units(talk: Talk, _: Update, __: list[str]) -> None:
    """/units: every unit with its channels and people, for administrators."""
    if not talk.viewer.admin:
        raise Refused("admin-only")
    world, lines = talk.work.world, []
    bound = {c.unit for c in await talk.work.uow.channels.all() if c.state == "alive"}
    for unit in world.directory.units.values():
        people = await talk.work.uow.people.of_unit(unit.code)
        if unit.code in bound or people:
            name = talk.t.label("plain", text=unit)
            lines.append(f"{unit.code} {name} · {len(people)} · {unit.code in bound:d}")
    shown = "\n".join(lines[:_UNITS]) or "-"
    text = talk.t("units", lines=shown, total=len(world.directory.units))
    await talk.say(Message(text))


async def bind(talk: Talk, update: Update, args: list[str]) -> None:
    """/bind CODE inside a group or topic: the code authorises."""
    if talk.private:
        await talk.line("bind-where")
        return
    if not args:
        await talk.line("bind-how")
        return
    chat = update.effective_chat
    title = (chat.title or "") if chat else ""
    kind = "topic" if talk.to.thread is not None else "group"
    channel = await membership.bind(talk.work, args[0], kind, title, talk.to)
    talk.language = talk.work.world.unit_texts(channel.unit).locale
    await talk.line("bound", unit=talk.work.world.unit_name(channel.unit))


async def unbind(talk: Talk, _: Update, __: list[str]) -> None:
    """/unbind inside a bound group or topic, by an administrator."""
    if not talk.viewer.admin:
        raise Refused("admin-only")
    channel = await membership.unbind(talk.work, talk.to)
    await talk.line("unbound", unit=talk.work.world.unit_name(channel.unit))


async def card_reply(talk: Talk, update: Update, args: list[str]) -> None:
    """A reply to a message of the bot: to a card, or just said."""
    message = update.effective_message
    replied = message.reply_to_message if message else None
    card: Card | None = None
    if replied is not None:
        card = await talk.work.uow.channels.card_at(talk.to.chat, replied.message_id)
    if card is None or message is None:
        await residents.heard(talk, update, args)
        return
    said = given(message, edited=update.edited_message is not None)
    if tap := await staffing.by_digit(talk, card, said.text):
        await taps.run(talk, tap)
        return
    await staffing.reply(talk, card, said)


async def channel_post(update: Update, _: Any) -> None:
    """/bind CODE in a broadcast channel: it has no user, the code alone authorises."""
    work, post = WORK.get(), update.channel_post
    work.handled = True
    if post is None or not (post.text or "").startswith("/bind"):
        return
    words = (post.text or "").split()
    to = Address(post.chat.id)
    t = await faces.texts_at(work, to)
    if len(words) < 2:
        await cards.line(work, to, t("bind-how"))
        return
    try:
        async with work.uow.nested():
            channel = await membership.bind(work, words[1], "channel", post.chat.title or "", to)
    except Refused as refused:
        await cards.line(work, to, t(refused.key, **refused.params))
        return
    t = work.world.unit_texts(channel.unit)
    await cards.line(work, to, t("bound", unit=work.world.unit_name(channel.unit)))


async def membership_changed(update: Update, _: Any) -> None:
    """The bot was added, removed, blocked or let in again."""
    work, change = WORK.get(), update.my_chat_member
    work.handled = True
    if change is None:
        return
    gone = change.new_chat_member.status in _GONE
    if change.chat.type == Chat.PRIVATE:
        await membership.reachable(work, change.chat.id, not gone)
    elif gone:
        await membership.left(work, change.chat.id)
    elif change.old_chat_member.status in _GONE:
        await _greet(work, change.chat)


async def chat_moved(update: Update, _: Any) -> None:
    """A group became a supergroup."""
    work, message = WORK.get(), update.effective_message
    work.handled = True
    if message and message.migrate_to_chat_id:
        await migrated(work, message.chat.id, message.migrate_to_chat_id)
    elif message and message.migrate_from_chat_id:
        await migrated(work, message.migrate_from_chat_id, message.chat.id)


async def _greet(work: Work, chat: Chat) -> None:
    if chat.type == Chat.CHANNEL:
        return
    to = Address(chat.id)
    await cards.line(work, to, (await faces.texts_at(work, to))("group-greeting"))


async def unmatched(update: Update, _: Any) -> None:
    """The last handler: what nobody wanted is not left unanswered, nor tried for ever."""
    work = WORK.get()
    work.handled = True
    message = update.effective_message
    if message and message.chat.type == Chat.PRIVATE:
        to = Address(message.chat.id, topic(message))
        await cards.line(work, to, (await faces.texts_at(work, to))("not-understood"))
