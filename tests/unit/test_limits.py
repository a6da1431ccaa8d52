"""No outgoing text is longer than Telegram takes, and no cut breaks its markup."""

from __future__ import annotations

import pytest

from bot.i18n import Html, escape
from bot.sandbox.text import formatted
from bot.views.limits import CAPTION, ELLIPSIS, TEXT, TOAST, cells, fit, short, toast, units
from bot.views.message import Button, rows


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("路灯", 2), ("😀", 2), ("👨‍👩‍👧", 8), ("\ud800", 1)]
)
def test_length_is_counted_as_telegram_counts(text: str, length: int) -> None:
    """UTF-16 code units, not characters."""
    assert units(text) == length


def test_what_fits_is_left_alone() -> None:
    """Exactly at the limit nothing is cut."""
    text = Html("路" * TEXT)
    assert fit(text) is text
    assert fit(Html("😀" * (CAPTION // 2)), CAPTION).count("😀") == CAPTION // 2


@pytest.mark.parametrize("most", [TEXT, CAPTION])
@pytest.mark.parametrize("piece", ["路", "😀", "&amp;", "<b>路</b>", "&lt;b&gt;"])
def test_what_is_too_long_is_cut_whole_pieces_only(piece: str, most: int) -> None:
    """Neither a character, nor an entity, nor a tag is cut in two."""
    cut = fit(Html(piece * (TEXT + 1)), most)
    assert most - 100 < units(cut) <= most
    assert cut.endswith((ELLIPSIS, f"{ELLIPSIS}</b>"))
    said, _ = formatted(cut, "HTML", None)
    assert said.endswith(ELLIPSIS)


def test_open_tags_are_closed_after_a_cut() -> None:
    """A cut inside bold inside a link still is valid HTML."""
    text = Html(f'<a href="https://t.me/x?a=1&amp;b=2"><b>{"路" * TEXT}</b></a>')
    cut = fit(text)
    assert cut.endswith(f"{ELLIPSIS}</b></a>")
    said, entities = formatted(cut, "HTML", None)
    assert {entity["type"] for entity in entities} == {"bold", "text_link"}
    assert units(said) < TEXT


def test_a_resident_cannot_forge_markup() -> None:
    """Everything a person wrote comes out as it was written."""
    said = '</b><a href="tg://user?id=1">您</a> & <script> \x00'
    text, entities = formatted(f"<b>{escape(said)}</b>", "HTML", None)
    assert text.strip() == said.replace("\x00", "").strip()
    assert {e["type"] for e in entities} <= {"bold", "bot_command"}


def test_a_line_of_plain_text_is_shortened_on_one_line() -> None:
    """Line breaks become spaces; surrogate pairs stay whole."""
    assert short("一\n\n二  三", 10) == "一 二 三"
    assert short("路" * 20, 10) == "路" * 9 + ELLIPSIS
    assert short("😀" * 20, 10) == "😀" * 4 + ELLIPSIS


def test_the_answer_to_a_tap_is_plain_and_short() -> None:
    """Two hundred code units, no markup."""
    assert toast("<b>好</b> &amp; 谢谢") == "好 & 谢谢"
    assert units(toast("路" * 500)) == TOAST


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("提交", 4),
        ("Submit", 6),
        ("✅ 提交", 7),
        ("✏️ 改事项", 9),
        ("a\u0301", 1),
        ("👨\u200d👩", 4),
    ],
)
def test_cells_are_what_a_phone_shows(text: str, width: int) -> None:
    """A Chinese character and an emoji are twice as wide as a letter; marks have no width."""
    assert cells(text) == width


def test_a_row_holds_what_can_be_read_whole() -> None:
    """Buttons of a row are equally wide: with a long label a row takes fewer, and order stays."""
    long, brief = Button("Partly solved, thank you"), Button("Solved")
    assert rows(brief, brief, brief, width=3) == ((brief, brief, brief),)
    assert rows(brief, long, brief, width=3) == ((brief,), (long,), (brief,))
    assert rows(brief, brief, brief) == ((brief, brief), (brief,))
    assert rows() == ()
