"""Labelled texts from JSON Lines files, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadFile, Fault

TOKENS = "tokens"
"""A text that somebody has cut into words, joined by blanks."""


@dataclass(frozen=True, slots=True)
class Row:
    """One object and where it stands."""

    file: str
    line: int
    fields: dict[str, Any]

    def bad(self, reason: str) -> BadFile:
        """This row as a mistake."""
        return BadFile(Fault(self.file, self.line, reason))

    def text(self, field: str) -> str | None:
        """A field that must be text; None where it is missing or null. Raises BadFile."""
        value = self.fields.get(field)
        if value is None or isinstance(value, str):
            return value
        raise self.bad(f"{field} is no text")

    def name(self, field: str) -> str | None:
        """A field that names something, as text; None where there is nothing. Raises BadFile."""
        value = self.fields.get(field)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return (self.text(field) or "").strip() or None

    def flag(self, field: str) -> bool | None:
        """A field that must be true or false, or 1 or 0. Raises BadFile."""
        value = self.fields.get(field)
        if value is None:
            return None
        if value in (0, 1):
            return bool(value)
        raise self.bad(f"{field} is neither true nor false")

    def listed(self, field: str) -> tuple[str, ...]:
        """A field of several names, as a list or with commas between. Raises BadFile."""
        value = self.fields.get(field)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        return tuple(name.strip() for name in (self.text(field) or "").split(",") if name.strip())


def read(files: Sequence[Path]) -> list[Row]:
    """Every row of the files. Raises BadFile with each line that is no JSON object."""
    faults: list[Fault] = []
    rows: list[Row] = []
    for path in files:
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except OSError as error:
            faults.append(Fault(path.name, 0, error.strerror or "cannot be read"))
            continue
        except UnicodeDecodeError:
            faults.append(Fault(path.name, 0, "is not UTF-8"))
            continue
        for found in _objects(path.name, lines):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                rows.append(found)
    if faults:
        raise BadFile(*faults)
    return rows


def _objects(file: str, lines: Sequence[str]) -> Iterator[Row | Fault]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield Fault(file, number, "is not JSON")
            continue
        yield (
            Row(file, number, value)
            if isinstance(value, dict)
            else Fault(file, number, "is not a JSON object")
        )
