"""What ``huying doctor`` finds outside the data: in the settings, and at Telegram."""

from __future__ import annotations

from collections.abc import Iterator

from telegram.error import InvalidToken, TelegramError

from bot.bootstrap import make_api
from bot.services.doctor import Finding, finding
from bot.settings import Settings


def settings_faults(settings: Settings) -> Iterator[Finding]:
    """Settings without which nobody can be served."""
    if not settings.token:
        yield finding("token", "HUYING_TOKEN is not set", "ask BotFather, and put it into .env")
    if not settings.operator:
        then = "put the name of your community or office into .env: residents read it"
        yield finding("operator", "HUYING_OPERATOR is not set", then)


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
