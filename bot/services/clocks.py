"""Setting and stopping the two clocks of a sub-task; ``overdue`` says what they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.case import Case, Task
from bot.domain.ladder import ClockName
from bot.domain.promise import limits
from bot.services.work import Work

BOTH = tuple(ClockName)


async def start(
    work: Work,
    case: Case,
    task: Task,
    *,
    pace: str = "",
    which: Sequence[ClockName] = BOTH,
) -> None:
    """Set every stage of the clocks. The key holds the cycle: no stage comes twice.

    ``pace`` names clocks that run anew at another pace within a cycle: a case that was found to
    be no emergency has later due times, and what rang for the earlier ones rings for these too.
    """
    both = limits(work.world.item(case.item), case.emergency)
    for clock, due, limit in (
        (ClockName.RESPOND, task.respond_due, both.respond),
        (ClockName.RESOLVE, task.resolve_due, both.resolve),
    ):
        if clock not in which:
            continue
        stages = work.world.ladder.plan(
            task.created_at, due, limit, case.level, case.emergency, clock, work.world.calendar
        )
        for stage in stages:
            await work.at(
                stage.at,
                "stage",
                subject(task, clock.value),
                f"{task.id}:{task.cycle}{pace}:{clock.value}:{stage.name}",
                task=task.id,
                case=case.id,
                cycle=task.cycle,
                clock=clock.value,
                stage=stage.name,
            )


async def stop(work: Work, task: Task, *which: str) -> None:
    """Stop one clock or both: what was still to come does not come."""
    for clock in which or ("respond", "resolve"):
        await work.uow.timers.cancel(subject(task, clock))


async def end(work: Work, tasks: Iterable[Task]) -> None:
    """Write sub-tasks back that are over: nothing rings for them any more."""
    for task in tasks:
        await stop(work, task)
        await work.uow.cases.save_task(task)


def subject(task: Task, clock: str) -> str:
    """The timers' name for one clock of a sub-task."""
    return f"task:{task.id}:{clock}"
