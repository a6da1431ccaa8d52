"""Several problems in one message: offered once, then a case for each (R027)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.access import SYSTEM
from bot.domain.units import Role
from tests.town import Rehearsal, data_of, labels

LI, WU, POL, WANG, HUB = 1001, 1002, 3002, 2001, 3001
TWO = "翠竹路菜市场后门垃圾桶满出来三天没人收。另外那边的路灯也不亮了"
THREE = f"{TWO}。还有公园的健身器材断了一根扶手"
SECRET = "锦绣公寓6栋楼下垃圾桶满出来三天没人收。另外302有人开赌场，天天聚众赌博"
ALARM = "锦绣花园12栋楼道里好大煤气味，有人头晕。另外楼下的路灯也不亮了"
ONE = "翠竹路菜市场后门垃圾桶满出来三天没人收，物业不管，打了好几次电话都说在安排"


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    yield
    await town.sound()


async def cases(town: Rehearsal) -> list[Any]:
    """Every case, oldest first."""
    async with town.core.look() as work:
        found = await work.uow.cases.listed(SYSTEM, units=None, open_only=False, limit=99)
    return [seen.case for seen in found]


async def sql(town: Rehearsal, statement: str) -> None:
    """Change the database behind the bot's back."""
    async with town.core.database.write() as uow:
        await uow.inbox.session.execute(text(statement))


async def told(town: Rehearsal, case: Any) -> tuple[str, int]:
    """What a case keeps of the message, and how many files."""
    async with town.core.look() as work:
        (note,) = await work.uow.cases.notes(case.id)
    return note.text, len(note.media)


async def registered(town: Rehearsal, words: str | None = TWO, **fields: Any) -> list[Any]:
    """A message, 分别登记 and 提交; the cases."""
    await town.tap(LI, await town.say(LI, words, **fields), "分别登记")
    await town.tap(LI, await town.last(LI), "提交")
    return await cases(town)


async def test_several_problems_are_offered_before_anything_else(town: Rehearsal) -> None:
    """Each with its item, in its own words, with a number; and the two ways to go on."""
    asked = await town.say(LI, THREE)
    assert "3 件事" in asked["text"]
    assert "1. 垃圾堆积：翠竹路菜市场后门垃圾桶满出来三天没人收" in asked["text"]
    assert "2. 路灯不亮：那边的路灯也不亮了" in asked["text"]
    assert labels(asked) == [
        "1 ☑️ 垃圾堆积", "2 ☑️ 路灯不亮", "3 ☑️ 文体设施", "4 分别登记", "5 只登记第一件", "取消",
    ]  # fmt: skip


async def test_one_problem_is_never_offered_as_several(town: Rehearsal) -> None:
    """What was tried and whom it disturbs is no other matter: one message, one tap, as ever."""
    asked = await town.say(LI, ONE)
    assert "分开登记" not in asked["text"]
    assert "垃圾堆积" in f"{asked['text']}{labels(asked)}"


async def test_each_becomes_a_case_with_its_own_promise(town: Rehearsal) -> None:
    """一事一单: own number, unit and deadlines; one place, one acknowledgement."""
    first, second = await registered(town)
    assert (first.item, second.item) == ("CG01", "CG07")
    assert (first.place.grid, second.place.grid) == ("QS-CZ-3", "QS-CZ-3")
    assert (first.lead, first.resolve_due) != (second.lead, second.resolve_due)
    assert await told(town, first) == (TWO, 0)
    assert await told(town, second) == ("那边的路灯也不亮了", 0)
    said = (await town.last(LI))["text"]
    assert "已受理 2 件" in said
    assert said.index(first.number) < said.index(second.number)
    assert said.count("前有人响应") == 2


async def test_the_preview_names_every_unit_before_anything_is_sent(town: Rehearsal) -> None:
    """分别登记 leads to one preview with both; until 提交 nothing is opened."""
    await town.tap(LI, await town.say(LI, TWO), "分别登记")
    seen = await town.last(LI)
    assert all(words in seen["text"] for words in ("1. 垃圾堆积", "2. 路灯不亮", "翠竹路"))
    assert seen["text"].count("交给：") == 2
    assert labels(seen)[0] == "✅ 提交"
    assert await cases(town) == []


async def test_digits_alone_do_it(town: Rehearsal) -> None:
    """R138: a digit leaves a line out and takes it back, and picks both answers."""
    await town.say(LI, THREE)
    off = await town.say(LI, "2")
    assert "2. 路灯不亮（不登记）" in off["text"]
    assert "2. 路灯不亮：" in (await town.say(LI, "2"))["text"]
    await town.say(LI, "3")
    await town.say(LI, "4")
    await town.say(LI, "1")
    assert [case.item for case in await cases(town)] == ["CG01", "CG07"]
    assert (await cases(town))[1].item == "CG07"
    shown = await town.say(LI, "2")
    assert (await cases(town))[1].number in shown["text"]


async def test_with_one_left_it_is_an_ordinary_report(town: Rehearsal) -> None:
    """All but one switched off: a single case of that item, with the whole message."""
    asked = await town.say(LI, TWO)
    await town.tap(LI, asked, "1 ☑️")
    await town.tap(LI, await town.last(LI), "分别登记")
    seen = await town.last(LI)
    assert "路灯不亮" in seen["text"]
    await town.tap(LI, seen, "提交")
    (only,) = await cases(town)
    assert (only.item, only.bundle) == ("CG07", None)
    assert (await told(town, only))[0] == TWO


async def test_the_last_line_cannot_be_switched_off(town: Rehearsal) -> None:
    """Something is reported, or the dialog is cancelled."""
    await town.say(LI, TWO)
    await town.say(LI, "1")
    asked = await town.say(LI, "2")
    assert "1. 垃圾堆积（不登记）" in asked["text"]
    assert "2. 路灯不亮：" in asked["text"]


async def test_only_the_first_goes_on_as_before(town: Rehearsal) -> None:
    """只登记第一件 keeps the whole message in one case, and is not asked about again."""
    await town.say(LI, TWO)
    seen = await town.say(LI, "只登记第一件")
    assert labels(seen)[0] == "✅ 提交"
    assert labels(await town.say(LI, "就在门口"))[0] == "✅ 提交"
    await town.tap(LI, await town.last(LI), "提交")
    (only,) = await cases(town)
    assert only.item == "CG01"
    assert (await told(town, only))[0] == f"{TWO}\n就在门口"


async def test_there_is_a_way_back_and_out(town: Rehearsal) -> None:
    """改事项 leads back to the list, 取消 out; an old button changes nothing."""
    asked = await town.say(LI, TWO)
    await town.tap(LI, asked, "分别登记")
    await town.tap(LI, await town.last(LI), "改事项")
    again = await town.last(LI)
    assert "2 件事" in again["text"]
    assert "返回" in labels(again)
    assert "过了" in await town.tap(LI, asked, "只登记第一件")
    await town.tap(LI, await town.last(LI), "取消")
    assert await cases(town) == []


async def test_an_edit_before_the_end_is_looked_at_again(town: Rehearsal) -> None:
    """The edited message holds one problem: the list is gone; with two others it is asked anew."""
    said = (await town.town.say(LI, TWO))["messages"][0]["message_id"]
    await town.settle()
    await town.tap(LI, await town.last(LI), "分别登记")
    await town.say(
        LI, "翠竹路菜市场后门健身器材断了一根扶手，还有那边的路灯也不亮了", edit_of=said
    )
    asked = await town.last(LI)
    assert "1. 文体设施" in asked["text"]
    assert "垃圾" not in asked["text"]
    await town.say(LI, "翠竹路菜市场后门垃圾桶满出来三天没人收", edit_of=said)
    await town.tap(LI, await town.last(LI), "提交")
    assert [case.item for case in await cases(town)] == ["CG01"]


async def test_an_edit_afterwards_lands_on_the_first(town: Rehearsal) -> None:
    """The whole message belongs to the first case: a correction is added there, once."""
    said = (await town.town.say(LI, TWO))["messages"][0]["message_id"]
    await town.settle()
    await town.tap(LI, await town.last(LI), "分别登记")
    await town.tap(LI, await town.last(LI), "提交")
    await town.say(LI, f"{TWO}，在6号门", edit_of=said)
    first, second = await cases(town)
    assert "added" in await town.events(first.number)
    assert "added" not in await town.events(second.number)


async def test_a_problem_told_in_the_next_message(town: Rehearsal) -> None:
    """还有… right after the first message is offered as well; a plain addition is not."""
    await town.say(LI, "翠竹路菜市场后门垃圾桶满出来三天没人收")
    assert "✅ 提交" in labels(await town.say(LI, "苍蝇到处飞"))
    assert "2 件事" in (await town.say(LI, "还有那边的路灯也不亮了"))["text"]


async def test_the_photos_of_an_album_are_shared(town: Rehearsal) -> None:
    """An album is asked about once, and each of the cases has all of its files."""
    await town.say(LI, album=["photo"] * 3, caption=TWO)
    await town.forward(seconds=2)
    asked = [line for line in await town.texts(LI) if "2 件事" in line]
    assert len(asked) == 1
    await town.tap(LI, await town.last(LI), "分别登记")
    assert "📎 3 个附件" in (await town.last(LI))["text"]
    await town.tap(LI, await town.last(LI), "提交")
    first, second = await cases(town)
    assert await told(town, first) == (TWO, 3)
    assert await told(town, second) == ("那边的路灯也不亮了", 3)


async def test_the_place_is_asked_once_for_all(town: Rehearsal) -> None:
    """No place in the message: one question, and the answer is that of every case."""
    await town.tap(LI, await town.say(LI, "垃圾桶满出来三天没人收。另外路灯也不亮了"), "分别登记")
    assert "在哪里" in (await town.last(LI))["text"]
    await town.say(LI, "翠竹路菜市场后门")
    await town.tap(LI, await town.last(LI), "提交")
    assert [case.place.grid for case in await cases(town)] == ["QS-CZ-3", "QS-CZ-3"]


async def test_reporter_and_staff_see_the_siblings(town: Rehearsal) -> None:
    """/case names the others of the same message, for the reporter and for staff who see both."""
    await town.person(HUB, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.person(WU, "阿吴")
    first, second = await registered(town)
    for who in (LI, HUB):
        shown = await town.say(who, f"/case {first.number}")
        assert f"同一条消息里还有：{second.number} 路灯不亮" in shown["text"]
    assert second.number not in (await town.say(WU, f"/case {first.number}"))["text"]


async def test_a_phone_number_is_left_for_all(town: Rehearsal) -> None:
    """The contact left under the acknowledgement is kept with every case of the message."""
    await registered(town)
    await town.tap(LI, await town.last(LI), "留电话")
    await town.say(LI, "13800001111")
    for case in await cases(town):
        async with town.core.look() as work:
            kinds = [note.kind for note in await work.uow.cases.notes(case.id)]
        assert kinds == ["report", "contact"]


async def test_anonymous_is_anonymous_for_all(town: Rehearsal) -> None:
    """匿名 before 提交 holds for every case, and no phone number is asked for."""
    await town.tap(LI, await town.say(LI, TWO), "分别登记")
    await town.tap(LI, await town.last(LI), "匿名")
    await town.tap(LI, await town.last(LI), "提交")
    assert [(c.anonymous, c.reporter) for c in await cases(town)] == [(True, None)] * 2
    assert labels(await town.last(LI)) == ["1", "2"]
    first, second = await cases(town)
    assert second.number in (await town.say(LI, f"/case {first.number}"))["text"]


async def test_the_same_update_again_opens_nothing_twice(town: Rehearsal) -> None:
    """The last word delivered twice, and its button tapped once more: two cases, one answer."""
    await town.tap(LI, await town.say(LI, TWO), "分别登记")
    seen = await town.last(LI)
    sender = {"id": LI, "is_bot": False, "first_name": "小李"}
    chat = {"id": LI, "type": "private", "first_name": "小李"}
    said = {"message_id": 9000, "date": 1795138200, "chat": chat, "from": sender, "text": "1"}
    update = {"update_id": 77_000_001, "message": said}
    await town.town.raw(update)
    await town.town.raw(update)
    await town.settle()
    await town.town.raw(update)
    await town.tap_data(LI, seen, data_of(seen, "提交"))
    assert len(await cases(town)) == 2
    assert len([line for line in await town.texts(LI) if "已受理" in line]) == 1


async def test_a_crash_in_between_loses_nothing(town: Rehearsal) -> None:
    """The second case cannot be written: neither is there then; the next try opens both."""
    await town.tap(LI, await town.say(LI, TWO), "分别登记")
    await sql(
        town,
        "CREATE TRIGGER power BEFORE INSERT ON cases WHEN (SELECT count(*) FROM cases) = 1 "
        "BEGIN SELECT RAISE(ABORT, 'gone'); END",
    )
    await town.tap(LI, await town.last(LI), "提交")
    assert await cases(town) == []
    await sql(town, "DROP TRIGGER power")
    await town.forward(seconds=10)
    first, second = await cases(town)
    assert (first.bundle, second.bundle) == (first.number, first.number)
    assert first.number.endswith("0001")


async def test_a_restart_in_the_middle_changes_nothing(town: Rehearsal) -> None:
    """What was switched off stays off in the next process."""
    await town.say(LI, THREE)
    await town.say(LI, "3")
    await town.restart()
    await town.say(LI, "4")
    await town.restart()
    await town.tap(LI, await town.last(LI), "提交")
    assert [case.item for case in await cases(town)] == ["CG01", "CG07"]


async def test_in_a_group_only_the_numbers_are_named(town: Rehearsal) -> None:
    """Reported in a group: asked and answered there, without anything personal."""
    group = int((await town.town.group("业主群", type="supergroup", members=[LI]))["id"])
    asked = await town.say(LI, f"/report@{town.bot.api.username} {TWO}", chat=group)
    await town.tap(LI, asked, "分别登记")
    await town.tap(LI, await town.last(group), "提交")
    shown = await town.last(group)
    first, second = await cases(town)
    assert "已受理 2 件" in shown["text"]
    assert first.number in shown["text"]
    assert second.number in shown["text"]
    assert labels(shown) == ["去私聊"]


async def test_a_secret_one_moves_all_of_it_to_private(town: Rehearsal) -> None:
    """In a group a confidential matter among several is not even listed."""
    group = int((await town.town.group("业主群", type="supergroup", members=[LI]))["id"])
    said = await town.say(LI, f"/report@{town.bot.api.username} {SECRET}", chat=group)
    assert "私下" in said["text"]
    assert not [line for line in await town.texts(group) if "赌" in line]
    await town.town.start(LI, "go")
    await town.settle()
    assert "2 件事" in (await town.last(LI))["text"]


async def test_a_secret_one_and_the_others_do_not_know_of_each_other(town: Rehearsal) -> None:
    """Each keeps its own words only; neither card, nor photo, nor /case leads to the other."""
    await town.person(POL, "钱警官", ("QS-POL", Role.UNIT_DUTY))
    await town.person(WANG, "王队", ("QS-JX-3", Role.GRID_WORKER))
    await town.person(HUB, "刘调度", ("QS-HUB", Role.DISPATCHER))
    plain, secret = await registered(town, None, caption=SECRET, photo=True)
    assert (plain.confidential, secret.confidential) == (False, True)
    assert await told(town, plain) == ("锦绣公寓6栋楼下垃圾桶满出来三天没人收", 0)
    assert await told(town, secret) == ("302有人开赌场，天天聚众赌博", 1)
    for who in (WANG, HUB, POL):
        shown = (await town.say(who, f"/case {plain.number}"))["text"]
        assert secret.number not in shown
        assert "赌" not in shown
    assert "垃圾" not in (await town.say(POL, f"/case {secret.number}"))["text"]
    assert secret.number in (await town.say(LI, f"/case {plain.number}"))["text"]


async def test_an_emergency_goes_out_before_anything_is_asked(town: Rehearsal) -> None:
    """The danger is a case at once; the other problem is kept and asked half an hour later."""
    await town.say(LI, ALARM)
    (urgent,) = await cases(town)
    assert (urgent.emergency, urgent.item) == (True, "GY04")
    assert (await told(town, urgent))[0] == ALARM
    texts = await town.texts(LI)
    assert "先保证安全" in texts[-2]
    assert "另外 1 件先记下了" in texts[-1]
    await town.forward(minutes=31)
    seen = await town.last(LI)
    assert "路灯不亮" in seen["text"]
    assert "煤气" not in seen["text"]
    await town.tap(LI, seen, "提交")
    _, later = await cases(town)
    assert (later.item, later.bundle, later.emergency) == ("CG07", urgent.number, False)
    assert later.place.grid == urgent.place.grid
    assert urgent.number in (await town.say(LI, f"/case {later.number}"))["text"]


async def test_what_an_emergency_left_over_can_be_asked_for_at_once(town: Rehearsal) -> None:
    """/report brings the waiting problem back without waiting for the half hour."""
    await town.say(LI, ALARM)
    assert "路灯不亮" in (await town.say(LI, "/report"))["text"]


async def test_danger_told_after_the_question_is_a_case_of_its_own(town: Rehearsal) -> None:
    """分别登记 was said when the emergency comes: that goes out alone, the two wait."""
    await town.tap(LI, await town.say(LI, TWO), "分别登记")
    await town.say(LI, "锦绣花园12栋楼道里好大煤气味，有人头晕")
    (urgent,) = await cases(town)
    assert (urgent.item, urgent.emergency) == ("GY04", True)
    assert "2 件事" in (await town.say(LI, "/report"))["text"]


async def test_an_anonymous_one_is_not_linked_to_a_named_one(town: Rehearsal) -> None:
    """The emergency went out under a name: what follows anonymously is no sibling of it."""
    await town.say(LI, ALARM)
    await town.say(LI, "/report")
    await town.tap(LI, await town.last(LI), "匿名")
    await town.tap(LI, await town.last(LI), "提交")
    urgent, later = await cases(town)
    assert (urgent.anonymous, later.anonymous, later.bundle) == (False, True, None)


async def test_an_emergency_in_a_group_leaves_the_rest_to_private(town: Rehearsal) -> None:
    """The other problem is confirmed in the private chat, by the link."""
    group = int((await town.town.group("业主群", type="supergroup", members=[LI]))["id"])
    await town.say(LI, f"/report@{town.bot.api.username} {ALARM}", chat=group)
    assert "另外 1 件，请私下确认" in (await town.last(group))["text"]
    await town.town.start(LI, "go")
    await town.settle()
    seen = await town.last(LI)
    assert "路灯不亮" in seen["text"]
    await town.tap(LI, seen, "提交")
    assert [case.item for case in await cases(town)] == ["GY04", "CG07"]
