"""Every text of every language goes through the strict Bot API once, where it is really shown."""

from __future__ import annotations

from typing import Any

import pytest

from bot.i18n import Html, available, catalogue, plain, texts
from bot.services import commands
from bot.services.post import BLANK, keyboard
from bot.views import limits
from bot.views.limits import fit
from bot.views.message import Button, rows
from tests.architecture.samples import filled
from tests.architecture.test_locales import CAPTIONS, toasts
from tests.town import Rehearsal

READER = 801


@pytest.mark.parametrize("locale", available())
async def test_every_text_is_taken_by_the_strict_bot_api(town: Rehearsal, locale: str) -> None:
    """Filled with long values full of <, >, & and quotes: as message, label, toast, caption or
    command, and both plural forms; nothing is refused, and a reader sees every sign."""
    call, t = town.bot.api.call, texts(locale)
    await town.town.user("Reader", id=READER, started=True)
    asked = await call("sendMessage", _message(Html("?"), keyboard(rows(Button("x", "m1.0.my")))))
    tap = await town.town.tap(READER, asked, "m1.0.my")
    sent = 0
    for key, forms in sorted(catalogue(locale).items()):
        for count in (1, 12) if len(forms) > 1 else (12,):
            text = filled(t, key, forms, count=count)
            if key.startswith("button-"):
                button = rows(Button(plain(text), "m1.0.my"))
                await call("sendMessage", _message(Html("?"), keyboard(button)))
            elif key in CAPTIONS:
                photo = {"photo": BLANK, "caption": plain(text)}
                await call("sendPhoto", {"chat_id": READER} | photo)
            else:
                result = await call("sendMessage", _message(text))
                assert result["text"] == plain(text).strip(), key
            if key in toasts():
                answer = {"callback_query_id": tap["id"], "show_alert": True}
                await call("answerCallbackQuery", answer | {"text": limits.toast(text)})
            sent += 1
    assert sent >= len(catalogue(locale))
    names = ["todo", "digest", "invite", "units", *commands.EVERYBODY]
    await call("setMyCommands", {"commands": commands.listed(t, names)})
    assert await town.town.violations() == []


def _message(text: Html, markup: Any = None) -> dict[str, Any]:
    """A message as the outbox sends it."""
    body = {"chat_id": READER, "text": str(fit(text)), "parse_mode": "HTML"}
    return body | ({"reply_markup": markup} if markup else {})
