"""The invariants of the architecture and the known faults, each with the tests that prove it."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from storage.tables import InboxTable, OutboxTable, TimerTable
from tests.architecture.source import ROOT, modules

INVARIANTS = {
    "I1 confirmed only after the commit": (
        "flows/test_inbox.py::test_an_update_is_not_confirmed_when_its_commit_fails",
        "flows/test_inbox.py::test_the_offset_moves_only_after_the_row_is_there",
        "storage/test_migrations.py::test_the_database_is_durable_from_the_first_write",
    ),
    "I2 one unit of work per update": (
        "flows/test_inbox.py::test_a_failing_handler_leaves_nothing_half_done",
        "flows/test_inbox.py::test_the_same_update_three_times_is_one_update",
    ),
    "I3 every call is a row with a unique key": (
        "architecture/test_invariants.py::test_only_the_transport_calls_telegram",
        "flows/test_outbox.py::test_the_same_key_is_sent_once_for_ever",
    ),
    "I4 a timer fires once": (
        "flows/test_timers.py::test_a_storm_of_ticks_gives_one_message_a_stage",
        "flows/test_timers.py::test_after_a_stop_exactly_one_catch_up_is_sent",
        "flows/test_timers.py::test_two_schedulers_on_one_database_fire_once",
        "storage/test_rows.py::test_a_timers_key_is_used_once_unless_it_was_cancelled",
    ),
    "I5 every change is an event, and edits are found": (
        "architecture/test_invariants.py::test_whoever_writes_a_case_records_an_event",
        "storage/test_audit.py::test_every_field_of_an_event_is_under_the_hash",
        "storage/test_audit.py::test_the_database_refuses_to_change_an_event",
        "storage/test_audit.py::test_a_removed_chain_is_found_by_the_anchor",
    ),
    "I6 no personal data in a group": (
        "architecture/test_invariants.py::test_masking_is_done_by_views_only",
        "flows/test_casework.py::test_what_a_group_reads_is_masked",
        "flows/test_casework.py::test_media_and_contact_only_in_private_and_taken_away",
    ),
    "I7 a case is loaded only through access": (
        "architecture/test_invariants.py::test_reading_a_case_takes_a_viewer",
        "unit/test_access.py::test_who_sees_an_ordinary_case",
        "unit/test_access.py::test_a_confidential_case_does_not_exist_for_others",
    ),
    "I8 now is an argument and times are UTC": (
        "architecture/test_invariants.py::test_the_domain_never_looks_at_a_clock",
        "storage/test_rows.py::test_naive_instants_are_refused_and_zones_survive",
    ),
}
FAULTS = {
    "1 reminder storm": "flows/test_timers.py::test_a_storm_of_ticks_gives_one_message_a_stage",
    "2 missed after downtime": (
        "flows/test_timers.py::test_after_a_stop_exactly_one_catch_up_is_sent"
    ),
    "3 dedupe too strong": "flows/test_timers.py::test_two_real_stages_of_one_day_are_both_sent",
    "4 stale reminder": "flows/test_timers.py::test_no_stale_reminder_after_an_acceptance",
    "5 two schedulers": "flows/test_timers.py::test_two_schedulers_on_one_database_fire_once",
    "6 night and weekend": (
        "flows/test_timers.py::test_quiet_hours_and_rest_days_defer_and_do_not_drop"
    ),
    "7 naive datetimes": (
        "storage/test_rows.py::test_naive_instants_are_refused_and_zones_survive"
    ),
    "9 changed calendar": "flows/test_timers.py::test_a_new_calendar_is_in_force_at_once",
    "12 dead destination": "flows/test_outbox.py::test_a_deleted_topic_falls_back",
    "13 lost input": (
        "flows/test_inbox.py::test_an_unparsable_update_is_parked_and_the_person_is_told"
    ),
    "17 poison row": (
        "flows/test_outbox.py::test_a_poison_row_is_given_up_and_those_behind_it_go_on"
    ),
    "18 the same update again": (
        "flows/test_inbox.py::test_the_same_update_three_times_is_one_update"
    ),
    "19 privacy at rest": "storage/test_sealed.py::test_the_data_files_hold_no_plain_word",
    "21 closed is not fixed": (
        "properties/test_limits_properties.py::test_nothing_is_closed_without_being_verified"
    ),
    "22 nobody or everybody": (
        "flows/test_timers.py::test_of_a_unit_one_is_reminded_and_the_owner_by_name"
    ),
    "23 own bump": "flows/test_timers.py::test_the_residents_own_words_are_no_response",
}
"""Numbers as in the list of faults of comparable systems; the others live with their subject."""
_TALKS = {
    "bot/bootstrap.py",  # deleteWebhook, setMyCommands and the best-effort answer to a tap
    "bot/transport/api.py",
    "bot/transport/outbox_worker.py",
    "bot/transport/poller.py",
}
_CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "localtime", "gmtime"}


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a file."""
    file = ROOT / "tests" / path
    if not file.exists():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


def calls(node: ast.AST) -> set[str]:
    """The dotted endings of what is called: ``cases.save``, ``record``."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            found.add(part.func.attr)
            if isinstance(part.func.value, ast.Attribute):
                found.add(f"{part.func.value.attr}.{part.func.attr}")
    return found


def test_there_are_eight_invariants() -> None:
    """None is forgotten."""
    assert [name.split()[0] for name in INVARIANTS] == [f"I{n}" for n in range(1, 9)]


@pytest.mark.parametrize(
    "named", sorted({t for tests in INVARIANTS.values() for t in tests} | set(FAULTS.values()))
)
def test_every_named_test_exists(named: str) -> None:
    """The index points at tests that are there."""
    path, _, name = named.partition("::")
    assert name in names_in(path)


def test_only_the_transport_calls_telegram() -> None:
    """I3: nobody else holds the Bot API in their hands; the rest enqueues."""
    for path, tree in modules().items():
        if path in _TALKS or path.startswith("bot/sandbox/"):
            continue
        made = calls(tree)
        assert not {"api.call", "_api.call", "bot._post", "_post"} & made, path
        sending = {
            name
            for name in made
            if name.startswith(("send_message", "send_photo", "reply_text", "edit_message_"))
        }
        assert not sending, path


@pytest.mark.parametrize(
    ("table", "columns"),
    [(OutboxTable, {"key"}), (TimerTable, {"key"}), (InboxTable, {"bot_id", "update_id"})],
)
def test_keys_are_unique_in_the_database(table: type, columns: set[str]) -> None:
    """I1, I3, I4: the database itself refuses the second row."""
    found = table.__table__  # type: ignore[attr-defined]
    unique = [{c.name for c in k.columns} for k in found.constraints if "Unique" in str(type(k))]
    unique += [{column.name} for column in found.columns if column.unique]
    assert columns in unique


def test_whoever_writes_a_case_records_an_event() -> None:
    """I5: every function that saves a case appends an event in the same breath."""
    writers = 0
    for path, tree in modules().items():
        if path.startswith("storage/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.AsyncFunctionDef) and "cases.save" in calls(node):
                writers += 1
                assert "record" in calls(node), f"{path}: {node.name}"
    assert writers > 1


def test_masking_is_done_by_views_only() -> None:
    """I6: one place masks, so that no second one forgets to."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "bot.domain.privacy":
                assert path.startswith("bot/views/"), path


def test_reading_a_case_takes_a_viewer() -> None:
    """I7: whatever gives out a case asks first who wants to see it."""
    tree = modules()["bot/ports.py"]
    (cases,) = (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Cases")
    readers = 0
    for method in cases.body:
        if not isinstance(method, ast.AsyncFunctionDef) or method.returns is None:
            continue
        gives = {n.id for n in ast.walk(method.returns) if isinstance(n, ast.Name)}
        takes = {ast.unparse(a.annotation) for a in method.args.args if a.annotation}
        if gives & {"Seen", "Case"} and "Case" not in takes:
            readers += 1
            assert "Viewer" in takes, method.name
    assert readers >= 4


def test_the_domain_never_looks_at_a_clock() -> None:
    """I8: no module of the domain, of forms or of views asks the machine for the time."""
    for path, tree in modules().items():
        if not path.startswith(("bot/domain/", "bot/forms/", "bot/views/", "bot/services/")):
            continue
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = ast.unparse(node.func.value).rpartition(".")[2]
            clock = owner in {"datetime", "date", "time"} and node.func.attr in _CLOCKS
            assert not clock, f"{path}:{node.lineno}"
