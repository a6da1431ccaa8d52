"""The phones of the page in a real browser, against the real bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.hands import (
    Sandbox,
    bubble,
    choose,
    field,
    newcomer,
    number_in,
    person_of,
    phone,
    picture,
    write,
)
from tests.browser.stage import Demo

pytestmark = pytest.mark.asyncio(loop_scope="session")

REPORT = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"
GROUP = "翠竹3格"


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(demo: Demo) -> AsyncIterator[Sandbox]:
    """The doors of the demo's sandbox."""
    one = Sandbox(demo)
    async with one.http:
        yield one


async def submitted(one: Locator, text: str = REPORT) -> str:
    """An ordinary report from a phone; its number."""
    await write(one, text)
    await one.get_by_role("button", name="提交").last.click()
    done = bubble(one, "已受理")
    await expect(done).to_be_visible()
    return number_in(await done.inner_text())


async def test_a_report_with_a_photo_and_a_location(visit: Visit, sandbox: Sandbox) -> None:
    """A resident sends a photo with words, the place by the plan, and the unit has the card."""
    page = await visit()
    one = await newcomer(page)
    await choose(one, await picture(page))
    await write(one, "垃圾堆成山了，好几天没人收")
    await expect(one.locator("article.out img")).to_be_visible()
    await expect(bubble(one, "在哪")).to_be_visible()
    await one.get_by_role("button", name="附件").click()
    await one.get_by_role("button", name="位置").click()
    await one.get_by_label("地名").select_option(label="翠竹路菜市场后门")
    await expect(one.get_by_role("status").filter(has_text="翠竹社区第 3 网格")).to_be_visible()
    await one.get_by_role("button", name="发送这个位置").click()
    await expect(one.locator("article.out .location .plan")).to_be_visible()
    await one.get_by_role("button", name="提交").last.click()
    done = bubble(one, "已受理")
    await expect(done).to_be_visible()
    card = bubble(phone(page, "小廖"), number_in(await done.inner_text()))
    await expect(card.get_by_role("button", name="签收")).to_be_visible()
    sent = await sandbox.said(await person_of(sandbox, one))
    assert [kind for m in sent for kind in ("photo", "location") if kind in m] == [
        "photo",
        "location",
    ]


async def test_several_photos_are_one_album(visit: Visit, sandbox: Sandbox) -> None:
    """Photos that are chosen together arrive together, with one caption, as one bubble."""
    page = await visit()
    one = await newcomer(page)
    await choose(one, *[await picture(page, 400 + n, 300) for n in range(3)])
    await write(one, REPORT)
    await expect(one.locator("article.out .photos img")).to_have_count(3)
    await expect(one.get_by_role("button", name="提交")).to_be_visible()
    sent = [m for m in await sandbox.said(await person_of(sandbox, one)) if "photo" in m]
    assert len(sent) == 3
    assert len({m["media_group_id"] for m in sent}) == 1
    assert [m.get("caption") for m in sent] == [REPORT, None, None]


async def test_a_card_is_accepted_answered_with_a_photo_and_closed(visit: Visit) -> None:
    """The worker accepts with one tap, replies to the card with a photo, closes with one tap."""
    page = await visit()
    resident = await newcomer(page)
    number = await submitted(resident)
    worker = phone(page, "小廖")
    card = bubble(worker, number)
    await card.get_by_role("button", name="签收").click()
    await expect(card.get_by_text("处理中")).to_be_visible()
    await card.get_by_role("button", name="回复").click()
    await choose(worker, await picture(page))
    await write(worker, "垃圾已清运，明早加派一车")
    kept = bubble(worker, "已记到")
    await expect(bubble(worker, "垃圾已清运").locator(".quote")).to_contain_text(number)
    await kept.get_by_role("button", name="办结").click()
    await expect(bubble(resident, "解决了吗")).to_be_visible()
    await expect(resident.locator("article.in img")).to_be_visible()
    await expect(card.get_by_text("已编辑")).to_be_visible()


async def test_a_double_click_is_one_tap(visit: Visit, sandbox: Sandbox) -> None:
    """While a button waits for its answer it takes no other tap, and shows that it waits."""
    page = await visit()
    one = await newcomer(page)
    await write(one, REPORT)
    button = one.get_by_role("button", name="提交").last
    await expect(button).to_be_visible()
    taps: list[str] = []
    page.on("request", lambda r: taps.append(r.url) if r.url.endswith("/tap") else None)
    await button.dblclick()
    await expect(bubble(one, "已受理")).to_be_visible()
    assert len(taps) == 1
    said = [m.get("text", "") for m in await sandbox.messages(await person_of(sandbox, one))]
    assert sum("已受理" in text for text in said) == 1


async def test_a_long_text_becomes_two_messages(visit: Visit, sandbox: Sandbox) -> None:
    """5,000 characters are parted as Telegram's apps part them, and nothing is lost."""
    page = await visit()
    one = await newcomer(page)
    text = "翠竹路菜市场后门垃圾没人收。" * 357 + "完了"
    await write(one, text)
    await expect(one.locator("article.out", has_text="垃圾")).to_have_count(2)
    await expect(one.locator("[data-tick=waiting]")).to_have_count(0)
    sent = [m["text"] for m in (await sandbox.said(await person_of(sandbox, one)))[1:]]
    assert "".join(sent) == text
    assert max(map(len, sent)) <= 4096


async def test_a_huge_photo_is_shrunk(visit: Visit, sandbox: Sandbox) -> None:
    """A photo of many megabytes goes as a JPEG of at most 1280 pixels, its shape kept."""
    page = await visit()
    one = await newcomer(page)
    huge = await picture(page, 6000, 4500, "image/png", blocks=60_000)
    assert await huge.evaluate("file => file.size") > 3_000_000
    await choose(one, huge)
    await expect(one.locator(".staged-size", has_text="KB")).to_be_visible()
    await write(one, "看看")
    await expect(one.locator("article.out img")).to_be_visible()
    await expect(one.locator("article.out [data-tick=waiting]")).to_have_count(0)
    sent = (await sandbox.said(await person_of(sandbox, one)))[-1]["photo"][-1]
    assert (sent["width"], sent["height"]) == (1280, 960)
    data = (await sandbox.http.get(f"/control/file/{sent['file_id']}")).content
    assert data.startswith(b"\xff\xd8")
    assert len(data) == sent["file_size"] < 1_500_000


async def test_files_that_cannot_go_are_refused_with_a_sentence(visit: Visit) -> None:
    """Over 50 MB or empty: the person reads why, and what was written stays."""
    page = await visit()
    one = await newcomer(page)
    await field(one).fill("见附件")
    big = "() => new File([new Uint8Array(51 * 1024 * 1024)], '录像.bin')"
    empty = await page.evaluate_handle("() => new File([], '空.txt')")
    await choose(one, await page.evaluate_handle(big), empty)
    await expect(one.get_by_text("录像.bin 超过 50 MB")).to_be_visible()
    await expect(one.get_by_text("空.txt 是空文件")).to_be_visible()
    await expect(field(one)).to_have_value("见附件")


async def test_files_can_be_dropped_onto_a_phone(visit: Visit, sandbox: Sandbox) -> None:
    """A picture dropped there is a photo, anything else a document, each with its name."""
    page = await visit()
    one = await newcomer(page)
    dropped = await page.evaluate_handle(
        """photo => {
          const all = new DataTransfer();
          all.items.add(photo);
          all.items.add(new File(["一二三"], "说明.txt", { type: "text/plain" }));
          return all;
        }""",
        await picture(page),
    )
    await one.dispatch_event("dragover", {"dataTransfer": dropped})
    await expect(one).to_have_attribute("data-drop", "松手即可附上")
    await one.dispatch_event("drop", {"dataTransfer": dropped})
    await expect(one.locator(".staged li")).to_have_count(2)
    await field(one).press("Enter")
    await expect(one.locator("article.out .file", has_text="说明.txt")).to_be_visible()
    await expect(one.locator("article.out [data-tick=waiting]")).to_have_count(0)
    sent = (await sandbox.said(await person_of(sandbox, one)))[1:]
    assert [next(k for k in ("photo", "document") if k in m) for m in sent] == [
        "photo",
        "document",
    ]


async def test_a_deep_link_opens_the_private_chat_and_starts(
    visit: Visit, sandbox: Sandbox
) -> None:
    """The bot's own link in a group leads to the private chat, where Start is pressed."""
    page = await visit()
    worker = phone(page, "小廖")
    name = (await sandbox.get("town"))["bot"]["username"]
    keys = {"inline_keyboard": [[{"text": "去私聊", "url": f"https://t.me/{name}?start=abc"}]]}
    chat = await sandbox.chat(GROUP)
    await sandbox.bot("sendMessage", chat_id=chat, text="请到私聊", reply_markup=keys)
    await worker.get_by_role("button", name="去私聊").last.click()
    await expect(worker.locator(".screen-title")).to_contain_text("机器人")
    await expect(worker.locator("article.out").last).to_contain_text("/start")
    sent = (await sandbox.said(await sandbox.user("小廖")))[-1]
    assert sent["text"] == "/start abc"


async def test_what_is_written_without_a_connection_goes_later(
    visit: Visit, sandbox: Sandbox
) -> None:
    """It waits with a clock, the phones say that they connect, and it is sent once, in order."""
    page = await visit()
    one = await newcomer(page)
    await page.context.set_offline(True)
    await expect(one.get_by_text("正在连接…")).to_be_visible()
    await write(one, "第一句")
    await write(one, "第二句")
    await expect(one.locator("[data-tick=waiting]")).to_have_count(2)
    await page.context.set_offline(False)
    await expect(one.get_by_text("正在连接…")).to_be_hidden()
    await expect(one.locator("[data-tick=waiting]")).to_have_count(0)
    await expect(bubble(one, "第二句").locator("[data-tick=seen]")).to_be_visible()
    sent = (await sandbox.said(await person_of(sandbox, one)))[1:]
    assert [m["text"] for m in sent] == ["第一句", "第二句"]


async def test_an_answer_that_is_lost_doubles_nothing(visit: Visit, sandbox: Sandbox) -> None:
    """The message was stored, the page did not hear of it, asked again, and it is there once."""
    page = await visit()
    one = await newcomer(page)
    tries = 0
    again = asyncio.Event()

    async def lose(route: Route) -> None:
        nonlocal tries
        tries += 1
        answer = await route.fetch()
        if tries == 1:
            await route.abort("connectionreset")
        else:
            await route.fulfill(response=answer)
            again.set()

    await page.route("**/control/say", lose)
    await write(one, "只有一句")
    await expect(bubble(one, "只有一句").locator("[data-tick=seen]")).to_be_visible()
    await expect(one.locator("article.out", has_text="只有一句")).to_have_count(1)
    await asyncio.wait_for(again.wait(), 20)
    await expect(one.locator("article.out", has_text="只有一句")).to_have_count(1)
    sent = await sandbox.said(await person_of(sandbox, one))
    assert sum(m["text"] == "只有一句" for m in sent) == 1


async def test_two_tabs_agree(visit: Visit) -> None:
    """What is said in one tab is there in the other, with its buttons, its edits and ticks."""
    page = await visit()
    one = await newcomer(page)
    other_page = await page.context.new_page()
    await other_page.goto(page.url)
    name = await one.locator("h3").inner_text()
    other = phone(other_page, name)
    await write(one, REPORT)
    await expect(bubble(other, "好几天没人收")).to_be_visible()
    await other.get_by_role("button", name="提交").last.click()
    for side in (one, other):
        await expect(bubble(side, "已受理")).to_be_visible()
        await expect(side.get_by_role("button", name="提交")).to_have_count(0)


async def test_the_bot_is_killed_and_comes_back(visit: Visit, sandbox: Sandbox) -> None:
    """One tick while nobody takes the message, two once the bot is there again and answers; a
    tapped button waits until then."""
    page = await visit()
    one = await newcomer(page)
    await sandbox.post("bot", do="kill")
    await write(one, REPORT)
    mine = bubble(one, "好几天没人收")
    await expect(mine.locator("[data-tick=sent]")).to_be_visible()
    keys = {"inline_keyboard": [[{"text": "请点", "callback_data": "later"}]]}
    chat = await person_of(sandbox, one)
    await sandbox.bot("sendMessage", chat_id=chat, text="按钮", reply_markup=keys)
    await one.get_by_role("button", name="请点").click()
    await expect(one.locator(".key[aria-busy=true]")).to_be_visible()
    tap = (await sandbox.bot("getUpdates"))[-1]["callback_query"]["id"]
    await sandbox.bot(
        "answerCallbackQuery", callback_query_id=tap, text="要紧的话", show_alert=True
    )
    await expect(one.get_by_role("alertdialog")).to_contain_text("要紧的话")
    await one.get_by_role("button", name="好").click()
    await expect(one.locator(".key[aria-busy=true]")).to_have_count(0)
    await sandbox.post("bot", do="start")
    await expect(mine.locator("[data-tick=seen]")).to_be_visible(timeout=60_000)
    await expect(one.get_by_role("button", name="提交")).to_be_visible()


async def test_a_whole_report_without_a_mouse(visit: Visit) -> None:
    """Tab, arrows and Enter alone: from the top of the page to the number of the case."""
    page = await visit()
    one = await newcomer(page)
    name = await one.locator("h3").inner_text()
    await page.reload()
    await expect(phone(page, name).locator("article").first).to_be_visible()
    await tab_to(page, f"region:{name}", "textbox")
    await page.keyboard.type(REPORT)
    await page.keyboard.press("Enter")
    one = phone(page, name)
    await expect(one.get_by_role("button", name="提交")).to_be_visible()
    await page.keyboard.press("ArrowUp")
    await expect(one.locator("article").last).to_be_focused()
    for _ in range(3):
        await page.keyboard.press("Tab")
        if "提交" in await page.evaluate("document.activeElement.textContent"):
            break
    await page.keyboard.press("Enter")
    await expect(bubble(one, "已受理")).to_be_visible()


async def tab_to(page: Page, region: str, kind: str) -> None:
    """Press Tab until the text field of that person's phone has the focus."""
    name = region.partition(":")[2]
    script = """name => {
      const node = document.activeElement;
      const phone = node.closest("section.phone");
      return node.matches("textarea") && phone?.getAttribute("aria-label").startsWith(name);
    }"""
    for _ in range(120):
        await page.keyboard.press("Tab")
        if await page.evaluate(script, name):
            return
    raise AssertionError(f"no {kind} of {name} in reach of the Tab key")


async def test_formatting_is_shown_as_telegram_shows_it(visit: Visit, sandbox: Sandbox) -> None:
    """Entities count UTF-16 units, nest, and never become markup of the page."""
    page = await visit()
    one = await newcomer(page)
    text = (
        "😀 <b>粗<i>斜</i></b> <code>码</code> &lt;img src=x&gt; <tg-spoiler>遮</tg-spoiler> "
        '<a href="https://example.org/a">链接</a>\n<blockquote>引用</blockquote><pre>块</pre>'
    )
    chat = await person_of(sandbox, one)
    await sandbox.bot("sendMessage", chat_id=chat, text=text, parse_mode="HTML")
    shown = bubble(one, "😀").locator(".text")
    for tag, words in (
        ("strong", "粗斜"), ("strong em", "斜"), ("code >> nth=0", "码"), ("blockquote", "引用"),
        ("pre", "块"), ("a", "链接"),
    ):  # fmt: skip
        await expect(shown.locator(tag)).to_have_text(words)
    await expect(shown).to_contain_text("<img src=x>")
    await expect(shown.locator("img")).to_have_count(0)
    await shown.locator(".spoiler").click()
    await expect(shown.locator(".spoiler.revealed")).to_have_text("遮")
    await shown.locator("a").click()
    await expect(one.get_by_role("alertdialog").or_(one.get_by_role("dialog"))).to_contain_text(
        "example.org"
    )


async def test_keyboards_alerts_and_marks(visit: Visit, sandbox: Sandbox) -> None:
    """Reply keyboards send their words; marks for silence and protection are named."""
    page = await visit()
    one = await newcomer(page)
    chat = await person_of(sandbox, one)
    keys = {"keyboard": [["甲", "乙"]], "one_time_keyboard": True}
    await sandbox.bot(
        "sendMessage", chat_id=chat, text="请选", reply_markup=keys, disable_notification=True,
        protect_content=True,
    )  # fmt: skip
    asked = bubble(one, "请选")
    await expect(asked.get_by_role("img", name="无声发送")).to_be_visible()
    await expect(asked.get_by_role("img", name="不能转发和保存")).to_be_visible()
    await one.get_by_role("button", name="乙").click()
    await expect(bubble(one, "乙")).to_be_visible()
    await expect(one.locator(".reply-keys")).to_have_count(0)
    await sandbox.post("block", user=chat)
    await one.get_by_role("button", name="重新启用机器人").click()
    await expect(field(one)).to_be_visible()


async def test_unread_marks(visit: Visit, sandbox: Sandbox) -> None:
    """What arrives in a chat that is not open counts on the list until it is opened."""
    page = await visit()
    worker = phone(page, "小廖")
    await worker.get_by_title("返回").click()
    chat = await sandbox.chat(GROUP)
    await sandbox.bot("sendMessage", chat_id=chat, text="有新情况")
    row = worker.get_by_role("button", name=GROUP)
    await expect(row).to_contain_text("有新情况")
    await expect(row.locator(".badge")).to_contain_text("1")
    await row.click()
    await expect(bubble(worker, "有新情况")).to_be_visible()
    await worker.get_by_title("返回").click()
    await expect(row.locator(".badge")).to_have_count(0)


async def test_a_forum_opens_to_its_topics(visit: Visit, sandbox: Sandbox) -> None:
    """A forum shows its topics; what is written in one goes there and nowhere else."""
    page = await visit()
    await page.get_by_role("button", name="打开另一部手机").last.click()
    await page.get_by_role("button", name="林队").click()
    one = phone(page, "林队")
    await one.get_by_title("返回").click()
    await one.get_by_role("button", name="翠竹社区工作群").click()
    await one.get_by_role("button", name="联勤队").click()
    await write(one, "到岗了")
    await expect(bubble(one, "到岗了")).to_be_visible()
    await one.get_by_title("返回").click()
    await one.get_by_role("button", name="第2网格").click()
    await expect(one.locator("article", has_text="到岗了")).to_have_count(0)
    sent = (await sandbox.said(await sandbox.chat("翠竹社区工作群")))[-1]
    assert sent["is_topic_message"]


async def test_a_voice_message_without_a_microphone(visit: Visit, sandbox: Sandbox) -> None:
    """Where there is no microphone the page says so and offers a sample that can be played."""
    page = await visit()
    one = await newcomer(page)
    await one.get_by_role("button", name="录语音").click()
    await expect(one.get_by_role("alertdialog")).to_contain_text("用不了麦克风")
    await one.get_by_role("button", name="发送语音样例").click()
    voice = one.locator("article.out .voice")
    await expect(voice).to_contain_text("0:02")
    await voice.get_by_role("button", name="播放").click()
    await expect(voice.get_by_role("button", name="暂停")).to_be_visible()
    sent: dict[str, Any] = (await sandbox.said(await person_of(sandbox, one)))[-1]["voice"]
    assert sent["duration"] == 2


async def test_commands_by_keyboard_and_changes_of_mind(visit: Visit) -> None:
    """A command is chosen with the arrow keys; one's own message can be changed and deleted."""
    page = await visit()
    one = await newcomer(page)
    await field(one).press_sequentially("/pr")
    await expect(one.get_by_role("option", selected=True)).to_contain_text("/privacy")
    await field(one).press("Enter")
    await expect(one.locator("article.out").last).to_contain_text("/privacy")
    await write(one, "第一稿")
    # The mark that the bot has read it draws the bubble anew.
    await expect(bubble(one, "第一稿").locator("[data-tick=seen]")).to_be_visible()
    await bubble(one, "第一稿").click(button="right")
    await one.get_by_role("button", name="修改").click()
    await write(one, "第二稿")
    mine = bubble(one, "第二稿")
    await expect(mine).to_contain_text("已编辑")
    await mine.focus()
    await page.keyboard.press("Enter")
    await one.get_by_role("button", name="删除").click()
    await expect(mine).to_have_count(0)
