"""``huying lexicon suggest``: what corrections say about the lexicon. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.domain.access import SYSTEM
from bot.domain.corrections import What
from bot.domain.proposals import Corrected, History, Proposal, agreed, proposals, words
from bot.domain.slots import read_slots
from bot.ports import Seen
from bot.services import faces
from bot.services.work import Work
from bot.views import proposals as views

Watch = Callable[[Sequence[int], str], Iterable[int]]
"""Goes through the rows, so that somebody can watch."""


@dataclass(frozen=True)
class Reader:
    """How texts are read: cut into words, spelled as the lexicon does, and the class of every
    word of the dictionary."""

    cut: Callable[[str], list[str]]
    spell: Callable[[str], str]
    classes: Mapping[str, str]

    def words(self, text: str) -> frozenset[str]:
        """The words of a text that may be proposed."""
        return words(text, self.cut, self.classes, views.named)


@dataclass(frozen=True)
class _Texts:
    """The texts of cases as far as they may be read here: masked, spelled, without places."""

    work: Work
    reader: Reader

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Everything that the directory calls a place or a unit, the longest first."""
        directory = self.work.world.directory
        found = [unit.name for unit in directory.units.values()]
        for place in directory.places:
            found += [place.name, *place.aliases]
        spelled = {self.reader.spell(name) for name in found}
        return tuple(sorted((n for n in spelled if len(n) > 1), key=lambda n: (-len(n), n)))

    async def of(self, case_id: int) -> tuple[Seen, str] | None:
        """A case with its text; None for a confidential one and for one without words."""
        seen = await self.work.uow.cases.get_for(SYSTEM, case_id)
        if seen is None or seen.case.confidential:
            return None
        face = await faces.face(self.work, seen.case, seen.tasks)
        text = self.reader.spell(views.reported(face.notes, face.hide))
        place = self.reader.spell(seen.case.place.text)
        for name in (place, read_slots(text).place or "", *self.names):
            if len(name) > 1:
                text = text.replace(name, " ")
        return (seen, text) if text.strip() else None


async def suggest(
    work: Work,
    reader: Reader,
    rows: Mapping[tuple[str, str], float],
    since: datetime | None,
    watch: Watch,
) -> tuple[Proposal, ...]:
    """The rows that corrections since then speak for. ``rows``: (word, label) -> weight now."""
    texts = _Texts(work, reader)
    all_ = await _changes(work)
    fresh = [
        case_id
        for case_id, (was, now, at) in all_.items()
        if was != now and now in work.world.items and (since is None or at >= since)
    ]
    corrected = []
    for case_id in watch(fresh, "reading the corrected cases"):
        if found := await texts.of(case_id):
            was, now, _ = all_[case_id]
            corrected.append(Corrected(was, now, reader.words(found[1])))
    history = History({word for word, _ in agreed(corrected)})
    others = [i for i in await work.uow.cases.newest(None) if i not in all_]
    for case_id in watch(others if history.words else (), "reading the other cases"):
        found = await texts.of(case_id)
        if found and found[0].case.item:
            history.add(found[1], found[0].case.item)
    return proposals(corrected, history, _gives(work), rows)


async def _changes(work: Work) -> dict[int, tuple[str, str, datetime]]:
    """Case -> the item that it had first, the one that it was given last, and when."""
    found: dict[int, tuple[str, str, datetime]] = {}
    for one in await work.uow.corrections.all(What.ITEM):
        was = found[one.case_id][0] if one.case_id in found else one.was
        found[one.case_id] = (was, one.now, one.at)
    return found


def _gives(work: Work) -> Callable[[str], tuple[str, float] | None]:
    def ask(word: str) -> tuple[str, float] | None:
        best = work.world.tagger.tag(word).best
        return (best.item, best.probability) if best else None

    return ask
