"""What became of one's own report, and taking it back, in plain words.

Only the person's own cases are looked at, the anonymous ones included: of any other number nothing
is said, not even that there is such a case. In a group nothing is said of them at all.
"""

from __future__ import annotations

from bot.domain import mentions
from bot.domain.access import Sight
from bot.domain.case import OPEN, Case
from bot.domain.forms import State
from bot.domain.lifecycle import allowed
from bot.errors import Refused
from bot.forms.report import words
from bot.services import faces, looking, lookup
from bot.services.talk import Talk
from bot.views import callback as cb
from bot.views import kinds, resident
from bot.views.kinds import Reply
from bot.views.message import Button, rows

TAKE_BACK = "w"
"""Choices ``w:ID``: the case that is to be withdrawn."""
TO_HUMAN = "human"
"""The choice to hand the words to the duty person."""
_ALL = 200
"""So many of one's own cases are looked through, the newest first."""


async def status(talk: Talk, state: State) -> Reply:
    """The case with the number said; else the only open one, else the list."""
    if not talk.private:
        return _elsewhere(talk)
    cases, named = await meant(talk, state)
    if named and not cases:
        return _unknown(talk)
    if not named:
        cases = _narrowed(state, [c for c in cases if c.status in OPEN]) or cases
    if len(cases) == 1:
        return Reply.of(await lookup.shown(talk, cases[0].id))
    more = len(cases) > lookup.PAGE and not named
    return Reply.of(lookup.listed(talk, cases[: lookup.PAGE], more=more))


async def withdrawal(talk: Talk, state: State) -> Reply:
    """Asks once whether the case meant shall be withdrawn, or which one is meant."""
    if not talk.private:
        return _elsewhere(talk)
    if mentions.wants_deleted(words(state.slots)):
        label = talk.t.label("button-pass-on")
        return Reply(talk.t("delete-how"), choices=((TO_HUMAN, label),))
    cases, named = await meant(talk, state)
    if named and not cases:
        return _unknown(talk)
    possible = [c for c in cases if allowed(c.status, "withdraw")]
    if not named:
        possible = _narrowed(state, possible)
    if len(possible) == 1:
        return await sure(talk, possible[0].id)
    if possible:
        return Reply(
            talk.t("withdraw-which"),
            choices=tuple(
                (f"{TAKE_BACK}:{c.id}", f"{place} {c.number} {_item(talk, c)}")
                for place, c in enumerate(possible[: lookup.PAGE], 1)
            ),
        )
    return await _late(talk, cases[0]) if cases else Reply(talk.t("withdraw-none"))


async def sure(talk: Talk, case_id: int) -> Reply:
    """确认撤回, once, for a case of the person's own. Raises Refused."""
    seen = await talk.work.uow.cases.get_for(talk.viewer, case_id)
    if seen is None or seen.sight is not Sight.OWN:
        raise Refused("case-unknown")
    case = seen.case
    if not allowed(case.status, "withdraw"):
        return await _late(talk, case)
    return kinds.withdrawal(talk.t, case.id, case.number, _item(talk, case))


async def meant(talk: Talk, state: State) -> tuple[list[Case], bool]:
    """The person's own cases with a number that was said, newest first; all of them and False
    where none was said."""
    cases = list(await talk.work.uow.cases.of_reporter(talk.viewer, _ALL, 0))
    said = mentions.numbers(words(state.slots))
    if not said:
        return cases, False
    return [c for c in cases if any(mentions.fits(c.number, number) for number in said)], True


def _narrowed(state: State, cases: list[Case]) -> list[Case]:
    """Those of the item that the words speak of, if there is exactly one."""
    item = looking.likely(state.slots)
    fitting = [c for c in cases if c.item == item]
    return fitting if len(fitting) == 1 else cases


async def _late(talk: Talk, case: Case) -> Reply:
    text = talk.t(
        "withdraw-late", number=case.number, state=talk.t.label(f"status-{case.status.value}")
    )
    return Reply(text, resident.own_buttons(await faces.face(talk.work, case, t=talk.t)))


def _unknown(talk: Talk) -> Reply:
    mine = Button(talk.t.label("button-my"), cb.encode(cb.MENU, 0, "my"))
    return Reply(talk.t("number-not-yours"), rows(mine))


def _elsewhere(talk: Talk) -> Reply:
    link = Button(talk.t.label("button-private"), url=talk.work.world.link("my"))
    return Reply(talk.t("only-private"), rows(link))


def _item(talk: Talk, case: Case) -> str:
    return talk.work.world.item_name(case.item, talk.t)
