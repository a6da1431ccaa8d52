"""Bad input gets a clear answer, loses nothing and breaks nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.units import Role
from bot.i18n import plain
from bot.services import membership
from tests.town import TOKEN, Rehearsal, labels

LI, WANG = 1001, 2001
SURE = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"
HTML = "<b>垃圾</b> <script>alert(1)</script> & &lt; </b><a href='x'>"
RTL = "\u202e翠竹路菜市场后门\u200f垃圾堆成山\u202c"


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.town.user("小李", id=LI, started=True)
    yield
    await town.sound()


async def through(town: Rehearsal, text: str) -> str:
    """A report carried through whatever is asked; its number."""
    seen = await town.say(LI, text)
    for _ in range(5):
        shown = labels(seen)
        if "✅ 提交" in shown:
            await town.tap(LI, seen, "提交")
            return await town.number(LI)
        if any("我要反映" in label for label in shown):
            await town.tap(LI, seen, "我要反映问题")
        elif any("只登记第一件" in label for label in shown):
            await town.tap(LI, seen, "只登记第一件")
        elif any("说不清" in label for label in shown):
            await town.tap(LI, seen, "说不清")
        elif any(label[:1].isdigit() for label in shown):
            await town.tap(LI, seen, "1")
        else:
            await town.say(LI, "垃圾堆成山")
        seen = await town.last(LI)
    raise AssertionError(await town.texts(LI))


async def said(town: Rehearsal, number: str) -> str:
    """The words of a case as they are kept."""
    seen = await town.case(number)
    async with town.core.look() as work:
        return str((await work.uow.cases.notes(seen.case.id))[0].text)


@pytest.mark.parametrize(
    "text",
    [
        SURE + "很臭" * 2030,
        "😀" * 2000,
        "😀",
        "𠮷" * 100 + "路灯不亮",
        "👨‍👩‍👧‍👦路灯不亮",
        HTML,
        "&amp;" * 800 + "路灯不亮",
        "<" * 4096,
        RTL,
        "路灯\u0000不亮",
        "\u200b\u200b\u200b",
        "a" * 4096,
        "。" * 4096,
        "{number} {0} %s {{}} 路灯不亮",
        "'; DROP TABLE cases; -- 路灯不亮",
        "d1.1.1.submit",
        "\n\n\n路灯\n\n不亮\n",
    ],
)
async def test_any_text_can_be_carried_through(town: Rehearsal, text: str) -> None:
    """Every text ends in a numbered case that a unit and its reporter can read."""
    await town.person(WANG, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.channel("QS-HUB", WANG)
    number = await through(town, text)
    assert (await said(town, number)).strip()[:20] in text or "垃圾堆成山" in await said(
        town, number
    )
    assert number in (await town.say(LI, f"/case {number}"))["text"]
    await town.say(LI, "/my")


@pytest.mark.parametrize("text", [HTML, "&lt;b&gt;", "<b>"])
async def test_html_is_shown_as_it_was_written(town: Rehearsal, text: str) -> None:
    """Markup in a report is text for everybody who reads it."""
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WANG)
    number = await town.report(LI, f"{SURE}{text}")
    card = await town.card("QS-CZ-3", number)
    assert text in card["text"]


async def test_html_in_every_field(town: Rehearsal) -> None:
    """Names, titles, captions, places, replies and reasons may hold markup."""
    await town.town.user("<b>李</b>", id=1007, last_name="</b>&", username="li_b")
    await town.person(WANG, "<i>王工</i>", ("QS-CZ-3", Role.GRID_WORKER))
    async with town.core.work("test:html") as work:
        code = await membership.channel_code(work, "QS-CZ-3")
    group = int((await town.town.group("<b>群</b>&", type="supergroup", members=[WANG]))["id"])
    await town.say(WANG, f"/bind {code}", chat=group)
    await town.say(1007, photo=True, caption=f"{SURE}{HTML}")
    await town.tap(1007, await town.last(1007), "改地点")
    await town.say(1007, f"翠竹路菜市场后门 {HTML}")
    await town.tap(1007, await town.last(1007), "提交")
    number = await town.number(1007)
    await town.tap(1007, await town.last(1007), "留电话")
    await town.say(1007, f"13800138000 {HTML}")
    card = await town.find(group, number)
    await town.tap(WANG, card, "签收")
    await town.tap(WANG, await town.find(WANG, "直接回复"), "追问")
    await town.say(WANG, HTML)
    await town.say(1007, HTML)
    answer = await town.say(
        WANG, photo=True, caption=HTML, chat=group, reply_to=card["message_id"]
    )
    await town.tap(WANG, answer, "办结")
    asked = await town.find(1007, "解决了吗")
    assert "<script>" in asked["text"]
    await town.tap(1007, asked, "没解决")
    await town.say(1007, HTML)
    assert (await town.case(number)).case.cycle == 1


async def test_very_long_names(town: Rehearsal) -> None:
    """Names of Telegram's greatest length, in any script, break no card."""
    await town.town.user("王" * 64, id=1008, last_name="𠮷" * 64)
    await town.person(2008, "😀" * 64, ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", 2008)
    number = await town.report(1008, SURE)
    await town.tap(2008, await town.card("QS-CZ-3", number), "签收")
    assert (await town.case(number)).case.status == "accepted"


async def test_an_empty_caption(town: Rehearsal) -> None:
    """A photo with an empty or blank caption is a photo without words."""
    for caption in ("", "   ", "\n"):
        asked = await town.say(LI, photo=True, caption=caption)
    assert "个附件" in asked["text"]


@pytest.mark.parametrize(
    "text", ["路灯不亮\ud83d", "\udc00路灯\ud800不亮", "\ud83d\ude00路灯不亮"]
)
async def test_lone_surrogates(town: Rehearsal, text: str) -> None:
    """Half a character in the raw JSON is kept and shown as a replacement mark."""
    update_id = 990001
    body = {"update_id": update_id, "message": {
        "message_id": 880001, "date": 1795138200, "text": text,
        "chat": {"id": LI, "type": "private", "first_name": "小李\ud83d"},
        "from": {"id": LI, "is_bot": False, "first_name": "小李\ud83d"},
    }}  # fmt: skip
    await town.bot.poller.keep([json.loads(json.dumps(body))])
    await town.settle()
    asked = await town.last(LI)
    assert "在哪里" in asked["text"]
    await town.tap(LI, asked, "说不清")
    await town.tap(LI, await town.last(LI), "提交")
    await town.say(LI, f"/case {await town.number(LI)}")


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(39.9, 116.4), (90, 180), (-90, -180), (0, 0), (1e308, -1e308), (float("nan"), 1.0)],
)
async def test_places_far_away_and_beyond(town: Rehearsal, lat: float, lon: float) -> None:
    """A pin anywhere, even at no place on earth, is answered and does not stop the report."""
    where = {"latitude": lat, "longitude": lon}
    message = {
        "message_id": 880001, "date": 1795138200, "location": where,
        "chat": {"id": LI, "type": "private", "first_name": "小李"},
        "from": {"id": LI, "is_bot": False, "first_name": "小李"},
    }  # fmt: skip
    await town.bot.poller.keep([{"update_id": 990001, "message": message}])
    await town.settle()
    asked = await town.say(LI, "垃圾堆成山了，好几天没人收")
    assert "不在我们的片区里" in asked["text"]
    await town.tap(LI, asked, "说不清")
    await town.tap(LI, await town.last(LI), "提交")
    assert (await town.case(await town.number(LI))).case.place.grid is None


@pytest.mark.parametrize(
    "data",
    [
        "", "x", "d1", "d1.1", "d1.1.1.submit", "c1.1.solved", "c1.zzzzzzzzzzzz.solved",
        "k1.1.accept", "k1.9.accept", "h1.1.confirm", "h1.1.i:NOSUCH", "v1.1.pass", "n1.1.1",
        "n1.1.x", "t1.1.close", "t1.9.close", "m1.0.my", "m1.zzzzzz.my", "m1.1.case",
        "c1.1.s:satisfied", "c1.1.s:great", "c1.1.undo", "c1.1.contact", "k1.1.resolve",
        "k1.1.panel", "k1.1.calm", "d2.1.1.submit", "路灯", "😀" * 16, "d1.-1.1.submit",
        "D1.1.1.submit", f"d1.1.{LI}.submit", "k1.1." + "a" * 58, "<b>",
    ],
)  # fmt: skip
async def test_handmade_callback_data(town: Rehearsal, data: str) -> None:
    """Data that no button has, or somebody else's, changes nothing and is answered once."""
    await town.person(1002, "阿陈")
    number = await town.report(1002, SURE)
    shown = await town.say(LI, "/help")
    before = await town.events(number)
    tap = await town.town.tap(LI, shown, data)
    await town.settle()
    assert len(await town.town.answers(tap)) == 1
    assert await town.events(number) == before
    case = (await town.case(number)).case
    assert (
        case.number not in "\n".join(await town.texts(LI)) or "·" in (await town.last(LI))["text"]
    )


async def test_a_callback_from_someone_without_the_right(town: Rehearsal) -> None:
    """A resident who gets hold of a card's button cannot act with it."""
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    group = await town.channel("QS-CZ-3", WANG)
    number = await town.report(LI, SURE)
    await town.town.user("路人", id=1009)
    await town.town.member(group, 1009, "member")
    assert "负责" in await town.tap(1009, await town.card("QS-CZ-3", number), "签收")
    assert (await town.case(number)).case.status == "dispatched"


@pytest.mark.parametrize(
    "extra", [{"inline_message_id": "AAAA"}, {"game_short_name": "x"}, {"data": None}]
)
async def test_a_callback_without_a_message(town: Rehearsal, extra: dict[str, Any]) -> None:
    """A tap that belongs to no message of ours is answered and forgotten."""
    await town.town.raw(
        {
            "callback_query": {
                "id": "77",
                "from": {"id": LI, "is_bot": False, "first_name": "小李"},
                "chat_instance": "1",
                "data": "d1.1.1.submit",
            }
            | extra
        }
    )
    await town.settle()


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"message": {}},
        {"message": 5},
        {"message": {"message_id": 1}},
        {"callback_query": {}},
        {"poll": {"id": "1"}},
        {"future_kind": {"a": 1}},
        {"edited_message": {"message_id": 1, "date": 0, "chat": {"id": LI, "type": "private"}}},
    ],
)
async def test_an_update_of_no_known_shape(town: Rehearsal, update: dict[str, Any]) -> None:
    """What cannot be parsed is parked for an operator, and the others go on."""
    await town.town.raw(update)
    await town.settle()
    for _ in range(3):
        await town.forward(seconds=6)
    assert "✅ 提交" in labels(await town.say(LI, SURE))
    async with town.core.work("test:unpark") as work:
        parked = await work.uow.inbox.listed(("parked",), 10)
        for row in parked:
            assert SURE not in row.error
            await work.uow.inbox.done(row.id, work.now)


async def test_a_closing_reply_of_the_greatest_length(town: Rehearsal) -> None:
    """A result of 4,096 characters reaches the resident within Telegram's limits."""
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    group = await town.channel("QS-CZ-3", WANG)
    number = await town.report(LI, SURE)
    card = await town.card("QS-CZ-3", number)
    await town.tap(WANG, card, "签收")
    await town.say(WANG, photo=True, chat=group, reply_to=card["message_id"])
    answer = await town.say(WANG, "<好>" * 1365, chat=group, reply_to=card["message_id"])
    await town.tap(WANG, answer, "办结")
    asked = next(m for m in await town.town.messages(LI) if "已处理" in m.get("text", ""))
    assert len(plain(asked["text"])) <= 4096
    assert "解决了" in str(labels(asked))


async def test_every_call_keeps_the_limits(town: Rehearsal) -> None:
    """4,096 for a text, 1,024 for a caption, 64 bytes for data, 200 for an answer to a tap."""
    await through(town, "<😀>" * 1000 + SURE)
    for call in await town.town.calls():
        params = call["params"]
        assert len(str(params.get("text", "")).encode("utf-16-le")) // 2 <= 4096
        for row in (params.get("reply_markup") or {}).get("inline_keyboard", []):
            for button in row:
                assert 0 < len(button.get("callback_data", "x").encode()) <= 64
        assert TOKEN not in str(params)
