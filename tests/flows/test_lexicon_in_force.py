"""The operator's lexicon while the bot runs: taken when it changes, never when it is broken."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from bot.adapters import lexicon_file
from bot.adapters.lexicon_file import GOOD, OWN
from bot.bootstrap import Core, _ticks
from tests.town import Rehearsal

HEAD = "word\tlabel\tweight\torigin\n"
WORD = "乌有之物"
CG01 = f"{HEAD}{WORD}\tCG01\t9\thand\n"
CG07 = f"{HEAD}{WORD}\tCG07\t9\thand\n"
BROKEN = {
    "a broken row": CG07 + "路灯\tCG07\tmuch\thand\n",
    "an unknown item": CG07 + "路灯\tXX99\t3\thand\n",
    "half written": CG07[:-10],
    "half of the last cell": CG07.removesuffix("nd\n"),
    "empty": "",
    "another kind of file": "PK\x03\x04\0\0",
}


def put(core: Core, text: str) -> Path:
    """Somebody saves the file."""
    path = core.settings.data_dir / OWN
    path.write_text(text, encoding="utf-8")
    return path


def item(core: Core) -> str | None:
    """What the bot takes the word for now."""
    assert core._world is not None
    best = core._world.tagger.tag(WORD).best
    return best.item if best else None


async def again(town: Rehearsal) -> Core:
    """The bot after a restart, on the same data."""
    core = Core(town.core.settings, town.core.database, town.clock)
    await core.warm()
    return core


async def test_a_changed_lexicon_is_taken_without_a_restart(town: Rehearsal) -> None:
    """At the next look the new words count; deleted, the shipped lexicon is in force again."""
    core = town.core
    before = item(core)
    put(core, CG01)
    assert item(core) == before
    await core.reread()
    assert item(core) == "CG01"
    put(core, CG07)
    await core.reread()
    assert item(core) == "CG07"
    assert item(await again(town)) == "CG07"
    (core.settings.data_dir / OWN).unlink()
    await core.reread()
    assert item(core) == before
    assert item(await again(town)) == before
    assert not (core.settings.data_dir / GOOD).exists()


async def test_services_see_the_new_lexicon(town: Rehearsal) -> None:
    """The next unit of work tags by it, with the rules otherwise as they were."""
    put(town.core, CG07)
    async with town.core.look() as work:
        before = work.world
    await town.core.reread()
    async with town.core.look() as work:
        best = work.world.tagger.tag(WORD).best
        assert best is not None
        assert best.item == "CG07"
        assert work.world.directory is before.directory


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_lexicon_changes_nothing(town: Rehearsal, text: str) -> None:
    """It is refused with row and reason in the log; the last good one stays, also restarted."""
    core = town.core
    put(core, CG01)
    await core.reread()
    with structlog.testing.capture_logs() as lines:
        put(core, text)
        await core.reread()
    refused = [line for line in lines if line["event"] == "lexicon_refused"]
    assert refused
    assert all(line["file"] == OWN and line["reason"] for line in refused)
    assert item(core) == "CG01"
    assert item(await again(town)) == "CG01"


async def test_a_broken_row_is_logged_with_its_row(town: Rehearsal) -> None:
    """Each look logs a broken file once, with the row that a spreadsheet shows."""
    put(town.core, BROKEN["a broken row"])
    with structlog.testing.capture_logs() as lines:
        await town.core.reread()
        await town.core.reread()
    (line,) = [line for line in lines if line["event"] == "lexicon_refused"]
    assert line["row"] == 3
    assert "much" in line["reason"]


async def test_broken_from_the_first_day_the_shipped_one_is_used(town: Rehearsal) -> None:
    """Without a good one before it, the shipped lexicon tags, and the bot starts."""
    before = item(town.core)
    put(town.core, BROKEN["a broken row"])
    core = await again(town)
    assert item(core) == before


async def test_a_file_that_cannot_be_read(town: Rehearsal) -> None:
    """No permission, or no file at all by that name: refused, and nothing changes."""
    core = town.core
    put(core, CG01)
    await core.reread()
    path = core.settings.data_dir / OWN
    path.unlink()
    path.mkdir()
    with structlog.testing.capture_logs() as lines:
        await core.reread()
    assert [line["reason"] for line in lines if line["event"] == "lexicon_refused"]
    assert item(core) == "CG01"
    assert item(await again(town)) == "CG01"


async def test_mended_it_is_taken(town: Rehearsal) -> None:
    """The first good file after a broken one is in force at the next look."""
    put(town.core, BROKEN["half written"])
    await town.core.reread()
    put(town.core, CG07)
    await town.core.reread()
    assert item(town.core) == "CG07"


async def test_an_unchanged_file_costs_nothing(
    town: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as nobody saves it, a look reads no table."""
    put(town.core, CG01)
    await town.core.reread()
    monkeypatch.setattr("bot.bootstrap.make_tagger", None)
    monkeypatch.setattr("bot.adapters.lexicon_file.fault", None)
    await town.core.reread()
    assert item(town.core) == "CG01"


async def test_the_bot_goes_on_while_a_lexicon_is_read(town: Rehearsal) -> None:
    """Reading happens in another thread: the event loop turns meanwhile."""
    put(town.core, CG01)
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    task = asyncio.create_task(turn())
    await town.core.reread()
    task.cancel()
    assert turns > 10
    assert item(town.core) == "CG01"


async def test_it_is_looked_at_once_a_minute(town: Rehearsal) -> None:
    """The ticks have it."""
    (tick,) = [one for one in _ticks(town.core, town.bot.outbox) if one.name == "lexicon"]
    assert tick.seconds == 60
    assert tick.run == town.core.reread


async def test_changed_items_and_a_changed_lexicon_together(town: Rehearsal) -> None:
    """After an import of items the operator's lexicon still decides."""
    core = town.core
    put(core, CG01)
    await core.reread()
    async with core.work("test") as work:
        items = [replace(i, keywords=(*i.keywords, "乌")) for i in work.world.items.values()]
        await work.uow.rules.put_items(tuple(items))
    async with core.look() as work:
        assert work.world.tagger.tag(WORD).best
    assert item(core) == "CG01"


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """A file that cannot be written leaves the old one, and nothing beside it."""
    path = tmp_path / "table.tsv"
    lexicon_file.write_whole(path, "first\n")
    with pytest.raises(UnicodeEncodeError):
        lexicon_file.write_whole(path, "second \ud800\n")
    assert path.read_text() == "first\n"
    assert [one.name for one in tmp_path.iterdir()] == ["table.tsv"]
