"""Scenes about ways to speak: digits, tongues, photos, voices, places, groups."""

from __future__ import annotations

from bot.sandbox.tour.day import Day

IN_GRID_2 = [23.3983, 113.2162]
"""Latitude and longitude in the middle of the demo town's second grid."""


async def digits(day: Day) -> None:
    """Every menu by digits alone; back, edit and cancel; the report is sent at the second go."""
    zhou = day.people["周国强"]
    day.note("不点按钮也行：每个菜单都能回数字。")
    await day.say(zhou, "门口的车挡路")
    asked = await day.sees(zhou, "哪一件事", "都不是")
    day.check("1 " in day.read(asked), "the choices are numbered", day.read(asked))
    await day.say(zhou, "1")
    await day.sees(zhou, "在哪里", "翠竹社区第 2 网格", buttons=["返回", "取消"])
    await day.say(zhou, "2")
    shown = await day.sees(zhou, "看起来是", "翠竹社区第 2 网格", buttons=["提交"])
    await day.tap(zhou, shown, "改事项")
    again = await day.sees(zhou, "哪一件事", buttons=["返回"])
    await day.tap(zhou, again, "返回")
    await day.sees(zhou, "看起来是", buttons=["提交"])
    day.note("改主意了，取消：什么都没有发出去。")
    await day.say(zhou, "5")
    await day.sees(zhou, "已取消")
    await day.say(zhou, "/my")
    await day.sees(zhou, "还没有反映过")

    await day.say(zhou, "菜市街到处是狗屎，遛狗不牵绳")
    await day.sees(zhou, "不文明养犬", "菜市街", buttons=["提交"])
    await day.say(zhou, "1")
    number = day.opened("遛狗", await day.sees(zhou, "已受理"))
    await day.card(day.places["翠竹3格"], number, "不文明养犬")


async def tongues(day: Day) -> None:
    """Cantonese in traditional characters, answered in them, and anonymous: nobody can tell who
    it was."""
    chen, topic = day.people["陈玉珍"], day.places["第2网格"]
    await day.say(chen, "幸福里小區樓道堆滿雜物，行都行唔過")
    shown = await day.sees(chen, "看起來是", "幸福里 → 翠竹社区第 2 网格")
    await day.tap(chen, shown, "匿名")
    hidden = await day.sees(chen, "誰也查不出是您", buttons=["不匿名", "提交"])
    await day.tap(chen, hidden, "提交")
    done = await day.sees(chen, "已受理", "匿名")
    day.check("留電話" not in day.read(done), "no phone is asked of somebody anonymous")
    number = day.opened("楼道", done)
    card = await day.card(topic, number, "楼道堆物", "来源：匿名")
    day.check("陈玉珍" not in day.read(card), "the card has no name")
    told = await day.cli("case", "show", number, "--json")
    day.check('"anonymous": true' in told and "陈玉珍" not in told, "no name in case show", told)
    await day.say(chen, "/my")
    await day.sees(chen, number)


async def photo_only(day: Day) -> None:
    """A photo without words is kept; a few words are asked for."""
    he = day.people["何晓东"]
    await day.say(he, photo=True)
    await day.sees(he, "收到 1 个", "什么事")
    await day.say(he, "竹苑小区垃圾没人收")
    shown = await day.sees(he, "看起来是 垃圾堆积", "竹苑小区", "📎 1 个")
    await day.tap(he, shown, "提交")
    number = day.opened("照片", await day.sees(he, "已受理"))
    await day.card(day.places["翠竹3格"], number, "📷 1")


async def album(day: Day) -> None:
    """Three photos at once: one answer."""
    sun = day.people["孙桂芳"]
    before = await day.last_id(sun)
    await day.say(sun, album=3, caption="市场宿舍门口垃圾没人收")
    shown = await day.sees(sun, "看起来是", "📎 3 个")
    day.check(await day.count(sun, "看起来是", before) == 1, "one answer to three photos")
    await day.tap(sun, shown, "提交")
    number = day.opened("相册", await day.sees(sun, "已受理"))
    await day.card(day.places["翠竹3格"], number, "📷 3")


async def voice_and_pin(day: Day) -> None:
    """A voice message asks for a few words; the place comes as a pin."""
    wu = day.people["吴天明"]
    await day.say(wu, voice=True)
    await day.sees(wu, "收到 1 个")
    await day.say(wu, "楼道里堆满杂物，走不过去")
    await day.sees(wu, "在哪里")
    await day.say(wu, location=IN_GRID_2)
    shown = await day.sees(wu, "楼道堆物", "翠竹社区第 2 网格", buttons=["提交"])
    await day.tap(wu, shown, "提交")
    number = day.opened("语音", await day.sees(wu, "已受理"))
    await day.card(day.places["第2网格"], number, "📷 1")


async def in_group(day: Day) -> None:
    """By command and by reply to the bot in a residents' group; plain talk is not listened to."""
    sun, group, topic = day.people["孙桂芳"], day.places["幸福里业主群"], day.places["第2网格"]
    await day.say(sun, "大家早，今天天气不错，垃圾也没人收", group)
    await day.sees_not(group, "看起来是")
    await day.say(sun, "/report@huying_bot 幸福里3栋1203室门口楼道堆满纸箱，我叫孙桂芳", group)
    day.secrets.add("孙桂芳")
    shown = await day.sees(group, "看起来是 楼道堆物", buttons=["提交"])
    other = day.people["周国强"]
    await day.tap(other, shown, "提交")
    await day.tap(sun, shown, "提交")
    number = day.opened("群里", await day.sees(group, "已受理", buttons=["去私聊"]))
    card = await day.card(topic, number, "来源：居民（群里）")
    day.check("1203" not in day.read(card), "the door number is masked on the card")

    day.note("也可以直接回复呼应在群里的话。")
    last = await day.sees(group, number, after=0)
    await day.say(other, "竹苑小区垃圾堆成山", group, reply_to=last)
    shown = await day.sees(group, "看起来是 垃圾堆积", buttons=["提交"])
    await day.tap(other, shown, "取消")
    await day.sees(group, "已取消")


async def edited(day: Day) -> None:
    """An edited message counts as it reads now: before 提交 and after it."""
    he = day.people["何晓东"]
    first = await day.say(he, "翠竹路菜市场门口的垃圾桶满了")
    await day.sees(he, "翠竹路菜市场 →", "第 3 网格")
    await day.say(he, "竹苑小区门口的垃圾桶满了", edit_of=first)
    shown = await day.sees(he, "竹苑小区 →", buttons=["提交"])
    await day.tap(he, shown, "提交")
    number = day.opened("改字", await day.sees(he, "已受理"))
    await day.card(day.places["翠竹3格"], number, "竹苑小区")
    await day.say(he, "竹苑小区门口的两个垃圾桶都满了，有老鼠", edit_of=first)
    await day.sees(he, f"已补充到 {number}")
    await day.card(day.places["翠竹3格"], number, "有老鼠")
