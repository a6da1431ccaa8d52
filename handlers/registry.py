"""Every handler, in the order in which they are asked. One group, none with ``block=False``."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from handlers import residents, staff, taps
from handlers.context import Action, acts

COMMANDS: tuple[tuple[str, Action], ...] = (
    # anyone
    ("start", residents.start),
    ("help", residents.help_),
    ("report", residents.report),
    ("my", residents.my),
    ("case", residents.case),
    ("human", residents.human),
    ("privacy", residents.privacy),
    ("language", residents.language),
    ("cancel", residents.cancel),
    # staff
    ("join", residents.join),
    ("todo", staff.todo),
    # supervisors
    ("digest", staff.digest_now),
    # administrators
    ("invite", staff.invite),
    ("units", staff.units),
    ("bind", staff.bind),
    ("unbind", staff.unbind),
)

_MOVED = filters.StatusUpdate.MIGRATE
_CHANNEL = filters.UpdateType.CHANNEL_POSTS
_SAID = filters.UpdateType.MESSAGES & ~filters.StatusUpdate.ALL


def handlers() -> list[BaseHandler[Any, Any, Any]]:
    """The whole list."""
    said = filters.UpdateType.MESSAGE
    return [
        MessageHandler(_MOVED, staff.chat_moved),
        ChatMemberHandler(staff.membership_changed, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(_CHANNEL, staff.channel_post),
        *(CommandHandler(name, acts(action), filters=said) for name, action in COMMANDS),
        MessageHandler(filters.COMMAND & said, acts(residents.unknown)),
        MessageHandler(_SAID & filters.REPLY, acts(staff.card_reply)),
        MessageHandler(_SAID, acts(residents.heard)),
        CallbackQueryHandler(acts(taps.pressed)),
        TypeHandler(Update, staff.unmatched),
    ]
