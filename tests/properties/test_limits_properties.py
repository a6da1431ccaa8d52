"""Properties of what leaves the bot: limits, markup, buttons, and of the lifecycle's table."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.case import OPEN, Status
from bot.domain.lifecycle import TABLE, Rule, Who
from bot.i18n import Html, escape, plain
from bot.sandbox.text import formatted
from bot.views.callback import PREFIXES, Tap, decode, encode
from bot.views.limits import CAPTION, TEXT, fit, short, toast, units

_CHARS = st.characters(codec=None, exclude_characters="\r")
_WORDS = st.text(_CHARS, max_size=60)
_LONG = st.builds(lambda unit, times: unit * times, st.text(min_size=1, max_size=9),
                  st.integers(1, 3000))  # fmt: skip
_FOUND_BY_ITSELF = {"bot_command", "url", "email", "mention", "hashtag", "cashtag", "phone_number"}
"""What Telegram marks in plain text, whoever wrote it."""
_TAGS = st.sampled_from(["b", "i", "u", "s", "code", "blockquote"])


def _wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.builds(lambda tag, words: f"<{tag}>{words}</{tag}>", _TAGS, inner)
    link = st.builds(
        lambda to, words: f'<a href="https://t.me/bot?start={to}">{words}</a>',
        st.integers(0, 10**12), inner,
    )  # fmt: skip
    return pair | link


_FLAT = _WORDS.map(escape) | _LONG.map(escape)
_MARKED = _FLAT | _wrapped(_FLAT) | _wrapped(_wrapped(_FLAT))
_HTML = st.lists(_MARKED, min_size=1, max_size=6).map("\n".join).map(Html)


@settings(max_examples=150, deadline=None)
@given(_HTML, st.sampled_from([TEXT, CAPTION]))
def test_what_is_fitted_is_valid_and_within_the_limit(text: Html, most: int) -> None:
    """Whatever is cut, Telegram's own rules of HTML accept it, and it is short enough."""
    cut = fit(text, most)
    assert units(cut) <= most
    said, _ = formatted(cut, "HTML", None)
    assert units(said) <= most
    if units(text) <= most:
        assert cut == text


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec=None), max_size=300))
def test_any_text_survives_escaping(text: str) -> None:
    """A person's words make no markup, and read as they were written, where sayable."""
    said, entities = formatted(f"“{escape(text)}”", "HTML", None)
    sayable = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert {e["type"] for e in entities} <= _FOUND_BY_ITSELF
    assert said.strip() == f"“{sayable}”".replace("\x00", "")
    assert plain(escape(text)) == sayable.replace("\x00", "")
    assert escape(escape(text)) == escape(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.integers(1, 300))
def test_short_and_toast_keep_their_limits(text: str, most: int) -> None:
    """One line, so many code units, never half a character."""
    line = short(text, most)
    assert units(line) <= most
    assert "\n" not in line
    assert units(toast(text)) <= 200
    line.encode()


@given(
    st.sampled_from(sorted(PREFIXES)),
    st.integers(0, 36**11),
    st.from_regex(r"[0-9A-Za-z_:.\-]{0,48}", fullmatch=True),
)
def test_callback_data_comes_back(prefix: str, number: int, argument: str) -> None:
    """Built, it fits in 64 bytes; read, it is what was built."""
    data = encode(prefix, number, argument)
    assert len(data.encode()) <= 64
    assert decode(data) == Tap(prefix, number, argument)


@given(st.text(max_size=80) | st.from_regex(r"[a-z]1\.[0-9a-z]+\..*"))
def test_reading_hand_made_callback_data_never_fails(data: str) -> None:
    """A string of any shape is read or refused, and what is read can be built again."""
    tap = decode(data)
    if tap is not None:
        assert decode(encode(tap.prefix, tap.id, tap.argument)) == tap


def _moves(status: Status) -> Iterator[tuple[Rule, Status]]:
    for rule in TABLE:
        if status in rule.frm and rule.to is not None:
            yield rule, rule.to


def _reachable(start: Status, without: frozenset[Status] = frozenset()) -> set[Status]:
    found, todo = {start}, deque([start])
    while todo:
        for _, to in _moves(todo.popleft()):
            if to not in found and to not in without:
                found.add(to)
                todo.append(to)
    return found


@given(st.sampled_from(sorted(set(Status) - {Status.CLOSED, Status.VERIFIED})))
def test_nothing_is_closed_without_being_verified(start: Status) -> None:
    """R066: with the state verified taken out, closed cannot be reached from anywhere."""
    assert Status.CLOSED in _reachable(start) or start is Status.WITHDRAWN
    assert Status.CLOSED not in _reachable(start, frozenset({Status.VERIFIED}))


@given(st.sampled_from(sorted(OPEN)))
def test_every_open_state_has_a_way_out(start: Status) -> None:
    """No case is stuck: the end can be reached, and so can every state again by reopening."""
    assert any(to is not start for _, to in _moves(start))
    assert Status.CLOSED in _reachable(start)
    assert Status.DISPATCHED in _reachable(start)


def _sign_offs(status: Status, seen: frozenset[Status]) -> Iterator[int]:
    """How many acts of a person stand on each way from here to the first dispatch."""
    for rule, to in _moves(status):
        act = 0 if Who.SYSTEM in rule.who else 1
        if to is Status.DISPATCHED:
            yield act
        elif to not in seen:
            yield from (act + more for more in _sign_offs(to, seen | {to}))


def test_no_two_sign_offs_stand_before_a_dispatch() -> None:
    """R036: on every way from received to a unit at most one person has to agree."""
    counts = list(_sign_offs(Status.RECEIVED, frozenset({Status.RECEIVED})))
    assert set(counts) == {0, 1}


@given(st.sampled_from(TABLE))
def test_only_a_person_verifies_and_only_the_verified_is_closed(rule: Rule) -> None:
    """R064: nothing ends by itself; silence leads to a verifier, not to a yes."""
    if rule.to is Status.VERIFIED:
        assert Who.SYSTEM not in rule.who
    if rule.to is Status.CLOSED:
        assert rule.frm == {Status.VERIFIED}
    if Status.CLOSED in rule.frm:
        assert rule.who == {Who.REPORTER}


def test_a_state_and_an_act_have_one_rule() -> None:
    """No two rows of the table answer the same question."""
    pairs = [(state, rule.action) for rule in TABLE for state in rule.frm]
    assert len(pairs) == len(set(pairs))
