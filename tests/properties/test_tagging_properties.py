"""Whatever people send, the tagger answers (R012: a failing tagger never blocks intake)."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.shipped import shipped_items
from bot.adapters.tagger import build_tagger, load_lexicon
from bot.domain.tagging import ENDANGERED, OPENING, Tagger, as_json

FLAGS = {item.code: item.emergency for item in shipped_items()}
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=600)
WORDS = sorted(
    load_lexicon(FLAGS).phrases
    | {"，", "。", "没有", "不是", "万一", "昨天", " ", "\ud800", "😀", "𠮷", "火车站", "?"}
)
WORDY = st.lists(st.sampled_from(WORDS), max_size=40).map("".join)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return build_tagger(FLAGS)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.one_of(ANYTHING, WORDY))
def test_every_string_gets_a_lawful_answer(tagger: Tagger, text: str) -> None:
    """No string raises; probabilities are ordered shares; an emergency opens a case."""
    found = tagger.tag(text)
    shares = [guess.probability for guess in found.guesses]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) <= 1 + 1e-9
    assert found.kind in OPENING or not found.sure
    assert found.kind in ENDANGERED or not found.emergency
    assert found.slots.people is None or found.slots.people > 0
    json.dumps(as_json(found))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.one_of(ANYTHING, WORDY))
def test_the_cheap_check_misses_no_emergency(tagger: Tagger, text: str) -> None:
    """Whatever ``tag`` calls an emergency, ``urgent`` let through first."""
    assert tagger.urgent(text) or not tagger.tag(text).emergency


@settings(deadline=None, max_examples=100)
@given(text=WORDY)
def test_tagging_is_a_function_of_the_text(tagger: Tagger, text: str) -> None:
    """The same text gets the same answer: nothing is remembered between messages."""
    assert tagger.tag(text) == tagger.tag(text)
