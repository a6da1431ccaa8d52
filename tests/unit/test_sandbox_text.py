"""The sandbox reads HTML, entities and keyboards as Telegram does."""

from __future__ import annotations

import pytest

from bot.sandbox.markup import reply_markup
from bot.sandbox.model import ApiError
from bot.sandbox.text import find_entities, formatted, parse_html, units


def kinds(entities: list[dict]) -> list[tuple[str, int, int]]:
    return [(e["type"], e["offset"], e["length"]) for e in entities]


def test_nested_tags_become_entities_in_utf16_units() -> None:
    """Offsets count UTF-16 units, so that a character outside the BMP counts twice."""
    text, entities = parse_html("🟠 <b>粗<i>斜</i></b> &lt;x&gt; &amp; &#128512;")
    assert text == "🟠 粗斜 <x> & 😀"
    assert kinds(entities) == [("bold", 3, 2), ("italic", 4, 1)]


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<strong>x</strong>", "bold"),
        ("<em>x</em>", "italic"),
        ("<ins>x</ins>", "underline"),
        ("<strike>x</strike>", "strikethrough"),
        ("<del>x</del>", "strikethrough"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
        ("<code>x</code>", "code"),
        ("<pre>x</pre>", "pre"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
        ('<tg-emoji emoji-id="5">x</tg-emoji>', "custom_emoji"),
        ('<a href="https://example.org/?a=1&amp;b=2">x</a>', "text_link"),
        ('<a href="tg://user?id=7">x</a>', "text_mention"),
    ],
)
def test_every_allowed_tag_gives_its_entity(html: str, kind: str) -> None:
    """Each tag of the Bot API's HTML style is understood."""
    text, entities = parse_html(html)
    assert (text, kinds(entities)) == ("x", [(kind, 0, 1)])


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("路<script>", 'Unsupported start tag "script" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2>", 'Unsupported start tag "2" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag, expected "</b>", found "</i>" at byte offset 4'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<span class="x">x</span>', 'Tag "span" must have class "tg-spoiler"'),
        ("<a href>x</a>", "Expected equal sign in declaration of an attribute"),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(html: str, reason: str) -> None:
    """A text that Telegram cannot parse is a 400 that names the byte."""
    with pytest.raises(ApiError) as caught:
        parse_html(html)
    assert caught.value.description.startswith("Bad Request: can't parse entities: ")
    assert reason in caught.value.description


def test_unknown_references_stay_as_they_are() -> None:
    """Only lt, gt, amp, quot and numbers are decoded."""
    assert parse_html("&nbsp;&hellip; A&B &#0; &quot;")[0] == '&nbsp;&hellip; A&B &#0; "'


def test_a_code_language_needs_its_pre() -> None:
    """pre with code inside is one block with a language; code alone has none."""
    _, entities = parse_html('<pre><code class="language-py">x</code></pre>')
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "py"}]
    _, entities = parse_html('<code class="language-py">x</code>')
    assert entities == [{"type": "code", "offset": 0, "length": 1}]


def test_surrounding_space_is_dropped_and_entities_move_along() -> None:
    """Telegram trims a text and keeps the marks on the same letters."""
    text, entities = formatted("  <b>粗 </b>\n", "HTML", None)
    assert (text, kinds(entities)) == ("粗", [("bold", 0, 1)])


def test_commands_are_found_where_telegram_finds_them() -> None:
    """A slash command counts at a word's beginning, with or without the bot's name."""
    found = kinds(find_entities("/start@huying_bot 见 /my，a/b #垃圾 @huying_bot"))
    assert found == [
        ("bot_command", 0, 17),
        ("bot_command", 20, 3),
        ("hashtag", 28, 3),
        ("mention", 32, 11),
    ]


def test_length_counts_utf16_units() -> None:
    """4,096 means UTF-16 code units."""
    assert units("a路😀") == 4


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "x", "callback_data": "路" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "Text buttons are unallowed"),
        ({"callback_data": "x"}, "Can't find field"),
        ({"text": "x", "url": "not a link"}, "Wrong HTTP URL"),
        ({"text": "x", "url": "https://t.me/a", "callback_data": "x"}, "BUTTON_TYPE_INVALID"),
    ],
)
def test_bad_buttons_are_refused(button: dict, reason: str) -> None:
    """callback_data has 1 to 64 bytes, a button has a text and exactly one action."""
    with pytest.raises(ApiError, match=reason):
        reply_markup({"inline_keyboard": [[button]]})


def test_good_buttons_are_kept() -> None:
    """Sixty-four bytes and links pass."""
    rows = [
        [{"text": "签收", "callback_data": "a" * 64}],
        [{"text": "开", "url": "https://t.me/b"}],
    ]
    assert reply_markup({"inline_keyboard": rows}) == ({"inline_keyboard": rows}, None)
