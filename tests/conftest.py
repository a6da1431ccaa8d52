"""Shared fixtures: a warm tagger, a prepared database, a town."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

os.environ.setdefault("PTB_TIMEDELTA", "true")

from bot.adapters.shipped import shipped_items
from bot.adapters.tagger import build_tagger
from bot.domain.tagging import Tagger
from tests.town import Rehearsal, make_template, rehearsal


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    """The shipped tagger, built once."""
    return build_tagger({item.code: item.emergency for item in shipped_items()})


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, tagger: Tagger) -> Path:
    """A migrated database with items, calendar and the demo directory."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(make_template(folder, tagger))
    return folder


@pytest.fixture
async def town(tmp_path: Path, template: Path, tagger: Tagger) -> AsyncIterator[Rehearsal]:
    """A town with nobody in it yet."""
    async with rehearsal(tmp_path, template, tagger) as found:
        yield found
