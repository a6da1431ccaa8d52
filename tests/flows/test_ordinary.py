"""An ordinary report, from the first words to the closed case."""

from __future__ import annotations

from bot.domain.units import Role
from tests.town import Rehearsal, labels

RESIDENT, WORKER = 1001, 2001


async def test_a_report_becomes_a_card_and_is_closed_by_the_resident(town: Rehearsal) -> None:
    """One message and one tap report, one tap accepts, one reply and one tap close (R066)."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    group = await town.channel("QS-CZ-3", WORKER)

    preview = await town.say(RESIDENT, "翠竹路菜市场后门垃圾堆成山了，好几天没人收")
    assert "垃圾堆积" in preview["text"]
    assert "今天 11:30 前有人响应，周一 09:30 前处理" in preview["text"]
    await town.tap(RESIDENT, preview, "提交")
    number = await town.number(RESIDENT)
    assert number == "202611200001"

    card = await town.card("QS-CZ-3", number)
    await town.tap(WORKER, card, "签收")
    answer = await town.say(
        WORKER, photo=True, caption="垃圾已清运", chat=group, reply_to=card["message_id"]
    )
    assert labels(answer) == ["✅ 办结"]
    await town.tap(WORKER, answer, "办结")

    asked = await town.find(RESIDENT, "解决了吗")
    assert "垃圾已清运" in asked["text"]
    await town.tap(RESIDENT, asked, "解决了")
    assert (await town.case(number)).case.status == "closed"
    assert await town.events(number) == [
        "received", "dispatched", "accepted", "progress", "handled", "verified", "closed",
    ]  # fmt: skip
    assert await town.town.violations() == []
