"""The composition root: the one place that sees everything and wires it together.

``Core`` is what the command line needs as well: database, clock and the rules in force; ``Bot``
adds Telegram.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot import i18n, logs
from bot.adapters import lexicon_file, shipped
from bot.adapters.calendars import shipped_calendar, shipped_ladder, shipped_year_texts
from bot.adapters.chinese import simplify
from bot.adapters.clock import FileClock, SystemClock
from bot.adapters.geometry import GridIndex
from bot.adapters.tagger import build_tagger
from bot.domain.answers import Answers
from bot.domain.items import Item
from bot.domain.places import gazetteer
from bot.domain.tagging import Tagger
from bot.domain.workcalendar import WorkCalendar, parse_year
from bot.errors import BadConfig
from bot.ports import Address, Clock, InboxRow, UnitOfWork
from bot.services import cards, commands, digest, faces, retention, timekeeping
from bot.services.work import Toast, Work
from bot.services.world import Durations, World
from bot.settings import Settings
from bot.transport.addressed import chat_of
from bot.transport.api import BotApi
from bot.transport.health import Health
from bot.transport.inbox_worker import InboxWorker
from bot.transport.outbox_worker import OutboxWorker
from bot.transport.pacing import Pacer
from bot.transport.poller import Poller
from handlers.context import WORK
from handlers.registry import handlers
from scheduler.ticks import Tick, Ticker
from storage.database import Database, plainly
from storage.migrate import is_empty, pending, upgrade
from storage.seal import load_keys

log = logs.get()
_SWEEP = 0.5
_MINUTE = 60.0
_HOUR = 3600.0
_LAST_WORDS = 15.0
"""Seconds that requests under way have at a clean stop."""


def open_database(
    settings: Settings, applying: Callable[[Sequence[str]], Iterable[str]] = iter
) -> Database:
    """The database at the present schema, with the keys that open it.

    ``applying`` goes through the missing migrations, so that somebody can watch. Raises BadConfig.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with plainly():
        empty = is_empty(settings.database)
    seal, made = load_keys(settings.key_source, create=True, data_exists=not empty)
    if made:
        log.warning("keys_made", file=settings.key_source, advice="back it up apart from the data")
    with plainly():
        for revision in applying(pending(settings.database)):
            upgrade(settings.database, revision)
    return Database(settings.database, seal, dict(shipped.shipped_roles()))


def known_items(items: Mapping[str, Item]) -> dict[str, bool]:
    """The codes that a lexicon may speak of, with their emergency flags: the shipped items and
    those in force."""
    return {i.code: i.emergency for i in (*shipped.shipped_items(), *items.values())}


def make_tagger(settings: Settings, items: Mapping[str, Item]) -> Tagger:
    """A tagger from the lexicon in force; a broken one is logged, and the last good one used."""
    known, folder = known_items(items), settings.data_dir
    choice = lexicon_file.choose(folder, known)
    _refused(choice)
    return build_tagger(
        known,
        lexicon=choice.path,
        cache_dir=folder if folder.exists() else None,
        keywords={code: item.keywords for code, item in items.items()},
    )


def _refused(choice: lexicon_file.Choice) -> None:
    for fault in choice.refused.faults if choice.refused else ():
        log.error("lexicon_refused", file=fault.file, row=fault.line, reason=fault.reason)


class Core:
    """Database, clock, and the rules in force. ``tagger``: a warm one, if there is one."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        tagger: Tagger | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock
        self.username = ""
        self._world: World | None = None
        self._tagger = tagger
        self._lexicon: lexicon_file.Stamp = None

    @classmethod
    def open(
        cls, settings: Settings, applying: Callable[[Sequence[str]], Iterable[str]] = iter
    ) -> Core:
        """Open and migrate, as `open_database` does. Raises BadConfig."""
        if settings.locale not in i18n.available():
            raise BadConfig(f"HUYING_LOCALE must be one of {', '.join(i18n.available())}")
        clock: Clock = FileClock(settings.clock) if settings.clock else SystemClock()
        return cls(settings, open_database(settings, applying), clock)

    async def seed(self) -> None:
        """Items and calendar when there are none; never a town."""
        async with self.database.write() as uow:
            if not await uow.rules.items():
                await uow.rules.put_items(shipped.shipped_items())
            known = await uow.rules.calendar_years()
            for year, text in shipped_year_texts().items():
                if year not in known:
                    await uow.rules.put_calendar(year, text)

    async def begin(self, uow: UnitOfWork, origin: str) -> Work:
        """A unit of work in the services' hands, under the rules in force now."""
        version = await uow.rules.version()
        if self._world is None or self._world.version != version:
            self._world = await self._load(uow, version)
        uow.see_by(self._world.directory)
        return Work(uow, self.clock.now(), self._world, origin)

    async def warm(self) -> None:
        """Read the rules and build the tagger, before the first update waits for it."""
        async with self.database.read() as uow:
            _ = (await self.begin(uow, "warm")).world.tagger

    @contextlib.asynccontextmanager
    async def work(self, origin: str) -> AsyncIterator[Work]:
        """One unit of work, committed at the end."""
        async with self.database.write() as uow:
            yield await self.begin(uow, origin)

    @contextlib.asynccontextmanager
    async def look(self) -> AsyncIterator[Work]:
        """A look at the data that changes nothing."""
        async with self.database.read() as uow:
            yield await self.begin(uow, "look")

    def urgent(self, text: str) -> bool:
        """Whether a message may be about danger: it goes before the others."""
        try:
            return bool(text) and self._world is not None and self._world.tagger.urgent(text)
        except Exception as error:
            log.error("tagger_failed", error=type(error).__name__)
            return False

    async def _load(self, uow: UnitOfWork, version: str) -> World:
        items, before = await uow.rules.items(), self._world
        directory = await uow.rules.directory()
        texts = await uow.rules.calendar_years()
        years = {year: parse_year(text, f"{year}.json") for year, text in texts.items()}
        if before is not None and dict(before.items) != items:
            self._tagger = await asyncio.to_thread(self._build, items)
        zone = self.settings.zone
        return World(
            items=items,
            directory=directory,
            calendar=WorkCalendar(years, zone) if years else shipped_calendar(zone),
            ladder=shipped_ladder(),
            make_tagger=lambda: self._tagger_for(items),
            find=gazetteer(directory, simplify),
            grids_at=GridIndex(directory.polygons).grids_at,
            bot_username=self.username,
            operator=self.settings.operator,
            locale=self.settings.locale,
            answers=Answers(shipped.shipped_answers(), simplify),
            wait=Durations(**self.settings.policy.model_dump()),
            version=version,
        )

    def _tagger_for(self, items: Mapping[str, Item]) -> Tagger:
        """The tagger that there is; one of these items, in a second, when there is none."""
        if self._tagger is None:
            self._tagger = self._build(items)
        return self._tagger

    def _build(self, items: Mapping[str, Item]) -> Tagger:
        self._lexicon = lexicon_file.stamp(self.settings.data_dir)
        return make_tagger(self.settings, items)

    async def reread(self) -> None:
        """Take the operator's lexicon when it has changed; a broken one changes nothing."""
        world, folder = self._world, self.settings.data_dir
        now = lexicon_file.stamp(folder)
        if world is None or now == self._lexicon:
            return
        self._lexicon = now
        known = known_items(world.items)
        if bad := await asyncio.to_thread(lexicon_file.fault, folder, known):
            _refused(lexicon_file.Choice(folder, bad))
            return
        tagger = await asyncio.to_thread(make_tagger, self.settings, world.items)
        if self._world and self._world.items == world.items:
            self._tagger = tagger
            self._world = replace(self._world, make_tagger=lambda: tagger)
            log.info("lexicon_read")


@dataclass
class Bot:
    """The bot's parts, for ``run`` and for tests."""

    core: Core
    api: BotApi
    app: Application[Any, Any, Any, Any, Any, Any]
    poller: Poller
    inbox: InboxWorker
    outbox: OutboxWorker
    ticker: Ticker
    health: Health
    answers: set[asyncio.Task[None]]
    """Answers to taps that are on their way."""


def make_api(settings: Settings) -> BotApi:
    """The way to Telegram, or to a server that speaks its language."""
    return BotApi(settings.require_token(), settings.api_url, settings.proxy)


async def build(core: Core, api: BotApi, health: Health | None = None) -> Bot:
    """Wire everything; Telegram has been asked who we are."""
    settings = core.settings
    app = ApplicationBuilder().bot(api).updater(None).build()
    app.add_handlers(handlers())
    app.add_error_handler(_remember)
    await _introduce(app)
    core.username = api.username
    await core.warm()
    pacer = Pacer(settings.send_rate, settings.chat_rate, settings.group_rate)
    outbox = OutboxWorker(core.database, api.call, pacer, core.begin)
    answers: set[asyncio.Task[None]] = set()

    def after(work: Work) -> None:
        outbox.wake()
        for toast in work.toasts:
            task = asyncio.create_task(_answer(api, toast))
            answers.add(task)
            task.add_done_callback(answers.discard)

    async def handle(work: Work, row: InboxRow) -> None:
        await _handle(app, work, row)

    inbox = InboxWorker(core.database, core.begin, handle, _lost, after)
    poller = Poller(
        api.call,
        core.database,
        core.clock,
        bot_id=api.id,
        username=api.username,
        urgent=core.urgent,
        arrived=inbox.arrived,
    )
    ticker = Ticker(_ticks(core, outbox))
    health = health or Health(core.database.counts)
    return Bot(core, api, app, poller, inbox, outbox, ticker, health, answers)


async def run(settings: Settings) -> None:
    """``huying run``: until cancelled. Raises BadConfig with one sentence."""
    settings.require_token()
    core = Core.open(settings)
    bot: Bot | None = None
    watch: asyncio.Task[None] | None = None
    try:
        await core.seed()
        health = Health(core.database.counts)
        # Health is served first: the process lives while it waits for Telegram.
        watch = asyncio.create_task(health.serve(settings.http))
        bot = await build(core, make_api(settings), health)
        await _quietly(bot.api, "deleteWebhook", {"drop_pending_updates": False})
        for code, language in commands.public(settings.locale).items():
            menu = {"commands": commands.listed(i18n.texts(language)), "language_code": code}
            await _quietly(bot.api, "setMyCommands", menu)
        async with core.work("start") as work:
            await digest.ensure(work)
        async with asyncio.TaskGroup() as group:
            for part in (
                bot.outbox.run(),
                bot.inbox.run(),
                bot.ticker.run(),
                bot.poller.run(),
            ):
                group.create_task(part)
            bot.health.ready = True
            log.info("ready", bot=bot.api.username, api=settings.api_url)
    except BaseExceptionGroup as group_error:
        raise _first(group_error) from None
    finally:
        if watch is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        if bot is not None:
            # What Telegram has taken is settled, so that the next start does not send it again.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bot.outbox.drain(), _LAST_WORDS)
        await core.database.close()


async def _handle(
    app: Application[Any, Any, Any, Any, Any, Any], work: Work, row: InboxRow
) -> None:
    """One update through the library's handlers; an error they swallowed comes out again."""
    work.update = row.id
    update = Update.de_json(row.raw, app.bot) if row.raw else None
    token = WORK.set(work)
    try:
        await app.process_update(update)
    finally:
        WORK.reset(token)
    if work.error is not None:
        raise work.error
    if not work.handled:
        raise RuntimeError("no handler took the update")


async def _remember(_: object, context: Any) -> None:
    """The library's error handler: the unit of work must fail, not only be logged."""
    WORK.get().error = context.error


async def _lost(work: Work, row: InboxRow) -> None:
    """An update was parked: its chat is told, and the administrators."""
    chat = chat_of(row.raw or {})
    if chat is not None and chat > 0:
        to = Address(chat)
        await cards.line(work, to, (await faces.texts_at(work, to))("lost-update"))
    await cards.tell_admins(work, "admin-parked", str(row.id), row=row.id)


async def _introduce(app: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Ask Telegram who we are, as long as it takes. Raises BadConfig for a wrong token."""
    pause = 0.5
    while True:
        try:
            await app.initialize()
        except InvalidToken:
            raise BadConfig("Telegram refuses HUYING_TOKEN") from None
        except TelegramError as error:
            log.warning("telegram_unreachable", error=type(error).__name__, again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30)
        else:
            return


async def _answer(api: BotApi, toast: Toast) -> None:
    """The answer to a tap: best effort, after the commit."""
    params: dict[str, Any] = {"callback_query_id": toast.callback}
    if toast.text:
        params |= {"text": toast.text, "show_alert": toast.alert}
    if toast.url:
        params["url"] = toast.url
    await _quietly(api, "answerCallbackQuery", params)


async def _quietly(api: BotApi, method: str, params: dict[str, Any]) -> None:
    try:
        await api.call(method, params)
    except TelegramError as error:
        log.info("best_effort_failed", method=method, error=type(error).__name__)


def _ticks(core: Core, outbox: OutboxWorker) -> tuple[Tick, ...]:
    """What is done again and again. To add a reminder, set a timer instead."""

    async def sweep() -> None:
        if await timekeeping.sweep(core.database, core.begin):
            outbox.wake()

    async def anchor() -> None:
        async with core.work("anchor") as work:
            await work.uow.rules.anchor(work.now)

    async def tidy() -> None:
        async with core.work("tidy") as work:
            await retention.tidy(work)

    async def digests() -> None:
        async with core.work("digests") as work:
            await digest.ensure(work)

    return (
        Tick("sweep", _SWEEP, sweep),
        Tick("digests", _MINUTE, digests),
        Tick("lexicon", _MINUTE, core.reread),
        Tick("anchor", _HOUR, anchor),
        Tick("tidy", _HOUR, tidy),
    )


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that stopped the others."""
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
