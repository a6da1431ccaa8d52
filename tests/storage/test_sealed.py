"""Nothing that a resident said or is can be read from the files without the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.units import Role
from tests.town import Rehearsal

RESIDENT, WORKER = 7351940286, 8462051397
NAME, PHONE, WORDS, EXTRA = "欧阳晓枫", "13987654321", "墨绿色大熊玩偶", "三楼的阿珍"
SECRETS = (NAME, PHONE, WORDS, EXTRA, str(RESIDENT), str(WORKER), "xiaofeng_oy")


def readable(folder: Path) -> set[str]:
    """The secrets that stand in clear in any file of the data folder."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            found |= {
                secret
                for secret in SECRETS
                if any(secret.encode(code) in body for code in ("utf-8", "utf-16-le"))
                or secret.encode("unicode_escape") in body
            }
    return found


async def read_without_sending(town: Rehearsal) -> None:
    """Everything handled, nothing sent: the outbox is full."""
    while await town.bot.poller.once(0) or await town.bot.inbox.once():
        pass


@pytest.mark.parametrize("anonymous", [False, True], ids=["named", "anonymous"])
async def test_the_data_files_hold_no_plain_word(town: Rehearsal, anonymous: bool) -> None:
    """At every step of a whole case: inbox waiting, draft open, outbox waiting, notes kept."""
    data = town.core.settings.data_dir
    await town.town.user(NAME, id=RESIDENT, username="xiaofeng_oy")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WORKER)

    await town.town.start(RESIDENT)
    await town.town.say(RESIDENT, f"翠竹路菜市场后门{WORDS}旁边垃圾堆成山了，我电话{PHONE}")
    await town.bot.poller.once(0)
    assert readable(data) == set(), "the inbox"
    await read_without_sending(town)
    assert readable(data) == set(), "the draft and the outbox"
    await town.settle()
    asked = await town.last(RESIDENT)
    if anonymous:
        await town.tap(RESIDENT, asked, "匿名")
        asked = await town.find(RESIDENT, "地点")
    await town.town.tap_label(RESIDENT, asked, "提交")
    await read_without_sending(town)
    assert readable(data) == set(), "the case and its cards"
    await town.settle()
    number = await town.number(RESIDENT)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")
    card = await town.card("QS-CZ-3", number)
    answer = await town.say(
        WORKER,
        photo=True,
        caption=f"已清运，{EXTRA}同意了",
        chat=town.groups["QS-CZ-3"],
        reply_to=card["message_id"],
    )
    await town.tap(WORKER, answer, "办结")
    await town.tap(RESIDENT, await town.find(RESIDENT, "解决了吗"), "解决了")
    assert (await town.case(number)).case.status == "closed"
    assert readable(data) == set(), "the closed case"


async def test_the_search_would_find_a_plain_word(tmp_path: Path) -> None:
    """The check above can fail: a file with the words in clear is noticed."""
    (tmp_path / "x.db").write_bytes(b"\x00" + WORDS.encode() + b"\x00" + str(RESIDENT).encode())
    assert readable(tmp_path) == {WORDS, str(RESIDENT)}
