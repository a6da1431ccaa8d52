"""Casework: accepting, replying to the card, buttons, evidence, and what stays private."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.units import Role
from tests.town import Json, Rehearsal, labels

RESIDENT, WORKER, COLLEAGUE, STRANGER, DESK = 1001, 2001, 2002, 1099, 3001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"  # D, a photo is needed to close
DOG = "竹苑小区有人遛狗不牵绳"  # D, closes without a photo
GAS = "幸福里6栋楼道里好大煤气味，有人头晕"


async def _crew(town: Rehearsal) -> int:
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(COLLEAGUE, "赵工", ("QS-CZ-3", Role.GRID_WORKER))
    return await town.channel("QS-CZ-3", WORKER, COLLEAGUE)


async def _accepted(town: Rehearsal, text: str = RUBBISH, **fields: object) -> tuple[str, Json]:
    number = await town.report(RESIDENT, text, **fields)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    return number, await town.card("QS-CZ-3", number)


async def test_fifty_who_accept_at_once_make_one_owner(town: Rehearsal) -> None:
    """Fifty taps on 签收 yield one owner; the other forty-nine are told politely who has it."""
    await town.person(RESIDENT, "小李")
    crew = list(range(2100, 2150))
    for user in crew:
        await town.person(user, f"工{user}", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", *crew)
    number = await town.report(RESIDENT, RUBBISH)
    card = await town.card("QS-CZ-3", number)

    taps = [await town.town.tap_label(user, card, "签收") for user in crew]
    await town.settle()
    answers = [(await town.town.answers(tap))[-1]["text"] for tap in taps]

    assert sum(text.startswith(f"已签收 {number}") for text in answers) == 1
    assert sum("已经签收了" in text for text in answers) == 49
    assert (await town.events(number)).count("accepted") == 1
    assert sum("签收了" in text for text in await town.texts(RESIDENT)) == 1


async def test_who_may_accept(town: Rehearsal) -> None:
    """A stranger and another unit's staff may not accept; a dispatcher above may step in."""
    await _crew(town)
    await town.person(STRANGER, "路人")
    await town.person(2003, "孙", ("QS-CZ-2", Role.GRID_WORKER))
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    number = await town.report(RESIDENT, RUBBISH)
    card = await town.card("QS-CZ-3", number)

    assert "负责的人" in await town.tap(STRANGER, card, "签收")
    assert "负责的人" in await town.tap(2003, card, "签收")
    assert (await town.case(number)).case.status == "dispatched"
    assert number in await town.tap(DESK, card, "签收")
    assert (await town.case(number)).case.status == "accepted"
    assert "已经签收了" in await town.tap_data(WORKER, card, _data(card))


async def test_a_reply_before_accepting_offers_to_accept(town: Rehearsal) -> None:
    """A reply to a card that nobody has accepted is not lost in silence: accept first, one tap."""
    group = await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    card = await town.card("QS-CZ-3", number)

    said = await town.say(WORKER, "马上去", chat=group, reply_to=card["message_id"])

    assert labels(said) == ["✋ 签收"]
    await town.tap(WORKER, said, "签收")
    assert (await town.case(number)).case.status == "accepted"


async def test_the_card_says_who_has_it_and_offers_what_is_possible(town: Rehearsal) -> None:
    """签收 and 不归我管 at first; then 进展, 追问, 办结; after 办结 nothing more."""
    group = await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    card = await town.card("QS-CZ-3", number)
    assert labels(card) == ["✋ 签收", "↩️ 不归我管", "✏️ 改事项"]
    assert "已派出，待签收" in card["text"]
    assert "响应 周五 11:30 · 处置 周一 09:30" in card["text"]

    await town.forward(minutes=72)
    await town.tap(WORKER, card, "签收")
    card = await town.card("QS-CZ-3", number)
    assert "处理中 · 王工 10:42" in card["text"]
    assert labels(card) == ["📝 进展", "❓ 追问", "✅ 办结", "✏️ 改事项"]

    await town.say(WORKER, photo=True, caption="正在清运", chat=group, reply_to=card["message_id"])
    assert "最新：正在清运" in (await town.card("QS-CZ-3", "网格"))["text"]
    await town.tap(WORKER, await town.find(group, "已记到"), "办结")
    card = await town.card("QS-CZ-3", "D 网格")
    assert "已办结，待居民确认 · 王工 10:42" in card["text"]
    assert labels(card) == []


async def test_progress_by_reply_in_words_or_with_a_photo(town: Rehearsal) -> None:
    """What is sent in reply to the card lands on the case, words and photos alike (R016)."""
    group = await _crew(town)
    number, card = await _accepted(town)

    first = await town.say(WORKER, "车在路上", chat=group, reply_to=card["message_id"])
    assert labels(first) == ["✅ 办结"]
    assert "已记到" in first["text"]
    await town.say(WORKER, photo=True, chat=group, reply_to=card["message_id"])

    async with town.core.look() as work:
        notes = await work.uow.cases.notes((await town.case(number)).case.id)
    kept = [n for n in notes if n.kind == "progress"]
    assert [n.text for n in kept] == ["车在路上", ""]
    assert [len(n.media) for n in kept] == [0, 1]
    assert (await town.events(number))[-2:] == ["progress", "progress"]
    assert (await town.case(number)).case.status == "handling"


async def test_a_result_needs_the_evidence_that_its_item_asks_for(town: Rehearsal) -> None:
    """Without the photo 办结 is refused, saying what is missing; with it one tap closes (R089)."""
    group = await _crew(town)
    number, card = await _accepted(town)
    said = await town.say(WORKER, "已经清运", chat=group, reply_to=card["message_id"])

    assert "照片" in await town.tap(WORKER, said, "办结")
    assert (await town.case(number)).case.status == "handling"

    said = await town.say(WORKER, photo=True, chat=group, reply_to=card["message_id"])
    assert await town.tap(WORKER, said, "办结") == f"{number} 已办结"
    assert "已经清运" in (await town.find(RESIDENT, "解决了吗"))["text"]


async def test_an_item_without_evidence_rule_closes_without_a_photo(town: Rehearsal) -> None:
    """Only where the item says so is a photo asked for."""
    group = await _crew(town)
    number, card = await _accepted(town, DOG)
    said = await town.say(WORKER, "已上门劝导", chat=group, reply_to=card["message_id"])

    assert await town.tap(WORKER, said, "办结") == f"{number} 已办结"
    assert (await town.case(number)).case.status == "handled"


async def test_a_photo_alone_is_no_result(town: Rehearsal) -> None:
    """The resident reads a sentence, so a photo without words does not close a case."""
    group = await _crew(town)
    number, card = await _accepted(town)
    said = await town.say(WORKER, photo=True, chat=group, reply_to=card["message_id"])

    assert "写一句处理结果" in await town.tap(WORKER, said, "办结")
    assert (await town.case(number)).case.status == "handling"


async def test_the_private_panel_does_the_same(town: Rehearsal) -> None:
    """In private the acceptor reports progress and closes by buttons, with a last look."""
    await _crew(town)
    number, _ = await _accepted(town)
    panel = await town.find(WORKER, number)
    assert labels(panel) == ["📝 进展", "❓ 追问", "✅ 办结", "✏️ 改事项"]
    assert "办结需要：现场照片" in panel["text"]

    await town.tap(WORKER, panel, "进展")
    assert "请写进展" in (await town.last(WORKER))["text"]
    assert (await town.say(WORKER, "车在路上"))["text"] == "已记下进展。"

    await town.tap(WORKER, await town.find(WORKER, "办结需要"), "办结")
    asked = await town.say(WORKER, "已清运干净")
    assert "请发一张" in asked["text"]
    shown = await town.say(WORKER, photo=True)
    assert "将答复居民" in shown["text"]
    await town.tap(WORKER, shown, "办结")
    assert (await town.case(number)).case.status == "handled"
    assert "已清运干净" in (await town.find(RESIDENT, "解决了吗"))["text"]


async def test_a_button_in_the_group_opens_the_private_chat(town: Rehearsal) -> None:
    """进展 in the group answers the tap with a link; pressing Start asks the question there."""
    await _crew(town)
    number, card = await _accepted(town)

    url = await town.tap(WORKER, card, "进展")
    assert url.endswith("?start=go")
    await town.town.start(WORKER, "go")
    await town.settle()
    assert "请写进展" in (await town.last(WORKER))["text"]
    await town.say(WORKER, "到现场了")
    assert (await town.events(number))[-1] == "progress"


async def test_a_question_answered_by_reply_is_not_asked_any_more(town: Rehearsal) -> None:
    """A worker who replies to the card after tapping 进展 may report something else in private."""
    group = await _crew(town)
    number, card = await _accepted(town)
    await town.tap(WORKER, card, "进展")
    await town.say(WORKER, "到现场了", chat=group, reply_to=card["message_id"])

    said = await town.say(WORKER, "竹苑小区楼道堆满杂物")
    assert "看起来是" in said["text"]
    assert (await town.events(number)).count("progress") == 1


async def test_somebody_elses_reply(town: Rehearsal) -> None:
    """A colleague of the unit may add to a card, a stranger may not."""
    group = await _crew(town)
    await town.person(STRANGER, "路人")
    await town.town.member(group, STRANGER, "member")
    number, card = await _accepted(town)

    said = await town.say(COLLEAGUE, "我也到了", chat=group, reply_to=card["message_id"])
    assert "已记到" in said["text"]
    said = await town.say(STRANGER, "我看见了", chat=group, reply_to=card["message_id"])
    assert "负责的人" in said["text"]
    assert (await town.events(number)).count("progress") == 1


async def test_nobody_closes_with_another_persons_words(town: Rehearsal) -> None:
    """办结 under a reply belongs to whoever wrote it."""
    group = await _crew(town)
    number, card = await _accepted(town)
    said = await town.say(
        WORKER, photo=True, caption="已清运", chat=group, reply_to=card["message_id"]
    )

    assert "负责的人" in await town.tap(COLLEAGUE, said, "办结")
    assert (await town.case(number)).case.status == "handling"


async def test_an_edited_reply_is_not_counted_twice(town: Rehearsal) -> None:
    """Editing a reply to the card makes no second entry and no second answer."""
    group = await _crew(town)
    number, card = await _accepted(town)
    await town.say(WORKER, "车在路", chat=group, reply_to=card["message_id"])
    mine = [m for m in await town.town.messages(group) if not m["from_bot"]][-1]
    before = len(await town.texts(group))

    await town.town.say(
        WORKER, "车在路上", chat=group, reply_to=card["message_id"], edit_of=mine["message_id"]
    )
    await town.settle()

    assert (await town.events(number)).count("progress") == 1
    assert len(await town.texts(group)) == before


async def test_digits_in_reply_to_a_card_press_its_buttons(town: Rehearsal) -> None:
    """1 accepts; later 1 asks for progress in private; words that begin with a digit are words."""
    group = await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    card = await town.card("QS-CZ-3", number)

    said = await town.say(WORKER, "1", chat=group, reply_to=card["message_id"])
    assert (await town.case(number)).case.status == "accepted"
    assert f"已签收 {number}" in said["text"]

    said = await town.say(WORKER, "1", chat=group, reply_to=card["message_id"])
    assert "私聊" in said["text"]
    assert said["reply_markup"]["inline_keyboard"][0][0]["url"].endswith("?start=go")
    assert (await town.events(number)).count("progress") == 0

    await town.say(WORKER, "10分钟到", chat=group, reply_to=card["message_id"])
    assert (await town.events(number)).count("progress") == 1


async def test_an_acceptor_who_never_pressed_start_is_led_there(town: Rehearsal) -> None:
    """签收 answers with a deep link; behind it the photos and the panel are handed over (I6)."""
    await _crew(town)
    number = await town.report(RESIDENT, photo=True, caption=RUBBISH, text=None)
    card = await town.card("QS-CZ-3", number)
    async with town.core.work("test:unreachable") as work:
        person = await work.uow.people.by_chat(WORKER)
        assert person is not None
        await work.uow.people.update(replace(person, reachable=False))

    url = await town.tap(WORKER, card, "签收")
    task = (await town.case(number)).tasks[0]
    assert url.endswith(f"?start=task{task.id}")
    assert not any(m.get("photo") for m in await town.town.messages(WORKER) if m["from_bot"])

    await town.town.start(WORKER, f"task{task.id}")
    await town.settle()
    assert any(m.get("photo") for m in await town.town.messages(WORKER) if m["from_bot"])
    assert labels(await town.find(WORKER, "办结需要")) == [
        "📝 进展",
        "❓ 追问",
        "✅ 办结",
        "✏️ 改事项",
    ]


async def test_media_and_contact_only_in_private_and_taken_away(town: Rehearsal) -> None:
    """Photos and contact reach the acceptor alone, protected, and are gone at expiry (I6)."""
    group = await _crew(town)
    number = await town.report(RESIDENT, photo=True, caption=RUBBISH, text=None)
    await town.tap(RESIDENT, await town.find(RESIDENT, "已受理"), "留电话")
    await town.say(RESIDENT, "13800138000")
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")

    private = [m for m in await town.town.messages(WORKER) if m["from_bot"]]
    assert any("13800138000" in m.get("text", "") for m in private)
    photos = await town.town.calls("sendPhoto")
    assert [(c["params"]["chat_id"], c["params"]["protect_content"]) for c in photos] == [
        (WORKER, True)
    ]
    seen_in_group = [m for m in await town.town.messages(group) if m["from_bot"]]
    assert all(not m.get("photo") for m in seen_in_group)
    assert not any("13800138000" in m.get("text", "") for m in seen_in_group)
    assert not any("13800138000" in t for t in await town.texts(COLLEAGUE))

    await town.forward(hours=41)
    private = [m for m in await town.town.messages(WORKER) if m["from_bot"]]
    assert not any(m.get("photo") for m in private)
    assert not any("13800138000" in m.get("text", "") for m in private)


async def test_what_a_group_reads_is_masked(town: Rehearsal) -> None:
    """Phone numbers, door numbers and the reporter's name do not stand on the card."""
    await _crew(town)
    number = await town.report(
        RESIDENT, "翠竹路菜市场后门垃圾堆成山了，找小李，电话13800138000，2单元302室"
    )
    card = await town.card("QS-CZ-3", number)
    for secret in ("13800138000", "302", "小李"):
        assert secret not in card["text"]


async def test_an_older_double_of_a_card_points_below(town: Rehearsal) -> None:
    """A tap on the older copy of a card that a crash doubled turns it into 见下方."""
    group = await _crew(town)
    number = await town.report(RESIDENT, RUBBISH)
    first = await town.card("QS-CZ-3", number)
    async with town.core.look() as work:
        case_id = (await town.case(number)).case.id
        [kept] = await work.uow.channels.cards(case_id)
    again = {"chat_id": group, "text": first["text"], "reply_markup": first["reply_markup"]}
    await town.bot.api.call("sendMessage", again)
    second = await town.find(group, number)
    assert second["message_id"] > first["message_id"]
    async with town.core.work("test:double") as work:
        await work.uow.channels.save_card(replace(kept, message=second["message_id"]))

    await town.tap(WORKER, first, "签收")

    shown = {m["message_id"]: m for m in await town.town.messages(group)}
    assert "见下方" in shown[first["message_id"]]["text"]
    assert labels(shown[first["message_id"]]) == []
    assert "处理中" in shown[second["message_id"]]["text"]


async def test_an_emergency_shows_every_unit_its_own_card(town: Rehearsal) -> None:
    """Lead and cooperating units each have a card; a helper's acts do not move the case."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("CD-GAS", Role.DEPARTMENT_OFFICER))
    await town.person(COLLEAGUE, "贺队", ("QS-FIRE", Role.UNIT_DUTY))
    await town.channel("CD-GAS", WORKER)
    helpers = await town.channel("QS-FIRE", COLLEAGUE)
    await town.say(RESIDENT, GAS)
    number = await town.number(RESIDENT)

    helper = await town.card("QS-FIRE", number)
    assert "本单位配合" in helper["text"]
    await town.tap(COLLEAGUE, helper, "签收")
    assert (await town.case(number)).case.status == "dispatched"
    lead = await town.card("CD-GAS", number)
    await town.tap(WORKER, lead, "签收")
    assert (await town.case(number)).case.status == "accepted"
    said = await town.say(
        COLLEAGUE, photo=True, caption="已疏散", chat=helpers, reply_to=helper["message_id"]
    )
    await town.tap(COLLEAGUE, said, "办结")
    assert (await town.case(number)).case.status == "accepted"
    told = [text for text in await town.texts(RESIDENT) if "已接手" in text]
    assert ["青松消防站" in text for text in told] == [True, False]


def _data(message: Json) -> str:
    return str(message["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
