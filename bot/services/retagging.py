"""``huying lexicon dry-run``: what another lexicon would make of past cases. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.access import SYSTEM
from bot.domain.case import Case
from bot.domain.corrections import What
from bot.domain.routing import Decision
from bot.domain.tagging import Tagger
from bot.forms.report import EMPTY
from bot.services import intake, looking
from bot.services.work import Work
from bot.views.proposals import reported

Watch = Callable[[Sequence[int], str], Iterable[int]]


class Verdict(StrEnum):
    """Whether a difference agrees with what people finally settled on."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Tagged:
    """What becomes of a report. ``lead``: the unit that would lead; ``alone``: without a
    dispatcher's word."""

    item: str
    emergency: bool
    lead: str | None
    alone: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A case that would be treated in another way. ``settled``: the item that people settled
    on, None when they have not. ``text`` is masked; "" for a confidential case."""

    number: str
    confidential: bool
    was: Tagged
    now: Tagged
    settled: str | None
    verdict: Verdict
    text: str

    @property
    def aspects(self) -> Iterator[str]:
        """What differs: item, emergency, route."""
        if self.was.item != self.now.item:
            yield "item"
        if self.was.emergency != self.now.emergency:
            yield "emergency"
        if (self.was.lead, self.was.alone) != (self.now.lead, self.now.alone):
            yield "route"


@dataclass
class Rehearsal:
    """All of them, the newest case first. ``silent``: cases whose words are gone, or that had
    none."""

    cases: int = 0
    silent: int = 0
    differences: list[Difference] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """How many differ in what, and how many are better, worse, undecided."""
        found = Counter(aspect for one in self.differences for aspect in one.aspects)
        found.update(one.verdict.value for one in self.differences)
        return found


async def rehearse(work: Work, tagger: Tagger, limit: int | None, watch: Watch) -> Rehearsal:
    """The newest cases (None: all), tagged anew by the lexicon in force and by ``tagger``.

    One text is in memory at a time.
    """
    found = Rehearsal()
    corrected = {one.case_id for one in await work.uow.corrections.all(What.ITEM)}
    for case_id in watch(await work.uow.cases.newest(limit), "tagging past cases"):
        seen = await work.uow.cases.get_for(SYSTEM, case_id)
        if seen is None:
            continue
        case, notes = seen.case, await work.uow.cases.notes(case_id)
        text = "\n".join(n.text for n in notes if n.kind == "report" and n.text)
        found.cases += 1
        if not text.strip():
            found.silent += 1
            continue
        was, now = (_tagged(work, one, text, case) for one in (work.world.tagger, tagger))
        if was != now:
            settled = case.item if _settled(case, case_id in corrected) else None
            found.differences.append(
                Difference(
                    case.number,
                    case.confidential,
                    was,
                    now,
                    settled,
                    _verdict(case, was, now, settled),
                    "" if case.confidential else reported(notes, ()),
                )
            )
    return found


def _tagged(work: Work, tagger: Tagger, text: str, case: Case) -> Tagged:
    """As a report of these words at this place would go today, nobody correcting it."""
    tagging = tagger.tag(text)
    known = [guess.item for guess in looking.guessed(work.world, tagging)]
    look = {
        "guesses": known, "sure": tagging.sure and bool(known), "grid": case.place.grid,
        "emergency": tagging.emergency,
    }  # fmt: skip
    plan = intake.plan(work, EMPTY | {"look": look}, None)
    alone = plan.route.decision is Decision.ALONE
    return Tagged(plan.item, plan.emergency, plan.route.lead, alone)


def _settled(case: Case, corrected: bool) -> bool:
    """Whether people have said what it is: by choosing the item, or by handling it as such."""
    chosen = corrected or case.why.get("item_by") == "person"
    return bool(case.item) and (chosen or case.handled_at is not None)


def _verdict(case: Case, was: Tagged, now: Tagged, settled: str | None) -> Verdict:
    """By the item; where that stays the same by the emergency, then by the unit that led."""
    if settled is None:
        return Verdict.UNDECIDED
    for before, after, true in (
        (was.item, now.item, settled),
        (was.emergency, now.emergency, case.emergency),
        (was.lead, now.lead, case.lead),
    ):
        if before != after and true in {before, after}:
            return Verdict.BETTER if after == true else Verdict.WORSE
        if before != after:
            return Verdict.UNDECIDED
    return Verdict.UNDECIDED
