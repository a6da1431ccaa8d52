"""Closing, and not believing it at once: the resident's word, staff's check, reopening."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.units import ROOT, Role
from tests.town import Json, Rehearsal, data_of, labels

RESIDENT, WORKER, COLLEAGUE = 1001, 2001, 2002
COMMUNITY, TOWN_DESK, ADMIN = 2101, 3001, 5001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"
GAS = "幸福里6栋楼道里好大煤气味，有人头晕"


async def _crew(town: Rehearsal, *, colleague: bool = False) -> None:
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    if colleague:
        await town.person(COLLEAGUE, "赵工", ("QS-CZ-3", Role.GRID_WORKER))
    crew = (WORKER, COLLEAGUE) if colleague else (WORKER,)
    await town.channel("QS-CZ-3", *crew)
    await town.person(COMMUNITY, "黄", ("QS-CZ", Role.COMMUNITY_OFFICER))
    await town.person(TOWN_DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    await town.channel("QS-CZ", COMMUNITY)
    await town.channel("QS-HUB", TOWN_DESK)


async def _handle(town: Rehearsal, number: str, unit: str = "QS-CZ-3", by: int = WORKER) -> None:
    card = await town.card(unit, number)
    await town.tap(by, card, "签收")
    said = await town.say(
        by, photo=True, caption="已清运", chat=town.groups[unit], reply_to=card["message_id"]
    )
    await town.tap(by, said, "办结")


async def _handled(town: Rehearsal, text: str = RUBBISH) -> str:
    number = await town.report(RESIDENT, text)
    await _handle(town, number)
    return number


async def test_solved_closes_and_asks_for_satisfaction_once(town: Rehearsal) -> None:
    """解决了 closes; 满意 is asked after it and counts once (R080)."""
    await _crew(town)
    number = await _handled(town)
    asked = await town.find(RESIDENT, "解决了吗")
    assert labels(asked) == ["解决了", "部分解决", "没解决"]

    await town.tap(RESIDENT, asked, "解决了")
    seen = (await town.case(number)).case
    assert (seen.status, seen.outcome, seen.satisfaction) == ("closed", "solved", "")

    rating = await town.last(RESIDENT)
    assert labels(rating) == ["满意", "一般", "不满意"]
    await town.tap(RESIDENT, rating, "一般")
    assert await town.tap_data(RESIDENT, rating, data_of(rating, "不满意"))
    assert (await town.case(number)).case.satisfaction == "soso"
    assert (await town.events(number)).count("satisfaction") == 1


async def test_partly_solved_closes_as_partly(town: Rehearsal) -> None:
    """部分解决 is an outcome of its own."""
    await _crew(town)
    number = await _handled(town)
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "部分解决")
    seen = (await town.case(number)).case
    assert (seen.status, seen.outcome) == ("closed", "partly")


async def test_a_second_word_changes_nothing(town: Rehearsal) -> None:
    """Tapping another answer after the case is closed is answered, and changes nothing."""
    await _crew(town)
    number = await _handled(town)
    asked = await town.find(RESIDENT, "解决了吗")
    await town.tap(RESIDENT, asked, "解决了")

    old = data_of(asked, "部分解决")
    assert "不在这一步" in await town.tap_data(RESIDENT, asked, old)
    assert labels(await town.find(RESIDENT, "解决了吗")) == []
    assert (await town.case(number)).case.outcome == "solved"


async def test_only_the_reporter_gives_the_word(town: Rehearsal) -> None:
    """Neither the handler nor a stranger can say 解决了."""
    await _crew(town)
    number = await _handled(town)
    asked = await town.find(RESIDENT, "解决了吗")
    data = asked["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for user in (WORKER, COMMUNITY):
        own = await town.find(user, "欢迎")
        assert "负责的人" in await town.tap_data(user, own, data)
    assert (await town.case(number)).case.status == "handled"


async def test_not_solved_keeps_the_number_and_starts_again(town: Rehearsal) -> None:
    """没解决 asks why, then: same number, new cycle, fresh clocks, a verifier one tier up."""
    await _crew(town)
    number = await _handled(town)
    first = (await town.case(number)).tasks[0]
    await town.to("2026-11-24T10:00")
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "没解决")
    await town.say(RESIDENT, "又堆起来了")

    seen = await town.case(number)
    assert (seen.case.status, seen.case.cycle, seen.case.verifier_unit) == (
        "dispatched", 1, "QS-CZ",
    )  # fmt: skip
    fresh = seen.tasks[-1]
    assert fresh.unit == first.unit
    assert fresh.respond_due - town.clock.now() == timedelta(hours=2)
    assert [t.failed for t in seen.tasks] == [True, False]
    card = await town.card("QS-CZ-3", "重办")
    assert number in card["text"]
    assert "🔴" not in card["text"]
    assert labels(card) == ["✋ 签收", "✏️ 改事项"]

    await _handle(town, number)
    await town.settle()
    check = await town.card("QS-CZ", "请核查")
    assert labels(check) == ["✅ 核查通过", "❌ 核查不通过", "📎 看材料"]


async def test_silence_leads_to_a_colleague_not_to_the_handler(town: Rehearsal) -> None:
    """After three working days without a word the unit's other person is asked (R066)."""
    await _crew(town, colleague=True)
    number = await _handled(town)

    await town.to("2026-11-24T23:00")
    assert (await town.case(number)).case.status == "handled"
    await town.to("2026-11-26T09:00")
    check = await town.card("QS-CZ-3", "请核查")
    assert "办理人" in await town.tap(WORKER, check, "核查通过")
    assert (await town.case(number)).case.status == "verifying"

    await town.tap(COLLEAGUE, check, "核查通过")
    seen = (await town.case(number)).case
    assert (seen.status, seen.outcome, seen.satisfaction) == ("closed", "staff", "")
    assert "核查" in (await town.last(RESIDENT))["text"]


async def test_silence_without_a_colleague_goes_to_the_next_tier(town: Rehearsal) -> None:
    """The handler is alone in the unit, so the community verifies."""
    await _crew(town)
    number = await _handled(town)
    await town.to("2026-11-26T09:00")
    check = await town.card("QS-CZ", "请核查")
    assert (await town.case(number)).case.verifier_unit == "QS-CZ"
    await town.tap(COMMUNITY, check, "核查通过")
    assert (await town.case(number)).case.outcome == "staff"


async def test_a_verifier_who_is_late_is_passed_over(town: Rehearsal) -> None:
    """The verifier's own limit over, the next tier is asked; the first may not answer any more."""
    await _crew(town)
    number = await _handled(town)
    await town.to("2026-11-26T09:00")
    await town.to("2026-11-27T12:00")

    seen = (await town.case(number)).case
    assert (seen.status, seen.verifier_unit) == ("verifying", "QS-HUB")
    late = await town.card("QS-CZ", number)
    if labels(late):
        assert "负责的人" in await town.tap(COMMUNITY, late, "核查通过")
    await town.tap(TOWN_DESK, await town.card("QS-HUB", "请核查"), "核查通过")
    assert (await town.case(number)).case.status == "closed"


async def test_a_failed_check_sends_it_back(town: Rehearsal) -> None:
    """核查不通过 asks why and reopens, with a verifier another tier up; the resident is told."""
    await _crew(town)
    number = await _handled(town)
    await town.to("2026-11-26T09:00")
    url = await town.tap(COMMUNITY, await town.card("QS-CZ", "请核查"), "核查不通过")
    assert url.endswith("?start=go")
    await town.town.start(COMMUNITY, "go")
    await town.settle()
    await town.say(COMMUNITY, "地上还有垃圾")

    seen = (await town.case(number)).case
    assert (seen.status, seen.cycle, seen.verifier_unit) == ("dispatched", 1, "QS-HUB")
    assert number in (await town.last(RESIDENT))["text"]
    assert (await town.events(number))[-1] == "reopened"


async def test_the_resident_may_speak_while_staff_verify(town: Rehearsal) -> None:
    """A late word of the resident still counts, and counts as the resident's."""
    await _crew(town)
    number = await _handled(town)
    await town.to("2026-11-26T09:00")
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "解决了")

    assert (await town.case(number)).case.outcome == "solved"
    check = await town.card("QS-CZ", number)
    assert labels(check) == []
    await town.to("2026-11-30T09:00")
    assert (await town.case(number)).case.status == "closed"


async def test_nobody_can_be_asked_so_staff_verify_at_once(town: Rehearsal) -> None:
    """Without a chat to answer in, the staff verifier is asked right after 办结."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    async with town.core.work("test:forgotten") as work:
        case = (await town.case(number)).case
        await work.uow.cases.set_reply_chat(case.id, None)  # type: ignore[arg-type]
    await _handle(town, number)
    await town.settle()
    assert (await town.case(number)).case.status == "verifying"
    assert await town.card("QS-CZ", "请核查")


async def test_an_emergency_is_never_closed_by_itself(town: Rehearsal) -> None:
    """However long everybody is silent, only a person ends an emergency (R064)."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("CD-GAS", Role.DEPARTMENT_OFFICER))
    await town.channel("CD-GAS", WORKER)
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    await town.say(RESIDENT, GAS)
    number = await town.number(RESIDENT)
    await _handle(town, number, "CD-GAS")
    await town.forward(days=40)
    assert (await town.case(number)).case.status == "verifying"

    await town.person(1002, "小张")
    await town.say(1002, GAS)
    ignored = await town.number(1002)
    await town.forward(days=40)
    assert ignored != number
    assert (await town.case(ignored)).case.status == "dispatched"
    assert "closed" not in await town.events(number) + await town.events(ignored)


async def test_a_withdrawn_case_is_gone_everywhere(town: Rehearsal) -> None:
    """撤回 takes the buttons off the card, stops the clocks and refuses late taps."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    card = await town.card("QS-CZ-3", number)
    await town.tap(RESIDENT, await town.find(RESIDENT, "已受理"), "撤回")

    gone = await town.card("QS-CZ-3", number)
    assert labels(gone) == []
    assert "不在这一步" in await town.tap_data(WORKER, gone, _data(card))
    await town.to("2026-11-27T12:00")
    assert (await town.case(number)).case.status == "withdrawn"
    assert "overdue" not in await town.events(number)


async def test_undo_is_for_two_minutes(town: Rehearsal) -> None:
    """The button 撤回（2分钟内）does what it says."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    accepted = await town.find(RESIDENT, "已受理")
    await town.forward(minutes=3)
    assert await town.tap(RESIDENT, accepted, "撤回")
    assert (await town.case(number)).case.status == "dispatched"


async def test_late_acts_on_cards_of_a_closed_case(town: Rehearsal) -> None:
    """Acts from a stale card after the close are refused with a sentence and change nothing."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("CD-GAS", Role.DEPARTMENT_OFFICER))
    await town.person(COLLEAGUE, "贺队", ("QS-FIRE", Role.UNIT_DUTY))
    await town.channel("CD-GAS", WORKER)
    await town.channel("QS-FIRE", COLLEAGUE)
    await town.say(RESIDENT, GAS)
    number = await town.number(RESIDENT)
    helper = await town.card("QS-FIRE", number)
    await _handle(town, number, "CD-GAS")
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "解决了")
    before = await town.events(number)

    assert "不在这一步" in await town.tap_data(COLLEAGUE, helper, _data(helper))
    said = await town.say(
        WORKER, "补一句", chat=town.groups["CD-GAS"],
        reply_to=(await town.card("CD-GAS", f"{number} 燃气泄漏"))["message_id"],
    )  # fmt: skip
    assert "不在这一步" in said["text"]
    assert await town.events(number) == before


async def test_the_card_of_the_first_round_is_dead_after_reopening(town: Rehearsal) -> None:
    """Only the new card acts; the old one keeps its last words."""
    await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    old = await town.card("QS-CZ-3", number)
    await _handle(town, number)
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "没解决")
    await town.say(RESIDENT, "没人来")

    for act in ("accept", "progress", "resolve"):
        data = _data(old).replace("accept", act)
        assert "不在这一步" in await town.tap_data(WORKER, old, data)
    assert (await town.case(number)).case.status == "dispatched"
    new = await town.card("QS-CZ-3", "重办")
    assert new["message_id"] != old["message_id"]


async def test_a_handler_who_left_the_unit(town: Rehearsal) -> None:
    """Who has left can do nothing any more; a colleague goes on with the case."""
    await _crew(town, colleague=True)
    number = await town.report(RESIDENT, RUBBISH)
    card = await town.card("QS-CZ-3", number)
    await town.tap(WORKER, card, "签收")
    async with town.core.work("test:left") as work:
        person = await work.uow.people.by_chat(WORKER)
        assert person is not None
        await work.uow.people.leave(person.id)

    group = town.groups["QS-CZ-3"]
    said = await town.say(WORKER, "我再看看", chat=group, reply_to=card["message_id"])
    assert "负责的人" in said["text"]
    said = await town.say(
        COLLEAGUE, photo=True, caption="接着办完了", chat=group, reply_to=card["message_id"]
    )
    await town.tap(COLLEAGUE, said, "办结")
    assert (await town.case(number)).case.status == "handled"


def _data(message: Json) -> str:
    return str(message["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
