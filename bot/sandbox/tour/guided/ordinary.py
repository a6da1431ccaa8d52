"""The ordinary way: one message, one tap, one card, accepted, resolved with a photo, confirmed."""

from __future__ import annotations

from bot.sandbox.tour.day import Day
from bot.sandbox.tour.pictures import photo

PHONE = "13800138000"
DOOR = "1203"


async def report(day: Day) -> None:
    """From a sentence and a photo to the resident's own word."""
    li, zhu, group = day.people["李小满"], day.people["朱网格员"], day.places["翠竹3格"]
    await day.step(
        zh="居民李小满看到菜市场后门的垃圾，给呼应发了一句话和一张照片。",
        en="Li Xiaoman, a resident, sees rubbish behind the market and sends Huying one sentence "
        "and a photo.",
        look=li,
    )
    await day.say(li, caption="翠竹路菜市场后门垃圾堆成山了，好几天没人收", photo=photo("rubbish"))
    if day.dated:
        await day.sees(li, "180 天", "/privacy")
    seen = await day.sees(
        li, "看起来是 垃圾堆积", "翠竹路菜市场后门 → 翠竹社区第 3 网格", "交给：翠竹社区第 3 网格",
        buttons=["提交", "改事项", "改地点", "匿名", "取消"],
    )  # fmt: skip
    promised = not day.dated or "今天 11:30 前有人响应，周一 09:30 前处理" in seen["text"]
    day.check(promised, "the deadlines", seen["text"])

    await day.step(
        zh="呼应认出了是什么事、在哪里、归谁管、什么时候前办，她只要点一下提交。",
        en="Huying has worked out what it is, where, whose job it is and by when. All she does "
        "is tap Submit (提交).",
        look=(li, seen),
    )
    await day.tap(li, seen, "提交")
    done = await day.sees(li, "已受理", "/my", buttons=["留电话", "撤回"])
    number = day.opened("垃圾", done)
    card = await day.card(group, number, "垃圾堆积", "D 网格", "📷 1", buttons=["签收"])
    if day.dated:
        day.check("响应 周五 11:30" in card["text"], "the deadlines on the card", card["text"])
    day.check("photo" not in card, "the card is text")

    await day.step(
        zh="管这一片的网格群里马上有了一张卡片，上面没有她的名字，也没有照片。",
        en="A card appears at once in the group of the team that looks after those streets, "
        "without her name and without the photo.",
        look=(group, card),
    )
    await day.step(
        zh="她愿意的话可以留个电话，只有接手的人看得到。",
        en="If she likes she can leave a phone number; only whoever takes the case will see it.",
        look=(li, done),
    )
    day.secrets.update({PHONE, DOOR, "李小满"})
    await day.tap(li, done, "留电话")
    await day.sees(li, "能找到您的电话")
    await day.say(li, f"{PHONE}，幸福里6栋{DOOR}室李小满")
    await day.sees(li, "只给办理这件事的人看")

    if day.dated:
        await day.at("11-20 10:42")
    await day.step(
        zh="朱网格员点一下签收，卡片写上他的名字和时间，居民马上收到消息。",
        en="Zhu, a grid worker, accepts it with one tap (签收). The card now says who and when, "
        "and the resident is told.",
        look=(group, card),
    )
    await day.tap(zhu, card, "签收")
    taken = await day.card(group, number, "处理中", "朱网格员")
    day.check(not day.dated or "10:42" in taken["text"], "when it was taken", taken["text"])
    await day.sees(li, number, "签收了")
    await day.sees(zhu, number, "办结需要", after=0)
    contact = await day.sees(zhu, number, PHONE, after=0)

    await day.step(
        zh="照片和电话只发到朱网格员的私聊，群里始终看不到。",
        en="The photo and the number go to Zhu's private chat only; the group never sees them.",
        look=(zhu, contact),
    )
    await day.step(
        zh="清理完，他在群里回复卡片：一句话，一张照片，再点办结。",
        en="When it is done he replies to the card with a sentence and a photo, and resolves it "
        "with one tap (办结).",
        look=(group, taken),
    )
    await day.say(
        zhu, caption="垃圾已清运，明早加派一车", where=group, photo=photo("cleared"), reply_to=card
    )
    kept = await day.sees(group, f"已记到 {number}", buttons=["办结"])
    await day.tap(zhu, kept, "办结")
    asked = await day.sees(li, number, "已处理：垃圾已清运", "解决了吗", buttons=["没解决"])

    await day.step(
        zh="结果送到李小满手里。算不算解决，由她来说。",
        en="The result reaches Li Xiaoman, and it is she who says whether it is solved.",
        look=(li, asked),
    )
    await day.tap(li, asked, "解决了")
    liked = await day.sees(li, number, "满意吗", buttons=["满意", "一般", "不满意"])
    await day.tap(li, liked, "满意")
    await day.sees(li, "记下了")
    closed = await day.card(group, number, "已结案")

    await day.step(
        zh="卡片变成已结案：居民一条消息，工作人员一张照片，每一步都有记录。",
        en="The card now says closed. One message from the resident, one photo from the worker, "
        "and a record of every step.",
        look=(group, closed),
    )
    if day.dated:
        await day.say(li, f"/case {number}")
        await day.sees(li, number, "已结案", "11-20 10:42", "签收", "处理结果")
        await day.say(li, "/my")
        await day.sees(li, "我反映的事", number)
