"""The lexicon's commands: learn, eval, lint, use, report."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bot.adapters import lexicon_file
from bot.adapters.tagger import SHIPPED
from bot.domain.lexicon import parse_lexicon
from bot.learning import report
from tests.flows.test_cli import Done, Huying, huying

__all__ = ["huying"]

TOPICS = {
    "水": ("自来水停了两天", "水管爆裂漏水", "水压太低洗不了澡", "停水没有通知"),
    "路": ("路面坑洼难走", "公路塌陷没人修", "修路围挡挡住路口", "路边护栏坏了"),
    "校": ("学校食堂太贵", "老师补课收费", "学校门口接送拥堵", "小学学位不够"),
}
HEAD = "word\tlabel\tweight\torigin\n"


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A dozen letters on three topics, one of them without text, one without topic."""
    rows: list[dict[str, object]] = [
        {"text": text, "subject": text[:4], "label": topic}
        for topic, texts in TOPICS.items()
        for text in texts
    ]
    rows += [{"text": None, "label": "水"}, {"text": "没有主题", "label": None}, {"label": "路"}]
    return write(tmp_path / "letters.jsonl", rows)


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    """Rows as JSON Lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def learned(huying: Huying, *files: Path) -> Done:
    """The command that learns topics.tsv from the field text."""
    names = map(str, files)
    return huying("lexicon", "learn", "--text", "text", "--label", "label", *names,
                  "-o", "topics.tsv")  # fmt: skip


def evaluated(huying: Huying, file: Path, *more: str) -> Done:
    """The command that measures a table on the field text."""
    return huying("lexicon", "eval", "--text", "text", "--label", "label", str(file), "--json",
                  *more)  # fmt: skip


# learn


def test_a_learned_table_is_a_lexicon(huying: Huying, letters: Path, tmp_path: Path) -> None:
    """What is learned can be read, is sorted, passes lint, and comes out the same each time."""
    done = learned(huying, letters)
    assert done.code == 0, done
    assert done.out.startswith("12 texts, 3 labels, ")
    assert done.out.endswith("; 3 skipped\n")
    first = (tmp_path / "topics.tsv").read_text(encoding="utf-8")
    assert parse_lexicon(first).labels == set(TOPICS)
    rows = [line.split("\t")[:2] for line in first.splitlines()[1:]]
    assert rows == sorted(rows)
    assert huying("lexicon", "lint", "topics.tsv").out == "ok\n"
    learned(huying, letters)
    assert (tmp_path / "topics.tsv").read_text(encoding="utf-8") == first


def test_several_files_some_cut_already(huying: Huying, letters: Path, tmp_path: Path) -> None:
    """A row with tokens instead of the text gives its own words, spelled as messages are read."""
    cut = [{"tokens": f"ＡＢＣ 桌球 {n}", "label": "校"} for n in range(3)]
    done = learned(
        huying, letters, write(tmp_path / "cut.jsonl", [*cut, {"tokens": "", "label": "校"}])
    )
    assert done.out.startswith("15 texts, 3 labels, ")
    assert done.out.endswith("; 4 skipped\n")
    words = {line.split("\t")[0] for line in (tmp_path / "topics.tsv").read_text().splitlines()}
    assert {"abc", "桌球"} <= words


def test_subjects_can_be_learned_from(huying: Huying, letters: Path, tmp_path: Path) -> None:
    """--text names any field."""
    done = huying("lexicon", "learn", "--text", "subject", "--label", "label", str(letters),
                  "-o", str(tmp_path / "subjects.tsv"))  # fmt: skip
    assert done.code == 0
    assert done.out.startswith("12 texts")


@pytest.mark.parametrize("line", ["{broken", "[1]", '"text"', "{" * 5000, '{"a": 1'])
def test_bad_json_is_named_with_file_and_line(
    huying: Huying, letters: Path, tmp_path: Path, line: str
) -> None:
    """A line that is no JSON object refuses the file, and no table is written."""
    good = letters.read_text(encoding="utf-8").splitlines()
    (tmp_path / "bad.jsonl").write_text("\n".join([good[0], "", line, good[1]]))
    done = learned(huying, letters, tmp_path / "bad.jsonl")
    done.refused(1, "bad.jsonl:3: is not ")
    assert not (tmp_path / "topics.tsv").exists()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"text": 5, "label": "水"}, "letters.jsonl:1: text is no text"),
        ({"text": "停水", "label": ["水"]}, "letters.jsonl:1: label is no text"),
        ({"text": "停水", "label": "guard:if"}, "letters.jsonl:1: 'guard:if' cannot be a label"),
        ({"text": "停水", "label": "a\tb"}, "cannot be a label"),
        ({"text": "停水", "label": "水"}, "no two different values of label"),
        ({"other": "停水", "label": "水"}, "no two different values of label"),
    ],
)
def test_rows_that_cannot_be_learned_from(
    huying: Huying, tmp_path: Path, row: dict[str, object], words: str
) -> None:
    """One sentence says which row and why."""
    done = learned(huying, write(tmp_path / "letters.jsonl", [row]))
    done.refused(1, words)


def test_files_that_cannot_be_read_or_written(
    huying: Huying, letters: Path, tmp_path: Path
) -> None:
    """A missing input, one in another encoding, and a folder that is not there: one sentence."""
    learned(huying, tmp_path / "none.jsonl").refused(1, "none.jsonl", "No such file")
    (tmp_path / "gbk.jsonl").write_bytes('{"text": "学校食堂"}'.encode("gb18030"))
    learned(huying, tmp_path / "gbk.jsonl").refused(1, "gbk.jsonl", "is not UTF-8")
    done = huying("lexicon", "learn", "--text", "text", "--label", "label", str(letters),
                  "-o", "none/topics.tsv")  # fmt: skip
    done.refused(1, "none/topics.tsv", "No such file")


def test_without_the_extra_learning_says_what_to_install(
    huying: Huying, letters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No scikit-learn: one sentence with the command, status 2."""
    monkeypatch.delitem(sys.modules, "bot.learning.fit", raising=False)
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    done = learned(huying, letters)
    done.refused(2, "pip install 'huying[learn]'")
    assert done.err.count("\n") == 1


# eval

FIGURES = {
    "macro_f1", "micro_f1", "top1", "top3", "no_hit", "surest80", "surest50", "ece", "confusion",
    "ms_per_text", "jieba_ms_per_text", "time_ratio", "n", "skipped", "unlabelled",
}  # fmt: skip


def test_a_learned_table_is_measured(huying: Huying, letters: Path) -> None:
    """All figures as JSON; rows without text are skipped and counted."""
    learned(huying, letters)
    found = evaluated(huying, letters, "--lexicon", "topics.tsv").json
    assert found.keys() == FIGURES
    assert (found["n"], found["skipped"], found["unlabelled"]) == (12, 2, 1)
    assert found["top1"] == found["macro_f1"] == 1
    assert found["confusion"] == {topic: {topic: 4} for topic in TOPICS}
    assert found["time_ratio"] > 0


def test_the_lexicon_in_force_is_measured_as_the_bot_reads(huying: Huying, tmp_path: Path) -> None:
    """Without --lexicon it is the tagger in force: items with alternatives, kinds, alarms."""
    rows: list[dict[str, object]] = [
        {"text": "菜市场后门垃圾堆成山了，好几天没人收", "label": "CG01", "kind": "complaint",
         "danger": False},
        {"text": "三楼着火了，快来人", "label": "XX99", "also": ["XF01"], "kind": "help",
         "danger": 1},
        {"text": "谢谢", "label": None, "kind": None, "danger": None},
        {"text": None, "label": "CG01", "kind": "spam", "danger": False},
    ]  # fmt: skip
    found = evaluated(
        huying, write(tmp_path / "messages.jsonl", rows), "--also", "also", "--kind", "kind",
        "--emergency", "danger",
    ).json  # fmt: skip
    assert found.keys() >= FIGURES | {"kind_accuracy", "emergency_recall", "emergency_false"}
    assert (found["n"], found["skipped"], found["unlabelled"]) == (2, 1, 1)
    assert (found["kind_n"], found["emergency_n"], found["harmless_n"]) == (2, 1, 1)
    assert found["top1"] == 1


def test_the_plain_report_names_what_is_confused(
    huying: Huying, letters: Path, tmp_path: Path
) -> None:
    """Without --json: one line a figure, and which labels are taken for others."""
    (tmp_path / "topics.tsv").write_text(HEAD + "停水\t路\t5\thand\n", encoding="utf-8")
    done = huying("lexicon", "eval", "--lexicon", "topics.tsv", "--text", "text", "--label",
                  "label", str(letters))  # fmt: skip
    assert "top1               0.0" in done.out
    assert "1 x 水 taken for 路" in done.out


def test_kinds_need_a_table_that_has_them(huying: Huying, letters: Path) -> None:
    """--kind with seven topics is a wrong usage; a broken or missing table is a bad file."""
    learned(huying, letters)
    done = evaluated(huying, letters, "--lexicon", "topics.tsv", "--kind", "label")
    done.refused(2, "--kind and --emergency need")
    evaluated(huying, letters, "--lexicon", "none.tsv").refused(1, "none.tsv")
    Path("topics.tsv").write_text(HEAD + "half\t路\n", encoding="utf-8")
    evaluated(huying, letters, "--lexicon", "topics.tsv").refused(1, "topics.tsv:2: 2 columns")


# report


def test_a_report_measures_again_and_keeps_what_is_not_at_hand(
    huying: Huying, letters: Path, tmp_path: Path
) -> None:
    """Figures of data outside the project stay, with name and date, until it is measured again."""
    page, kept, data = tmp_path / "page.md", tmp_path / "page.json", tmp_path / "outside"
    page.write_text(f"before\n{report.BEGIN}\n{report.END}\nafter\n")
    old = {"date": "2020-01-01", "figures": {"n": 7, "top1": 0.25}}
    kept.write_text(json.dumps([{"name": "far away", **old}, {"name": "`messages.jsonl`", **old}]))
    messages = tmp_path / "messages.tsv"
    messages.write_text("CG01\tcomplaint\t0\t-\t垃圾堆成山了没人收\n")
    data.mkdir()
    letters.rename(data / "letters.jsonl")
    rows: list[dict[str, object]] = [{"text": "垃圾没人收", "item": "CG01", "kind": "complaint"}]
    write(data / "messages.jsonl", rows)
    command = ("lexicon", "report", "--page", str(page), "--messages", str(messages))
    assert huying(*command).out == f"{page} written\n"
    first = page.read_text()
    assert first.startswith("before\n")
    assert first.endswith("after\n")
    assert first.count("| 2020-01-01 | 7 |") == 2
    assert huying(*command, "--data", str(data)).code == 0
    whole = page.read_text()
    assert whole.count("| 2020-01-01 | 7 |") == 1
    assert "| `messages.jsonl` | 20" in whole
    assert "| letters, whole, 5-fold | 20" in whole
    assert [one["name"] for one in json.loads(kept.read_text())][:2] == [
        "far away",
        "`messages.jsonl`",
    ]
    huying(*command[:2], "--page", "none.md").refused(1, "none.md")


# lint and use


def test_lint_names_rows_and_ends_with_one(huying: Huying, tmp_path: Path) -> None:
    """Each finding is a line, or an object as JSON; a sound table is ok."""
    (tmp_path / "mine.tsv").write_text(HEAD + "火\tXF01\t2\thand\n垃圾滿\tCG01\t4\thand\n")
    done = huying("lexicon", "lint", "mine.tsv")
    assert done.code == 1
    assert done.out.splitlines()[0].startswith("row 2: warning: single character: '火' XF01: ")
    assert done.out.splitlines()[-1] == "1 errors, 1 warnings"
    rows = huying("lexicon", "lint", "mine.tsv", "--json").json
    assert [(row["row"], row["severity"], row["kind"]) for row in rows] == [
        (2, "warning", "single character"),
        (3, "error", "dead"),
    ]
    (tmp_path / "mine.tsv").write_text(HEAD + "着火\tXF01\t2\thand\n")
    done = huying("lexicon", "lint", "mine.tsv")
    assert (done.code, done.out) == (0, "ok\n")


def test_a_lexicon_is_put_in_force_and_the_former_one_kept(huying: Huying, tmp_path: Path) -> None:
    """The new table decides from now on; the old one can be put back from where it was kept."""
    kinds = "#bias\tkind:complaint\t3\thand\n"
    first, second = tmp_path / "first.tsv", tmp_path / "second.tsv"
    first.write_text(f"{HEAD}{kinds}乌有之物\tCG01\t9\thand\n", encoding="utf-8")
    second.write_bytes(f"{HEAD}{kinds}乌有之物\tCG07\t9\thand".encode("gb18030"))

    def tagged() -> object:
        return huying("tag", "乌有之物", "--json").json["items"][0]["code"]

    done = huying("lexicon", "use", "first.tsv")
    assert (done.code, tagged()) == (0, "CG01")
    assert "shipped one" in done.out
    done = huying("lexicon", "use", "second.tsv")
    assert (done.code, tagged()) == (0, "CG07")
    assert lexicon_file.FORMER in done.out
    former = str(tmp_path / "data" / lexicon_file.FORMER)
    assert huying("lexicon", "use", former).code == 0
    assert tagged() == "CG01"
    assert huying("lexicon", "lint").out == "ok\n"


def test_a_lexicon_with_errors_is_not_put_in_force(huying: Huying, tmp_path: Path) -> None:
    """A broken row, an unknown label and an error of lint are named; nothing is installed."""
    for row, words in (
        ("垃圾\tCG01\n", "mine.tsv:2: 2 columns"),
        ("垃圾\t交通运输\t4\thand\n", "mine.tsv:2: unknown label"),
        ("垃圾滿\tCG01\t4\thand\n", "mine.tsv:2: messages are read in one spelling"),
    ):
        (tmp_path / "mine.tsv").write_text(HEAD + row, encoding="utf-8")
        huying("lexicon", "use", "mine.tsv").refused(1, words)
        assert not (tmp_path / "data" / lexicon_file.OWN).exists()


def test_the_doctor_names_a_broken_lexicon(huying: Huying, tmp_path: Path) -> None:
    """Row and reason, with the next step; a sound one is not spoken of."""
    own = tmp_path / "data" / lexicon_file.OWN
    own.write_text(HEAD + "垃圾\tCG01\n", encoding="utf-8")
    found = [one for one in huying("doctor", "--json").json if one["what"] == "lexicon"]
    assert [one["detail"] for one in found] == ["lexicon.tsv:2: 2 columns instead of 4"]
    assert "huying lexicon use" in found[0]["next"]
    own.write_bytes(SHIPPED.read_bytes())
    assert "lexicon" not in {one["what"] for one in huying("doctor", "--json").json}


def test_a_folder_instead_of_a_lexicon(huying: Huying, tmp_path: Path) -> None:
    """What cannot be read at all is said as well, and tagging goes on."""
    (tmp_path / "data" / lexicon_file.OWN).mkdir()
    found = [one for one in huying("doctor", "--json").json if one["what"] == "lexicon"]
    assert "lexicon.tsv:0: Is a directory" in found[0]["detail"]
    assert huying("tag", "路灯不亮", "--json").json["items"]
