"""The command line. One sentence for every error; 0 done, 1 something is wrong, 2 wrong usage."""

from __future__ import annotations

import sys

import typer

from bot.cli import cases, data, demo, lexicon, queues, running, time
from bot.errors import BadConfig, BadFile, HuyingError, Refused
from bot.i18n import SOURCE, texts

app = typer.Typer(
    name="huying",
    help="Huying: whoever calls is answered, and the answer has an owner and a deadline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for part in (running, demo, data, cases, lexicon, queues, time):
    part.add_to(app)


def main() -> None:
    """The entry point."""
    try:
        sys.exit(app(prog_name="huying", standalone_mode=False) or 0)
    except typer.TyperException as error:
        if said := _sentence(error):
            print(said, file=sys.stderr)
        sys.exit(error.exit_code)
    except BadFile as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except Refused as error:
        t = texts(SOURCE)
        print(
            t.label(error.key, **error.params) if t.has(error.key) else error.key, file=sys.stderr
        )
        sys.exit(2)
    except BadConfig as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except HuyingError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _sentence(error: typer.TyperException) -> str:
    """Wrong usage in one line, with where to read on; "" when the help was shown instead."""
    said = " ".join(error.format_message().split()).rstrip(".")
    said = said.removeprefix("Invalid value: ").replace(": Value error, ", ": ")
    context = getattr(error, "ctx", None)
    return f"{said}; see {context.command_path} --help." if said and context else said
