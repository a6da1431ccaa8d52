"""Setting and stopping the two clocks of a sub-task; ``overdue`` says what they do."""

from __future__ import annotations

from bot.domain.case import Case, Task
from bot.domain.ladder import ClockName
from bot.domain.promise import limits
from bot.services.work import Work


async def start(work: Work, case: Case, task: Task, *, pace: str = "") -> None:
    """Set every stage of both clocks. The key holds the cycle: no stage comes twice.

    ``pace`` names clocks that run anew at another pace within a cycle: a case that was found to
    be no emergency has later due times, and what rang for the earlier ones rings for these too.
    """
    both = limits(work.world.item(case.item), case.emergency)
    for clock, due, limit in (
        (ClockName.RESPOND, task.respond_due, both.respond),
        (ClockName.RESOLVE, task.resolve_due, both.resolve),
    ):
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


def subject(task: Task, clock: str) -> str:
    """The timers' name for one clock of a sub-task."""
    return f"task:{task.id}:{clock}"
