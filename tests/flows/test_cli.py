"""The command line: what each command prints, and how it says that something is wrong."""

from __future__ import annotations

import asyncio
import io
import json
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli import app, main
from bot.domain.units import Role
from tests.town import Rehearsal

RESIDENT, WORKER = 1001, 2001
RUBBISH = "翠竹路菜市场后门垃圾堆成山了，电话13800138000"


@dataclass
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def refused(self, code: int, *words: str) -> None:
        """One sentence on standard error, no traceback, nothing on standard output."""
        assert self.code == code, self
        assert "Traceback" not in self.err
        assert self.out == ""
        for word in words:
            assert word in self.err


Huying = Callable[..., Done]


@pytest.fixture
def huying(
    tmp_path: Path,
    template: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Huying:
    """The command line on a data folder of its own, with the demo directory in force."""
    if not (tmp_path / "data").exists():
        shutil.copytree(template / "data", tmp_path / "data")
        shutil.copy(template / "data.keys", tmp_path / "data.keys")
    monkeypatch.chdir(tmp_path)
    for name in ("TOKEN", "DATABASE_URL", "KEYS", "CLOCK", "API_URL"):
        monkeypatch.delenv(f"HUYING_{name}", raising=False)
    monkeypatch.setenv("HUYING_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HUYING_LOG_LEVEL", "ERROR")

    def call(*args: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["huying", *args])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as gone:
            code = gone.code if isinstance(gone.code, int) else int(gone.code is not None)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call


# Usage


def commands(group: Any, *before: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its path, groups entered."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *before, name)
        else:
            yield (*before, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_the_commands_of_the_interface_are_there() -> None:
    """Nobody's script breaks: every command that the interface names so far exists."""
    named = (
        "run", "migrate", "doctor", "sandbox", "tour", "invite", "channel-code", "tag", "digest",
        "deadline", "directory import", "directory export", "directory check", "items import",
        "items export", "items check", "route explain", "case show", "case list", "inbox list",
        "inbox replay", "outbox list", "outbox replay", "audit verify",
        "lexicon learn", "lexicon eval", "lexicon lint", "lexicon use",
    )  # fmt: skip
    assert not {tuple(name.split()) for name in named} - COMMANDS.keys()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(huying: Huying, path: tuple[str, ...]) -> None:
    """--help exits 0 and shows an example, which the command itself understands."""
    done = huying(*path, "--help")
    assert done.code == 0
    said = " ".join(done.out.replace("│", " ").split())
    example = COMMANDS[path].epilog or ""
    assert example.startswith(f"Example: huying {' '.join(path)}")
    assert example in said
    words = shlex.split(example.removeprefix("Example: huying "))[len(path) :]
    COMMANDS[path].make_context(path[-1], words)


@pytest.mark.parametrize(
    "args",
    [
        ("nonsense",),
        ("tag",),
        ("invite", "--unit", "QS-HUB"),
        ("invite", "--unit", "QS-HUB", "--role", "king"),
        ("directory", "import"),
        ("directory", "import", "x", "--demo"),
        ("deadline", "--start", "2026-03-10T11:30+08:00"),
        ("deadline", "--hours", "2"),
        ("deadline", "--start", "soon", "--hours", "2"),
        ("deadline", "--start", "2026-03-10T11:30+08:00", "--hours", "2", "--days", "1"),
        ("deadline", "--start", "2026-03-10T11:30+08:00", "--hours", "-1"),
        ("case", "list", "--limit", "0"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_two(huying: Huying, args: tuple[str, ...]) -> None:
    """Wrong usage exits 2 and says why on standard error, in one sentence."""
    done = huying(*args)
    done.refused(2)
    assert done.err.count("\n") == 1


def test_wrong_usage_names_what_is_wrong(huying: Huying) -> None:
    """The sentence holds the wrong word and where the right ones are found, and draws no box."""
    huying("invite", "--unit", "QS-HUB", "--role", "king").refused(
        2, "'king' is not one of 'resident'", "see huying invite --help."
    )
    huying("tag").refused(2, "name a text, or say --stdin; see huying tag --help.")
    huying("nonsense").refused(2, "No such command 'nonsense'; see huying --help.")


def test_nothing_typed_shows_the_help(huying: Huying) -> None:
    """No command at all, or a group's name alone: the help, and the status of wrong usage."""
    for args in ((), ("directory",)):
        done = huying(*args)
        assert (done.code, done.err) == (2, "")
        assert "Usage: huying" in done.out


def test_run_without_a_token(huying: Huying) -> None:
    """One sentence that names the setting."""
    done = huying("run")
    done.refused(2, "HUYING_TOKEN")
    assert done.err.count("\n") == 1


def test_bad_settings_are_one_sentence(huying: Huying, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong environment variable is named, without its value's contents being a traceback."""
    monkeypatch.setenv("HUYING_TIMEZONE", "Mars/Olympus")
    huying("case", "list").refused(2, "Mars/Olympus")


def test_bad_durations_are_one_sentence(huying: Huying, tmp_path: Path) -> None:
    """A duration in ``.env`` is read, and a wrong one named."""
    (tmp_path / ".env").write_text("HUYING_POLICY_UNDO=soon\n")
    done = huying("case", "list")
    done.refused(2, "HUYING_POLICY_UNDO")
    assert done.err.count("\n") == 1


def test_a_locked_database_is_one_sentence(
    huying: Huying, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process holds the database, a command says so and exits 1."""
    monkeypatch.setattr("storage.database._WAIT", 20)
    with sqlite3.connect(tmp_path / "data" / "huying.db", isolation_level=None) as base:
        base.execute("begin immediate")
        done = huying("invite", "--unit", "ROOT", "--role", "admin")
        base.execute("rollback")
    done.refused(1, "database is locked")
    assert done.err.count("\n") == 1
    assert huying("invite", "--unit", "ROOT", "--role", "admin").code == 0


# directory


def test_directory_demo_round_trip(huying: Huying, tmp_path: Path) -> None:
    """Import the demo, export it, check and import the export: exporting again changes nothing."""
    done = huying("directory", "import", "--demo")
    assert done.code == 0
    assert "units" in done.out
    first, second = tmp_path / "first", tmp_path / "second"
    assert huying("directory", "export", str(first)).code == 0
    assert huying("directory", "check", str(first)).out == "ok\n"
    assert huying("directory", "import", str(first)).code == 0
    assert huying("directory", "export", str(second)).code == 0
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes(), file.name


def test_directory_in_gb18030(huying: Huying, tmp_path: Path) -> None:
    """Files as a Chinese spreadsheet saves them are read."""
    folder = tmp_path / "gb"
    huying("directory", "export", str(folder))
    for file in folder.glob("*.csv"):
        file.write_bytes(file.read_text(encoding="utf-8-sig").encode("gb18030"))
    assert huying("directory", "check", str(folder)).out == "ok\n"


def test_directory_with_faults(huying: Huying, tmp_path: Path) -> None:
    """Every fault is listed as file:line: reason, exit 1, and nothing is changed."""
    folder = tmp_path / "bad"
    huying("directory", "export", str(folder))
    units = (folder / "units.csv").read_text(encoding="utf-8-sig").splitlines()
    units[3] = units[3].replace(",B,", ",X,")
    (folder / "units.csv").write_text("\n".join(units), encoding="utf-8")
    staff = (folder / "staff.csv").read_text(encoding="utf-8-sig").splitlines()
    staff[1] = staff[1].replace("dispatcher", "emperor")
    (folder / "staff.csv").write_text("\n".join(staff), encoding="utf-8")

    for act in ("check", "import"):
        done = huying("directory", act, str(folder))
        done.refused(1, "units.csv:4:", "staff.csv:2:", "emperor")
    assert "units" in huying("directory", "import", "--demo").out
    huying("directory", "check", str(tmp_path / "nowhere")).refused(1, "no such folder")


# items


def test_items_round_trip_and_faults(huying: Huying, tmp_path: Path) -> None:
    """The exported list checks and imports as unchanged; a wrong role is refused with its line."""
    file = tmp_path / "items.jsonl"
    assert huying("items", "export", str(file)).code == 0
    assert huying("items", "check", str(file)).out == "ok\n"
    assert ", 0 changed" in huying("items", "import", str(file)).out

    lines = file.read_text(encoding="utf-8").splitlines()
    lines[4] = lines[4].replace('"lead": "grid"', '"lead": "wizards"')
    file.write_text("\n".join(lines), encoding="utf-8")
    for act in ("check", "import"):
        huying("items", act, str(file)).refused(1, "items.jsonl:5:", "wizards")
    huying("items", "check", str(tmp_path / "none.jsonl")).refused(1, "none.jsonl")


# codes


def test_codes(huying: Huying) -> None:
    """invite and channel-code print one code a unit and nothing else; an unknown unit is
    refused."""
    first = huying("invite", "--unit", "ROOT", "--role", "admin")
    second = huying("invite", "--unit", "QS-CZ-3", "--role", "grid_worker")
    third = huying("channel-code", "--unit", "QS-CZ-3")
    for done in (first, second, third):
        assert done.code == 0
        assert len(done.out.split()) == 1
        assert len(done.out.strip()) == 12
    assert len({first.out, second.out, third.out}) == 3
    huying("invite", "--unit", "NOPE", "--role", "grid_worker").refused(2, "NOPE")
    huying("channel-code", "--unit", "NOPE").refused(2, "NOPE")
    both = huying("channel-code", "--unit", "QS-CZ-2", "--unit", "QS-CZ-3").out.split()
    assert len(set(both)) == 2
    huying("invite", "--unit", "QS", "--role", "admin").refused(2, "ROOT")


# tag, route, deadline


def test_tag(huying: Huying) -> None:
    """Item, kind, urgency, confidence and the deciding words; a line in, a line out."""
    plain = huying("tag", "翠竹路菜市场后门垃圾堆成山了")
    assert plain.code == 0
    assert "CG01" in plain.out
    found = huying("tag", "楼道里好大煤气味", "--json").json
    assert (found["items"][0]["code"], found["emergency"]) == ("GY04", True)
    assert found["items"][0]["why"]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in ("路灯不亮", "", "垃圾没人收"))
    done = huying("tag", "--stdin", stdin=lines)
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [a["items"][0]["code"] if a["items"] else None for a in answers] == [
        "CG07", None, "CG01",
    ]  # fmt: skip
    for bad in ("no json\n", "[]\n", "{}\n"):
        assert huying("tag", "--stdin", stdin=bad).code == 2


def test_tag_goes_by_the_items_in_force(
    huying: Huying, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an import the command tags as the bot does; without a database, as shipped."""
    file, words = tmp_path / "items.jsonl", "门前的琉璃瓦雨篷咕噜响"
    assert huying("items", "export", str(file)).code == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        if line["code"] == "CG07":
            new = line | {"code": "CG99", "keywords": ["琉璃瓦雨篷", "咕噜响"]}

    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in [*lines, new])
    file.write_text(text, encoding="utf-8")
    before = huying("tag", words, "--json").json
    assert huying("items", "import", str(file)).code == 0
    after = huying("tag", words, "--json").json
    assert before != after
    assert after["items"][0]["code"] == "CG99"
    monkeypatch.setenv("HUYING_DATA_DIR", str(tmp_path / "nothing"))
    assert huying("tag", words, "--json").json == before
    assert not (tmp_path / "nothing").exists()


def test_route_explain(huying: Huying) -> None:
    """Where a report would go, and why, without making a case."""
    found = huying("route", "explain", "翠竹路菜市场后门垃圾堆成山了", "--json").json
    assert (found["item"], found["decision"], found["lead"]) == ("CG01", "alone", "QS-CZ-3")
    assert found["why"]
    found = huying("route", "explain", "路灯不亮", "--place", "菜市场后门", "--json").json
    assert (found["decision"], found["unit"], found["lead"]) == ("hub", "QS-HUB", "QS-UM")
    assert "decision: alone" in huying("route", "explain", "竹苑小区楼道堆满杂物").out
    assert huying("case", "list", "--json").json == []


EXAMPLES: list[tuple[str, dict[str, Any], str]] = [
    ("2026-02-12T16:00", {"hours": 8}, "2026-02-13T16:00:00+08:00"),
    ("2026-02-12T16:00", {"hours": 40}, "2026-02-26T16:00:00+08:00"),
    ("2026-02-13T17:00", {"hours": 8}, "2026-02-14T17:00:00+08:00"),
    ("2026-03-08T22:30", {"hours": 4}, "2026-03-09T14:00:00+08:00"),
    ("2026-03-10T11:30", {"hours": 2}, "2026-03-10T14:30:00+08:00"),
    ("2026-03-10T12:20", {"hours": 8}, "2026-03-11T12:00:00+08:00"),
    ("2026-02-17T03:10", {"hours": 0.5, "natural": True}, "2026-02-17T03:40:00+08:00"),
    ("2026-04-30T10:00", {"workdays": 5}, "2026-05-11T18:00:00+08:00"),
    ("2026-04-30T10:00", {"hours": 40}, "2026-05-11T10:00:00+08:00"),
    ("2026-09-28T11:00", {"hours": 80}, "2026-10-16T11:00:00+08:00"),
    ("2026-09-17T00:00", {"days": 15}, "2026-10-09T00:00:00+08:00"),
]


def test_deadline_worked_examples(huying: Huying) -> None:
    """The worked examples of the standards, all of them by standard input."""
    lines = [json.dumps({"start": f"{start}+08:00"} | limit) for start, limit, _ in EXAMPLES]
    done = huying("deadline", "--stdin", stdin="\n".join(lines))
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["due"] for answer in found] == [due for _, _, due in EXAMPLES]
    assert all(answer["why"] for answer in found)


@pytest.mark.parametrize(("start", "limit", "due"), [EXAMPLES[0], EXAMPLES[6], EXAMPLES[10]])
def test_deadline_by_options(huying: Huying, start: str, limit: dict[str, Any], due: str) -> None:
    """The same by options: the due time first, then why."""
    options = [f"--{name}" if v is True else f"--{name}={v}" for name, v in limit.items()]
    done = huying("deadline", "--start", f"{start}+08:00", *options)
    assert done.code == 0
    assert done.out.splitlines()[0] == due
    assert len(done.out.splitlines()) > 1


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "3",
        '{"hours": 2}',
        '{"start": "2026-03-10T11:30+08:00"}',
        '{"start": "tomorrow", "hours": 2}',
        '{"start": "2026-03-10T11:30+08:00", "hours": "two"}',
        '{"start": "2026-03-10T11:30+08:00", "hours": [2]}',
        '{"start": "2026-03-10T11:30+08:00", "hours": 1e300}',
        '{"start": "2026-03-10T11:30+08:00", "hours": NaN}',
    ],
)
def test_deadline_bad_input(huying: Huying, line: str) -> None:
    """A line that makes no sense is a wrong usage, said in a sentence."""
    huying("deadline", "--stdin", stdin=f"{line}\n").refused(2)


# looking at a running town


async def test_cases_queues_and_audit(town: Rehearsal, huying: Huying, tmp_path: Path) -> None:
    """case show and list, digest, the queues and the audit say what is, without what was said."""
    await town.person(RESIDENT, "小李")
    await town.person(WORKER, "王工", ("QS-CZ-3", Role.GRID_WORKER))
    await town.channel("QS-CZ-3", WORKER)
    number = await town.report(RESIDENT, RUBBISH)
    await town.tap(WORKER, await town.card("QS-CZ-3", number), "签收")

    async def ask(*args: str) -> Done:
        return await asyncio.to_thread(huying, *args)

    [line] = (await ask("case", "list", "--json")).json
    assert (line["number"], line["status"], line["unit"]) == (number, "accepted", "QS-CZ-3")
    shown = await ask("case", "show", number, "--json")
    assert [e["kind"] for e in shown.json["events"]][-1] == "accepted"
    assert shown.json["respond_due"] == "2026-11-20T03:30:00+00:00"
    assert {"words", "emergency"}.isdisjoint(shown.json["why"])
    everything = shown.out + (await ask("case", "list")).out
    for secret in ("13800138000", "垃圾", "小李", "王工"):
        assert secret not in everything
    (await ask("case", "show", "209901010001")).refused(2, "没有这个编号")
    (await ask("digest", "--unit", "NOPE")).refused(2, "NOPE")
    done = await ask("digest", "--unit", "QS-HUB")
    assert done.code == 0
    for queue in ("inbox", "outbox"):
        assert (await ask(queue, "list", "--json")).json == []
        assert (await ask(queue, "replay")).out == "0\n"
    assert (await ask("audit", "verify")).out == "ok\n"

    with sqlite3.connect(tmp_path / "data" / "huying.db") as base:
        [table] = [
            name
            for (name,) in base.execute("select name from sqlite_master where type = 'table'")
            if name.rstrip("s") == "event"
        ]
        triggers = base.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            base.execute(f"drop trigger {name}")
        base.execute(f"update {table} set kind = 'closed' where kind = 'accepted'")
    broken = await ask("audit", "verify", "--json")
    assert broken.code == 1
    assert number in json.dumps(broken.json["faults"])


# keeping house


def test_doctor(huying: Huying) -> None:
    """What is wrong is listed, a line each, with exit 1."""
    done = huying("doctor")
    assert done.code == 1
    assert "huying invite --unit ROOT --role admin" in done.out
    assert "unit without channel or people: QS-HUB 镇综合指挥中心" in done.out
    found = huying("doctor", "--json")
    assert {"what", "detail", "next"} == set(found.json[0])
    assert all(row["next"] for row in found.json)
    assert "next: huying channel-code --unit QS-HUB" in done.out


def test_progress_is_for_a_terminal_alone(
    huying: Huying, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who watches a long command sees what it is at; a pipe and standard output stay clean."""
    assert huying("directory", "import", "--demo").err == ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    done = huying("directory", "import", "--demo")
    assert "putting the directory in force" in done.err
    assert "putting" not in done.out
    monkeypatch.setenv("HUYING_DATA_DIR", str(tmp_path / "fresh"))
    assert "migrations" in huying("migrate").err


def test_a_database_from_the_future_is_refused(huying: Huying, tmp_path: Path) -> None:
    """An older program does not touch what a newer one has changed."""
    huying("migrate")
    with closing(sqlite3.connect(tmp_path / "data" / "huying.db")) as base, base:
        base.execute("update alembic_version set version_num = '9999'")
    huying("case", "list").refused(2, "9999")


def test_migrate_an_empty_folder(
    huying: Huying, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schema is made and the items are seeded; twice does no harm; no town appears."""
    monkeypatch.setenv("HUYING_DATA_DIR", str(tmp_path / "fresh"))
    for _ in range(2):
        assert huying("migrate").code == 0
    file = tmp_path / "items.jsonl"
    huying("items", "export", str(file))
    assert len(file.read_text(encoding="utf-8").splitlines()) > 80
    assert "directory: empty" in huying("doctor").out
