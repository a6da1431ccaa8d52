"""An emergency: one message is enough; advice, dispatch, and only true words about who knows."""

from __future__ import annotations

from bot.sandbox.tour.day import Day
from bot.sandbox.tour.pictures import photo


async def gas(day: Day) -> None:
    """A smell of gas, with one unit that cannot be reached for some seconds."""
    li, wang = day.people["李小满"], day.people["王工"]
    gas, community = day.places["燃气抢险"], day.places["翠竹社区"]
    await day.step(
        zh="楼道里有煤气味。居民发一句话就够：不用填表，也不用点提交。",
        en="There is a smell of gas on the stairs. One sentence is enough: no form, nothing to "
        "confirm.",
        look=li,
    )
    hold = day.guide.hold if day.guide else 3
    rule = {"methods": ["sendMessage"], "chat": gas.chat, "count": 1, "retry_after": hold}
    await day.troupe.town.break_("429", rule)
    await day.say(li, "六栋楼道里好大煤气味，有人头晕")
    told = await day.sees(
        li, "先保证安全", "不要开灯", "119", "正在通知", "燃气抢险", "在哪个小区",
        buttons=["不是紧急"],
    )  # fmt: skip
    day.check("提交" not in day.read(told), "nothing has to be confirmed")
    number = day.opened("煤气", told)
    fire = await day.sees(li, number, "青松消防站 已收到通知")
    await day.sees_not(li, "燃气抢险 已收到通知")
    day.check(
        "青松派出所" not in day.read(told), "no unit without a channel is named", day.read(told)
    )

    await day.step(
        zh="呼应先告诉她怎么保命、该打什么电话，同时向几个单位派单。",
        en="Huying first tells her how to stay safe and whom to call, while it alerts several "
        "units at the same time.",
        look=(li, told),
    )
    await day.step(
        zh="这里故意让燃气抢险的群晚几秒才收得到：没送到，呼应就不说已通知。",
        en="For a few seconds we keep the gas crew's group from receiving anything: what has not "
        "arrived, Huying does not call delivered.",
        look=(li, fire),
    )
    arrived = await day.sees(li, number, "燃气抢险 已收到通知")
    card = await day.card(gas, number, "🚨", "燃气泄漏", "六栋", buttons=["签收", "不是紧急"])
    await day.step(
        zh="现在送到了，居民才看到“燃气抢险 已收到通知”。",
        en="Now it has arrived, and only now does she read that the gas crew has been notified.",
        look=(li, arrived),
    )
    await day.step(
        zh="燃气抢险的王工点一下签收，居民马上知道是谁接了手。",
        en="Wang of the gas crew accepts it with one tap, and the resident learns at once who "
        "has it.",
        look=(gas, card),
    )
    await day.tap(wang, card, "签收")
    await day.sees(li, number, "燃气抢险 王工 已接手")

    await day.step(
        zh="地点可以之后再说，派单没有等它；说了地点，所在的社区也加进来。",
        en="The address can come later; nothing waited for it. Once it is known, the local "
        "community joins in.",
        look=(li, told),
    )
    await day.say(li, "幸福里6栋")
    await day.sees(li, f"已补充到 {number}", "翠竹社区第 2 网格")
    card = await day.card(gas, number, "幸福里6栋")
    await day.card(community, number, "🚨", "本单位配合")

    await day.step(
        zh="险情排除，王工回复卡片：检测读数和照片，再点办结。",
        en="When it is safe again, Wang replies to the card with the reading and a photo, and "
        "resolves it.",
        look=(gas, card),
    )
    await day.say(
        wang, caption="已关阀通风，检测读数 0", where=gas, photo=photo("meter"), reply_to=card
    )
    kept = await day.sees(gas, f"已记到 {number}", buttons=["办结"])
    await day.tap(wang, kept, "办结")
    asked = await day.sees(li, number, "已处理：已关阀通风", "解决了吗", buttons=["解决了"])
    await day.card(community, number, "牵头单位已办结")
    await day.step(
        zh="最后还是居民来说：解决了没有，满意不满意。",
        en="In the end it is again the resident who says whether it is solved.",
        look=(li, asked),
    )
    await day.tap(li, asked, "解决了")
    liked = await day.sees(li, number, "满意吗")
    await day.tap(li, liked, "满意")
    await day.sees(li, "记下了")
