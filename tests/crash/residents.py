"""What one resident of the crash test says and taps, waiting for each answer as people do."""

from __future__ import annotations

import asyncio
import re

from tests.crash.harness import Crowd

FIRST = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"
SECOND = "路灯不亮了"
PLACE = "翠竹路菜市场后门"
UPDATES = 7
"""Updates that one resident causes, an album's second picture not counted."""
_NUMBER = re.compile(r"已受理，编号\D*(\d{12,})")


def number(text: str) -> str | None:
    """The case number in an acknowledgement."""
    found = _NUMBER.search(text)
    return found[1] if found else None


def kind(text: str) -> str:
    """What a message of the bot is, for comparing sequences."""
    if number(text):
        return "accepted"
    if "看起来是" in text:
        return "first" if "垃圾" in text.split("依据")[0] else "second"
    return "where" if "在哪里" in text else "other"


async def life(crowd: Crowd, user: int, *, album: bool, twice: bool) -> None:
    """Report, submit, tap again, report again, say where, submit, look it up.

    ``album``: the first report is two pictures; ``twice``: Telegram delivers the first update
    again, as it does when its confirmation was lost.
    """
    pause = crowd.random.uniform
    town = crowd.town
    if album:
        said = await town.say(user, album=2, caption=FIRST)
    else:
        said = await town.say(user, FIRST)
    if twice:
        update, message = said["update_ids"][0], said["messages"][0]
        await town.raw({"update_id": update, "message": message})
    preview = await crowd.answer(user, "垃圾")
    tapped = await town.tap_label(user, preview, "提交")
    await crowd.answer(user, "已受理")
    await town.tap(user, preview, tapped["data"])
    await asyncio.sleep(pause(0, 1))
    heard = crowd.count(user)
    await town.say(user, SECOND)
    await crowd.answer(user, "在哪里", after=heard)
    await town.say(user, PLACE)
    preview = await crowd.answer(user, "灯", after=heard)
    await town.tap_label(user, preview, "提交")
    await crowd.until(user, lambda texts: len({number(t) for t in texts} - {None}) == 2)
    await asyncio.sleep(pause(0, 0.5))
    await town.say(user, "/my")
    await crowd.until(user, lambda texts: kind(texts[-1]) == "other")
