"""What every service needs to know and none may change: rules, tools and texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from bot.domain.answers import Answers
from bot.domain.items import Item
from bot.domain.ladder import Ladder
from bot.domain.places import Finder
from bot.domain.tagging import Tagger
from bot.domain.units import Directory, Unit, UnitName
from bot.domain.workcalendar import WorkCalendar
from bot.i18n import Texts, texts

NO_ANSWERS = Answers()


@dataclass(frozen=True)
class Durations:
    """How long things may wait."""

    undo: timedelta = timedelta(minutes=2)
    album_wait: timedelta = timedelta(seconds=1)
    draft_life: timedelta = timedelta(hours=24)
    invite_life: timedelta = timedelta(days=7)
    media_life: timedelta = timedelta(hours=40)
    dispatch_hours: float = 0.5
    """Working hours within which a hub confirms or reassigns (R030)."""
    adjudicate_hours: float = 0.5
    """Hours within which a hub decides whose case it is: as for a dispatch; natural ones in an
    emergency."""
    silence_days: int = 3
    """Working days without the resident's word before a staff verifier is asked."""
    verify_hours: float = 8
    """Working hours that a staff verifier has."""
    human_hours: float = 4
    """Working hours within which /human is answered."""


@dataclass(frozen=True)
class World:
    """One immutable snapshot; a changed item list or directory makes a new one."""

    items: Mapping[str, Item]
    directory: Directory
    calendar: WorkCalendar
    ladder: Ladder
    make_tagger: Callable[[], Tagger]
    """Builds the tagger, which takes a second: only those who tag a text wait for it."""
    find: Finder
    grids_at: Callable[[float, float], tuple[str, ...]]
    bot_username: str = ""
    operator: str = ""
    locale: str = "zh_Hans"
    wait: Durations = Durations()
    answers: Answers = NO_ANSWERS
    """Frequent questions."""
    version: str = ""

    @cached_property
    def tagger(self) -> Tagger:
        """Reads messages; the same one for as long as the items stay the same."""
        return self.make_tagger()

    @cached_property
    def unit_names(self) -> Mapping[str, str]:
        """Unit code -> name, which as a parameter of a text is in the reader's language."""
        return {code: UnitName(unit) for code, unit in self.directory.units.items()}

    def item(self, code: str) -> Item | None:
        """The item in force with this code."""
        return self.items.get(code)

    def item_name(self, code: str, t: Texts) -> str:
        """How the item is called in the language of ``t``, or that it is not known yet."""
        item = self.items.get(code)
        return item.called(t.locale) if item else t.label("item-unknown")

    def unit(self, code: str | None) -> Unit | None:
        """The unit with this code."""
        return self.directory.get(code)

    def unit_name(self, code: str | None) -> str:
        """How the unit is called; its code when it is not in the directory any more."""
        return self.unit_names.get(code or "", code or "")

    def texts(self, locale: str | None = None) -> Texts:
        """The texts in a person's language, else in the deployment's."""
        return texts(locale or self.locale)

    def unit_texts(self, code: str | None) -> Texts:
        """The texts in the language that a unit's channels read."""
        unit = self.directory.get(code)
        return self.texts(unit.language if unit else None)

    def link(self, payload: str) -> str:
        """A deep link that opens the bot in private."""
        return f"https://t.me/{self.bot_username}?start={payload}"
