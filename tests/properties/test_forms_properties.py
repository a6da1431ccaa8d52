"""Whatever is typed, sent or tapped in any order, the dialog goes on."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.case import Media
from bot.domain.forms import BACK, CANCEL, SUBMIT, Form, Input, Outcome, State, advance, options
from bot.forms.report import EMPTY, REPORT
from bot.forms.saying import SAYING
from tests.unit.test_forms import look

_TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["1", "2", "4", "翠竹路垃圾", "垃圾", "路", "有问题", ""]),
)
_MEDIA = st.builds(
    Media, st.sampled_from(["photo", "voice"]), st.text(max_size=4), st.text(max_size=4)
)
_OPTIONS = st.one_of(
    st.sampled_from(
        ["back", "cancel", "submit", "none", "somewhere", "anonymous", "known", "go:item",
         "go:place", "go:what", "go:nosuch", "go:", "i:HW01", "i:", "g:G1", "g:", ""]
    ),
    st.text(max_size=8),
)  # fmt: skip
_SAID = st.builds(
    Input,
    text=_TEXT,
    media=st.lists(_MEDIA, max_size=2).map(tuple),
    location=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    message=st.integers(0, 5),
    edited=st.booleans(),
)
_TAPPED = st.builds(lambda option, old: (option, old), _OPTIONS, st.booleans())
_STEPS = st.lists(st.one_of(_SAID, _TAPPED), max_size=12)
_SLOTS = {"purpose": "result", "subject": 1, "text": "", "media": [], "evidence": True}


def _run(form: Form, slots: dict[str, Any], steps: list[Any], enrich: Any) -> State:
    state = State(form.name, slots=enrich(slots))
    for step in steps:
        tap = isinstance(step, tuple)
        revision = state.revision - 1 if tap and step[1] else state.revision
        one = Input(option=step[0], revision=revision) if tap else step
        before = state
        state, outcome = advance(form, state, one, enrich)
        assert isinstance(outcome, Outcome)
        assert json.loads(json.dumps(state.as_json())) == state.as_json()
        if tap and step[1]:
            assert (state, outcome) == (before, Outcome.STALE)
        if outcome in {Outcome.STALE, Outcome.REPEAT, Outcome.CANCEL, Outcome.SUBMIT}:
            assert state == before
        else:
            assert state.revision > before.revision
            assert state.step in form.steps
        if outcome is Outcome.SUBMIT:
            assert form.ready(state.slots)
        assert len(set(options(form, state))) == len(options(form, state))
    return state


@settings(deadline=None)
@given(_STEPS)
def test_a_report_never_raises_and_can_always_be_cancelled(steps: list[Any]) -> None:
    """Any sequence of inputs leaves a dialog whose state is JSON and which can be cancelled."""
    state = _run(REPORT, dict(EMPTY), steps, look)
    assert advance(REPORT, state, Input(option=CANCEL, revision=state.revision), look)[1] is (
        Outcome.CANCEL
    )


@settings(deadline=None)
@given(_STEPS)
def test_a_one_thing_form_never_raises(steps: list[Any]) -> None:
    """The same for progress, results and reasons."""
    state = _run(SAYING, _SLOTS, steps, lambda slots: slots)
    assert advance(SAYING, state, Input(option=CANCEL, revision=state.revision))[1] is (
        Outcome.CANCEL
    )


@settings(deadline=None)
@given(_STEPS)
def test_every_dialog_can_be_finished(steps: list[Any]) -> None:
    """From wherever somebody got to, a few plain answers lead to 提交."""
    state = _run(REPORT, dict(EMPTY), steps, look)
    for _ in range(8):
        if state.step == "confirm" and REPORT.ready(state.slots):
            break
        said = Input("翠竹路有垃圾", message=99 + state.revision)
        state, _ = advance(REPORT, state, said, look)
    tap = Input(option=SUBMIT, revision=state.revision)
    assert advance(REPORT, state, tap, look)[1] is Outcome.SUBMIT


@settings(deadline=None)
@given(_STEPS, st.integers(1, 12))
def test_back_always_ends_at_a_question(steps: list[Any], times: int) -> None:
    """返回 again and again never leaves the form."""
    state = _run(REPORT, dict(EMPTY), steps, look)
    for _ in range(times):
        tap = Input(option=BACK, revision=state.revision)
        state, outcome = advance(REPORT, state, tap, look)
        assert outcome is Outcome.ASK
        assert state.step in REPORT.steps
