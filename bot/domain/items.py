"""The responsibility list (事项清单): what can be reported, who leads, and within which limits.

The file is JSON Lines, one item a line, so that a fault has a line and a change is one line of a
diff. ``docs/items.md`` describes every field.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeVar

from bot.domain.unit_roles import UnitRole, names_to_codes
from bot.domain.units import Tier
from bot.errors import BadFile, Fault

HOTLINES: Mapping[str, str] = {
    "110": "police",
    "119": "fire and rescue",
    "120": "ambulance",
    "122": "traffic accidents",
    "12338": "women's rights",
    "12345": "government services",
    "12355": "young people",
    "12356": "psychological aid",
    "95598": "power supply",
    "96110": "fraud prevention",
}
"""Numbers that work all over the country; a town's own number belongs in its directory."""
MAX_HOURS = 2000.0
"""Above a working year no limit is a promise; such a figure is a slip of the pen."""
SHORT_LENGTH = (2, 6)
"""Characters of ``short``: a card's headline has room for no more."""
_CODE = re.compile(r"[A-Z]{2}[0-9]{2}")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_ADVICE = re.compile(r"advice-[a-z]+(-[a-z]+)*")


class ItemKind(StrEnum):
    """The three kinds kept apart (R020); only urgent items run on the natural clock."""

    URGENT = "urgent"  # 应急
    PATROL = "patrol"  # 巡查
    DAILY = "daily"  # 日常


class ClosingEvidence(StrEnum):
    """What a closing entry must carry when the item asks for it (R089)."""

    PHOTO = "photo"
    BEFORE_AFTER = "before_after"
    READING = "reading"
    AGREEMENT = "agreement"
    VISIT = "visit"
    CONTACT = "contact"
    DOCUMENT = "document"


class Closing(StrEnum):
    """Who says that it is done: the resident first, or staff at once."""

    RESIDENT = "resident"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the list; field order is the order in the file.

    ``respond_hours`` and ``resolve_hours`` are natural hours when ``natural``, else working
    hours (8 = one working day). ``lead`` and ``cooperating`` are unit-role codes; routing leaves
    ``cooperating`` alone when the item is ``confidential``. ``advice`` is a text key or empty.
    """

    code: str
    version: int
    domain: str
    name: str
    short: str
    name_en: str
    short_hant: str = field(default="", kw_only=True)
    kind: ItemKind
    level: Tier
    lead: str
    cooperating: tuple[str, ...]
    respond_hours: float
    resolve_hours: float
    emergency: bool
    confidential: bool
    human_contact: bool
    recurring: bool
    evidence: tuple[ClosingEvidence, ...]
    closing: Closing
    advice: str
    hotlines: tuple[str, ...]
    basis: str
    keywords: tuple[str, ...]
    examples: tuple[str, ...]

    @property
    def natural(self) -> bool:
        """True when its limits run day and night, on rest days too."""
        return self.kind is ItemKind.URGENT

    def called(self, locale: str) -> str:
        """The short name in a language; the simplified Chinese one where there is no other."""
        names = {"en": self.name_en, "zh_Hant": self.short_hant}
        return names.get(locale) or self.short


FIELDS = tuple(one.name for one in fields(Item))
OPTIONAL = frozenset({"short_hant"})
"""Fields that a line may leave out; dumped only when they say something."""


def parse_items(text: str, file: str, roles: Mapping[str, UnitRole]) -> tuple[Item, ...]:
    """The items of a JSON Lines text, in file order; blank lines are skipped.

    ``file`` is only the name that faults carry. Raises BadFile with every fault found.
    """
    faults: list[Fault] = []
    items: dict[str, Item] = {}
    spellings = names_to_codes(roles.values())
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip():
            continue
        wrong: list[str] = []
        item = _parse_line(line, roles, spellings, wrong)
        if item and item.code in items:
            wrong.append(f"code {item.code!r} is used twice")
        if item:
            items.setdefault(item.code, item)
        faults += [Fault(file, number, reason) for reason in wrong]
    if not items and not faults:
        faults.append(Fault(file, 0, "no item at all"))
    if faults:
        raise BadFile(*faults)
    return tuple(items.values())


def dump_items(items: Collection[Item]) -> str:
    """The file text of the items; parsing it gives them back, dumping again the same bytes."""
    return "".join(
        json.dumps(
            {
                name: _plain(value)
                for name in FIELDS
                if (value := getattr(item, name)) or name not in OPTIONAL
            },
            ensure_ascii=False,
        )
        + "\n"
        for item in items
    )


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _parse_line(
    line: str, roles: Mapping[str, UnitRole], spellings: Mapping[str, str], wrong: list[str]
) -> Item | None:
    try:
        raw = json.loads(line, object_pairs_hook=lambda pairs: _once(pairs, wrong))
    except json.JSONDecodeError as error:
        wrong.append(f"not JSON from character {error.pos + 1} on")
        return None
    except (ValueError, RecursionError):  # a number of thousands of digits, or endless nesting
        wrong.append("not JSON that can be read")
        return None
    if not isinstance(raw, dict):
        wrong.append("not a JSON object")
        return None
    wrong += [
        f"field {name!r} is missing" for name in FIELDS if name not in raw and name not in OPTIONAL
    ]
    wrong += [f"unknown field {name!r}" for name in raw if name not in FIELDS]
    if wrong:
        return None
    entry = _Entry(raw, wrong)
    item = Item(
        code=entry.text("code"),
        version=entry.version(),
        domain=entry.text("domain"),
        name=entry.text("name"),
        short=entry.text("short"),
        name_en=entry.text("name_en"),
        short_hant=entry.text("short_hant", empty=True) if "short_hant" in raw else "",
        kind=entry.one("kind", ItemKind, ItemKind.DAILY),
        level=entry.one("level", Tier, Tier.C),
        lead=entry.text("lead"),
        cooperating=entry.texts("cooperating"),
        respond_hours=entry.hours("respond_hours"),
        resolve_hours=entry.hours("resolve_hours"),
        emergency=entry.flag("emergency"),
        confidential=entry.flag("confidential"),
        human_contact=entry.flag("human_contact"),
        recurring=entry.flag("recurring"),
        evidence=entry.several("evidence", ClosingEvidence),
        closing=entry.one("closing", Closing, Closing.RESIDENT),
        advice=entry.text("advice", empty=True),
        hotlines=entry.texts("hotlines"),
        basis=entry.text("basis"),
        keywords=entry.texts("keywords"),
        examples=entry.texts("examples"),
    )
    if not wrong:
        wrong += _unfit(item) + _unmapped(item, roles, spellings)
    return item


def _once(pairs: list[tuple[str, Any]], wrong: list[str]) -> dict[str, Any]:
    """The object; a repeated field would otherwise silently win over the first."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            wrong.append(f"field {name!r} stands twice")
        found[name] = value
    return found


def _unfit(item: Item) -> list[str]:
    """Rules over one well-typed item."""
    low, high = SHORT_LENGTH
    rules = (
        (not _CODE.fullmatch(item.code), f"code {item.code!r} is not two letters and two digits"),
        (item.version < 1, "version counts from 1"),
        (not low <= len(item.short) <= high, f"short must have {low} to {high} characters"),
        (
            bool(item.short_hant) and not low <= len(item.short_hant) <= high,
            f"short_hant must have {low} to {high} characters",
        ),
        (item.respond_hours > item.resolve_hours, "respond_hours is longer than resolve_hours"),
        (item.emergency and not item.natural, "an emergency must be of kind urgent"),
        (item.emergency and not item.advice, "an emergency needs an advice key"),
        (item.emergency and not item.hotlines, "an emergency needs a hotline"),
        (bool(item.advice) and not _ADVICE.fullmatch(item.advice), "advice must be advice-…"),
        (item.lead in item.cooperating, f"{item.lead!r} both leads and cooperates"),
    )
    wrong = [reason for broken, reason in rules if broken]
    return wrong + [f"unknown hotline {n!r}" for n in item.hotlines if n not in HOTLINES]


def _unmapped(
    item: Item, roles: Mapping[str, UnitRole], spellings: Mapping[str, str]
) -> list[str]:
    wrong = []
    for where, name in (("lead", item.lead), *(("cooperating", one) for one in item.cooperating)):
        if name not in roles:
            hint = f"; write {spellings[name]!r}" if name in spellings else ""
            wrong.append(f"{where}: {name!r} is not a unit role{hint}")
    return wrong


def _is_text(value: object) -> bool:
    """A string without control characters or half characters, which no message may carry."""
    return isinstance(value, str) and not _UNPRINTABLE.search(value)


Code = TypeVar("Code", bound=StrEnum)


class _Entry:
    """One JSON object: hands out typed fields and notes what is wrong with them."""

    def __init__(self, raw: Mapping[str, Any], wrong: list[str]) -> None:
        self._raw = raw
        self._wrong = wrong

    def text(self, name: str, *, empty: bool = False) -> str:
        value = self._raw[name]
        if _is_text(value) and (empty or value.strip()):
            return str(value)
        self._wrong.append(f"{name} must be a text" + ("" if empty else " that is not empty"))
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._raw[name]
        if not isinstance(value, list) or not all(_is_text(v) and v for v in value):
            self._wrong.append(f"{name} must be a list of texts")
            return ()
        repeated = sorted({one for one in value if value.count(one) > 1})
        self._wrong += [f"{name}: {one!r} stands twice" for one in repeated]
        return tuple(value)

    def flag(self, name: str) -> bool:
        value = self._raw[name]
        if not isinstance(value, bool):
            self._wrong.append(f"{name} must be true or false")
        return value is True

    def version(self) -> int:
        value = self._raw["version"]
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self._wrong.append("version must be a whole number")
        return 0

    def hours(self, name: str) -> float:
        value = self._raw[name]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and math.isfinite(value) and 0 < value <= MAX_HOURS:
            return float(value)
        self._wrong.append(f"{name} must be more than 0 and at most {MAX_HOURS:g} hours")
        return 0.0

    def one(self, name: str, of: type[Code], fallback: Code) -> Code:
        value = self._raw[name]
        if isinstance(value, str) and value in set(of):
            return of(value)
        self._wrong.append(f"unknown {name} {value!r}; one of {', '.join(of)}")
        return fallback

    def several(self, name: str, of: type[Code]) -> tuple[Code, ...]:
        values = self.texts(name)
        unknown = [value for value in values if value not in set(of)]
        self._wrong += [f"unknown {name} {v!r}; any of {', '.join(of)}" for v in unknown]
        return tuple(of(value) for value in values if value not in unknown)
