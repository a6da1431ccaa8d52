"""Which updates are for the bot; the rest of a group's talk is nobody's business."""

from __future__ import annotations

from typing import Any

import pytest

from bot.transport.addressed import addressed, chat_of, text_of

BOT, NAME = 123456, "huying_bot"
GROUP = {"id": -100, "type": "supergroup"}


def message(text: str | None = None, chat: dict[str, Any] = GROUP, **fields: Any) -> Any:
    """An update with a message."""
    body = {"message_id": 1, "chat": chat, "from": {"id": 5}} | fields
    return {"update_id": 1, "message": body | ({"text": text} if text is not None else {})}


REPLY = {"reply_to_message": {"message_id": 2, "from": {"id": BOT}}}
OTHER = {"reply_to_message": {"message_id": 2, "from": {"id": 99}}}


@pytest.mark.parametrize(
    ("update", "ours"),
    [
        (message("你好", {"id": 5, "type": "private"}), True),
        (message(None, {"id": 5, "type": "private"}), True),
        (message("今晚谁去跳舞"), False),
        (message("@huying_bot 你好"), False),
        (message("/report"), True),
        (message("/report@huying_bot 路灯"), True),
        (message("/REPORT@HUYING_BOT"), True),
        (message("/report@other_bot"), False),
        (message(" /report"), False),
        (message("/"), True),
        (message(None, caption="/report@huying_bot", photo=[]), True),
        (message(None, photo=[]), False),
        (message("好的", **REPLY), True),
        (message("好的", **OTHER), False),
        (message(None, **REPLY), True),
        (message(None, migrate_to_chat_id=-5), True),
        (message(None, migrate_from_chat_id=-5), True),
        ({"edited_message": message("改了")["message"]}, False),
        ({"edited_message": message("改了", **REPLY)["message"]}, True),
        ({"channel_post": {"chat": {"id": -7, "type": "channel"}, "text": "通知"}}, False),
        ({"channel_post": {"chat": {"id": -7, "type": "channel"}, "text": "/bind X"}}, True),
        ({"callback_query": {"id": "1", "from": {"id": 5}}}, True),
        ({"my_chat_member": {"chat": GROUP}}, True),
        ({"something_new": {}}, True),
        ({"message": "not an object"}, True),
        ({"message": {"chat": "not an object", "text": "你好"}}, False),
        ({"message": {}}, False),
        ({"message": {"text": 17}}, False),
        ({"message": {"reply_to_message": {"from": 3}, "text": None}}, False),
    ],
)
def test_what_is_for_the_bot(update: dict[str, Any], ours: bool) -> None:
    """Private talk, buttons, commands, replies to the bot and moves; nothing else is stored."""
    assert addressed(update, BOT, NAME) is ours


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        (message("x"), -100),
        ({"callback_query": {"from": {"id": 5}, "message": {"chat": {"id": -100}}}}, -100),
        ({"callback_query": {"from": {"id": 5}, "inline_message_id": "a"}}, 5),
        ({"my_chat_member": {"chat": {"id": -9}, "from": {"id": 5}}}, -9),
        ({"message": {"chat": {"id": "x"}}}, None),
        ({"message": 7}, None),
        ({}, None),
    ],
)
def test_the_chat_of_an_update(update: dict[str, Any], chat: int | None) -> None:
    """Order is kept within this chat; an update of an unknown shape has none."""
    assert chat_of(update) == chat


def test_the_words_of_an_update() -> None:
    """Text or caption, whatever kind of message; never an error."""
    assert text_of(message("路灯不亮")) == "路灯不亮"
    assert text_of(message(None, caption="照片")) == "照片"
    assert text_of({"edited_message": {"text": "改"}}) == "改"
    assert text_of({"message": {"text": None}}) == ""
    assert text_of({"callback_query": {}}) == ""
