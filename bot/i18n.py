"""Texts in the languages of ``locales/``: looked up by key, filled in, safe as Telegram HTML.

A catalogue is a gettext ``.po`` file whose msgids are keys (``report-accepted``). ``zh_Hans`` is
the source of truth; what another language lacks is taken from it. Every parameter is escaped
unless it is already ``Html``, so no name and no message can break or forge markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel.messages.pofile import read_po

SOURCE = "zh_Hans"


class Html(str):
    """Text that is already valid Telegram HTML."""

    __slots__ = ()


def escape(text: object) -> Html:
    """Any text as Telegram HTML; what cannot be encoded becomes a replacement mark."""
    if isinstance(text, Html):
        return text
    clean = str(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Html(html.escape(clean.replace("\x00", ""), quote=False))


def plain(text: str) -> str:
    """Telegram HTML as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]*>", "", text))


class Texts:
    """The catalogue of one language."""

    def __init__(self, locale: str, catalogue: Mapping[str, str]) -> None:
        self.locale = locale
        self._catalogue = catalogue

    def __call__(self, key: str, **params: object) -> Html:
        """The text as HTML, every parameter escaped. Raises KeyError for an unknown key."""
        return Html(self._catalogue[key].format(**{k: escape(v) for k, v in params.items()}))

    def label(self, key: str, **params: object) -> str:
        """The text for places that take no markup: buttons, toasts, command menus."""
        return plain(self(key, **params))

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._catalogue

    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._catalogue)


@cache
def texts(locale: str) -> Texts:
    """The texts of a language; of the source for a language that we do not have."""
    here = locale if locale in available() else SOURCE
    own = catalogue(here)
    return Texts(here, own if here == SOURCE else {**catalogue(SOURCE), **own})


@cache
def available() -> tuple[str, ...]:
    """The languages that there are, the source first."""
    found = (entry.name for entry in files("locales").iterdir() if "." not in entry.name)
    return tuple(sorted((n for n in found if not n.startswith("_")), key=lambda n: n != SOURCE))


def choose(code: str | None, default: str) -> str:
    """The language for Telegram's ``language_code`` (``zh-hans``, ``zh-TW``, ``en-GB``)."""
    if not code:
        return default
    tag = code.replace("_", "-").lower()
    if tag.startswith("zh"):
        wanted = "zh_Hant" if re.search(r"hant|tw|hk|mo", tag) else "zh_Hans"
    else:
        wanted = tag.split("-", 1)[0]
    return wanted if wanted in available() else default


def catalogue(locale: str) -> dict[str, str]:
    """Key -> text of one language, all its files together."""
    found: dict[str, str] = {}
    folder: Any = files("locales").joinpath(locale).joinpath("LC_MESSAGES")
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".po"):
            for message in read_po(BytesIO(entry.read_bytes()), locale=locale):
                if message.id and message.string:
                    found[str(message.id)] = str(message.string)
    return found
