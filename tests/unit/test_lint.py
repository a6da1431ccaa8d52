"""Lint of the lexicon: every kind of mistake that a clerk makes is told in plain words."""

from __future__ import annotations

import pytest

from bot.adapters.chinese import simplify
from bot.adapters.shipped import shipped_items
from bot.adapters.tagger import SHIPPED
from bot.domain.lint import Finding, Kind, Severity, lint

ITEMS = frozenset(item.code for item in shipped_items())
HEAD = "word\tlabel\tweight\torigin\n"


def table(*rows: str) -> str:
    """A lexicon; the cells of a row stand with blanks between."""
    return HEAD + "".join("\t".join(row.split(" ")) + "\n" for row in rows)


def found(*rows: str) -> list[tuple[Kind, int, Severity]]:
    """What lint says about a table of these rows; the first of them is row 2."""
    findings = lint(table(*rows), simplify=simplify, items=ITEMS)
    assert all(len(one.sentence) > 15 for one in findings)
    return [(one.kind, one.row, one.severity) for one in findings]


E, W = Severity.ERROR, Severity.WARNING


def test_a_sound_table_is_left_alone() -> None:
    """Words, pairs, hidden words, guards, spellings and learned rows: nothing to say."""
    assert not found(
        "垃圾桶满 CG01 5 hand",
        "垃圾 CG01 4 items",
        "垃圾&臭味 CG01 3 correction",
        "路灯 CG01 -2 hand",
        "火车站 none 0 hand",
        "没有 guard:absent 0 hand",
        "垃级 write:垃圾 0 hand",
        "那个 write: 0 hand",
        "🔥 emergency 2 hand",
        "@CG01 kind:complaint 1 hand",
        "#short kind:chitchat 1 hand",
        "桶 CG01 31.5 learned",
        "桶 CG02 -8.2 learned",
        "#bias CG01 -1.2 learned",
    )


@pytest.mark.parametrize("second", ["垃圾 CG01 -3 hand", "垃级 CG01 -3 hand"])
def test_for_and_against(second: str) -> None:
    """One word for and against one label, also in two spellings, is an error at the later row."""
    rows = ("垃级 write:垃圾 0 hand", "垃圾 CG01 4 hand", second)
    assert found(*rows) == [(Kind.CONTRADICTORY, 4, E)]


def test_strong_for_two_labels() -> None:
    """A person's word that decides for two items is told; a lighter one, or a kind, is not."""
    assert found("洪水 HS07 6 hand", "洪水 YJ02 6 hand") == [(Kind.CONTRADICTORY, 3, W)]
    assert not found("洪水 HS07 6 hand", "洪水 YJ02 3.5 hand")
    assert not found("洪水 HS07 6 hand", "洪水 kind:help 6 hand", "洪水 emergency 6 hand")
    assert not found("洪水 HS07 60 learned", "洪水 YJ02 60 learned")


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("垃圾房滿 CG01 4 hand", "垃圾房满"),
        ("Trash CG01 4 hand", "trash"),
        ("ＡＢＣ CG01 4 hand", "abc"),
        ("垃圾&滿了 CG01 4 hand", "满了"),
        ("壞咗 write:坏了 0 hand", "坏咗"),
        ("沒有 guard:absent 0 hand", "没有"),
    ],
)
def test_a_word_that_no_message_is_ever_spelled_like(row: str, word: str) -> None:
    """Traditional, capital or wide characters never match; the sentence says what would."""
    (finding,) = lint(table(row), simplify=simplify, items=ITEMS)
    assert (finding.kind, finding.row, finding.severity) == (Kind.DEAD, 2, E)
    assert word in finding.sentence


def test_other_rows_that_do_nothing() -> None:
    """Eaten by a spelling rule, weight 0, parts too long to be near, a rule without effect."""
    assert found("那个 write: 0 hand", "那个 CG01 4 hand") == [(Kind.DEAD, 3, E)]
    (eaten,) = lint(
        table("那个 write: 0 hand", "那个 CG01 4 hand"), simplify=simplify, items=ITEMS
    )
    assert "row 2" in eaten.sentence
    assert found("垃圾 CG01 0 hand") == [(Kind.DEAD, 2, E)]
    assert found(f"{'垃' * 30}&{'圾' * 30} CG01 4 hand") == [(Kind.DEAD, 2, E)]
    assert found("垃圾&@CG01 kind:help 4 hand") == [(Kind.DEAD, 2, E)]
    assert found("垃圾 write:垃圾 0 hand") == [(Kind.DEAD, 2, E)]


@pytest.mark.parametrize(
    "rows",
    [
        ("垃圾 CG01 4 hand", "垃圾 CG01 4 hand"),
        ("垃圾&满了 CG01 4 hand", "满了&垃圾 CG01 3 hand"),
        ("垃圾 CG01 4 hand", "垃级 CG01 4 hand"),
        ("垃圾 CG01 40 learned", "垃圾 CG01 40 learned"),
    ],
)
def test_the_same_thing_twice(rows: tuple[str, str]) -> None:
    """Twice the same word, order or spelling apart, is an error that names the first row."""
    findings = [
        one
        for one in lint(table(*rows, "垃级 write:垃圾 0 hand"), simplify=simplify, items=ITEMS)
        if one.kind is Kind.DUPLICATE
    ]
    assert [(one.row, one.severity) for one in findings] == [(3, E)]
    assert "row 2" in findings[0].sentence


def test_single_characters() -> None:
    """One character that a person wrote is told; in a pair, as a guard or learned it is fine."""
    assert found("火 XF01 2 hand") == [(Kind.SINGLE, 2, W)]
    assert not found("火&冒烟 XF01 2 hand", "未 guard:absent 0 hand", "火 XF01 20 learned")


def test_shadowed_by_a_longer_word() -> None:
    """A longer word that says less than a shorter one inside it wins all the same."""
    assert found("被偷 GA02 4.5 hand", "电瓶被偷 GA02 4 hand") == [(Kind.SHADOWED, 3, W)]
    assert not found("被偷 GA02 4.5 hand", "电瓶被偷 GA02 5 hand")
    assert not found("被偷 GA02 4.5 hand", "电瓶被偷 CG01 4 hand")
    assert not found("flood HS07 4.5 hand", "flooded HS07 4 hand")


def test_made_needless_by_a_shorter_word() -> None:
    """A longer word of the same weight adds nothing, unless it hides another one or a guard."""
    assert found("安眠药 GA07 5 hand", "吃安眠药 GA07 5 hand") == [(Kind.SHADOWED, 3, W)]
    assert not found("安眠药 GA07 5 hand", "吃安眠药 GA07 5 hand", "吃安 SJ01 1 hand")
    assert not found("安眠药 GA07 5 hand", "没安眠药 GA07 5 hand", "没 guard:absent 0 hand")
    assert not found("着火 XF01 5 hand", "车着火 XF01 5 hand")
    assert found("厨房&房 CW03 4 hand") == [(Kind.SHADOWED, 2, W)]


def test_unknown_origin() -> None:
    """An origin that nobody knows is an error: learned rows are weighed in another way."""
    assert found("垃圾 CG01 4 leaned") == [(Kind.ORIGIN, 2, E)]


def test_broken_rows_are_told_beside_the_others() -> None:
    """What cannot be read is a finding with row and reason; the other rows are looked at too."""
    text = table("垃圾 CG01 4 hand", "垃圾 XX99 4 hand", "路灯 CG07 much hand", "火 XF01 2 hand")
    findings = lint(text + "half\tCG0", simplify=simplify, items=ITEMS)
    assert [(one.kind, one.row) for one in findings] == [
        (Kind.BROKEN, 3),
        (Kind.BROKEN, 4),
        (Kind.SINGLE, 5),
        (Kind.BROKEN, 6),
    ]
    assert "XX99" in findings[0].sentence


@pytest.mark.parametrize(
    "text", ["", "nonsense", HEAD, "\ufeff" + HEAD, "a\tb\n", "\ud800\t\t\t\n"]
)
def test_any_text_can_be_linted(text: str) -> None:
    """No table at all is a finding, never an exception; an empty table is sound."""
    findings = lint(text, simplify=simplify, items=ITEMS)
    assert bool(findings) == (HEAD not in text)


def test_a_table_of_other_labels() -> None:
    """Without items any label will do, and the checks are the same."""
    text = table("公交 交通运输 5 hand", "公交 城乡建设 5 hand")
    assert [one.kind for one in lint(text, simplify=simplify)] == [Kind.CONTRADICTORY]


def test_a_finding_reads_as_one_line() -> None:
    """Row, severity, kind, word and label come first."""
    finding = Finding(W, Kind.SINGLE, 7, "火", "XF01", "write more")
    assert str(finding) == "row 7: warning: single character: '火' XF01: write more"


def test_the_shipped_lexicon_has_no_errors() -> None:
    """What we ship passes what we ask of others."""
    text = SHIPPED.read_text(encoding="utf-8")
    wrong = [
        str(one)
        for one in lint(text, simplify=simplify, items=ITEMS)
        if one.severity is Severity.ERROR
    ]
    assert not wrong
