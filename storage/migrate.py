"""Bringing the database to the present schema."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect


def upgrade(url: str) -> None:
    """Apply every migration that is missing."""
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    config.attributes["url"] = sync_url(url)
    command.upgrade(config, "head")


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
