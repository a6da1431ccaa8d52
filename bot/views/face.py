"""Everything about a case that a view may show, gathered by a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.case import OPEN, WITH_UNIT, Case, Note, Status, Task
from bot.domain.items import Item
from bot.domain.privacy import mask
from bot.i18n import Html, Texts, plain


@dataclass(frozen=True)
class Face:
    """A case with the names that belong to its codes. ``hide``: words to mask besides."""

    case: Case
    tasks: tuple[Task, ...]
    item: Item | None
    units: Mapping[str, str]
    people: Mapping[int, str]
    notes: tuple[Note, ...]
    now: datetime
    zone: ZoneInfo
    t: Texts
    hide: tuple[str, ...] = ()

    @property
    def name(self) -> Html:
        """The item's short name, or that it is not known yet."""
        if self.item is None:
            return self.t("item-unknown")
        return self.t("plain", text=self.item)

    @property
    def tier(self) -> Html:
        """D 网格 …"""
        return self.t(f"tier-{self.case.level.value}")

    @property
    def place(self) -> Html:
        """The place as colleagues may read it: masked, with its grid."""
        shown = mask(self.case.place.text, names=self.hide) if self.case.place.text else ""
        grid = self.units.get(self.case.place.grid or "", "")
        if shown and grid:
            return self.t("place-both", place=shown, grid=grid)
        return self.t("plain", text=shown or grid) if shown or grid else self.t("place-unknown")

    @property
    def said(self) -> str:
        """What was reported, masked."""
        report = [n.text for n in self.notes if n.kind == "report" and n.text]
        added = [n.text for n in self.notes if n.kind == "addition" and n.text]
        lines = report + [plain(self.t("said-added", text=text)) for text in added]
        return mask("\n".join(lines), names=self.hide)

    @property
    def media_count(self) -> int:
        """How many files the reporter sent."""
        return sum(len(n.media) for n in self.notes if n.kind in {"report", "addition"})

    @property
    def lead(self) -> Task | None:
        """The lead unit's present sub-task."""
        leads = [task for task in self.tasks if task.part == "lead"]
        return leads[-1] if leads else None

    def unit(self, code: str | None) -> str:
        """A unit's name."""
        return self.units.get(code or "", code or "")

    def late(self, task: Task) -> str | None:
        """Which clock of a sub-task is over: ``respond``, ``resolve`` or None."""
        if task.status not in WITH_UNIT or self.case.status not in OPEN:
            return None
        if self.now >= task.resolve_due:
            return "resolve"
        if task.responded_at is None and self.now >= task.respond_due:
            return "respond"
        return None

    @property
    def mark(self) -> str:
        """The coloured mark that a state is known by from afar."""
        if self.case.status not in OPEN:
            return "⚪" if self.case.status is Status.WITHDRAWN else "✅"
        if self.case.status in {Status.HANDLED, Status.VERIFYING, Status.VERIFIED}:
            return "🟢"
        if any(self.late(task) for task in self.tasks):
            return "🔴"
        if self.case.emergency:
            return "🚨"
        return "🟠"
