"""From a library update to a ``Talk``: who, where, and the unit of work it happens in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from telegram import Chat, Message, Update, User

from bot import i18n, logs
from bot.domain.case import Media
from bot.domain.forms import Input
from bot.errors import Refused
from bot.ports import Address
from bot.services import commands, faces, reporter
from bot.services.talk import Talk
from bot.services.work import Toast, Work

log = logs.get()
WORK: ContextVar[Work] = ContextVar("work")
Action = Callable[[Talk, Update, list[str]], Awaitable[None]]
_KINDS = ("photo", "video", "voice", "document", "audio", "animation", "video_note")
_ANONYMOUS_ADMIN = 1087968824
"""Telegram's own account behind which a group's administrators may hide."""


def acts(action: Action) -> Callable[[Update, Any], Coroutine[Any, Any, None]]:
    """Make a library callback of an action: Talk in, errors to sentences, row marked handled."""

    async def callback(update: Update, context: Any) -> None:
        work = WORK.get()
        found = await talk(work, update)
        if found is None:
            work.handled = True
            return
        if found.person.chat == _ANONYMOUS_ADMIN:
            await found.line("anonymous-admin")
        else:
            try:
                async with work.uow.nested():
                    await action(found, update, list(context.args or []))
            except Refused as refused:
                work.toasts.clear()
                await found.tell(refused.key, **refused.params)
        if private := await work.uow.people.get(found.person.id):
            await commands.keep(work, private)
        if found.callback and not work.toasts:
            work.toasts.append(Toast(found.callback))
        work.handled = True

    return callback


async def talk(work: Work, update: Update) -> Talk | None:
    """Who said what where; None when no person stands behind the update."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or (user.is_bot and user.id != _ANONYMOUS_ADMIN):
        return None
    query, message = update.callback_query, update.effective_message
    private = chat is None or chat.type == Chat.PRIVATE
    where = user.id if chat is None else chat.id
    person = await work.uow.people.seen(
        user.id, _name(user), user.username or "", _locale(work, user)
    )
    if private and not person.reachable:
        person = replace(person, reachable=True)
        await work.uow.people.update(person)
        await reporter.arrived(work, person)
    to = Address(where, topic(message))
    return Talk(
        work=work,
        person=person,
        to=to,
        private=private,
        message=message.message_id if message else 0,
        callback=query.id if query else None,
        language=None if private else (await faces.texts_at(work, to)).locale,
    )


def topic(message: object) -> int | None:
    """The forum topic; a thread id alone may only mean that something was replied to."""
    if isinstance(message, Message) and message.is_topic_message:
        return message.message_thread_id
    return None


def given(message: Message, *, edited: bool = False, text: str | None = None) -> Input:
    """What a message holds, whatever it is."""
    words = text if text is not None else (message.text or message.caption or "")
    location = None
    if message.venue:
        words = f"{words}\n{message.venue.title}".strip()
    if place := (message.location or (message.venue.location if message.venue else None)):
        location = (place.latitude, place.longitude)
    if message.contact:
        words = f"{words}\n{message.contact.phone_number}".strip()
    return Input(
        text=words,
        media=_media(message),
        location=location,
        message=message.message_id,
        edited=edited,
        album=message.media_group_id,
    )


def _media(message: Message) -> tuple[Media, ...]:
    for kind in _KINDS:
        found: Any = getattr(message, kind, None)
        if found and not (kind == "document" and message.animation):
            file = found[-1] if kind == "photo" else found
            return (Media(kind, file.file_id, file.file_unique_id),)
    return ()


def _name(user: User) -> str:
    return user.full_name[:64]


def _locale(work: Work, user: User) -> str | None:
    """What Telegram tells of somebody's language; None when it tells nothing this time."""
    code = user.language_code
    return i18n.choose(code, work.world.locale) if code else None
