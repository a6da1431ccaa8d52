"""The menu of commands that Telegram shows: one for everybody in each language, and a chat's own.

Telegram chooses by the two letters of a person's language. Whom that serves badly gets a menu of
their own: a choice by /language, traditional characters, the commands of staff. What a chat shows
is kept with the person, so that it is set again only when it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.access import Viewer
from bot.domain.units import Role
from bot.i18n import Texts, available
from bot.ports import Person
from bot.services import post
from bot.services.work import Work

EVERYBODY = ("report", "my", "case", "human", "language", "help", "privacy", "cancel")


def listed(t: Texts, names: Sequence[str] = EVERYBODY) -> list[dict[str, str]]:
    """The commands with their words, as Telegram takes them."""
    return [{"command": name, "description": t.label(f"command-{name}")} for name in names]


def public(default: str) -> dict[str, str]:
    """Telegram's two letters -> the language of the menu for everybody; "" for all others."""
    found = {code[:2]: code for code in reversed(available())}
    return found | {default[:2]: default, "": default}


def names_for(viewer: Viewer) -> tuple[str, ...]:
    """The commands that somebody has use for, those of their work first."""
    found: list[str] = []
    if viewer.staff:
        found.append("todo")
    if viewer.units(Role.SUPERVISOR, Role.ADMIN):
        found.append("digest")
    if viewer.admin:
        found += ["invite", "units"]
    return (*found, *EVERYBODY)


async def keep(work: Work, person: Person) -> None:
    """Set the person's own menu if it is another one than what their chat shows."""
    if not person.reachable:
        return
    t, names = work.world.texts(person.locale), names_for(person.viewer)
    shown = public(work.world.locale).get((person.guess or "")[:2], work.world.locale)
    plain = names == EVERYBODY and t.locale == shown
    menu = "" if plain else f"{t.locale}:{','.join(names)}"
    if menu != person.menu:
        await post.set_commands(work, person.chat, None if plain else listed(t, names))
        await work.uow.people.update(replace(person, menu=menu))
