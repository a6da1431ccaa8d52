"""Forms in which somebody says one thing: progress, a result, a reason, a question.

Slots: ``purpose``, ``subject`` (an id), ``text``, ``media`` [[kind, file id, unique id]…],
``evidence`` whether a photo or file is required, ``before`` the state of the dialog that this one
interrupted, or None.
"""

from __future__ import annotations

from bot.domain.forms import CANCEL, SUBMIT, Form, Input, Slots, Step


def absorb(slots: Slots, given: Input) -> Slots:
    """Take words and media; further words are added on a new line."""
    text = slots["text"]
    if given.text.strip():
        text = f"{text}\n{given.text}".strip() if text else given.text
    media = slots["media"] + [[m.kind, m.file_id, m.unique_id] for m in given.media]
    return dict(slots) | {"text": text, "media": media}


def _take(slots: Slots, given: Input) -> Slots | None:
    return absorb(slots, given) if given.text.strip() or given.media else None


def _no_text(slots: Slots) -> bool:
    return not slots["text"].strip()


def _no_evidence(slots: Slots) -> bool:
    return bool(slots["evidence"]) and not slots["media"]


SAYING = Form(
    name="saying",
    steps={
        "text": Step(_no_text, lambda _: (CANCEL,), _take),
        "evidence": Step(_no_evidence, lambda _: (CANCEL,), _take),
        "confirm": Step(lambda _: False, lambda _: (SUBMIT, CANCEL), _take),
    },
    absorb=absorb,
    ready=lambda slots: not _no_text(slots) and not _no_evidence(slots),
)

FORMS_WITHOUT_CONFIRMATION = frozenset(
    {"progress", "not_solved", "fail", "question", "contact", "human", "item"}
)
"""Purposes that are done as soon as they are said; a result is looked at once more."""
