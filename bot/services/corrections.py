"""Keeping what people put right in the tagger's work, with who and why; ``huying lexicon
suggest`` reads it. The change itself is an event of the case, as any other.
"""

from __future__ import annotations

from bot.domain import corrections as rules
from bot.domain.case import Case
from bot.domain.corrections import NO, YES, Correction, What, Why
from bot.domain.forms import Slots
from bot.domain.lifecycle import Who
from bot.domain.returns import Reason
from bot.services.work import REPORTER, Work


async def reported(work: Work, case: Case, slots: Slots) -> None:
    """A report was submitted: what its sender had put right before, if anything.

    One problem taken out of several is not the tagger's mistake.
    """
    chosen, look = slots["item_by"], slots["look"]
    if chosen not in {"person", "none"} or slots.get("split"):
        return
    top = next((code for code, _ in rules.guesses(case)), "")
    why = Why.NONE if chosen == "none" else _grounds(case, case.item)
    await _keep(work, case, What.ITEM, top, case.item, why, Who.REPORTER, REPORTER)
    item = work.world.item(top)
    flagged = bool(item and item.emergency and look.get("sure"))
    said = bool(look.get("emergency")) or flagged
    was, now = _flag(said), _flag(case.emergency)
    await _keep(work, case, What.EMERGENCY, was, now, Why.ITEM_SAYS, Who.REPORTER, REPORTER)


async def item(work: Work, before: Case, after: Case, who: Who, actor: str) -> None:
    """Somebody of the staff has given the case another item, or has left it as it was."""
    why = _grounds(before, after.item)
    await _keep(work, before, What.ITEM, before.item, after.item, why, who, actor)


async def calmed(work: Work, case: Case, who: Who, actor: str) -> None:
    """Somebody has said that it is no emergency."""
    await _keep(work, case, What.EMERGENCY, YES, NO, Why.SAID, who, actor)


async def _keep(
    work: Work, case: Case, what: What, was: str, now: str, why: Why, who: Who, actor: str
) -> None:
    if was == now:
        return
    await work.uow.corrections.add(
        Correction(case.id, work.now, actor, who.value, what, was, now, why, rules.guesses(case))
    )


def _grounds(case: Case, code: str) -> Why:
    if any(one.reason == Reason.ITEM for one in case.returns):
        return Why.RETURNED
    return Why.GUESS if any(code == guess for guess, _ in rules.guesses(case)) else Why.OTHER


def _flag(value: bool) -> str:
    return YES if value else NO
