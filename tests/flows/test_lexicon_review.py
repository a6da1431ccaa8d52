"""What corrections say about the lexicon, and what a change of it would do: read-only commands."""
# ruff: noqa: F811 - the fixture comes from another file

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.bootstrap import Core, open_database
from bot.domain.case import Case, Note, Place, Source, Status
from bot.domain.corrections import Correction, What, Why
from bot.domain.lexicon import parse_lexicon
from bot.domain.units import Tier
from bot.settings import Settings
from tests.flows.test_cli import Huying, huying  # noqa: F401
from tests.town import FRIDAY, Clock

OWN = (
    "word\tlabel\tweight\torigin\n"
    "垃圾\tCG01\t6\thand\n"
    "路灯\tCG07\t6\thand\n"
    "#bias\temergency\t-6\thand\n"
)
KITE = "有人乱扔垃圾，树上还缠着风筝线，{}"
"""Rubbish by the lexicon's word; people say that it belongs to the sports ground (WT02)."""
NAMED = (
    "翠竹路的垃圾桶，我叫王大锤，电话13800138000，三天了",
    "翠竹路的垃圾桶，找王大锤，他三天没来，电话13800138000",
)


class History:
    """Past cases, written straight into the database that the command line reads."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.count = 0
        (self.data / "lexicon.tsv").write_text(OWN, encoding="utf-8")

    def add(
        self,
        text: str,
        item: str,
        was: str | None = None,
        *,
        handled: bool = True,
        confidential: bool = False,
        at: datetime = FRIDAY,
    ) -> str:
        """One more case; ``was``: the item that somebody changed. Its number."""
        return asyncio.run(self._add(text, item, was, handled, confidential, at))

    async def _add(
        self,
        text: str,
        item: str,
        was: str | None,
        handled: bool,
        confidential: bool,
        at: datetime,
    ) -> str:
        self.count += 1
        number = f"20261120{self.count:04d}"
        settings = Settings(_env_file=None, data_dir=self.data)
        core = Core(settings, open_database(settings), Clock())
        async with core.work(number) as work:
            case = await work.uow.cases.add(
                Case(
                    id=0, number=number, version=1, item=item, item_version=1,
                    status=Status.HANDLED if handled else Status.DISPATCHED, level=Tier.D,
                    emergency=False, confidential=confidential, anonymous=False,
                    source=Source.PRIVATE, place=Place("QS-CZ-3", "翠竹路"), submitted_at=at,
                    respond_due=at, resolve_due=at, reporter=None, reporter_mark="",
                    handled_at=at if handled else None, lead="QS-CZ-3",
                )
            )  # fmt: skip
            if text:
                await work.uow.cases.add_note(Note(0, case.id, "report", at, "reporter", text))
            if was is not None:
                await work.uow.corrections.add(
                    Correction(
                        case.id, at, "person:7", "owner", What.ITEM, was, item, Why.OTHER,
                        ((was, 0.9),),
                    )
                )  # fmt: skip
        await core.database.close()
        return number

    def dump(self) -> list[str]:
        """Every row of the database, and the operator's lexicon."""
        with closing(sqlite3.connect(self.data / "huying.db")) as base:
            rows = list(base.iterdump())
        return [*rows, (self.data / "lexicon.tsv").read_text(encoding="utf-8")]


@pytest.fixture
def past(huying: Huying, tmp_path: Path) -> History:
    """A history with nothing in it yet, under a lexicon of two words."""
    return History(tmp_path)


def rubbish(past: History, count: int = 12) -> None:
    """Reports that nobody corrected."""
    for number in range(count):
        past.add(f"垃圾满了没人清运{'，路灯不亮' if number % 4 == 0 else ''}", "CG01")


# suggest


def test_words_on_which_corrected_cases_agree(huying: Huying, past: History) -> None:
    """Proposed with their evidence: how many cases, their items before, and what it gives now."""
    rubbish(past)
    past.add(KITE.format("太危险"), "WT02", "CG01")
    past.add(KITE.format("挂了很久"), "WT02", "CG07")
    past.add("操场上有人放风筝", "WT02")
    before = past.dump()
    found = {one["word"]: one for one in huying("lexicon", "suggest", "--json").json}
    kite = found["风筝"]
    assert (kite["label"], kite["origin"], kite["cases"]) == ("WT02", "correction", 2)
    assert kite["was"] == {"CG01": 1, "CG07": 1}
    assert kite["elsewhere"] == {"WT02": 1}
    assert kite["row"] is None
    assert 1.5 <= kite["weight"] <= 4
    assert "垃圾" not in found
    assert "危险" not in found, "only one case holds it"
    assert all(len(word) >= 2 for word in found)
    plain = huying("lexicon", "suggest").out
    assert "风筝\tWT02" in plain
    assert "in 2 corrected cases (were CG01 ×1, CG07 ×1)" in plain
    assert past.dump() == before


def test_names_numbers_and_places_are_not_proposed(huying: Huying, past: History) -> None:
    """Whatever two corrected reports share of a person, a telephone or the town stays out."""
    rubbish(past)
    for words in NAMED:
        past.add(f"{words}，风筝线", "WT02", "CG01")
    found = {one["word"] for one in huying("lexicon", "suggest", "--json").json}
    assert "风筝" in found
    assert not [word for word in found if set(word) & set("王大锤翠竹三天138")]


def test_confidential_cases_are_not_read(huying: Huying, past: History) -> None:
    """A secret matter teaches nothing: not even its words are shown."""
    rubbish(past)
    for end in ("一", "二"):
        past.add(KITE.format(end), "GA04", "CG01", confidential=True)
    assert huying("lexicon", "suggest", "--json").json == []
    assert huying("lexicon", "suggest").out.strip() == "nothing to propose"


def test_since_a_day(huying: Huying, past: History) -> None:
    """--since leaves older corrections out; they are no uncorrected reports either."""
    rubbish(past)
    for days in (0, 1, 30):
        at = FRIDAY - timedelta(days=days)
        past.add(KITE.format("高"), "WT02", "CG01", at=at)

    def kites(day: str) -> list[tuple[int, dict[str, int]]]:
        rows = huying("lexicon", "suggest", "--since", day, "--json").json
        return [(one["cases"], one["elsewhere"]) for one in rows if one["word"] == "风筝"]

    assert kites("2026-10-01") == [(3, {})]
    assert kites("2026-11-19") == [(2, {})]
    assert kites("2026-11-20") == []
    huying("lexicon", "suggest", "--since", "yesterday").refused(2, "yesterday")


def test_a_case_that_was_changed_back_says_nothing(huying: Huying, past: History) -> None:
    """What counts is the item at the end, against the one at the beginning."""
    rubbish(past)
    for end in ("一", "二"):
        past.add(KITE.format(end), "CG01", "CG01")
    assert huying("lexicon", "suggest", "--json").json == []


def test_the_table_can_be_appended(huying: Huying, past: History, tmp_path: Path) -> None:
    """-o writes rows behind their evidence; a row that is there already only as a comment."""
    own = past.data / "lexicon.tsv"
    own.write_text(OWN + "风筝线\tWT02\t0.5\thand\n", encoding="utf-8")
    rubbish(past)
    for end in ("高高的", "长长的"):
        past.add(KITE.format(end) + "健身器材", "WT02", "CG01")
    huying("lexicon", "suggest", "-o", str(tmp_path / "new.tsv"))
    new = (tmp_path / "new.tsv").read_text(encoding="utf-8")
    rows = [line for line in new.splitlines() if not line.startswith("# ")]
    assert any(line.startswith("健身器材\tWT02\t") for line in rows)
    assert not any(line.startswith("风筝线\t") for line in rows)
    parse_lexicon(own.read_text(encoding="utf-8") + new, items={"CG01", "CG07", "WT02"})
    done = huying("lexicon", "suggest", "-o", str(tmp_path / "none" / "new.tsv"))
    assert (done.code, done.err.count("\n")) == (1, 1)


# dry-run


@pytest.fixture
def new(tmp_path: Path) -> str:
    """A lexicon with one more row."""
    path = tmp_path / "new.tsv"
    path.write_text(OWN + "风筝\tWT02\t9\thand\n", encoding="utf-8")
    return str(path)


def test_which_cases_would_be_different(huying: Huying, past: History, new: str) -> None:
    """Each that would be tagged or routed differently, judged by what people settled on."""
    past.add("垃圾满了", "CG01")
    better = past.add(KITE.format(""), "WT02", "CG01")
    worse = past.add(KITE.format(""), "CG01")
    unsettled = past.add(KITE.format(""), "CG01", handled=False)
    neither = past.add(KITE.format(""), "CG05", "CG01")
    past.add("", "CG01")
    before = past.dump()
    found = huying("lexicon", "dry-run", new, "--json").json
    assert past.dump() == before

    assert (found["cases"], found["without_text"], found["different"]) == (6, 1, 4)
    assert (found["item"], found["emergency"], found["route"]) == (4, 0, 4)
    assert (found["better"], found["worse"], found["undecided"]) == (1, 1, 2)
    verdicts = {one["number"]: one["verdict"] for one in found["differences"]}
    assert list(verdicts) == [neither, unsettled, worse, better], "the newest first"
    assert verdicts == {
        better: "better", worse: "worse", unsettled: "undecided", neither: "undecided",
    }  # fmt: skip
    last = found["differences"][-1]
    assert (last["was"]["item"], last["was"]["lead"]) == ("CG01", "QS-CZ-3")
    assert (last["would_be"]["item"], last["would_be"]["lead"]) == ("WT02", "QS-CZ")
    assert (last["settled"], "text" in last) == ("WT02", False)
    plain = huying("lexicon", "dry-run", new).out
    assert "6 cases, 1 without words, 4 would be different" in plain
    assert better in plain
    assert "风筝" not in plain


def test_an_emergency_more(huying: Huying, past: History, tmp_path: Path) -> None:
    """A lexicon that alarms more often is seen before it is in force."""
    path = tmp_path / "alarm.tsv"
    path.write_text(OWN + "风筝\temergency\t9\thand\n", encoding="utf-8")
    past.add(KITE.format(""), "CG01")
    found = huying("lexicon", "dry-run", str(path), "--json").json
    assert (found["item"], found["emergency"], found["worse"]) == (0, 1, 1)


def test_the_same_lexicon_changes_nothing(huying: Huying, past: History) -> None:
    """Against itself no case differs."""
    rubbish(past, 4)
    found = huying("lexicon", "dry-run", str(past.data / "lexicon.tsv"), "--json").json
    assert (found["cases"], found["different"]) == (4, 0)


def test_texts_are_shown_masked_and_on_demand(huying: Huying, past: History, new: str) -> None:
    """--texts shows what was reported without what is personal, and never a secret."""
    past.add(KITE.format("电话13800138000"), "WT02")
    secret = past.add(KITE.format("有人赌钱"), "GA04", confidential=True)
    done = huying("lexicon", "dry-run", new, "--texts", "--json")
    one, other = done.json["differences"][::-1]
    assert "风筝线" in one["text"]
    assert (other["number"], other["confidential"]) == (secret, True)
    assert (other["was"]["item"], other["was"]["lead"], other["settled"]) == (None, None, None)
    assert "text" not in other
    for shown in (done.out, huying("lexicon", "dry-run", new, "--texts").out):
        assert "13800138000" not in shown
        assert "赌" not in shown


def test_only_the_newest(huying: Huying, past: History, new: str) -> None:
    """--limit counts from the newest case."""
    past.add(KITE.format(""), "CG01")
    last = past.add(KITE.format(""), "CG01")
    found = huying("lexicon", "dry-run", new, "--limit", "1", "--json").json
    assert (found["cases"], [one["number"] for one in found["differences"]]) == (1, [last])


@pytest.mark.parametrize("text", ["", "word\n", OWN + "坏\tXX99\t1\thand\n", OWN + "坏\tCG01\n"])
def test_a_broken_lexicon(huying: Huying, past: History, tmp_path: Path, text: str) -> None:
    """Refused with file, row and reason; so is one that is not there."""
    past.add("垃圾满了", "CG01")
    path = tmp_path / "broken.tsv"
    path.write_text(text, encoding="utf-8")
    huying("lexicon", "dry-run", str(path)).refused(1, "broken.tsv")
    huying("lexicon", "dry-run", str(tmp_path / "none.tsv")).refused(1, "none.tsv")
