"""Guided scenes in a running demo: one at a time, announced step by step, to be stopped anywhere.

The scripts are those of the tour, and they act over HTTP like everybody else. Whatever happens,
the demo goes on: a step that does not come true is announced with a sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.model import Json
from bot.sandbox.stage import OffStage
from bot.sandbox.tour.cast import recall
from bot.sandbox.tour.day import Day
from bot.sandbox.tour.guided import GUIDED
from bot.sandbox.tour.parts import Missed, Person, Place, Where
from bot.sandbox.tour.scene import Guided, Phone
from bot.sandbox.tour.tidy import Tidy
from bot.sandbox.tour.times import WEEK, ZONE, office
from bot.sandbox.troupe import Troupe

PACES = ("auto", "step")
_SETTLE = 1.4
"""Seconds to look at what a step has led to, before the next one is explained."""
_BEAT = 0.8
"""Seconds between two acts of one step."""
_READING = (2.5, 3.5)
"""Seconds for the shortest and for the longest sentence."""
_LONGEST = 40
"""Characters of a long Chinese sentence."""
_AFTER_OPENING = timedelta(minutes=30)
_MORNING = 12
_SCENES = {scene.id: scene for scene in GUIDED}


class Director:
    """Plays guided scenes in a town that `cast.enter` has populated.

    ``announce`` gets every event of a scene: {scene, state: begin|step|end|failed|stopped,
    number, says: {zh, en}, focus, phones (begin), error (failed)}. ``forward`` moves the clock
    and returns when the bot has noticed; ``working`` gives the instant itself within working
    time, else the next opening; ``running`` says whether the bot is up; ``speed`` is a factor of
    every pause (0: none).
    """

    def __init__(
        self,
        troupe: Troupe,
        announce: Callable[[Json], Any],
        *,
        forward: Callable[[datetime], Awaitable[Any]] | None = None,
        working: Callable[[datetime], datetime] = office,
        running: Callable[[], bool] = lambda: True,
        speed: float = 1.0,
    ) -> None:
        self.troupe = troupe
        self.forward = forward or troupe.set_clock
        self.working = working
        self.speed = speed
        self._announce = announce
        self._running = running
        self._tidy = Tidy(troupe.town)
        self._run: _Run | None = None
        self._task: asyncio.Task[None] | None = None

    @staticmethod
    def listing() -> list[Json]:
        """The scenes on offer: {id, title, says, steps}."""
        return [scene.listed() for scene in GUIDED]

    @property
    def playing(self) -> Json | None:
        """What is being played: {scene, number, paused, says}; None when nothing is."""
        run = self._run
        if run is None:
            return None
        return {
            "scene": run.scene.id,
            "number": run.number,
            "paused": run.paused,
            "says": run.says,
        }

    def start(self, scene: str, pace: str = "auto") -> asyncio.Task[None]:
        """Begin a scene; the task ends with it and never fails. Raises OffStage for an unknown
        scene or pace, and while another one plays."""
        chosen = _SCENES.get(scene)
        if chosen is None:
            raise OffStage("scene-unknown", f"no scene {scene}")
        if pace not in PACES:
            raise OffStage("scene-pace", f"the pace is {' or '.join(PACES)}")
        if self._run is not None:
            raise OffStage("scene-playing", "a scene is being played; stop it first")
        self._run = _Run(self, chosen, stepwise=pace == "step")
        self._task = asyncio.create_task(self._play(self._run))
        return self._task

    async def play(self, scene: str, pace: str = "auto") -> None:
        """Play a scene to its end. Raises OffStage as `start` does."""
        await asyncio.wait({self.start(scene, pace)})

    def next(self) -> None:
        """Go on, in the pace ``step``. Raises OffStage when nothing waits for it."""
        if self._run is None or not self._run.paused:
            raise OffStage("scene-not-waiting", "no scene is waiting to go on")
        self._run.gate.set()

    async def stop(self) -> None:
        """End the scene where it is; no harm when nothing plays."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task})

    def tell(self, run: _Run, state: str, **more: Any) -> None:
        """Announce something about a scene."""
        self._announce({"scene": run.scene.id, "state": state, "number": run.number, **more})

    async def pause(self, seconds: float) -> None:
        """Wait, at the speed chosen."""
        if self.speed > 0:
            await asyncio.sleep(seconds * self.speed)

    async def _play(self, run: _Run) -> None:
        ended: tuple[str, Json] = ("stopped", {"says": _STOPPED})
        try:
            if hindrance := await self._hindrance():
                ended = ("failed", {"says": hindrance, "error": hindrance["en"]})
                return
            await self._through(run)
            ended = ("end", {"says": run.scene.says})
        except Missed as missed:
            ended = ("failed", await self._why(run, missed.zh or missed.expected, missed.expected))
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            ended = ("failed", await self._why(run, told, told))
        finally:
            with contextlib.suppress(Exception):
                if not await self._is_cut():  # that is somebody else's doing
                    await self.troupe.town.mend()
            self._run = None
            self.tell(run, ended[0], **ended[1])

    async def _through(self, run: _Run) -> None:
        people, places = await recall(self.troupe.town)
        lost = [n for p in run.scene.phones for n in (p.person, p.place)
                if n and n not in people and n not in places]  # fmt: skip
        if lost:
            raise Missed(f"the town has {lost[0]}", zh=f"这个镇上没有{lost[0]}")
        run.day = day = Day(self.troupe, guide=run, people=people, places=places)
        shown = [_seen(phone, day) for phone in run.scene.phones]
        self.tell(run, "begin", says=run.scene.says, focus=shown[0], phones=shown)
        if run.scene.hours:
            await self._to_work(run, day)
        seen = [people[phone.person] for phone in run.scene.phones]
        await self._tidy.before(day, seen, [people[name] for name in run.scene.acts])
        await run.scene.play(day)
        await day.settle()
        await self._tidy.after(day, seen)

    async def _to_work(self, run: _Run, day: Day) -> None:
        """Outside working hours the clock goes on to the next ones: half past nine."""
        opens = self.working(day.now()).astimezone(ZONE)
        if opens <= day.now():
            return
        when = opens + _AFTER_OPENING if opens.hour < _MORNING else opens
        clock = f"{when:%H:%M}"
        says = {
            "zh": f"现在不是上班时间，先把时间拨到{WEEK[when.weekday()]} {clock}。",
            "en": f"Nobody is at work now, so the clock goes on to {when:%A} {clock}.",
        }
        await run.step(0, says, None, None)
        await day.until(when)

    async def _hindrance(self) -> Json | None:
        """Why no scene can be played now."""
        if not self._running():
            return _ASLEEP
        return _CUT if await self._is_cut() else None

    async def _is_cut(self) -> bool:
        rules = await self.troupe.town.get("breaks")
        return any(rule["kind"] == "cut" and rule["count"] is None for rule in rules)

    async def _why(self, run: _Run, zh: str, en: str) -> Json:
        says = {
            "zh": f"第 {run.number} 步没有演成：{zh}。手机都还能用，可以再演一次。",
            "en": f"Step {run.number} did not come true: expected that {en}. The phones still "
            "work, and the scene can be played again.",
        }
        return {"says": await self._hindrance() or says, "error": en}


class _Run:
    """One playing of a scene: the guide of its day."""

    def __init__(self, director: Director, scene: Guided, *, stepwise: bool) -> None:
        self.scene = scene
        self.number = 0
        self.says = scene.says
        self.gate = asyncio.Event()
        self.paused = False
        self.day: Day | None = None
        self._director = director
        self._stepwise = stepwise
        self._fresh = True

    async def step(self, number: int, says: Json, where: Where | None, at: Json | None) -> None:
        """Explain, and give time to read; or wait until told to go on."""
        if not self._fresh:
            await self._director.pause(_SETTLE)
        self.number, self.says = number, says
        focus = self._focus(where, at)
        self.gate.clear()
        self.paused = self._stepwise
        self._director.tell(self, "step", says=says, focus=focus)
        if self._stepwise:
            await self.gate.wait()
            self.paused = False
        else:
            short, long = _READING
            share = min(1.0, len(says["zh"]) / _LONGEST)
            await self._director.pause(short + (long - short) * share)
        self._fresh = True

    async def beat(self) -> None:
        """A moment between two acts; none before the first act of a step."""
        if not self._fresh:
            await self._director.pause(_BEAT)
        self._fresh = False

    async def forward(self, instant: datetime) -> None:
        """Move the clock."""
        await self._director.forward(instant)
        self._fresh = False

    def working(self, instant: datetime) -> datetime:
        """The instant itself within working time, else the next opening."""
        return self._director.working(instant)

    @property
    def hold(self) -> int:
        """Longer than it takes to read two sentences."""
        return max(2, round(10 * self._director.speed))

    def _focus(self, where: Where | None, at: Json | None) -> Json:
        if where is None or self.day is None:
            return {}
        there: Json = {"chat": where.chat}
        if isinstance(where, Person):
            there["user"] = where.chat
        elif viewers := [p for p in self.scene.phones if p.place == where.name]:
            there["user"] = self.day.people[viewers[0].person].chat
        if isinstance(where, Place) and where.thread:
            there["thread"] = where.thread
        return there | ({"message_id": at["message_id"]} if at else {})


def _seen(phone: Phone, day: Day) -> Json:
    user = day.people[phone.person].chat
    if not phone.place:
        return {"user": user, "chat": user}
    place = day.places[phone.place]
    shown: Json = {"user": user, "chat": place.chat}
    return shown | ({"thread": place.thread} if place.thread else {})


_ASLEEP: Json = {
    "zh": "呼应没有在运行。请先启动它，再演这一幕。",
    "en": "Huying is not running. Start it first, then play the scene.",
}
_CUT: Json = {
    "zh": "网络断着，呼应的话送不出去。请先恢复网络，再演这一幕。",
    "en": "The network is cut, so nothing that Huying says arrives. Mend it first, then play the "
    "scene.",
}
_STOPPED: Json = {
    "zh": "停在这里。手机都还能用，可以接着自己试。",
    "en": "Stopped here. The phones still work: go on by yourself if you like.",
}
