"""A small form engine: ``advance(state, input) -> state, outcome``, pure and restart-safe.

A form is a table of steps. What a message already said is not asked; the first step that is
still needed is asked next. Every question carries a revision, so that a button of an earlier
question is recognised as stale. The state is JSON and is stored by whoever calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.domain.case import Media

Slots = Mapping[str, Any]
Enrich = Callable[[Slots], Slots]

BACK = "back"
CANCEL = "cancel"
SUBMIT = "submit"
NONE_OF_THESE = "none"
SOMEWHERE = "somewhere"
ALL, ONE = "all", "one"


@dataclass(frozen=True, slots=True)
class Input:
    """What a person did: wrote, sent, tapped. ``revision`` belongs to a tap.

    ``message`` is the message's id; with ``edited`` it replaces what that message said before.
    """

    text: str = ""
    media: tuple[Media, ...] = ()
    location: tuple[float, float] | None = None
    option: str | None = None
    revision: int | None = None
    message: int = 0
    edited: bool = False
    album: str | None = None


class Outcome(StrEnum):
    """What the caller does next."""

    ASK = "ask"  # show the present step
    SUBMIT = "submit"  # everything is there and confirmed
    CANCEL = "cancel"
    STALE = "stale"  # an old button: say so and show the present step
    REPEAT = "repeat"  # not understood: show the present step again


@dataclass(frozen=True, slots=True)
class Step:
    """One question. ``options`` are the buttons in order: a digit picks one as well.

    ``take`` returns the new slots, or None when the input is no answer to this question.
    """

    needed: Callable[[Slots], bool]
    options: Callable[[Slots], tuple[str, ...]]
    take: Callable[[Slots, Input], Slots | None]


@dataclass(frozen=True, slots=True)
class Form:
    """Steps in order of asking. The last one is where the form waits to be submitted.

    ``absorb`` takes from any message what it holds, whatever is being asked; ``ready`` says
    whether it can be submitted at all.
    """

    name: str
    steps: Mapping[str, Step]
    absorb: Callable[[Slots, Input], Slots]
    ready: Callable[[Slots], bool]


@dataclass(frozen=True, slots=True)
class State:
    """A dialog in progress. ``trail`` holds the steps that were asked, for going back."""

    form: str
    step: str = ""
    revision: int = 0
    slots: Slots = field(default_factory=dict)
    trail: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {
            "form": self.form,
            "step": self.step,
            "revision": self.revision,
            "slots": dict(self.slots),
            "trail": list(self.trail),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> State:
        """As it was stored."""
        return State(
            data["form"], data["step"], data["revision"], data["slots"], tuple(data["trail"])
        )


def advance(
    form: Form, state: State, given: Input, enrich: Enrich = lambda slots: slots
) -> tuple[State, Outcome]:
    """The dialog after one more input.

    ``enrich`` is asked, whenever the slots have changed, to fill in what follows from them.
    """
    if given.option is not None:
        if given.revision != state.revision:
            return state, Outcome.STALE
        return _choose(form, state, given, enrich)
    if option := _digit(form, state, given):
        return _choose(form, state, replace(given, option=option), enrich)
    if options(form, state) and _NUMBER.fullmatch(given.text) and not given.media:
        return state, Outcome.REPEAT  # a number beside the menu's is no part of a report
    step = form.steps.get(state.step)
    taken = step.take(state.slots, given) if step else None
    slots = form.absorb(state.slots, given) if taken is None else taken
    if slots == state.slots:
        return state, Outcome.REPEAT
    return _next(form, replace(state, slots=enrich(slots))), Outcome.ASK


def options(form: Form, state: State) -> tuple[str, ...]:
    """The options of the present step."""
    step = form.steps.get(state.step)
    return step.options(state.slots) if step else ()


def goto(form: Form, state: State, step: str) -> State:
    """Ask a certain step now, whether it is needed or not."""
    if step not in form.steps:
        raise KeyError(step)
    trail = (*state.trail, state.step) if state.step and state.step != step else state.trail
    return replace(state, step=step, revision=state.revision + 1, trail=trail[-8:])


def _choose(form: Form, state: State, given: Input, enrich: Enrich) -> tuple[State, Outcome]:
    option = given.option or ""
    if option == CANCEL:
        return state, Outcome.CANCEL
    if option == BACK:
        return _back(form, state), Outcome.ASK
    if option not in options(form, state):
        return state, Outcome.STALE
    if option == SUBMIT:
        return (state, Outcome.SUBMIT) if form.ready(state.slots) else (state, Outcome.REPEAT)
    if option.startswith("go:"):
        return goto(form, state, option.removeprefix("go:")), Outcome.ASK
    slots = form.steps[state.step].take(state.slots, given)
    if slots is None:
        return state, Outcome.REPEAT
    return _next(form, replace(state, slots=enrich(slots))), Outcome.ASK


def _next(form: Form, state: State) -> State:
    wanted = next((n for n, step in form.steps.items() if step.needed(state.slots)), None)
    last = [*form.steps][-1]
    return goto(form, state, wanted or last)


def _back(form: Form, state: State) -> State:
    *before, last = state.trail or (state.step,)
    found = last if last in form.steps else next(iter(form.steps))
    return replace(state, step=found, revision=state.revision + 1, trail=tuple(before))


def _digit(form: Form, state: State, given: Input) -> str | None:
    if given.media or given.location:
        return None
    return picked(given.text, options(form, state))


def picked(text: str, choices: Sequence[str]) -> str | None:
    """The choice whose number was typed (``2``, ``2.``, 2️⃣), counted from 1; else None."""
    found = _NUMBER.fullmatch(text)
    number = int(found[1]) if found else 0
    return choices[number - 1] if 0 < number <= len(choices) else None


_NUMBER = re.compile(r"\s*(\d{1,2})\W{0,3}\s*")
