"""The town before nine: who lives and works there, and how each of them gets in.

Staff join by single-use codes, groups and topics are bound by codes; nobody is put into the
database by hand.
"""

from __future__ import annotations

import asyncio
import re

from bot.sandbox.client import Town
from bot.sandbox.tour.day import Day
from bot.sandbox.tour.parts import Person, Place

RESIDENTS = (
    ("李小满", "zh-hans"),
    ("陈玉珍", "zh-hant"),
    ("周国强", "zh-hans"),
    ("何晓东", "zh-hans"),
    ("孙桂芳", "zh-hans"),
    ("吴天明", "zh-hans"),
    ("Anna", "en"),
)
STAFF = (
    # name, unit, role
    ("朱网格员", "QS-CZ-3", "grid_worker"),
    ("小廖", "QS-CZ-3", "grid_worker"),
    ("孙网格员", "QS-CZ-2", "grid_worker"),
    ("林队", "QS-CZ-SQ", "unit_duty"),
    ("黄干事", "QS-CZ", "community_officer"),
    ("刘调度", "QS-HUB", "dispatcher"),
    ("杨主任", "QS-HUB", "supervisor"),
    ("王工", "CD-GAS", "department_officer"),
    ("贺队", "QS-FIRE", "unit_duty"),
    ("段科", "QS-MIN", "unit_duty"),
    ("唐科", "CD-SUP", "department_officer"),
)
BOUND = (
    # place, unit
    ("翠竹3格", "QS-CZ-3"),
    ("第2网格", "QS-CZ-2"),
    ("联勤队", "QS-CZ-SQ"),
    ("翠竹社区", "QS-CZ"),
    ("镇综合指挥中心", "QS-HUB"),
    ("燃气抢险", "CD-GAS"),
    ("青松消防站", "QS-FIRE"),
)
CHINESE = "zh-hans"
"""What everybody's Telegram speaks of whom nothing else is said."""
_CODE = re.compile(r"[2-9A-Z]{12}")


async def enter(day: Day) -> None:
    """Everybody and every group, through the codes; the bot runs when it is done."""
    await day.cli("directory", "import", "--demo")
    first, codes, _ = await asyncio.gather(
        day.cli("invite", "--unit", "ROOT", "--role", "admin"),
        day.cli("channel-code", *(word for _, unit in BOUND for word in ("--unit", unit))),
        day.troupe.run_bot(),
    )
    channels = codes.split()
    admin = await day.person("管理员")
    for name, language in RESIDENTS:
        await day.person(name, language)
    staff = [await day.person(name) for name, _, _ in STAFF]
    await _groups(day, admin, {person.name: person for person in staff})
    await day.start(admin, str(first))
    await day.sees(admin, "欢迎加入", "管理员")
    for person, (_, unit, role) in zip(staff, STAFF, strict=True):
        await day.say(admin, f"/invite {unit} {role}")
        shown = await day.sees(admin, "邀请码")
        found = _CODE.search(shown["text"])
        day.check(found, "a code in the answer", shown["text"])
        await day.start(person, found[0] if found else "")
        await day.sees(person, "欢迎加入", "/todo")
    for (name, _), code in zip(BOUND, channels, strict=True):
        place = day.places[name]
        await day.say(admin, f"/bind {code}", place)
        await day.sees(place, "已绑定")


async def _groups(day: Day, admin: Person, staff: dict[str, Person]) -> None:
    grid = [staff["朱网格员"], staff["小廖"], admin]
    await day.place("翠竹3格", grid, type="group")
    members = [staff["孙网格员"], staff["林队"], staff["黄干事"], admin]
    forum = await day.place("翠竹社区工作群", members, is_forum=True, topic="第2网格")
    await day.topic(forum, "联勤队")
    await day.place("翠竹社区", [staff["黄干事"], admin], type="supergroup")
    await day.place("镇综合指挥中心", [staff["刘调度"], staff["杨主任"], admin], type="supergroup")
    await day.place("燃气抢险", [staff["王工"], admin], type="supergroup")
    await day.place("青松消防站", [staff["贺队"], admin], type="supergroup")
    neighbours = [day.people[name] for name, _ in RESIDENTS]
    await day.place("幸福里业主群", neighbours, type="supergroup")


async def recall(town: Town) -> tuple[dict[str, Person], dict[str, Place]]:
    """Everybody and every group of a town that has been entered before, by name; of several of
    one name the first."""
    people: dict[str, Person] = {}
    places: dict[str, Place] = {}
    for chat in sorted(await town.chats(), key=lambda c: abs(int(c["id"]))):
        if chat["type"] == "private":
            name = str(chat.get("first_name", ""))
            people.setdefault(name, Person(name, chat["id"], chat.get("language_code", "")))
            continue
        if chat.get("migrated_to"):
            continue
        title = str(chat.get("title", ""))
        places.setdefault(title, Place(title, chat["id"]))
        for topic in chat["topics"]:
            if not topic["deleted"]:
                thread = int(topic["message_thread_id"])
                places.setdefault(topic["name"], Place(topic["name"], chat["id"], thread))
    return people, places
