"""A dispatcher's slip: the card in the wrong group is withdrawn, the right group gets it."""

from __future__ import annotations

from bot.sandbox.tour.day import Day
from bot.sandbox.tour.pictures import photo


async def wrong_group(day: Day) -> None:
    """What nobody can place goes to a person, who names the wrong unit first."""
    li, liu, sun, liao = (day.people[n] for n in ("李小满", "刘调度", "孙网格员", "小廖"))
    hub, wrong, right = (day.places[n] for n in ("镇综合指挥中心", "第2网格", "翠竹3格"))
    await day.step(
        zh="说不清是什么事也能反映：呼应不硬猜，交给镇指挥中心的人来派。",
        en="Even what is hard to name can be reported: Huying does not guess; it asks a person "
        "at the town's dispatch centre.",
        look=li,
    )
    await day.say(li, "竹苑小区门口有点怪怪的，来看一下")
    shown = await day.sees(li, "没认出是哪类事", buttons=["请工作人员来分"])
    await day.tap(li, shown, "请工作人员来分")
    await day.tap(li, await day.sees(li, buttons=["提交"]), "提交")
    number = day.opened("说不清", await day.sees(li, "已受理"))
    waiting = await day.card(hub, number, "待分派", buttons=["改派"])

    await day.step(
        zh="刘调度点改派，回复一个单位名就派出去了。可这一次他看错了网格。",
        en="Liu, the dispatcher, replies with the name of a unit and it is sent. But this time "
        "he picks the wrong one.",
        look=(hub, waiting),
    )
    await day.tap(liu, waiting, "改派")
    waiting = await day.card(hub, number, "写单位全名")
    await day.say(liu, "请翠竹社区第 2 网格上门看看", hub, reply_to=waiting)
    await day.sees(hub, "已派给 翠竹社区第 2 网格")
    card = await day.card(wrong, number, "竹苑小区", buttons=["签收"])
    clocks = _clocks(card["text"])

    await day.step(
        zh="卡片到了第 2 网格的群，可是竹苑小区归第 3 网格管。",
        en="The card lands with the team of grid 2, but this estate belongs to grid 3.",
        look=(wrong, card),
    )
    await day.step(
        zh="刘调度发现了，再回复一次，写上对的单位。",
        en="Liu notices, and replies once more with the right unit.",
        look=(hub, waiting),
    )
    await day.say(liu, "应该是翠竹社区第 3 网格", hub, reply_to=waiting)
    await day.sees(hub, "已派给 翠竹社区第 3 网格")
    gone = await day.card(wrong, number, "已改派")
    day.check("竹苑小区" not in day.read(gone), "the words are gone", day.read(gone))
    day.check(not day.labels(gone), "the buttons are gone", day.read(gone))
    if day.dated:
        late = await day.stale_tap(sun, card, "签收")
        day.check(late.get("text"), "a late tap in the wrong group is answered", str(late))

    await day.step(
        zh="发错的群里，卡片当场收回：只剩“已改派”，原话和按钮都没有了。",
        en="In the wrong group the card is taken back on the spot: all it says is 已改派, "
        "reassigned, with neither the words nor a button.",
        look=(wrong, gone),
    )
    card = await day.card(right, number, "竹苑小区", buttons=["签收"])
    day.check(_clocks(card["text"]) == clocks, "the clocks are the same", card["text"])
    await day.step(
        zh="第 3 网格收到完整的卡片，时限和原来一样；小廖点签收。",
        en="Grid 3 has the whole card, with the same time limits as before. Liao accepts it.",
        look=(right, card),
    )
    await day.tap(liao, card, "签收")
    card = await day.card(right, number, "处理中", "小廖")
    await day.sees(li, number, "签收了", after=0)
    await day.step(
        zh="办完，居民说解决了。对她来说，从头到尾只有一个编号。",
        en="Done, and confirmed by the resident. For her it was one number all the way.",
        look=(right, card),
    )
    await day.say(
        liao, caption="已上门看过，处理好了", where=right, photo=photo("visit"), reply_to=card
    )
    kept = await day.sees(right, f"已记到 {number}", buttons=["办结"])
    await day.tap(liao, kept, "办结")
    asked = await day.sees(li, number, "已处理：已上门看过", buttons=["解决了"], after=0)
    await day.tap(li, asked, "解决了")
    await day.card(right, number, "已结案")


def _clocks(card: str) -> list[str]:
    return [line for line in card.splitlines() if line.startswith("响应 ")]
