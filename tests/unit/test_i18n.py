"""Texts: found by key, safe as Telegram HTML, in the reader's language."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot import i18n
from bot.i18n import Html, Texts, catalogue, choose, escape, plain, texts


def test_a_parameter_cannot_break_the_markup() -> None:
    """Markup in a parameter is shown, not obeyed."""
    shown = texts("zh_Hans")("question", number="1", text="<b>&</b>")
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in shown
    assert isinstance(shown, Html)


def test_html_of_our_own_is_not_escaped_twice() -> None:
    """What a text already made stays as it is."""
    t = texts("zh_Hans")
    assert escape(t("plain", text="<")) == "&lt;"


def test_labels_are_plain() -> None:
    """Buttons and toasts take no markup: the reader sees the signs themselves."""
    assert texts("zh_Hans").label("plain", text="<b>&") == "<b>&"


def test_braces_in_a_parameter() -> None:
    """Braces in what somebody wrote are no fields."""
    assert "{number} {0}" in texts("zh_Hans")("plain", text="{number} {0}")


@pytest.mark.parametrize("text", ["路灯\ud83d不亮", "\udc00", "a\x00b"])
def test_what_cannot_be_sent_is_replaced(text: str) -> None:
    """Half characters and zero bytes never reach Telegram."""
    shown = escape(text)
    shown.encode()
    assert "\x00" not in shown


def test_an_unknown_key_is_an_error() -> None:
    """A missing text shows in tests, not as an empty message."""
    with pytest.raises(KeyError):
        texts("zh_Hans")("no-such-key")


@pytest.mark.parametrize("code", [None, "", "zh-hans", "fr", "zh", "xx-YY-zz", "zh_CN"])
def test_the_language_of_a_person(code: str | None) -> None:
    """Telegram's code gives a language that exists, else the deployment's."""
    assert choose(code, "zh_Hans") == "zh_Hans"


def test_a_language_that_does_not_exist_reads_the_source() -> None:
    """An unknown language reads Chinese rather than keys."""
    assert texts("tlh").locale == i18n.SOURCE


@pytest.mark.parametrize(
    ("locale", "count", "form"),
    [
        ("en", 1, 0), ("en", 1.0, 0), ("en", 0, 1), ("en", 2, 1), ("en", 1.5, 1), ("en", None, 1),
        ("en", "many", 1), ("zh_Hans", 1, 0), ("zh_Hant", 7, 0), ("ru", 1, 0), ("ru", 3, 1),
        ("ru", 5, 2), ("ru", 21, 0),
    ],
)  # fmt: skip
def test_a_count_takes_the_languages_plural_form(locale: str, count: object, form: int) -> None:
    """Babel's rule of the language decides, in gettext's order; no number is the last form."""
    assert i18n.plural_form(locale)(count) == form


def test_plural_forms_are_used() -> None:
    """One hour and two hours; a language without forms has one text for both."""
    en = Texts("en", {"x": ("{count} hour", "{count} hours"), "y": ("{count} 小时",)})
    assert [en("x", count=n) for n in (1, 2, 1.5)] == ["1 hour", "2 hours", "1.5 hours"]
    assert en("y", count=1) == "1 小时"


def test_a_thing_with_names_is_shown_in_the_texts_language() -> None:
    """An item may be given as it is: every language calls it its own way, escaped."""

    class Item:
        def called(self, locale: str) -> str:
            return {"en": "Fire & smoke"}.get(locale, "火灾")

    assert texts("en")("plain", text=Item()) == "Fire &amp; smoke"
    assert texts("zh_Hans").label("plain", text=Item()) == "火灾"


def test_every_text_is_valid_markup() -> None:
    """Every tag is one of Telegram's, opened and closed in order; every sign is escaped."""
    for key, (text,) in catalogue("zh_Hans").items():
        opened: list[str] = []
        for closing, name in re.findall(r"<(/?)([^>]*)>", text):
            assert name in {"b", "i", "code", "u", "s", "pre"}, key
            if closing:
                assert opened.pop() == name, key
            else:
                opened.append(name)
        assert not opened, key
        assert html.unescape(text) == text or "&" in text, key


def test_sentences_are_short() -> None:
    """What residents read comes in sentences of about 25 characters (conversation.md)."""
    path = Path(i18n.__file__).parents[1] / "locales/zh_Hans/LC_MESSAGES/resident.po"
    with path.open("rb") as file:
        entries = [m for m in read_po(file) if m.id]
    long = {}
    for entry in entries:
        if str(entry.id) in _STATUTORY:
            continue
        for sentence in re.split(r"[。！？：；\n　，、（）·]", plain(str(entry.string))):
            shown = re.sub(r"\{\w+\}", "", sentence)
            if len(shown) > 25:
                long[str(entry.id)] = shown
    assert long == {}


_STATUTORY = {"notice", "privacy"}
"""Texts that the law wants complete."""
