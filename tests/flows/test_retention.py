"""What people told us is kept no longer than the notice says."""

from __future__ import annotations

from bot.domain.units import Role
from tests.town import Rehearsal

RESIDENT, WORKER = 1001, 2001


async def _closed(town: Rehearsal) -> str:
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    group = await town.channel("QS-CZ-3", WORKER)
    number = await town.report(
        RESIDENT,
        "翠竹路菜市场后门垃圾堆成山了",
        photo=True,
        caption="翠竹路菜市场后门垃圾堆成山了",
    )
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    card = await town.card("QS-CZ-3", number)
    answer = await town.say(
        WORKER, photo=True, caption="清完了", chat=group, reply_to=card["message_id"]
    )
    await town.tap(WORKER, answer, "办结")
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "解决了")
    return number


async def test_media_go_after_90_days_and_words_after_180(town: Rehearsal) -> None:
    """Media are destroyed 90 days after closing, words, place and reporter after 180."""
    number = await _closed(town)
    case = (await town.case(number)).case
    await town.forward(days=89)
    async with town.core.look() as work:
        assert any(note.media for note in await work.uow.cases.notes(case.id))
    await town.forward(days=2)
    async with town.core.look() as work:
        notes = await work.uow.cases.notes(case.id)
        assert not any(note.media for note in notes)
        assert any("垃圾" in note.text for note in notes)
    await town.forward(days=90)
    async with town.core.look() as work:
        assert not any(note.text for note in await work.uow.cases.notes(case.id))
        assert await work.uow.cases.reply_chat(case.id) is None
        assert await work.uow.rules.verify() == []
    after = (await town.case(number)).case
    assert (after.place.text, after.reporter) == ("", None)
    assert after.place.grid == "QS-CZ-3"


async def test_a_reopened_case_keeps_what_is_needed(town: Rehearsal) -> None:
    """Reopening stops the destruction: the unit needs the words again."""
    number = await _closed(town)
    await town.say(RESIDENT, f"/case {number}")
    await town.tap(RESIDENT, await town.last(RESIDENT), "没解决")
    await town.say(RESIDENT, "又堆起来了")
    await town.forward(days=200)
    case = (await town.case(number)).case
    async with town.core.look() as work:
        assert any("垃圾" in note.text for note in await work.uow.cases.notes(case.id))


async def test_media_in_the_acceptors_chat_are_taken_away(town: Rehearsal) -> None:
    """After 40 hours the photo is deleted from the worker's private chat (I6)."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WORKER)
    number = await town.report(
        RESIDENT, photo=True, caption="翠竹路菜市场后门垃圾堆成山了", text=None
    )
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    photos = [m for m in await town.town.messages(WORKER) if m.get("photo")]
    assert len(photos) == 1
    assert photos[0]["has_protected_content"]
    await town.forward(hours=41)
    assert not [m for m in await town.town.messages(WORKER) if m.get("photo")]


async def test_media_that_telegram_no_longer_deletes_are_covered(town: Rehearsal) -> None:
    """After a stop of days the photo is edited away: deletion ends at 48 hours (I6)."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WORKER)
    number = await town.report(
        RESIDENT, photo=True, caption="翠竹路菜市场后门垃圾堆成山了", text=None
    )
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    photo = next(m for m in await town.town.messages(WORKER) if m.get("photo"))
    await town.forward(days=5)
    after = next(
        m for m in await town.town.messages(WORKER) if m["message_id"] == photo["message_id"]
    )
    assert after["photo"][-1]["file_id"] != photo["photo"][-1]["file_id"]
    assert after["caption"] == "材料到期，已收回"


async def test_a_dialog_left_lying_is_forgotten(town: Rehearsal) -> None:
    """A draft that nobody touches for a day is destroyed, not only ignored."""
    await town.person(RESIDENT, "小李")
    await town.say(RESIDENT, "翠竹路菜市场后门垃圾堆成山了")
    town.clock.instant = town.clock.instant.replace(day=22)
    async with town.core.work("tidy") as work:
        assert await work.uow.drafts.purge(work.now - work.world.wait.draft_life) == 1
