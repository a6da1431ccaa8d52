"""A case, its sub-tasks and its events: plain values, no behaviour beyond reading them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.units import Tier


class Status(StrEnum):
    """Where a case or a sub-task stands; the moves between are in ``lifecycle``."""

    RECEIVED = "received"  # 已受理
    QUEUED = "queued"  # 正在分派
    DISPATCHED = "dispatched"  # 已派出
    ACCEPTED = "accepted"  # 已签收
    HANDLING = "handling"  # 处理中
    HANDLED = "handled"  # 已办结，待核实
    VERIFYING = "verifying"  # 核查中
    VERIFIED = "verified"  # 已核实
    CLOSED = "closed"  # 已结案
    WITHDRAWN = "withdrawn"  # 已撤回


OPEN = frozenset(Status) - {Status.CLOSED, Status.WITHDRAWN}
WITH_UNIT = frozenset({Status.DISPATCHED, Status.ACCEPTED, Status.HANDLING})
"""States in which a unit owes the next act."""


class Dispute(StrEnum):
    """How far the question is whose case it is (不归我管); the moves are in ``returns``."""

    NONE = ""  # nobody has returned it
    PROPOSED = "proposed"  # returned once; another unit has been asked to lead
    HUB = "hub"  # the hub decides
    TAKEN = "taken"  # somebody accepted meanwhile
    DECIDED = "decided"  # the hub has decided (裁定), for good


class Source(StrEnum):
    """How a report reached us."""

    PRIVATE = "private"
    GROUP = "group"
    PATROL = "patrol"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is. ``grid`` is a unit code; text and coordinates are the reporter's own."""

    grid: str | None = None
    text: str = ""
    lat: float | None = None
    lon: float | None = None
    status: str = "unknown"


@dataclass(frozen=True, slots=True)
class Return:
    """One 不归我管: by which unit, why (a class), and who it says should lead (None: the hub
    says). ``note`` is the digest of the note with its own words, if there are any.
    """

    unit: str
    reason: str
    to: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One report and its whole life. ``version`` grows with every write (compare-and-swap).

    ``respond_due`` and ``resolve_due`` are the promise clock: set at submission, in UTC.
    ``reporter`` is None for an anonymous case; ``reporter_mark`` is a keyed digest that lets the
    reporter, and nobody else, find it again. ``cycle`` = reopenings + granted extensions.
    """

    id: int
    number: str
    version: int
    status: Status
    item: str
    item_version: int
    level: Tier
    emergency: bool
    confidential: bool
    anonymous: bool
    source: Source
    place: Place
    submitted_at: datetime
    respond_due: datetime
    resolve_due: datetime
    reporter: int | None = None
    reporter_mark: str = ""
    lead: str | None = None
    hub: str | None = None
    proposed: str | None = None
    cycle: int = 0
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    handler: int | None = None
    verifier_unit: str | None = None
    outcome: str = ""
    satisfaction: str = ""
    provisional: bool = False
    returns: tuple[Return, ...] = ()
    dispute: Dispute = Dispute.NONE
    bundle: str | None = None
    """The number of the first case of those that one message told of; None for a case alone."""
    insiders: tuple[int, ...] = ()
    """The persons who were told of a confidential case, besides its sub-tasks' named ones."""
    why: dict[str, Any] = field(default_factory=dict)
    """Codes only: why this item, this unit, these deadlines."""

    @property
    def at_hub(self) -> bool:
        """Whether the hub owes the next word: it waits for dispatch, or for adjudication."""
        disputed = self.status is Status.DISPATCHED and self.dispute is Dispute.HUB
        return disputed or self.status is Status.QUEUED


@dataclass(frozen=True, slots=True)
class Task:
    """One unit's share of a case, with its own two clocks (R059, R086)."""

    id: int
    case_id: int
    unit: str
    part: str
    """``lead``; ``cooperating``; ``former``: led until the next tier joined or another unit took
    it over; ``proposed``: asked to lead by a unit that returned it; ``returned``: was asked and
    returned it as well; ``past``: of an earlier cycle."""
    status: Status
    cycle: int
    created_at: datetime
    respond_due: datetime
    resolve_due: datetime
    owner: int | None = None
    """The person who accepted."""
    named: int | None = None
    """The one person who may see it, for a confidential item."""
    responded_at: datetime | None = None
    handled_at: datetime | None = None
    failed: bool = False
    """Handled, but verification said no: not on time, whatever the clock said."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact in the life of a case; never changed, never removed (R009)."""

    case_id: int
    seq: int
    at: datetime
    kind: str
    actor: str
    """``reporter``, ``system`` or ``person:ID``: codes, never names."""
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    prev: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A file that Telegram keeps for us. ``kind``: photo, video, voice, document …"""

    kind: str
    file_id: str
    unique_id: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Personal text or media on a case: sealed at rest, destroyable without harm to the events.

    ``kind``: report, addition, progress, result, question, answer, reason, return.
    """

    id: int
    case_id: int
    kind: str
    at: datetime
    author: str
    text: str
    media: tuple[Media, ...] = ()
    digest: str = ""
    messages: tuple[int, ...] = ()
    """The messages in the reporter's chat that it came from: an edit finds it again."""
