"""Who plays what, as the page of phones says it, and which phones are open at first."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.model import Json
from bot.sandbox.tour.cast import RESIDENTS, STAFF
from bot.sandbox.tour.parts import Person, Place

_ADMIN = "管理员"
_SAYS = {
    "resident": (
        "反映身边的事，看它办到哪一步",
        "Reports what is wrong and sees what comes of it",
    ),
    "grid_worker": ("在网格里签收、处理、办结", "Accepts, handles and closes cases in the grid"),
    "community_officer": ("接升级上来的事", "Takes what was escalated to the community"),
    "unit_duty": ("接派给本单位的事", "Takes what is sent to the unit on duty"),
    "dispatcher": ("派单、改派、定地点", "Assigns, re-assigns, settles where it is"),
    "department_officer": ("办部门专业的事", "Does the department's special work"),
    "supervisor": ("每个工作日早上看汇总", "Reads the digest each working morning"),
    "admin": ("发邀请码，绑定群", "Invites people and binds groups"),
}
_PHONES = (
    # who, in which group; a private chat without one
    ("李小满", ""),
    ("朱网格员", ""),
    ("小廖", "翠竹3格"),
    ("杨主任", ""),
)


def cast(people: Mapping[str, Person], units: Mapping[str, Json]) -> list[Json]:
    """{user, name, role, unit, unit_name: {zh, en}, says: {zh, en}} of everybody who has a phone.

    ``units``: names of units, {zh, en}, by their codes.
    """
    posts = {name: (unit, role) for name, unit, role in STAFF} | {_ADMIN: ("ROOT", "admin")}
    found = []
    for name in (*(name for name, *_ in RESIDENTS), *posts):
        person = people.get(name)
        if person is None:
            continue
        unit, role = posts.get(name, ("", "resident"))
        zh, en = _SAYS.get(role, ("", ""))
        found.append(
            {
                "user": person.chat,
                "name": name,
                "role": role,
                "unit": unit,
                "unit_name": units.get(unit),
                "says": {"zh": zh, "en": en},
            }
        )
    return found


def phones(people: Mapping[str, Person], places: Mapping[str, Place]) -> list[Json]:
    """The phones that are open at first, left to right: {user, chat, thread?}."""
    found = []
    for name, group in _PHONES:
        if name not in people or (group and group not in places):
            continue
        place = places[group] if group else None
        phone: Json = {"user": people[name].chat, "chat": (place or people[name]).chat}
        if place is not None and place.thread:
            phone["thread"] = place.thread
        found.append(phone)
    return found
