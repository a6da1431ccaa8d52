"""Languages at run time: Telegram's is the first guess, a choice wins, a unit has its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.units import Directory, Role
from bot.i18n import available, texts
from bot.services import commands, membership
from bot.views.message import bare
from tests.town import Rehearsal, labels

ANN, XIAO, WANG, LIAO = 501, 502, 601, 602
GRID = "QS-CZ-3"
RUBBISH = "翠竹路菜市场后门垃圾堆成山了，好几天没人收"


async def someone(town: Rehearsal, user: int, code: str, name: str = "Ann") -> int:
    """A person whose Telegram speaks this language, in a private chat with the bot."""
    await town.town.user(name, id=user, language_code=code)
    return user


async def unit_speaks(town: Rehearsal, unit: str, language: str) -> None:
    """The directory says that a unit's channels read this language."""
    async with town.core.work(f"test:{unit}:{language}") as work:
        known = work.world.directory
        units = dict(known.units) | {unit: replace(known.units[unit], language=language)}
        await work.uow.rules.put_directory(Directory(units, known.places, known.polygons))


async def menu_of(town: Rehearsal, chat: int) -> list[Any]:
    """The commands menu of a private chat's own."""
    scope = {"type": "chat", "chat_id": chat}
    return list(await town.bot.api.call("getMyCommands", {"scope": scope}) or [])


async def test_telegrams_language_is_the_first_guess(town: Rehearsal) -> None:
    """Somebody whose Telegram is English reads English from the first word to the last."""
    await someone(town, ANN, "en-GB")
    en = texts("en")
    asked = await town.say(ANN, RUBBISH)
    assert en.label("button-submit") in labels(asked)
    assert "Rubbish piled up" in asked["text"]
    await town.tap(ANN, asked, en.label("button-submit"))
    answer = await town.last(ANN)
    assert en("accepted-ways") in answer["text"]
    await town.say(ANN, "/my")
    assert "Rubbish piled up" in (await town.last(ANN))["text"]
    await town.sound()


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("zh-hk", "zh_Hant"),
        ("zh-TW", "zh_Hant"),
        ("zh-mo", "zh_Hant"),
        ("zh-hant", "zh_Hant"),
        ("zh-hans", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("en", "en"),
        ("tlh", "zh_Hans"),
        ("", "zh_Hans"),
    ],
)
async def test_every_code_reads_something_sensible(
    town: Rehearsal, code: str, locale: str
) -> None:
    """Traditional for its regions; what we do not have reads the deployment's language."""
    await someone(town, ANN, code)
    said = await town.say(ANN, "/my")
    assert texts(locale)("my-none") in said["text"]


async def test_the_guess_follows_telegram_and_the_choice_wins(town: Rehearsal) -> None:
    """A changed Telegram changes the language, until /language has been used; then it stays."""
    await someone(town, ANN, "en")
    await town.say(ANN, "/my")
    await town.town.user("Ann", id=ANN, language_code="zh-hk")
    assert texts("zh_Hant")("my-none") in (await town.say(ANN, "/my"))["text"]
    menu = await town.say(ANN, "/language")
    await town.tap(ANN, menu, "English")
    await town.town.user("Ann", id=ANN, language_code="zh-hans")
    assert texts("en")("my-none") in (await town.say(ANN, "/my"))["text"]
    menu = await town.say(ANN, "/language")
    assert any("English" in label and "✓" in label for label in labels(menu))
    await town.tap(ANN, menu, texts("en").label("button-language-auto"))
    assert texts("zh_Hans")("my-none") in (await town.say(ANN, "/my"))["text"]
    await town.sound()


async def test_the_menu_names_each_language_in_itself_and_takes_digits(town: Rehearsal) -> None:
    """Who cannot read the present language finds their own; a digit is enough."""
    await someone(town, ANN, "en")
    menu = await town.say(ANN, "/language")
    shown = " ".join(labels(menu))
    assert all(texts(code).label("language-name") in shown for code in available())
    await town.say(ANN, str(1 + available().index("zh_Hant")))
    assert texts("zh_Hant")("my-none") in (await town.say(ANN, "/my"))["text"]


async def test_the_language_changes_in_the_middle_of_a_dialog(town: Rehearsal) -> None:
    """The report goes on where it was, in the new language, also after a restart."""
    await someone(town, ANN, "en")
    await town.say(ANN, RUBBISH)
    await town.say(ANN, "/language")
    await town.restart()
    await town.say(ANN, str(1 + available().index("zh_Hant")))
    again = await town.last(ANN)
    hant = texts("zh_Hant")
    assert "垃圾堆積" in again["text"]
    assert hant.label("button-submit") in labels(again)
    await town.restart()
    await town.tap(ANN, again, hant.label("button-submit"))
    answer = (await town.last(ANN))["text"]
    assert hant("accepted-ways") in answer
    (number,) = re.findall(r"\d{12}", answer)
    assert (await town.case(number)).case.item == "CG01"
    await town.sound()


async def test_after_the_menu_a_dialog_takes_its_digits_again(town: Rehearsal) -> None:
    """Only the next digit is the menu's; words belong to the dialog at once."""
    await someone(town, ANN, "zh-hans")
    await town.say(ANN, RUBBISH)
    await town.say(ANN, "/language")
    await town.say(ANN, "就在后门右边")
    preview = await town.last(ANN)
    assert texts("zh_Hans").label("button-submit") in labels(preview)
    await town.say(ANN, "1")
    assert (await town.case(await town.number(ANN))).case.item == "CG01"


async def test_a_button_of_the_dialog_works_under_the_menu(town: Rehearsal) -> None:
    """The menu covers nothing: the preview's button submits, and the next digit is no language."""
    await someone(town, ANN, "zh-hans")
    preview = await town.say(ANN, RUBBISH)
    await town.say(ANN, "/language")
    await town.tap(ANN, preview, "匿名")
    anonymous = await town.last(ANN)
    assert texts("zh_Hans").label("button-known") in labels(anonymous)
    await town.say(ANN, "1")
    assert (await town.case(await town.number(ANN))).case.anonymous


@pytest.mark.parametrize("by_digit", [True, False])
async def test_a_menu_that_was_there_takes_its_digits_again(
    town: Rehearsal, by_digit: bool
) -> None:
    """/language between a question and its answer: the next digit is the answer, no language."""
    await someone(town, ANN, "zh-hans")
    number = await town.report(ANN, RUBBISH)
    await town.say(ANN, "/my")
    menu = await town.say(ANN, "/language")
    if by_digit:
        await town.say(ANN, str(1 + available().index("en")))
    else:
        await town.tap(ANN, menu, "English")
    shown = (await town.say(ANN, "1"))["text"]
    assert number in shown
    assert texts("en").label("status-dispatched") in shown


async def test_a_question_of_one_thing_is_asked_again_too(town: Rehearsal) -> None:
    """/human waits for its words while the language changes."""
    await someone(town, ANN, "zh-hans")
    await town.say(ANN, "/human")
    await town.tap(ANN, await town.say(ANN, "/language"), "English")
    assert (await town.last(ANN))["text"] == texts("en").label("say-human-text")


async def test_a_word_typed_for_a_button_is_understood_in_every_language(
    town: Rehearsal,
) -> None:
    """Whoever types what stands on the button, without its sign, has pressed it."""
    await someone(town, ANN, "en")
    await town.say(ANN, RUBBISH)
    await town.say(ANN, bare(texts("en").label("button-submit")).upper())
    assert texts("en")("accepted-ways") in (await town.last(ANN))["text"]


async def test_in_a_group_the_language_is_not_chosen(town: Rehearsal) -> None:
    """/language there sends to the private chat; nobody's language changes."""
    await someone(town, ANN, "en")
    await town.say(ANN, "/my")
    group = await town.town.group("neighbours", members=[ANN])
    said = await town.say(ANN, "/language@huying_bot", chat=group["id"])
    assert texts("zh_Hans")("only-private") in said["text"]


async def test_a_unit_reads_its_language_and_its_people_theirs(town: Rehearsal) -> None:
    """English cards in the channel, also after every edit; the worker's own chat is Chinese,
    and so are the answers to his taps."""
    await unit_speaks(town, GRID, "en")
    await town.person(WANG, "王工", (GRID, Role.GRID_WORKER))
    group = await town.channel(GRID, WANG)
    en, zh = texts("en"), texts("zh_Hans")
    assert (await town.last(group))["text"].startswith(en.label("bound", unit="").rstrip(" ."))
    await town.town.user("小李", id=XIAO)
    await town.report(XIAO, RUBBISH)
    card = await town.card(GRID)
    assert "Rubbish piled up" in card["text"]
    assert en.label("button-accept") in labels(card)
    toast = await town.tap(WANG, card, en.label("button-accept"))
    number = await town.number(XIAO)
    assert toast == zh.label("accepted-by-you", number=number)
    card = await town.card(GRID)
    assert en.label("button-resolve") in labels(card)
    assert str(en("status-handling")) in card["text"]
    panel = await town.find(WANG, number)
    assert zh.label("button-resolve") in labels(panel)
    assert "垃圾堆积" in panel["text"]
    reply = await town.say(WANG, "on it", chat=group, reply_to=card["message_id"])
    assert en("attached", number=number) in reply["text"]
    assert "on it" in (await town.find(group, "Rubbish piled up"))["text"]
    assert "on it" in (await town.find(WANG, "垃圾堆积"))["text"]
    await town.sound()


async def test_a_private_card_keeps_its_readers_language(town: Rehearsal) -> None:
    """Who is told in private reads the card, and every later state of it, in their language."""
    await town.town.user("Liao", id=LIAO, language_code="en")
    async with town.core.work("test:invite") as work:
        code = await membership.invite(work, GRID, Role.GRID_WORKER)
    await town.town.start(LIAO, code)
    await town.settle()
    await town.town.user("小李", id=XIAO)
    await town.report(XIAO, RUBBISH)
    card = await town.find(LIAO, "Rubbish piled up")
    await town.tap(LIAO, card, texts("en").label("button-accept"))
    card = await town.find(LIAO, "Rubbish piled up")
    assert str(texts("en")("status-handling")) in card["text"]
    await town.sound()


async def test_the_commands_menu_follows(town: Rehearsal) -> None:
    """Whom Telegram's two letters serve badly gets a menu of their own, while it is needed."""
    await someone(town, ANN, "zh-hans")
    await town.say(ANN, "/my")
    assert await menu_of(town, ANN) == []
    await town.tap(ANN, await town.say(ANN, "/language"), "繁體中文")
    shown = await menu_of(town, ANN)
    assert shown == commands.listed(texts("zh_Hant"))
    await town.tap(ANN, await town.say(ANN, "/language"), "Telegram")
    assert await menu_of(town, ANN) == []
    await town.sound()


async def test_staff_see_their_commands_in_their_language(town: Rehearsal) -> None:
    """After /join the chat shows /todo, for an administrator /invite, in the reader's words."""
    await town.person(WANG, "王工", (GRID, Role.GRID_WORKER))
    assert (await menu_of(town, WANG))[0]["command"] == "todo"
    await town.person(LIAO, "管理员", ("ROOT", Role.ADMIN))
    names = [c["command"] for c in await menu_of(town, LIAO)]
    assert names == ["todo", "digest", "invite", "units", *commands.EVERYBODY]
    await town.tap(LIAO, await town.say(LIAO, "/language"), "English")
    first = (await menu_of(town, LIAO))[0]
    assert first["description"] == texts("en").label("command-todo")
    await town.sound()


def test_the_public_menus_cover_every_language() -> None:
    """One for each pair of letters, simplified for zh unless the deployment is traditional."""
    assert commands.public("zh_Hans") == {"": "zh_Hans", "zh": "zh_Hans", "en": "en"}
    assert commands.public("zh_Hant")["zh"] == "zh_Hant"
    assert commands.public("en")[""] == "en"


async def test_the_words_that_decided_stand_as_they_were_written(town: Rehearsal) -> None:
    """依據 names what somebody wrote in traditional characters in just these."""
    await someone(town, ANN, "zh-hk")
    asked = await town.say(ANN, "翠竹路菜市場後門的路燈壞了，好幾天沒亮")
    why = next(line for line in asked["text"].splitlines() if "依據：" in line)
    reasons = why.split("依據：")[1]
    assert "路燈" in reasons
    assert "路灯" not in reasons
    await town.sound()
