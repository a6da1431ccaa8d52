"""What a person does at the page's phones, and what the sandbox knows of it."""

from __future__ import annotations

import itertools
import re
from typing import Any

import httpx
from playwright.async_api import Locator, Page, expect

from bot.sandbox.troupe import TOKEN
from tests.browser.stage import Demo

Json = dict[str, Any]
_names = (f"新居民{number}" for number in itertools.count(1))

PICTURE = """async ([width, height, kind, blocks]) => {
  const canvas = new OffscreenCanvas(width, height);
  const paper = canvas.getContext("2d");
  const sky = paper.createLinearGradient(0, 0, width, height);
  sky.addColorStop(0, "#9fc3e0");
  sky.addColorStop(1, "#7c6b57");
  paper.fillStyle = sky;
  paper.fillRect(0, 0, width, height);
  for (let i = 0; i < blocks; i += 1) {
    paper.fillStyle = `hsl(${(i * 47) % 360} 60% ${30 + (i % 50)}%)`;
    paper.fillRect((i * 7919) % width, (i * 6101) % height, 40, 25);
  }
  const blob = await canvas.convertToBlob({ type: kind, quality: 1 });
  return new File([blob], "photo." + kind.split("/")[1], { type: kind });
}"""
"""A drawing as a File: [width, height, mime type, how many coloured blocks]."""


class Sandbox:
    """The control door and the bot's own door, from outside the page."""

    def __init__(self, demo: Demo) -> None:
        self.url = demo.url
        self.http = httpx.AsyncClient(base_url=demo.url, trust_env=False, timeout=30)

    async def get(self, path: str) -> Any:
        """``GET /control/<path>``."""
        answer = await self.http.get(f"/control/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        """``POST /control/<path>``."""
        answer = await self.http.post(f"/control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def bot(self, method: str, **params: Any) -> Any:
        """The bot itself calls a method."""
        answer = await self.http.post(f"/bot{TOKEN}/{method}", json=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    async def messages(self, chat: int) -> list[Json]:
        """A chat's messages that are not deleted."""
        found = await self.get(f"chat/{chat}/messages")
        return [message for message in found if not message["deleted"]]

    async def said(self, chat: int) -> list[Json]:
        """What people said there."""
        return [message for message in await self.messages(chat) if not message["from_bot"]]

    async def user(self, name: str) -> int:
        """The id of somebody of the town."""
        town = await self.get("town")
        return next(user["id"] for user in town["users"] if user["first_name"] == name)

    async def chat(self, title: str) -> int:
        """The id of a group."""
        town = await self.get("town")
        return next(chat["id"] for chat in town["chats"] if chat.get("title") == title)


def phone(page: Page, name: str) -> Locator:
    """Somebody's phone."""
    return page.get_by_role("region", name=re.compile(f"^{name} "))


def field(one: Locator) -> Locator:
    """Where one writes on a phone."""
    return one.get_by_role("textbox", name="消息")


def bubble(one: Locator, text: str) -> Locator:
    """The last message that holds these words."""
    return one.locator("article", has_text=text).last


async def write(one: Locator, text: str) -> None:
    """Type and press Enter."""
    await field(one).fill(text)
    await field(one).press("Enter")


async def newcomer(page: Page) -> Locator:
    """The phone of a new resident who has pressed Start."""
    name = next(_names)
    await page.get_by_role("button", name="打开另一部手机").last.click()
    await page.get_by_label("名字").fill(name)
    await page.get_by_role("button", name="打开这部手机").click()
    one = phone(page, name)
    await one.get_by_role("button", name="开始").click()
    await expect(one.locator("article.in")).not_to_have_count(0)
    return one


async def person_of(sandbox: Sandbox, one: Locator) -> int:
    """Whose phone it is."""
    name = await one.locator("h3").inner_text()
    return await sandbox.user(name)


async def choose(one: Locator, *files: Any) -> None:
    """Choose files, as by the file picker; each is a JSHandle of a File."""
    page = one.page
    picker = await one.locator("input[type=file]").element_handle()
    await page.evaluate(
        """([picker, ...files]) => {
          const all = new DataTransfer();
          for (const file of files) all.items.add(file);
          picker.files = all.files;
          picker.dispatchEvent(new Event("change"));
        }""",
        [picker, *files],
    )


async def picture(
    page: Page, width: int = 1600, height: int = 1200, kind: str = "image/jpeg", blocks: int = 40
) -> Any:
    """A drawing as a handle of a File."""
    return await page.evaluate_handle(PICTURE, [width, height, kind, blocks])


def number_in(text: str) -> str:
    """The case number in a text."""
    found = re.search(r"\d{12}", text)
    assert found, text
    return found[0]
