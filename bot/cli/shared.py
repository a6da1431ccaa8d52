"""What the commands share: settings, one unit of work, and printing."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import uuid4

import typer

from bot import logs, settings
from bot.bootstrap import Core, known_items, make_tagger
from bot.domain.tagging import Tagger
from bot.services.work import Work
from storage.migrate import is_empty

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def load() -> settings.Settings:
    """Settings and logging."""
    found = settings.load()
    logs.configure(found.log_level)
    return found


def with_work(action: Callable[[Work], Awaitable[T]], *, write: bool = True) -> T:
    """Run an action in one unit of work of its own."""

    async def go() -> T:
        core = Core.open(load())
        try:
            await core.seed()
            if write:
                async with core.work(f"cli:{uuid4().hex}") as work:
                    return await action(work)
            async with core.look() as work:
                return await action(work)
        finally:
            await core.database.close()

    return asyncio.run(go())


def has_data(found: settings.Settings) -> bool:
    """Whether there is a database already; asking makes none."""
    if not found.database.startswith("sqlite"):
        return True
    file = found.database.partition("///")[2]
    return Path(file).exists() and not is_empty(found.database)


def tagger_in_force() -> Tagger:
    """The tagger of the items in force; of the shipped ones where there is no database yet."""
    if not has_data(load()):
        return make_tagger(load(), {})

    async def go(work: Work) -> Tagger:
        return work.world.tagger

    return with_work(go, write=False)


def items_in_force() -> dict[str, bool]:
    """The codes that a lexicon may speak of, with their emergency flags."""
    if not has_data(load()):
        return known_items({})

    async def go(work: Work) -> dict[str, bool]:
        return known_items(work.world.items)

    return with_work(go, write=False)


def show(value: Any, as_json: bool, plain: str | None = None) -> None:
    """Print a report."""
    if as_json or plain is None:
        print(json.dumps(value, ensure_ascii=False, indent=None if as_json else 2, default=str))
    else:
        print(plain)


def lines() -> list[dict[str, Any]]:
    """Standard input: one JSON object a line. A bad line is a wrong usage."""
    found = []
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            raise typer.BadParameter(f"line {number} is not JSON") from None
        if not isinstance(value, dict):
            raise typer.BadParameter(f"line {number} is not an object")
        found.append(value)
    return found
