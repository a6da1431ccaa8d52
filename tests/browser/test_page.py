"""The page around the phones: the clock, the scenes, the look inside, languages, looks, access."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.sandbox.client import Town
from bot.sandbox.tour.guided import GUIDED
from tests.browser.conftest import Visit
from tests.browser.stage import Demo

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""All that axe can find in another colour scheme."""
SIZES = {"laptop": (1440, 900), "tablet": (768, 1024), "phone": (390, 844)}
ON_THE_PAGE = [
    pytest.param(scene, id=scene.id, marks=pytest.mark.slow if scene.id == "overdue" else ())
    for scene in GUIDED
]
"""In short without the one that takes the clock over two days, which plays in
``tests/flows/test_guided.py``; what the page shows of a moving clock has a test of its own."""
PLAYS = 90_000
"""Milliseconds within which a scene that does not pause is over, on a busy machine."""
TRAVELS = 60_000
OVERFLOWS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONGER = """innerWidth < 768 ? 0
  : document.documentElement.scrollHeight - document.documentElement.clientHeight"""
CLIPPED = """() => [...document.querySelectorAll("button, summary, select, input, a[href]")]
  .filter((node) => node.checkVisibility({visibilityProperty: true}))
  .filter((node) => !node.closest(".scene-list, .hidden-words, .skip, .phones, .phone-tabs, .row"))
  .filter((node) => {
    const box = node.getBoundingClientRect();
    const rolls = node.closest("[data-scrolls], .inside-scroll");
    const hides = getComputedStyle(node).overflow !== "visible";
    const cut = hides && node.scrollWidth > node.clientWidth + 1;
    return !rolls && box.width > 1 && (box.left < -1 || box.right > innerWidth + 1 || cut);
  })
  .map((node) => node.outerHTML.slice(0, 120))"""


async def report(demo: Demo, text: str) -> str:
    """李小满 reports something by the door and submits it; the case's number."""
    async with Town(demo.url) as town:
        cast = (await town.get("town"))["cast"]
        li = next(one["user"] for one in cast if one["name"] == "李小满")
        before = [m["message_id"] for m in await town.messages(li)][-1:] or [0]

        async def shown(label: str) -> dict[str, Any] | None:
            rows = await town.messages(li, since=before[0])
            return next((m for m in rows if label in str(m.get("reply_markup"))), None)

        await town.say(li, "/cancel")
        await town.say(li, text)
        asked = await town.wait_for(lambda: shown("提交"), 30)
        await town.tap_label(li, asked, "提交")
        done = await town.wait_for(lambda: shown("撤回"), 30)
        found = re.search(r"\d{12}", done["text"])
        assert found
        return found[0]


async def inside(page: Page) -> None:
    """Opens the look inside."""
    await page.locator(".bar-inside").click()
    await expect(page.locator("#inside")).to_be_visible()


@pytest.mark.parametrize("scene", ON_THE_PAGE)
async def test_a_scene_plays_to_its_end(visit: Visit, scene: Any) -> None:
    """One click plays a scene: its sentence stands above the phones, and at the end what it
    was about, with the next thing to do."""
    page = await visit()
    listed = scene.listed()
    await page.locator(f"[data-scene={scene.id}]").click()
    caption = page.locator(".caption")
    await expect(caption.locator(".caption-title")).to_have_text(listed["title"]["zh"])
    await expect(caption).to_have_attribute("data-state", "end", timeout=PLAYS)
    await expect(caption.locator(".caption-sentence")).to_have_text(listed["says"]["zh"])
    await expect(page.get_by_role("button", name="所有场景")).to_be_visible()
    await expect(page.get_by_role("button", name="自己试试")).to_be_visible()
    await page.get_by_role("button", name="所有场景").click()
    await expect(page.locator(".scene-card")).to_have_count(len(GUIDED))


async def test_a_scene_goes_step_by_step_by_the_keyboard(visit: Visit) -> None:
    """Step by step: each step waits for the key, the number counts up, and one may stop."""
    page = await visit(lang="en")
    await page.get_by_role("button", name="Step by step").press("Enter")
    await page.locator("[data-scene=ordinary]").press("Enter")
    step = page.locator(".caption-step")
    await expect(step).to_contain_text("Step 1 of", timeout=TRAVELS)
    following = page.get_by_role("button", name="Next", exact=True)
    await expect(following).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(step).to_contain_text("Step 2 of")
    await page.get_by_role("button", name="Stop", exact=True).press("Enter")
    await expect(step).to_have_text("Stopped")
    await page.get_by_role("button", name="Try it yourself").click()
    await expect(page.locator(".scene-card").first).to_be_visible()
    assert await page.evaluate("document.activeElement.closest('.phone') !== null")


async def test_forward_to_the_next_deadline_shows_what_arrives(visit: Visit, demo: Demo) -> None:
    """The button says when the deadline is; the clock goes there, and what came on the way
    stands in the unit's group with its own time."""
    number = await report(demo, "翠竹路菜市场后门垃圾堆成山了，好几天没人收")
    page = await visit()
    button = page.locator("[data-to=deadline]")
    await expect(button.locator("small")).not_to_be_empty()
    due = (await button.locator("small").inner_text()).split()[-1]
    group = page.locator(".phone").nth(2)
    await expect(group).to_contain_text(number)
    before = await page.locator(".bar-time").inner_text()
    await button.click()
    await expect(page.locator(".bar-notice-text")).to_contain_text("到了", timeout=TRAVELS)
    assert await page.locator(".bar-time").inner_text() >= due != before
    await inside(page)
    await page.locator("#inside-case").select_option(number)
    await expect(page.locator("[data-part=clocks] [data-tone=late]").first).to_be_visible()
    await expect(page.locator("[data-part=events]")).to_contain_text(re.compile("逾期|超时|催办"))


async def test_a_refusal_is_said_beside_the_clock(visit: Visit) -> None:
    """What cannot be done now is answered by a sentence in the page's language."""
    page = await visit(lang="en")
    await page.locator("[data-pace=step]").click()
    await page.locator("[data-scene=withdrawn]").click()
    await expect(page.locator(".caption-step")).to_contain_text("1", timeout=TRAVELS)
    await page.locator("[data-to=hour]").click()
    await expect(page.locator(".bar-notice")).to_contain_text("A scene is playing")
    await page.get_by_role("button", name="All right").click()
    await expect(page.locator(".bar-notice-text")).to_be_empty()
    await page.get_by_role("button", name="Stop", exact=True).click()
    await expect(page.locator(".caption")).to_have_attribute("data-state", "stopped")


async def test_the_look_inside_tells_state_reasons_events_and_queues(
    visit: Visit, demo: Demo
) -> None:
    """A case just reported: its state, who acts by when and why, the words that decided, what
    happened with fingerprints, the outbox, the timers."""
    page = await visit()
    await inside(page)
    number = await report(demo, "幸福里6栋楼下垃圾堆成山没人收")
    await expect(page.locator(".inside-number")).to_have_text(number)
    await expect(page.locator(".inside-case h3")).to_have_text("垃圾堆积")
    why = page.locator("[data-part=why-0-respond]")
    await why.locator("summary").click()
    await expect(why.locator("li").first).to_be_visible()
    await expect(page.locator("[data-part=tagging] .guesses li").first).to_contain_text("垃圾堆积")
    await expect(page.locator("[data-part=tagging] .word").first).to_be_visible()
    events = page.locator("[data-part=events] tbody tr")
    await expect(events.first).to_contain_text("已受理")
    await expect(events.first.locator("code")).to_have_text(re.compile("^[0-9a-f]{8}$"))
    await page.locator("[data-part=outbox] > summary").click()
    await expect(page.locator("[data-part=outbox]")).to_contain_text("sendMessage")
    await page.locator("[data-part=timers] > summary").click()
    await expect(page.locator("[data-part=timers] tbody tr").first).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#inside")).to_be_hidden()
    await expect(page.locator(".bar-inside")).to_be_focused()


@pytest.mark.slow
async def test_a_killed_bot_comes_back_and_answers(visit: Visit, demo: Demo) -> None:
    """The bot is killed from the page, which says so; started again, it says that too."""
    page = await visit()
    await page.locator(".bar-bot > summary").click()
    await page.get_by_role("button", name="强杀机器人").click()
    notice = page.locator(".bar-notice")
    await expect(notice).to_contain_text("机器人被停下了")
    await notice.get_by_role("button", name="启动机器人").click()
    await expect(notice).to_contain_text("机器人回来了", timeout=TRAVELS)
    await report(demo, "翠竹路菜市场后门垃圾堆成山了，没人收")


async def test_a_cut_network_is_said_and_mended(visit: Visit) -> None:
    """The network of the bot is cut and mended from the page."""
    page = await visit()
    await page.locator(".bar-bot > summary").click()
    await page.get_by_role("button", name="切断网络").click()
    notice = page.locator(".bar-notice")
    await expect(notice).to_contain_text("网络已切断")
    await notice.get_by_role("button", name="恢复网络").click()
    await expect(notice).to_contain_text("网络恢复了")


async def test_another_tab_learns_of_a_cut_and_no_scene_begins(visit: Visit) -> None:
    """What is cut in one tab shows in the other; a scene says why it cannot be played, and
    leaves the network as it is."""
    page, other = await visit(), await visit(lang="en")
    await page.locator(".bar-bot > summary").click()
    await page.get_by_role("button", name="切断网络").click()
    notice = other.locator(".bar-notice")
    await expect(notice).to_contain_text("The network is cut")
    await other.locator("[data-scene=ordinary]").click()
    await expect(other.locator(".caption")).to_have_attribute("data-state", "failed")
    await expect(other.locator(".caption-sentence")).to_contain_text("Mend it first")
    await notice.get_by_role("button", name="Mend the network").click()
    await expect(page.locator(".bar-notice")).not_to_contain_text("网络已切断")


async def test_without_a_connection_the_page_says_so_in_its_own_words(visit: Visit) -> None:
    """A scene and the clock that cannot be reached: a sentence, which goes once both are back."""
    page = await visit(lang="en")
    await expect(page.locator("[data-scene=ordinary]")).to_be_visible()
    await page.context.set_offline(True)
    await page.locator("[data-scene=ordinary]").click()
    await expect(page.locator(".scene-error")).to_contain_text("No connection at the moment")
    await page.locator("[data-to=hour]").click()
    await page.context.set_offline(False)
    await expect(page.locator(".scene-error")).to_be_hidden()
    await expect(page.locator(".bar-notice-text")).to_be_empty()


async def test_an_english_visitor_meets_an_english_resident(visit: Visit) -> None:
    """The first phone is that of somebody whose Telegram is English; set to Chinese, the bot
    follows with the next message."""
    page = await visit(lang="en")
    one = page.get_by_role("region", name=re.compile("^Anna "))
    await expect(one.locator(".log")).to_contain_text("For example")
    await one.get_by_role("button", name="Start").click()
    await one.locator("textarea").fill("/help")
    await one.locator("textarea").press("Enter")
    await expect(one.locator("article.in").last).to_contain_text("How to use it")
    await one.get_by_role("button", name="Telegram language").click()
    await one.get_by_role("button", name="繁體中文").click()
    await expect(one.locator(".speaks")).to_have_text("繁")
    await one.locator("textarea").fill("/help")
    await one.locator("textarea").press("Enter")
    await expect(one.locator("article.in").last).to_contain_text("反映問題")
    await one.locator(".speaks").click()
    await one.get_by_role("button", name="English").click()
    await expect(one.locator(".speaks")).to_have_text("EN")


async def test_the_language_changes_everywhere_and_is_remembered(visit: Visit) -> None:
    """One press turns the whole page English, also after a reload."""
    page = await visit()
    await inside(page)
    await page.locator(".look-lang").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page).to_have_title("Huying · demo")
    await expect(page.locator("[data-to=hour]")).to_contain_text("+1 hour")
    await expect(page.locator("#inside h2")).to_have_text("A look inside")
    await expect(page.locator(".scene-card-title").first).to_contain_text("An ordinary report")
    await page.reload()
    await expect(page.locator("[data-to=hour]")).to_contain_text("+1 hour")


async def test_the_theme_follows_the_system_until_chosen(visit: Visit) -> None:
    """Dark by the system; a press goes round, and the choice outlives a reload."""
    page = await visit(scheme="dark")
    paper = "getComputedStyle(document.querySelector('.bar')).backgroundColor"
    await expect(page.locator(".bar-time")).to_contain_text(":")
    dark = await page.evaluate(paper)
    assert sum(map(int, re.findall(r"\d+", dark)[:3])) < 200
    await page.locator(".look-theme").click()
    light = await page.evaluate(paper)
    assert sum(map(int, re.findall(r"\d+", light)[:3])) > 600
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_the_introduction_goes_away_for_good(visit: Visit) -> None:
    """Three sentences for who comes first; sent away, they stay away."""
    page = await visit()
    words = page.locator(".intro")
    await expect(words.locator("li")).to_have_count(3)
    await page.get_by_role("button", name="收起介绍").click()
    await expect(words).to_have_count(0)
    await page.reload()
    await expect(page.locator(".scene-card").first).to_be_visible()
    await expect(words).to_have_count(0)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_nothing_is_larger_than_the_screen(visit: Visit, demo: Demo, lang: str) -> None:
    """The page scrolls neither sideways nor, but on a phone, downwards, and no control is cut
    off, with and without the panel."""
    await report(demo, "翠竹路菜市场后门垃圾堆成山了，好几天没人收")
    page = await visit(lang=lang)
    await expect(page.locator(".scene-card").first).to_be_visible()
    for opened in (False, True):
        if opened:
            await inside(page)
            await expect(page.locator("[data-part=events]")).to_be_visible()
        for width, height in SIZES.values():
            await page.set_viewport_size({"width": width, "height": height})
            await asyncio.sleep(0.05)
            assert await page.evaluate(OVERFLOWS) <= 0
            assert await page.evaluate(LONGER) <= 0
            assert await page.evaluate(CLIPPED) == []


@pytest.mark.parametrize(
    ("size", "lang"),
    [
        ("laptop", "zh"),
        pytest.param("tablet", "en", marks=pytest.mark.slow),
        ("phone", "en"),
    ],
)
async def test_the_checker_finds_nothing(visit: Visit, demo: Demo, size: str, lang: str) -> None:
    """axe finds no violation, light and dark: at first sight, with everything opened, and while
    a scene plays."""
    width, height = SIZES[size]
    await report(demo, "翠竹路菜市场后门垃圾堆成山了，好几天没人收")
    page = await visit(width=width, height=height, lang=lang)
    await expect(page.locator(".scene-card").first).to_be_visible()
    await _accessible(page)
    await inside(page)
    await expect(page.locator(".inside-number")).to_be_visible()
    for part in ("outbox", "timers", "why-0-respond"):
        await page.locator(f"[data-part={part}] > summary").click()
    await _accessible(page, "#inside")
    await page.keyboard.press("Escape")
    await page.locator(".bar-bot > summary").click()
    await _accessible(page, "#bar")
    await page.keyboard.press("Escape")
    await page.locator("[data-pace=step]").click()
    await page.locator("[data-scene=ordinary]").click()
    await expect(page.locator(".caption-step")).to_contain_text("1", timeout=TRAVELS)
    await _accessible(page, "#scenes")
    await page.locator(".caption-acts button:visible").last.click()
    await expect(page.locator(".caption")).to_have_attribute("data-state", "stopped")
    await _accessible(page, "#scenes")


async def _accessible(page: Page, part: str = "body") -> None:
    """Of the rules those about colours are asked again in the dark."""
    await asyncio.sleep(0.05)
    found = [await Axe().run(page, context=part)]
    await page.emulate_media(color_scheme="dark")
    found.append(await Axe().run(page, context=part, options=CONTRAST))
    await page.emulate_media(color_scheme="light")
    for one in found:
        assert one.violations_count == 0, one.generate_report()
