"""不归我管: a unit proposes another, and stays responsible until the other accepts."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.model import Json
from bot.sandbox.tour.day import Day
from bot.sandbox.tour.parts import Missed
from bot.sandbox.tour.pictures import photo
from bot.sandbox.tour.times import respond_due

_BEFORE = timedelta(minutes=20)
"""So long before the limit of two working hours the reminder (at 80 %) is out."""


async def not_ours(day: Day) -> None:
    """A reason and a unit, two taps; the first receiver's clock runs on meanwhile."""
    zhu, grid, squad = day.people["朱网格员"], day.places["翠竹3格"], day.places["联勤队"]
    number, card = await _reported(day)
    due = respond_due(card["text"], day.now())
    if due is None:
        raise Missed("the card says by when somebody must respond", card["text"])

    await day.step(
        zh="朱网格员看过，觉得该由管摊贩的联勤队来办，点一下不归我管。",
        en="Zhu has a look: this is a job for the squad that deals with stalls. He taps Not ours "
        "(不归我管).",
        look=(grid, card),
    )
    await day.tap(zhu, card, "不归我管")
    asked = await day.card(grid, number, "为什么不归本单位", buttons=["事项分错了"])
    await day.step(
        zh="退回要说理由，也要说该由谁办，都是点一下。",
        en="To return a case he has to say why, and who should have it: one tap each.",
        look=(grid, asked),
    )
    await day.tap(zhu, asked, "事项分错了")
    asked = await day.card(grid, number, "应该由谁办", buttons=["翠竹社区联勤队"])
    await day.tap(zhu, asked, "翠竹社区联勤队")
    waiting = await day.card(grid, number, "已提议转 翠竹社区联勤队", "仍由本单位负责")
    proposal = await day.card(squad, number, "提议由您单位牵头", buttons=["签收", "不归我管"])

    await day.step(
        zh="联勤队收到的是一个提议。对方签收之前，第 3 网格仍然负责。",
        en="What the squad receives is a proposal. Until they accept, grid 3 remains responsible.",
        look=(squad, proposal),
    )
    await day.step(
        zh="把时间往前拨：联勤队还没签收，第 3 网格的时限照走，提醒照发。",
        en="The clock moves on. The squad has not accepted yet, so grid 3's time runs on and it "
        "is reminded.",
        look=(grid, waiting),
    )
    await day.until(due - _BEFORE)
    await day.sees(zhu, number, "还没签收", after=0)
    day.check(
        respond_due((await day.card(grid, number, "仍由本单位负责"))["text"], day.now()) == due,
        "the first receiver's limit is the same",
    )
    await _accepted(day, number, proposal)


async def _reported(day: Day) -> tuple[str, Json]:
    li, grid = day.people["李小满"], day.places["翠竹3格"]
    await day.step(
        zh="李小满反映菜市街的垃圾，卡片到了管这一片的第 3 网格的群。",
        en="Li Xiaoman reports rubbish in Market Street. The card goes to the team of grid 3, the "
        "streets around it.",
        look=li,
    )
    await day.say(li, "菜市街摆摊的留下一地垃圾没人收")
    await day.tap(li, await day.sees(li, "垃圾堆积", buttons=["提交"]), "提交")
    number = day.opened("退回", await day.sees(li, "已受理"))
    return number, await day.card(grid, number, "垃圾堆积", buttons=["签收", "不归我管"])


async def _accepted(day: Day, number: str, proposal: Json) -> None:
    li, lin = day.people["李小满"], day.people["林队"]
    grid, squad = day.places["翠竹3格"], day.places["联勤队"]
    await day.step(
        zh="联勤队的林队签收，责任这才转过去；第 3 网格的卡片写明由谁牵头。",
        en="Lin of the squad accepts, and only now does the responsibility move; grid 3's card "
        "says who leads.",
        look=(squad, proposal),
    )
    await day.tap(lin, proposal, "签收")
    taken = await day.card(squad, number, "处理中", "林队")
    passed = await day.card(grid, number, "已转出，由 翠竹社区联勤队 牵头")
    day.check(not day.labels(passed), "nothing is left to tap in the first group", str(passed))
    heard = await day.sees(li, number, "翠竹社区联勤队", "签收了", after=0)
    await day.step(
        zh="居民不用管这些：同一个编号，同一个期限，只看到有人签收了。",
        en="None of this is the resident's concern: the same number, the same promise, and "
        "somebody has accepted it.",
        look=(li, heard),
    )
    await day.step(
        zh="办完，照样由居民说解决了没有。",
        en="When it is done the resident has the last word, as always.",
        look=(squad, taken),
    )
    await day.say(
        lin, caption="垃圾已清走，摊贩已登记", where=squad, photo=photo("cleared"), reply_to=taken
    )
    kept = await day.sees(squad, f"已记到 {number}", buttons=["办结"])
    await day.tap(lin, kept, "办结")
    done = await day.sees(li, number, "已处理：垃圾已清走", buttons=["解决了"], after=0)
    await day.tap(li, done, "解决了")
    await day.card(squad, number, "已结案")
