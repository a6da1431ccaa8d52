"""One spelling for every message (R026, R138)."""

import pytest

from bot.adapters.chinese import simplify
from bot.domain.normalise import Normaliser, clean

RULES = (("唔", "不"), ("唔系", "不是"), ("冇", "没有"), ("垃级", "垃圾"), ("嗯", ""))


@pytest.fixture(scope="module")
def normalise() -> Normaliser:
    return Normaliser(RULES, simplify)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("樓下垃圾滿咗", "楼下垃圾满咗"),
        ("ＡＢＣ１２３", "abc123"),
        ("唔系我", "不是我"),
        ("唔好", "不好"),
        ("冇水", "没有水"),
        ("垃级 没人收", "垃圾没人收"),
        ("嗯嗯路灯嗯坏了", "路灯坏了"),
        ("Gas  Leak\n\nhere", "gas leak here"),
        ("", ""),
        (" \t\u200b ", ""),
    ],
)
def test_spells_alike_what_means_the_same(normalise: Normaliser, written: str, read: str) -> None:
    """Width, script, case, blanks, dialect and typing errors do not change what is matched."""
    assert normalise(written) == read


@pytest.mark.parametrize("bad", ["\ud800", "a\udfffb", "\x00火", "\u202e煤气"])
def test_drops_what_no_library_can_take(normalise: Normaliser, bad: str) -> None:
    """Unpaired surrogates and control characters become blanks before any library sees them."""
    clean(bad).encode("utf-8")
    assert "\x00" not in clean(bad)
    normalise(bad).encode("utf-8")


@pytest.mark.parametrize(
    ("word", "text", "shown"),
    [
        ("没人收", "垃圾堆成山，好幾天沒人收", "沒人收"),
        ("没人收", "收\n好幾天沒人收", "沒人收"),
        ("wifi", "社區WiFi沒了", "WiFi"),
        ("垃圾", "垃級沒人收", "垃圾"),
        ("没人收", "㎡沒人收", "没人收"),
        ("路灯", "", "路灯"),
    ],
)
def test_words_are_shown_as_they_were_written(
    normalise: Normaliser, word: str, text: str, shown: str
) -> None:
    """A word that decided keeps its writer's characters, unless it cannot be found again."""
    assert normalise.as_written(word, text) == shown
