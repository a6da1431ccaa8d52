"""A reply in private to a message of the bot about one's own open case belongs to that case."""

from __future__ import annotations

import re

from bot.domain.access import Sight
from bot.domain.case import Status
from bot.domain.forms import Input
from bot.domain.lifecycle import allowed
from bot.ports import Seen
from bot.services import adding, faces, following, looking, lookup, pieces
from bot.services.talk import Talk
from bot.views import resident

_NUMBER = re.compile(r"(?<![0-9])[0-9]{12,16}(?![0-9])")
"""A case number: the day and a serial of four digits or more (``Cases.next_number``)."""
_DIGIT = re.compile(r"\W*\d{1,2}\W*")
_DONE = frozenset({Status.HANDLED, Status.VERIFYING})


async def case_of(talk: Talk, shown: str, given: Input) -> Seen | None:
    """The case that the message replied to is about: the only one of the person's own that its
    text names, while it is open. None as well for a bare digit, which picks from a menu.
    """
    if _DIGIT.fullmatch(given.text) and not given.media:
        return None
    found = {}
    for number in dict.fromkeys(_NUMBER.findall(shown)):
        seen = await talk.work.uow.cases.find_for(talk.viewer, number)
        if seen is not None and seen.sight is Sight.OWN:
            found[number] = seen
    only = next(iter(found.values())) if len(found) == 1 else None
    return only if only and allowed(only.case.status, "add") else None


async def add(talk: Talk, seen: Seen, given: Input) -> None:
    """Add what was said. Of a handled case it is asked again whether that is true; who asks how
    the case stands, or wants it back, is shown it.
    """
    case = seen.case
    if await pieces.late(talk, given):
        return
    if case.emergency and await following.place(talk, seen, given):
        return
    case = await adding.add(talk.work, talk.viewer, case.id, given)
    await pieces.remember(talk, "add", case.id, given.album)
    answer = talk.t("added", number=case.number)
    if case.status in _DONE:
        face = await faces.face(talk.work, case, t=talk.t)
        await talk.say(resident.verdict_asked(face).with_first(answer))
        return
    await talk.line("added", number=case.number)
    tagging = looking.tagged(talk.work.world, given.text) if given.text else None
    if tagging and tagging.kind in looking.ABOUT_IT:
        await lookup.case_by_id(talk, case.id)
