"""Callback data: at most 64 bytes, checked when built, untrusted when read.

``<prefix><version>.<base-36 id>.<argument>``, such as ``k1.2s.accept``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.views.limits import CALLBACK_BYTES

VERSION = "1"
LARGEST = 36**12 - 1
"""What twelve base-36 digits hold, and every database: a larger id was made by hand."""
DIALOG = "d"  # id: revision of the draft; argument: the option tapped
TASK = "k"  # id: sub-task; argument: the act
CASE = "c"  # id: case; argument: the act of its reporter
HUB = "h"  # id: case; argument: the act of the dispatcher
VERIFY = "v"  # id: case; argument: pass or fail
NOTE = "n"  # id: note; argument: what it becomes
THREAD = "t"  # id: conversation; argument: the act
MENU = "m"  # id: page or 0; argument: where to
PREFIXES = frozenset({DIALOG, TASK, CASE, HUB, VERIFY, NOTE, THREAD, MENU})

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(r"([a-z])([0-9])\.([0-9a-z]{1,12})\.([0-9A-Za-z_:.\-]{0,48})")


@dataclass(frozen=True, slots=True)
class Tap:
    """What a button says when it is pressed."""

    prefix: str
    id: int
    argument: str


def encode(prefix: str, number: int, argument: str = "") -> str:
    """Callback data. Raises ValueError when it would not fit or not be read back."""
    data = f"{prefix}{VERSION}.{_base36(number)}.{argument}"
    if len(data.encode()) > CALLBACK_BYTES or decode(data) is None:
        raise ValueError(f"callback data of a wrong shape: {data[:80]}")
    return data


def decode(data: str | None) -> Tap | None:
    """What it says; None when it was not made here."""
    found = _SHAPE.fullmatch(data or "")
    if not found or found[1] not in PREFIXES or found[2] != VERSION:
        return None
    return Tap(found[1], int(found[3], 36), found[4])


def _base36(number: int) -> str:
    if number < 0:
        raise ValueError("ids are not negative")
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits
