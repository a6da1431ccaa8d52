"""The README's way to a live bot, followed word by word against a Bot API server of this machine.

Every command block of the section is run as it stands, in both languages' READMEs the same; what
the text tells people to write in chat is written in chat.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sandbox.client import Town
from bot.sandbox.server import create_app, serve
from tests.docs.test_readme import ROOT, read

TOKEN = "8620:going-live-token-for-a-test-0000000"
ADMIN, WORKER, RESIDENT = 5001, 5002, 5003
CODE = re.compile(r"[2-9A-Z]{12}")


def steps(readme: str) -> list[str]:
    """The command blocks of the section, in order."""
    section = re.split(r"^## ", read(readme), flags=re.MULTILINE)[3]
    blocks = re.findall(r"^ *```\n(.*?)^ *```$", section, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.strip() for line in block.splitlines()) for block in blocks]


class Machine:
    """The operator's machine: a copy of the project and a shell."""

    def __init__(self, folder: Path, town: Town, url: str) -> None:
        self.folder = folder
        self.town = town
        self.url = url
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUYING_", "MAKE"))}
        self.env = kept | {"PYTHONUTF8": "1"}
        for name in ("Makefile", ".env.example", "bot", "docs", ".venv"):
            (folder / name).symlink_to(ROOT / name)

    async def shell(self, commands: str) -> tuple[int, str]:
        """What a block of commands printed, and how it ended."""
        process = await asyncio.create_subprocess_exec(
            "sh", "-ec", commands, cwd=self.folder, env=self.env, stdin=-3, stdout=-1, stderr=-2
        )
        out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    async def start(self, command: str) -> asyncio.subprocess.Process:
        """A command that goes on running, once the log says ``ready``."""
        # What ``make setup`` made is there already, however old its mark is beside other files.
        command = command.replace("make run", "exec make -o .venv/.ready run")
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", command, cwd=self.folder, env=self.env, stdin=-3, stdout=-1, stderr=-2
        )
        assert process.stdout
        seen = b""
        while line := await asyncio.wait_for(process.stdout.readline(), 60):
            seen += line
            if b"ready" in line:
                return process
        raise AssertionError(seen.decode())

    def fill_in(self, **settings: str) -> None:
        """Write settings into ``.env``."""
        file = self.folder / ".env"
        text = file.read_text(encoding="utf-8")
        for name, value in settings.items():
            text = re.sub(
                rf"^#?HUYING_{name}=.*$", f"HUYING_{name}={value}", text, flags=re.MULTILINE
            )
        file.write_text(text, encoding="utf-8")

    async def answer(self, chat: int, words: str) -> str:
        """The bot's newest message there with these words, once it has come."""

        return str((await self.town.wait_message(chat, words, timeout=20))["text"])


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    """A machine beside a Bot API server."""
    app = create_app(TOKEN, lambda: datetime.now(UTC))
    ready = asyncio.Event()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, ready))
    await ready.wait()
    async with Town(app.state.url) as town:
        yield Machine(tmp_path, town, app.state.url)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


async def test_the_readme_leads_to_a_live_bot(machine: Machine) -> None:
    """Settings, district, start, administrator, group, worker, report: as the README says."""
    settings, district, run, invite, channel, doctor, _ = steps("README.md")
    town = machine.town
    assert await machine.shell(settings) == (0, "")
    machine.fill_in(TOKEN=TOKEN, OPERATOR="翠竹社区", API_URL=machine.url,
                    HTTP=f"127.0.0.1:{free_port()}")  # fmt: skip
    status, said = await machine.shell(district)
    assert status == 0, said
    bot = await machine.start(run)
    try:
        assert (machine.folder / "var.keys").stat().st_mode & 0o777 == 0o600
        status, said = await machine.shell(invite)
        code = CODE.search(said)
        assert code, said
        await town.user("管理员", id=ADMIN)
        await town.start(ADMIN)
        await town.say(ADMIN, f"/join {code[0]}")
        await machine.answer(ADMIN, "欢迎加入")

        group = (await town.group("第3网格", type="supergroup", members=[ADMIN]))["id"]
        status, said = await machine.shell(channel)
        code = CODE.search(said)
        assert code, said
        await town.say(ADMIN, f"/bind {code[0]}", group)
        await machine.answer(group, "已绑定")

        await town.say(ADMIN, "/invite QS-CZ-3 grid_worker")
        link = await machine.answer(ADMIN, "?start=")
        await town.user("网格员", id=WORKER)
        await town.start(WORKER, link.partition("?start=")[2].split()[0])
        await machine.answer(WORKER, "欢迎加入")
        await town.say(ADMIN, "/units")
        await machine.answer(ADMIN, "QS-CZ-3")

        status, said = await machine.shell(doctor)
        assert status == 1
        assert said.count("next: ") == len(said.splitlines()) / 2
        assert "QS-CZ-3 " not in said

        await town.user("居民", id=RESIDENT)
        await town.say(RESIDENT, "翠竹路菜市场后门垃圾堆成山了，好几天没人收")
        await machine.answer(RESIDENT, "看起来是")
        shown = [m for m in await town.messages(RESIDENT) if "reply_markup" in m][-1]
        await town.tap_label(RESIDENT, shown, "提交")
        await machine.answer(RESIDENT, "已受理")
        await machine.answer(group, "垃圾堆积")
        assert await town.violations() == []
    finally:
        bot.terminate()
        await bot.wait()


def test_the_service_runs_what_was_set_up() -> None:
    """The systemd unit starts what stands in ``/opt/huying``, as a user of its own."""
    unit = read("docs/huying.service")
    for line in (
        "User=huying",
        "WorkingDirectory=/opt/huying",
        "ExecStart=/opt/huying/.venv/bin/huying run",
        "Restart=on-failure",
        "WantedBy=multi-user.target",
    ):
        assert line in unit.splitlines()
    *_, systemd = steps("README.md")
    assert "docs/huying.service" in systemd
