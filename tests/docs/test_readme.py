"""The README says what there is: settings, make targets, commands; the same in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from pydantic_settings import BaseSettings
from typer.main import get_command

from bot.settings import Policy, Settings

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh.md")
INDIRECT = {"HUYING_SECRETS_DIR"}
"""Read before the settings are, so it is none itself."""


def read(name: str) -> str:
    """A file of the project's root."""
    return (ROOT / name).read_text(encoding="utf-8")


def settings(kind: type[BaseSettings]) -> dict[str, str | None]:
    """Environment name -> default as one writes it; None where there is no fixed one."""
    prefix = kind.model_config["env_prefix"]
    return {
        f"{prefix}{name.upper()}": spelled(field.default)
        for name, field in kind.model_fields.items()
    }


def spelled(value: Any) -> str | None:
    """A default as it would stand in ``.env``."""
    if value in (None, ""):
        return None
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def table(readme: str) -> dict[str, str | None]:
    """Name -> default of the configuration tables; None where the default is in words."""
    rows = re.findall(r"^\| `(HUYING_\w+)` \| (.*?) \| .+ \|$", read(readme), re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a setting stands twice"
    return {
        name: cell.strip("`") if re.fullmatch(r"`[^`]+`", cell) else None for name, cell in rows
    }


@pytest.mark.parametrize("readme", READMES)
def test_the_tables_name_the_settings_with_their_defaults(readme: str) -> None:
    """Every setting stands in the README with its default, and no other does."""
    named = {n: default for n, default in table(readme).items() if "_POLICY_" not in n}
    assert named == settings(Settings)


@pytest.mark.parametrize("readme", READMES)
def test_the_tables_name_the_durations_with_their_defaults(readme: str) -> None:
    """Every duration stands in the README, written as the environment takes it."""
    read_back = TypeAdapter(timedelta).validate_python
    named = {n: read_back(d) for n, d in table(readme).items() if d and "_POLICY_" in n}
    assert named == {
        f"HUYING_POLICY_{name.upper()}": field.default
        for name, field in Policy.model_fields.items()
    }


@pytest.mark.parametrize("page", [*READMES, "docs/operators.md", "docs/operators.zh.md"])
def test_no_page_speaks_of_a_setting_that_does_not_exist(page: str) -> None:
    """Names in the running text are real ones too."""
    known = settings(Settings).keys() | settings(Policy).keys() | INDIRECT
    spoken = set(re.findall(r"HUYING_[A-Z_]+[A-Z]", read(page))) - {"HUYING_FULL"}
    assert spoken <= known


def test_the_example_names_the_settings_with_their_defaults() -> None:
    """``.env.example`` has one line for every setting, a comment before it, and no other line."""
    lines = [line for line in read(".env.example").splitlines() if line]
    found: dict[str, str | None] = {}
    for before, line in zip(["", *lines], lines, strict=False):
        if match := re.fullmatch(r"#?(HUYING_\w+)=(.*)", line):
            assert before.startswith("# "), f"{match[1]} has no comment"
            found[match[1]] = match[2] or None
        else:
            assert line.startswith("# "), line
    assert found == settings(Settings)


_BLOCK = r"^ *```\n(.*?)^ *```$"
"""A block of code, in a list or outside."""


def spans(page: str) -> Iterator[str]:
    """Everything on a page that is written as code, line by line, without its comments."""
    text = read(page)
    for block in re.findall(_BLOCK, text, re.MULTILINE | re.DOTALL):
        yield from (line.split(" #")[0].strip() for line in block.splitlines())
    text = re.sub(_BLOCK, "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`([^`\n]+)`", text)


def targets(page: str) -> set[str]:
    """The make targets that a page speaks of."""
    return {m[1] for s in spans(page) if (m := re.match(r"make ([a-z]+)", s))}


GUIDES = ("residents", "workers", "supervisors", "administrators", "operators")
"""What each kind of person reads, in two languages."""
PAGES = (
    *READMES,
    "CONTRIBUTING.md",
    "docs/items.md",
    "docs/directory.md",
    "docs/tagging.md",
    *(f"docs/{guide}{ending}" for guide in GUIDES for ending in (".md", ".zh.md")),
)


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_exists(page: str) -> None:
    """Whoever types what a page says gets no "No rule to make target"."""
    rules = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    assert targets(page) <= rules


@cache
def leaves() -> dict[tuple[str, ...], frozenset[str]]:
    """Words of every command -> its options."""
    from bot.cli import app

    found: dict[tuple[str, ...], frozenset[str]] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        for name, child in getattr(command, "commands", {}).items():
            walk(child, (*words, name))
        if words and not hasattr(command, "commands") and not command.hidden:
            found[words] = frozenset(o for p in command.params for o in p.opts) | {"--help"}

    walk(get_command(app), ())
    return found


def mentions(page: str) -> list[list[str]]:
    """The words after ``huying`` of everything that a page writes as a command."""
    found = (re.match(r"(?:\.venv/bin/)?huying (.+)", span) for span in spans(page))
    return [match[1].split() for match in found if match and match[1] != "…"]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_exists(page: str) -> None:
    """Commands and their options are real ones."""
    for words in mentions(page):
        fits = [leaf for leaf in leaves() if tuple(words[: len(leaf)]) == leaf]
        groups = [leaf for leaf in leaves() if leaf[: len(words)] == tuple(words)]
        assert fits or groups, f"huying {' '.join(words)}"
        options = {word for word in words if word.startswith("--")}
        assert not fits or options <= leaves()[fits[0]], f"huying {' '.join(words)}"


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_in_the_readme(readme: str) -> None:
    """No command is left undocumented."""
    named = mentions(readme)
    assert not [leaf for leaf in leaves() if not any(tuple(w[: len(leaf)]) == leaf for w in named)]


def test_both_readmes_have_the_same_content() -> None:
    """Same headings, same tables and lists, same code: neither README falls behind."""

    def shape(page: str) -> list[str]:
        marks = [
            re.match(r"(#+ |\d+\. |- |\| |```)?", line) for line in read(page).splitlines() if line
        ]
        return [mark[1] or "text" for mark in marks if mark]

    def code(page: str) -> list[str]:
        return sorted(s for s in spans(page) if re.fullmatch(r"[\x20-\x7e]+", s) and "  " not in s)

    english, chinese = READMES
    assert shape(english) == shape(chinese)
    assert code(english) == code(chinese)


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_of_a_guide_have_the_same_parts(guide: str) -> None:
    """As many headings and code blocks in the same order; a page or two, no more."""

    def parts(page: str) -> list[str]:
        return re.findall(r"^(#+ |```)", read(page), re.MULTILINE)

    english, chinese = f"docs/{guide}.md", f"docs/{guide}.zh.md"
    assert parts(english) == parts(chinese)
    assert len(read(english).split()) < 1500
    assert len(re.findall("[\u4e00-\u9fff]", read(chinese))) < 2600


@pytest.mark.parametrize("page", [*PAGES, "docs/glossary.md"])
def test_every_file_that_a_page_points_at_exists(page: str) -> None:
    """Paths in code spans and links lead somewhere."""
    text = read(page)
    paths = set(re.findall(r"`((?:bot|docs|tests|storage|handlers|scheduler)/[\w./-]+)`", text))
    paths |= set(re.findall(r"\]\(([^)#:]+)\)", text))
    here = (ROOT / page).parent
    assert not [p for p in sorted(paths) if not ((ROOT / p).exists() or (here / p).exists())]
