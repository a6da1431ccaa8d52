"""Guards before keywords (R026): denied, supposed, settled, part of a name."""

import pytest

from bot.domain.guards import Span, Surroundings, covered, covered_by, names_end
from bot.domain.lexicon import Guard


def span(text: str, word: str) -> Span:
    start = text.index(word)
    return Span(start, start + len(word), word)


@pytest.mark.parametrize(
    ("text", "word", "guard", "spot", "applies"),
    [
        ("没有发现着火", "没有", Guard.ABSENT, "着火", True),
        ("没有人管，着火", "没有", Guard.ABSENT, "着火", False),
        ("没有一个人过来看，都着火了", "没有", Guard.ABSENT, "着火", False),
        ("万一哪天，着火了怎么办", "万一", Guard.IF, "着火", True),
        ("着火了，万一烧过来", "万一", Guard.IF, "着火", False),
        ("万一呢。着火了", "万一", Guard.IF, "着火", False),
        ("着火的事已经解决", "已经解决", Guard.OVER, "着火", True),
        ("水管已经解决，又着火", "已经解决", Guard.OVER, "着火", False),
    ],
)
def test_reach_of_a_guard(text: str, word: str, guard: Guard, spot: str, applies: bool) -> None:
    """A denial reaches a few letters on, a supposition its sentence, a settlement its clause."""
    around = Surroundings(text, [(span(text, word), guard)])
    assert (guard in around.near(span(text, spot))) is applies


@pytest.mark.parametrize(
    ("text", "named"),
    [("消防路二号", True), ("煤气公司旁边", True), ("消防路面坏了", False), ("消防栓", False)],
)
def test_names_are_not_events(text: str, named: bool) -> None:
    """A trigger word that begins a road's or a company's name says nothing about danger."""
    assert (2 in names_end(text)) is named


def test_longer_words_hide_shorter_ones() -> None:
    """Within one collection only the widest span is visible; equals do not hide one another."""
    wide, left, other = Span(0, 4, "煤气罐子"), Span(0, 2, "煤气"), Span(3, 5, "子上")
    assert covered([wide, left, other]) == {left}
    assert covered([left, left]) == set()
    assert covered_by([left, wide], [wide]) == {left}
