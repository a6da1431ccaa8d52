"""Who may see and do what. Nothing else decides it (I7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from bot.domain.case import Case, Task
from bot.domain.lifecycle import Who
from bot.domain.units import ROOT, Directory, Role

STAFF_ROLES = frozenset(
    {
        Role.GRID_WORKER,
        Role.COMMUNITY_OFFICER,
        Role.UNIT_DUTY,
        Role.DISPATCHER,
        Role.DEPARTMENT_OFFICER,
    }
)
"""Roles that act for their unit. Supervisors and administrators look on."""


class Sight(IntEnum):
    """How much of a case a person sees."""

    NONE = 0
    PUBLIC = 1  # number, item, state: what anybody may know
    STAFF = 2  # the masked card and the timeline
    OWN = 3  # the reporter: everything that he gave


@dataclass(frozen=True, slots=True)
class Post:
    """One role of one person in one unit."""

    unit: str
    role: Role
    duty: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person as far as rights are concerned. ``mark`` finds their anonymous cases."""

    person: int | None = None
    mark: str = ""
    posts: tuple[Post, ...] = ()
    system: bool = False

    def staff_of(self, unit: str | None) -> bool:
        """Whether this person acts for the unit."""
        return any(p.unit == unit and p.role in STAFF_ROLES for p in self.posts)

    @property
    def staff(self) -> bool:
        """Whether this person has any post beyond that of a resident."""
        return any(p.role is not Role.RESIDENT for p in self.posts)

    @property
    def admin(self) -> bool:
        """Whether this person administers the deployment."""
        return any(p.role is Role.ADMIN and p.unit == ROOT for p in self.posts)

    def units(self, *roles: Role) -> tuple[str, ...]:
        """The units in which this person has one of the roles."""
        return tuple(p.unit for p in self.posts if p.role in roles)


SYSTEM = Viewer(system=True)
"""Timers and the operator's own command line."""


def is_reporter(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer reported the case, under their name or anonymously."""
    if case.reporter is not None and viewer.person == case.reporter:
        return True
    return bool(viewer.mark) and viewer.mark == case.reporter_mark


def sight(viewer: Viewer, case: Case, tasks: Iterable[Task], directory: Directory) -> Sight:
    """How much of the case the viewer may see.

    A confidential case exists for its reporter and the named persons only; for everybody else
    its number does not exist. Staff see the cases of their units; dispatchers and supervisors
    those of their branch; everybody else the public card.
    """
    if viewer.system or is_reporter(viewer, case):
        return Sight.OWN if not viewer.system else Sight.STAFF
    tasks = tuple(tasks)
    if case.confidential:
        told = {t.named for t in tasks} | set(case.insiders)
        return Sight.STAFF if viewer.person in told - {None} else Sight.NONE
    concerned = {t.unit for t in tasks} | {case.lead, case.hub, case.verifier_unit}
    concerned |= {case.place.grid} if case.place.grid else set()
    if any(stands_for(viewer, unit, directory) for unit in concerned if unit):
        return Sight.STAFF
    over = viewer.units(Role.DISPATCHER, Role.SUPERVISOR)
    for unit in over:
        branch = supervised(unit, directory)
        if any(c in branch for c in concerned if c):
            return Sight.STAFF
    return Sight.PUBLIC


def supervised(unit: str, directory: Directory) -> frozenset[str]:
    """The branch that ``unit`` looks after: a hub's is that of its town or district."""
    here = directory.get(unit)
    if here and here.hub and here.parent:
        return directory.branch(here.parent)
    if unit == ROOT:
        return frozenset({ROOT, *directory.units})
    return directory.branch(unit)


def capacity(
    viewer: Viewer, action: str, case: Case, task: Task | None, directory: Directory
) -> Who | None:
    """In what capacity the viewer would do this, or None when in none."""
    if viewer.system:
        return Who.SYSTEM
    if case.confidential and not _told(viewer, case, task) and not is_reporter(viewer, case):
        return None
    if action in {"confirm", "reassign", "adjudicate"}:
        return Who.DISPATCHER if stands_for(viewer, case.hub, directory) else None
    if action in {"pass", "fail"}:
        fit = viewer.person != case.handler
        fit = fit and stands_for(viewer, case.verifier_unit, directory)
        return Who.VERIFIER if fit else None
    if action in REPORTERS and is_reporter(viewer, case):
        return Who.REPORTER
    if task is not None and viewer.person is not None:
        if case.confidential and task.named != viewer.person:
            return None
        if viewer.person == task.owner:
            return Who.OWNER
        if case.confidential or stands_for(viewer, task.unit, directory):
            return Who.STAFF
    if action in {"calm", "ask"} and stands_for(viewer, case.hub, directory):
        return Who.DISPATCHER
    return None


def stands_for(viewer: Viewer, unit: str | None, directory: Directory) -> bool:
    """Whether the viewer acts for the unit: one of its staff, or a dispatcher above it.

    A dispatcher above steps in when the unit has no channel and no people yet.
    """
    if unit is None:
        return False
    if unit == ROOT and viewer.admin:
        return True  # a deployment without a hub is looked after by its administrators
    above = viewer.units(Role.DISPATCHER)
    return viewer.staff_of(unit) or any(unit in supervised(u, directory) for u in above)


def _told(viewer: Viewer, case: Case, task: Task | None) -> bool:
    told = {*case.insiders, task.named if task else None} - {None}
    return viewer.person in told


REPORTERS = frozenset(
    {
        "solved",
        "partly",
        "not_solved",
        "satisfaction",
        "withdraw",
        "calm",
        "answer",
        "add",
        "contact",
    }
)
"""Acts that a reporter does on their own case."""
