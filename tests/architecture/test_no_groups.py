"""R013: the bot never makes a group; a case is a card in a channel that is already there."""

from __future__ import annotations

import ast
import re

import pytest

from bot.sandbox.bodies import METHODS
from tests.architecture.source import modules, strings

MAKES_GROUPS = re.compile(
    r"(create_?(new_?)?(super_?)?(group|channel)"
    r"|(create|export|edit)_?chat_?(subscription_?)?invite_?link"
    r"|add_?chat_?(member|user)|invite_?to_?channel"
    r"|(keyboard_?button_?)?request_?chat)s?",
    re.IGNORECASE,
)
"""Bot API calls, and a button, that bring a group about or people into one."""


def names(tree: ast.Module) -> set[str]:
    """Everything that could name a call: strings, attributes, names."""
    found = {str(node.value) for node in strings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
    return found


def test_no_call_that_makes_a_group() -> None:
    """No such call is named in the bot; the sandbox plays people, who may make groups."""
    found = {
        path: here
        for path, tree in modules().items()
        if not path.startswith("bot/sandbox/")
        and (here := {name for name in names(tree) if MAKES_GROUPS.fullmatch(name)})
    }
    assert not found


def test_the_sandbox_offers_no_such_method() -> None:
    """Every call of the tests and the tour goes to the sandbox, which knows none of them."""
    assert METHODS
    assert not [name for name in METHODS if MAKES_GROUPS.fullmatch(name)]


@pytest.mark.parametrize(
    "name",
    [
        "createChatInviteLink",
        "create_chat_invite_link",
        "exportChatInviteLink",
        "createChatSubscriptionInviteLink",
        "addChatMember",
        "createGroup",
        "createSupergroup",
        "KeyboardButtonRequestChat",
        "request_chat",
    ],
)
def test_the_pattern_knows_the_calls(name: str) -> None:
    """Both spellings of each call are recognised."""
    assert MAKES_GROUPS.fullmatch(name)
