"""The two key figures of the digest, with answers known beforehand (standards, section 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.case import Status, Task
from bot.domain.kpi import ENOUGH, Rate, handling_on_time, response_on_time

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
RESPOND = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
RESOLVE = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def task(**changes: object) -> Task:
    plain = Task(
        id=1, case_id=1, unit="QS-CZ-3", part="lead", status=Status.DISPATCHED, cycle=0,
        created_at=SINCE, respond_due=RESPOND, resolve_due=RESOLVE,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_the_figures_of_a_small_month() -> None:
    """Ten sub-tasks with known fates give 6/9 answered in time and 4/9 handled in time."""
    early = {"responded_at": RESPOND - MINUTE, "status": Status.HANDLED}
    month = [
        *(task(**early, handled_at=RESOLVE - MINUTE) for _ in range(3)),
        task(responded_at=RESPOND, handled_at=RESOLVE, status=Status.CLOSED),
        task(**early, handled_at=RESOLVE - MINUTE, failed=True),
        task(**early, handled_at=RESOLVE + MINUTE),
        task(responded_at=RESPOND + MINUTE, status=Status.ACCEPTED),
        task(),
        task(),
        task(status=Status.WITHDRAWN),
    ]
    assert response_on_time(month, SINCE, UNTIL) == Rate(6, 9)
    assert handling_on_time(month, SINCE, UNTIL) == Rate(4, 9)


@pytest.mark.parametrize(
    ("late", "good"),
    [(timedelta(0), 1), (timedelta(seconds=1), 0), (-MINUTE, 1)],
    ids=["at the due instant", "a second late", "a minute early"],
)
def test_in_time_includes_the_due_instant(late: timedelta, good: int) -> None:
    """Who acts at the very instant of the limit is in time."""
    one = task(responded_at=RESPOND + late, handled_at=RESOLVE + late)
    assert response_on_time([one], SINCE, UNTIL) == Rate(good, 1)
    assert handling_on_time([one], SINCE, UNTIL) == Rate(good, 1)


def test_the_period_is_that_of_the_due_time() -> None:
    """What counts is when it was due: from the first instant, up to but without the last."""
    first, last = task(respond_due=SINCE), task(respond_due=UNTIL)
    assert response_on_time([first, last], SINCE, UNTIL) == Rate(0, 1)
    assert handling_on_time([task(resolve_due=UNTIL)], SINCE, UNTIL) == Rate(0, 0)


def test_unfinished_and_overdue_count_in_the_denominator() -> None:
    """Leaving a sub-task alone does not take it out of the figure."""
    assert handling_on_time([task(), task()], SINCE, UNTIL) == Rate(0, 2)


def test_a_helper_has_its_own_figure() -> None:
    """A late helper does not spoil the lead's figure (R086)."""
    lead = task(responded_at=RESPOND - MINUTE)
    helper = task(unit="QS-FIRE", part="cooperating")
    assert response_on_time([lead], SINCE, UNTIL) == Rate(1, 1)
    assert response_on_time([helper], SINCE, UNTIL) == Rate(0, 1)


def test_under_five_a_rate_says_nothing() -> None:
    """n/N is always there; the percentage from five on."""
    assert ENOUGH == 5
    assert Rate(4, 4).percent is None
    assert Rate(0, 0).percent is None
    assert Rate(46, 50).percent == 92
    assert Rate(37, 42).percent == 88
    assert Rate(2, 3 + 2).percent == 40
