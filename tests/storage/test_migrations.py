"""The schema: migrations and tables say the same, and the key belongs to the data."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlmodel import SQLModel

import storage.tables  # noqa: F401
from bot.bootstrap import open_database
from bot.errors import BadConfig
from bot.settings import Settings
from storage.migrate import sync_url, upgrade


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """Settings of a deployment that never ran."""
    return Settings(_env_file=None, data_dir=tmp_path / "data")


async def test_an_empty_database_is_brought_to_the_head(empty: Settings) -> None:
    """The first start makes every table and the triggers; the second changes nothing."""
    await open_database(empty).close()
    await open_database(empty).close()
    engine = create_engine(sync_url(empty.database))
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        triggers = set(
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            .scalars()
            .all()
        )
    engine.dispose()
    assert tables == {*SQLModel.metadata.tables, "alembic_version"}
    assert {"events_no_update", "events_no_delete"} <= triggers


def test_tables_and_migrations_do_not_drift_apart(tmp_path: Path) -> None:
    """What the migrations build is what ``tables.py`` declares: nothing to generate."""
    url = f"sqlite:///{tmp_path / 'drift.db'}"
    upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        drift = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert drift == []


def test_people_of_an_older_version_keep_their_language(tmp_path: Path) -> None:
    """What Telegram told is still the guess; nobody has chosen yet, and no chat has a menu."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, "0001")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO people (mark, locale, reachable, noticed) VALUES ('m', 'en', 1, 1)")
        )
    upgrade(url)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT locale, language, menu FROM people")).one()
    engine.dispose()
    assert tuple(row) == ("en", None, "")


async def test_the_database_is_durable_from_the_first_write(empty: Settings) -> None:
    """I1: WAL, synchronous=FULL and thirty seconds of patience on every connection."""
    database = open_database(empty)
    for opened in (database.write, database.read):
        async with opened() as uow:
            said = {
                name: (await uow.rules.session.execute(text(f"PRAGMA {name}"))).scalar_one()
                for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            }
        assert said == {
            "journal_mode": "wal", "synchronous": 2, "busy_timeout": 30000, "foreign_keys": 1,
        }  # fmt: skip
    await database.close()


def test_the_key_file_is_private_and_outside_the_data(empty: Settings) -> None:
    """Made at the first start with mode 0600, in a place that a copy of the data leaves out."""
    asyncio.run(open_database(empty).close())
    key = Path(empty.key_source)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert empty.data_dir.resolve() not in key.resolve().parents


def test_data_without_its_key_is_refused(empty: Settings) -> None:
    """A lost key file is said plainly, and no new one is made over data it cannot open."""
    asyncio.run(open_database(empty).close())
    Path(empty.key_source).unlink()
    with pytest.raises(BadConfig, match="missing; without it the data cannot be read"):
        open_database(empty)
    assert not Path(empty.key_source).exists()
