"""Words that must not go astray: old conversations, edits, groups, hand-made ids, no hub."""

from __future__ import annotations

from bot.adapters.directory_folder import load_demo
from bot.domain.units import ROOT, Directory, Role
from bot.services import directories
from tests.town import Rehearsal, labels

RESIDENT, WORKER, DESK, ADMIN = 1001, 2001, 3001, 4001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"


async def _taken(town: Rehearsal) -> str:
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WORKER)
    number = await town.report(RESIDENT, RUBBISH)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    return number


async def _asked(town: Rehearsal, number: str) -> None:
    await town.tap(WORKER, await town.find(WORKER, number), "追问")
    await town.say(WORKER, "是在东门还是西门？")


async def test_a_report_after_an_old_human_talk_is_a_report(town: Rehearsal) -> None:
    """Days after /human was answered a plain message opens a case, not an old conversation."""
    await town.person(RESIDENT, "小李")
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.say(RESIDENT, "/human 办证要带什么")
    asked = await town.find(DESK, "办证要带什么")
    await town.say(DESK, "带身份证", reply_to=asked["message_id"])
    await town.forward(days=3)
    said = await town.say(RESIDENT, RUBBISH)
    assert "垃圾堆积" in said["text"]


async def test_a_report_after_a_closed_case_with_a_question_is_a_report(town: Rehearsal) -> None:
    """A question that was never answered waits no longer than its case."""
    number = await _taken(town)
    await _asked(town, number)
    card = await town.card("QS-CZ-3", number)
    done = await town.say(
        WORKER, photo=True, caption="清完了", chat=town.groups["QS-CZ-3"],
        reply_to=card["message_id"],
    )  # fmt: skip
    await town.tap(WORKER, done, "办结")
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "解决了")
    await town.forward(days=1)
    said = await town.say(RESIDENT, "翠竹路菜市场后门路灯不亮")
    assert "路灯" in said["text"]


async def test_danger_told_by_an_edit_is_heard(town: Rehearsal) -> None:
    """A greeting edited into an emergency goes out as one."""
    await town.person(RESIDENT, "小李")
    said = await town.town.say(RESIDENT, "你好")
    await town.settle()
    await town.town.say(
        RESIDENT, "楼道里好大煤气味，有人头晕", edit_of=said["messages"][0]["message_id"]
    )
    await town.settle()
    assert "先保证安全" in (await town.find(RESIDENT, "编号"))["text"]


async def test_a_word_to_a_greeting_edited_into_a_report_is_heard(town: Rehearsal) -> None:
    """An edit of a message that waits for 我要反映问题 counts as the message."""
    await town.person(RESIDENT, "小李")
    said = await town.town.say(RESIDENT, "你好")
    await town.settle()
    await town.town.say(RESIDENT, RUBBISH, edit_of=said["messages"][0]["message_id"])
    await town.settle()
    assert "垃圾堆积" in (await town.last(RESIDENT))["text"]


async def test_an_answer_soon_after_an_emergency_reaches_the_asker(town: Rehearsal) -> None:
    """A plain answer to 追问 within half an hour of an emergency is the answer."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-FIRE", Role.UNIT_DUTY))
    await town.channel("QS-FIRE", WORKER)
    await town.say(RESIDENT, "翠竹路菜市场后门垃圾堆着火了，火很大，快来人")
    number = await town.number(RESIDENT)
    await town.tap(WORKER, await town.card("QS-FIRE", number), "签收")
    await _asked(town, number)
    await town.say(RESIDENT, "东门那一堆")
    assert "东门那一堆" in (await town.find(WORKER, "反映人回复"))["text"]
    assert "answered" in await town.events(number)


async def test_a_foreign_group_sees_only_the_public_card(town: Rehearsal) -> None:
    """/case by staff in a group that has no card shows number, item and state, no more (I6)."""
    number = await _taken(town)
    group = await town.town.group("业主群", type="supergroup", members=[WORKER])
    await town.say(WORKER, f"/case@huying_bot {number}", chat=group["id"])
    text = (await town.last(int(group["id"])))["text"]
    assert number in text
    assert "菜市场" not in text
    at_home = town.groups["QS-CZ-3"]
    await town.say(WORKER, f"/case@huying_bot {number}", chat=at_home)
    assert "菜市场" in (await town.last(at_home))["text"]


async def test_a_confidential_case_is_shown_in_no_group(town: Rehearsal) -> None:
    """Even its named person gets nothing of it in a group."""
    await town.person(RESIDENT, "小李")
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.say(RESIDENT, "翠竹路菜市场后门楼上有人打老婆，天天打，想请人私下看看")
    if "提交" in " ".join(labels(await town.last(RESIDENT))):
        await town.tap(RESIDENT, await town.last(RESIDENT), "提交")
    number = await town.number(RESIDENT)
    assert (await town.case(number)).case.confidential
    group = await town.town.group("业主群", type="supergroup", members=[DESK])
    await town.say(DESK, f"/case@huying_bot {number}", chat=group["id"])
    text = (await town.last(int(group["id"]))).get("text", "")
    assert number not in text


async def test_numbers_no_database_holds_are_answered(town: Rehearsal) -> None:
    """Hand-made ids of any size change nothing, park nothing and tell no administrator."""
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    await town.person(RESIDENT, "小李")
    shown = await town.say(RESIDENT, "/my")
    before = len(await town.texts(ADMIN))
    for data in ("m1.zzzzzzzzzzzz.my", "m1.9.my", f"n1.1.{'9' * 40}", "k1.zzzzzzzzzzzz.accept"):
        await town.tap_data(RESIDENT, shown, data)
    await town.town.start(RESIDENT, "task" + "9" * 30)
    await town.settle()
    async with town.core.look() as work:
        assert await work.uow.inbox.listed(["parked"], 10) == []
    assert len(await town.texts(ADMIN)) == before


async def test_without_a_town_the_administrator_dispatches(town: Rehearsal) -> None:
    """No directory: the administrator is shown the case; the first hub adopts what still waits."""
    async with town.core.work("test:empty") as work:
        await work.uow.rules.put_directory(Directory({}))
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    await town.person(RESIDENT, "小李")
    preview = await town.say(RESIDENT, "路灯不亮")
    while "提交" not in " ".join(labels(preview)):
        await town.tap(RESIDENT, preview, labels(preview)[-2].split(" ", 1)[-1])
        preview = await town.last(RESIDENT)
    await town.tap(RESIDENT, preview, "提交")
    number = await town.number(RESIDENT)
    assert "待分派" in (await town.find(ADMIN, number))["text"]
    async with town.core.work("test:town") as work:
        await directories.put(work, load_demo())
    assert (await town.case(number)).case.hub == "QS-HUB"
