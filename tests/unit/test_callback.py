"""Callback data: checked when built, untrusted when read."""

from __future__ import annotations

import pytest

from bot.views.callback import MENU, PREFIXES, TASK, Tap, decode, encode


def test_a_button_says_what_was_put_in() -> None:
    """Prefix, id and argument come back."""
    assert encode(TASK, 100, "accept") == "k1.2s.accept"
    assert decode("k1.2s.accept") == Tap(TASK, 100, "accept")
    assert decode(encode(MENU, 0)) == Tap(MENU, 0, "")


@pytest.mark.parametrize(
    "data",
    [
        None, "", "k", "k1", "k1.", "k1.2s", "k0.2s.accept", "k2.2s.accept", "z1.2s.accept",
        "K1.2s.accept", "k1.2S.accept", "k1..accept", "k1.2s.签收", "k1.2s.a b", "k1.2s.accept\n",
        "k1.-1.accept", "k1.2s.accept;drop", "k1." + "z" * 13 + ".accept", "k1.2s." + "a" * 49,
        " k1.2s.accept", "k１.2s.accept", "\x00", "k1.２s.accept",
    ],
)  # fmt: skip
def test_what_was_not_made_here_is_nothing(data: str | None) -> None:
    """A hand-made string of any other shape is refused without an error."""
    assert decode(data) is None


@pytest.mark.parametrize(
    ("prefix", "number", "argument"),
    [
        ("x", 1, ""),
        (TASK, -1, ""),
        (TASK, 36**12, ""),
        (TASK, 1, "签收"),
        (TASK, 1, "a" * 49),
        (TASK, 36**11, "a" * 49),
        (TASK, 1, "a b"),
    ],
)
def test_what_could_not_be_read_back_is_not_built(prefix: str, number: int, argument: str) -> None:
    """The mistake shows where the button is made, not when it is tapped."""
    with pytest.raises(ValueError):
        encode(prefix, number, argument)


def test_the_longest_button_fits() -> None:
    """Every prefix with the largest id and the longest argument stays within 64 bytes."""
    for prefix in PREFIXES:
        assert len(encode(prefix, 36**11, "a" * 48).encode()) <= 64
