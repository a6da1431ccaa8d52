"""A folder of directory files, as spreadsheets in China save them, and the shipped demo."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bot import i18n
from bot.adapters.geometry import shape_faults
from bot.adapters.shipped import shipped_roles
from bot.domain.directory_files import FILES, GRIDS, parse, render
from bot.domain.units import DirectoryPlan
from bot.errors import BadFile, Fault


def load_folder(folder: Path | Traversable, roles: Collection[str]) -> DirectoryPlan:
    """Read and check a folder; ``roles`` are the known unit-role codes. Raises BadFile."""
    if not folder.is_dir():
        raise BadFile(Fault(str(folder), 0, "no such folder"))
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for name in FILES:
        file = folder / name
        if file.is_file():
            try:
                texts[name] = decode(file.read_bytes())
            except ValueError as error:
                faults.append(Fault(name, 0, str(error)))
    if faults:
        raise BadFile(*faults)
    return parse(texts, roles, shape_faults, i18n.available())


def load_demo() -> DirectoryPlan:
    """The shipped demo district (fictional), against the shipped unit roles."""
    return load_folder(files("bot").joinpath("data", "demo"), shipped_roles().keys())


def write_folder(folder: Path, plan: DirectoryPlan) -> None:
    """Write all files of a plan, over those of the same name; spreadsheets need the BOM."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in render(plan).items():
        encoding = "utf-8" if name == GRIDS else "utf-8-sig"
        (folder / name).write_bytes(text.encode(encoding))


def decode(data: bytes) -> str:
    """UTF-8 with or without BOM, else GB18030. Raises ValueError in one sentence."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValueError("neither UTF-8 nor GB18030; save it as CSV UTF-8")
