"""Scenes about getting to the right unit: danger, secrets, and what nobody can place."""

from __future__ import annotations

from bot.sandbox.tour.day import Day


async def emergency(day: Day) -> None:
    """One message is enough: advice, dispatch, and only true words about who knows."""
    li, wang, gas = day.people["李小满"], day.people["王工"], day.places["燃气抢险"]
    day.note("燃气抢险的群先故意收不到（Telegram 限流），没送到就不能说已通知。")
    rule = {"methods": ["sendMessage"], "chat": gas.chat, "count": 1, "retry_after": 3}
    await day.troupe.town.break_("429", rule)
    await day.say(li, "六栋楼道里好大煤气味，有人头晕")
    told = await day.sees(
        li, "先保证安全", "不要开灯", "119", "正在通知", "燃气抢险", "在哪个小区",
        buttons=["不是紧急"],
    )  # fmt: skip
    day.check("提交" not in day.read(told), "nothing has to be confirmed")
    number = day.opened("煤气", told)
    await day.sees(li, "青松消防站 已收到通知")
    await day.sees_not(li, "燃气抢险 已收到通知")
    day.check(
        "青松派出所" not in day.read(told), "no unit without a channel is named", day.read(told)
    )
    await day.sees(li, "燃气抢险 已收到通知")
    card = await day.card(gas, number, "🚨", "燃气泄漏", "六栋", buttons=["签收", "不是紧急"])
    await day.tap(wang, card, "签收")
    await day.sees(li, "燃气抢险 王工 已接手")
    day.note("地点可以之后再说，派单没有等它。")
    await day.say(li, "幸福里6栋")
    await day.sees(li, f"已补充到 {number}", "翠竹社区第 2 网格")
    await day.card(gas, number, "幸福里6栋")
    await day.card(day.places["翠竹社区"], number, "🚨", "本单位配合")
    photo = await day.say(
        wang, caption="已关阀通风，检测读数 0", where=gas, photo=True, reply_to=card
    )
    day.check(photo, "a reply to the card")
    kept = await day.sees(gas, "已记到", buttons=["办结"])
    await day.tap(wang, kept, "办结")
    asked = await day.sees(li, "已处理：已关阀通风", "解决了吗")
    day.note("也可以回数字：1 就是解决了。")
    await day.say(li, "1")
    await day.sees(li, "满意吗")
    day.check(asked, "the result")
    await day.say(li, "1")
    await day.sees(li, "记下了")


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


async def unsure(day: Day) -> None:
    """What nobody can place goes to the hub; the dispatcher names the unit in words."""
    sun, liu, hub = day.people["孙桂芳"], day.people["刘调度"], day.places["镇综合指挥中心"]
    await day.say(sun, "竹苑小区这个情况说不清，你们派个人来看看")
    shown = await day.sees(sun)
    if "都不是" in day.read(shown):
        await day.tap(sun, shown, "都不是")
        shown = await day.sees(sun, buttons=["提交"])
    await day.tap(sun, shown, "提交")
    number = day.opened("说不清", await day.sees(sun, "已受理"))
    card = await day.card(hub, number, "待分派", buttons=["改派"])
    await day.tap(liu, card, "改派")
    card = await day.card(hub, number, "写单位全名")
    await day.say(liu, "请翠竹社区上门看看", hub, reply_to=card)
    await day.sees(hub, "已派给 翠竹社区")
    await day.card(day.places["翠竹社区"], number, buttons=["签收"])
