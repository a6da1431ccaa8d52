"""What the core asks of the outside world: Protocols and the plain values that cross them.

``storage`` implements ``UnitOfWork``; tests use the same one on a real SQLite file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.domain.access import Post, Sight, Viewer
from bot.domain.case import Case, Event, Note, Task
from bot.domain.corrections import Correction, What
from bot.domain.items import Item
from bot.domain.units import Directory, Role


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a chat and, in a forum, its topic."""

    chat: int
    thread: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote to the bot. ``chat`` is their private chat, also their user id.

    ``guess`` is the language that Telegram tells, ``language`` the one that they chose.
    """

    id: int
    chat: int
    name: str
    guess: str | None = None
    language: str | None = None
    username: str = ""
    reachable: bool = False
    """They pressed Start and did not block the bot."""
    noticed: bool = False
    """They have seen the notice on personal data."""
    last_grid: str | None = None
    posts: tuple[Post, ...] = ()
    mark: str = ""
    menu: str = ""
    """Which commands menu their chat shows besides those for everybody; "" for none."""

    @property
    def locale(self) -> str | None:
        """The language that they read: their own choice, else Telegram's; None when unknown."""
        return self.language or self.guess

    @property
    def viewer(self) -> Viewer:
        """The person as far as rights are concerned."""
        return Viewer(person=self.id, mark=self.mark, posts=self.posts)


@dataclass(frozen=True, slots=True)
class Channel:
    """A group or forum topic bound to a unit. ``state``: planned, alive or dead."""

    id: int
    unit: str
    kind: str
    title: str
    address: Address | None
    state: str
    urgent: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One message that shows a case and is edited in place."""

    id: int
    case_id: int
    task_id: int | None
    kind: str
    """``task`` (the unit's), ``hub`` (waiting for dispatch), ``verify`` or ``person``."""
    address: Address
    channel: int | None = None
    person: int | None = None
    message: int | None = None
    state: str = "live"
    shown: str = ""
    """A digest of what it says, or is about to say: what is already there is not sent again."""


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call to be made, with what to do once Telegram has answered.

    ``key`` is unique for ever: the same act enqueued twice is one row. ``collapse`` names what
    the call shows; of several waiting calls with one name only the newest is made. ``priority``
    0 goes before 1, and 1 before 2. ``after`` is handed to the delivery service: ``{"card": 3}``.
    """

    key: str
    method: str
    params: dict[str, Any]
    chat: int
    priority: int = 1
    collapse: str | None = None
    card: int | None = None
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A call as it stands in the outbox."""

    id: int
    call: Call
    tries: int
    error: str = ""
    state: str = "queued"
    created_at: datetime | None = None
    first_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One update as Telegram sent it."""

    id: int
    update_id: int
    raw: dict[str, Any] | None
    tries: int
    received_at: datetime
    state: str = "new"
    error: str = ""


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that happens later, once (I4). ``key`` is unique for ever."""

    key: str
    kind: str
    due_at: datetime
    subject: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A dialog in progress, of one person in one chat. ``state`` is the form engine's value."""

    person: int
    chat: int
    state: dict[str, Any]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Invite:
    """A single-use code, stored as a digest. ``kind``: person or channel."""

    id: int
    kind: str
    unit: str
    role: Role | None
    expires_at: datetime
    invited_by: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """Two people who talk through the bot and do not see each other's account.

    ``kind``: question (追问, on a case) or human (/human). ``resident`` is a chat, ``staff`` a
    person; None until somebody can be reached. ``state``: kept (waits for staff), open (staff
    owes a word), asked (the resident does) or closed.
    """

    id: int
    kind: str
    case_id: int | None
    resident: int
    staff: int | None
    unit: str | None
    state: str
    due_at: datetime | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A case together with how much of it the viewer may see."""

    case: Case
    tasks: tuple[Task, ...]
    sight: Sight


class Cases(Protocol):
    """Cases, their sub-tasks, events and notes."""

    async def next_number(self, day: str) -> str: ...
    async def add(self, case: Case) -> Case: ...
    async def get_for(self, viewer: Viewer, case_id: int) -> Seen | None: ...
    async def find_for(self, viewer: Viewer, number: str) -> Seen | None: ...
    async def save(self, case: Case) -> Case: ...
    async def add_insider(self, case_id: int, person_id: int) -> None: ...
    async def of_reporter(self, viewer: Viewer, limit: int, offset: int) -> Sequence[Case]: ...
    async def of_bundle(self, viewer: Viewer, bundle: str) -> Sequence[Seen]: ...
    async def listed(
        self, viewer: Viewer, *, units: frozenset[str] | None, open_only: bool, limit: int
    ) -> Sequence[Seen]: ...
    async def recent(self, viewer: Viewer, limit: int) -> Sequence[Seen]: ...
    async def newest(self, limit: int | None) -> Sequence[int]: ...
    async def add_task(self, task: Task) -> Task: ...
    async def save_task(self, task: Task) -> None: ...
    async def tasks(self, case_id: int) -> tuple[Task, ...]: ...
    async def case_of(self, task_id: int) -> int | None: ...
    async def tasks_of(
        self, units: frozenset[str], since: datetime, until: datetime
    ) -> Sequence[Task]: ...
    async def append(self, event: Event) -> Event: ...
    async def events(self, case_id: int) -> Sequence[Event]: ...
    async def add_note(self, note: Note) -> Note: ...
    async def notes(self, case_id: int) -> Sequence[Note]: ...
    async def note(self, note_id: int) -> Note | None: ...
    async def forget(self, case_id: int, *, text: bool) -> None: ...
    async def set_reply_chat(self, case_id: int, chat: int) -> None: ...
    async def reply_chat(self, case_id: int) -> int | None: ...


class Corrections(Protocol):
    """What people put right in the tagger's work."""

    async def add(self, correction: Correction) -> None: ...
    async def of(self, case_id: int) -> Sequence[Correction]: ...
    async def all(self, what: What) -> Sequence[Correction]: ...


class People(Protocol):
    """Persons, their posts, invites, and where a reporter can be reached."""

    async def seen(self, chat: int, name: str, username: str, locale: str | None) -> Person: ...
    async def get(self, person_id: int) -> Person | None: ...
    async def by_chat(self, chat: int) -> Person | None: ...
    async def update(self, person: Person) -> None: ...
    async def of_unit(self, unit: str, *roles: Role) -> Sequence[Person]: ...
    async def units_with(self, role: Role) -> Sequence[str]: ...
    async def give(
        self, person_id: int, unit: str, role: Role, by: int | None, now: datetime
    ) -> bool: ...
    async def invite(
        self, digest: str, kind: str, unit: str, role: Role | None, expires_at: datetime,
        by: int | None,
    ) -> None: ...  # fmt: skip
    async def redeem(self, digest: str, kind: str, now: datetime) -> Invite | None: ...
    async def leave(self, person_id: int, unit: str | None = None) -> None: ...
    async def plan(self, posts: Sequence[dict[str, Any]]) -> None: ...
    async def planned(self) -> Sequence[dict[str, Any]]: ...


class Channels(Protocol):
    """Groups and topics of the units, and the cards in them."""

    async def of_unit(self, unit: str) -> Sequence[Channel]: ...
    async def at(self, address: Address) -> Channel | None: ...
    async def get(self, channel_id: int) -> Channel | None: ...
    async def all(self) -> Sequence[Channel]: ...
    async def bind(self, unit: str, kind: str, title: str, address: Address) -> Channel: ...
    async def mark(self, channel_id: int, state: str, error: str = "") -> None: ...
    async def in_chat(self, chat: int) -> Sequence[Channel]: ...
    async def migrate(self, old: int, new: int) -> Sequence[int]: ...
    async def plan(self, channels: Sequence[dict[str, Any]]) -> None: ...
    async def planned(self) -> Sequence[dict[str, Any]]: ...
    async def add_card(self, card: Card) -> Card: ...
    async def card(self, card_id: int) -> Card | None: ...
    async def card_at(self, chat: int, message: int) -> Card | None: ...
    async def cards(self, case_id: int) -> Sequence[Card]: ...
    async def cards_in(self, chat: int) -> Sequence[Card]: ...
    async def live_in(self, channel_id: int) -> Sequence[Card]: ...
    async def retire_in(self, channel_id: int) -> None: ...
    async def save_card(self, card: Card) -> None: ...
    async def set_shown(self, card_id: int, shown: str) -> None: ...


class Drafts(Protocol):
    """Dialogs in progress."""

    async def get(self, person: int, chat: int) -> Draft | None: ...
    async def put(self, draft: Draft) -> None: ...
    async def drop(self, person: int, chat: int) -> None: ...
    async def purge(self, before: datetime) -> int: ...


class Threads(Protocol):
    """Conversations through the bot."""

    async def open(self, thread: Thread) -> Thread: ...
    async def get(self, thread_id: int) -> Thread | None: ...
    async def save(self, thread: Thread) -> None: ...
    async def link(self, thread_id: int, chat: int, message: int) -> None: ...
    async def at(self, chat: int, message: int) -> Thread | None: ...
    async def of_resident(self, chat: int, *states: str) -> Sequence[Thread]: ...
    async def wipe(self, before: datetime) -> int: ...


class Inbox(Protocol):
    """Updates, stored before they are confirmed to Telegram (I1)."""

    async def store(
        self, bot_id: int, batch: Sequence[tuple[int, str, int, dict[str, Any]]], now: datetime
    ) -> int: ...
    async def ready(self, now: datetime, limit: int) -> Sequence[int]: ...
    async def take(self, row_id: int) -> InboxRow | None: ...
    async def done(self, row_id: int, now: datetime) -> None: ...
    async def failed(
        self, row_id: int, error: str, again_at: datetime | None, tries: int
    ) -> None: ...
    async def listed(self, states: Sequence[str], limit: int) -> Sequence[InboxRow]: ...
    async def replay(self, row_ids: Sequence[int]) -> int: ...
    async def purge(self, before: datetime) -> int: ...
    async def wipe(self, before: datetime) -> int: ...


class Outbox(Protocol):
    """Calls to be made (I3)."""

    async def enqueue(self, call: Call, now: datetime) -> int | None: ...
    async def claim(
        self, owner: str, now: datetime, lease_until: datetime, limit: int,
        allowed: Callable[[int], bool],
    ) -> Sequence[OutboxRow]: ...  # fmt: skip
    async def sent(self, row_id: int, now: datetime) -> None: ...
    async def again(self, row_id: int, error: str, not_before: datetime) -> None: ...
    async def failed(self, row_id: int, error: str, now: datetime) -> None: ...
    async def release(self, dead: Callable[[str], bool]) -> int: ...
    async def move(self, old: int, new: int) -> None: ...
    async def listed(self, states: Sequence[str], limit: int) -> Sequence[OutboxRow]: ...
    async def replay(self, row_ids: Sequence[int]) -> int: ...
    async def purge(self, before: datetime) -> int: ...
    async def wipe(self, before: datetime) -> int: ...
    async def waiting(self, now: datetime) -> bool: ...


class Timers(Protocol):
    """What happens later (I4)."""

    async def set(self, timer: Timer) -> bool: ...
    async def due(self, now: datetime, limit: int) -> Sequence[Timer]: ...
    async def ahead(self, limit: int) -> Sequence[Timer]: ...
    async def fired(self, timer_id: int, now: datetime) -> bool: ...
    async def defer(self, timer_id: int, until: datetime) -> None: ...
    async def cancel(self, subject: str, *kinds: str) -> int: ...
    async def of(self, subject: str) -> Sequence[Timer]: ...
    async def has(self, key: str) -> bool: ...
    async def find(self, key: str) -> Timer | None: ...
    async def purge(self, before: datetime) -> int: ...


class Rules(Protocol):
    """Versioned reference data: items, directory, calendar."""

    async def version(self) -> str: ...
    async def items(self) -> dict[str, Item]: ...
    async def put_items(self, items: Sequence[Item]) -> int: ...
    async def directory(self) -> Directory: ...
    async def put_directory(self, directory: Directory) -> None: ...
    async def calendar_years(self) -> dict[int, str]: ...
    async def put_calendar(self, year: int, text: str) -> None: ...
    async def get(self, key: str) -> str | None: ...
    async def put(self, key: str, value: str) -> None: ...
    async def anchor(self, now: datetime) -> int: ...
    async def verify(self) -> Sequence[str]: ...


class UnitOfWork(Protocol):
    """Everything that one act reads and writes, in one transaction (I2)."""

    @property
    def cases(self) -> Cases: ...
    @property
    def corrections(self) -> Corrections: ...
    @property
    def people(self) -> People: ...
    @property
    def channels(self) -> Channels: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def threads(self) -> Threads: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def rules(self) -> Rules: ...

    def see_by(self, directory: Directory) -> None:
        """The directory by which ``access`` decides who is over whom."""
        ...

    def nested(self) -> AbstractAsyncContextManager[object]:
        """A savepoint: what is written inside is undone if an error leaves it."""
        ...

    def sealed(self, value: Any) -> str:
        """A JSON value as text that nobody reads without the key."""
        ...

    def unsealed(self, text: str) -> Any:
        """The value again."""
        ...

    def secret(self, purpose: str, text: str) -> str:
        """A keyed digest (hex): the same for the same text, useless without the key."""
        ...


class Store(Protocol):
    """Opens units of work. ``write`` commits on leaving, unless an error leaves with it."""

    def write(self) -> AbstractAsyncContextManager[UnitOfWork]: ...
    def read(self) -> AbstractAsyncContextManager[UnitOfWork]: ...


class Clock(Protocol):
    """The time now, UTC-aware."""

    def now(self) -> datetime: ...
