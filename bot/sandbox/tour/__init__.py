"""The scripted day of a town, played against the real bot over HTTP: ``huying tour``.

Every scene is a function of a ``Day`` in ``SCENES`` and can be played alone after the cast has
entered. Exit status 0 only if every step happened.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.errors import HuyingError
from bot.sandbox.tour.cast import enter
from bot.sandbox.tour.day import Day
from bot.sandbox.tour.parts import Missed
from bot.sandbox.tour.scene import Scene
from bot.sandbox.tour.scenes import SCENES
from bot.sandbox.tour.times import ZONE
from bot.sandbox.tour.transcript import Transcript, to_stdout
from bot.sandbox.tour.troupe import troupe
from bot.sandbox.troupe import refuse_public

BEGIN = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
"""Friday, with a weekend ahead."""


def main(scenes: Sequence[Scene] = SCENES) -> int:
    """Play the scenes in their order; the exit status. Errors go to standard error."""
    try:
        refuse_public(os.environ.get("HUYING_API_URL"), "the tour")
    except HuyingError as error:
        print(error, file=sys.stderr)
        return 2
    return asyncio.run(_play(scenes))


async def _play(scenes: Sequence[Scene]) -> int:
    begun = time.monotonic()
    async with troupe(BEGIN) as one:
        day = Day(one, Transcript(to_stdout))
        for number, scene in enumerate(
            (Scene("开门", "工作人员凭码进门，群凭码绑定。", enter), *scenes)
        ):
            day.out(f"\n━━ {number} {scene.title}　{day.now():%m-%d %H:%M}\n　　{scene.says}")
            before = day.steps
            try:
                if scene.at:
                    await day.at(scene.at)
                await scene.play(day)
                await day.settle()
            except Exception as error:
                _report(day, scene, day.steps - before, error)
                return 1
        day.out(
            f"\n全部走通：{len(day.cases)} 件，{day.steps} 步，强杀 {day.kills} 次，"
            f"用时 {time.monotonic() - begun:.0f} 秒。"
        )
    return 0


def _report(day: Day, scene: Scene, step: int, error: Exception) -> None:
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if f.name == scene.play.__name__
    ]
    last = frames[-1] if frames else None
    where = f", line {last.lineno} of {Path(last.filename).name}" if last else ""
    expected = error.expected if isinstance(error, Missed) else f"{type(error).__name__}: {error}"
    chat = error.chat if isinstance(error, Missed) else ""
    day.out(f"\n✗ scene {scene.title}, step {step}{where}")
    day.out(f"  expected: {expected}")
    if chat:
        day.out(f"  the chat:\n{chat}")
    day.out(f"  the bot's log:\n{day.troupe.log_tail(6)}")
