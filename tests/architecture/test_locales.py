"""Texts: every key exists in every language, can be filled in, and fits where it is shown."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from string import Formatter

import opencc
import pytest
from babel.messages.plurals import get_plural

from bot.domain.case import Status
from bot.domain.items import HOTLINES
from bot.i18n import SOURCE, available, catalogue, plain, texts
from bot.services import commands
from bot.views.limits import CAPTION, LABEL, TEXT, TOAST, cells, units
from handlers.registry import COMMANDS
from tests.architecture.samples import fields, filled
from tests.architecture.source import modules, strings
from tests.architecture.texts import (
    KEY,
    LOOKUPS,
    SILENT,
    TOASTS,
    constants,
    faults,
    files,
    name_of,
    template,
    used,
)

SPEAKING = ("bot/views/", "bot/forms/", "bot/services/", "handlers/")
"""Folders where a string with a key's shape, and the beginning of one, is taken for a key."""
NOT_KEYS: frozenset[str] = frozenset()
"""Strings there that only look like keys."""
NEUTRAL = frozenset(
    {
        "say-result-confirm", "todo-head", "digest-more",
    }
)  # fmt: skip
"""English texts with a number whose words are the same for one and for many."""
CAPTIONS = ("taken-away",)
"""Texts that stand under a picture."""
TAGS = re.compile("b|strong|i|em|u|ins|s|strike|del|a|code|pre|blockquote|tg-spoiler")
STABLE = """
提交 改事项 改地点 匿名 取消 返回 签收 不归我管 进展 办结 确认 改派 核查通过 核查不通过
解决了 部分解决 没解决 满意 一般 不满意 不是紧急 留电话
"""
"""Labels that other people's tests and habits rely on."""
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
WIDE = re.compile("[\u3000-\u303f\uff00-\uffef]")
NAMES = ("呼应", "语言", "简体中文", "繁體中文")
"""Chinese that an English text may hold: the bot's name, and what languages call themselves."""
QUOTES = {"zh_Hans": "“”", "zh_Hant": "「」", "en": "“”"}
"""The quotation marks of a language."""
LOCALES = available()


def test_there_are_the_three_languages() -> None:
    """Simplified and traditional Chinese and English, the source first."""
    assert LOCALES == ("zh_Hans", "zh_Hant", "en")


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_left_to_do_in_a_language(locale: str) -> None:
    """No key is missing, unused, fuzzy or obsolete, and Babel finds no entry malformed."""
    assert faults(locale) == []


def test_the_extraction_finds_what_the_code_says() -> None:
    """Direct keys, choices, families, the items' advice, each with the place that uses it."""
    found = used()
    assert any(path == "bot/views/resident.py" for path, _ in found["accepted"])
    assert {"ask-item", "ask-item-none"} <= found.keys()
    assert {f"status-{status.value}" for status in Status} <= found.keys()
    assert ("bot/data/items.jsonl", 1) not in found["advice-gas"]
    assert any(path == "bot/data/items.jsonl" for path, _ in found["advice-gas"])


def test_the_list_for_translators_holds_every_key() -> None:
    """With the source's words beside it, and two forms where a number stands in it."""
    made = template()
    assert {str(m.id if isinstance(m.id, str) else m.id[0]) for m in made if m.id} == used().keys()
    assert any(message.pluralizable for message in made)


def test_every_key_that_the_code_looks_up_has_a_text() -> None:
    """A string that looks like a key is one; so no one meets a KeyError."""
    known = catalogue(SOURCE)
    kinds = {key.split("-", 1)[0] for key in known}
    missing = [
        f"{path}:{node.lineno}: {node.value}"
        for path, tree in modules().items()
        if path.startswith(SPEAKING)
        for node in strings(tree)
        if KEY.fullmatch(str(node.value))
        and str(node.value).split("-", 1)[0] in kinds
        and node.value not in known.keys() | NOT_KEYS
    ]
    assert not missing, "\n".join(sorted(set(missing)))


def test_every_family_of_keys_exists() -> None:
    """A key put together at run time begins like at least one text: ``t(f"status-{name}")``."""
    known = catalogue(SOURCE)
    lost = [
        f"{path}:{call.lineno}: {first.values[0].value}"
        for path, call, first in lookups()
        if isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant)
        if not any(key.startswith(str(first.values[0].value)) for key in known)
    ]
    assert not lost, "\n".join(lost)


def test_every_lookup_gives_what_its_template_asks_for() -> None:
    """The placeholders of a text are among the arguments of the call, where those are written."""
    known = catalogue(SOURCE)
    short = [
        f"{path}:{call.lineno}: {key} needs {', '.join(sorted(lacking))}"
        for path, call, first in lookups()
        if all(word.arg for word in call.keywords) and name_of(call) != "Refused"
        for key in constants(first)
        if key in known
        and (lacking := fields(known[key][0]) - {word.arg for word in call.keywords})
    ]
    assert not short, "\n".join(short)


def lookups() -> list[tuple[str, ast.Call, ast.expr]]:
    """(file, call, first argument) of everything that looks a text up."""
    return [
        (path, node, node.args[0])
        for path, tree in modules().items()
        if path != "bot/i18n.py" and not path.startswith(SILENT)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args and name_of(node) in LOOKUPS
    ]


def test_every_status_has_its_words() -> None:
    """A case can be named in each of its states."""
    known = catalogue(SOURCE)
    assert not [s.value for s in Status if f"status-{s.value}" not in known]


def test_every_hotline_has_its_words() -> None:
    """Each number that an item may name is told with what it is."""
    known = catalogue(SOURCE)
    assert not [number for number in HOTLINES if f"hotline-{number}" not in known]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_key_stands_in_two_files(locale: str) -> None:
    """Which of two texts would win depended on the files' names; the files are the source's."""
    seen = Counter(key for path in files(locale) for key in msgids(path))
    assert not [key for key, count in seen.items() if count > 1]
    homes = {key: path.name for path in files(SOURCE) for key in msgids(path)}
    assert {key: path.name for path in files(locale) for key in msgids(path)} == homes


def msgids(path: Path) -> list[str]:
    """The keys of a file as they are written, repeated ones too."""
    return re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_template_has_its_sources_placeholders(locale: str) -> None:
    """The same plain names, none more and none less; a form for one may leave the number out."""
    source = catalogue(SOURCE)
    for key, forms in catalogue(locale).items():
        wanted = fields(source[key][0])
        for number, form in enumerate(forms):
            parts = list(Formatter().parse(form))
            names = [name for _, name, _, _ in parts if name is not None]
            assert all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in names), key
            assert not any(spec or convert for _, _, spec, convert in parts), key
            spare = {"count", "hours"} if len(forms) > 1 and number == 0 else set()
            assert wanted - spare <= set(names) <= wanted, f"{key}: {form}"


@pytest.mark.parametrize("locale", LOCALES)
def test_plural_forms_are_those_of_the_language(locale: str) -> None:
    """As many forms as gettext's rule of the language has, or one text for every number."""
    expected = get_plural(locale)[0]
    wrong = {k: forms for k, forms in catalogue(locale).items() if len(forms) not in {1, expected}}
    assert not wrong


def test_english_counts_in_words_that_agree() -> None:
    """What shows a number has a form for one and a form for more, unless its words are neutral."""
    own = catalogue("en")
    counting = {key for key, forms in own.items() if any("{count}" in form for form in forms)}
    single = {key for key in counting if len(own[key]) == 1}
    assert single - NEUTRAL == set()
    assert NEUTRAL - single == set(), "no longer neutral"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_template_is_telegram_html(locale: str) -> None:
    """Only Telegram's tags, closed in order, and ``&`` only as an entity."""
    wrong = {
        key: why
        for key, forms in catalogue(locale).items()
        for form in forms
        if (why := html_fault(form))
    }
    assert not wrong


def html_fault(text: str) -> str:
    """What Telegram's parser would refuse, or nothing."""
    if re.search(r"&(?!(amp|lt|gt|quot|#\d+|#x[0-9a-fA-F]+);)", text):
        return "a bare &"
    opened: list[str] = []
    for tag in re.finditer(r"<(/?)([a-z-]*)([^<>]*)(>?)", text):
        closing, name, rest, end = tag.groups()
        if not TAGS.fullmatch(name) or not end:
            return f"not a tag: {tag.group()}"
        if rest and not (name == "a" and re.fullmatch(r' href="[^"]*"', rest)):
            return f"attributes: {tag.group()}"
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return f"closed out of order: {tag.group()}"
    return f"not closed: {opened[-1]}" if opened else ""


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("<b>{number}</b> 已受理", True),
        ('<a href="{link}">打开</a>', True),
        ("A &amp; B", True),
        ("A & B", False),
        ("a < b", False),
        ("<b>{number}", False),
        ("<b><i>x</b></i>", False),
        ("<div>x</div>", False),
    ],
)
def test_the_check_knows_telegrams_rules(text: str, sound: bool) -> None:
    """Each rule of Telegram's HTML mode is told apart from what it allows."""
    assert (html_fault(text) == "") is sound


@pytest.mark.parametrize("locale", LOCALES)
def test_the_same_commands_and_numbers_stand_in_every_language(locale: str) -> None:
    """No translation loses a /command, a telephone number or a mark such as ⚠️ of its source."""
    source = catalogue(SOURCE)
    lost = {
        key: gone
        for key, forms in catalogue(locale).items()
        for form in forms
        if (gone := facts(source[key][0]) - facts(form))
    }
    assert not lost


def facts(text: str) -> Counter[str]:
    """The commands, telephone numbers and signs of a text."""
    bare = re.sub(r"\{[a-z_]+\}", "", text)
    symbols = [char for char in bare if unicodedata.category(char) == "So"]
    return Counter([*re.findall(r"(?<![\w<])/[a-z]+|\b\d{3,5}\b", bare), *symbols])


@pytest.mark.parametrize("locale", LOCALES)
def test_button_labels_are_short(locale: str) -> None:
    """What a phone shows of a label is cut off behind that; a label has no markup."""
    long = {
        key: forms
        for key, forms in catalogue(locale).items()
        if key.startswith("button-")
        and (cells(re.sub(r"\{[a-z_]+\}", "", forms[0])) > LABEL or plain(forms[0]) != forms[0])
    }
    assert not long


def test_the_stable_labels_are_there() -> None:
    """Buttons that people and outside tests look for by name; an emoji may stand before."""
    buttons = [forms[0] for key, forms in catalogue(SOURCE).items() if key.startswith("button-")]
    bare = {re.sub(r"^[^\w]+", "", text) for text in buttons}
    assert not [label for label in STABLE.split() if label not in bare]


@pytest.mark.parametrize("locale", LOCALES)
def test_labels_of_one_language_are_told_apart(locale: str) -> None:
    """No two different acts have the same words on their buttons."""
    counted = Counter(
        f[0] for k, f in catalogue(locale).items() if k.startswith("button-") and k not in SAME
    )
    assert not [label for label, count in counted.items() if count > 1]


SAME = frozenset({"button-result-submit"})
"""Labels that repeat another one's words on purpose: the same act a step later."""


@pytest.mark.parametrize("locale", LOCALES)
def test_command_menus_are_as_telegram_takes_them(locale: str) -> None:
    """Every command of every menu is one that there is, with one short line of words."""
    known = dict(COMMANDS)
    for name in ("todo", "digest", "invite", "units", *commands.EVERYBODY):
        (entry,) = commands.listed(texts(locale), [name])
        assert name in known
        assert 1 <= units(entry["description"]) <= 60
        assert "\n" not in entry["description"]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_breaks_a_limit_when_it_is_filled_in(locale: str) -> None:
    """With the longest values that may come a message has 4096, a caption 1024, a toast 200."""
    long = {}
    for key, forms in catalogue(locale).items():
        said = plain(filled(texts(locale), key, forms))
        most = TOAST if key in toasts() else CAPTION if key in CAPTIONS else TEXT
        if not 0 < units(said) <= most:
            long[key] = units(said)
    assert not long


@cache
def toasts() -> frozenset[str]:
    """The keys that may be the answer to a tap."""
    return frozenset(
        key
        for path, tree in modules().items()
        if path.startswith(SPEAKING)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node) in TOASTS
        for argument in node.args
        for key in constants(argument)
        if key in catalogue(SOURCE)
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_quotation_marks_are_the_languages_own(locale: str) -> None:
    """“…” or 「…」, in pairs, and never the typewriter's."""
    opening, closing = QUOTES[locale]
    for key, forms in catalogue(locale).items():
        for form in forms:
            bare = re.sub(r"<[^>]*>", "", form)
            assert not set(bare) & (set('"“”「」『』') - {opening, closing}), key
            assert bare.count(opening) == bare.count(closing), key


def test_traditional_texts_have_no_simplified_character() -> None:
    """Nor one of those that conversion by character leaves wrong."""
    wrong = {
        key: bad
        for key, forms in catalogue("zh_Hant").items()
        if (bad := [c for c in forms[0] if only("s2t", "big5", c)] or MISTAKEN.findall(forms[0]))
    }
    assert not wrong


def test_simplified_texts_have_no_traditional_character() -> None:
    """The source is written in one script."""
    wrong = {
        key: bad
        for key, forms in catalogue("zh_Hans").items()
        if (bad := [c for c in forms[0] if only("t2s", "gb2312", c)])
    }
    assert not wrong


MISTAKEN = re.compile("[后么]|(?<![公英鄰])里(?![長程民])|[这来时发]")
"""Characters of which the traditional script has another one in the words that we use."""
CONVERTERS = {name: opencc.OpenCC(name) for name in ("s2t", "t2s")}


def only(convert: str, charset: str, char: str) -> bool:
    """Whether a character belongs to the other script alone: converting changes it, and the
    character set that its own script was written with does not have it."""
    if not HAN.match(char) or CONVERTERS[convert].convert(char) == char:
        return False
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return True
    return False


def test_the_scripts_are_told_apart() -> None:
    """The check knows a character of either script alone and passes what both have."""
    assert all(only("s2t", "big5", c) for c in "这发现证个")
    assert all(only("t2s", "gb2312", c) for c in "這發現證個")
    assert not any(only("s2t", "big5", c) for c in "台著后里人")
    assert not any(only("t2s", "gb2312", c) for c in "后里人台")


def test_english_texts_have_no_chinese() -> None:
    """No character and no full-width punctuation, but for names that are Chinese everywhere."""
    wrong = {}
    for key, forms in catalogue("en").items():
        for form in forms:
            bare = form
            for name in NAMES:
                bare = bare.replace(name, "")
            if HAN.search(bare) or WIDE.search(bare):
                wrong[key] = form
    assert not wrong
