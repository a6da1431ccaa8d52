"""The form engine: pure, restart-safe, and never stuck (conversation.md)."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.case import Media
from bot.domain.forms import (
    BACK,
    CANCEL,
    NONE_OF_THESE,
    SOMEWHERE,
    SUBMIT,
    Input,
    Outcome,
    State,
    advance,
    goto,
    options,
    picked,
)
from bot.forms.report import EMPTY, REPORT, told, words
from bot.forms.saying import SAYING

PHOTO = Media("photo", "file", "unique")


def look(slots: Any) -> dict[str, Any]:
    """A tagger and gazetteer for these tests: 垃圾 is sure, 路 is a place."""
    text = words(slots)
    known = "路" in (slots["place"] or text) or bool(slots["location"])
    found = {
        "guesses": ["HW01", "HW02", "HW03", "HW04"] if text else [],
        "sure": "垃圾" in text,
        "grid": slots["grid"] or ("G1" if known else None),
        "grid_options": ["G1", "G2"],
    }
    return dict(slots) | {"look": found}


def play(*inputs: Input) -> tuple[State, Outcome]:
    """The dialog after these inputs; a tap carries the present revision."""
    state, outcome = State(REPORT.name, slots=dict(EMPTY)), Outcome.ASK
    for one in inputs:
        given = Input(**{**_fields(one), "revision": state.revision}) if one.option else one
        state, outcome = advance(REPORT, state, given, look)
    return state, outcome


def _fields(given: Input) -> dict[str, Any]:
    return {name: getattr(given, name) for name in Input.__dataclass_fields__}


def test_what_was_said_is_not_asked() -> None:
    """Item and place in the first message lead to the last step."""
    state, outcome = play(Input("翠竹路垃圾", message=1))
    assert (state.step, outcome) == ("confirm", Outcome.ASK)


def test_only_what_is_missing_is_asked_in_order() -> None:
    """No words, no item, no place: each is asked once."""
    state, _ = play(Input(media=(PHOTO,), message=1))
    assert state.step == "what"
    state, _ = play(Input(media=(PHOTO,), message=1), Input("有问题", message=2))
    assert state.step == "item"
    assert options(REPORT, state) == ("i:HW01", "i:HW02", "i:HW03", NONE_OF_THESE)
    state, _ = play(
        Input(media=(PHOTO,), message=1), Input("有问题", message=2), Input(option="i:HW02")
    )
    assert state.step == "place"
    assert state.slots["item"] == "HW02"
    state, _ = play(
        Input(media=(PHOTO,), message=1),
        Input("有问题", message=2),
        Input(option="i:HW02"),
        Input(option=SOMEWHERE),
    )
    assert state.step == "confirm"


def test_a_stale_tap_changes_nothing() -> None:
    """A button of an earlier question is recognised by its revision."""
    state, _ = play(Input("有问题", message=1))
    after, outcome = advance(
        REPORT, state, Input(option="i:HW01", revision=state.revision - 1), look
    )
    assert (after, outcome) == (state, Outcome.STALE)


def test_an_option_of_another_step_is_stale() -> None:
    """A hand-made tap with the right revision but a wrong option changes nothing."""
    state, _ = play(Input("有问题", message=1))
    for option in (SUBMIT, "g:G1", "i:NOSUCH", "go:place", "anonymous", ""):
        after, outcome = advance(
            REPORT, state, Input(option=option, revision=state.revision), look
        )
        assert (after, outcome) == (state, Outcome.STALE)


def test_every_question_has_a_revision_of_its_own() -> None:
    """Going on, back and to a correction each raise it."""
    state, _ = play(Input("翠竹路垃圾", message=1))
    seen = {state.revision}
    for option in ("go:item", BACK, "anonymous", "known", "go:place", BACK):
        state, _ = advance(REPORT, state, Input(option=option, revision=state.revision), look)
        assert state.revision not in seen
        seen.add(state.revision)


@pytest.mark.parametrize("first", ["翠竹路垃圾", "有问题", "垃圾"])
def test_cancel_is_always_possible(first: str) -> None:
    """取消 works at every step."""
    assert play(Input(first, message=1), Input(option=CANCEL))[1] is Outcome.CANCEL


def test_back_from_the_first_question_stays_there() -> None:
    """There is nothing before the first question; 返回 asks it again."""
    state, outcome = play(Input("有问题", message=1), Input(option=BACK))
    assert outcome is Outcome.ASK
    assert state.step == "item" or state.step in REPORT.steps


def test_a_form_that_is_not_ready_cannot_be_submitted() -> None:
    """提交 without a single word asks again instead."""
    state = goto(REPORT, State(REPORT.name, slots=dict(EMPTY)), "confirm")
    _, outcome = advance(REPORT, state, Input(option=SUBMIT, revision=state.revision), look)
    assert outcome is Outcome.REPEAT


def test_an_edit_replaces_what_the_message_said() -> None:
    """An edited message counts as it reads now, in its own place."""
    state, _ = play(
        Input("垃圾", message=1),
        Input("翠竹路", message=2),
        Input("垃圾堆", message=1, edited=True),
    )
    assert state.slots["words"][0] == [1, "垃圾堆"]


def test_the_same_photo_twice_is_one() -> None:
    """A photo that arrives again, in an edit or from a second try, is not doubled."""
    state, _ = play(
        Input("垃圾", media=(PHOTO,), message=1), Input("垃圾", media=(PHOTO,), message=1)
    )
    assert len(state.slots["media"]) == 1


def test_signs_and_numbers_are_no_words() -> None:
    """A smile or a bare number tells nobody what the matter is."""
    for text in ("😀", "13800138000", "。。。", " ", "\u200b"):
        slots = REPORT.absorb(EMPTY, Input(text, message=1))
        assert not told(slots)
        assert not REPORT.ready(slots)
    assert told(REPORT.absorb(EMPTY, Input("灯", message=1)))


def test_nothing_leaks_into_the_empty_form() -> None:
    """The shared empty slots are never changed."""
    play(Input("垃圾", media=(PHOTO,), location=(1.0, 2.0), message=1), Input(option="anonymous"))
    assert EMPTY["words"] == []
    assert EMPTY["media"] == []
    assert EMPTY["asked"] == []


def test_a_state_survives_its_json() -> None:
    """What was stored is what comes back, after a restart too."""
    state, _ = play(Input("翠竹路垃圾", media=(PHOTO,), message=1), Input(option="anonymous"))
    assert State.from_json(state.as_json()) == state


@pytest.mark.parametrize(
    ("text", "found"),
    [("1", "a"), ("2.", "b"), (" 3 ", "c"), ("２", "b"), ("1️⃣", "a"), ("3、", "c"), ("0", None),
     ("4", None), ("", None), ("一", None), ("1 2", None), ("12号楼", None),
     ("-1", None), ("²", None)],
)  # fmt: skip
def test_digits_pick(text: str, found: str | None) -> None:
    """A digit alone picks the option of that number; anything more is words."""
    assert picked(text, ("a", "b", "c")) == found


def test_a_one_thing_form() -> None:
    """Text first, then the file that is required, then a last look."""
    slots = {"purpose": "result", "subject": 1, "text": "", "media": [], "evidence": True}
    state = goto(SAYING, State(SAYING.name, slots=slots), "text")
    state, _ = advance(SAYING, state, Input("清了", message=1))
    assert state.step == "evidence"
    state, _ = advance(SAYING, state, Input(media=(PHOTO,), message=2))
    assert state.step == "confirm"
    tap = Input(option=SUBMIT, revision=state.revision)
    assert advance(SAYING, state, tap)[1] is Outcome.SUBMIT
