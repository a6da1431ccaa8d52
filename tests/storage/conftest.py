"""A prepared database without a town."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import Core, open_database
from bot.domain.tagging import Tagger
from bot.settings import Settings
from tests.town import Clock


@pytest.fixture
def settings(tmp_path: Path, template: Path) -> Settings:
    """Settings over a copy of the template."""
    shutil.copytree(template / "data", tmp_path / "data")
    shutil.copy(template / "data.keys", tmp_path / "data.keys")
    return Settings(_env_file=None, data_dir=tmp_path / "data")


@pytest.fixture
async def core(settings: Settings, tagger: Tagger) -> AsyncIterator[Core]:
    """The rules and the database behind them, on a clock that stands still."""
    found = Core(settings, open_database(settings), Clock(), tagger)
    yield found
    await found.database.close()
