"""The report: what, which item, where, and 提交. Only what is missing is asked.

Slots (all JSON): ``words`` [[message id, text]…], ``media`` [[kind, file id, unique id,
message id]…], ``location`` [lat, lon] or None, ``place`` what was typed as the place, ``grid``
picked or found, ``item`` and ``item_by``, ``anonymous``, ``look``: what the tagger and the
gazetteer make of it (see ``services.looking``), and ``before``: the state of the dialog that this
one interrupted, or None.
"""

from __future__ import annotations

from typing import Any

from bot.domain.forms import CANCEL, NONE_OF_THESE, SOMEWHERE, SUBMIT, Form, Input, Slots, Step

GUESSES = 3

EMPTY: dict[str, Any] = {
    "words": [],
    "media": [],
    "location": None,
    "place": "",
    "grid": None,
    "item": None,
    "item_by": "",
    "anonymous": False,
    "asked": [],
    "look": {},
}


def words(slots: Slots) -> str:
    """Everything that was written, in order."""
    return "\n".join(text for _, text in slots["words"] if text)


def told(slots: Slots) -> bool:
    """Whether anything was said in words: a bare number or a smile tells nobody what it is."""
    return any(char.isalpha() for char in words(slots))


def absorb(slots: Slots, given: Input) -> Slots:
    """Take words, media and place from any message; an edit replaces what it said before."""
    new = dict(slots)
    if given.text.strip():
        kept = [pair for pair in slots["words"] if pair[0] != given.message]
        replaced = any(pair[0] == given.message for pair in slots["words"])
        if replaced:
            new["words"] = [
                [m, given.text if m == given.message else t] for m, t in slots["words"]
            ]
        else:
            new["words"] = [*kept, [given.message, given.text]]
    known = {m[2] or m[1] for m in slots["media"]}
    new["media"] = slots["media"] + [
        [m.kind, m.file_id, m.unique_id, given.message]
        for m in given.media
        if (m.unique_id or m.file_id) not in known
    ]
    if given.location:
        new["location"] = list(given.location)
        new["grid"] = None
    return new


def _no_words(slots: Slots) -> bool:
    return not told(slots) and not slots["item"]


def _take_words(slots: Slots, given: Input) -> Slots | None:
    return absorb(slots, given) if given.text or given.media or given.location else None


def _unsure(slots: Slots) -> bool:
    return not slots["item"] and not slots["look"].get("sure") and "item" not in slots["asked"]


def _item_options(slots: Slots) -> tuple[str, ...]:
    guesses = slots["look"].get("guesses", [])[:GUESSES]
    return (*(f"i:{code}" for code in guesses), NONE_OF_THESE)


def _take_item(slots: Slots, given: Input) -> Slots | None:
    new = dict(slots) | {"asked": [*slots["asked"], "item"]}
    if given.option == NONE_OF_THESE:
        return new | {"item": None, "item_by": "none"}
    if given.option and given.option.startswith("i:"):
        return new | {"item": given.option[2:], "item_by": "person"}
    if given.text.strip() and not given.option:
        # Said again in other words: look again, ask no second time.
        return dict(absorb(new, given)) | {"item": None, "item_by": ""}
    return None


def _no_place(slots: Slots) -> bool:
    return not slots["grid"] and not slots["look"].get("grid") and "place" not in slots["asked"]


def _place_options(slots: Slots) -> tuple[str, ...]:
    found = slots["look"].get("grid_options", [])
    return (*(f"g:{code}" for code in found), SOMEWHERE)


def _take_place(slots: Slots, given: Input) -> Slots | None:
    new = dict(slots) | {"asked": [*slots["asked"], "place"]}
    if given.option == SOMEWHERE:
        return new
    if given.option and given.option.startswith("g:"):
        return new | {"grid": given.option[2:]}
    if given.location:
        return dict(absorb(new, given)) | {"place": "", "grid": None}
    if given.text.strip() and not given.option:
        return dict(absorb(new, Input(media=given.media, message=given.message))) | {
            "place": given.text.strip(),
            "grid": None,
        }
    return None


def _confirm_options(slots: Slots) -> tuple[str, ...]:
    hide = "known" if slots["anonymous"] else "anonymous"
    return (SUBMIT, "go:item", "go:place", hide, CANCEL)


def _take_confirm(slots: Slots, given: Input) -> Slots | None:
    if given.option in {"anonymous", "known"}:
        return dict(slots) | {"anonymous": given.option == "anonymous"}
    return None


REPORT = Form(
    name="report",
    steps={
        "what": Step(_no_words, lambda _: (), _take_words),
        "item": Step(_unsure, _item_options, _take_item),
        "place": Step(_no_place, _place_options, _take_place),
        "confirm": Step(lambda _: False, _confirm_options, _take_confirm),
    },
    absorb=absorb,
    ready=lambda slots: bool(told(slots) or slots["item"]),
)
