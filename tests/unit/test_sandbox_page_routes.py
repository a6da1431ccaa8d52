"""The page's side of the sandbox: the town at a glance, files, headers, and who is refused."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox import guard, pages
from bot.sandbox.client import Town
from bot.sandbox.media import mime_type
from bot.sandbox.stage import OffStage
from bot.sandbox.world import picture
from tests.unit.sandbox_helpers import TOKEN, make_app, over_asgi

PNG = picture(1)


@asynccontextmanager
async def browser(app: Any, host: str = "127.0.0.1:8620") -> AsyncIterator[httpx.AsyncClient]:
    """Requests as a browser makes them, to this name."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
        yield http


def error(response: httpx.Response) -> str:
    """The sentence of a refusal."""
    assert response.status_code == 400
    body = response.json()
    assert body["ok"] is False
    return str(body["error"])


async def test_the_town_at_a_glance() -> None:
    """One answer has everything that a page begins with, up to the number of its last event."""
    app = make_app()
    async with over_asgi(app) as (town, bot):
        await town.user("王", id=11, started=True, language_code="zh-hans")
        group = await town.group("群", members=[11])
        await town.say(11, "你好")
        found = await town.get("town")
        assert found["bot"] == {"id": 8620, "username": "huying_bot", "first_name": "huying_bot"}
        assert [user["id"] for user in found["users"]] == [11]
        assert {chat["id"] for chat in found["chats"]} == {11, group["id"]}
        assert (found["zone"], found["cast"], found["phones"]) == ("Asia/Shanghai", [], [])
        assert found["now"].startswith("2026-11-20T04:00:00")
        assert await town.events(found["last"]) == ([], found["last"])
        waiting = await bot.updates()
        assert found["confirmed"] == waiting[0]["update_id"]
        assert (await town.get("plan"), await town.get("bot")) == (
            {},
            {"state": "stopped", "kills": 0},
        )
        assert await town.get("scenes") == {"scenes": [], "playing": None}


@pytest.mark.parametrize(
    ("path", "body"),
    [("time", {"to": "hour"}), ("bot", {"do": "kill"}), ("scenes", {"do": "next"})],
)
async def test_a_server_alone_refuses_what_needs_the_bot(path: str, body: dict[str, str]) -> None:
    """Time, process and scenes belong to the demo: a sentence says so, and a code."""
    async with browser(make_app()) as http:
        refused = await http.post(f"/control/{path}", json=body)
        assert "huying demo" in error(refused)
        assert refused.json()["code"] == "alone"
        assert "huying demo" in error(await http.get("/control/inside"))
        for senseless in ([], "x", 1):
            assert "object" in error(await http.post(f"/control/{path}", json=senseless))


async def test_a_stage_is_asked_and_its_refusals_are_passed_on() -> None:
    """What the page wants beyond the chats is the stage's to answer."""

    class Stage:
        zone = "Asia/Tokyo"

        def cast(self) -> list[Any]:
            return [{"user": 11}]

        def phones(self) -> list[Any]:
            return [{"user": 11, "chat": 11}]

        async def inside(self, case: str | None, lang: str) -> Any:
            return {"case": case, "lang": lang}

        async def time(self, to: str) -> None:
            raise OffStage("moving", f"no {to}")

    app = make_app()
    app.state.stage = Stage()
    async with browser(app) as http:
        town = (await http.get("/control/town")).json()
        assert (town["zone"], town["cast"]) == ("Asia/Tokyo", [{"user": 11}])
        inside = (await http.get("/control/inside?case=202611200001&lang=en")).json()
        assert inside == {"case": "202611200001", "lang": "en"}
        refused = await http.post("/control/time", json={"to": "hour"})
        assert refused.json() == {"ok": False, "error": "no hour", "code": "moving"}


@pytest.mark.parametrize("host", ["evil.example:8620", "169.254.1.1", "10.0.0.1:80", "", "[::2]"])
async def test_only_names_of_this_machine_are_answered(host: str) -> None:
    """A name that merely leads here shows neither page nor town: a browser's other pages could
    use one. The Bot API is answered under every name, as before."""
    async with browser(make_app()) as http:
        for path in ("/", "/page/main.js", "/control/town", "/control/events"):
            assert "name of this machine" in error(await http.get(path, headers={"host": host}))
        answer = await http.get(f"/bot{TOKEN}/getMe", headers={"host": host})
        assert answer.json()["ok"] is True


@pytest.mark.parametrize("host", ["localhost", "localhost:8620", "127.0.0.1:8620", "[::1]:8620"])
async def test_names_of_this_machine_are_answered(host: str) -> None:
    """However the page was opened here, it works."""
    async with browser(make_app()) as http:
        headers = {"host": host, "origin": f"http://{host}"}
        assert (await http.get("/control/town", headers=headers)).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil"])
async def test_other_pages_cannot_act(origin: str) -> None:
    """A form on somebody's web page that posts to this machine is refused."""
    async with browser(make_app()) as http:
        refused = await http.post("/control/users", json={}, headers={"origin": origin})
        assert "from elsewhere" in error(refused)
        assert (await http.get("/control/chats")).json() == []


async def test_every_answer_keeps_the_page_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page, files of the page and control door: nothing from outside, no guessing, no caching."""
    (tmp_path / "index.html").write_text("<p>x</p>", encoding="utf-8")
    (tmp_path / "main.js").write_text("export {};", encoding="utf-8")
    monkeypatch.setattr(pages, "PAGE", tmp_path)
    async with browser(make_app()) as http:
        kinds = {"/": "text/html", "/page/main.js": "javascript", "/control/town": "json"}
        for path, kind in kinds.items():
            headers = (await http.get(path)).headers
            assert kind in headers["content-type"]
            assert headers["content-security-policy"].startswith("default-src 'self'; ")
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
        assert (await http.get("/page/../server.py")).status_code == 404
        assert (await http.get("/page/%2e%2e/server.py")).status_code == 404


async def test_files_have_their_kind_and_cannot_act() -> None:
    """A photo is shown, a document is handed over; both may be played with by nobody's script."""
    app = make_app()
    async with over_asgi(app) as (town, _), browser(app) as http:
        await town.user("王", id=11)
        data = base64.b64encode(PNG).decode()
        photo = (await town.say(11, photo={"data": data}))["messages"][0]["photo"][-1]
        shown = await http.get(f"/control/file/{photo['file_id']}")
        assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
        assert shown.headers["content-disposition"].startswith("inline")
        page = base64.b64encode(b"<script>1</script>").decode()
        sent = await town.say(11, document={"data": page, "file_name": "说明.html"})
        document = sent["messages"][0]["document"]["file_id"]
        given = await http.get(f"/control/file/{document}")
        assert given.headers["content-disposition"].startswith("attachment")
        assert given.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert "no file nothing" in error(await http.get("/control/file/nothing"))


@pytest.mark.parametrize(
    ("asked", "status", "given"),
    [
        ("bytes=0-3", 206, PNG[:4]),
        ("bytes=4-", 206, PNG[4:]),
        ("bytes=-5", 206, PNG[-5:]),
        ("bytes=9999-", 416, b""),
        ("bytes=-", 200, PNG),
        ("lines=1-2", 200, PNG),
    ],
)
async def test_a_player_may_seek(asked: str, status: int, given: bytes) -> None:
    """One range of a file is given as HTTP has it; what makes no sense gets the whole."""
    app = make_app()
    async with over_asgi(app) as (town, _), browser(app) as http:
        await town.user("王", id=11)
        sent = await town.say(11, voice={"data": base64.b64encode(PNG).decode()})
        path = f"/control/file/{sent['messages'][0]['voice']['file_id']}"
        answer = await http.get(path, headers={"range": asked})
        assert (answer.status_code, answer.content) == (status, given)


def test_kinds_are_told_by_the_bytes() -> None:
    """A browser's recordings and pictures are known without a name; containers by their use."""
    assert mime_type(b"OggS\0\2") == "audio/ogg"
    assert mime_type(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert mime_type(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert mime_type(b"\x1aE\xdf\xa3", kind="voice") == "audio/webm"
    assert mime_type(b"\x1aE\xdf\xa3", kind="video") == "video/webm"
    assert mime_type(b"\0\0\0\x18ftypmp42") == "video/mp4"
    assert mime_type(b"\0\0\0\x18ftypmp42", kind="voice") == "audio/mp4"
    assert mime_type(b"a,b", "list.csv") == "text/csv"
    assert mime_type(b"?") == "application/octet-stream"


async def test_too_much_at_once_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit names itself; what is refused leaves nothing behind; what fits goes through."""
    monkeypatch.setattr(guard, "LARGEST", 2 * 1024 * 1024)
    app = make_app()
    async with over_asgi(app) as (town, _), browser(app) as http:
        await town.user("王", id=11)
        for megabytes, fits in ((1, True), (2, False)):
            data = base64.b64encode(bytes(megabytes * 1024 * 1024)).decode()
            answer = await http.post("/control/say", json={"user": 11, "photo": {"data": data}})
            assert fits == (answer.status_code == 200)
        assert "at most 2 MB" in error(answer)
        assert len(await town.messages(11)) == 1


@pytest.mark.parametrize(
    "body", [b"{", b"[[]]", b'"x"', b"7", b"\xff\xfe", b"[" * 100_000, b'{"user": {}}', b"{}"]
)
async def test_senseless_bodies_get_a_sentence(body: bytes) -> None:
    """Whatever is posted, the answer is a sentence and the server lives."""
    async with browser(make_app()) as http:
        assert error(await http.post("/control/say", content=body))
        assert error(await http.get("/control/events?since=x"))
        assert (await http.get("/control/pending")).json() == {"pending": 0}


async def test_numbers_of_events_do_not_return_after_a_restart(tmp_path: Path) -> None:
    """A page that was open over a restart sees a gap in the numbers, and asks for the town."""
    path = tmp_path / "town.json"
    app = make_app(path)
    async with over_asgi(app) as (town, _):
        await town.user("王", id=11)
        _, before = await town.events()
        app.state.keeper.save()
    async with over_asgi(make_app(path)) as (town, _):
        await town.say(11, "你好")
        events, _ = await town.events(before)
        assert events[0]["seq"] > before + 1


async def test_a_photo_is_kept_once_on_disk(tmp_path: Path) -> None:
    """The state file stays small whatever was uploaded; the bytes lie beside it and come back."""
    path = tmp_path / "town.json"
    app = make_app(path)
    big = PNG + bytes(3_000_000)
    async with over_asgi(app) as (town, _):
        await town.user("王", id=11)
        sent = await town.say(11, photo={"data": base64.b64encode(big).decode()})
        app.state.keeper.save()
    assert path.stat().st_size < 5000
    assert [file.stat().st_size for file in (tmp_path / "town.files").iterdir()] == [len(big)]
    app = make_app(path)
    async with Town(transport=httpx.ASGITransport(app)), browser(app) as http:
        photo = sent["messages"][0]["photo"][-1]["file_id"]
        assert (await http.get(f"/control/file/{photo}")).content == big
