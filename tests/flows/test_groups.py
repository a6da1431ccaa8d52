"""Reporting in groups: by /report@bot and by reply; other talk is not the bot's business."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.units import Role
from tests.town import Rehearsal, labels

LI, WANG = 1001, 2001
SURE = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.person(LI, "小李")
    yield
    await town.sound()


@pytest.fixture
async def group(town: Rehearsal) -> int:
    """A group of neighbours with the bot in it."""
    return int((await town.town.group("幸福里业主群", type="supergroup", members=[LI]))["id"])


async def report(town: Rehearsal, group: int, text: str = SURE, **fields: Any) -> Any:
    """/report@bot in the group."""
    words = f"/report@{town.bot.api.username} {text}".strip()
    if fields:
        return await town.say(LI, chat=group, caption=words, **fields)
    return await town.say(LI, words, chat=group)


async def test_a_report_by_command(town: Rehearsal, group: int) -> None:
    """/report@bot with words leads to 提交 in the group; news come in private."""
    seen = await report(town, group)
    assert "✅ 提交" in labels(seen)
    await town.tap(LI, seen, "提交")
    shown = await town.last(group)
    assert "已受理" in shown["text"]
    assert labels(shown) == ["去私聊"]
    case = (await town.case(await town.number(group))).case
    assert case.source == "group"
    assert case.number in (await town.say(LI, "/my"))["text"]


async def test_a_photo_with_the_command_in_its_caption(town: Rehearsal, group: int) -> None:
    """A photo with /report@bot under it reports too, and the command is no part of the words."""
    seen = await report(town, group, photo=True)
    assert "📎 1 个附件" in seen["text"]
    await town.tap(LI, seen, "提交")
    seen_case = await town.case(await town.number(group))
    async with town.core.look() as work:
        (note,) = await work.uow.cases.notes(seen_case.case.id)
    assert (note.text, len(note.media)) == (SURE, 1)


async def test_the_command_alone_asks(town: Rehearsal, group: int) -> None:
    """/report@bot without words asks; a reply to the question answers it."""
    asked = await report(town, group, "")
    assert "什么事" in asked["text"]
    seen = await town.say(LI, SURE, chat=group, reply_to=asked["message_id"])
    assert "✅ 提交" in labels(seen)


async def test_an_answer_by_digit_in_reply(town: Rehearsal, group: int) -> None:
    """In a group a digit in reply to the bot picks a button."""
    seen = await report(town, group)
    await town.say(LI, "1", chat=group, reply_to=seen["message_id"])
    assert "已受理" in (await town.last(group))["text"]


async def test_the_bot_answers_as_a_reply(town: Rehearsal, group: int) -> None:
    """In a group it is clear whom the answer is for."""
    await report(town, group)
    call = (await town.town.calls("sendMessage"))[-1]
    assert call["params"]["reply_parameters"]["message_id"]


async def test_talk_that_is_not_addressed_is_neither_answered_nor_stored(
    town: Rehearsal, group: int
) -> None:
    """Even as administrator of the group, where it sees everything, the bot keeps nothing."""
    await town.town.rights(group, status="administrator")
    await town.settle()
    async with town.core.look() as work:
        before = await work.uow.inbox.listed(("new", "done", "parked"), 100)
    for text in (
        "大家早上好",
        "六栋楼道里好大煤气味",
        SURE,
        "/report@another_bot 路灯不亮",
        "@someone 好",
    ):
        await town.town.say(LI, text, chat=group)
    await town.town.say(LI, chat=group, photo=True, caption=SURE)
    await town.settle()
    async with town.core.look() as work:
        after = await work.uow.inbox.listed(("new", "done", "parked"), 100)
    assert len(after) == len(before)
    assert not [t for t in await town.texts(group) if "提交" in t or "垃圾" in t]


async def test_an_edited_report_in_a_group(town: Rehearsal, group: int) -> None:
    """An edit of the command's message replaces the words, without the command."""
    words = f"/report@{town.bot.api.username} "
    said = await town.town.say(LI, words + "翠竹路菜市场后门垃圾", chat=group)
    await town.settle()
    message = said["messages"][0]["message_id"]
    await town.say(LI, words + SURE, chat=group, edit_of=message)
    await town.tap(LI, await town.last(group), "提交")
    seen = await town.case(await town.number(group))
    async with town.core.look() as work:
        assert (await work.uow.cases.notes(seen.case.id))[0].text == SURE


async def test_what_is_personal_is_asked_for_in_private(town: Rehearsal, group: int) -> None:
    """/my, /human and codes are not for a group."""
    for command in ("/my", "/human", "/join ABC"):
        said = await town.say(
            LI, f"{command}@{town.bot.api.username}".replace(" ABC@", "@"), chat=group
        )
        assert "私下" in said["text"]


async def test_an_anonymous_administrator_is_asked_for_a_name(town: Rehearsal, group: int) -> None:
    """Behind Telegram's anonymous account nobody can be told apart: act under your own name."""
    await town.town.user("群主", id=1003)
    await town.town.member(group, 1003, "administrator", anonymous=True)
    words = f"/report@{town.bot.api.username} {SURE}"
    await town.town.say(1003, words, chat=group, anonymous=True)
    await town.settle()
    assert "匿名管理员" in (await town.last(group))["text"]


async def test_channel_posts_are_left_alone(town: Rehearsal) -> None:
    """In a broadcast channel words have no sender: nothing is opened and nothing is said."""
    await town.town.user("站长", id=1004)
    channel = await town.town.group("公告", type="channel", members=[1004], bot="administrator")
    await town.settle()
    for text in (SURE, "/report 路灯不亮", "/my"):
        await town.town.say(1004, text, chat=channel["id"])
    await town.settle()
    assert await town.texts(int(channel["id"])) == []


async def test_a_stranger_in_a_group_gets_nothing_personal_there(
    town: Rehearsal, group: int
) -> None:
    """For somebody who never pressed Start the group reads the number, never result or photo."""
    await town.town.user("新来的", id=1009, started=False)
    await town.town.member(group, 1009, "member")
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    unit = await town.channel("QS-CZ-3", WANG)
    words = f"/report@{town.bot.api.username} {SURE}"
    seen = await town.say(1009, words, chat=group)
    await town.tap(1009, seen, "提交")
    number = await town.number(group)
    card = await town.card("QS-CZ-3", number)
    await town.tap(WANG, card, "签收")
    answer = await town.say(
        WANG, photo=True, caption="已和302的张三讲好", chat=unit, reply_to=card["message_id"]
    )
    await town.tap(WANG, answer, "办结")
    shown = "\n".join(await town.texts(group))
    assert "张三" not in shown
    assert "302" not in shown
    assert group not in [c["params"]["chat_id"] for c in await town.town.calls("sendPhoto")]
    assert (await town.case(number)).case.status in {"handled", "verifying"}


async def test_a_topic_is_answered_in_the_topic(town: Rehearsal) -> None:
    """In a forum the answer stands where the report was made."""
    forum = await town.town.group(
        "论坛", type="supergroup", is_forum=True, topics=["报事"], members=[LI]
    )
    thread = forum["topics"][0]["message_thread_id"]
    words = f"/report@{town.bot.api.username} {SURE}"
    seen = await town.say(LI, words, chat=forum["id"], thread=thread)
    assert seen["message_thread_id"] == thread
    await town.tap(LI, seen, "提交")
    assert (await town.last(forum["id"]))["message_thread_id"] == thread


async def test_cancelling_in_a_group(town: Rehearsal, group: int) -> None:
    """/cancel@bot ends the group's dialog and leaves the private one alone."""
    await town.say(LI, "锦绣花园路灯不亮")
    await report(town, group)
    said = await town.say(LI, f"/cancel@{town.bot.api.username}", chat=group)
    assert "已取消" in said["text"]
    await town.say(LI, "1")
    await town.number(LI)
