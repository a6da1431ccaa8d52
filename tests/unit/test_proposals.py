"""Which words are proposed for the lexicon."""

from __future__ import annotations

import pytest

from bot.domain.proposals import (
    AGREE,
    STRONGEST,
    WEAKEST,
    Corrected,
    History,
    agreed,
    proposals,
    words,
)
from bot.views.proposals import named, row, table

CLASSES = {
    "僵尸": "n", "车": "n", "的": "uj", "停": "v", "我们": "r", "三天": "m", "张三": "nr",
    "养老院": "nr", "翠竹": "ns", "路": "n", "路灯": "n",
}  # fmt: skip


def read(*pieces: str) -> frozenset[str]:
    """The words of a text that is cut so."""
    return words("".join(pieces), lambda _: list(pieces), CLASSES, named)


def test_words_and_what_two_neighbours_make() -> None:
    """A word of the dictionary, and one put together of a word and a thing."""
    assert read("僵尸", "车", "的", "路灯") == {"僵尸", "僵尸车", "路灯"}


@pytest.mark.parametrize(
    "pieces",
    [("我们",), ("三天",), ("张三",), ("翠竹",), ("车",), ("abc",), ("王", "大锤"), ("", " ")],
    ids="".join,
)
def test_what_is_never_proposed(pieces: tuple[str, ...]) -> None:
    """Pronouns, numbers, names, places, single characters, other letters."""
    assert not read(*pieces) - {"大锤"}


def test_a_place_put_together_is_none() -> None:
    """Something that ends as streets do, made of two pieces, may be one."""
    assert "僵尸路" not in read("僵尸", "路")
    assert "养老院" in read("养老院"), "no surname: the dictionary's class alone is not believed"


def history(*texts: tuple[str, str]) -> History:
    """Uncorrected reports, counted for one word."""
    found = History({"僵尸车"})
    for text, item in texts:
        found.add(text, item)
    return found


def case(was: str = "CG05", now: str = "JT01", word: str = "僵尸车") -> Corrected:
    """A corrected case with one word."""
    return Corrected(was, now, frozenset({word}))


def test_one_case_is_chance() -> None:
    """As many different cases as ``AGREE`` must hold the word and agree on the item."""
    assert agreed([case()] * (AGREE - 1)) == {}
    assert agreed([case(), case(now="CG05", was="JT01")]) == {}
    assert agreed([case(), case(was="")]) == {("僵尸车", "JT01"): {"CG05": 1, "": 1}}


def test_the_weight_grows_with_the_evidence_and_is_bounded() -> None:
    """Seldom elsewhere: heavy; as often elsewhere: not proposed."""
    rare = history(*[("路灯不亮", "CG07")] * 400)
    often = history(*[("僵尸车占路", "CG05")] * 400)
    (one,) = proposals([case()] * 4, rare, lambda _: ("CG05", 0.7), {("僵尸车", "JT01"): 0.5})
    assert (one.weight, one.cases, one.was) == (STRONGEST, 4, {"CG05": 4})
    assert (one.gives, one.row) == (("CG05", 0.7), 0.5)
    assert proposals([case()] * 4, often, lambda _: None, {}) == ()
    some = history(*[("路灯不亮", "CG07")] * 9, ("僵尸车占路", "CG05"))
    (one,) = proposals([case()] * 2, some, lambda _: None, {})
    assert WEAKEST <= one.weight < STRONGEST
    assert one.elsewhere == {"CG05": 1}


def test_of_a_word_inside_another_the_shorter_stands_for_both() -> None:
    """Unless the longer one says more."""
    both = Corrected("CG05", "JT01", frozenset({"僵尸", "僵尸车"}))
    past = history(*[("路灯不亮", "CG07")] * 50)
    assert [p.word for p in proposals([both] * 2, past, lambda _: None, {})] == ["僵尸"]
    past = History({"僵尸", "僵尸车"})
    for _ in range(50):
        past.add("路灯不亮", "CG07")
        past.add("僵尸游戏", "WT01")
    assert "僵尸车" in [p.word for p in proposals([both] * 2, past, lambda _: None, {})]


def test_a_row_that_is_there_already_stands_in_a_comment() -> None:
    """The table is made to be appended: a lexicon holds each word once for each label."""
    past = history(*[("路灯不亮", "CG07")] * 50)
    (one,) = proposals([case()] * 2, past, lambda _: None, {("僵尸车", "JT01"): 0.5})
    assert [line[:2] for line in table([one]).splitlines()] == ["# "] * 3
    (one,) = proposals([case()] * 2, past, lambda _: None, {})
    assert table([one]).splitlines()[-1] == row(one)
