"""How people and groups come to stand for a unit, and what when they no longer can."""

from __future__ import annotations

from bot.domain.units import ROOT, Role
from bot.services import membership
from tests.town import Rehearsal, labels

RESIDENT, WORKER, COLLEAGUE, DESK, ADMIN, BOSS = 1001, 2001, 2002, 3001, 5001, 4001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了"
GRID = ("QS-CZ-3", Role.GRID_WORKER)


async def _invite(town: Rehearsal, unit: str, role: Role) -> str:
    async with town.core.work(f"test:invite:{unit}:{role}") as work:
        return await membership.invite(work, unit, role)


async def _channel_code(town: Rehearsal, unit: str, nth: int = 0) -> str:
    async with town.core.work(f"test:code:{unit}:{nth}") as work:
        return await membership.channel_code(work, unit)


async def _posts(town: Rehearsal, user: int) -> list[tuple[str, str]]:
    async with town.core.look() as work:
        person = await work.uow.people.by_chat(user)
        return [(p.unit, p.role.value) for p in person.posts] if person else []


async def test_join_by_command_and_by_deep_link(town: Rehearsal) -> None:
    """A code works typed in after /join, in small letters too, and behind a Start link."""
    await town.person(WORKER, "王工")
    await town.person(COLLEAGUE, "赵工")
    first = await _invite(town, *GRID)
    second = await _invite(town, "QS-CZ", Role.COMMUNITY_OFFICER)

    said = await town.say(WORKER, f"/join {first.lower()}")
    assert "欢迎加入 翠竹社区第 3 网格，角色：网格员" in said["text"]
    await town.town.start(COLLEAGUE, second)
    await town.settle()
    assert "社区工作者" in (await town.last(COLLEAGUE))["text"]
    assert await _posts(town, WORKER) == [("QS-CZ-3", "grid_worker")]


async def test_a_joiner_takes_a_planned_post(town: Rehearsal) -> None:
    """The directory's planned post of that unit and role is taken; people keep their own names."""
    await town.person(WORKER, "王工", GRID)
    async with town.core.look() as work:
        planned = {p["ref"]: p["taken"] for p in await work.uow.people.planned()}
        person = await work.uow.people.by_chat(WORKER)
    assert planned["QS-CZ-3.1"] is True
    assert planned["QS-CZ-2.1"] is False
    assert person is not None
    assert person.name == "王工"
    assert person.posts[0].duty


async def test_a_code_works_once_in_its_time_and_for_its_purpose(town: Rehearsal) -> None:
    """Used, expired, unknown and wrong-kind codes get one sentence and give nothing."""
    await town.person(WORKER, "王工")
    await town.person(COLLEAGUE, "赵工")
    code = await _invite(town, *GRID)
    await town.say(WORKER, f"/join {code}")
    assert "找管理员" in (await town.say(COLLEAGUE, f"/join {code}"))["text"]
    assert "找管理员" in (await town.say(COLLEAGUE, "/join WRONGWRONG22"))["text"]
    wrong = await _channel_code(town, "QS-CZ-3")
    assert "找管理员" in (await town.say(COLLEAGUE, f"/join {wrong}"))["text"]
    old = await _invite(town, "QS-CZ", Role.COMMUNITY_OFFICER)
    await town.forward(days=8)
    assert "找管理员" in (await town.say(COLLEAGUE, f"/join {old}"))["text"]
    assert await _posts(town, COLLEAGUE) == []
    assert "/join 邀请码" in (await town.say(COLLEAGUE, "/join"))["text"]


async def test_a_code_typed_in_a_group_is_not_used(town: Rehearsal) -> None:
    """/join belongs in private; the code said aloud in a group gives no post."""
    await town.person(WORKER, "王工", GRID)
    group = await town.channel("QS-CZ-3", WORKER)
    code = await _invite(town, "QS-HUB", Role.DISPATCHER)
    await town.say(WORKER, f"/join {code}", chat=group)
    assert await _posts(town, WORKER) == [("QS-CZ-3", "grid_worker")]


async def test_joining_twice_is_answered(town: Rehearsal) -> None:
    """Who has the post already is told so, and the post stays single."""
    await town.person(WORKER, "王工", GRID)
    code = await _invite(town, *GRID)
    assert "已经在" in (await town.say(WORKER, f"/join {code}"))["text"]
    assert await _posts(town, WORKER) == [("QS-CZ-3", "grid_worker")]


async def test_bind_in_a_group_a_topic_and_a_channel(town: Rehearsal) -> None:
    """The code binds the very place where it is said, the topic of a forum included."""
    await town.person(WORKER, "王工", GRID)
    await town.person(RESIDENT, "小李")
    group = await town.channel("QS-CZ-3", WORKER)
    forum = await town.town.group("社区", type="supergroup", is_forum=True, members=[WORKER])
    thread = await town.town.topic(forum["id"], "联勤队", by=WORKER)
    code = await _channel_code(town, "QS-CZ-SQ")
    await town.say(WORKER, f"/bind {code}", chat=forum["id"], thread=thread)
    news = await town.town.group("播报", type="channel", members=[WORKER], bot="administrator")
    code = await _channel_code(town, "QS-CZ")
    await town.town.member(news["id"], WORKER, "creator")
    await town.say(WORKER, f"/bind {code}", chat=news["id"])

    async with town.core.look() as work:
        bound = {c.unit: c for c in await work.uow.channels.all() if c.state == "alive"}
    assert bound["QS-CZ-3"].address is not None
    assert bound["QS-CZ-3"].address.chat == group
    squad = bound["QS-CZ-SQ"].address
    assert squad is not None
    assert (squad.chat, squad.thread) == (forum["id"], thread)
    broadcast = bound["QS-CZ"].address
    assert broadcast is not None
    assert broadcast.chat == news["id"]

    number = await town.report(RESIDENT, "翠竹路菜市场后门有人占道摆摊")
    card = await town.find(forum["id"], number)
    assert card["message_thread_id"] == thread
    await town.sound()


async def test_bind_needs_a_group_and_a_fresh_channel_code(town: Rehearsal) -> None:
    """In private, without a code, with a person's code or a used one, nothing is bound."""
    await town.person(WORKER, "王工", GRID)
    group = await town.channel("QS-CZ-3", WORKER)
    code = await _channel_code(town, "QS-CZ")
    assert "群或话题里" in (await town.say(WORKER, f"/bind {code}"))["text"]
    assert "/bind 绑定码" in (await town.say(WORKER, "/bind", chat=group))["text"]
    person = await _invite(town, "QS-CZ", Role.COMMUNITY_OFFICER)
    assert "找管理员" in (await town.say(WORKER, f"/bind {person}", chat=group))["text"]
    async with town.core.look() as work:
        alive = [c.unit for c in await work.uow.channels.all() if c.state == "alive"]
    assert alive == ["QS-CZ-3"]


async def test_invite_is_for_administrators(town: Rehearsal) -> None:
    """/invite gives a working code to an administrator, and a refusal to everybody else."""
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    await town.person(BOSS, "杨", ("QS-HUB", Role.SUPERVISOR))
    await town.person(WORKER, "王工")
    for user in (BOSS, WORKER):
        assert "管理员用" in (await town.say(user, "/invite QS-HUB dispatcher"))["text"]
    for wrong in ("/invite", "/invite QS-HUB", "/invite QS-HUB king"):
        assert "写法" in (await town.say(ADMIN, wrong))["text"]
    assert "没有这个单位" in (await town.say(ADMIN, "/invite NOPE dispatcher"))["text"]
    assert "ROOT" in (await town.say(ADMIN, "/invite QS-HUB admin"))["text"]

    said = await town.say(ADMIN, "/invite QS-HUB dispatcher")
    payload = said["text"].split("start=")[1].split()[0]
    await town.town.start(WORKER, payload)
    await town.settle()
    assert await _posts(town, WORKER) == [("QS-HUB", "dispatcher")]


async def test_units_lists_what_is_staffed(town: Rehearsal) -> None:
    """/units is an administrator's: the units with people or a channel."""
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    await town.person(WORKER, "王工", GRID)
    await town.channel("QS-CZ-3", WORKER)
    said = await town.say(ADMIN, "/units")
    assert "QS-CZ-3 翠竹社区第 3 网格 · 1 · 1" in said["text"]
    assert "管理员用" in (await town.say(WORKER, "/units"))["text"]


async def test_unbind_moves_what_waits_and_rebind_brings_it_back(town: Rehearsal) -> None:
    """After /unbind the open cards go to whoever answers; a group bound later gets them again."""
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    await town.person(RESIDENT, "小李")
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", DESK)
    old = await town.channel("QS-CZ-3", DESK)
    await town.town.member(old, ADMIN, "administrator")
    number = await town.report(RESIDENT, RUBBISH)

    assert "管理员用" in (await town.say(DESK, "/unbind", chat=old))["text"]
    assert "已解除" in (await town.say(ADMIN, "/unbind", chat=old))["text"]
    assert number in (await town.find(hub, "还没有能用的群"))["text"]
    before = await town.texts(old)

    new = await town.channel("QS-CZ-3", DESK)
    card = await town.find(new, number)
    await town.person(WORKER, "王工", GRID)
    await town.tap(WORKER, card, "签收")
    assert "处理中" in (await town.find(new, number))["text"]
    assert await town.texts(old) == before
    assert "没有绑定" in (await town.say(ADMIN, "/unbind", chat=old))["text"]


async def test_a_group_that_threw_the_bot_out(town: Rehearsal) -> None:
    """Its channel is dead, its open cards go to the hub, an administrator hears of it once."""
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    await town.person(RESIDENT, "小李")
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", DESK)
    group = await town.channel("QS-CZ-3", DESK)
    numbers = [await town.report(RESIDENT, RUBBISH) for _ in range(3)]

    await town.town.kick(group)
    await town.settle()

    for number in numbers:
        assert sum(number in text for text in await town.texts(hub)) == 1
    later = await town.report(RESIDENT, RUBBISH)
    assert sum(later in text for text in await town.texts(hub)) == 1
    assert sum("不能用了" in text for text in await town.texts(ADMIN)) == 1
    async with town.core.look() as work:
        [channel] = [c for c in await work.uow.channels.all() if c.state == "dead"]
    assert channel.unit == "QS-CZ-3"


async def test_a_group_that_refuses_messages(town: Rehearsal) -> None:
    """Found out only when sending: every waiting case arrives at the hub, each once."""
    await town.person(ADMIN, "管理", (ROOT, Role.ADMIN))
    await town.person(RESIDENT, "小李")
    await town.person(DESK, "刘", ("QS-HUB", Role.DISPATCHER))
    hub = await town.channel("QS-HUB", DESK)
    group = await town.channel("QS-CZ-3", DESK)
    first = await town.report(RESIDENT, RUBBISH)
    await town.town.rights(group, status="restricted", rights={"can_send_messages": False})
    await town.settle()
    second = await town.report(RESIDENT, RUBBISH)

    for number in (first, second):
        assert sum(number in text for text in await town.texts(hub)) == 1
    assert sum("不能用了" in text for text in await town.texts(ADMIN)) == 1


async def test_a_blocked_person_is_passed_over(town: Rehearsal) -> None:
    """The duty person has blocked the bot: the unit's next person gets the card."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", GRID)
    await town.person(COLLEAGUE, "赵工", GRID)
    await town.town.block(WORKER)
    await town.settle()
    number = await town.report(RESIDENT, RUBBISH)
    assert labels(await town.find(COLLEAGUE, number)) == ["✋ 签收", "↩️ 不归我管", "✏️ 改事项"]


async def test_a_group_that_became_a_supergroup_goes_on(town: Rehearsal) -> None:
    """After the upgrade open cards are found in the new group and can be acted on there."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", GRID)
    await town.channel("QS-CZ-3", WORKER, kind="group")
    first = await town.report(RESIDENT, RUBBISH)
    moved = await town.town.migrate(town.groups["QS-CZ-3"])
    await town.settle()
    second = await town.report(RESIDENT, RUBBISH)
    for number in (first, second):
        card = await town.find(moved, number)
        await town.tap(WORKER, card, "签收")
        assert (await town.case(number)).case.status == "accepted"
