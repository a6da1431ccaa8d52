"""No personal data in a group, a digest, a log or an operator's list (I6, failure mode 19)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from sqlalchemy import text as sql

from bot.domain.access import SYSTEM
from bot.domain.units import Role
from bot.services import digest, explaining
from tests.town import Rehearsal, labels

LI, WANG, LIU, BOSS = 710010001, 2001, 3001, 4001
PHONE, IDENTITY, PLATE, DOOR = "13800138000", "440106199001011234", "粤A12345", "1203"
SECRETS = (PHONE, "138 0013 8000", "138-0013-8000", IDENTITY, PLATE, DOOR, "李小明", "王阿姨")
TEXTS = (
    f"翠竹路菜市场后门垃圾堆成山，我叫李小明，电话{PHONE}",
    f"翠竹路菜市场后门垃圾堆成山，身份证{IDENTITY}，请处理",
    f"翠竹路菜市场后门垃圾堆成山，是{PLATE}那辆车倒的",
    f"翠竹路菜市场后门垃圾堆成山，6栋{DOOR}的王阿姨天天扔",
    "翠竹路菜市场后门垃圾堆成山，电话 138 0013 8000 或 138-0013-8000",
    f"翠竹路菜市场后门垃圾堆成山，是6栋2单元{DOOR}室倒的",
)


@pytest.fixture(autouse=True)
async def _sound(town: Rehearsal) -> AsyncIterator[None]:
    await town.town.user("李小明", id=LI, started=True, username="xiaoming_li")
    yield
    await town.sound()


def leaks(shown: str) -> list[str]:
    """Which of the secrets stand in a text."""
    return [secret for secret in (*SECRETS, "xiaoming_li", str(LI)) if secret in shown]


async def staffed(town: Rehearsal) -> list[int]:
    """A grid worker and the hub with their groups; the groups."""
    await town.person(WANG, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.person(LIU, "刘调度", ("QS-HUB", Role.DISPATCHER))
    await town.person(BOSS, "张主任", ("QS-HUB", Role.SUPERVISOR))
    return [await town.channel("QS-CZ-3", WANG), await town.channel("QS-HUB", LIU)]


async def all_calls(town: Rehearsal, *chats: int) -> str:
    """Everything the bot ever sent to these chats, edits included."""
    calls = await town.town.calls()
    sent = [c["params"] for c in calls if c["params"].get("chat_id") in chats]
    return json.dumps(sent, ensure_ascii=False)


@pytest.mark.parametrize("words", TEXTS)
async def test_a_whole_life_without_a_leak(
    town: Rehearsal, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the report to the digest of a reopened case nothing personal is in any group."""
    groups = await staffed(town)
    with structlog.testing.capture_logs() as logs:
        said = await town.town.say(LI, photo=True, caption=words)
        await town.settle()
        if "✅ 提交" not in labels(await town.last(LI)):
            await town.say(LI, "1")
        await town.tap(LI, await town.last(LI), "提交")
        number = await town.number(LI)
        await town.tap(LI, await town.last(LI), "留电话")
        await town.say(LI, f"{PHONE} 李小明")
        await town.say(LI, caption=f"{words} {DOOR}室", edit_of=said["messages"][0]["message_id"])
        card = await town.card("QS-CZ-3", number)
        assert "垃圾堆成山" in card["text"]
        await town.tap(WANG, card, "签收")
        await town.tap(WANG, await town.find(WANG, "直接回复"), "追问")
        await town.say(WANG, "具体在哪一户？")
        await town.say(LI, f"6栋{DOOR}，李小明，{PHONE}")
        answer = await town.say(
            WANG,
            photo=True,
            caption=f"已联系{PHONE}的王阿姨",
            chat=groups[0],
            reply_to=card["message_id"],
        )
        await town.tap(WANG, answer, "办结")
        await town.tap(LI, await town.find(LI, "解决了吗"), "没解决")
        await town.say(LI, f"6栋{DOOR}王阿姨又扔了，打{PHONE}")
        await town.forward(hours=41)
        await town.forward(days=3)
        await town.say(BOSS, "/digest")
    calls = [c for c in await town.town.calls() if c["params"].get("chat_id") in groups]
    assert [c["params"] for c in calls if leaks(json.dumps(c["params"], ensure_ascii=False))] == []
    assert leaks(json.dumps(await town.texts(BOSS), ensure_ascii=False)) == []
    assert leaks(repr(logs) + str(capsys.readouterr())) == []
    async with town.core.look() as work:
        seen = await work.uow.cases.find_for(SYSTEM, number)
        events = await work.uow.cases.events(seen.case.id)
        shown = json.dumps(
            [explaining.summary(seen), explaining.case(seen, events)], ensure_ascii=False
        )
        composed = await digest.compose(work, "QS", work.world.texts())
    assert leaks(shown) == []
    assert composed is not None
    assert leaks(composed.text) == []
    # The acceptor, in private, has what is needed to call back.
    assert PHONE in "\n".join(await town.texts(WANG))


async def test_the_hubs_card_is_masked_too(town: Rehearsal) -> None:
    """A report without a known place reaches the hub's group as clean as any other."""
    groups = await staffed(town)
    await town.say(LI, f"垃圾堆成山没人收，打{PHONE}找李小明")
    await town.say(LI, f"我家楼下，6栋{DOOR}室")
    await town.tap(LI, await town.last(LI), "提交")
    assert leaks(await all_calls(town, *groups)) == []


async def test_a_report_in_a_group_is_answered_without_repeating_it(town: Rehearsal) -> None:
    """What the bot says in the neighbours' group holds nothing personal, the preview included."""
    group = int((await town.town.group("业主群", type="supergroup", members=[LI]))["id"])
    for words in TEXTS:
        said = await town.say(LI, f"/report@{town.bot.api.username} {words}", chat=group)
        await town.tap(LI, said, "提交" if "✅ 提交" in labels(said) else "取消")
    assert leaks(await all_calls(town, group)) == []


async def rows(town: Rehearsal, table: str) -> list[dict[str, Any]]:
    """A table as it stands in the file."""
    async with town.core.database.read() as uow:
        found = await uow._session.execute(sql(f"select * from {table}"))
        return [dict(row) for row in found.mappings()]


async def test_an_anonymous_report_names_nobody(town: Rehearsal) -> None:
    """匿名: the case row holds no person, nobody can reveal; /my still finds it."""
    await staffed(town)
    await town.person(5001, "管理员", ("ROOT", Role.ADMIN))
    seen = await town.say(LI, "翠竹路菜市场后门垃圾堆成山了，好几天没人收")
    await town.tap(LI, seen, "匿名")
    seen = await town.last(LI)
    assert "匿名" in seen["text"]
    await town.tap(LI, seen, "提交")
    done = await town.last(LI)
    number = await town.number(LI)
    assert "留电话" not in str(labels(done))
    (row,) = await rows(town, "cases")
    (person,) = [p for p in await rows(town, "people") if p["mark"] and p["noticed"]][:1]
    assert row["reporter"] is None
    assert row["reporter_mark"] not in {"", person["mark"]}
    assert number in (await town.say(LI, "/my"))["text"]
    shown = (await town.say(5001, f"/case {number}"))["text"]
    assert "李小明" not in shown
    for event in await rows(town, "events"):
        assert f"person:{person['id']}" not in str(event["actor"])
    assert "匿名" in (await town.card("QS-CZ-3", number))["text"]


async def test_an_anonymous_reporter_is_still_asked_and_answers(town: Rehearsal) -> None:
    """The owner's question and the closing question reach an anonymous reporter."""
    groups = await staffed(town)
    await town.tap(LI, await town.say(LI, "翠竹路菜市场后门垃圾堆成山了，没人收"), "匿名")
    await town.tap(LI, await town.last(LI), "提交")
    number = await town.number(LI)
    card = await town.card("QS-CZ-3", number)
    await town.tap(WANG, card, "签收")
    await town.tap(WANG, await town.find(WANG, "直接回复"), "追问")
    await town.say(WANG, "哪个门？")
    await town.say(LI, "西门")
    assert "西门" in "\n".join(await town.texts(WANG))
    assert "李小明" not in "\n".join(await town.texts(WANG))
    answer = await town.say(
        WANG, photo=True, caption="清了", chat=groups[0], reply_to=card["message_id"]
    )
    await town.tap(WANG, answer, "办结")
    await town.tap(LI, await town.find(LI, "解决了吗"), "解决了")
    assert (await town.case(number)).case.status == "closed"


async def test_nothing_readable_lies_in_the_database(town: Rehearsal) -> None:
    """What a person wrote, their name and their chat are sealed in the file (R123)."""
    await staffed(town)
    await town.say(LI, photo=True, caption=TEXTS[0])
    await town.tap(LI, await town.last(LI), "提交")
    await town.tap(LI, await town.last(LI), "留电话")
    await town.say(LI, PHONE)
    await town.core.database.close()
    raw = b"".join(
        path.read_bytes() for path in town.core.settings.data_dir.glob("*.db*") if path.is_file()
    )
    assert raw
    for secret in (PHONE, "李小明", "xiaoming_li", "垃圾堆成山，我叫"):
        assert secret.encode() not in raw
        assert json.dumps(secret).strip('"').encode() not in raw
    await town.restart()


async def test_neither_side_of_a_talk_sees_the_other(town: Rehearsal) -> None:
    """/human: words pass both ways, names and accounts do not."""
    await staffed(town)
    await town.say(LI, "/human 低保怎么申请")
    asked = await town.find(LIU, "低保怎么申请")
    assert leaks(asked["text"]) == []
    await town.say(LIU, "请带身份证来", reply_to=asked["message_id"])
    answered = await town.find(LI, "请带身份证来")
    assert "刘调度" not in answered["text"]
    await town.say(LI, "谢谢，几点？", reply_to=answered["message_id"])
    more = await town.find(LIU, "几点")
    await town.say(LI, "周末可以吗")
    await town.tap(LIU, more, "结束对话")
    await town.say(LI, "还有个问题", reply_to=answered["message_id"])
    assert "已经结束" in (await town.last(LI))["text"]


async def test_a_talk_without_anybody(town: Rehearsal) -> None:
    """With nobody to ask the person hears when it is tried again, and 12345."""
    said = await town.say(LI, "/human 低保怎么申请")
    assert "今天 10:30 再转" in said["text"]
    assert "12345" in said["text"]
    await town.to("2026-11-21T22:00:00+08:00")
    said = await town.say(LI, "/human 低保怎么申请")
    assert "周一" in said["text"]


async def test_human_asks_what_it_is_about(town: Rehearsal) -> None:
    """/human alone asks for the question, which can be cancelled."""
    await staffed(town)
    asked = await town.say(LI, "/human")
    assert labels(asked) == ["取消"]
    await town.say(LI, "低保怎么申请")
    assert "已转给值班人员" in (await town.last(LI))["text"]
    await town.say(LI, "/human")
    await town.tap(LI, await town.last(LI), "取消")
    assert "已取消" in (await town.last(LI))["text"]
