"""The report: what, one matter or several, which item, where, and 提交. Only what is missing is
asked.

Slots (all JSON): ``words`` [[message id, text]…], ``media`` [[kind, file id, unique id, message
id]…], ``location`` [lat, lon] or None, ``place`` what was typed as the place, ``grid`` picked or
found, ``item`` and ``item_by`` (person, none, kind, or ""), ``anonymous``, ``look``: what the
tagger and the gazetteer make of it (see ``services.looking``), ``split`` what was said about
several problems (ALL: a case for each; ONE: a single case; "" for nothing yet), ``off`` the
numbers of those that were switched off, ``bundle`` the number of the first case of this message if
one is open already, and ``before``: the state of the dialog that this one interrupted, or None.
"""

from __future__ import annotations

from typing import Any

from bot.domain.forms import (
    ALL,
    CANCEL,
    NONE_OF_THESE,
    ONE,
    SOMEWHERE,
    SUBMIT,
    Form,
    Input,
    Slots,
    Step,
)

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
    "split": "",
    "off": [],
    "bundle": None,
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


def found(slots: Slots) -> list[dict[str, Any]]:
    """The problems that were found in the words, as they were told; none for only one."""
    problems: list[dict[str, Any]] = slots["look"].get("problems", [])
    return problems


def chosen(slots: Slots) -> list[dict[str, Any]]:
    """Those of them that get a case each; none while that is not said."""
    if slots.get("split") != ALL:
        return []
    return [one for number, one in enumerate(found(slots)) if number not in slots["off"]]


def _several(slots: Slots) -> bool:
    return bool(found(slots)) and not slots.get("split")


def _several_options(slots: Slots) -> tuple[str, ...]:
    return (*(f"p:{number}" for number in range(len(found(slots)))), ALL, ONE)


def _take_several(slots: Slots, given: Input) -> Slots | None:
    problems, off = found(slots), list(slots.get("off", []))
    if given.option and given.option.startswith("p:"):
        number = int(given.option[2:])
        off = [n for n in off if n != number] if number in off else sorted([*off, number])
        return dict(slots) | {"off": off, "split": ""} if len(off) < len(problems) else None
    left = [one for number, one in enumerate(problems) if number not in off]
    if given.option == ALL and len(left) > 1:
        return dict(slots) | {"split": ALL, "item": None, "item_by": ""}
    if given.option in {ALL, ONE}:
        only = left[0] if given.option == ALL else problems[0]
        return dict(slots) | {"split": ONE, "item": only["item"], "item_by": "person"}
    return None


def _unsure(slots: Slots) -> bool:
    if slots.get("split") == ALL:
        return False
    return not slots["item"] and not slots["look"].get("sure") and "item" not in slots["asked"]


def _item_options(slots: Slots) -> tuple[str, ...]:
    look = slots["look"]
    offered = look.get("offered", look.get("guesses", []))[:GUESSES]
    return (*(f"i:{code}" for code in offered), NONE_OF_THESE)


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
    which = "go:several" if slots.get("split") == ALL else "go:item"
    return (SUBMIT, which, "go:place", hide, CANCEL)


def _take_confirm(slots: Slots, given: Input) -> Slots | None:
    if given.option in {"anonymous", "known"}:
        return dict(slots) | {"anonymous": given.option == "anonymous"}
    return None


REPORT = Form(
    name="report",
    steps={
        "what": Step(_no_words, lambda _: (), _take_words),
        "several": Step(_several, _several_options, _take_several),
        "item": Step(_unsure, _item_options, _take_item),
        "place": Step(_no_place, _place_options, _take_place),
        "confirm": Step(lambda _: False, _confirm_options, _take_confirm),
    },
    absorb=absorb,
    ready=lambda slots: bool(told(slots) or slots["item"]),
)
