"""The pictures of the page in ``docs/images``: ``make shots``.

A demo of its own is started in a temporary folder and played until every phone has something to
show; then the page is photographed. Needs Chromium and a few minutes; takes no arguments.
"""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bot.sandbox.client import Town
from bot.sandbox.model import Json
from bot.sandbox.tour.cast import recall
from bot.sandbox.tour.pictures import photo
from tests.browser import stage

IMAGES = stage.ROOT / "docs" / "images"
COLOURS = 256
"""Of a picture's palette: a quarter of the bytes, and no difference to be seen."""
LARGEST = 300_000
"""Bytes of a picture at most; a page of documentation has several."""
LAPTOP, TABLET, PHONE = (1440, 900), (768, 1024), (390, 844)
_KEPT = "localStorage.setItem('huying-intro', 'seen')"
_STILL = 1.2
"""Seconds until nothing on the page moves any more."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: how the page is looked at, and what is opened first."""

    name: str
    size: tuple[int, int] = LAPTOP
    lang: str = "zh"
    dark: bool = False
    first: bool = False
    inside: bool = False
    scene: bool = False


SHOTS = (
    Shot("page-zh"),
    Shot("page-en", lang="en"),
    Shot("page-dark", dark=True),
    Shot("first-visit", first=True),
    Shot("inside-zh", inside=True),
    Shot("inside-en", lang="en", inside=True),
    Shot("tablet", TABLET),
    Shot("tablet-dark", TABLET, lang="en", dark=True),
    Shot("phone", PHONE, first=True),
    Shot("phone-inside", PHONE, inside=True),
    Shot("scene-zh", scene=True),
    Shot("scene-en", lang="en", scene=True),
    Shot("phone-dark", PHONE, dark=True, scene=True),
)


async def main() -> None:
    """Write every picture."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("make shots needs chromium; on Debian: apt-get install chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            stage.demo(Path(folder) / "demo", "--speed", "0") as demo,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"]
            )
            async with Town(demo.url) as town:
                await _play(town)
                for shot in SHOTS:
                    _write(shot.name, await _take(browser, demo.url, shot))
                    await town.post("scenes", {"do": "stop"})
            await browser.close()


async def _play(town: Town) -> None:
    """A weekend with something overdue, its digest, and on Monday two ordinary reports, one of
    them in English, that have just been taken."""
    await _scene(town, "overdue")
    people, places = await recall(town)
    anna, li = people["Anna"].chat, people["李小满"].chat
    zhu, group = people["朱网格员"].chat, places["翠竹3格"].chat
    await town.start(anna)
    await town.wait_message(anna, "110", timeout=30)
    for who, text, submit in (
        (anna, "The bins overflow with garbage behind the market on Cuizhu Road", "Submit"),
        (li, "翠竹路菜市场后门垃圾堆成山了，好几天没人收", "提交"),
    ):
        cards, news = await _last(town, group), await _last(town, who)
        await town.say(who, chat=who, caption=text, photo=photo("rubbish"))
        await town.tap_label(who, await _button(town, who, submit, news), submit)
        card = await _button(town, group, "签收", cards)
        await town.tap_label(zhu, card, "签收")
        await _button(town, group, "办结", card["message_id"] - 1)
        await town.settled(30)


async def _scene(town: Town, name: str) -> None:
    await town.post("scenes", {"do": "play", "scene": name, "pace": "auto"})

    async def over() -> bool:
        return (await town.get("scenes"))["playing"] is None

    await town.wait_for(over, 120)


async def _last(town: Town, chat: int) -> int:
    return max((m["message_id"] for m in await town.messages(chat)), default=0)


async def _button(town: Town, chat: int, label: str, since: int) -> Json:
    async def found() -> Json | None:
        rows = await town.messages(chat, since=since)
        return next((m for m in rows if label in str(m.get("reply_markup"))), None)

    return dict(await town.wait_for(found, 30))


async def _take(browser: Browser, url: str, shot: Shot) -> bytes:
    context = await browser.new_context(
        viewport={"width": shot.size[0], "height": shot.size[1]},
        locale="zh-CN" if shot.lang == "zh" else "en-GB",
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    if not shot.first:
        await context.add_init_script(_KEPT)
    page = await context.new_page()
    await page.goto(url)
    await page.locator(".scene-card").first.wait_for()
    if shot.inside:
        await page.locator(".bar-inside").click()
        await page.locator(".inside-number").wait_for()
    if shot.scene:
        await _into_a_scene(page)
    await asyncio.sleep(_STILL)
    taken = await page.screenshot()
    await context.close()
    return taken


async def _into_a_scene(page: Page) -> None:
    """The third step of the ordinary report: the unit has its card."""
    await page.locator("[data-pace=step]").click()
    await page.locator("[data-scene=ordinary]").click()
    for step in (1, 2):
        await page.locator(".caption-step", has_text=str(step)).wait_for()
        await page.locator(".caption-acts .primary:visible").click()
    await page.locator(".caption-step", has_text="3").wait_for()


def _write(name: str, taken: bytes) -> None:
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    # Coverage keeps the few points of a bright colour, such as a button's sign, as they are.
    small = picture.quantize(
        COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE
    )
    file = IMAGES / f"{name}.png"
    small.save(file, optimize=True)
    size = file.stat().st_size
    if size > LARGEST:
        sys.exit(f"{file} has {size} bytes, more than {LARGEST}")
    sys.stdout.write(f"{os.path.relpath(file)}  {size // 1000} kB\n")


if __name__ == "__main__":
    asyncio.run(main())
