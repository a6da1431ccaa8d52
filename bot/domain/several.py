"""Which passages of a message are really different problems (R027).

Precision first: to ask somebody about a second problem that they do not have is worse than to
leave it in the words of the first, where a person will read it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.splitting import Cue, Passage, split
from bot.domain.tagging import OPENING, Tagging

ENOUGH = {Cue.COMMA: 0.997, Cue.SENTENCE: 0.95, Cue.WORD: 0.45, Cue.NUMBER: 0.10}
"""Probability from which passages are a problem of their own, by what stands before them."""
ALIKE = 0.03
"""An item that other passages make so probable, measured by their own, is no other problem."""
BEARING = 0.15
"""Probability from which a passage says what it is about at all."""
PROBLEMS = 6
"""Problems found at most."""

_BACKGROUND = re.compile(
    r"(?:物业|保安|保洁|居委|社区|街道|镇上|村里|村干部|城管|民警|警察|派出所|消防|房东|12345|热线|客服"
    r"|经理|老板).{0,6}?(?:[说讲话答推拖劝叫]|不管|不理|不来|没来|没用|没人|也不|也没|只|来过|来了)"
    r"|(?:找|打|问|联系|投诉)[过了给]{0,2}.{0,3}(?:物业|居委|社区|街道|城管|12345|派出所|消防|房东)"
    r"|^(?:恳|敬)?(?:请|盼|望|希望|麻烦|求)(?!问)|^(?:怕|担心|万一|上[次回]|之前|以前|去年|前年|那次)"
    r"|^.{0,4}(?:孩子|小孩|老人|娃|学生|大人|我).{0,2}(?:要|还要|明天)|^明天"
    r"|管一?管|派人|查处|处理一?下|想请|不归我?管|说归|^.{0,2}招[来惹]?(?:蚊|虫|苍蝇|老鼠|蟑螂)"
)
"""What was tried, what is asked for, needed or drawn by it: no problem of its own."""
_HURRY = re.compile(
    r"(?:麻烦|拜托|请|望|希望)?(?:你们|您|大家)?(?:尽快|快|早|赶紧|抓紧)(?:一?[点些])?"
    r"(?:处理|解决|办|来)?"
)
"""Nothing but a wish for speed, whatever announces it."""

Span = tuple[int, int]
Tag = Callable[[str], Tagging]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of several: its item, its own words, the probability (0 to 1), and whether
    somebody is in danger by it.
    """

    item: str
    text: str
    probability: float
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """Passages about one item, and what all of them together are tagged as."""

    spans: tuple[Span, ...]
    cue: Cue
    item: str
    chance: float
    tagging: Tagging

    def likes(self, other: _Part) -> bool:
        guesses = self.tagging.guesses
        return any(
            guess.item == other.item and guess.probability >= ALIKE * guesses[0].probability
            for guess in guesses
        )


def problems(text: str, tag: Tag) -> tuple[Problem, ...]:
    """The problems of a message that holds two or more, as they were told; else none.

    ``tag`` reads one text. What endangers somebody comes first. One of them is what the message
    as a whole is about, unless it is a list.
    """
    passages = split(text)
    if len(passages) < 2:
        return ()
    whole = tag(text)
    if whole.best is None or whole.kind not in OPENING:
        return ()
    chances = {guess.item: guess.probability for guess in whole.guesses}
    parts = _parts(text, passages, tag)
    ranked = sorted(parts, key=lambda part: (-chances.get(part.item, 0.0), -part.chance))
    kept: list[_Part] = []
    for part in (one for one in ranked if one.item):
        apart = all(not (part.likes(one) or one.likes(part)) for one in kept)
        if apart and (not kept or part.chance >= ENOUGH[part.cue]):
            kept.append(part)
    listed = any(part.cue is Cue.NUMBER for part in kept)
    if len(kept) < 2 or (kept[0].item != whole.best.item and not listed):
        return ()
    return tuple(_told(text, parts, kept[:PROBLEMS], whole.emergency))


def _parts(text: str, passages: Sequence[Passage], tag: Tag) -> list[_Part]:
    """Passages put together by item; what says nothing belongs to what stands before it."""
    found: list[tuple[str, Cue, list[Span]]] = []
    lost: list[Span] = []
    cue = Cue.COMMA
    for one in passages:
        said = text[one.start : one.end]
        background = one.cue < Cue.WORD and _BACKGROUND.search(said)
        item = "" if background or _HURRY.fullmatch(said) else _item(tag(said))
        cue = max(cue, one.cue)
        same = [spans for code, _, spans in found if code == item]
        if same:
            same[0].append((one.start, one.end))
        elif item:
            found.append((item, cue, [*lost, (one.start, one.end)]))
            lost, cue = [], Cue.COMMA
        elif found and one.cue is Cue.COMMA and not lost:
            found[-1][2].append((one.start, one.end))
        else:
            lost.append((one.start, one.end))
    if found:
        found[-1][2].extend(lost)
    if len(found) > 1:
        found[0] = (found[0][0], found[1][1], found[0][2])
    return [_part(text, cue, spans, tag) for _, cue, spans in found]


def _part(text: str, cue: Cue, spans: list[Span], tag: Tag) -> _Part:
    tagging = tag(_said(text, spans))
    best = tagging.best
    return _Part(tuple(spans), cue, _item(tagging), best.probability if best else 0.0, tagging)


def _item(tagging: Tagging) -> str:
    best = tagging.best
    bears = best is not None and best.probability >= BEARING and tagging.kind in OPENING
    return best.item if best and bears else ""


def _said(text: str, spans: Sequence[Span]) -> str:
    """The stretches as they were written, those that stand side by side in one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and not any(char.isalnum() for char in text[found[-1][1] : start]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return "\n".join(text[start:end] for start, end in found)


def _told(text: str, parts: Sequence[_Part], kept: Sequence[_Part], alarm: bool) -> list[Problem]:
    """The problems in order; what is none itself goes with the one that stands before it.

    Danger that the whole message does not tell of (``alarm``) is believed of what was announced.
    """
    owners = sorted(kept, key=lambda one: one.spans)
    spans = {one: list(one.spans) for one in owners}
    for part in parts:
        if part not in spans:
            before = [one for one in owners if one.spans < part.spans] or owners[:1]
            spans[before[-1]].extend(part.spans)
    found = [
        Problem(
            one.item,
            _said(text, spans[one]),
            one.chance,
            one.tagging.emergency and (alarm or one.cue >= Cue.WORD),
        )
        for one in owners
    ]
    return sorted(found, key=lambda one: not one.emergency)
