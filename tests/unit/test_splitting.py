"""Cutting a message into passages, and finding the problems in them (R027)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.several import PROBLEMS, problems
from bot.domain.splitting import MOST, announced, split
from bot.domain.tagging import Tagger

EXAMPLES = Path(__file__).with_name("problems_examples.tsv")
FOUND, FALSE = 0.7, 0.05
"""The share of the examples that must be found, and that may be offered wrongly."""


def passages(text: str) -> list[str]:
    """The passages in their own words."""
    return [text[one.start : one.end] for one in split(text)]


def examples() -> list[tuple[set[str], str]]:
    """(item codes, message), as written for these tests."""
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(set(codes.split(",")), text) for codes, text in rows]


@pytest.mark.parametrize(
    "text",
    [
        "一、路灯坏了好几天，二、垃圾没人来收",
        "1. 路灯坏了好几天 2. 垃圾没人来收",
        "反映两件事：①路灯坏了好几天②垃圾没人来收",
        "（一）路灯坏了好几天；（二）垃圾没人来收",
        "第一件事，路灯坏了好几天，第二件事是垃圾没人来收",
        "你好，一是路灯坏了好几天，二是垃圾没人来收",
        "首先路灯坏了好几天，其次，垃圾没人来收",
        "路灯坏了好几天，另外垃圾没人来收",
        "路灯坏了好几天。还有，垃圾没人来收",
        "路灯坏了好几天，哦对了 垃圾没人来收",
        "路灯坏了好几天，顺便反映一下垃圾没人来收",
        "路灯坏了好几天，再一个就是垃圾没人来收",
        "路灯坏了好几天；垃圾没人来收",
        "路灯坏了好几天\n垃圾没人来收",
    ],
)
def test_borders(text: str) -> None:
    """Numbers, announcing words, ends of sentences and new lines part two passages; what only
    announces them belongs to neither."""
    assert passages(text) == ["路灯坏了好几天", "垃圾没人来收"]


def test_english_borders() -> None:
    """Also and besides part passages as well."""
    text = "The street light is broken. Also, nobody collects the garbage"
    assert passages(text) == ["The street light is broken", "nobody collects the garbage"]


@pytest.mark.parametrize(
    "text",
    [
        "第二天又来了一辆车",
        "3、4号楼中间堆着垃圾",
        "水管漏了3.5米长的一条缝",
        "里面还有人没出来",
        "他家还有另外一条狗也咬人",
        "旁边另外两盏灯是好的",
    ],
)
def test_no_border_where_a_number_or_word_means_something_else(text: str) -> None:
    """A date, a range of houses, a decimal and an adjective announce nothing."""
    assert passages(text) == [text]


def test_short_leftovers_join_their_neighbour() -> None:
    """A passage of a few letters is not looked at alone."""
    assert passages("唉，楼下路灯又不亮了，谢谢！") == ["唉，楼下路灯又不亮了，谢谢"]


def test_an_announcement_is_recognised() -> None:
    """A message that begins with 还有 or 另外 adds another matter; others do not."""
    assert announced(" 还有垃圾没人收")
    assert announced("另外，路灯不亮")
    assert not announced("还有人没出来")
    assert not announced("路灯不亮，另外垃圾没人收")


def test_real_messages_with_several_problems_are_found(tagger: Tagger) -> None:
    """Most messages with two or three problems are recognised, and hardly a wrong item named."""
    rows = [(codes, problems(text, tagger.tag)) for codes, text in examples() if len(codes) > 1]
    offered = [(codes, {one.item for one in found}) for codes, found in rows if found]
    named = [item in codes for codes, items in offered for item in items]
    assert len(offered) >= FOUND * len(rows)
    assert sum(named) >= 0.9 * len(named)


def test_a_single_problem_is_left_alone(tagger: Tagger) -> None:
    """What was tried, what is feared and what it is needed for are no problems of their own."""
    rows = [problems(text, tagger.tag) for codes, text in examples() if len(codes) == 1]
    assert len([found for found in rows if found]) <= FALSE * len(rows)


def test_each_problem_keeps_its_own_words_in_the_order_told(tagger: Tagger) -> None:
    """The words are those of the message; what explains a problem stays with it."""
    text = "楼下路灯坏了，晚上看不见路。另外垃圾桶满出来三天没人收，臭得很"
    found = problems(text, tagger.tag)
    assert [(one.item, one.text) for one in found] == [
        ("CG07", "楼下路灯坏了，晚上看不见路"),
        ("CG01", "垃圾桶满出来三天没人收，臭得很"),
    ]
    assert all(0 < one.probability <= 1 for one in found)


def test_what_endangers_somebody_comes_first(tagger: Tagger) -> None:
    """The danger is named as such, wherever in the message it was told."""
    text = "楼下路灯坏了好几天。另外楼道里好大煤气味，有人头晕"
    found = problems(text, tagger.tag)
    assert [(one.item, one.emergency) for one in found] == [("GY04", True), ("CG07", False)]


def test_the_same_problem_twice_is_one(tagger: Tagger) -> None:
    """Two passages about one item are one problem."""
    text = "东门垃圾桶满出来没人收。另外西门的垃圾桶也满出来没人收"
    assert problems(text, tagger.tag) == ()


@given(st.text(max_size=200))
def test_any_text_is_cut_within_itself(text: str) -> None:
    """Whatever is written: passages in order, none empty, never more than may be looked at."""
    cut = split(text)
    assert all(one.start < one.end <= len(text) for one in cut)
    assert all(a.end <= b.start for a, b in pairwise(cut))
    assert len(cut) <= MOST


@pytest.mark.parametrize(
    "text", ["", "\ud800", "。" * 4096, "一、" * 2000, "垃圾。另外" * 800, "🙂" * 99]
)
def test_odd_texts(tagger: Tagger, text: str) -> None:
    """Empty, endless and broken texts hold no more problems than may be."""
    assert len(problems(text, tagger.tag)) <= PROBLEMS
