"""Unit roles: the kinds of unit that the responsibility list names, and how they are written."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.units import Tier
from bot.errors import BadFile, Fault

COLUMNS = ("code", "tier", "name", "name_en", "scope", "aliases")
TOWN_HUB = "town_hub"
DISTRICT_HUB = "district_hub"
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Scope(StrEnum):
    """How far a place narrows a role down to one unit: one per grid, community, town, district."""

    GRID = "grid"
    COMMUNITY = "community"
    TOWN = "town"
    DISTRICT = "district"

    @property
    def tier(self) -> Tier:
        """The tier whose area one unit of this scope serves."""
        return tuple(Tier)[tuple(Scope).index(self)]


@dataclass(frozen=True, slots=True)
class UnitRole:
    """A kind of unit. ``tier`` is the usual one; ``aliases`` are other spellings of its name."""

    code: str
    tier: Tier
    name: str
    name_en: str
    scope: Scope
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every free-text spelling that means this role, the display name first."""
        return tuple(dict.fromkeys((self.name, *self.aliases)))


def names_to_codes(roles: Iterable[UnitRole]) -> dict[str, str]:
    """Free-text name -> role code, over display names and aliases."""
    return {name: role.code for role in roles for name in role.names}


def parse_roles(text: str, file: str) -> dict[str, UnitRole]:
    """Code -> role, in file order, from CSV text with the columns ``COLUMNS``.

    ``file`` is only the name that faults carry. Raises BadFile with every fault found.
    """
    faults: list[Fault] = []
    roles: dict[str, UnitRole] = {}
    owners: dict[str, str] = {}
    for line, row in _rows(text, file):
        wrong = _wrong(row)
        if row[0] in roles:
            wrong.append(f"code {row[0]!r} is used twice")
        if not wrong:
            role = _role(row)
            for name in role.names:
                if (owner := owners.setdefault(name, role.code)) != role.code:
                    wrong.append(f"name {name!r} already means {owner!r}")
            roles[role.code] = role
        faults += [Fault(file, line, reason) for reason in wrong]
    if not faults:
        # Whatever no unit answers for is sent to a hub, so neither hub may be missing.
        missing = [code for code in (TOWN_HUB, DISTRICT_HUB) if code not in roles]
        faults = [Fault(file, 0, f"no role {code!r}") for code in missing]
    if faults:
        raise BadFile(*faults)
    return roles


def _rows(text: str, file: str) -> list[tuple[int, list[str]]]:
    """The data rows with the line each begins on; blank lines are skipped."""
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for row in reader:
            if row:
                rows.append((begin, [cell.strip() for cell in row]))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(Fault(file, begin, f"not CSV: {error}")) from error
    if not rows or tuple(rows[0][1]) != COLUMNS:
        raise BadFile(Fault(file, 1, f"the first line must be {','.join(COLUMNS)}"))
    return rows[1:]


def _wrong(row: list[str]) -> list[str]:
    if len(row) != len(COLUMNS):
        return [f"{len(row)} columns instead of {len(COLUMNS)}"]
    cells: Mapping[str, str] = dict(zip(COLUMNS, row, strict=True))
    wrong = [f"{name} is empty" for name in ("name", "name_en") if not cells[name]]
    if not _CODE.fullmatch(cells["code"]):
        wrong.append(f"code {cells['code']!r} is not lower-case words joined by _")
    if cells["tier"] not in set(Tier):
        wrong.append(f"unknown tier {cells['tier']!r}; one of {', '.join(Tier)}")
    if cells["scope"] not in set(Scope):
        wrong.append(f"unknown scope {cells['scope']!r}; one of {', '.join(Scope)}")
    return wrong


def _role(row: list[str]) -> UnitRole:
    code, tier, name, name_en, scope, aliases = row
    others = tuple(alias.strip() for alias in aliases.split("|") if alias.strip())
    return UnitRole(code, Tier(tier), name, name_en, Scope(scope), others)
