"""What people do in the sandbox reaches the bot as Telegram would send it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.client import Town
from bot.sandbox.clock import MovableClock
from bot.sandbox.model import ControlError, Log
from bot.sandbox.state import Keeper
from tests.unit.sandbox_helpers import Hands, make_app, over_asgi


@pytest.fixture
async def pair() -> AsyncIterator[tuple[Town, Hands]]:
    async with over_asgi(make_app()) as both:
        await both[0].user("王", id=11, language_code="zh-hans")
        yield both


async def test_updates_stay_until_a_greater_offset(pair: tuple[Town, Hands]) -> None:
    """An update is given again and again until an offset beyond it is asked for."""
    town, bot = pair
    for text in "一二三":
        await town.say(11, text)
    first = await bot.updates(limit=2)
    assert [u["message"]["text"] for u in first] == ["一", "二"]
    assert await bot.updates(limit=2) == first
    rest = await bot.updates(offset=first[0]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["二", "三"]
    assert await town.pending() == 2
    assert await bot.updates(offset=rest[-1]["update_id"] + 1) == []
    assert await town.pending() == 0


async def test_a_negative_offset_forgets_all_but_the_last(pair: tuple[Town, Hands]) -> None:
    """offset -1 gives the newest update and drops those before it."""
    town, bot = pair
    for text in "一二三":
        await town.say(11, text)
    assert [u["message"]["text"] for u in await bot.updates(offset=-1)] == ["三"]
    assert await town.pending() == 1


async def test_an_offset_from_another_life_loses_nothing(pair: tuple[Town, Hands]) -> None:
    """An offset far beyond the newest id, as after ids restarted, confirms nothing."""
    town, bot = pair
    said = await town.say(11, "一")
    assert len(await bot.updates(offset=said["update_ids"][0] + 1000)) == 1


async def test_allowed_updates_hold_for_what_comes_later(pair: tuple[Town, Hands]) -> None:
    """A kind not asked for is not queued; a wish is remembered until the next one."""
    town, bot = pair
    said = (await town.say(11, "一"))["messages"][0]
    await town.react(11, said, "👍")
    assert len(await bot.updates(allowed_updates=["message_reaction"])) == 1
    await town.say(11, "二")
    await town.react(11, said, "👍")
    kinds = [sorted(set(u) - {"update_id"}) for u in await bot.updates()]
    assert kinds == [["message"], ["message_reaction"]]


async def test_a_webhook_excludes_polling(pair: tuple[Town, Hands]) -> None:
    """While a webhook is set getUpdates is a 409; deleting it keeps what waits."""
    town, bot = pair
    await town.say(11, "一")
    await bot("setWebhook", url="https://example.org/hook")
    assert (await bot.fails("getUpdates"))[0] == 409
    assert (await bot("getWebhookInfo"))["pending_update_count"] == 1
    await bot("deleteWebhook")
    assert len(await bot.updates()) == 1


async def test_start_carries_its_payload_and_takes_back_a_block(
    pair: tuple[Town, Hands],
) -> None:
    """Pressing Start sends /start with a command entity; after a block the bot hears both."""
    town, bot = pair
    await town.start(11, "CODE7")
    message = (await bot.updates())[0]["message"]
    assert message["text"] == "/start CODE7"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["language_code"] == "zh-hans"
    await bot.updates(offset=-1)
    await town.block(11)
    with pytest.raises(ControlError, match="blocked"):
        await town.say(11, "x")
    await town.start(11)
    updates = (await bot.updates())[1:]
    states = [u["my_chat_member"]["new_chat_member"]["status"] for u in updates[:2]]
    assert states == ["kicked", "member"]
    assert updates[2]["message"]["text"] == "/start"


async def test_somebody_known_changes_only_in_what_is_given(pair: tuple[Town, Hands]) -> None:
    """A new language leaves the name, the chat and its messages; the bot hears of it with the
    next message."""
    town, bot = pair
    one = await town.user("安娜", last_name="林", language_code="zh-hans")
    await town.say(one["id"], "你好")
    changed = await town.post("users", {"id": one["id"], "language_code": "en"})
    assert changed == one | {"language_code": "en"}
    await town.say(one["id"], "Hello")
    *_, update = await bot("getUpdates")
    assert update["message"]["from"]["language_code"] == "en"
    assert update["message"]["chat"]["first_name"] == "安娜"
    assert [m["text"] for m in await town.messages(one["id"])] == ["你好", "Hello"]


async def test_every_kind_of_saying(pair: tuple[Town, Hands]) -> None:
    """Voice, place, contact, sticker, forwarded and edited messages look like Telegram's."""
    town, bot = pair
    await town.say(11, voice={"duration": 9}, caption="听")
    await town.say(11, location=[30.5, 104.1])
    await town.say(11, contact={"phone_number": "+860000", "first_name": "王"})
    await town.say(11, sticker=True)
    await town.say(11, "转来的", forward={"name": "张"})
    said = (await town.say(11, "错"))["messages"][0]
    await town.say(11, "对", edit_of=said["message_id"])
    voice, place, contact, sticker, forward, typo, edit = await bot.updates()
    assert voice["message"]["voice"]["duration"] == 9
    assert place["message"]["location"] == {"latitude": 30.5, "longitude": 104.1}
    assert contact["message"]["contact"]["phone_number"] == "+860000"
    assert "sticker" in sticker["message"]
    assert forward["message"]["forward_origin"]["type"] == "hidden_user"
    assert typo["message"]["text"] == "错"
    assert edit["edited_message"]["text"] == "对"
    assert edit["edited_message"]["message_id"] == said["message_id"]
    assert "edit_date" in edit["edited_message"]


async def test_privacy_mode_hides_what_is_not_for_the_bot(pair: tuple[Town, Hands]) -> None:
    """In a group the bot gets commands and replies to itself; as administrator, everything."""
    town, bot = pair
    chat = (await town.group("群", members=[11], quiet=True))["id"]
    sent = await bot("sendMessage", chat_id=chat, text="卡")
    assert (await town.say(11, "闲聊", chat))["update_ids"] == []
    assert (await town.say(11, "@huying_bot 在吗", chat))["update_ids"] == []
    assert (await town.say(11, "/my@other_bot", chat))["update_ids"] == []
    assert (await town.say(11, "/report@huying_bot", chat))["update_ids"]
    reply = await town.say(11, "好", chat, reply_to=sent["message_id"])
    assert reply["update_ids"]
    assert reply["messages"][0]["reply_to_message"]["text"] == "卡"
    await town.rights(chat, status="administrator")
    assert (await town.say(11, "闲聊", chat))["update_ids"]


async def test_anonymous_administrators_and_channels_have_no_person(
    pair: tuple[Town, Hands],
) -> None:
    """An anonymous administrator speaks as the group; a channel post has no sender."""
    town, bot = pair
    group = await town.group(
        "群", members=[{"user": 11, "status": "administrator", "anonymous": True}], quiet=True
    )
    channel = await town.group("频道", type="channel", members=[11], quiet=True)
    await town.say(11, "/bind X", group["id"])
    await town.say(11, "/bind Y", channel["id"])
    first, second = await bot.updates()
    assert first["message"]["from"]["username"] == "GroupAnonymousBot"
    assert first["message"]["sender_chat"]["id"] == group["id"]
    assert second["channel_post"]["sender_chat"]["id"] == channel["id"]
    assert "from" not in second["channel_post"]


async def test_topic_messages_name_their_topic(pair: tuple[Town, Hands]) -> None:
    """A message in a topic carries the thread and replies to the topic's beginning."""
    town, bot = pair
    forum = await town.group("论坛", topics=["甲"], members=[11], quiet=True)
    thread = forum["topics"][0]["message_thread_id"]
    await town.say(11, "/bind X", forum["id"], thread=thread)
    message = (await bot.updates())[-1]["message"]
    assert (message["message_thread_id"], message["is_topic_message"]) == (thread, True)
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "甲"
    assert message["chat"]["is_forum"]


async def test_replies_outside_topics_name_a_thread_that_is_no_topic(
    pair: tuple[Town, Hands],
) -> None:
    """In a plain supergroup a reply carries message_thread_id without is_topic_message."""
    town, bot = pair
    chat = (await town.group("群", members=[11], quiet=True))["id"]
    sent = await bot("sendMessage", chat_id=chat, text="卡")
    await town.say(11, "好", chat, reply_to=sent["message_id"])
    message = (await bot.updates())[-1]["message"]
    assert message["message_thread_id"] == sent["message_id"]
    assert "is_topic_message" not in message
    reply = {"message_id": message["message_id"]}
    answer = await bot("sendMessage", chat_id=chat, text="收到", reply_parameters=reply)
    assert answer["message_thread_id"] == sent["message_id"]


async def test_message_ids_run_as_in_telegram(pair: tuple[Town, Hands]) -> None:
    """Private chats and basic groups share one counter, a supergroup counts for itself."""
    town, bot = pair
    await town.user("李", id=12, started=True)
    one = await bot("sendMessage", chat_id=12, text="x")
    basic = (await town.group("群", type="group", members=[11]))["id"]
    two = await bot("sendMessage", chat_id=basic, text="x")
    assert two["message_id"] > one["message_id"]
    large = (await town.group("大群", bot="left"))["id"]
    await town.member(large, "bot", "member", by=11)
    assert (await bot("sendMessage", chat_id=large, text="x"))["message_id"] == 2


async def test_raw_updates_go_through_as_they_are(pair: tuple[Town, Hands]) -> None:
    """Any object can be queued; one without an id gets the next."""
    town, bot = pair
    number = await town.raw({"message": {"nonsense": [1]}})
    assert await bot.updates() == [{"message": {"nonsense": [1]}, "update_id": number}]


async def test_nonsense_at_the_control_door_is_explained(pair: tuple[Town, Hands]) -> None:
    """Unknown people, chats and buttons give a sentence, not a crash."""
    town, bot = pair
    for act in (town.say(99, "x"), town.say(11, "x", 5), town.post("break", kind="fire")):
        with pytest.raises(ControlError):
            await act
    await town.start(11)
    sent = await bot("sendMessage", chat_id=11, text="x")
    with pytest.raises(ControlError, match="no button"):
        await town.tap_label(11, sent, "签收")


async def test_breaks_hit_what_they_name_and_wear_out(pair: tuple[Town, Hands]) -> None:
    """A 429 carries retry_after; a 500 after acceptance still delivers; both end by count."""
    town, bot = pair
    await town.start(11)
    await town.break_("429", methods=["sendMessage"], retry_after=3)
    await bot("getMe")
    assert await bot.fails("sendMessage", chat_id=11, text="x") == (
        429,
        "Too Many Requests: retry after 3",
    )
    await town.break_("500", chat=11, after=True)
    assert (await bot.fails("sendMessage", chat_id=11, text="到了"))[0] == 500
    last = await town.last(11)
    assert last is not None
    assert last["text"] == "到了"
    await town.break_("malformed")
    response = await bot.http.post("/bot8620:TEST/getMe")
    assert response.status_code == 200
    with pytest.raises(ValueError):
        response.json()
    await bot("sendMessage", chat_id=11, text="x")
    assert [c.get("broken") for c in await town.calls("sendMessage")] == ["429", "500", None]


async def test_a_town_begins_where_it_left_off(tmp_path: Path) -> None:
    """Users, chats, messages, files and waiting updates survive in the state file."""
    path = tmp_path / "town.json"
    app = make_app(path)
    async with over_asgi(app) as (town, bot):
        await town.user("王", id=11, started=True)
        forum = await town.group("论坛", topics=["甲"], members=[11], username="luntan")
        said = await town.say(11, photo=True)
        markup = {"inline_keyboard": [[{"text": "签收", "callback_data": "a"}]]}
        await bot("sendMessage", chat_id=11, text="卡", reply_markup=markup)
        waiting = await bot.updates()
        Keeper(app.state.world, path).save()
    async with over_asgi(make_app(path)) as (town, bot):
        assert await bot.updates() == waiting
        last = await town.last(11)
        assert last is not None
        await bot("editMessageText", chat_id=11, message_id=last["message_id"], text="改")
        file_id = said["messages"][0]["photo"][0]["file_id"]
        assert (await bot("getFile", file_id=file_id))["file_size"] > 0
        thread = forum["topics"][0]["message_thread_id"]
        await bot("sendMessage", chat_id="@luntan", text="x", message_thread_id=thread)
        tap = await town.tap(11, last, "a")
        await bot("answerCallbackQuery", callback_query_id=tap["id"])


def test_a_log_forgets_its_older_half() -> None:
    """Numbers go on when rows are dropped, and asking for dropped ones gives what is left."""
    log = Log(keep=4)
    for n in range(5):
        log.add({"n": n})
    assert [(r["seq"], r["n"]) for r in log.since(0)] == [(3, 2), (4, 3), (5, 4)]
    assert log.since(4) == [log.rows[-1]]
    assert log.since(9) == []


def test_the_clock_can_be_moved_for_every_reader(tmp_path: Path) -> None:
    """Two readers of the file agree; it runs on from where it was set."""
    mine, other = MovableClock(tmp_path / "clock"), MovableClock(tmp_path / "clock")
    start = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    mine.set(start)
    assert timedelta() <= other.now() - start < timedelta(seconds=5)
    mine.forward(timedelta(hours=8))
    assert timedelta() <= other.now() - start - timedelta(hours=8) < timedelta(seconds=5)
    with pytest.raises(ValueError, match="offset"):
        mine.set(datetime(2026, 11, 20))  # noqa: DTZ001
