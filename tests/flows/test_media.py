"""Whatever a person sends can start a report, and nothing of it is dropped (failure mode 13)."""

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


async def notes(town: Rehearsal, number: str) -> list[Any]:
    """Everything that was said on a case, oldest first."""
    seen = await town.case(number)
    async with town.core.look() as work:
        return list(await work.uow.cases.notes(seen.case.id))


async def album(town: Rehearsal, **fields: Any) -> list[str]:
    """Send an album and wait until it is complete; the bot's texts."""
    await town.town.say(LI, **fields)
    await town.settle()
    assert await town.texts(LI) == []
    await town.forward(seconds=2)
    return await town.texts(LI)


@pytest.mark.parametrize("kind", ["photo", "video", "voice", "document"])
async def test_a_file_without_words_asks_for_a_few(town: Rehearsal, kind: str) -> None:
    """A file alone starts a report: a few words are asked for, and the file stays with it."""
    asked = await town.say(LI, **{kind: True})
    assert "收到 1 个附件" in asked["text"]
    await town.tap(LI, await town.say(LI, SURE), "提交")
    (note,) = await notes(town, await town.number(LI))
    assert [m.kind for m in note.media] == [kind]


@pytest.mark.parametrize("kind", ["photo", "video", "voice", "document"])
async def test_a_caption_is_as_good_as_a_text(town: Rehearsal, kind: str) -> None:
    """What is written under a file is not asked again."""
    seen = await town.say(LI, **{kind: True}, caption=SURE)
    assert "✅ 提交" in labels(seen)
    assert "📎 1 个附件" in seen["text"]


async def test_a_sticker_gets_a_question(town: Rehearsal) -> None:
    """A sticker says nothing: the bot asks what the matter is, once."""
    assert "什么事" in (await town.say(LI, sticker=True))["text"]


async def test_a_sticker_in_mid_dialog_asks_the_same_again(town: Rehearsal) -> None:
    """What is no answer is said to be none, and the question comes again."""
    asked = await town.say(LI, "垃圾堆成山了，好几天没人收")
    again = await town.say(LI, sticker=True)
    assert labels(again) == labels(asked)
    assert "没看懂" in (await town.texts(LI))[-2]


@pytest.mark.parametrize("pieces", [2, 10])
@pytest.mark.parametrize("caption", [SURE, None])
async def test_an_album_gets_one_answer(town: Rehearsal, pieces: int, caption: str | None) -> None:
    """An album of any size, with or without words, is one report with one question."""
    (answer,) = await album(town, album=pieces, caption=caption)
    assert f"{pieces} 个附件" in answer
    if caption is None:
        await town.say(LI, SURE)
    await town.tap(LI, await town.last(LI), "提交")
    (note,) = await notes(town, await town.number(LI))
    assert len(note.media) == pieces


async def test_an_album_with_the_caption_on_the_last_piece(town: Rehearsal) -> None:
    """It does not matter which piece carries the words, nor that kinds are mixed."""
    pieces = ["photo", "video", {"type": "photo", "caption": SURE}]
    (answer,) = await album(town, album=pieces)
    assert "3 个附件" in answer
    assert "看起来是" in answer


async def test_a_late_piece_of_an_album_is_kept(town: Rehearsal) -> None:
    """A piece that comes after the answer joins the report, and the newest buttons work."""
    await album(town, album=2, caption=SURE)
    said = await town.town.messages(LI)
    late = dict(said[0]) | {"message_id": 990001}
    late = {k: v for k, v in late.items() if k in {"message_id", "chat", "from", "date"}}
    photo = [{"file_id": "late", "file_unique_id": "late", "width": 9, "height": 9}]
    group = said[0]["media_group_id"]
    await town.town.raw({"message": late | {"photo": photo, "media_group_id": group}})
    await town.settle()
    seen = await town.last(LI)
    assert "3 个附件" in seen["text"]
    await town.tap(LI, seen, "提交")
    (note,) = await notes(town, await town.number(LI))
    assert len(note.media) == 3


async def test_an_emergency_album_opens_one_case(town: Rehearsal) -> None:
    """The first piece goes out at once, the others land on the same case without an answer."""
    await town.town.say(LI, album=3, caption="六栋楼道里好大煤气味，有人头晕")
    await town.settle()
    await town.forward(seconds=2)
    assert len([t for t in await town.texts(LI) if "先保证安全" in t]) == 1
    number = await town.number(LI)
    assert number == "202611200001"
    assert sum(len(n.media) for n in await notes(town, number)) == 3
    assert not [t for t in await town.texts(LI) if "已补充" in t]


async def test_a_forwarded_message_starts_a_report(town: Rehearsal) -> None:
    """What a neighbour wrote can be passed on."""
    seen = await town.say(LI, SURE, forward={"name": "邻居老张"})
    assert "✅ 提交" in labels(seen)


async def test_a_forwarded_photo_starts_a_report(town: Rehearsal) -> None:
    """A forwarded photo with its caption counts as one's own."""
    seen = await town.say(LI, photo=True, caption=SURE, forward={"name": "邻居老张"})
    assert "📎 1 个附件" in seen["text"]


async def test_a_venue_names_the_place(town: Rehearsal) -> None:
    """A venue gives pin and name: only the matter is asked."""
    venue = {"title": "翠竹菜市场", "address": "翠竹路"}
    await town.say(LI, location=[23.394, 113.2165], venue=venue)
    seen = await town.say(LI, "垃圾堆成山了，好几天没人收")
    assert "翠竹社区第 3 网格" in seen["text"]


async def test_a_contact_is_no_advertisement(town: Rehearsal) -> None:
    """A shared contact is kept with the report, and the matter is asked for."""
    asked = await town.say(LI, contact={"phone_number": "13800138000", "first_name": "张三"})
    assert "什么事" in asked["text"]
    await town.tap(LI, await town.say(LI, SURE), "提交")
    (note,) = await notes(town, await town.number(LI))
    assert "13800138000" in note.text


async def test_an_edit_before_the_submission_replaces_the_words(town: Rehearsal) -> None:
    """Before 提交 an edited message counts as it reads now."""
    said = await town.town.say(LI, "翠竹路菜市场后门垃圾堆城山")
    await town.settle()
    await town.say(LI, SURE, edit_of=said["messages"][0]["message_id"])
    await town.tap(LI, await town.last(LI), "提交")
    (note,) = await notes(town, await town.number(LI))
    assert note.text == SURE


async def test_an_edit_after_the_submission_is_added(town: Rehearsal) -> None:
    """After 提交 the new wording is added, the old one stays, and each is there once."""
    said = await town.town.say(LI, SURE)
    await town.settle()
    await town.tap(LI, await town.last(LI), "提交")
    number = await town.number(LI)
    message = said["messages"][0]["message_id"]
    for _ in range(2):
        await town.say(LI, SURE + "，苍蝇也多", edit_of=message)
    assert [n.text for n in await notes(town, number)] == [SURE, SURE + "，苍蝇也多"]
    assert [t for t in await town.texts(LI) if "已补充" in t] == [f"已补充到 {number}。"]


async def test_an_edited_caption_does_not_double_the_photo(town: Rehearsal) -> None:
    """Changing a caption after 提交 adds the words only."""
    said = await town.town.say(LI, photo=True, caption=SURE)
    await town.settle()
    await town.tap(LI, await town.last(LI), "提交")
    number = await town.number(LI)
    await town.say(LI, edit_of=said["messages"][0]["message_id"], caption=SURE + "，很臭")
    found = await notes(town, number)
    assert [len(n.media) for n in found] == [1, 0]
    assert found[-1].text == SURE + "，很臭"


async def test_an_edit_of_a_closed_report_says_nothing(town: Rehearsal) -> None:
    """A withdrawn report does not change, and the person is not scolded."""
    said = await town.town.say(LI, SURE)
    await town.settle()
    await town.tap(LI, await town.last(LI), "提交")
    await town.tap(LI, await town.last(LI), "撤回")
    before = await town.texts(LI)
    await town.say(LI, "别的话", edit_of=said["messages"][0]["message_id"])
    assert await town.texts(LI) == before


async def test_an_edit_of_an_older_report_during_a_new_one(town: Rehearsal) -> None:
    """An edit finds the report that it belongs to, whatever is being asked now."""
    said = await town.town.say(LI, SURE)
    await town.settle()
    await town.tap(LI, await town.last(LI), "提交")
    number = await town.number(LI)
    await town.say(LI, "锦绣花园路灯不亮")
    await town.say(LI, SURE + "，很臭", edit_of=said["messages"][0]["message_id"])
    assert [n.text for n in await notes(town, number)][-1] == SURE + "，很臭"


async def test_photos_reach_whoever_accepts_in_private_only(town: Rehearsal) -> None:
    """No photo of a resident enters a group; the acceptor gets it in private, protected (I6)."""
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    group = await town.channel("QS-CZ-3", WANG)
    await town.say(LI, photo=True, caption=SURE)
    await town.tap(LI, await town.last(LI), "提交")
    number = await town.number(LI)
    await town.tap(WANG, await town.card("QS-CZ-3", number), "签收")
    sent = await town.town.calls("sendPhoto")
    assert [call["params"]["chat_id"] for call in sent] == [WANG]
    assert sent[0]["params"]["protect_content"] is True
    assert group not in [call["params"]["chat_id"] for call in sent]


async def test_files_in_the_middle_of_the_questions(town: Rehearsal) -> None:
    """A photo instead of an answer is kept, and the question stays."""
    asked = await town.say(LI, "垃圾堆成山了，好几天没人收")
    again = await town.say(LI, photo=True)
    assert labels(again) == labels(asked)
    seen = await town.say(LI, "翠竹路菜市场后门")
    assert "📎 1 个附件" in seen["text"]
