"""Every call of a long day against Telegram's machine-readable method list."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.units import Role
from tests.architecture import botapi
from tests.town import Rehearsal

LI, WANG, LIU = 1001, 2001, 3001
SURE = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"

pytestmark = pytest.mark.skipif(botapi.load() is None, reason="the method list is not here")


async def live(town: Rehearsal) -> None:
    """A day with a bit of everything."""
    await town.town.user("小李", id=LI, started=True)
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(LIU, "刘调度", ("QS-HUB", Role.DISPATCHER), ("QS-HUB", Role.SUPERVISOR))
    group = await town.channel("QS-CZ-3", WANG)
    await town.channel("QS-HUB", LIU)
    await town.town.say(LI, album=["photo", "video"], caption=SURE)
    await town.settle()
    await town.forward(seconds=2)
    await town.tap(LI, await town.last(LI), "提交")
    number = await town.number(LI)
    await town.tap(LI, await town.last(LI), "留电话")
    await town.say(LI, "13800138000")
    card = await town.card("QS-CZ-3", number)
    await town.tap(WANG, card, "签收")
    await town.tap(WANG, await town.find(WANG, "直接回复"), "追问")
    await town.say(WANG, "哪个门？")
    await town.say(LI, voice=True)
    answer = await town.say(
        WANG, photo=True, caption="清了", chat=group, reply_to=card["message_id"]
    )
    await town.tap(WANG, answer, "办结")
    await town.tap(LI, await town.find(LI, "解决了吗"), "没解决")
    await town.say(LI, "又有了")
    await town.say(LI, "六栋楼道里好大煤气味，有人头晕")
    await town.say(LI, location=[23.394, 113.2165])
    await town.say(LI, "/human 低保怎么申请")
    others = await town.town.group(
        "业主", type="supergroup", is_forum=True, topics=["报事"], members=[LI]
    )
    thread = others["topics"][0]["message_thread_id"]
    words = f"/report@{town.bot.api.username} {SURE}"
    seen = await town.say(LI, words, chat=others["id"], thread=thread)
    await town.tap(LI, seen, "提交")
    await town.say(LI, "/my")
    await town.forward(hours=41)
    await town.forward(days=2)
    await town.say(LIU, "/digest")
    await town.say(LIU, "/todo")


async def test_every_call_is_one_that_telegram_knows(town: Rehearsal) -> None:
    """No unknown method or parameter, none missing, none of a wrong type."""
    await live(town)
    calls: list[dict[str, Any]] = await town.town.calls()
    assert {"sendMessage", "editMessageText", "answerCallbackQuery", "sendPhoto"} <= {
        call["method"] for call in calls
    }
    wrong = {
        complaint: call["params"]
        for call in calls
        for complaint in botapi.check_call(call["method"], call["params"]) or ()
    }
    assert wrong == {}
    await town.sound()


async def test_the_check_would_notice() -> None:
    """A wrong call is complained about, so that the test above can fail."""
    assert botapi.check_call("sendMessage", {"chat_id": 1}) == ["sendMessage: text is missing"]
    assert botapi.check_call("sendMassage", {})
    assert botapi.check_call("sendMessage", {"chat_id": 1, "text": "a", "colour": "red"})
