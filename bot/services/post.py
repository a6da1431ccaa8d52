"""The only door to the outbox: a view's message becomes one or more calls (I3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.domain.case import Media
from bot.i18n import Html
from bot.ports import Address, Call, Card
from bot.services.work import Work
from bot.views.limits import fit
from bot.views.message import Message, Rows

BLANK = "blank:"
"""Stands for an empty picture; the transport puts its bytes in."""

_SEND = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "voice": "sendVoice",
    "document": "sendDocument",
    "audio": "sendAudio",
    "animation": "sendAnimation",
    "video_note": "sendVideoNote",
    "sticker": "sendSticker",
}


async def say(
    work: Work,
    to: Address,
    message: Message,
    *,
    urgent: bool = False,
    silent: bool = False,
    reply_to: int | None = None,
    card: int | None = None,
    after: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> int | None:
    """Enqueue a message; its media follow it, each a call of its own. Returns the outbox row."""
    params = _base(to, silent)
    params |= {"text": fit(message.text), "parse_mode": "HTML"}
    params |= {"link_preview_options": {"is_disabled": True}}
    if reply_to is not None:
        params["reply_parameters"] = {
            "message_id": reply_to,
            "allow_sending_without_reply": True,
        }
    if message.rows:
        params["reply_markup"] = keyboard(message.rows)
    row = await _enqueue(
        work, "sendMessage", params, to, urgent, key=key, card=card, after=dict(after or {})
    )
    for media in message.media:
        await send_media(work, to, media, urgent=urgent)
    return row


async def send_media(
    work: Work,
    to: Address,
    media: Media,
    *,
    urgent: bool = False,
    protect: bool = True,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Pass a file on by Telegram's own id: nothing is downloaded."""
    method = _SEND.get(media.kind, "sendDocument")
    field = method.removeprefix("send")
    field = "video_note" if field == "VideoNote" else field.lower()
    params = _base(to, silent=False) | {field: media.file_id}
    if protect:
        params["protect_content"] = True
    await _enqueue(work, method, params, to, urgent, after=dict(after or {}))


async def edit(
    work: Work, to: Address, message_id: int, message: Message, *, urgent: bool = False
) -> None:
    """Change a message that is no card: the newest wording wins."""
    params = {
        "chat_id": to.chat,
        "message_id": message_id,
        "text": fit(message.text),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": keyboard(message.rows),
    }
    collapse = work.uow.secret("collapse", f"{to.chat}:{message_id}")
    await _enqueue(work, "editMessageText", params, to, urgent, collapse=collapse)


async def retire(work: Work, to: Address, message_id: int) -> None:
    """Take the buttons off a message whose question is answered."""
    params = {"chat_id": to.chat, "message_id": message_id}
    collapse = work.uow.secret("collapse", f"{to.chat}:{message_id}")
    await _enqueue(work, "editMessageReplyMarkup", params, to, False, collapse=collapse)


async def take_away(work: Work, to: Address, message_id: int, kind: str) -> None:
    """Delete a message of the bot's own; ``kind`` says what to cover it with if that fails."""
    params = {"chat_id": to.chat, "message_id": message_id}
    after = {"cover": kind, "message": message_id}
    await _enqueue(work, "deleteMessage", params, to, False, after=after)


async def cover(work: Work, to: Address, message_id: int, kind: str, text: str) -> None:
    """Edit a message away: Telegram deletes nothing that is older than 48 hours."""
    params: dict[str, Any] = {"chat_id": to.chat, "message_id": message_id}
    if kind == "text":
        await _enqueue(work, "editMessageText", params | {"text": text}, to, False)
    elif kind in {"photo", "video", "document", "audio", "animation"}:
        media = {"type": "photo", "media": "attach://blank", "caption": text}
        params |= {"media": media, "blank": BLANK}
        await _enqueue(work, "editMessageMedia", params, to, False)


async def set_commands(work: Work, chat: int, commands: list[dict[str, str]] | None) -> None:
    """Show a private chat a commands menu of its own, after everything that is to be read there;
    None takes it away, so that the one for everybody is shown again.
    """
    params: dict[str, Any] = {"scope": {"type": "chat", "chat_id": chat}}
    method = "deleteMyCommands" if commands is None else "setMyCommands"
    if commands is not None:
        params["commands"] = commands
    collapse = work.uow.secret("collapse", f"menu:{chat}")
    await _enqueue(work, method, params, Address(chat), False, collapse=collapse, priority=2)


async def edit_card(work: Work, card: Card, message: Message, *, urgent: bool = False) -> None:
    """Show a card's present state; of several waiting edits only the newest is made.

    Which message it is gets filled in when it is sent: the card may still be on its way.
    """
    params = {
        "text": fit(message.text),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": keyboard(message.rows),
    }
    shown = digest_of(work, message)
    if shown == card.shown:
        return
    await work.uow.channels.set_shown(card.id, shown)
    await _enqueue(
        work,
        "editMessageText",
        params,
        card.address,
        urgent,
        collapse=f"card:{card.id}",
        card=card.id,
    )


def digest_of(work: Work, message: Message) -> str:
    """What a card says, as a keyed digest."""
    return work.uow.secret("shown", json.dumps([message.text, keyboard(message.rows)]))


def keyboard(rows: Rows) -> dict[str, Any]:
    """An inline keyboard; no rows make one that takes the old buttons away."""
    return {
        "inline_keyboard": [
            [
                {"text": b.label, "url": b.url}
                if b.url
                else {"text": b.label, "callback_data": b.data}
                for b in row
            ]
            for row in rows
        ]
    }


def _base(to: Address, silent: bool) -> dict[str, Any]:
    params: dict[str, Any] = {"chat_id": to.chat}
    if to.thread is not None:
        params["message_thread_id"] = to.thread
    if silent:
        params["disable_notification"] = True
    return params


async def _enqueue(
    work: Work,
    method: str,
    params: dict[str, Any],
    to: Address,
    urgent: bool,
    *,
    key: str | None = None,
    collapse: str | None = None,
    card: int | None = None,
    after: dict[str, Any] | None = None,
    priority: int = 1,
) -> int | None:
    clean = {name: str(v) if isinstance(v, Html) else v for name, v in params.items()}
    call = Call(
        key=key or work.key(),
        method=method,
        params=clean,
        chat=to.chat,
        priority=0 if urgent else priority,
        collapse=collapse,
        card=card,
        after=after or {},
    )
    return await work.uow.outbox.enqueue(call, work.now)
