"""run, migrate, doctor, sandbox, tour, invite, channel-code."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from bot.bootstrap import run
from bot.cli.shared import Json, load, show, with_work
from bot.domain.units import Role
from bot.services import doctor, membership
from bot.services.work import Work


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("run")(run_)
    app.command("migrate")(migrate)
    app.command("doctor")(doctor_)
    app.command("sandbox")(sandbox)
    app.command("tour")(tour)
    app.command("invite")(invite)
    app.command("channel-code")(channel_code)


def run_() -> None:
    """Run the bot until it is stopped."""

    async def go() -> None:
        task = asyncio.ensure_future(run(load()))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            return

    asyncio.run(go())


def migrate() -> None:
    """Bring the database to the present schema; seed items and calendar when empty."""

    async def go(_: Work) -> None:
        return None

    with_work(go)


def doctor_(as_json: Json = False) -> None:
    """Check what could go wrong: units without people or channels, stuck rows, the calendar."""

    async def go(work: Work) -> list[dict[str, str]]:
        return await doctor.check(work)

    found = with_work(go, write=False)
    show(found, as_json, "\n".join(f"{f['what']}: {f['detail']}" for f in found) or "ok")
    raise typer.Exit(1 if found else 0)


def sandbox(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8620,
    token: Annotated[str, typer.Option(help="The bot token to accept.")] = "1:sandbox",  # noqa: S107
) -> None:
    """Run the local Bot API server alone."""
    from bot.sandbox.clock import MovableClock
    from bot.sandbox.server import create_app, serve

    settings = load()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    clock = MovableClock(settings.clock or settings.data_dir / "clock")
    asyncio.run(serve(create_app(token, clock.now), "127.0.0.1", port))


def tour() -> None:
    """Play the scripted day of a town and print every chat; 0 only if every step happened."""
    from bot.sandbox.tour import main as play

    raise typer.Exit(play())


def invite(
    unit: Annotated[str, typer.Option(help="Unit code; ROOT is the deployment itself.")],
    role: Annotated[Role, typer.Option(help="The role that the code gives.")],
) -> None:
    """Print one single-use code that gives a person a role in a unit."""

    async def go(work: Work) -> str:
        return await membership.invite(work, unit, role)

    print(with_work(go))


def channel_code(unit: Annotated[str, typer.Option(help="Unit code.")]) -> None:
    """Print one single-use code that binds a group, topic or channel to a unit."""

    async def go(work: Work) -> str:
        return await membership.channel_code(work, unit)

    print(with_work(go))
