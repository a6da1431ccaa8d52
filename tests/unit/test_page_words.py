"""The page's words: both languages say the same, and every word that is asked for is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "bot" / "sandbox" / "page"
ZH, EN = (
    json.loads((PAGE / f"words.{code}.json").read_text(encoding="utf-8")) for code in ("zh", "en")
)
_ASKED = re.compile(
    r"""(?<![\w.])t\(\s*["']([\w-]+)["']|data-t(?:-\w+)?["']?\s*[:=]\s*["']([\w-]+)["']"""
)
_COMPOSED = re.compile(r"`([a-z]+(?:-[a-z]+)*-)\$\{")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = {"look-to-en", "look-to-zh"}
"""Names of the languages, each in its own."""


_OWN = ("呼应", "简体中文", "繁體中文", '"简"', '"繁"', "第")
"""The bot's name, languages by their own names, and where a grid's name is broken into lines."""


def forms(entry: str | dict[str, str]) -> list[str]:
    """The forms of a word: one, or one for each plural form."""
    return [entry] if isinstance(entry, str) else list(entry.values())


def placeholders(form: str) -> set[str]:
    """The names of what is filled in."""
    return set(re.findall(r"\{(\w+)\}", form))


def sources() -> list[Path]:
    """Every script and page that may ask for a word."""
    return sorted([*PAGE.glob("*.js"), *PAGE.glob("*.html")])


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    """A word added in one language and forgotten in the other would show as its key."""
    assert list(ZH) == list(EN)


@pytest.mark.parametrize("key", ZH)
def test_every_form_fills_in_the_same_things(key: str) -> None:
    """A placeholder that one language lacks would lose what it stands for."""
    wanted = placeholders(forms(ZH[key])[0])
    for form in [*forms(ZH[key]), *forms(EN[key])]:
        assert form.strip(), "an empty word"
        assert placeholders(form) == wanted
    if isinstance(EN[key], dict):
        assert {"one", "other"} <= set(EN[key])


@pytest.mark.parametrize("key", EN)
def test_no_word_was_left_in_the_other_language(key: str) -> None:
    """English is English; the names of the bot and of languages are their own."""
    if key in _LATIN:
        return
    assert not any(_HAN.search(form.replace("呼应", "")) for form in forms(EN[key]))


def test_every_word_that_the_page_asks_for_is_there() -> None:
    """A key that a script or the page names is in the word files."""
    missing = {
        (file.name, key)
        for file in sources()
        for found in _ASKED.finditer(file.read_text(encoding="utf-8"))
        if (key := found[1] or found[2]) not in ZH
    }
    assert not missing


def test_every_word_is_asked_for() -> None:
    """A word that nothing names any more is deleted; one may be put together from its start."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sources())
    starts = tuple(_COMPOSED.findall(text))
    unused = [
        key
        for key in ZH
        if not re.search(rf"""["'`]{re.escape(key)}["'`]""", text) and not key.startswith(starts)
    ]
    assert not unused


def test_no_word_stands_in_a_script() -> None:
    """What people read comes from the word files; only names that no language changes do not."""
    own = re.compile("|".join(_OWN))
    for file in sources():
        text = re.sub(
            r"/\*.*?\*/|//[^\n]*|<!--.*?-->", "", file.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        if file.suffix == ".html":
            text = re.sub(
                r">[^<]*<", "><", text
            )  # filled in by data-t; said before that in Chinese
        assert not _HAN.search(own.sub("", text)), file.name
