"""The tables. Rows never leave ``storage``: mappers turn them into the domain's dataclasses.

Columns named ``*_sealed`` hold what people told us (see ``seal``); a ``lane`` or ``mark`` is a
keyed digest of a chat or user id, another one in every table whose rows could be joined to
tell who is behind an anonymous case. Partial indexes are named after the query that they serve.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from storage.types import UTCDateTime

_BIG = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Any:
    return Field(default=None, sa_column=Column(_BIG, primary_key=True, autoincrement=True))


def _at(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(UTCDateTime, nullable=nullable))


def _sealed() -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=True))


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class InboxTable(SQLModel, table=True):
    """Updates as Telegram sent them. Once one is done, body, sender and moment are dropped."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("inbox_ready", "priority", "id", sqlite_where=text("state = 'new'"),
              postgresql_where=text("state = 'new'")),
        Index("inbox_parked", "id", sqlite_where=text("state = 'parked'"),
              postgresql_where=text("state = 'parked'")),
        Index("inbox_lane", "lane", "id", sqlite_where=text("state = 'new'"),
              postgresql_where=text("state = 'new'")),
    )  # fmt: skip

    id: int | None = _id()
    bot_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    update_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    lane: str
    priority: int = 1
    state: str = "new"
    body_sealed: bytes | None = _sealed()
    tries: int = 0
    next_at: datetime | None = _at()
    error: str = ""
    received_at: datetime = _at(nullable=False)


class OutboxTable(SQLModel, table=True):
    """Calls to be made. Body and recipient are dropped once one is sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_ready", "priority", "id", sqlite_where=text("state = 'queued'"),
              postgresql_where=text("state = 'queued'")),
        Index("outbox_failed", "id", sqlite_where=text("state = 'failed'"),
              postgresql_where=text("state = 'failed'")),
        Index("outbox_lane", "lane", "priority", "id", sqlite_where=text("state = 'queued'"),
              postgresql_where=text("state = 'queued'")),
        Index("outbox_collapse", "collapse", sqlite_where=text("state = 'queued'"),
              postgresql_where=text("state = 'queued'")),
    )  # fmt: skip

    id: int | None = _id()
    key: str = Field(unique=True)
    lane: str
    priority: int = 1
    state: str = "queued"
    method: str
    body_sealed: bytes | None = _sealed()
    collapse: str | None = None
    card: int | None = None
    after: dict[str, Any] = _json()
    tries: int = 0
    not_before: datetime | None = _at()
    lease_owner: str | None = None
    lease_until: datetime | None = _at()
    error: str = ""
    created_at: datetime = _at(nullable=False)
    first_try_at: datetime | None = _at()
    done_at: datetime | None = _at()


class TimerTable(SQLModel, table=True):
    """What happens later. ``key`` makes it happen once."""

    __tablename__ = "timers"
    __table_args__ = (
        Index("timers_due", "due_at", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
        Index("timers_subject", "subject"),
    )  # fmt: skip

    id: int | None = _id()
    key: str = Field(unique=True)
    kind: str
    subject: str = ""
    due_at: datetime = _at(nullable=False)
    state: str = "pending"
    data: dict[str, Any] = _json()
    fired_at: datetime | None = _at()


class PersonTable(SQLModel, table=True):
    """Somebody who wrote to the bot."""

    __tablename__ = "people"

    id: int | None = _id()
    mark: str = Field(unique=True)
    profile_sealed: bytes | None = _sealed()
    locale: str | None = None
    language: str | None = None
    menu: str = Field(default="", sa_column_kwargs={"server_default": ""})
    reachable: bool = False
    noticed: bool = False
    last_grid: str | None = None


class PostTable(SQLModel, table=True):
    """A person's role in a unit; a planned post has no person yet."""

    __tablename__ = "posts"
    __table_args__ = (Index("posts_unit", "unit"), Index("posts_person", "person"))

    id: int | None = _id()
    ref: str | None = Field(default=None, unique=True)
    unit: str
    role: str
    person: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    duty: bool = False
    named: bool = False
    label_sealed: bytes | None = _sealed()
    invited_by: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    since: datetime | None = _at()


class InviteTable(SQLModel, table=True):
    """Single-use codes, as digests."""

    __tablename__ = "invites"

    id: int | None = _id()
    digest: str = Field(unique=True)
    kind: str
    unit: str
    role: str | None = None
    invited_by: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    expires_at: datetime = _at(nullable=False)
    used_at: datetime | None = _at()


class ChannelTable(SQLModel, table=True):
    """Groups and topics; a planned one has no address yet."""

    __tablename__ = "channels"
    __table_args__ = (Index("channels_unit", "unit"), Index("channels_lane", "lane"))

    id: int | None = _id()
    ref: str | None = Field(default=None, unique=True)
    unit: str
    kind: str
    title: str
    urgent: bool = False
    lane: str | None = None
    address_sealed: bytes | None = _sealed()
    thread: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    state: str = "planned"
    error: str = ""


class CaseTable(SQLModel, table=True):
    """Cases. The reporter of an anonymous one is nowhere in clear."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("cases_reporter", "reporter"),
        Index("cases_reporter_mark", "reporter_mark"),
        Index("cases_status", "status"),
        Index("cases_bundle", "bundle"),
    )

    id: int | None = _id()
    number: str = Field(unique=True)
    version: int = 1
    status: str
    item: str
    item_version: int
    level: str
    emergency: bool = False
    confidential: bool = False
    anonymous: bool = False
    source: str
    grid: str | None = None
    place_sealed: bytes | None = _sealed()
    submitted_at: datetime = _at(nullable=False)
    respond_due: datetime = _at(nullable=False)
    resolve_due: datetime = _at(nullable=False)
    reporter: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    reporter_mark: str = ""
    reply_sealed: bytes | None = _sealed()
    lead: str | None = None
    hub: str | None = None
    proposed: str | None = None
    cycle: int = 0
    handled_at: datetime | None = _at()
    closed_at: datetime | None = _at()
    handler: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    verifier_unit: str | None = None
    outcome: str = ""
    satisfaction: str = ""
    provisional: bool = False
    returns: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_column=Column(JSON, nullable=False, server_default=text("'[]'")),
    )
    dispute: str = Field(default="", sa_column_kwargs={"server_default": ""})
    bundle: str | None = None
    insiders: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    why: dict[str, Any] = _json()


class TaskTable(SQLModel, table=True):
    """A unit's share of a case."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("tasks_case", "case_id"),
        Index("tasks_unit_due", "unit", "resolve_due"),
    )

    id: int | None = _id()
    case_id: int = Field(sa_column=Column(_BIG, nullable=False))
    unit: str
    part: str
    status: str
    cycle: int = 0
    created_at: datetime = _at(nullable=False)
    respond_due: datetime = _at(nullable=False)
    resolve_due: datetime = _at(nullable=False)
    owner: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    named: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    responded_at: datetime | None = _at()
    handled_at: datetime | None = _at()
    failed: bool = False


class EventTable(SQLModel, table=True):
    """Append-only: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: int | None = _id()
    case_id: int = Field(sa_column=Column(_BIG, nullable=False))
    seq: int
    at: datetime = _at(nullable=False)
    kind: str
    actor: str
    reason: str = ""
    data: dict[str, Any] = _json()
    prev: str = ""
    hash: str


class AnchorTable(SQLModel, table=True):
    """A digest over the heads of the chains that grew, chained to the anchor before."""

    __tablename__ = "anchors"

    id: int | None = _id()
    at: datetime = _at(nullable=False)
    last_event: int = Field(sa_column=Column(_BIG, nullable=False))
    chains: int
    hash: str


class NoteTable(SQLModel, table=True):
    """Personal text and media of a case."""

    __tablename__ = "notes"
    __table_args__ = (Index("notes_case", "case_id"),)

    id: int | None = _id()
    case_id: int = Field(sa_column=Column(_BIG, nullable=False))
    kind: str
    at: datetime = _at(nullable=False)
    author: str
    body_sealed: bytes | None = _sealed()
    digest: str = ""


class CorrectionTable(SQLModel, table=True):
    """What people put right in the tagger's work, in codes."""

    __tablename__ = "corrections"
    __table_args__ = (Index("corrections_case", "case_id"),)

    id: int | None = _id()
    case_id: int = Field(sa_column=Column(_BIG, nullable=False))
    at: datetime = _at(nullable=False)
    actor: str
    role: str
    what: str
    was: str
    now: str
    why: str
    guesses: list[list[Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class CardTable(SQLModel, table=True):
    """Messages that show a case."""

    __tablename__ = "cards"
    __table_args__ = (
        Index("cards_case", "case_id"),
        Index("cards_message", "lane", "message"),
        Index("cards_channel", "channel", "state"),
    )

    id: int | None = _id()
    case_id: int = Field(sa_column=Column(_BIG, nullable=False))
    task_id: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    kind: str
    lane: str
    address_sealed: bytes | None = _sealed()
    channel: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    person: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    message: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    state: str = "live"
    shown: str = ""


class DraftTable(SQLModel, table=True):
    """Dialogs in progress."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("person", "lane"),)

    id: int | None = _id()
    person: int = Field(sa_column=Column(_BIG, nullable=False))
    lane: str
    state_sealed: bytes | None = _sealed()
    updated_at: datetime = _at(nullable=False)


class ThreadTable(SQLModel, table=True):
    """Conversations through the bot."""

    __tablename__ = "threads"
    __table_args__ = (Index("threads_resident", "resident_mark"),)

    id: int | None = _id()
    kind: str
    case_id: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    resident_mark: str
    resident_sealed: bytes | None = _sealed()
    staff: int | None = Field(default=None, sa_column=Column(_BIG, nullable=True))
    unit: str | None = None
    state: str = "open"
    due_at: datetime | None = _at()
    opened_at: datetime | None = _at()


class ThreadLinkTable(SQLModel, table=True):
    """Which message belongs to which conversation, so that replying to it continues it."""

    __tablename__ = "thread_links"
    __table_args__ = (
        Index("thread_links_mark", "mark"),
        Index("thread_links_thread", "thread_id"),
    )

    id: int | None = _id()
    thread_id: int = Field(sa_column=Column(_BIG, nullable=False))
    mark: str


class ItemTable(SQLModel, table=True):
    """The responsibility list, every version that a case was routed by."""

    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: int | None = _id()
    code: str
    version: int
    active: bool = True
    body: str


class UnitTable(SQLModel, table=True):
    """The directory's units."""

    __tablename__ = "units"

    code: str = Field(primary_key=True)
    position: int = 0
    body: dict[str, Any] = _json()


class PlaceTable(SQLModel, table=True):
    """The gazetteer."""

    __tablename__ = "places"

    id: int | None = _id()
    body: dict[str, Any] = _json()


class SettingTable(SQLModel, table=True):
    """Small facts: versions, counters, calendar files."""

    __tablename__ = "facts"

    key: str = Field(primary_key=True)
    value: str
