"""Scenes about slips and accidents: taps twice and late, changes of mind, a killed bot."""

from __future__ import annotations

import asyncio

from bot.sandbox.tour.day import Day
from bot.sandbox.tour.parts import Person

CROWD = 12
PLACES = ("竹苑小区", "市场宿舍", "翠竹路菜市场", "翠竹卫生站")


async def used_code(day: Day) -> None:
    """A binding code that was used once binds nothing else."""
    bound, other = day.places["翠竹3格"], day.places["翠竹社区"]
    rows = await day.troupe.town.messages(bound.chat)
    said = next(m["text"] for m in rows if m.get("text", "").startswith("/bind "))
    await day.say(day.people["管理员"], said, other)
    await day.sees(other, "这个码不对、过期或用过了")


async def double_tap(day: Day) -> None:
    """Two taps on 提交 make one case; an old button says that the step has passed."""
    li = day.people["李小满"]
    await day.say(li, "竹苑小区门口垃圾没人收")
    old = await day.sees(li, "看起来是", buttons=["提交"])
    before = await day.last_id(li)
    await asyncio.gather(day.tap(li, old, "提交"), day.tap(li, old, "提交"))
    day.opened("双击", await day.sees(li, "已受理"))
    day.check(await day.count(li, "已受理", before) == 1, "one case", await day.chat(li))
    await day.say(li, "翠竹卫生站旁边垃圾没人收")
    fresh = await day.sees(li, "翠竹卫生站", buttons=["提交"])
    answer = await day.stale_tap(li, old, "提交")
    day.check("已经过了" in answer.get("text", ""), "the old button says so", str(answer))
    await day.sees(li, "翠竹卫生站", after=fresh["message_id"])
    await day.say(li, "/cancel")
    await day.sees(li, "已取消")


async def undo(day: Day) -> None:
    """Taken back within two minutes: the card says so. Later the quick way is closed."""
    chen, group = day.people["陈玉珍"], day.places["翠竹3格"]
    await day.say(chen, "市场宿舍楼下垃圾没人收")
    await day.tap(chen, await day.sees(chen, "看起來是"), "提交")
    done = await day.sees(chen, "已受理", buttons=["撤回"])
    number = day.opened("撤回", done)
    card = await day.card(group, number, buttons=["签收"])
    await day.tap(chen, done, "撤回")
    await day.sees(chen, f"{number} 已撤回")
    await day.card(group, number, "已撤回")
    late = await day.stale_tap(day.people["朱网格员"], card, "签收")
    day.check(late.get("text"), "a late 签收 is answered", str(late))

    await day.say(chen, "翠竹卫生站门口垃圾没人收")
    await day.tap(chen, await day.sees(chen, "看起來是"), "提交")
    done = await day.sees(chen, "已受理", buttons=["撤回"])
    number = day.opened("撤晚了", done)
    await day.forward(minutes=3)
    late = await day.stale_tap(chen, done, "撤回")
    day.check("已經過了兩分鐘" in late.get("text", ""), "the quick way is closed", str(late))
    await day.card(group, number, buttons=["签收"])


async def killed_before_submit(day: Day) -> None:
    """The bot is killed in the middle of a dialog; after its return the next tap just works."""
    zhou = day.people["周国强"]
    await day.say(zhou, "翠竹路菜市场旁边占道摆摊，人都过不去")
    await day.sees(zhou, "占道经营", buttons=["提交"])
    await day.settle()
    await day.kill()
    await day.say(zhou, "已经好几天了")
    await day.back()
    shown = await day.sees(zhou, "占道经营", buttons=["提交"])
    await day.tap(zhou, shown, "提交")
    number = day.opened("占道", await day.sees(zhou, "已受理"))
    await day.card(day.places["联勤队"], number, "占道经营", "好几天了")


async def killed_after_tap(day: Day) -> None:
    """Killed right after the tap, before any answer: one case, nothing lost, nothing twice."""
    wu, group = day.people["吴天明"], day.places["翠竹3格"]
    await day.say(wu, "翠竹路菜市场门口地上全是烂菜叶垃圾")
    shown = await day.sees(wu, "看起来是", buttons=["提交"])
    before = await day.last_id(wu)
    await day.settle()
    await day.tap(wu, shown, "提交", wait=False)
    await day.kill()
    await day.back()
    number = day.opened("断电", await day.sees(wu, "已受理", after=before))
    card = await day.card(group, number, buttons=["签收"])
    listed = await day.cli("case", "list")
    day.check(listed.count(number) == 1, "one case", listed)
    seen = set()
    for message in await day.troupe.town.messages(wu.chat, since=before):
        seen |= set(day.numbers(message))
    day.check(seen == {number}, "one number for one report", str(seen))
    await day.tap(day.people["小廖"], card, "签收")
    await day.sees(wu, f"{number} 由 翠竹社区第 3 网格 签收了")


async def crowd(day: Day) -> None:
    """Twelve people at once, each in a dialog of their own: nobody's words get mixed up."""
    people = [await day.person(f"居民{n:02}") for n in range(1, CROWD + 1)]
    for n, one in enumerate(people):
        await day.say(one, f"{PLACES[n % 4]}垃圾堆成山没人收，这是第{n:02}位")
    await asyncio.gather(*(_submit(day, n, one) for n, one in enumerate(people)))
    for n, one in enumerate(people):
        await day.say(one, f"/case {day.cases[one.name]}")
        await day.sees(one, day.cases[one.name], PLACES[n % 4])
        await day.card(day.places["翠竹3格"], day.cases[one.name], f"第{n:02}位")
    numbers = {day.cases[one.name] for one in people}
    day.check(len(numbers) == CROWD, "a number for each", str(numbers))
    day.note("只是排练：十二位都撤回。")
    await asyncio.gather(*(_take_back(day, one) for one in people))


async def _take_back(day: Day, one: Person) -> None:
    done = await day.sees(one, "已受理", after=0, buttons=["撤回"])
    await day.tap(one, done, "撤回")
    await day.sees(one, f"{day.cases[one.name]} 已撤回", after=0)


async def _submit(day: Day, n: int, one: Person) -> None:
    shown = await day.sees(one, "看起来是", PLACES[n % 4], buttons=["提交"])
    await day.tap(one, shown, "提交")
    day.opened(one.name, await day.sees(one, "已受理"))
