"""不归我管 cannot go round: whatever anybody taps, in any order (failure mode 24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.adapters.directory_folder import load_demo
from bot.domain import returns
from bot.domain.case import Case, Dispute, Place, Return, Source, Status, Task
from bot.domain.units import ROOT, Tier
from bot.errors import Refused
from tests.town import FRIDAY

TOWN = load_demo().directory
UNITS = ("QS-CZ-1", "QS-CZ-3", "QS-CZ-SQ", "QS-CZ-PM", "QS-CZ", "QS-UM", "QS-HUB", "CD-LAMP")
ENDED = {Dispute.TAKEN, Dispute.DECIDED}
_unit = st.sampled_from(UNITS)


class Bouncing(RuleBasedStateMachine):
    """A case among units that return, accept, stay silent, and a hub that decides or not."""

    def __init__(self) -> None:
        super().__init__()
        self.now = FRIDAY
        self.case = Case(
            id=1, number="202611200001", version=1, status=Status.DISPATCHED, item="CG01",
            item_version=1, level=Tier.D, emergency=False, confidential=False, anonymous=False,
            source=Source.PRIVATE, place=Place(grid="QS-CZ-3"), submitted_at=FRIDAY,
            respond_due=FRIDAY + timedelta(hours=2), resolve_due=FRIDAY + timedelta(hours=8),
            lead="QS-CZ-3", hub="QS-HUB",
        )  # fmt: skip
        self.tasks: list[Task] = []
        self.past: list[Dispute] = [Dispute.NONE]
        self.first = self.give("QS-CZ-3", "lead")

    def give(self, unit: str, part: str) -> Task:
        """One more sub-task, with two hours to respond."""
        task = Task(
            id=len(self.tasks) + 1, case_id=1, unit=unit, part=part, status=Status.DISPATCHED,
            cycle=0, created_at=self.now, respond_due=self.now + timedelta(hours=2),
            resolve_due=self.case.resolve_due,
        )  # fmt: skip
        self.tasks.append(task)
        return task

    def put(self, *changed: Task) -> None:
        """Write sub-tasks back."""
        by_id = {task.id: task for task in changed}
        self.tasks = [by_id.get(task.id, task) for task in self.tasks]

    def become(self, case: Case) -> None:
        """The case as it is from now on."""
        self.past.append(case.dispute)
        self.case = case

    @rule(emergency=st.booleans())
    def an_emergency_or_not(self, emergency: bool) -> None:
        assume(len(self.past) == 1)
        self.case = replace(self.case, emergency=emergency)

    @rule(which=st.integers(0, 9), to=_unit | st.none())
    def return_it(self, which: int, to: str | None) -> None:
        task = self.tasks[which % len(self.tasks)]
        if returns.refusal(self.case, self.tasks, task, self.now):
            return
        try:
            asked = returns.owner(TOWN, self.case, task, to)
            after = returns.returned(self.case, Return(task.unit, "duty", asked))
        except Refused:
            return
        if task.part == "proposed":
            self.put(replace(task, part="returned", status=Status.WITHDRAWN))
        self.become(after)
        if after.dispute is Dispute.PROPOSED:
            assert asked is not None
            self.give(asked, "proposed")

    @rule(which=st.integers(0, 9))
    def accept(self, which: int) -> None:
        task = self.tasks[which % len(self.tasks)]
        if task.status is not Status.DISPATCHED or self.case.status is not Status.DISPATCHED:
            return
        if self.case.dispute in returns.OPEN:
            after, ended = returns.taken(self.case, self.tasks, task)
            self.put(*ended)
            self.become(after)
            task = replace(task, part="lead" if task.part == "proposed" else task.part)
        self.put(replace(task, status=Status.ACCEPTED))
        self.case = replace(self.case, status=Status.ACCEPTED)

    @rule()
    def nobody_answers(self) -> None:
        if self.case.dispute is Dispute.PROPOSED:
            self.become(returns.unanswered(self.case))

    @rule(unit=_unit)
    def the_hub_decides(self, unit: str) -> None:
        if self.case.dispute not in returns.OPEN:
            return
        after, kept, ended = returns.decided(self.case, self.tasks, unit)
        self.put(*ended, *([kept] if kept else []))
        self.become(after)
        if kept is None:
            self.give(unit, "lead")

    @rule()
    def the_next_tier_joins(self) -> None:
        lead = next(t for t in self.tasks if t.part == "lead" and t.status in _HELD)
        assume(lead.unit == "QS-CZ-3" and self.case.status is Status.DISPATCHED)
        self.put(replace(lead, part="former"))
        self.give("QS-CZ", "lead")
        self.case = replace(self.case, lead="QS-CZ")

    @rule(minutes=st.integers(1, 90))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def at_most_two_returns_each_by_another_unit(self) -> None:
        by = [one.unit for one in self.case.returns]
        assert len(by) <= returns.MOST
        assert len(set(by)) == len(by)
        assert not any(one.to in by[: i + 1] for i, one in enumerate(self.case.returns))

    @invariant()
    def there_is_no_way_back(self) -> None:
        steps = [[*Dispute].index(state) for state in self.past]
        assert all(before < after for before, after in pairwise(steps))

    @invariant()
    def somebody_is_always_responsible(self) -> None:
        held = [t for t in self.tasks if t.part == "lead" and t.status in _HELD]
        assert [t.unit for t in held] == [self.case.lead]
        if self.case.dispute in returns.OPEN:
            first = next(t for t in self.tasks if t.id == self.first.id)
            assert first.status in _HELD
            assert first.responded_at is None
            assert (first.respond_due, first.resolve_due) == (
                self.first.respond_due, self.first.resolve_due,
            )  # fmt: skip

    @invariant()
    def what_is_settled_is_returned_no_more(self) -> None:
        if self.case.dispute in ENDED or len(self.case.returns) == returns.MOST:
            assert all(
                returns.refusal(self.case, self.tasks, t, self.case.submitted_at)
                for t in self.tasks
            )

    @invariant()
    def an_emergency_asks_nobody_else(self) -> None:
        assert not (self.case.emergency and Dispute.PROPOSED in self.past)

    @invariant()
    def whoever_decides_is_no_party(self) -> None:
        if self.case.returns:
            hub = returns.hub_over(TOWN, self.case, self.case.returns[0].unit)
            parties = {u for one in self.case.returns for u in (one.unit, one.to)}
            assert hub not in parties
            assert hub == ROOT or TOWN.units[hub].hub


_HELD = {Status.DISPATCHED, Status.ACCEPTED}

TestBouncing = Bouncing.TestCase
TestBouncing.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
