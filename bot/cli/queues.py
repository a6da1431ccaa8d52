"""inbox and outbox: what waits, what was parked, and trying it again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot.cli.shared import Json, show, with_work
from bot.services.work import Work

inbox = typer.Typer(help="Updates from Telegram.", no_args_is_help=True)
outbox = typer.Typer(help="Calls to Telegram.", no_args_is_help=True)
States = Annotated[str, typer.Option(help="Comma-separated states.")]
Limit = Annotated[int, typer.Option(min=1, max=100000)]
Ids = Annotated[list[int] | None, typer.Argument(help="Row ids; all of them when none.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(inbox, name="inbox")
    app.add_typer(outbox, name="outbox")


@inbox.command("list", epilog="Example: huying inbox list --state parked")
def list_inbox(state: States = "new,parked", limit: Limit = 100, as_json: Json = False) -> None:
    """Updates that wait (new) or were given up (parked). Ids only, no contents."""

    async def go(work: Work) -> list[dict[str, Any]]:
        rows = await work.uow.inbox.listed(state.split(","), limit)
        return [
            {
                "id": row.id,
                "update_id": row.update_id,
                "state": row.state,
                "tries": row.tries,
                "received_at": row.received_at.isoformat(),
                "error": row.error,
            }
            for row in rows
        ]

    _table(with_work(go, write=False), as_json)


@inbox.command("replay", epilog="Example: huying inbox replay 17 18")
def replay_inbox(ids: Ids = None) -> None:
    """Try parked updates again."""

    async def go(work: Work) -> int:
        return await work.uow.inbox.replay(ids or [])

    print(with_work(go))


@outbox.command("list", epilog="Example: huying outbox list --state failed")
def list_outbox(
    state: States = "queued,failed", limit: Limit = 100, as_json: Json = False
) -> None:
    """Calls that wait (queued) or were given up (failed). Ids only, no contents."""

    async def go(work: Work) -> list[dict[str, Any]]:
        rows = await work.uow.outbox.listed(state.split(","), limit)
        return [
            {
                "id": row.id,
                "method": row.call.method,
                "state": row.state,
                "priority": row.call.priority,
                "tries": row.tries,
                "created_at": row.created_at.isoformat() if row.created_at else None,
                "error": row.error,
            }
            for row in rows
        ]

    _table(with_work(go, write=False), as_json)


@outbox.command("replay", epilog="Example: huying outbox replay")
def replay_outbox(ids: Ids = None) -> None:
    """Try failed calls again."""

    async def go(work: Work) -> int:
        return await work.uow.outbox.replay(ids or [])

    print(with_work(go))


def _table(rows: list[dict[str, Any]], as_json: bool) -> None:
    text = "\n".join("  ".join(str(value) for value in row.values()) for row in rows)
    show(rows, as_json, text)
