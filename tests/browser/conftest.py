"""A real browser for the page: headless Chromium against the real ``huying demo``.

Without Chromium the tests are skipped, unless HUYING_BROWSER=required.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser import stage

Visit = Callable[..., Awaitable[Page]]
TIMEOUT = 20_000
"""Milliseconds within which something must have appeared on a busy machine."""
_EXPECTED = re.compile(r"net::ERR_|status of 400 ")
_LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium."""
    known = "/usr/bin/chromium"
    found = known if Path(known).exists() else shutil.which("chromium")
    if found:
        return found
    if os.environ.get("HUYING_BROWSER") == "required":
        pytest.fail("there is no chromium on this machine")
    pytest.skip("there is no chromium on this machine")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """The browser, shared by all tests."""
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--use-fake-device-for-media-stream"],
        )
        yield one
        await one.close()


@pytest.fixture(scope="session")
def town_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a demo whose town is complete; this worker's own copy."""
    folder = tmp_path_factory.mktemp("browser") / "demo"
    shutil.copytree(stage.populated(tmp_path_factory), folder)
    return folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo(chromium: str, town_folder: Path) -> AsyncIterator[stage.Demo]:
    """A demo that runs, shared by all tests; its address is ``url``. Scenes do not pause."""
    async with stage.demo(town_folder, "--speed", "0") as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, demo: stage.Demo) -> AsyncIterator[Visit]:
    """Opens the page as a new visitor: await visit(path="/", width=1440, height=900, lang="zh",
    scheme="light"). Afterwards no page may have met an error or looked beyond the machine."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []
    foreign: list[str] = []

    async def open_page(
        path: str = "/",
        width: int = 1440,
        height: int = 900,
        lang: str = "zh",
        scheme: str = "light",
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale=_LOCALES[lang],
            color_scheme="dark" if scheme == "dark" else "light",
        )  # fmt: skip
        context.set_default_timeout(TIMEOUT)
        context.on(
            "request",
            lambda request: foreign.append(request.url) if _is_foreign(request.url) else None,
        )
        context.on("page", lambda page: _watch(page, errors))
        contexts.append(context)
        page = await context.new_page()
        await page.goto(demo.url + path)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not errors
    assert not foreign


def _watch(page: Page, errors: list[str]) -> None:
    def heard(message: object) -> None:
        text = str(getattr(message, "text", ""))
        # A connection that a test takes away is not the page's fault; a refusal is an answer.
        if getattr(message, "type", "") == "error" and not _EXPECTED.search(text):
            errors.append(text)

    page.on("console", heard)
    page.on("pageerror", lambda error: errors.append(str(error)))


def _is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in {"blob", "data"} and parts.hostname != "127.0.0.1"
