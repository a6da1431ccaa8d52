"""What people put right, in the database: codes and figures, kept when the words have gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import StatementError

from bot.bootstrap import Core
from bot.domain.corrections import Correction, What, Why
from storage.migrate import upgrade
from tests.town import FRIDAY

ONE = Correction(
    1, FRIDAY, "person:7", "owner", What.ITEM, "CG01", "CG05", Why.GUESS,
    (("CG01", 0.91), ("CG05", 0.05)),
)  # fmt: skip
TWO = Correction(2, FRIDAY, "reporter", "reporter", What.EMERGENCY, "yes", "no", Why.SAID)


async def test_what_is_kept_comes_back(core: Core) -> None:
    """Everything of a correction, by its case and by what was put right, oldest first."""
    async with core.work("a") as work:
        for one in (ONE, TWO, ONE):
            await work.uow.corrections.add(one)
    async with core.look() as work:
        first, third = await work.uow.corrections.of(1)
        (second,) = await work.uow.corrections.all(What.EMERGENCY)
        assert [c.id for c in await work.uow.corrections.all(What.ITEM)] == [first.id, third.id]
    for found, kept in ((first, ONE), (second, TWO)):
        assert all(
            getattr(found, name) == getattr(kept, name)
            for name in Correction.__dataclass_fields__
            if name != "id"
        )
    assert first.id < second.id < third.id


async def _keep(core: Core, one: Correction, *, fail: bool = False) -> None:
    async with core.work("keep") as work:
        await work.uow.corrections.add(one)
        if fail:
            raise RuntimeError


async def test_an_act_that_fails_keeps_no_correction(core: Core) -> None:
    """I2: it is written in the same unit of work as the change that it tells of; and I8."""
    with pytest.raises(RuntimeError):
        await _keep(core, ONE, fail=True)
    with pytest.raises(StatementError):
        await _keep(core, replace(ONE, at=FRIDAY.replace(tzinfo=None)))
    async with core.look() as work:
        assert await work.uow.corrections.of(1) == []


async def test_the_newest_cases_are_named_first(core: Core) -> None:
    """An empty database has none."""
    async with core.look() as work:
        assert await work.uow.cases.newest(None) == []


def test_a_database_of_the_version_before_gets_the_table(tmp_path: Path) -> None:
    """What was there stays, and there is no correction yet."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, "0003")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO facts (key, value) VALUES ('a', 'b')"))
    upgrade(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM corrections")).scalar_one() == 0
        assert connection.execute(text("SELECT value FROM facts")).scalars().all() == ["b"]
    engine.dispose()
