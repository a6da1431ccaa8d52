"""Writing to whoever reported a case: in private in full, in a group only that there is news."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.case import Case
from bot.ports import Address, Person
from bot.services import faces, menus, post
from bot.services.work import Work
from bot.views.face import Face
from bot.views.message import Button, Message, rows


async def tell(
    work: Work,
    case: Case,
    write: Callable[[Face], Message],
    *,
    in_group: bool = False,
    key: str | None = None,
    after: Mapping[str, Any] | None = None,
) -> bool:
    """Send what ``write`` makes of the case; False when nobody can be asked.

    A report made in a group by somebody who never pressed Start is answered there: only if
    ``in_group``, only with the number, and with the way to the private chat (I6).
    """
    chat = await work.uow.cases.reply_chat(case.id)
    if chat is None:
        return False
    t = await faces.texts_at(work, Address(chat))
    if chat > 0:
        message = write(await faces.face(work, case, t=t))
        await menus.remember(work, chat, message)
    elif in_group:
        button = Button(t.label("button-private"), url=work.world.link("my"))
        message = Message(t("group-update", number=case.number), rows(button))
    else:
        return True
    await post.say(work, Address(chat), message, urgent=case.emergency, key=key, after=after)
    return True


async def arrived(work: Work, person: Person) -> None:
    """Somebody who reported in a group has pressed Start: from now on they are told in private."""
    for case in await work.uow.cases.of_reporter(person.viewer, _LATEST, 0):
        chat = await work.uow.cases.reply_chat(case.id)
        if chat is not None and chat < 0:
            await work.uow.cases.set_reply_chat(case.id, person.chat)


_LATEST = 20
