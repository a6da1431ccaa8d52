"""One person in one chat: what every dialog service gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.access import Viewer
from bot.i18n import Texts
from bot.ports import Address, Person
from bot.services import faces, menus, post
from bot.services.work import Toast, Work
from bot.views import limits
from bot.views.message import Message


@dataclass
class Talk:
    """A person's update in a chat. ``message`` is the message's id; of a tap, the button's.

    ``language`` is that of the group; None for the deployment's.
    """

    work: Work
    person: Person
    to: Address
    private: bool
    message: int = 0
    callback: str | None = None
    language: str | None = None

    @property
    def t(self) -> Texts:
        """The texts of this chat: in private in the person's language, in a group in its own."""
        return self.own if self.private else self.work.world.texts(self.language)

    @property
    def own(self) -> Texts:
        """The texts in this person's language, for what nobody else reads."""
        return self.work.world.texts(self.person.locale)

    @property
    def viewer(self) -> Viewer:
        """The person as far as rights are concerned."""
        return self.person.viewer

    def kept(self) -> dict[str, Any]:
        """Where and with whom, for a timer: ``recalled`` makes a Talk of it again."""
        place = [self.to.chat, self.to.thread, self.message, self.private]
        return {"person": self.person.id, "chat": self.work.uow.sealed(place)}

    async def say(
        self,
        message: Message,
        *,
        urgent: bool = False,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Answer here: in a group as a reply, so that it is clear whom it is for.

        The first answer in private carries the notice on personal data; in an emergency the
        notice comes last (PIPL 17, 18).
        """
        if self.private and not self.person.noticed:
            notice = self.t("notice", operator=self.work.world.operator or self.t("operator"))
            message = message.with_last(notice) if urgent else message.with_first(notice)
            self.person = replace(self.person, noticed=True)
            await self.work.uow.people.update(self.person)
        if self.private:
            await menus.remember(self.work, self.to.chat, message)
        reply = None if self.private or self.callback else self.message or None
        await post.say(self.work, self.to, message, urgent=urgent, reply_to=reply, after=after)

    async def line(self, key: str, **params: object) -> None:
        """Answer with one sentence."""
        await self.say(Message(self.t(key, **params)))

    def toast(self, key: str, *, alert: bool = False, **params: object) -> None:
        """The short answer to a tap, in the language of who tapped: nobody else sees it."""
        if self.callback:
            text = limits.toast(self.own(key, **params))
            self.work.toasts.append(Toast(self.callback, text, alert))

    def open_private(self, payload: str) -> None:
        """Answer a tap by opening the private chat: a bot cannot write to a stranger first."""
        if self.callback:
            link = self.work.world.link(payload)
            self.work.toasts.append(Toast(self.callback, url=link))

    async def tell(self, key: str, **params: object) -> None:
        """A toast for a tap, a sentence otherwise."""
        if self.callback:
            self.toast(key, alert=True, **params)
        else:
            await self.line(key, **params)


async def recalled(work: Work, data: Mapping[str, Any]) -> Talk | None:
    """The talk that a timer was set in, as it is now; None when the person is unknown."""
    person = await work.uow.people.get(int(data["person"]))
    if person is None:
        return None
    chat, thread, message, private = work.uow.unsealed(str(data["chat"]))
    to = Address(chat, thread)
    language = None if private else (await faces.texts_at(work, to)).locale
    return Talk(work, person, to, private, message, language=language)
