"""directory and items: import, export, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.adapters import directory_folder, shipped
from bot.cli.progress import phase
from bot.cli.shared import with_work
from bot.domain.items import dump_items, parse_items
from bot.errors import BadFile, Fault
from bot.services import directories
from bot.services.work import Work

directory = typer.Typer(help="Units, places, grids, posts and channels.", no_args_is_help=True)
items = typer.Typer(help="The responsibility list.", no_args_is_help=True)
Demo = Annotated[bool, typer.Option("--demo", help="The shipped demo district.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(directory, name="directory")
    app.add_typer(items, name="items")


@directory.command("import", epilog="Example: huying directory import my-district/")
def import_directory(
    folder: Annotated[Path | None, typer.Argument(help="Folder of CSV files.")] = None,
    demo: Demo = False,
) -> None:
    """Put a directory in force; nothing is changed when anything in it is wrong."""
    if (folder is None) == (not demo):
        raise typer.BadParameter("name a folder, or say --demo")
    roles = shipped.shipped_roles().keys()
    with phase("reading and checking the files"):
        plan = (
            directory_folder.load_demo()
            if folder is None
            else directory_folder.load_folder(folder, roles)
        )

    async def go(work: Work) -> None:
        await directories.put(work, plan)

    with phase("putting the directory in force"):
        with_work(go)
    units, places = len(plan.directory.units), len(plan.directory.places)
    print(f"{units} units, {places} place names, {len(plan.staff)} posts, "
          f"{len(plan.channels)} channels")  # fmt: skip


@directory.command("export", epilog="Example: huying directory export backup/")
def export_directory(folder: Annotated[Path, typer.Argument(help="Folder to write to.")]) -> None:
    """Write the directory in force as CSV files and GeoJSON."""
    with phase("writing the directory"):
        directory_folder.write_folder(folder, with_work(directories.get, write=False))


@directory.command("check", epilog="Example: huying directory check my-district/")
def check_directory(folder: Annotated[Path, typer.Argument(help="Folder of CSV files.")]) -> None:
    """Say what is wrong in a folder, with file, line and reason."""
    directory_folder.load_folder(folder, shipped.shipped_roles().keys())
    print("ok")


@items.command("import", epilog="Example: huying items import items.jsonl")
def import_items(file: Annotated[Path, typer.Argument(help="JSON Lines file.")]) -> None:
    """Put a list in force; nothing is changed when anything in it is wrong."""
    with phase("reading and checking the list"):
        found = parse_items(_read(file), file.name, shipped.shipped_roles())

    async def go(work: Work) -> int:
        return await work.uow.rules.put_items(found)

    with phase("putting the list in force"):
        changed = with_work(go)
    print(f"{len(found)} items, {changed} changed")


@items.command("export", epilog="Example: huying items export items.jsonl")
def export_items(file: Annotated[Path, typer.Argument(help="File to write to.")]) -> None:
    """Write the list in force."""

    async def go(work: Work) -> str:
        return dump_items(tuple(work.world.items.values()))

    with phase("writing the list"):
        file.write_text(with_work(go, write=False), encoding="utf-8")


@items.command("check", epilog="Example: huying items check items.jsonl")
def check_items(file: Annotated[Path, typer.Argument(help="JSON Lines file.")]) -> None:
    """Say what is wrong in a list, with file, line and reason."""
    parse_items(_read(file), file.name, shipped.shipped_roles())
    print("ok")


def _read(file: Path) -> str:
    try:
        return directory_folder.decode(file.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadFile(Fault(str(file.name), 0, reason)) from None
