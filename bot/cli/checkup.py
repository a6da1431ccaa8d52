"""What ``huying doctor`` finds outside the data: in the settings, and at Telegram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telegram.error import InvalidToken, TelegramError

from bot.adapters import lexicon_file
from bot.bootstrap import known_items, make_api
from bot.domain.items import Item
from bot.services.doctor import Finding, finding
from bot.settings import Settings

MOST = 10
"""Rows named at most: a file with more is another kind of file."""


def settings_faults(settings: Settings) -> Iterator[Finding]:
    """Settings without which nobody can be served."""
    if not settings.token:
        yield finding("token", "HUYING_TOKEN is not set", "ask BotFather, and put it into .env")
    if not settings.operator:
        then = "put the name of your community or office into .env: residents read it"
        yield finding("operator", "HUYING_OPERATOR is not set", then)


def lexicon_faults(settings: Settings, items: Mapping[str, Item]) -> Iterator[Finding]:
    """Rows for which the operator's lexicon is refused; ``items`` are those in force."""
    bad = lexicon_file.fault(settings.data_dir, known_items(items))
    for fault in bad.faults[:MOST] if bad else ():
        then = "mend the row, and huying lexicon use FILE; the last good one is in force"
        yield finding("lexicon", fault, then)


async def telegram_faults(settings: Settings) -> list[Finding]:
    """What Telegram says to the token: wrong, out of reach, privacy mode off."""
    api = make_api(settings)
    try:
        await api.initialize()
        me = await api.call("getMe", {})
    except InvalidToken:
        then = "copy the token from BotFather again into HUYING_TOKEN"
        return [finding("token", "Telegram refuses it", then)]
    except TelegramError as error:
        then = "check the network, HUYING_PROXY and HUYING_API_URL"
        return [finding("telegram", f"no answer: {type(error).__name__}", then)]
    finally:
        await api.shutdown()
    if me.get("can_read_all_group_messages"):
        then = "BotFather: /setprivacy, Enable; the bot needs no other messages of a group"
        return [finding("privacy mode", "off: the bot is sent everything said in groups", then)]
    return []
