"""Texts: every key exists, every template can be filled in, no markup that Telegram refuses."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from bot.domain.case import Status
from bot.i18n import SOURCE, available, catalogue, plain
from tests.architecture.source import ROOT, modules, strings

KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
LOOKUPS = frozenset({"t", "label", "texts", "text", "Refused"})
"""Calls whose first argument is a key: ``t("key")``, ``t.label("key")``, ``Refused("key")``."""
SPEAKING = ("bot/views/", "bot/forms/", "bot/services/", "handlers/")
"""Folders where a string with a key's shape, and the beginning of one, is taken for a key."""
NOT_KEYS: frozenset[str] = frozenset()
"""Strings there that only look like keys."""
TAGS = re.compile("b|strong|i|em|u|ins|s|strike|del|a|code|pre|blockquote|tg-spoiler")
STABLE = """
提交 改事项 改地点 匿名 取消 返回 签收 进展 办结 确认 改派 核查通过 核查不通过
解决了 部分解决 没解决 满意 一般 不满意 不是紧急 留电话
"""
"""Labels that other people's tests and habits rely on."""

Lookup = tuple[str, ast.Call, ast.expr]


def lookups() -> Iterator[Lookup]:
    """(place, call, first argument) of everything that looks a text up."""
    for path, tree in modules().items():
        if path == "bot/i18n.py" or path.startswith(("bot/sandbox/", "storage/")):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in LOOKUPS:
                yield f"{path}:{node.lineno}", node, node.args[0]


def constants(node: ast.expr) -> list[str]:
    """The strings that an argument may be: ``"a"``, or ``"a" if x else "b"``."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def fields(template: str) -> set[str]:
    """The placeholders of a template. Raises ValueError for braces that do not match."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_every_key_that_the_code_uses_has_a_text() -> None:
    """A key that is looked up exists in the source language; so no one meets a KeyError."""
    known = catalogue(SOURCE)
    missing = [
        f"{place}: {key}"
        for place, call, first in lookups()
        for key in constants(first)
        if (KEY.fullmatch(key) or isinstance(call.func, ast.Name)) and key not in known
    ]
    families = {key.split("-", 1)[0] for key in known}
    missing += [
        f"{path}:{node.lineno}: {node.value}"
        for path, tree in modules().items()
        if path.startswith(SPEAKING)
        for node in strings(tree)
        if KEY.fullmatch(str(node.value))
        and str(node.value).split("-", 1)[0] in families
        and node.value not in known.keys() | NOT_KEYS
    ]
    assert not missing, "\n".join(sorted(set(missing)))


def test_every_family_of_keys_exists() -> None:
    """A key put together at run time begins like at least one text: ``t(f"status-{name}")``."""
    known = catalogue(SOURCE)
    lost = [
        f"{place}: {first.values[0].value}"
        for place, _, first in lookups()
        if isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant)
        if not any(key.startswith(str(first.values[0].value)) for key in known)
    ]
    assert not lost, "\n".join(lost)


def test_every_lookup_gives_what_its_template_asks_for() -> None:
    """The placeholders of a text are among the arguments of the call, where those are written."""
    known = catalogue(SOURCE)
    short = [
        f"{place}: {key} needs {', '.join(sorted(lacking))}"
        for place, call, first in lookups()
        if all(word.arg for word in call.keywords)
        for key in constants(first)
        if key in known and (lacking := fields(known[key]) - {word.arg for word in call.keywords})
        if not (isinstance(call.func, ast.Name) and call.func.id == "Refused")
    ]
    assert not short, "\n".join(short)


def test_every_status_has_its_words() -> None:
    """A case can be named in each of its states."""
    known = catalogue(SOURCE)
    assert not [s.value for s in Status if f"status-{s.value}" not in known]


def test_no_key_stands_in_two_files() -> None:
    """Which of two texts would win depended on the files' names."""
    for locale in available():
        folder = ROOT / "locales" / locale / "LC_MESSAGES"
        seen = Counter(key for path in sorted(folder.glob("*.po")) for key in msgids(path))
        assert not [key for key, count in seen.items() if count > 1], locale


def msgids(path: Path) -> list[str]:
    """The keys of a file as they are written, repeated ones too."""
    return re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("locale", available())
def test_every_template_can_be_filled_in(locale: str) -> None:
    """Placeholders are plain names, and a translation has those of its source, no others."""
    source = catalogue(SOURCE)
    for key, template in catalogue(locale).items():
        assert key in source, key
        parts = list(Formatter().parse(template))
        assert all(n is None or re.fullmatch(r"[a-z_][a-z0-9_]*", n) for _, n, _, _ in parts), key
        assert not any(spec or convert for _, _, spec, convert in parts), key
        assert fields(template) <= fields(source[key]), key


@pytest.mark.parametrize("locale", available())
def test_every_template_is_telegram_html(locale: str) -> None:
    """Only Telegram's tags, closed in order, and ``&`` only as an entity."""
    wrong = {
        key: why for key, template in catalogue(locale).items() if (why := html_fault(template))
    }
    assert not wrong


def html_fault(template: str) -> str:
    """What Telegram's parser would refuse, or nothing."""
    if re.search(r"&(?!(amp|lt|gt|quot|#\d+|#x[0-9a-fA-F]+);)", template):
        return "a bare &"
    opened: list[str] = []
    for tag in re.finditer(r"<(/?)([a-z-]*)([^<>]*)(>?)", template):
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
    ("template", "sound"),
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
def test_the_check_knows_telegrams_rules(template: str, sound: bool) -> None:
    """Each rule of Telegram's HTML mode is told apart from what it allows."""
    assert (html_fault(template) == "") is sound


@pytest.mark.parametrize("locale", available())
def test_button_labels_are_short(locale: str) -> None:
    """A label has at most 20 characters and no markup: phones cut longer ones off."""
    long = {
        key: text
        for key, text in catalogue(locale).items()
        if key.startswith("button-")
        and (len(re.sub(r"\{[a-z_]+\}", "", plain(text))) > 20 or plain(text) != text)
    }
    assert not long


def test_the_stable_labels_are_there() -> None:
    """Buttons that people and outside tests look for by name; an emoji may stand before."""
    buttons = [text for key, text in catalogue(SOURCE).items() if key.startswith("button-")]
    bare = {re.sub(r"^[^\w]+", "", text) for text in buttons}
    assert not [label for label in STABLE.split() if label not in bare]
