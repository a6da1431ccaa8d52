"""What a page needs to send without losing or doubling anything, and to show what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.client import Town
from tests.unit.sandbox_helpers import Hands, make_app, over_asgi


@pytest.fixture
async def pair() -> AsyncIterator[tuple[Town, Hands]]:
    async with over_asgi(make_app()) as both:
        await both[0].user("王", id=11, started=True)
        yield both


async def test_what_is_said_twice_under_one_number_is_said_once(pair: tuple[Town, Hands]) -> None:
    """The second answer is the first one again; another number is another message."""
    town, bot = pair
    first = await town.say(11, album=2, random_id="a")
    assert await town.say(11, album=2, random_id="a") == first
    await town.say(11, "别的", random_id="b")
    await town.say(11, "没有号")
    await town.say(11, "没有号")
    assert len(await town.messages(11)) == len(await bot.updates()) == 5


async def test_a_message_knows_its_update(pair: tuple[Town, Hands]) -> None:
    """Whether the bot has taken a message can be told from the confirmed offset; what the bot
    does not get to see has no update."""
    town, bot = pair
    await town.say(11, "你好", random_id="a")
    group = await town.group("群", members=[11])
    await town.say(11, "闲话", chat=group["id"])
    seen, (hidden,) = (await town.messages(11))[-1], (await town.messages(group["id"]))[-1:]
    assert seen["update_id"] == (await bot.updates())[0]["update_id"]
    assert seen["random_id"] == "a"
    assert hidden["update_id"] is None


async def test_a_photo_keeps_the_shape_that_it_came_with(pair: tuple[Town, Hands]) -> None:
    """A page that knows the size of a photo tells it; it is the size of the largest version."""
    town, _ = pair
    photo = {"data": "aGVsbG8=", "width": 640, "height": 1280}
    said = await town.say(11, photo=photo)
    small, large = said["messages"][0]["photo"]
    assert (large["width"], large["height"]) == (640, 1280)
    assert small["width"] == 90
