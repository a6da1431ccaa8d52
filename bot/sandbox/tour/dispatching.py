"""Scenes about getting to the right unit: secrets, and a place that nobody knows."""

from __future__ import annotations

from bot.sandbox.tour.day import Day


async def confidential(day: Day) -> None:
    """A child in need: one named person, in private; no group ever sees the number."""
    wu, duan = day.people["吴天明"], day.people["段科"]
    await day.say(wu, "竹苑小区2栋有个孩子一个人在家没人管，好几天没吃饭")
    told = await day.sees(wu, "先保证安全")
    number = day.opened("孩子", told)
    day.hidden.add(number)
    card = await day.sees(duan, number, buttons=["签收"])
    await day.tap(duan, card, "签收")
    await day.sees(wu, number, after=told["message_id"])
    await day.say(day.people["朱网格员"], f"/case {number}")
    await day.sees(day.people["朱网格员"], "没有这个编号")
    await day.say(day.people["杨主任"], f"/case {number}")
    await day.sees(day.people["杨主任"], "没有这个编号")
    await day.say(duan, caption="已上门，孩子由外婆照看", reply_to=card, photo=True)
    kept = await day.sees(duan, "已记到", buttons=["办结"])
    await day.tap(duan, kept, "办结")
    await day.sees(wu, "已处理")


async def secret_in_group(day: Day) -> None:
    """A complaint about an official begun in a group goes on in private."""
    he, group, tang = day.people["何晓东"], day.places["幸福里业主群"], day.people["唐科"]
    await day.say(he, "/report@huying_bot 村干部收红包", group)
    aside = await day.sees(group, "请私下说", buttons=["去私聊"])
    await day.open(he, aside, "去私聊")
    shown = await day.sees(he)
    if "在哪里" in day.read(shown):
        await day.tap(he, shown, "说不清")
    shown = await day.sees(he, "干部作风", buttons=["提交"])
    await day.tap(he, shown, "提交")
    number = day.opened("干部", await day.sees(he, "已受理"))
    day.hidden.add(number)
    await day.sees(tang, number, buttons=["签收"])


async def unknown_place(day: Day) -> None:
    """The place is asked once; a town's matter waits for the dispatcher's 确认."""
    zhou, liu, hub = day.people["周国强"], day.people["刘调度"], day.places["镇综合指挥中心"]
    await day.say(zhou, "路灯坏了三天没人修")
    asked = await day.sees(zhou, "在哪里", buttons=["说不清"])
    await day.tap(zhou, asked, "说不清")
    shown = await day.sees(zhou, "路灯不亮", "还不清楚", "镇综合指挥中心", buttons=["提交"])
    await day.tap(zhou, shown, "提交")
    number = day.opened("路灯", await day.sees(zhou, "已受理"))
    card = await day.card(hub, number, "待分派", "建议派给", buttons=["确认", "改派"])
    await day.say(zhou, f"/case {number}")
    await day.sees(zhou, "正在分派")
    await day.tap(day.people["杨主任"], card, "确认")
    await day.tap(liu, card, "确认")
    await day.card(hub, number, "已派给 镇城管办")
    day.note("镇城管办还没有群，卡片由指挥中心代收，并写明是谁的事。")
    await day.card(hub, number, "镇城管办 还没有能用的群")
