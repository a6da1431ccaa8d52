"""Progress of long commands, on standard error and only for somebody who looks at a terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

T = TypeVar("T")


def _console() -> Console:
    # Made anew each time: standard error may have been redirected since.
    return Console(stderr=True)


@contextlib.contextmanager
def phase(what: str) -> Iterator[None]:
    """A step whose length nobody knows: what is being done, until it is done."""
    console = _console()
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield
    console.print(f"[green]✓[/green] {what}", highlight=False)


def track(rows: Sequence[T], what: str) -> Iterator[T]:
    """The rows, with a bar that says how many of them are done."""
    console = _console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield from bar.track(rows, description=what)
