"""Bringing the database to the present schema."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import create_engine, inspect

from bot.errors import BadConfig


def upgrade(url: str, revision: str = "head") -> None:
    """Apply every migration that is missing, up to this one."""
    command.upgrade(_config(url), revision)


def pending(url: str) -> list[str]:
    """The revisions that are missing, in the order in which they are to be applied.

    Raises BadConfig for a database that a newer version of the program has changed.
    """
    engine = create_engine(sync_url(url))
    try:
        with engine.connect() as connection:
            here = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    scripts = ScriptDirectory.from_config(_config(url))
    try:
        return [s.revision for s in scripts.iterate_revisions("head", here or "base")][::-1]
    except (CommandError, RevisionError):
        raise BadConfig(
            f"the database is at {here}, which this version does not know; run the newer one"
        ) from None


def sync_url(url: str) -> str:
    """The same database through a driver that does not need an event loop."""
    return url.replace("sqlite+aiosqlite", "sqlite")


def is_empty(url: str) -> bool:
    """Whether the database holds no tables yet."""
    engine = create_engine(sync_url(url))
    try:
        return not inspect(engine).get_table_names()
    finally:
        engine.dispose()


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    config.attributes["url"] = sync_url(url)
    return config
