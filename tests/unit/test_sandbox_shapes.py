"""What the sandbox sends has the fields and types of Telegram's own objects."""

from __future__ import annotations

import pytest

from tests.architecture.botapi import check_object, check_result, load
from tests.unit.sandbox_helpers import make_app, over_asgi

pytestmark = pytest.mark.skipif(
    load() is None, reason="the method list does not lie beside the project"
)


async def test_every_update_is_an_update_of_telegram() -> None:
    """Updates of every kind that the town can cause fit the type Update."""
    async with over_asgi(make_app()) as (town, bot):
        await bot.updates(
            allowed_updates=[
                "message",
                "edited_message",
                "channel_post",
                "edited_channel_post",
                "callback_query",
                "my_chat_member",
                "chat_member",
                "message_reaction",
            ]
        )
        await town.user("王", id=11, username="wang", language_code="zh-hans")
        await town.user("李", id=12)
        await town.start(11, "CODE")
        said = (await town.say(11, "一"))["messages"][0]
        await town.say(11, "二", edit_of=said["message_id"], reply_to=None)
        await town.say(11, "三", reply_to=said["message_id"])
        for kind in ("photo", "video", "voice", "document", "sticker"):
            await town.say(11, **{kind: True}, caption="说明 #垃圾")
        await town.say(11, album=["photo", {"type": "video", "caption": "x"}])
        await town.say(11, location=[30.5, 104.1], venue={"title": "菜市场", "address": "路"})
        await town.say(11, contact={"phone_number": "1", "first_name": "王"})
        group = (await town.group("群", type="group", members=[11], bot="administrator"))["id"]
        channel = (await town.group("频道", type="channel", members=[11]))["id"]
        forum = await town.group("论坛", topics=["甲"], bot="administrator", members=[11])
        await town.rights(
            forum["id"], rights={"can_manage_topics": True, "can_pin_messages": True}
        )
        made = await bot("createForumTopic", chat_id=forum["id"], name="乙")
        thread = made["message_thread_id"]
        await bot("closeForumTopic", chat_id=forum["id"], message_thread_id=thread)
        await bot("reopenForumTopic", chat_id=forum["id"], message_thread_id=thread)
        await bot("editForumTopic", chat_id=forum["id"], message_thread_id=thread, name="丙")
        card = await bot(
            "sendMessage",
            chat_id=forum["id"],
            message_thread_id=thread,
            text='<b>卡</b> <a href="https://example.org">x</a>',
            parse_mode="HTML",
            reply_markup={"inline_keyboard": [[{"text": "签收", "callback_data": "a"}]]},
        )
        await bot("pinChatMessage", chat_id=forum["id"], message_id=card["message_id"])
        await town.tap_label(11, card, "签收")
        await town.say(11, "题", forum["id"], thread=thread, anonymous=True)
        await bot("deleteMessage", chat_id=forum["id"], message_id=card["message_id"])
        await town.tap(11, card, "late")
        post = (await town.say(11, "公告", channel))["messages"][0]
        await town.say(11, "公告二", channel, edit_of=post["message_id"])
        for forward in ({"user": 12}, {"name": "张"}, {"chat": channel}, {"chat": group}):
            await town.say(11, "转", forward=forward)
        for status in ("member", "restricted", "administrator", "creator", "left", "kicked"):
            await town.member(group, 12, status)
        await town.react(11, said, "👍")
        await town.migrate(group)
        await town.block(11)
        await town.unblock(11)
        await town.kick(forum["id"])
        updates = await bot.updates()
        kinds = {key for u in updates for key in u} - {"update_id"}
        assert kinds == {
            "message",
            "edited_message",
            "channel_post",
            "edited_channel_post",
            "callback_query",
            "my_chat_member",
            "chat_member",
            "message_reaction",
        }
        assert [w for u in updates for w in check_object("Update", u) or []] == []


async def test_answers_are_what_the_method_list_promises() -> None:
    """Results fit the types that the list gives for each method."""
    async with over_asgi(make_app()) as (town, bot):
        await town.user("王", id=11, started=True)
        forum = await town.group(
            "论坛",
            topics=["甲"],
            bot="administrator",
            rights={"can_manage_topics": True, "can_pin_messages": True},
            members=[{"user": 11, "status": "creator"}],
        )
        chat = forum["id"]
        photo = (await town.say(11, photo=True))["messages"][0]
        file_id = photo["photo"][0]["file_id"]
        source = {"from_chat_id": 11, "message_id": photo["message_id"]}
        media = {"type": "photo", "media": file_id}
        text = await bot("sendMessage", chat_id=chat, text="x", protect_content=True)
        sent = {"chat_id": 11, "message_id": (await bot("sendPhoto", chat_id=11, photo=file_id))[
            "message_id"]}  # fmt: skip
        calls: list[tuple[str, dict]] = [
            ("getMe", {}),
            ("getWebhookInfo", {}),
            ("sendMessage", {"chat_id": 11, "text": "x"}),
            ("sendLocation", {"chat_id": 11, "latitude": 1.5, "longitude": 2}),
            ("sendMediaGroup", {"chat_id": 11, "media": [media, media]}),
            ("copyMessage", {"chat_id": chat} | source),
            ("forwardMessage", {"chat_id": chat} | source),
            ("editMessageCaption", sent | {"caption": "新"}),
            ("editMessageMedia", sent | {"media": media | {"caption": "又"}}),
            ("getChat", {"chat_id": chat}),
            ("getChat", {"chat_id": 11}),
            ("getChatMember", {"chat_id": chat, "user_id": 8620}),
            ("getChatMemberCount", {"chat_id": chat}),
            ("getChatAdministrators", {"chat_id": chat}),
            ("getFile", {"file_id": file_id}),
            ("createForumTopic", {"chat_id": chat, "name": "乙"}),
            ("pinChatMessage", {"chat_id": chat, "message_id": text["message_id"]}),
            ("unpinChatMessage", {"chat_id": chat}),
            ("setMyDescription", {"description": "x"}),
            ("getMyDescription", {}),
            ("getMyCommands", {}),
            ("deleteMessages", {"chat_id": 11, "message_ids": [sent["message_id"]]}),
            ("sendChatAction", {"chat_id": 11, "action": "typing"}),
        ]
        for method, params in calls:
            assert check_result(method, await bot(method, **params)) == [], method
        assert await town.violations() == []
