"""The photos that the people of the guided scenes take: drawings of a made-up town."""

from __future__ import annotations

import base64
from pathlib import Path

from bot.sandbox.model import Json

FOLDER = Path(__file__).parent / "photos"
_WIDTH, _HEIGHT = 640, 480


def photo(name: str) -> Json:
    """The photo of that name, as the control door's ``say`` takes one."""
    data = (FOLDER / f"{name}.jpg").read_bytes()
    return {"data": base64.b64encode(data).decode(), "width": _WIDTH, "height": _HEIGHT}
