"""Keyboards under messages: what Telegram accepts, and its words when it does not."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.model import Json, bad

MAX_BUTTONS = 100
"""Buttons in one inline keyboard; more are refused (Bot API limits, "Inline keyboards")."""

_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_URL = re.compile(
    r"(?:(?:https?|tg|ton)://)?[^\s/?#]+(?:\.[^\s/?#]+|:\d+|\?|/).*|tg://.+", re.IGNORECASE
)


def inline_keyboard(markup: Json) -> Json | None:
    """The keyboard as Telegram stores it; None when it has no buttons. Raises the 400."""
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list):
        raise bad('object expected as reply markup: field "inline_keyboard" must be an Array')
    kept: list[list[Json]] = []
    count = 0
    for row in rows:
        if not isinstance(row, list):
            raise bad('field "inline_keyboard" must be an Array of Arrays')
        if row:
            kept.append([_button(b) for b in row])
            count += len(row)
    if count > MAX_BUTTONS:
        raise bad("reply markup is too long")
    return {"inline_keyboard": kept} if kept else None


def _button(button: Any) -> Json:
    prefix = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad(prefix + "InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad(prefix + 'Can\'t find field "text"')
    if not text.strip():
        raise bad("inline keyboard button text must be non-empty")
    actions = [key for key in _ACTIONS if button.get(key) not in (None, False)]
    if not actions:
        raise bad(prefix + "Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad("BUTTON_TYPE_INVALID")
    action, value = actions[0], button[actions[0]]
    if action == "callback_data" and (
        not isinstance(value, str) or not 1 <= len(value.encode()) <= 64
    ):
        raise bad("BUTTON_DATA_INVALID")
    if action == "url" and (not isinstance(value, str) or not _URL.fullmatch(value)):
        raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    kept = {"text": text, action: value}
    for extra in ("style", "icon_custom_emoji_id"):
        if extra in button:
            kept[extra] = button[extra]
    return kept


def reply_markup(markup: Any) -> tuple[Json | None, Json | None]:
    """(inline keyboard, other markup) of a ``reply_markup`` argument; either may be None."""
    if markup is None or markup == "":
        return None, None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        return inline_keyboard(markup), None
    if "keyboard" in markup:
        rows = markup["keyboard"]
        if not isinstance(rows, list) or not all(isinstance(r, list) for r in rows):
            raise bad('field "keyboard" must be an Array of Arrays')
        for button in (b for row in rows for b in row):
            text = button.get("text") if isinstance(button, dict) else button
            if not isinstance(text, str) or not text.strip():
                raise bad("can't parse keyboard button: Can't find field \"text\"")
        return None, markup
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return None, markup
    return None, None
