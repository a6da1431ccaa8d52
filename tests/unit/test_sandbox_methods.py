"""The sandbox's Bot API answers as Telegram does, errors included."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.api import REGISTER
from bot.sandbox.bodies import METHODS
from bot.sandbox.client import Town
from tests.unit.sandbox_helpers import TOKEN, Hands, make_app, over_asgi


@pytest.fixture
async def pair() -> AsyncIterator[tuple[Town, Hands]]:
    async with over_asgi(make_app()) as both:
        await both[0].user("王", id=11, started=True)
        yield both


async def test_every_listed_method_has_an_answer() -> None:
    """Nothing of the method list is left without a function; getUpdates is the door's own."""
    assert set(METHODS) - set(REGISTER) == {"getUpdates"}


async def test_token_and_method_are_checked(pair: tuple[Town, Hands]) -> None:
    """A wrong token is 401, an unknown method 404, a known one works in any case by GET."""
    _, bot = pair
    assert (await bot.http.get("/bot8620:NO/getMe")).json() == {
        "ok": False,
        "error_code": 401,
        "description": "Unauthorized",
    }
    assert (await bot.fails("launchRocket"))[0] == 404
    me = (await bot.http.get(f"/bot{TOKEN}/getme")).json()["result"]
    assert (me["id"], me["is_bot"], me["username"]) == (8620, True, "huying_bot")


async def test_texts_are_parsed_and_limited(pair: tuple[Town, Hands]) -> None:
    """HTML becomes text and entities; empty and over-long texts are refused."""
    _, bot = pair
    sent = await bot("sendMessage", chat_id=11, text="<b>好</b>", parse_mode="HTML")
    assert sent["text"] == "好"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    assert sent["from"]["id"] == 8620
    await bot("sendMessage", chat_id=11, text="😀" * 2048)
    too_long = (400, "Bad Request: message is too long")
    assert await bot.fails("sendMessage", chat_id=11, text="😀" * 2048 + "a") == too_long
    assert await bot.fails("sendMessage", chat_id=11) == (
        400,
        "Bad Request: message text is empty",
    )
    assert await bot.fails("sendMessage", chat_id=11, text=" \n") == (
        400,
        "Bad Request: text must be non-empty",
    )
    assert await bot.fails("sendMessage", text="x") == (400, "Bad Request: chat_id is empty")
    assert await bot.fails("sendMessage", chat_id=12, text="x") == (
        400,
        "Bad Request: chat not found",
    )


async def test_who_cannot_be_reached(pair: tuple[Town, Hands]) -> None:
    """Strangers, blockers and groups without the bot give Telegram's 403s."""
    town, bot = pair
    await town.user("李", id=12)
    assert await bot.fails("sendMessage", chat_id=12, text="x") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    await town.block(11)
    assert await bot.fails("sendMessage", chat_id=11, text="x") == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    chat = (await town.group("群", members=[11]))["id"]
    await town.kick(chat)
    assert await bot.fails("sendMessage", chat_id=chat, text="x") == (
        403,
        "Forbidden: bot was kicked from the supergroup chat",
    )
    channel = (await town.group("频道", type="channel", bot="member"))["id"]
    assert (await bot.fails("sendMessage", chat_id=channel, text="x"))[0] == 400


async def test_editing_and_its_errors(pair: tuple[Town, Hands]) -> None:
    """An edit replaces text and keyboard; the same again, a stranger's and a lost one fail."""
    town, bot = pair
    markup = {"inline_keyboard": [[{"text": "签收", "callback_data": "a"}]]}
    sent = await bot("sendMessage", chat_id=11, text="一", reply_markup=markup)
    where = {"chat_id": 11, "message_id": sent["message_id"]}
    code, reason = await bot.fails("editMessageText", **where, text="一", reply_markup=markup)
    assert code == 400
    assert reason.startswith("Bad Request: message is not modified: specified new message content")
    edited = await bot("editMessageText", **where, text="二")
    assert edited["text"] == "二"
    assert "reply_markup" not in edited
    assert (await town.last(11))["edits"] == 1
    await bot("editMessageReplyMarkup", **where, reply_markup=markup)
    assert (await bot.fails("editMessageCaption", **where, caption="x"))[0] == 400
    spoken = (await town.say(11, "你好"))["messages"][0]["message_id"]
    assert await bot.fails("editMessageText", chat_id=11, message_id=spoken, text="x") == (
        400,
        "Bad Request: message can't be edited",
    )
    assert await bot("deleteMessage", **where) is True
    gone = (400, "Bad Request: message to edit not found")
    assert await bot.fails("editMessageText", **where, text="三") == gone
    assert (await bot.fails("deleteMessage", **where))[1] == (
        "Bad Request: message to delete not found"
    )


async def test_replies_need_their_message(pair: tuple[Town, Hands]) -> None:
    """A reply to a missing message fails unless it may go without."""
    _, bot = pair
    first = await bot("sendMessage", chat_id=11, text="一")
    reply = {"message_id": first["message_id"]}
    second = await bot("sendMessage", chat_id=11, text="二", reply_parameters=reply)
    assert second["reply_to_message"]["text"] == "一"
    lost = {"message_id": 999}
    assert await bot.fails("sendMessage", chat_id=11, text="三", reply_parameters=lost) == (
        400,
        "Bad Request: message to be replied not found",
    )
    lost["allow_sending_without_reply"] = True
    third = await bot("sendMessage", chat_id=11, text="三", reply_parameters=lost)
    assert "reply_to_message" not in third


async def test_topics(pair: tuple[Town, Hands]) -> None:
    """Topics need the right to be made; a deleted one takes no message."""
    town, bot = pair
    forum = await town.group("论坛", topics=["事项"], bot="administrator", members=[11])
    chat, thread = forum["id"], forum["topics"][0]["message_thread_id"]
    sent = await bot("sendMessage", chat_id=chat, message_thread_id=thread, text="卡")
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    assert await bot.fails("createForumTopic", chat_id=chat, name="新") == (
        400,
        "Bad Request: not enough rights to create a topic",
    )
    await town.rights(chat, rights={"can_manage_topics": True})
    made = await bot("createForumTopic", chat_id=chat, name="新")
    await bot(
        "editForumTopic", chat_id=chat, message_thread_id=made["message_thread_id"], name="n"
    )
    await town.delete_topic(chat, thread)
    assert await bot.fails("sendMessage", chat_id=chat, message_thread_id=thread, text="x") == (
        400,
        "Bad Request: message thread not found",
    )


async def test_a_migrated_group_names_its_successor(pair: tuple[Town, Hands]) -> None:
    """Both service messages arrive, and the old id answers with the new one."""
    town, bot = pair
    old = (await town.group("群", type="group", members=[11], quiet=True))["id"]
    new = await town.migrate(old)
    notes = [u["message"] for u in await bot.updates()]
    assert [n.get("migrate_to_chat_id") for n in notes] == [new, None]
    assert notes[1]["migrate_from_chat_id"] == old
    body = (
        await bot.http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": old, "text": "x"})
    ).json()
    assert body["parameters"] == {"migrate_to_chat_id": new}
    assert body["description"] == ("Bad Request: group chat was upgraded to a supergroup chat")
    assert (await bot("sendMessage", chat_id=new, text="x"))["chat"]["id"] == new


async def test_callback_queries_are_answered_once_known_and_fresh(
    pair: tuple[Town, Hands],
) -> None:
    """A tap brings the message along; an unknown or old query id is refused."""
    town, bot = pair
    markup = {"inline_keyboard": [[{"text": "✋ 签收", "callback_data": "a:1"}]]}
    sent = await bot("sendMessage", chat_id=11, text="卡", reply_markup=markup)
    tap = await town.tap_label(11, sent, "签收")
    query = (await bot.updates())[0]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (tap["id"], "a:1", 11)
    assert query["message"]["reply_markup"] == markup
    await bot("answerCallbackQuery", callback_query_id=tap["id"], text="好")
    assert await town.answers(tap) == [{"text": "好"}]
    late = await town.tap(11, sent, "hand-made")
    await town.expire_callbacks()
    old = (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    assert await bot.fails("answerCallbackQuery", callback_query_id=late["id"]) == old
    assert await bot.fails("answerCallbackQuery", callback_query_id="1") == old


async def test_media_by_upload_and_by_id(pair: tuple[Town, Hands]) -> None:
    """A person's photo can be fetched and sent on; an upload comes back by its id."""
    town, bot = pair
    await town.say(11, photo=True, caption="看")
    photo = (await bot.updates())[0]["message"]["photo"][-1]["file_id"]
    path = (await bot("getFile", file_id=photo))["file_path"]
    data = (await bot.http.get(f"/file/bot{TOKEN}/{path}")).content
    assert data.startswith(b"\x89PNG")
    sent = await bot("sendPhoto", chat_id=11, photo=photo, caption="转", protect_content=True)
    assert sent["has_protected_content"]
    assert (
        await bot.fails("copyMessage", chat_id=11, from_chat_id=11, message_id=sent["message_id"])
    )[1].endswith("can't be copied")
    assert (await bot.fails("sendVoice", chat_id=11, voice=photo))[1] == (
        "Bad Request: can't use file of type Photo as Voice"
    )
    response = await bot.http.post(
        f"/bot{TOKEN}/sendDocument",
        data={"chat_id": "11", "caption": "a" * 1024},
        files={"document": ("表.csv", b"a,b\r\n--x\r\n", "text/csv")},
    )
    document = response.json()["result"]["document"]
    path = (await bot("getFile", file_id=document["file_id"]))["file_path"]
    assert (await bot.http.get(f"/file/bot{TOKEN}/{path}")).content == b"a,b\r\n--x\r\n"
    assert document["file_name"] == "表.csv"
    assert await bot.fails("sendPhoto", chat_id=11, photo=photo, caption="a" * 1025) == (
        400,
        "Bad Request: message caption is too long",
    )
    assert (await bot.http.get(f"/file/bot{TOKEN}/photos/none.jpg")).status_code == 404


async def test_albums_and_copies(pair: tuple[Town, Hands]) -> None:
    """sendMediaGroup gives several messages of one group; copies and forwards carry content."""
    town, bot = pair
    await town.say(11, album=2, caption="两张")
    updates = [u["message"] for u in await bot.updates()]
    assert len({m["media_group_id"] for m in updates}) == 1
    assert [m.get("caption") for m in updates] == ["两张", None]
    ids = [m["photo"][-1]["file_id"] for m in updates]
    media = [{"type": "photo", "media": i} for i in ids]
    sent = await bot("sendMediaGroup", chat_id=11, media=media)
    assert len(sent) == 2
    assert (await bot.fails("sendMediaGroup", chat_id=11, media=media[:1]))[0] == 400
    copied = await bot(
        "copyMessage", chat_id=11, from_chat_id=11, message_id=updates[0]["message_id"]
    )
    assert set(copied) == {"message_id"}
    assert (await town.last(11))["caption"] == "两张"
    forwarded = await bot(
        "forwardMessage", chat_id=11, from_chat_id=11, message_id=updates[0]["message_id"]
    )
    assert forwarded["forward_origin"]["sender_user"]["id"] == 11


async def test_form_bodies_with_json_fields(pair: tuple[Town, Hands]) -> None:
    """A form body with JSON in its nested fields means the same as a JSON body."""
    town, bot = pair
    markup = {"inline_keyboard": [[{"text": "开", "callback_data": "x"}]]}
    response = await bot.http.post(
        f"/bot{TOKEN}/sendMessage",
        data={
            "chat_id": "11",
            "text": "表单",
            "disable_notification": "true",
            "reply_markup": json.dumps(markup),
        },
    )
    assert response.json()["result"]["reply_markup"] == markup
    last = await town.last(11)
    assert last["silent"]
    assert await town.violations() == []


async def test_departures_from_the_method_list_are_recorded(pair: tuple[Town, Hands]) -> None:
    """Unknown arguments and fields are ignored and noted as violations."""
    town, bot = pair
    await bot("sendMessage", chat_id=11, text="x", colour="red")
    await bot("sendMessage", chat_id=11, text="x", reply_parameters={"message_id": 1, "tone": 2})
    await bot.fails("setMessageReaction", chat_id=11, message_id=1, reaction=["👍"])
    reasons = [v["reason"] for v in await town.violations()][:2]
    assert len(await town.violations()) == 4
    assert reasons == [
        "sendMessage: unknown parameter colour",
        "sendMessage.reply_parameters: unknown field tone",
    ]


async def test_calls_are_recorded_in_order(pair: tuple[Town, Hands]) -> None:
    """Every call is listed with its arguments, status and times."""
    town, bot = pair
    await bot("getMe")
    await bot.fails("sendMessage", chat_id=5, text="x")
    calls = await town.calls()
    assert [(c["method"], c["status"]) for c in calls] == [("getMe", 200), ("sendMessage", 400)]
    assert calls[1]["params"] == {"chat_id": 5, "text": "x"}
    assert calls[0]["at"] <= calls[0]["done"] <= calls[1]["at"]
    assert await town.calls("getMe", since=calls[0]["seq"]) == []


async def test_members_chats_and_commands(pair: tuple[Town, Hands]) -> None:
    """What a bot asks about chats and itself is answered."""
    town, bot = pair
    await town.user("李", id=12)
    chat = (await town.group("群", members=[{"user": 11, "status": "creator"}]))["id"]
    admins = await bot("getChatAdministrators", chat_id=chat)
    assert [(m["user"]["id"], m["status"]) for m in admins] == [(11, "creator")]
    assert (await bot("getChatMember", chat_id=chat, user_id=12))["status"] == "left"
    assert (await bot("getChat", chat_id=chat))["title"] == "群"
    commands = [{"command": "report", "description": "r"}]
    await bot("setMyCommands", commands=commands, language_code="zh")
    assert await bot("getMyCommands", language_code="zh") == commands
    assert await bot("getMyCommands") == []
    assert (await bot.fails("setMyCommands", commands=[{"command": "A", "description": "r"}]))[
        1
    ] == "Bad Request: BOT_COMMAND_INVALID"
    assert await bot("sendChatAction", chat_id=11, action="typing")
    sent = await bot("sendMessage", chat_id=11, text="x")
    where = {"chat_id": 11, "message_id": sent["message_id"]}
    assert await bot("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "👍"}])
    assert (
        await bot.fails("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "路"}])
    )[1].endswith("REACTION_INVALID")
    assert await bot("leaveChat", chat_id=chat)
    assert (await bot.fails("getChat", chat_id=chat))[0] == 403
