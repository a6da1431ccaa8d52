"""What residents and workers read is data in ``locales/``, never a literal in the code."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import modules, strings

WORDS = re.compile("[\u2e80-\u2fff\u3105-\u312f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
MARKS = re.compile("[\u3000-\u303f\uff00-\uffef]")
FIELD_TERMS = {
    f"bot/domain/{name}.py"
    for name in (
        "address_words",
        "addresses",
        "evidence",
        "guards",
        "hearing",
        "items",
        "lexicon",
        "mentions",
        "normalise",
        "places",
        "privacy",
        "proposals",
        "several",
        "slots",
        "splitting",
        "tagging",
        "unit_roles",
    )
}
"""Modules that recognise what people write; they need the words themselves."""
PLAYED = "bot/sandbox/tour"
"""The scripted day speaks as residents do."""
EXAMPLE = "Example: huying "
"""How the command line's help shows a use of it: reports are in Chinese there too."""
READS = "bot/forms/"
"""Dialogs take digits with Chinese punctuation behind them; they have no words either."""


def literals(tree: ast.Module, marks: bool = True) -> list[str]:
    """The strings of a module with Chinese words, or ``marks``, each with its line."""
    return [
        f"{node.lineno}: {node.value!r}"
        for node in strings(tree)
        if not str(node.value).startswith(EXAMPLE)
        if WORDS.search(str(node.value)) or (marks and MARKS.search(str(node.value)))
    ]


def test_no_chinese_literal_outside_the_locales() -> None:
    """No module has a Chinese string of its own, apart from those that match field terms."""
    found = {
        path: here
        for path, tree in modules().items()
        if path not in FIELD_TERMS and not path.startswith(PLAYED)
        if (here := literals(tree, marks=not path.startswith(READS)))
    }
    assert not found


def test_the_search_sees_literals_and_passes_over_documentation() -> None:
    """A string, a default and a part of an f-string count; docstrings and comments do not."""
    code = '''
"""呼应"""
TITLE = "呼应"  # 呼应
def greet(word: str = "，") -> str:
    """说一句"""
    return f"{word}您好" + "fine"
'''
    assert len(literals(ast.parse(code))) == 3
