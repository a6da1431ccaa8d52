"""Which lexicon is in force: the operator's own, else the shipped one; a broken one never.

The operator's is ``lexicon.tsv`` in the data folder. Beside it lies ``lexicon.good.tsv``, the
last one that could be read: what the tagger is built from, so that a broken file changes
nothing, not even after a restart.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.directory_folder import decode
from bot.adapters.tagger import SHIPPED
from bot.domain.lexicon import parse_lexicon
from bot.errors import BadFile, Fault

OWN = "lexicon.tsv"
GOOD = "lexicon.good.tsv"
FORMER = "lexicon.former.tsv"

Stamp = tuple[int, int, int] | None
"""Changes whenever the operator's file does; None while there is none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """``path``: what to read. ``refused``: why it is not the operator's file as it is now."""

    path: Path
    refused: BadFile | None = None


def stamp(folder: Path) -> Stamp:
    """The present state of the operator's file."""
    try:
        found = (folder / OWN).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def own(folder: Path) -> Path:
    """The operator's lexicon, or the shipped one where there is none."""
    path = folder / OWN
    return path if path.exists() else SHIPPED


def read(path: Path) -> str:
    """The table as text, from UTF-8 or what spreadsheets in China write. Raises BadFile."""
    try:
        return decode(path.read_bytes())
    except OSError as error:
        raise BadFile(Fault(path.name, 0, error.strerror or "cannot be read")) from None
    except ValueError as error:
        raise BadFile(Fault(path.name, 0, str(error))) from None


def fault(folder: Path, items: Collection[str]) -> BadFile | None:
    """What is wrong with the operator's lexicon, if there is one and it is."""
    path = folder / OWN
    if not path.exists():
        return None
    try:
        _checked(path, items)
    except BadFile as bad:
        return bad
    return None


def choose(folder: Path, items: Collection[str]) -> Choice:
    """The lexicon to build a tagger from; keeps a copy of a good one. Never raises."""
    good = folder / GOOD
    if stamp(folder) is None:
        with suppress(OSError):
            good.unlink(missing_ok=True)
        return Choice(SHIPPED)
    try:
        write_whole(good, _checked(folder / OWN, items))
    except BadFile as bad:
        return Choice(_last(good, items), bad)
    except OSError as error:
        why = Fault(GOOD, 0, error.strerror or "cannot be written")
        return Choice(_last(good, items), BadFile(why))
    return Choice(good)


def install(folder: Path, text: str) -> Path | None:
    """Make ``text`` the operator's lexicon; where the one before is kept, if there was one."""
    folder.mkdir(parents=True, exist_ok=True)
    path, former = folder / OWN, folder / FORMER
    kept = None
    if path.exists():
        kept = former
        shutil.copyfile(path, former)
    write_whole(path, text.rstrip("\n") + "\n")
    return kept


def write_whole(path: Path, text: str) -> None:
    """Write a file beside and rename it: nobody ever sees half of it. Raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _checked(path: Path, items: Collection[str]) -> str:
    """A table that may be used. A last line without an end is refused: somebody saves it now."""
    text = read(path)
    parse_lexicon(text, file=path.name, items=items)
    if not text.endswith("\n"):
        at = text.count("\n") + 1
        raise BadFile(Fault(path.name, at, "this last line has no end; is it still being saved?"))
    return text


def _last(good: Path, items: Collection[str]) -> Path:
    """The last good one, where it is still one; else the shipped one."""
    try:
        _checked(good, items)
    except BadFile:
        return SHIPPED
    return good
