"""The sandbox over a real loopback socket: waiting, cutting, and a real bot library."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.error import BadRequest, RetryAfter

from bot.errors import BadConfig
from bot.sandbox.client import Town
from bot.sandbox.server import serve
from tests.architecture.botapi import check_call, load
from tests.unit.sandbox_helpers import TOKEN, Hands, make_app


@pytest.fixture
async def base() -> AsyncIterator[str]:
    app = make_app()
    ready = asyncio.Event()
    task = asyncio.create_task(serve(app, "127.0.0.1", 0, ready))
    await asyncio.wait_for(ready.wait(), 5)
    yield app.state.url
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.fixture
async def pair(base: str) -> AsyncIterator[tuple[Town, Hands]]:
    async with (
        Town(base) as town,
        httpx.AsyncClient(base_url=base, trust_env=False, timeout=20) as http,
    ):
        await town.user("王", id=11, started=True)
        yield town, Hands(http)


async def test_only_loopback_is_listened_on() -> None:
    """The sandbox refuses an address that others could reach."""
    with pytest.raises(BadConfig):
        await serve(make_app(), "0.0.0.0", 0)  # noqa: S104


async def test_the_state_file_is_written_at_shutdown(tmp_path: Path) -> None:
    """What happened just before the end is in the file."""
    path = tmp_path / "folder" / "town.json"
    app = make_app(path)
    ready = asyncio.Event()
    task = asyncio.create_task(serve(app, "127.0.0.1", 0, ready))
    await asyncio.wait_for(ready.wait(), 5)
    async with Town(app.state.url) as town:
        await town.user("王", id=11)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [u["id"] for u in json.loads(path.read_text(encoding="utf-8"))["users"]] == [11]


async def test_a_long_poll_ends_when_something_arrives(pair: tuple[Town, Hands]) -> None:
    """A waiting getUpdates answers at once, long before its timeout."""
    town, bot = pair
    poll = asyncio.create_task(bot.updates(timeout=15))
    await town.wait_for(lambda: _waiting(town), what="the poll")
    await town.say(11, "你好")
    found = await asyncio.wait_for(poll, 5)
    assert found[0]["message"]["text"] == "你好"


async def test_a_second_poll_ends_the_first(pair: tuple[Town, Hands]) -> None:
    """The earlier of two concurrent polls gets the 409 that names the other."""
    town, bot = pair
    first = asyncio.create_task(bot.fails("getUpdates", timeout=15))
    await town.wait_for(lambda: _waiting(town), what="the poll")
    assert await bot.updates() == []
    code, reason = await asyncio.wait_for(first, 5)
    assert code == 409
    assert reason.startswith("Conflict: terminated by other getUpdates request; make sure")


async def _waiting(town: Town) -> bool:
    return any(c["status"] is None for c in await town.calls("getUpdates"))


async def test_a_cut_connection_gives_no_answer(pair: tuple[Town, Hands]) -> None:
    """cut closes the socket, before or after the message was accepted."""
    town, bot = pair
    for after in (False, True):
        await town.break_("cut", methods=["sendMessage"], after=after)
        with pytest.raises(httpx.TransportError):
            await bot("sendMessage", chat_id=11, text=str(after))
    assert [m["text"] for m in await town.messages(11)] == ["True"]
    calls = await town.calls("sendMessage")
    assert [(c["status"], c["accepted"]) for c in calls] == [(0, False), (0, True)]
    await bot("sendMessage", chat_id=11, text="x")


async def test_watching_events_wakes_up(pair: tuple[Town, Hands]) -> None:
    """wait_message returns once the bot has written what is waited for."""
    town, bot = pair
    wait = asyncio.create_task(town.wait_message(11, "受理", timeout=5))
    await bot("sendMessage", chat_id=11, text="稍等")
    await bot("sendMessage", chat_id=11, text="已受理")
    assert (await wait)["text"] == "已受理"
    with pytest.raises(TimeoutError):
        await town.wait_message(11, "没有的话", timeout=0.01)


async def test_a_real_bot_library_finds_telegram(
    base: str, pair: tuple[Town, Hands], monkeypatch: pytest.MonkeyPatch
) -> None:
    """python-telegram-bot's own calls, uploads and errors work, without one violation."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    town, _ = pair
    forum = await town.group(
        "论坛", topics=["甲"], bot="administrator", rights={"can_manage_topics": True}
    )
    bot = Bot(TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot")
    async with bot:
        assert bot.username == "huying_bot"
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("签收", callback_data="a:1")]])
        sent = await bot.send_message(
            11, "<b>卡</b>", parse_mode="HTML", reply_markup=keys, disable_notification=True
        )
        await sent.reply_text("回", do_quote=True)
        await bot.edit_message_text("二", 11, sent.message_id)
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("二", 11, sent.message_id)
        await bot.send_photo(11, b"\x89PNG1", caption="图", protect_content=True)
        group = await bot.send_media_group(
            11, [InputMediaPhoto(b"\x89PNG2"), InputMediaPhoto(b"\x89PNG3")], caption="册"
        )
        file = await bot.get_file(group[1].photo[-1])
        assert bytes(await file.download_as_bytearray()) == b"\x89PNG3"
        topic = await bot.create_forum_topic(forum["id"], "乙")
        await bot.send_location(
            forum["id"], 30.5, 104.1, message_thread_id=topic.message_thread_id
        )
        await bot.set_my_commands([("report", "r")], language_code="zh")
        await town.say(11, voice=True)
        await town.tap(11, {"chat": {"id": 11}, "message_id": sent.message_id}, "a:1")
        updates = await bot.get_updates(timeout=1, allowed_updates=["message", "callback_query"])
        *_, voice, query = updates
        assert voice.message.voice.file_id
        assert await query.callback_query.answer("好")
        await bot.set_message_reaction(11, sent.message_id, "👍")
        assert (await bot.get_chat(11)).first_name == "王"
        admins = await bot.get_chat_administrators(forum["id"])
        assert [a.user.id for a in admins] == [8620]
        await town.break_("429", retry_after=2)
        with pytest.raises(RetryAfter):
            await bot.get_me()
    assert await town.violations() == []
    calls = await town.calls()
    assert len(calls) > 15
    if load() is not None:
        wrong = [w for c in calls for w in check_call(c["method"], c["params"]) or []]
        assert wrong == []


@pytest.mark.skipif(load() is None, reason="the method list does not lie beside the project")
def test_the_outside_method_list_catches_mistakes() -> None:
    """check_call names unknown methods, unknown and missing parameters, and wrong types."""
    assert check_call("sendMessage", {"chat_id": 1, "text": "x"}) == []
    assert check_call("launch", {}) == ["launch: unknown method"]
    wrong = check_call("sendMessage", {"chat_id": True, "colour": 1})
    assert wrong == [
        "sendMessage: unknown field colour",
        "sendMessage.chat_id: not Integer",
        "sendMessage: text is missing",
    ]
    bad_button = {"inline_keyboard": [[{"text": "x", "data": "y"}]]}
    wrong = check_call("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": bad_button})
    assert wrong == ["sendMessage.reply_markup.inline_keyboard[0][0]: unknown field data"]
