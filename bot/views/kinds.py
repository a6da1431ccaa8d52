"""What is said to a message that is no report: answers, thanks passed on, a withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import privacy
from bot.domain.answers import Answer
from bot.i18n import Html, Texts
from bot.views import callback as cb
from bot.views.message import Button, Message, Rows, rows


@dataclass(frozen=True, slots=True)
class Reply:
    """A text with buttons of its own, and the (option, label) choices that the dialog adds."""

    text: Html
    rows: Rows = ()
    choices: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(message: Message, first: Html | None = None) -> Reply:
        """A message as a reply; ``first`` is a line to stand before it."""
        said = message.with_first(first) if first else message
        return Reply(said.text, said.rows)


def answer(t: Texts, found: Answer) -> Html:
    """The answer, what it rests on (R103) and who is in charge (R104)."""
    lines = [t("answer-outside")] if found.outside else []
    lines.append(t(f"faq-{found.code}"))
    lines.append(_basis(t, found))
    named = [t(f"channel-{code}") for code in found.channels]
    lines.append(t("answer-channels", list=Html(t("comma").join(named))))
    return Html("\n".join(lines))


def _basis(t: Texts, found: Answer) -> Html:
    if not found.law:
        return t("answer-general")
    law = t(f"law-{found.law}")
    if found.in_force is None:
        return t("answer-law-name", law=law)
    day = found.in_force.isoformat()
    if found.article:
        return t("answer-law-article", law=law, article=found.article, day=day)
    return t("answer-law", law=law, day=day)


def praise(t: Texts, unit: str, text: str, hide: Sequence[str]) -> Message:
    """Thanks for a unit, as everybody there may read them (I6)."""
    said = privacy.mask(text, names=tuple(hide))
    return Message(t("praise-told", unit=unit, text=said))


def withdrawal(t: Texts, case_id: int, number: str, item: str) -> Reply:
    """确认撤回, with the case named."""
    data = cb.encode(cb.CASE, case_id, "withdraw")
    button = Button(t.label("button-withdraw-sure"), data)
    return Reply(t("withdraw-sure", number=number, item=item), rows(button))
