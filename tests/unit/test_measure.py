"""Figures: what they mean, checked against scikit-learn and by hand."""

from __future__ import annotations

import random
import warnings

import pytest

from bot.learning import measure
from bot.learning.evaluation import Answer, Sample, evaluate
from bot.learning.folds import folds
from bot.learning.measure import NOTHING, Outcome


def outcome(truth: str, guess: str = "", confidence: float = 0.5, *others: str) -> Outcome:
    """A text with its guesses; no guess: no hit."""
    guesses = [(guess, confidence), *((other, 0.1) for other in others)] if guess else []
    return Outcome(truth, guesses)


@pytest.mark.parametrize("seed", range(5))
def test_f1_is_that_of_scikit_learn(seed: int) -> None:
    """Macro and micro F1 are the library's over the labels that were true or guessed."""
    metrics = pytest.importorskip("sklearn.metrics")
    draw = random.Random(seed)
    labels = ["a", "b", "c", "d", "e"]
    pairs = [(draw.choice(labels[:4]), draw.choice([*labels, NOTHING])) for _ in range(200)]
    truths, guesses = zip(*pairs, strict=True)
    named = sorted({*truths, *guesses} - {NOTHING})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = [
            metrics.f1_score(truths, guesses, labels=named, average=average, zero_division=0)
            for average in ("macro", "micro")
        ]
    assert measure.f1(pairs) == pytest.approx(expected)


def test_f1_by_hand() -> None:
    """Two labels: a is found once of two, b once with one false guess."""
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("b", NOTHING)]
    macro, micro = measure.f1(pairs)
    assert macro == pytest.approx((2 / 3 + 2 / 4) / 2)
    assert micro == pytest.approx(2 * 2 / (4 + 3))


def test_the_first_guess_and_the_first_three() -> None:
    """top1, top3 and no_hit count texts; an alternative that is as good counts as right."""
    rows = [
        outcome("a", "a"),
        outcome("a", "b", 0.5, "c", "a"),
        outcome("a", "b", 0.5, "c", "d", "a"),
        outcome("a"),
        Outcome("a", [("b", 0.5)], {"b"}),
    ]
    found = measure.figures(rows)
    assert (found["top1"], found["top3"], found["no_hit"]) == (0.4, 0.6, 0.2)
    assert found["n"] == 5
    assert found["confusion"] == {"a": {"a": 2, "b": 2, NOTHING: 1}}


def test_the_surest_part_is_that_of_the_most_probable_guesses() -> None:
    """Of ten texts the eight and the five surest count, whatever their order; no hit is last."""
    rows = [outcome("a", "a", 0.5 + n / 100) for n in range(7)]
    rows[2:2] = [outcome("a"), outcome("a", "b", 0.99), outcome("a", "b", 0.3)]
    found = measure.figures(rows)
    assert found["surest80"] == pytest.approx(7 / 8)
    assert found["surest50"] == pytest.approx(4 / 5)


def test_calibration_error() -> None:
    """0 when four of five guesses at 0.8 are right; the distance when fewer are."""
    right = [outcome("a", "a", 0.8)] * 4
    assert measure.calibration_error([*right, outcome("a", "b", 0.8)]) == pytest.approx(0)
    assert measure.calibration_error([outcome("a", "b", 0.8)] * 5) == pytest.approx(0.8)
    halves = [outcome("a", "a", 1.0), outcome("a", "b", 0.2), outcome("a")]
    assert measure.calibration_error(halves) == pytest.approx(0.2 / 3)


def test_kinds_and_alarms() -> None:
    """Kinds take any acceptable one; alarms count recall, and false ones among the harmless."""
    found = measure.kinds([(("help",), "help"), (("complaint", "suggestion"), "suggestion"),
                           (("spam",), "help")])  # fmt: skip
    assert found["kind_accuracy"] == pytest.approx(2 / 3)
    assert found["kind_confusion"] == {
        "complaint": {"complaint": 1},
        "help": {"help": 1},
        "spam": {"help": 1},
    }
    found = measure.alarms([(True, True), (True, False), (False, False), (False, True),
                            (False, False), (False, False)])  # fmt: skip
    assert (found["emergency_recall"], found["emergency_false"]) == (0.5, 0.25)


def test_nothing_at_all_is_measured_as_zero() -> None:
    """No text: every figure is there, and no division by nothing."""
    found = measure.figures([])
    assert found.pop("confusion") == {}
    assert set(found.values()) == {0}
    assert measure.timed([], str, str).figures()["time_ratio"] == 0


def test_time_is_that_of_the_processor_with_the_bare_cut_beside_it() -> None:
    """Every text is read once for its result; ten times the work is about ten times the time."""

    def work(amount: int) -> str:
        return str(sum(range(amount)))

    texts = [str(n) for n in range(120)]
    found = measure.timed(texts, lambda _: work(30_000), lambda _: work(3_000))
    assert len(found.results) == 120
    figures = found.figures()
    assert 5 < figures["time_ratio"] < 20
    assert figures["ms_per_text"] == pytest.approx(
        figures["jieba_ms_per_text"] * figures["time_ratio"]
    )


def test_an_evaluation_counts_only_what_people_said() -> None:
    """Texts without a label count for kind and alarm, and a sure guess on one is a wrong one."""
    samples = [
        Sample("1", "ZH03", (), "complaint", False),
        Sample("2", None, (), "spam", False),
        Sample("3", "XF01", ("XF02",), None, True),
    ]
    answers = {
        "1": Answer([("ZH03", 0.9)], "suggestion", False, True),
        "2": Answer([("CG01", 0.9)], "spam", True, True),
        "3": Answer([("XF02", 0.6)], "help", True, False),
    }
    found = evaluate(samples, answers.__getitem__)
    assert (found["n"], found["top1"]) == (2, 1.0)
    assert (found["kind_n"], found["kind_accuracy"]) == (2, 1.0)
    assert (found["emergency_recall"], found["emergency_false"]) == (1.0, 0.5)
    assert found["auto"] == pytest.approx(2 / 3)
    assert found["auto_right"] == 0.5
    assert "ms_per_text" not in found
    assert evaluate(samples, answers.__getitem__, str)["time_ratio"] > 0


def test_no_text_is_measured_by_a_table_that_has_seen_one_like_it() -> None:
    """A text sent twice, or once more already cut, is in the same part; others are spread."""
    letter = ["小区", "门口", "路灯", "不亮", "半年", "无人", "维修"]
    others = [
        [f"{n}{word}" for word in ("东门", "西门", "南门", "北门", "正门")] for n in range(20)
    ]
    parts = folds([letter, *others, letter[1:], [*letter, "谢谢"], ["路灯"]], 5)
    assert parts[0] == parts[21] == parts[22]
    assert set(parts) == set(range(5))
    assert max(parts.count(part) for part in range(5)) <= 8
