"""Questions: answered out of data with the source, and always with the way to a person."""

from __future__ import annotations

from bot.domain.answers import Answer
from bot.domain.forms import Slots
from bot.domain.tagging import OPENING, MessageKind
from bot.forms.report import words
from bot.services import looking
from bot.services.talk import Talk
from bot.services.world import World
from bot.views import kinds
from bot.views.kinds import Reply

ASK = "ask"
"""The choice to have a person answer: the question becomes a report of ``QUESTION``."""
QUESTION = "ZH02"


def find(world: World, slots: Slots) -> Answer | None:
    """The answer to a question; to a report only where it is nobody's here to handle."""
    kind = looking.kind_of(slots)
    if kind is MessageKind.CONSULT:
        return world.answers.find(words(slots))
    if kind in OPENING and not looking.likely(slots):
        found = world.answers.find(words(slots))
        return found if found and found.outside else None
    return None


def reply(talk: Talk, found: Answer) -> Reply:
    """The answer, and 请人来答."""
    return Reply(kinds.answer(talk.t, found), choices=((ASK, talk.t.label("button-ask-person")),))
