"""Scenes about the long way: questions, silence, a second try, the digest."""

from __future__ import annotations

from bot.sandbox.tour.day import Day


async def question(day: Day) -> None:
    """The owner asks back through the bot; the answer lands on the case."""
    he, zhu, group = day.people["何晓东"], day.people["朱网格员"], day.places["翠竹3格"]
    number = day.cases["照片"]
    card = await day.card(group, number, buttons=["签收"])
    await day.tap(zhu, card, "签收")
    panel = await day.sees(zhu, number, buttons=["追问"])
    await day.tap(zhu, panel, "追问")
    await day.sees(zhu, f"{number}：想问反映人什么")
    await day.say(zhu, "是靠东门还是西门？")
    await day.sees(zhu, "已转给反映人")
    asked = await day.sees(he, number, "是靠东门还是西门")
    day.check("朱" not in day.read(asked), "the resident does not see who asks")
    await day.say(he, "东门，保安亭旁边")
    await day.sees(he, "已转给对方")
    heard = await day.sees(zhu, number, "东门，保安亭旁边")
    await day.settle()
    day.check("何晓东" not in day.read(heard), "the worker does not see who answers")
    await day.say(zhu, "收到，下午去", reply_to=heard)
    await day.sees(he, "收到，下午去")


async def human(day: Day) -> None:
    """/human: a word with the hub's duty person, who does not see the account either."""
    sun, liu = day.people["孙桂芳"], day.people["刘调度"]
    await day.say(sun, "/human")
    await day.sees(sun, "请说说要问什么")
    await day.say(sun, "居住证在哪里办？")
    await day.sees(sun, "已转给值班人员", "前回复您")
    asked = await day.sees(liu, "居住证在哪里办", buttons=["结束对话"])
    await day.settle()
    day.check("孙桂芳" not in day.read(asked), "the duty person does not see who asks")
    await day.say(liu, "在镇便民服务中心二楼。", reply_to=asked)
    await day.sees(sun, "值班人员：在镇便民服务中心二楼")
    ended = await day.tap(liu, asked, "结束对话")
    day.check("已经结束" in ended["answer"].get("text", ""), "the end is said", str(ended))


async def handled(day: Day) -> None:
    """Two reports are resolved before the weekend: one resident is content with nothing, one
    says nothing at all."""
    zhu, group = day.people["朱网格员"], day.places["翠竹3格"]
    for name in ("照片", "相册"):
        card = await day.card(group, day.cases[name])
        if "签收" in str(card.get("reply_markup", "")):
            await day.tap(zhu, card, "签收")
            await day.card(group, day.cases[name], "处理中")
        await day.say(zhu, caption="已清理", where=group, photo=True, reply_to=card)
        kept = await day.sees(group, f"已记到 {day.cases[name]}", buttons=["办结"])
        await day.tap(zhu, kept, "办结")
    asked = await day.sees(day.people["何晓东"], "已处理：已清理", "解决了吗")
    await day.sees(day.people["孙桂芳"], "已处理：已清理", "解决了吗")
    await _not_solved(day, asked["message_id"])


async def _not_solved(day: Day, question: int) -> None:
    """没解决: same number, same unit, another verifier one tier up."""
    he, liao, group = day.people["何晓东"], day.people["小廖"], day.places["翠竹3格"]
    number, upper = day.cases["照片"], day.places["翠竹社区"]
    day.note("没解决：说一句原因，编号不变，核查的人换成上一级。")
    asked = await day.sees(he, "解决了吗", after=question - 1)
    await day.tap(he, asked, "没解决")
    await day.sees(he, "哪里没解决")
    await day.say(he, "只拉走一半，剩下的还在")
    await day.sees(he, number, "重新办理", "编号不变")
    before = await day.card(group, number, "重办", buttons=["签收"])
    await day.tap(liao, before, "签收")
    await day.card(group, number, "处理中", "小廖")
    await day.say(liao, caption="这次全部清走", where=group, photo=True, reply_to=before)
    kept = await day.sees(group, f"已记到 {number}", buttons=["办结"])
    await day.tap(liao, kept, "办结")
    await day.sees(he, "已处理：这次全部清走")
    check = await day.card(upper, number, "请核查", buttons=["核查通过", "核查不通过"])
    late = await day.stale_tap(liao, check, "核查通过")
    day.check("办理人不能核查" in late.get("text", ""), "the handler cannot verify", str(late))
    await day.tap(day.people["黄干事"], check, "核查通过")
    await day.sees(he, number, "经工作人员核查")
    await day.card(upper, number, "已结案")


async def before_lunch(day: Day) -> None:
    """What is still open is done before noon, and the residents say so."""
    for name, resident, worker, place in OPEN:
        who, number = day.people[resident], day.cases[name]
        hand, where = day.people[worker], day.places[place]
        card = await day.card(where, number)
        if any("签收" in label for label in day.labels(card)):
            await day.tap(hand, card, "签收")
        await day.card(where, number, "处理中")
        await day.say(hand, caption="已经处理好", where=where, photo=True, reply_to=card)
        kept = await day.sees(where, f"已记到 {number}", buttons=["办结"])
        await day.tap(hand, kept, "办结")
        solved, content = ("解決了", "滿意") if name == "楼道" else ("解决了", "满意")
        asked = await day.sees(who, number, after=0, buttons=[solved])
        if name == "楼道":  # the only open question here: a digit answers it as well
            await day.say(who, "1")
        else:
            await day.tap(who, asked, solved)
        await day.sees(who, number, after=0, buttons=[content])


OPEN = (
    # case, resident, worker, place
    ("遛狗", "周国强", "小廖", "翠竹3格"),
    ("改字", "何晓东", "小廖", "翠竹3格"),
    ("双击", "李小满", "小廖", "翠竹3格"),
    ("断电", "吴天明", "小廖", "翠竹3格"),
    ("楼道", "陈玉珍", "孙网格员", "第2网格"),
    ("群里", "孙桂芳", "孙网格员", "第2网格"),
    ("语音", "吴天明", "孙网格员", "第2网格"),
    ("占道", "周国强", "林队", "联勤队"),
)


async def silence(day: Day) -> None:
    """Three working days without a word: a colleague verifies, never the handler."""
    sun, zhu, liao = day.people["孙桂芳"], day.people["朱网格员"], day.people["小廖"]
    group, number = day.places["翠竹3格"], day.cases["相册"]
    await day.at("11-24 17:00")
    await day.at("11-25 17:58")
    await day.sees_not(group, "请核查", after=0)
    await day.at("11-25 18:01")
    card = await day.card(group, number, "请核查", buttons=["核查通过"])
    answer = await day.stale_tap(zhu, card, "核查通过")
    day.check("办理人不能核查" in answer.get("text", ""), "the handler cannot", str(answer))
    await day.tap(liao, card, "核查通过")
    await day.sees(sun, number, "经工作人员核查", after=0)
    shown = await day.cli("case", "show", number, "--json")
    day.check('"outcome": "staff"' in shown, "verified by staff is counted apart", shown)


async def digest(day: Day) -> None:
    """The day ends with the supervisor's digest, by the clock and by command."""
    boss = day.people["杨主任"]
    before = await day.last_id(boss)
    await day.at("11-26 09:01")
    await day.sees(boss, "11 月 26 日 周四", "逾期", "呼应及时率", "处置及时率", after=before)
    day.check(await day.count(boss, "11 月 26 日", before) == 1, "one digest a morning")
    await day.say(boss, "/digest")
    shown = await day.sees(boss, "11 月 26 日 周四", "呼应及时率")
    await day.tap(boss, shown, "1")
    await day.sees(boss, "办理单位", after=shown["message_id"])


async def books(day: Day) -> None:
    """Nothing waits, nothing was tampered with, and no group has read what it must not."""
    day.check(await day.cli("inbox", "list") == "", "no update waits")
    for _ in range(3):  # what was due a moment ago may be on its way
        if not (left := await day.cli("outbox", "list")):
            break
    day.check(left == "", "no message waits", left)
    day.check(await day.cli("audit", "verify") == "ok", "the event chains are whole")
    wrong = await day.troupe.town.violations()
    day.check(not wrong, "every call keeps to the Bot API", str(wrong[:3]))
    group_texts = day.transcript.group_texts if day.transcript else []
    for secret in sorted(day.secrets | day.hidden):
        told = [text for _, text in group_texts if secret in text]
        day.check(not told, f"“{secret}” is in no group", "\n".join(told[:1]))
    media = ["sendPhoto", "sendVideo", "sendVoice", "sendDocument", "sendMediaGroup", "sendAudio"]
    files = [c["params"]["chat_id"] for c in await day.troupe.town.calls(*media)]
    day.check(all(int(chat) > 0 for chat in files), "no file goes to a group", str(files))
    day.note(f"{len(group_texts)} 条群消息里没有一处个人信息。")
