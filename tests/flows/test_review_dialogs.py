"""Dialogs that interrupt one another, evidence in albums, clocks that nobody may lose."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.domain.forms import State
from bot.domain.units import Role
from bot.ports import Address
from bot.services import digest, reporting
from bot.services.talk import Talk
from tests.town import Json, Rehearsal, data_of, labels

LI, WORKER, COMMUNITY, DESK, BOSS = 1001, 2001, 2101, 3001, 4001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"
HALLWAY = "竹苑小区楼道堆满杂物"
GAS = "六栋楼道里好大煤气味，有人头晕"


async def _crew(town: Rehearsal) -> None:
    await town.person(LI, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WORKER)
    await town.person(COMMUNITY, "黄", ("QS-CZ", Role.COMMUNITY_OFFICER))
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.channel("QS-CZ", COMMUNITY)
    await town.channel("QS-HUB", DESK)


async def _handled(town: Rehearsal) -> str:
    number = await town.report(LI, RUBBISH)
    card = await town.card("QS-CZ-3", number)
    await town.tap(WORKER, card, "签收")
    group = town.groups["QS-CZ-3"]
    said = await town.say(
        WORKER, photo=True, caption="已清运", chat=group, reply_to=card["message_id"]
    )
    await town.tap(WORKER, said, "办结")
    return number


async def _asked(town: Rehearsal) -> Json:
    return await town.find(LI, "解决了吗")


async def _notes(town: Rehearsal, number: str, kind: str) -> list[Any]:
    seen = await town.case(number)
    async with town.core.look() as work:
        return [n for n in await work.uow.cases.notes(seen.case.id) if n.kind == kind]


async def test_a_report_waits_while_a_reason_is_given(town: Rehearsal) -> None:
    """A report ready at 提交 is asked about again once the reason for 没解决 was told."""
    await _crew(town)
    number = await _handled(town)
    await town.say(LI, HALLWAY)
    await town.tap(LI, await _asked(town), "没解决")
    again = await town.say(LI, "又堆起来了")

    assert (await town.case(number)).case.cycle == 1
    await town.tap(LI, again, "提交")
    other = await town.number(LI)
    assert other != number
    assert [n.text for n in await _notes(town, other, "report")] == [HALLWAY]


async def test_a_report_comes_back_after_cancelling(town: Rehearsal) -> None:
    """取消 and /cancel end the reason alone; a second question in between loses nothing."""
    await _crew(town)
    await _handled(town)
    await town.say(LI, HALLWAY)
    asked = await _asked(town)
    data = data_of(asked, "没解决")
    await town.tap_data(LI, asked, data)
    await town.say(LI, "/human")
    await town.tap(LI, await town.last(LI), "取消")
    assert "✅ 提交" in labels(await town.last(LI))

    await town.tap_data(LI, asked, data)
    last = await town.say(LI, "/cancel")
    assert "✅ 提交" in labels(last)
    await town.tap(LI, last, "提交")
    assert [n.text for n in await _notes(town, await town.number(LI), "report")] == [HALLWAY]


async def test_a_workers_own_report_survives_a_tap_in_the_group(town: Rehearsal) -> None:
    """进展 in the group, tapped in the middle of a report of one's own, only interrupts it."""
    await _crew(town)
    number = await town.report(LI, RUBBISH)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    await town.say(WORKER, HALLWAY)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "进展")
    last = await town.say(WORKER, "已联系清运")

    assert [n.text for n in await _notes(town, number, "progress")] == ["已联系清运"]
    assert "✅ 提交" in labels(last)
    await town.tap(WORKER, last, "提交")
    assert await town.number(WORKER) != number


async def test_a_result_half_told_survives_another_question(town: Rehearsal) -> None:
    """A result that waits for 提交 is asked about again after progress on another case."""
    await _crew(town)
    first, second = await town.report(LI, RUBBISH), await town.report(LI, HALLWAY)
    for number in (first, second):
        await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    await town.tap(WORKER, await town.card("QS-CZ-3", first), "办结")
    await town.say(WORKER, photo=True, caption="已清运")
    await town.tap(WORKER, await town.card("QS-CZ-3", second), "进展")
    last = await town.say(WORKER, "已联系物业")
    assert "已清运" in last["text"]
    await town.tap_data(WORKER, last, data_of(last, labels(last)[0]))
    assert (await town.case(first)).case.status == "handled"


async def test_a_secret_matter_from_a_group_keeps_the_private_report(town: Rehearsal) -> None:
    """A secret report that moves to the private chat comes before the one waiting there."""
    await _crew(town)
    group = int((await town.town.group("邻里", members=[LI]))["id"])
    await town.say(LI, HALLWAY)
    talk = await _talk(town)
    async with town.core.work("test:secret") as work:
        person = await work.uow.people.by_chat(LI)
        assert person is not None
        work.update = 990
        state = State.from_json(talk)
        said = dict(state.slots) | {"words": [[1, RUBBISH]]}
        moved = replace(state, slots=said)
        await reporting._to_private(Talk(work, person, Address(group), False), moved)
    await town.settle()
    last = await town.say(LI, "/start go")
    await town.tap(LI, last, "提交")
    first = await town.number(LI)
    await town.tap(LI, await town.last(LI), "提交")
    second = await town.number(LI)
    told = [(await _notes(town, n, "report"))[0].text for n in (first, second)]
    assert told == [RUBBISH, HALLWAY]


async def _talk(town: Rehearsal) -> Any:
    async with town.core.look() as work:
        person = await work.uow.people.by_chat(LI)
        assert person is not None
        draft = await work.uow.drafts.get(person.id, LI)
        assert draft is not None
        return draft.state


async def test_a_photo_with_the_reason_is_kept(town: Rehearsal) -> None:
    """A photo sent with 没解决, and one with 核查不通过, is on the case."""
    await _crew(town)
    number = await _handled(town)
    await town.tap(LI, await _asked(town), "没解决")
    await town.say(LI, photo=True, caption="又堆起来了")
    (note,) = await _notes(town, number, "reason")
    assert [m.kind for m in note.media] == ["photo"]


async def test_the_next_acceptor_gets_the_photo_of_what_is_not_solved(town: Rehearsal) -> None:
    """What was sent with 没解决 is handed over in private, to whoever accepts it again."""
    await _crew(town)
    number = await _handled(town)
    await town.tap(LI, await _asked(town), "没解决")
    await town.say(LI, photo=True, caption="又堆起来了")

    async def got() -> list[Json]:
        said = await town.town.messages(WORKER)
        return [m for m in said if m["from"]["is_bot"] and m.get("photo")]

    assert await got() == []
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    (photo,) = await got()
    (note,) = await _notes(town, number, "reason")
    assert note.media[0].unique_id in {size["file_unique_id"] for size in photo["photo"]}
    assert photo["has_protected_content"]


async def test_a_photo_with_a_failed_check_is_kept(town: Rehearsal) -> None:
    """All pieces of a verifier's album are on the case, and open no report."""
    await _crew(town)
    number = await _handled(town)
    await town.to("2026-11-26T09:00")
    await town.tap(COMMUNITY, await town.card("QS-CZ", "请核查"), "核查不通过")
    await town.say(COMMUNITY, album=3, caption="地上还有垃圾")
    notes = await _notes(town, number, "reason")
    assert sum(len(n.media) for n in notes) == 3
    assert (await town.case(number)).case.cycle == 1
    assert "附件" not in (await town.last(COMMUNITY))["text"]


async def test_a_question_with_photos_reaches_the_resident(town: Rehearsal) -> None:
    """追问 with an album: the resident gets the words and every photo."""
    await _crew(town)
    number = await town.report(LI, RUBBISH)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    await town.tap(WORKER, await town.find(WORKER, number), "追问")
    await town.say(WORKER, album=2, caption="是这一堆吗")
    got = [m for m in await town.town.messages(LI) if m["from"]["is_bot"] and m.get("photo")]
    assert len(got) == 2
    assert "是这一堆吗" in (await town.find(LI, "是这一堆吗"))["text"]


async def test_an_album_of_progress_stays_together(town: Rehearsal) -> None:
    """进展 with an album: all pieces land on the case, one answer, no report of the worker's."""
    await _crew(town)
    number = await town.report(LI, RUBBISH)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    await town.say(WORKER, HALLWAY)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "进展")
    before = len(await town.texts(WORKER))
    await town.say(WORKER, album=4, caption="清了一半")
    await town.forward(seconds=5)
    notes = await _notes(town, number, "progress")
    assert sum(len(n.media) for n in notes) == 4
    # 已记录, and the worker's own report, without the photos.
    assert len(await town.texts(WORKER)) == before + 2
    last = await town.last(WORKER)
    assert "附件" not in last["text"]
    assert "✅ 提交" in labels(last)


async def test_a_digest_missed_until_night_waits_for_the_morning(town: Rehearsal) -> None:
    """Back at 23:30 on a working day: nothing rings, and the next morning has one digest."""
    await _crew(town)
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.report(LI, RUBBISH)
    await town.start_digests()
    town.clock.instant = datetime.fromisoformat("2026-11-23T23:30:00+08:00")
    await town.restart()
    await town.start_digests()
    await town.settle()
    assert [text for text in await town.texts(BOSS) if "今天到期" in text] == []
    await town.to("2026-11-24T08:30")
    assert [text for text in await town.texts(BOSS) if "今天到期" in text] == []
    await town.to("2026-11-24T09:00")
    await town.to("2026-11-24T18:00")
    assert len([text for text in await town.texts(BOSS) if "今天到期" in text]) == 1


async def test_one_digest_is_made_for_all_supervisors(town: Rehearsal, monkeypatch: Any) -> None:
    """Two supervisors of a unit get the same digest, composed once."""
    await _crew(town)
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.person(4002, "孙", ("QS-HUB", Role.SUPERVISOR))
    await town.report(LI, RUBBISH)
    asked: list[int] = []
    true = digest.compose

    async def counted(*args: Any) -> Any:
        asked.append(1)
        return await true(*args)

    monkeypatch.setattr(digest, "compose", counted)
    await town.start_digests()
    await town.to("2026-11-23T09:00")
    told = [(await town.find(who, "今天到期"))["text"] for who in (BOSS, 4002)]
    assert told[0] == told[1]
    assert len(asked) == 1


async def test_a_second_question_to_a_human_has_a_clock(town: Rehearsal) -> None:
    """What the resident asks after an answer is late again when nobody answers it."""
    await _crew(town)
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.say(LI, "/human 低保怎么申请")
    asked = await town.find(DESK, "低保怎么申请")
    await town.say(DESK, "请带身份证来", reply_to=asked["message_id"])
    answered = await town.find(LI, "请带身份证来")
    await town.forward(hours=5)
    assert [t for t in await town.texts(BOSS) if "找人工" in t] == []
    await town.say(LI, "几点？", reply_to=answered["message_id"])
    await town.to("2026-11-23T18:00")
    assert len([t for t in await town.texts(BOSS) if "找人工" in t]) == 1


async def test_the_chain_says_the_true_deadline(town: Rehearsal) -> None:
    """A stage put off by quiet hours is recorded with the task's own due time."""
    await _crew(town)
    number = await town.report(LI, RUBBISH)
    task = (await town.case(number)).tasks[0]
    town.clock.instant = datetime.fromisoformat("2026-11-20T22:00:00+08:00")
    await town.settle()
    await town.to("2026-11-23T08:30")
    seen = await town.case(number)
    async with town.core.look() as work:
        events = await work.uow.cases.events(seen.case.id)
    (late,) = [e for e in events if e.kind == "overdue" and e.data["clock"] == "respond"]
    assert late.data["due"] == task.respond_due.isoformat()


async def test_a_late_verification_is_told_and_listed(town: Rehearsal) -> None:
    """The last verifier's lateness is told to the supervisors once; the digest says 未核查."""
    await _crew(town)
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.person(5001, "区", ("CD-HUB", Role.SUPERVISOR))
    number = await _handled(town)
    await town.to("2026-11-26T09:00")
    for _ in range(12):
        await town.forward(days=1)
        await town.settle()
    seen = (await town.case(number)).case
    told = [t for who in (BOSS, 5001) for t in await town.texts(who) if "的核查已超时" in t]
    assert seen.status == "verifying"
    assert len(told) == 1
    boss = 5001 if seen.verifier_unit != "QS-HUB" else BOSS
    said = await town.say(boss, "/digest")
    row = next(line for line in said["text"].splitlines() if number in line)
    assert row.endswith("未核查")


async def test_a_lead_that_left_the_directory(town: Rehearsal) -> None:
    """A case that is reopened when its unit is gone is led by the hub."""
    await _crew(town)
    number = await _handled(town)
    asked = await _asked(town)
    data = data_of(asked, "没解决")
    await town.tap(LI, asked, "解决了")
    async with town.core.work("test:gone") as work:
        here = work.world.directory
        units = {code: unit for code, unit in here.units.items() if code != "QS-CZ-3"}
        await work.uow.rules.put_directory(replace(here, units=units))
    await town.tap_data(LI, asked, data)
    await town.say(LI, "又堆起来了")
    seen = await town.case(number)
    assert (seen.case.status, seen.case.lead, seen.tasks[-1].unit) == (
        "dispatched", "QS-HUB", "QS-HUB",
    )  # fmt: skip
    assert "重办" in (await town.card("QS-HUB", number))["text"]


async def test_report_shows_the_open_one_again(town: Rehearsal) -> None:
    """/report in the middle of a report shows that one, with a line that it is still there."""
    await town.person(LI, "小李")
    asked = await town.say(LI, HALLWAY)
    again = await town.say(LI, "/report")
    assert "还没提交" in again["text"]
    assert labels(again) == labels(asked)
    await town.tap(LI, again, "提交")
    assert [n.text for n in await _notes(town, await town.number(LI), "report")] == [HALLWAY]

    question = await town.say(LI, "/report")
    assert "还没提交" not in question["text"]


async def test_report_with_words_comes_before_the_open_one(town: Rehearsal) -> None:
    """/report with words begins the new one; the first is asked about again after its end."""
    await town.person(LI, "小李")
    await town.say(LI, HALLWAY)
    second = await town.say(LI, f"/report {RUBBISH}")
    assert "垃圾" in second["text"]
    await town.tap(LI, second, "取消")
    again = await town.last(LI)
    assert "楼道" in again["text"]
    third = await town.say(LI, f"/report {RUBBISH}")
    await town.tap(LI, third, "提交")
    await town.tap(LI, await town.last(LI), "提交")
    cases = [f"20261120000{n}" for n in (1, 2)]
    assert [(await _notes(town, n, "report"))[0].text for n in cases] == [RUBBISH, HALLWAY]


async def test_report_again_and_again_loses_nothing(town: Rehearsal) -> None:
    """However often /report is said with words, each word is in a report in the end."""
    await town.person(LI, "小李")
    things = [f"翠竹路菜市场后门垃圾堆成山第{n}处" for n in "一二三四五六"]
    for thing in things:
        await town.say(LI, f"/report {thing}")
    said = []
    while "✅ 提交" in labels(await town.last(LI)):
        await town.tap(LI, await town.last(LI), "提交")
        said += [n.text for n in await _notes(town, await _newest(town), "report")]
    assert sorted("\n".join(said).splitlines()) == sorted(things)


async def _newest(town: Rehearsal) -> str:
    async with town.core.look() as work:
        person = await work.uow.people.by_chat(LI)
        assert person is not None
        (case,) = await work.uow.cases.of_reporter(person.viewer, 1, 0)
    return str(case.number)


@pytest.mark.parametrize("way", ["form", "command"])
async def test_a_report_comes_back_after_an_emergency(town: Rehearsal, way: str) -> None:
    """Danger told in a form, or by /report, goes out at once; half an hour later the report that
    was waiting is asked about again, and nothing of it was added to the emergency."""
    await _crew(town)
    if way == "form":
        await _handled(town)
        await town.say(LI, HALLWAY)
        await town.say(LI, "/human")
        await town.say(LI, GAS)
    else:
        await town.say(LI, HALLWAY)
        await town.say(LI, f"/report {GAS}")
    number = await town.number(LI)
    assert (await town.case(number)).case.emergency
    assert [n.text for n in await _notes(town, number, "report")] == [GAS]
    await town.say(LI, "味道越来越大了")
    assert len(await _notes(town, number, "addition")) == 1
    assert "✅ 提交" not in labels(await town.last(LI))

    await town.forward(minutes=31)
    again = await town.last(LI)
    assert "楼道" in again["text"]
    await town.tap(LI, again, "提交")
    assert [n.text for n in await _notes(town, await town.number(LI), "report")] == [HALLWAY]


async def test_another_matter_after_an_emergency_comes_first(town: Rehearsal) -> None:
    """What is begun meanwhile is finished first; then the report that waited comes again."""
    await _crew(town)
    await town.say(LI, HALLWAY)
    await town.say(LI, f"/report {GAS}")
    fresh = await town.say(LI, RUBBISH)
    await town.forward(minutes=31)
    assert await town.last(LI) == fresh
    await town.tap(LI, fresh, "提交")
    again = await town.last(LI)
    assert "楼道" in again["text"]
    assert "✅ 提交" in labels(again)


async def test_a_report_waits_for_the_verdict_on_an_emergency(town: Rehearsal) -> None:
    """The result of the emergency is asked about meanwhile, and a digit answers just that."""
    await _crew(town)
    await town.person(5101, "燃气", ("CD-GAS", Role.UNIT_DUTY))
    await town.channel("CD-GAS", 5101)
    await town.say(LI, HALLWAY)
    await town.say(LI, f"/report {GAS}")
    number = await town.number(LI)
    card = await town.card("CD-GAS", number)
    await town.tap(5101, card, "签收")
    group = town.groups["CD-GAS"]
    await town.say(
        5101, photo=True, caption="已关阀，读数 0", chat=group, reply_to=card["message_id"]
    )
    await town.tap(5101, await town.find(group, "已记到"), "办结")
    await town.say(LI, "1")
    assert (await town.case(number)).case.status == "closed"
    await town.forward(minutes=31)
    assert "楼道" in (await town.last(LI))["text"]


async def test_an_old_button_brings_the_waiting_report_back(town: Rehearsal) -> None:
    """提交 under the report that an emergency interrupted shows it again at once."""
    await _crew(town)
    asked = await town.say(LI, HALLWAY)
    await town.say(LI, f"/report {GAS}")
    await town.tap(LI, asked, "提交")
    again = await town.last(LI)
    assert "✅ 提交" in labels(again)
    await town.tap(LI, again, "提交")
    assert [n.text for n in await _notes(town, await town.number(LI), "report")] == [HALLWAY]


async def test_a_reply_to_the_card_keeps_what_waits_in_private(town: Rehearsal) -> None:
    """The same question left open in private gives way to what it had interrupted; a result half
    told there stays."""
    await _crew(town)
    number = await town.report(LI, RUBBISH)
    card = await town.card("QS-CZ-3", number)
    await town.tap(WORKER, card, "签收")
    group = town.groups["QS-CZ-3"]
    await town.say(WORKER, HALLWAY)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "进展")
    await town.say(WORKER, "已联系清运", chat=group, reply_to=card["message_id"])
    again = await town.last(WORKER)
    assert "楼道" in again["text"]
    assert "✅ 提交" in labels(again)

    await town.tap(WORKER, await town.find(WORKER, number), "办结")
    await town.say(WORKER, "清运完了")
    await town.say(WORKER, "车到了", chat=group, reply_to=card["message_id"])
    done = await town.say(WORKER, photo=True)
    assert "清运完了" in done["text"]
    await town.tap_data(WORKER, done, data_of(done, labels(done)[0]))
    assert [n.text for n in await _notes(town, number, "result")] == ["清运完了"]
    assert "✅ 提交" in labels(await town.last(WORKER))


async def test_the_same_button_again_keeps_the_half_told_result(town: Rehearsal) -> None:
    """办结 tapped a second time goes on with what was typed after the first."""
    await _crew(town)
    number = await town.report(LI, RUBBISH)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    panel = await town.find(WORKER, number)
    await town.tap(WORKER, panel, "办结")
    await town.say(WORKER, "清运完了")
    await town.tap(WORKER, panel, "办结")
    done = await town.say(WORKER, photo=True)
    assert "清运完了" in done["text"]


async def test_the_reason_of_a_return_survives_another_question(town: Rehearsal) -> None:
    """A reason typed for 不归我管 is still known after progress on another case was told."""
    await town.person(LI, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(COMMUNITY, "黄", ("QS-CZ", Role.COMMUNITY_OFFICER))
    first, second = await town.report(LI, RUBBISH), await town.report(LI, HALLWAY)
    await town.tap(WORKER, await town.find(WORKER, first), "签收")
    returned = await town.find(WORKER, second)
    await town.tap(WORKER, returned, "不归我管")
    await town.say(WORKER, "这是物业的事", reply_to=returned["message_id"])
    await town.tap(WORKER, await town.find(WORKER, first), "进展")
    last = await town.say(WORKER, "已联系清运")
    assert [n.text for n in await _notes(town, first, "progress")] == ["已联系清运"]
    assert "原因记下了" in last["text"]
    await town.say(WORKER, "翠竹社区联勤队")
    assert [n.text for n in await _notes(town, second, "return")] == ["这是物业的事"]
