"""The lists that come with the package, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from bot.domain.answers import Answer, parse_answers
from bot.domain.items import Item, parse_items
from bot.domain.unit_roles import UnitRole, parse_roles

ROLES_FILE = "unit_roles.csv"
ITEMS_FILE = "items.jsonl"
ANSWERS_FILE = "answers.tsv"


@cache
def shipped_roles() -> Mapping[str, UnitRole]:
    """Code -> unit role."""
    return MappingProxyType(parse_roles(_text(ROLES_FILE), ROLES_FILE))


@cache
def shipped_items() -> tuple[Item, ...]:
    """The responsibility list, in file order."""
    return parse_items(_text(ITEMS_FILE), ITEMS_FILE, shipped_roles())


@cache
def shipped_answers() -> tuple[Answer, ...]:
    """The frequent questions, in file order."""
    return parse_answers(_text(ANSWERS_FILE), ANSWERS_FILE)


def _text(name: str) -> str:
    return files("bot").joinpath("data", name).read_text(encoding="utf-8")
