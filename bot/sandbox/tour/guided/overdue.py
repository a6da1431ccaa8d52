"""Nobody accepts: a reminder, the limit, the morning's summary, and the next tier joins."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox.model import Json
from bot.sandbox.tour.day import Day
from bot.sandbox.tour.parts import Missed
from bot.sandbox.tour.pictures import photo
from bot.sandbox.tour.times import midnight_after, respond_due

_MINUTE = timedelta(minutes=1)
_BEFORE = 20 * _MINUTE
"""So long before the limit of two working hours the reminder (at 80 %) is out."""


async def late(day: Day) -> None:
    """Two working hours to respond, eight more of grace; every notice once."""
    number, card, due = await _reported(day)
    await _reminded(day, number, due)
    await _due(day, number, card, due)
    await _summed_up(day, number, due)
    await _escalated(day, number, due)


async def _reported(day: Day) -> tuple[str, Json, datetime]:
    li, squad = day.people["李小满"], day.places["联勤队"]
    await day.step(
        zh="摆摊占了道，李小满反映上来，呼应写明什么时候前有人响应。",
        en="Stalls block the way. Li Xiaoman reports it, and Huying says by when somebody will "
        "respond.",
        look=li,
    )
    await day.say(li, "翠竹路菜市场门口有人占道摆摊，路都走不过去")
    shown = await day.sees(li, "占道经营", "前有人响应", buttons=["提交"])
    if day.dated:
        day.check("今天 16:00 前有人响应" in shown["text"], "the promise", shown["text"])
    await day.tap(li, shown, "提交")
    number = day.opened("超时", await day.sees(li, "已受理"))
    card = await day.card(squad, number, "占道经营", buttons=["签收"])
    due = respond_due(card["text"], day.now())
    if due is None:
        raise Missed("the card says by when somebody must respond", card["text"])
    await day.step(
        zh="卡片到了社区联勤队的群。这一次没有人签收，看看会怎样。",
        en="The card reaches the community squad's group. This time nobody accepts it: see what "
        "happens.",
        look=(squad, card),
    )
    return number, card, due


async def _reminded(day: Day, number: str, due: datetime) -> None:
    lin = day.people["林队"]
    await day.step(
        zh="把时间往前拨：时限快到了，值班的林队收到一次提醒。",
        en="The clock moves on: shortly before the limit Lin, who is on duty, gets one reminder.",
        look=lin,
    )
    if day.dated:
        await day.at("11-20 15:35")
        await day.sees_not(lin, number, after=0)
        await day.at("11-20 15:37")
        await day.sees(lin, number, "还没签收", "今天 16:00", after=0)
    await day.until(due - _BEFORE)
    await day.sees(lin, number, "还没签收", after=0)


async def _due(day: Day, number: str, card: Json, due: datetime) -> None:
    lin, boss, squad = day.people["林队"], day.people["杨主任"], day.places["联勤队"]
    await day.step(
        zh="时限到了：卡片变红，林队和督查杨主任各收到一次通知。",
        en="The limit is reached: the card turns red, and Lin and the supervisor, Yang, are told "
        "once each.",
        look=(squad, card),
    )
    await day.until(due + _MINUTE)
    await day.sees(lin, number, "响应已到时限", after=0)
    await day.sees(boss, number, "响应已到时限", after=0)
    await day.card(squad, number, "🔴 响应已超时")
    if day.dated:
        await day.settle()
        await day.kill()
        await day.back()
    reminders = await day.count(lin, f"{number} 占道经营 还没签收")
    day.check(reminders == 1, "one reminder", await day.chat(lin))
    told = await day.count(boss, f"{number} 占道经营 · 翠竹社区联勤队 响应已到时限")
    day.check(told == 1, "the supervisor is told once", await day.chat(boss))


async def _summed_up(day: Day, number: str, due: datetime) -> None:
    boss = day.people["杨主任"]
    await day.step(
        zh="下一个工作日早上九点，杨主任收到督查汇总：哪件事晚了，卡在哪个单位。",
        en="At nine on the next working morning Yang gets the digest: what is late, and "
        "with which unit.",
        look=boss,
    )
    before = await day.last_id(boss)
    if day.dated:
        await _weekend(day, before)
    await day.until(day.working(midnight_after(due)) + _MINUTE)
    here = day.now()
    shown = await day.sees(
        boss, "青松镇", f"{here.month} 月 {here.day} 日", "逾期", "呼应及时率", "处置及时率",
        after=before,
    )  # fmt: skip
    text = day.read(shown)
    day.check(number in text or "另有" in text, "the case is in the summary", text)
    named = [name for name in day.people if name in text]
    day.check(not named, "the summary names nobody", text)
    for secret in ("困境儿童", "干部作风"):
        day.check(secret not in text, "the summary says nothing of a confidential case", text)
    if day.dated:
        day.check("11 月 23 日 周一" in text, "the weekend was left in peace", text)
        day.check(f"{number} 占道经营 · 翠竹社区联勤队" in text, "where it is stuck", text)
        day.check("未签收" in text, "what is missing", text)


async def _weekend(day: Day, before: int) -> None:
    """No summary on a Saturday; by Sunday morning the photos are gone from private chats."""
    boss, zhu = day.people["杨主任"], day.people["朱网格员"]
    await day.at("11-21 09:01")
    await day.sees_not(boss, "逾期", after=before)
    await day.at("11-22 09:00")

    async def taken_back() -> bool:
        rows = await day.troupe.town.messages(zhu.chat)
        return not any(m["from_bot"] and "photo" in m for m in rows)

    await day.troupe.town.wait_for(taken_back, what="no photo is left in a private chat")
    await day.settle()


async def _escalated(day: Day, number: str, due: datetime) -> None:
    li, huang, upper = day.people["李小满"], day.people["黄干事"], day.places["翠竹社区"]
    await day.step(
        zh="超时满八个工作时还没有人管，上一级的社区自动加入，居民也收到消息。",
        en="Eight working hours past the limit and still nobody: the community, one level up, "
        "joins in, and the resident is told.",
        look=upper,
    )
    if day.dated:
        await day.at("11-23 15:58")
        await day.sees_not(upper, number, after=0)
    next_day = day.working(midnight_after(due)).date()
    await day.until(datetime.combine(next_day, due.timetz()) + _MINUTE)
    card = await day.card(upper, number, "占道经营", buttons=["签收"])
    heard = await day.sees(li, number, "超时了", "翠竹社区", after=0)
    day.check(await day.count(li, f"{number} 超时了") == 1, "told once", await day.chat(li))

    await day.step(
        zh="社区的黄干事签收，李小满又收到一句：有人接了。",
        en="Huang of the community accepts it, and Li Xiaoman hears that somebody has it.",
        look=(li, heard),
    )
    await day.tap(huang, card, "签收")
    await day.sees(li, number, "翠竹社区 签收了", after=0)
    await day.step(
        zh="办完照样由居民说解决了没有；晚了的那一笔留在记录里。",
        en="It ends as always, with the resident's word; the delay stays on the record.",
        look=(upper, card),
    )
    await day.say(
        huang, caption="摊位已劝离，通道恢复", where=upper, photo=photo("passage"), reply_to=card
    )
    kept = await day.sees(upper, f"已记到 {number}", buttons=["办结"])
    await day.tap(huang, kept, "办结")
    asked = await day.sees(li, number, "已处理：摊位已劝离", buttons=["解决了"], after=0)
    await day.tap(li, asked, "解决了")
    await day.card(upper, number, "已结案")
