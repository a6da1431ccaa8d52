"""Texts in the languages of ``locales/``: looked up by key, filled in, safe as Telegram HTML.

A catalogue is a gettext ``.po`` file whose msgids are keys (``report-accepted``). ``zh_Hans`` is
the source of truth; what another language lacks is taken from it. Every parameter is escaped
unless it is already ``Html``, so no name and no message can break or forge markup; one that has a
method ``called(locale)`` is shown by what that gives.

A text that counts may have plural forms (the key is ``msgid_plural`` too): the parameter named
``count`` chooses, by the plural rule that Babel has of the language.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType
from typing import Any

from babel import Locale
from babel.messages.pofile import read_po

SOURCE = "zh_Hans"
Forms = tuple[str, ...]
"""A text in its plural forms, in gettext's order; one form for a text that does not count."""
_TAGS = ("zero", "one", "two", "few", "many", "other")


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
    """The catalogue of one language; texts of one form may be another language's."""

    def __init__(self, locale: str, catalogue: Mapping[str, Forms]) -> None:
        self.locale = locale
        self._catalogue = catalogue
        self._form = plural_form(locale)

    def __call__(self, key: str, **params: object) -> Html:
        """The text as HTML, every parameter escaped. Raises KeyError for an unknown key."""
        forms = self._catalogue[key]
        which = 0 if len(forms) == 1 else min(self._form(params.get("count")), len(forms) - 1)
        return Html(forms[which].format(**{k: self._shown(v) for k, v in params.items()}))

    def label(self, key: str, **params: object) -> str:
        """The text for places that take no markup: buttons, toasts, command menus."""
        return plain(self(key, **params))

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._catalogue

    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._catalogue)

    def _shown(self, value: object) -> Html:
        called = getattr(value, "called", None)
        return escape(called(self.locale) if called else value)


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
    return tuple(
        sorted(
            (n for n in found if not n.startswith("_")),
            key=lambda n: (n != SOURCE, n[:2] != SOURCE[:2], n),
        )
    )


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


def plural_form(locale: str) -> Callable[[object], int]:
    """Which plural form a count takes in a language: an index in gettext's order.

    What is no number takes the last form, whatever that is.
    """
    rule = Locale.parse(locale).plural_form
    order = [tag for tag in _TAGS if tag in rule.tags or tag == "other"]

    @cache
    def index(count: object) -> int:
        if not isinstance(count, int | float):
            return len(order) - 1
        whole = int(count) if float(count).is_integer() else count
        return order.index(rule(whole))

    return index


@cache
def catalogue(locale: str) -> Mapping[str, Forms]:
    """Key -> plural forms of one language, all its files together; fuzzy entries left out."""
    found: dict[str, Forms] = {}
    folder: Any = files("locales").joinpath(locale).joinpath("LC_MESSAGES")
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".po"):
            for message in read_po(BytesIO(entry.read_bytes()), locale=locale):
                key = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string
                forms = tuple(map(str, said if isinstance(said, list | tuple) else (said,)))
                if key and all(forms) and not message.fuzzy:
                    found[key] = forms
    return MappingProxyType(found)
