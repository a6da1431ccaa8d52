"""What the demo's page sees beside the chats, put together from the bot and the tour."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.adapters.calendars import shipped_calendar
from bot.adapters.directory_folder import load_demo
from bot.adapters.shipped import shipped_items
from bot.adapters.tagger import build_tagger
from bot.adapters.townplan import town_plan
from bot.bootstrap import Core, open_database
from bot.domain.workcalendar import ONE_DAY, WorkCalendar
from bot.errors import HuyingError
from bot.sandbox.model import ControlError, Json
from bot.sandbox.stage import OffStage
from bot.sandbox.tour import phonebook
from bot.sandbox.tour.cast import recall
from bot.sandbox.tour.director import Director
from bot.sandbox.tour.parts import Person, Place
from bot.sandbox.tour.times import ZONE
from bot.sandbox.travel import Travel
from bot.sandbox.troupe import News, Troupe
from bot.services import inside
from bot.services.work import Work
from bot.settings import Policy, Settings

_HOUR = timedelta(hours=1)
_NO_NAME = "="
"""No variable of the environment has a name that begins so."""
_LIMITS = frozenset({"queue", "stage", "verify", "verify_late", "human"})
"""Kinds of timers that stand for a limit of somebody's."""
_AHEAD = 500
"""Timers that are looked at to find the stops on the way."""


class DemoStage:
    """Implements `bot.sandbox.stage.Stage` for the demo."""

    zone = str(ZONE)

    def __init__(
        self,
        troupe: Troupe,
        settings: Settings,
        news: News,
        told: Callable[[str], None],
        speed: float = 1.0,
    ) -> None:
        self._troupe = troupe
        self._news = news
        self._told = told
        self._core: Core | None = None
        self._loading = asyncio.create_task(self._load(settings))
        self._people: dict[str, Person] = {}
        self._places: dict[str, Place] = {}
        self._travel = Travel(troupe, self._due, self._idle, news)
        self._director = Director(
            troupe,
            lambda body: news("scene", **body),
            forward=self._travel.go,
            working=shipped_calendar(ZONE).next_working_minute,
            running=lambda: troupe.state == "running",
            speed=speed,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        directory = load_demo().directory
        self._units = {
            code: {"zh": unit.name, "en": unit.name_en or unit.name}
            for code, unit in directory.units.items()
        }
        self._plan = town_plan(directory)

    async def open(self) -> None:
        """Everybody is in: the page may ask for more than chats."""
        core = await self._loading
        self._people, self._places = await recall(self._troupe.town)
        self._core = core
        self._news("town")

    async def _load(self, settings: Settings) -> Core:
        # The bot brings the database up to date; only then may somebody else open it.
        await self._troupe.up.wait()
        items = {item.code: item.emergency for item in shipped_items()}
        tagger = await asyncio.to_thread(build_tagger, items, cache_dir=settings.data_dir)
        database = await asyncio.to_thread(open_database, settings)
        core = Core(settings, database, self._troupe.clock, tagger)
        await core.warm()
        return core

    async def close(self) -> None:
        """Let go of everything but the bot, which belongs to the troupe."""
        await self._director.stop()
        await self._travel.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._core is not None:
            await self._core.database.close()
        self._loading.cancel()

    # What there is to see

    def cast(self) -> list[Json]:
        return phonebook.cast(self._people, self._units)

    def phones(self) -> list[Json]:
        return phonebook.phones(self._people, self._places)

    def plan(self) -> Json:
        return self._plan

    async def inside(self, case: str | None, lang: str) -> Json:
        async with self._opened().look() as work:
            return await inside.show(work, case, lang)

    # The bot's process

    def bot(self) -> Json:
        return {"state": self._troupe.state, "kills": self._troupe.kills}

    async def bot_do(self, do: str) -> Json:
        self._opened()
        if do == "kill":
            await self._troupe.kill_bot()
        elif do == "start":
            if self._troupe.state == "stopped":
                self._spawn(self._start())
                await asyncio.sleep(0)
        else:
            raise ControlError("do must be kill or start")
        return self.bot()

    async def _start(self) -> None:
        try:
            await self._troupe.run_bot()
        except HuyingError as error:
            self._told(str(error))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Time

    async def time(self, to: str) -> None:
        core = self._opened()
        self._still()
        async with core.look() as work:
            if to == "hour":
                target: datetime | None = work.now + _HOUR
            elif to == "deadline":
                target = await inside.next_deadline(work) or await _next_limit(work)
            elif to == "morning":
                target = next_morning(work.world.calendar, work.now)
            else:
                raise ControlError("to must be hour, deadline or morning")
        if target is None:
            raise OffStage("no-deadline", "no open case has a deadline ahead")
        self._still()
        self._travel.begin(target, to)

    async def _due(self, until: datetime) -> list[datetime]:
        async with self._opened().look() as work:
            timers = await work.uow.timers.ahead(_AHEAD)
        return [timer.due_at for timer in timers if timer.due_at <= until]

    async def _idle(self) -> bool:
        async with self._opened().look() as work:
            due = await work.uow.timers.due(work.now, 1)
            return not due and not await work.uow.outbox.waiting(work.now)

    # Scenes

    def scenes(self) -> Json:
        return {"scenes": self._director.listing(), "playing": self._director.playing}

    async def scenes_do(self, body: Json) -> Json:
        self._opened()
        do = body.get("do")
        if do == "play":
            self._still()
            self._director.start(str(body.get("scene")), str(body.get("pace") or "auto"))
        elif do == "next":
            self._director.next()
        elif do == "stop":
            await self._director.stop()
        else:
            raise ControlError("do must be play, next or stop")
        return self.scenes()

    def _opened(self) -> Core:
        if self._core is None:
            raise OffStage("setting-up", "the town is still being set up; wait a moment")
        return self._core

    def _still(self) -> None:
        if self._travel.moving:
            raise OffStage("moving", "the clock is moving already; wait until it stops")
        if self._director.playing:
            raise OffStage("scene-playing", "a scene is being played; stop it first")


async def _next_limit(work: Work) -> datetime | None:
    """When somebody is next reminded of a case that no unit has yet, or that waits for a word."""
    ahead = await work.uow.timers.ahead(_AHEAD)
    return next((t.due_at for t in ahead if t.kind in _LIMITS and t.due_at > work.now), None)


def next_morning(calendar: WorkCalendar, now: datetime) -> datetime:
    """When work next begins on a working day."""
    day = calendar.local_day(now) - ONE_DAY
    days = calendar.workdays_after(day)
    while True:
        begin = calendar.working_periods(next(days))[0][0]
        if begin > now:
            return begin


def demo_settings(folder: Path, url: str, token: str, clock: Path) -> Settings:
    """The settings of the demo's bot, for this process; nothing of the operator's is in them."""
    nowhere: Any = {"_env_file": None, "_env_prefix": _NO_NAME, "_secrets_dir": None}
    found = Settings(
        token=SecretStr(token),
        api_url=url,
        data_dir=folder / "data",
        keys=str(folder / "keys"),
        clock=clock,
        **nowhere,
    )
    found._policy = Policy(**nowhere)
    return found
