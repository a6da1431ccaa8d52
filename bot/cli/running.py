"""run, migrate, doctor, sandbox, tour, invite, channel-code."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from bot.bootstrap import Core, run
from bot.cli.checkup import lexicon_faults, settings_faults, telegram_faults
from bot.cli.progress import phase, track
from bot.cli.shared import Json, load, show, with_work
from bot.domain.units import Role
from bot.services import doctor, membership
from bot.services.work import Work


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("run", epilog="Example: huying run")(run_)
    app.command("migrate", epilog="Example: huying migrate")(migrate)
    app.command("doctor", epilog="Example: huying doctor --online")(doctor_)
    app.command("sandbox", epilog="Example: huying sandbox --port 8081")(sandbox)
    app.command("tour", epilog="Example: huying tour")(tour)
    app.command("invite", epilog="Example: huying invite --unit ROOT --role admin")(invite)
    app.command("channel-code", epilog="Example: huying channel-code --unit QS-CZ-3")(channel_code)


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

    async def go() -> None:
        core = Core.open(load(), lambda missing: track(missing, "migrations"))
        try:
            with phase("items and calendar"):
                await core.seed()
        finally:
            await core.database.close()

    asyncio.run(go())


def doctor_(
    online: Annotated[bool, typer.Option("--online", help="Ask Telegram too.")] = False,
    as_json: Json = False,
) -> None:
    """Check what could go wrong, and say the next step for each: settings, people, channels,
    calendar, lexicon, queues."""
    settings = load()

    async def go(work: Work) -> list[doctor.Finding]:
        return [*lexicon_faults(settings, work.world.items), *await doctor.check(work)]

    found = [*settings_faults(settings), *with_work(go, write=False)]
    if online and settings.token:
        found += asyncio.run(telegram_faults(settings))
    lines = [f"{f['what']}: {f['detail']}\n    next: {f['next']}" for f in found]
    show(found, as_json, "\n".join(lines) or "ok")
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


def channel_code(
    unit: Annotated[list[str], typer.Option(help="Unit code; may be given several times.")],
) -> None:
    """Print one single-use code per unit, each binding a group, topic or channel to it."""

    async def go(work: Work) -> list[str]:
        return [await membership.channel_code(work, one) for one in unit]

    print("\n".join(with_work(go)))
