"""Codes, posts and channels: how people and groups come to stand for a unit."""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.domain.units import ROOT, Role
from bot.errors import Refused
from bot.ports import Address, Channel, Person
from bot.services import delivery, digest, human
from bot.services.work import Work

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12
"""60 bits: nobody guesses a code within its life."""
PERSON = "person"
CHANNEL = "channel"
_STANDING = {
    Role.RESIDENT: 0, Role.VOLUNTEER: 1, Role.BUILDING_HEAD: 1, Role.GRID_WORKER: 2,
    Role.COMMUNITY_OFFICER: 2, Role.UNIT_DUTY: 2, Role.DEPARTMENT_OFFICER: 2,
    Role.DISPATCHER: 3, Role.SUPERVISOR: 3, Role.ADMIN: 4,
}  # fmt: skip


async def invite(work: Work, unit: str, role: Role, by: Person | None = None) -> str:
    """A single-use code for a post. ``by`` is None for the operator's command line.

    Raises Refused for an unknown unit, or a role above the inviter's own.
    """
    _known(work, unit)
    if by is not None:
        highest = max((_STANDING[p.role] for p in by.posts), default=0)
        if _STANDING[role] > highest or not by.viewer.admin:
            raise Refused("invite-too-high")
    if role is Role.ADMIN and unit != ROOT:
        raise Refused("invite-admin-root")
    return await _code(work, PERSON, unit, role, by)


async def channel_code(work: Work, unit: str, by: Person | None = None) -> str:
    """A single-use code that binds a group, topic or channel to a unit."""
    _known(work, unit)
    return await _code(work, CHANNEL, unit, None, by)


async def join(work: Work, person: Person, code: str) -> tuple[str, Role]:
    """/join CODE: the unit and role that the person has now. Raises Refused('code-bad')."""
    found = await work.uow.people.redeem(_digest(work, code), PERSON, work.now)
    if found is None or found.role is None:
        raise Refused("code-bad")
    given = await work.uow.people.give(
        person.id, found.unit, found.role, found.invited_by, work.now
    )
    if not given:
        raise Refused("join-already", unit=work.world.unit_name(found.unit))
    if found.role is Role.SUPERVISOR:
        await digest.ensure(work)
    await delivery.catch_up(work, found.unit)
    await human.somebody_came(work)
    return found.unit, found.role


async def bind(work: Work, code: str, kind: str, title: str, address: Address) -> Channel:
    """/bind CODE: this chat or topic is the unit's from now on. Raises Refused('code-bad')."""
    found = await work.uow.people.redeem(_digest(work, code), CHANNEL, work.now)
    if found is None:
        raise Refused("code-bad")
    before = await work.uow.channels.at(address)
    if before is not None and before.unit != found.unit:
        await work.uow.channels.mark(before.id, "planned")
        await delivery.move_away(work, before.id, cover=True)
    channel = await work.uow.channels.bind(found.unit, kind, title, address)
    await delivery.catch_up(work, found.unit)
    return channel


async def unbind(work: Work, address: Address) -> Channel:
    """/unbind: this chat or topic is nobody's any more."""
    channel = await work.uow.channels.at(address)
    if channel is None or channel.state == "planned":
        raise Refused("bind-none")
    await work.uow.channels.mark(channel.id, "planned")
    await delivery.move_away(work, channel.id)
    return channel


async def reachable(work: Work, chat: int, yes: bool) -> None:
    """A person let the bot in again, or blocked it."""
    person = await work.uow.people.by_chat(chat)
    if person is not None and person.reachable != yes:
        await work.uow.people.update(replace(person, reachable=yes))
        for post in person.posts if yes else ():
            await delivery.catch_up(work, post.unit)
        if yes and person.posts:
            await human.somebody_came(work)
        for card in () if yes else await work.uow.channels.cards_in(chat):
            if card.kind != "panel":
                await delivery.card_stranded(work, card)


async def left(work: Work, chat: int) -> None:
    """The bot was taken out of a group: its cards go elsewhere, and somebody is told."""
    for channel in await work.uow.channels.in_chat(chat):
        if channel.state == "alive":
            await delivery.channel_died(work, channel.id, "removed from the chat")


async def _code(work: Work, kind: str, unit: str, role: Role | None, by: Person | None) -> str:
    code = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
    until = work.now + work.world.wait.invite_life
    await work.uow.people.invite(
        _digest(work, code), kind, unit, role, until, by.id if by else None
    )
    return code


def _digest(work: Work, code: str) -> str:
    return work.uow.secret("invite", "".join(code.upper().split()).replace("-", ""))


def _known(work: Work, unit: str) -> None:
    if unit != ROOT and work.world.unit(unit) is None:
        raise Refused("unit-unknown", unit=unit)
