"""/language: the language in which the bot speaks to somebody, their own choice before Telegram's.

The choice holds for everything that is said to this person from now on, the commands menu
included, and for nobody else: a group reads its unit's language.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.forms import State
from bot.errors import Refused
from bot.forms.report import REPORT
from bot.forms.saying import SAYING
from bot.i18n import available, texts
from bot.services import asking, menus
from bot.services.talk import Talk
from bot.views import callback as cb
from bot.views.message import Button, Message, rows

ARGUMENT = "lang:"
"""What the argument of such a button begins with; the language's code follows."""
AUTO = "auto"
"""Stands for the language that Telegram tells."""


async def menu(talk: Talk) -> None:
    """The languages, each in its own words, and Telegram's; what holds now is marked."""
    if not talk.private:
        await talk.line("only-private")
        return
    names = {code: texts(code).label("language-name") for code in available()}
    names[AUTO] = talk.t.label("button-language-auto")
    now = talk.person.language or AUTO
    buttons = [
        Button(f"{number} {name}{_MARK if code == now else ''}", _data(code))
        for number, (code, name) in enumerate(names.items(), 1)
    ]
    message = Message(talk.t("language-ask"), rows(*buttons))
    before = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
    await talk.say(message)
    await menus.lay_over(talk.work, before, message)


async def choose(talk: Talk, code: str) -> None:
    """From now on in this language; a dialog goes on where it was. Raises Refused."""
    if not talk.private or code not in {*available(), AUTO}:
        raise Refused("stale-tap")
    language = None if code == AUTO else code
    talk.person = replace(talk.person, language=language)
    await talk.work.uow.people.update(talk.person)
    key = "language-auto" if language is None else "language-set"
    await talk.line(key, name=talk.t.label("language-name"))
    await _again(talk)


async def _again(talk: Talk) -> None:
    """The question of the dialog in progress, in the new language."""
    await menus.uncover(talk.work, talk.person.id, talk.to.chat)
    found = await talk.work.uow.drafts.get(talk.person.id, talk.to.chat)
    if found is None:
        return
    state = State.from_json(found.state)
    if state.form in {REPORT.name, SAYING.name}:
        await asking.show(talk, state)


def _data(code: str) -> str:
    return cb.encode(cb.MENU, 0, f"{ARGUMENT}{code}")


_MARK = " ✓"
