"""Scenes in which things go as they should: the sample of the design, and ways to speak."""

from __future__ import annotations

from bot.sandbox.tour.day import Day

PHONE = "13800138000"
DOOR = "1203"


async def report(day: Day) -> None:
    """One message, one tap, one card, accepted, resolved with a photo, confirmed."""
    li, zhu, group = day.people["李小满"], day.people["朱网格员"], day.places["翠竹3格"]
    await day.at("11-20 09:30")
    day.note("居民发一句话和一张照片。事项和地点都认得，只要点一下提交。")
    await day.say(li, caption="翠竹路菜市场后门垃圾堆成山了，好几天没人收", photo=True)
    await day.sees(li, "180 天", "/privacy")
    seen = await day.sees(
        li, "看起来是 垃圾堆积", "翠竹路菜市场后门 → 翠竹社区第 3 网格", "交给：翠竹社区第 3 网格",
        buttons=["提交", "改事项", "改地点", "匿名", "取消"],
    )  # fmt: skip
    day.check(
        "今天 11:30 前有人响应，周一 09:30 前处理" in seen["text"], "the deadlines", seen["text"]
    )
    await day.tap(li, seen, "提交")
    done = await day.sees(li, "已受理", "/my", buttons=["留电话", "撤回"])
    number = day.opened("垃圾", done)
    card = await day.card(group, number, "垃圾堆积", "D 网格", "响应 周五 11:30", "📷 1")
    day.check("photo" not in card, "the card is text")

    day.note("居民留下电话，只有接手的人在私聊里看得到。")
    day.secrets.update({PHONE, DOOR, "李小满"})
    await day.tap(li, done, "留电话")
    await day.sees(li, "能找到您的电话")
    await day.say(li, f"{PHONE}，幸福里6栋{DOOR}室李小满")
    await day.sees(li, "只给办理这件事的人看")

    await day.at("11-20 10:42")
    day.note("网格员一点签收就接手，照片和电话只到他的私聊。")
    await day.tap(zhu, card, "签收")
    await day.card(group, number, "处理中", "10:42")
    await day.sees(zhu, number, "办结需要", after=0)
    await day.sees(zhu, PHONE, after=0)
    await day.sees(li, number, "签收了")

    day.note("办结是回复卡片一张照片，再点一下。")
    await day.say(zhu, caption="垃圾已清运，明早加派一车", where=group, photo=True, reply_to=card)
    kept = await day.sees(group, f"已记到 {number}", buttons=["办结"])
    await day.tap(zhu, kept, "办结")
    asked = await day.sees(li, "已处理：垃圾已清运", "解决了吗", buttons=["没解决"])
    await day.tap(li, asked, "解决了")
    liked = await day.sees(li, "满意吗", buttons=["满意", "一般", "不满意"])
    await day.tap(li, liked, "满意")
    await day.sees(li, "记下了")
    await day.card(group, number, "已结案")
    await day.say(li, f"/case {number}")
    await day.sees(li, number, "已结案", "11-20 10:42", "签收", "处理结果")
    await day.say(li, "/my")
    await day.sees(li, "我反映的事", number)
