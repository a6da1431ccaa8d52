"""Telegram's limits, kept in one place so that no outgoing text can break them."""

from __future__ import annotations

import re
import unicodedata

from bot.i18n import Html, plain

TEXT = 4096
CAPTION = 1024
CALLBACK_BYTES = 64
TOAST = 200
ROW = 36
"""Display cells that a row of buttons has on a small phone, shared equally among its buttons."""
LABEL = 20
"""Display cells of a button's label that are read whole, on any phone, in a row of its own."""
ELLIPSIS = "…"
_AS_EMOJI, _JOINER = "\ufe0f", "\u200d"
_TAG = re.compile(r"<(/?)([a-z]+)[^>]*>")
_PIECE = re.compile(r"<[^>]*>|&[^;\s]{1,8};|.", re.DOTALL)


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cells(text: str) -> int:
    """Width as a phone shows it: a Chinese character or an emoji takes two, a letter one."""
    width = 0
    for char in text:
        if char == _AS_EMOJI:
            width += 1  # the sign before it, of width one, becomes an emoji
        elif unicodedata.combining(char) or char == _JOINER:
            continue
        else:
            width += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return width


def fit(text: Html, most: int = TEXT) -> Html:
    """The HTML, cut to ``most`` code units with its tags closed. Markup counts as well."""
    if units(text) <= most:
        return text
    room, kept, opened = most - 64, [], []
    for match in _PIECE.finditer(text):
        piece = match.group()
        size = units(piece)
        if size > room:
            break
        if tag := _TAG.fullmatch(piece):
            if not tag.group(1):
                opened.append(tag.group(2))
            elif opened:
                opened.pop()
        room -= size
        kept.append(piece)
    closing = "".join(f"</{name}>" for name in reversed(opened))
    return Html("".join(kept) + ELLIPSIS + closing)


def short(text: str, most: int) -> str:
    """Plain text of at most ``most`` code units, on one line."""
    line = " ".join(text.split())
    if units(line) <= most:
        return line
    kept, room = [], most - 1
    for char in line:
        room -= units(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + ELLIPSIS


def toast(text: str) -> str:
    """Text for the answer to a tap."""
    return short(plain(text), TOAST)
