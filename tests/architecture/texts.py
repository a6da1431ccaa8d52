"""The keys that the code uses, found with Babel's extractor, and what the catalogues make of them.

``make texts`` runs this file: it writes ``locales/huying.pot``, the list for translators with the
source's words beside every key, and says what is missing, unused or fuzzy in each language.

A key is the first argument of a lookup (``t("key")``, ``Refused("key")``), any string of a key's
shape that is one, every key that an f-string can become (``t(f"status-{name}")``), and the advice
that an item names.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.i18n import SOURCE, available, catalogue
from tests.architecture.source import PACKAGES, ROOT

KEY = re.compile(r"[a-z][a-z0-9_]*(-[A-Za-z0-9_]+)+")
LOOKUPS = frozenset({"t", "label", "texts", "text", "Refused"})
"""Calls whose first argument is a key: ``t("key")``, ``t.label("key")``, ``Refused("key")``."""
TOASTS = frozenset({"toast", "tell", "_done", "Refused"})
"""Calls whose key may be the answer to a tap."""
PASSING = LOOKUPS | TOASTS | {"line", "tell_admins", "has"}
"""Calls that hand a key on; it may stand at any place among the arguments."""
SILENT = ("bot/sandbox/", "storage/")
"""Folders that say nothing in the bot's own words."""
POT = ROOT / "locales" / "huying.pot"

HEAD = "# What Huying says: each key with the source's words. Made by make texts."

Found = tuple[int, None, str, list[str]]
Method = Callable[..., Iterator[Found]]


def name_of(call: ast.Call) -> str:
    """How the called function is called, without what it belongs to."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def constants(node: ast.expr) -> list[str]:
    """The strings that an argument may be: ``"a"``, or ``"a" if x else "b"``."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def family(node: ast.JoinedStr) -> re.Pattern[str] | None:
    """What an f-string can become; None when it does not begin like a key."""
    first = node.values[0]
    if not (isinstance(first, ast.Constant) and re.match("[a-z]+-", str(first.value))):
        return None
    parts = (
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w-]+"
        for part in node.values
    )
    return re.compile("".join(parts))


def keys_in(tree: ast.Module, known: frozenset[str]) -> Iterator[tuple[int, str]]:
    """(line, key) of all keys in a module, those without a text too if they are looked up."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in PASSING:
            said = [key for argument in node.args for key in constants(argument)]
            yield from ((node.lineno, key) for key in said if key in known)
            if name_of(node) in LOOKUPS and node.args:
                bare = isinstance(node.func, ast.Name)
                first = constants(node.args[0])
                yield from ((node.lineno, k) for k in first if bare or KEY.fullmatch(k))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if KEY.fullmatch(node.value) and node.value in known:
                yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr) and (pattern := family(node)):
            yield from ((node.lineno, key) for key in known if pattern.fullmatch(key))


def python(file: Any, keywords: Any, tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extraction method for our modules."""
    known = frozenset(catalogue(SOURCE))
    for line, key in sorted(set(keys_in(ast.parse(file.read()), known))):
        yield line, None, key, []


def items(file: Any, keywords: Any, tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extraction method for the responsibility list."""
    for line, text in enumerate(file.read().decode().splitlines(), 1):
        entry = json.loads(text)
        if key := entry["advice"]:
            yield line, None, key, []
        yield from ((line, None, f"hotline-{number}", []) for number in entry["hotlines"])


@cache
def used() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Key -> the places (file, line) that use it."""
    found: dict[str, list[tuple[str, int]]] = {}
    methods: list[tuple[str, Any]] = [("**.py", python), ("**/items.jsonl", items)]
    for package in PACKAGES:
        for name, line, key, _, _ in extract_from_dir(ROOT / package, methods):
            path = f"{package}/{name}"
            if not path.startswith(SILENT):
                found.setdefault(str(key), []).append((path, line))
    return {key: tuple(sorted(places)) for key, places in sorted(found.items())}


def files(locale: str) -> list[Path]:
    """The catalogue's files of a language."""
    return sorted((ROOT / "locales" / locale / "LC_MESSAGES").glob("*.po"))


def read(path: Path, locale: str) -> Catalog:
    """A file as Babel reads it. Raises PoFileError for one that is malformed."""
    return read_po(BytesIO(path.read_bytes()), locale=locale, abort_invalid=True)


def faults(locale: str) -> list[str]:
    """What a translator has to do in a language, one line each; empty when all is well."""
    own, source = catalogue(locale), catalogue(SOURCE)
    found = [f"missing: {key}" for key in sorted((used().keys() | source.keys()) - own.keys())]
    found += [f"unused: {key}" for key in sorted(own.keys() - used().keys())]
    for path in files(locale):
        entries = read(path, locale)
        found += [f"fuzzy: {path.name}: {m.id}" for m in entries if m.id and m.fuzzy]
        found += [f"obsolete: {path.name}: {key}" for key in entries.obsolete]
        for message, errors in entries.check():
            found += [f"wrong: {path.name}: {message.id}: {error}" for error in errors]
    return found


def template() -> Catalog:
    """The list for translators: every key with its places and the source's words."""
    made = Catalog(header_comment=HEAD, project="huying", version="1", fuzzy=False)
    source = catalogue(SOURCE)
    for key, places in used().items():
        words = source.get(key, ("",))[0]
        counts = "{count}" in words
        made.add(
            (key, key) if counts else key,
            locations=list(places),
            auto_comments=words.split("\n"),
        )
    return made


def main() -> int:
    """Write the list, say what is to be done; 1 when there is anything."""
    with POT.open("wb") as file:
        write_po(file, template(), width=99)
    sys.stdout.write(f"{POT.relative_to(ROOT)}: {len(used())} keys\n")
    left = 0
    for locale in available():
        wrong = faults(locale)
        left += len(wrong)
        sys.stdout.write(f"{locale}: {len(catalogue(locale))} texts, {len(wrong)} faults\n")
        sys.stdout.writelines(f"  {line}\n" for line in wrong)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
