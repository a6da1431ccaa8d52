"""Traditional to simplified Chinese by OpenCC."""

from __future__ import annotations

from functools import cache

from opencc import OpenCC


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplify(text: str) -> str:
    """``text`` in simplified characters; must hold no unpaired surrogate."""
    simplified: str = _converter().convert(text)
    return simplified
