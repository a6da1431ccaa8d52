"""docs/tagging.md is what the command would write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import lexicon_report
from bot.domain.tagging import Tagger
from bot.errors import BadFile
from bot.learning import report
from bot.learning.evaluation import by_tagger

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tagging.md"
MESSAGES = ROOT / "tests" / "data" / "messages.tsv"


def test_the_page_has_the_figures_of_the_shipped_lexicon(tagger: Tagger) -> None:
    """Whoever changes lexicon or matcher writes the figures anew: make tagging."""
    page = PAGE.read_text(encoding="utf-8")
    kept = json.loads(PAGE.with_suffix(".json").read_text(encoding="utf-8"))
    found = lexicon_report.held_out(MESSAGES, by_tagger(tagger))
    figures = report.section(found, kept, lexicon_report.item_names())
    assert report.put(page, figures) == page, "make tagging"


def test_figures_replace_those_before_and_leave_the_rest() -> None:
    """Only what stands between the marks changes; a page without them is refused."""
    page = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
    whole = report.put(page, "new\n")
    assert whole == f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n"
    assert report.put(whole, "new\n") == whole
    with pytest.raises(ValueError, match="marks"):
        report.put("before\nafter\n", "new")


def test_a_held_out_file_with_a_broken_row_is_refused(tmp_path: Path) -> None:
    """Five columns and a flag; the row is named."""
    path = tmp_path / "messages.tsv"
    path.write_text("CG01\tcomplaint\t0\tCG02,CG03\t垃圾没人收\n-\tspam\t0\t-\t办证\n")
    first, second = lexicon_report.read_messages(path)
    assert (first.label, list(first.also), first.kinds) == (
        "CG01",
        ["CG02", "CG03"],
        ("complaint",),
    )
    assert (second.label, list(second.also), second.danger) == (None, [], False)
    path.write_text("CG01\tcomplaint\tno\t-\t垃圾没人收\n")
    with pytest.raises(BadFile, match=r"messages\.tsv:1: a row is item"):
        list(lexicon_report.read_messages(path))
