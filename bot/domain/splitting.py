"""Cuts a message into passages that may each be a problem of its own (see ``several``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

MOST = 24
"""Passages looked at; what follows belongs to the last one."""
SHORTEST = 4
"""Letters and digits; a shorter passage belongs to its neighbour."""


class Cue(IntEnum):
    """What stands between a passage and the one before it, the weaker ones first."""

    COMMA = 0
    SENTENCE = 1  # an end of a sentence, a semicolon, a new line
    WORD = 2  # 另外, 还有, 顺便, also
    NUMBER = 3  # 1. 2., 一是 二是, ① ②


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the message, without the word or number that announces it; ``end`` is
    exclusive.
    """

    start: int
    end: int
    cue: Cue


@dataclass(frozen=True, slots=True)
class _Cut:
    """A border: what lies between ``start`` and ``end`` (exclusive) belongs to no passage."""

    start: int
    end: int
    cue: Cue


_DIGIT = {sign: n for signs in ("一二三四五六", "①②③④⑤⑥", "123456") for n, sign in
          enumerate(signs, 1)} | {"首先": 1, "其次": 2, "最后": 3}  # fmt: skip
_N = "[一二三四五六]"
_NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![^\W_])({_N})[、.．,，:：]",
        rf"({_N})(?:是|来)",
        rf"其({_N})[是,，:：]?",
        rf"第({_N})(?:件(?:事情?)?|个(?:事情?|问题)?|点|[,，、:：是])[是,，:：]?",
        rf"[(（]({_N}|[1-6])[)）][、.]?",
        r"([①②③④⑤⑥])[、.]?",
        r"(?<![\w.-])([1-6])[.．、)）](?!\d)",
        r"(首先|其次|最后)[是,，:：]?",
    )
)
"""Ways of numbering; two numbers in one way, beginning with the first, make a list."""
_WORD = re.compile(
    r"(?:(?<![^\W_])(?:哦|噢|啊|嗯|那)?对了|哦对|(?<![^\W_])(?:还有(?!人|[一两几]?[只条个名帮些群](?!事|问题))"
    r"|再有|再者|还想[说问]|再说)"
    r"|另外(?![一两二三几]?[个条只家辆位张户栋盏根处间])|此外|除此之外|再就是|再一个|再一[件条]"
    r"|顺便|顺带|同时(?=[,，])|第二件事?|还有[一个两]{0,2}件?事"
    r"|(?<![A-Za-z])(?i:also|besides|in addition|another thing|one more thing|by the way))"
    r"(?:还?想?(?:[问说]一?[下句]|反映一?下|再说))?[一个件事就是呢啊]{0,3}[,，、:：\s]*"
)
_SENTENCE = re.compile(r"[。！？；!?;\n\r]+|\.(?=\s|$)|…+")
_COMMA = re.compile(r"[，,、:：]+(?!\d{3})|(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])")
_LEAD_IN = re.compile(
    r".{0,14}?[两二三四五六几234]\s?(?:(?:件|个|桩)(?:事情?|问题|情况)|方面).{0,6}|(?:您?你?好|喂|请问|反映(?:一下)?(?:情况|问题)?|投诉|hello|hi)+",
    re.IGNORECASE,
)
_EDGE = " \t\r\n，,。；;：:、!！?？.…~～"


def split(text: str) -> tuple[Passage, ...]:
    """The passages of a message in order; none for an empty one. Any string; never raises."""
    found: list[Passage] = []
    at, cue = 0, Cue.NUMBER
    for cut in [*_cuts(text), _Cut(len(text), len(text), Cue.COMMA)]:
        if cut.start >= at:
            start, end = _trimmed(text, at, cut.start)
            if start < end and (found or not _LEAD_IN.fullmatch(text, start, end)):
                found.append(Passage(start, end, cue))
                cue = Cue.COMMA
        at, cue = max(at, cut.end), max(cue, cut.cue)
    return _most(_joined(text, found))


def announced(text: str) -> bool:
    """Whether the text begins with a word that announces something else (另外, 还有, also)."""
    return _WORD.match(text.lstrip()) is not None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE:
        start += 1
    while start < end and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def _joined(text: str, found: list[Passage]) -> list[Passage]:
    """Very short leftovers join the passage before them, the first one that after it."""
    kept: list[Passage] = []
    for one in found:
        before = kept[-1] if kept else None
        if before and (_short(text, one) or (len(kept) == 1 and _short(text, before))):
            kept[-1] = replace(before, end=one.end)
        else:
            kept.append(one)
    return kept


def _short(text: str, one: Passage) -> bool:
    return sum(char.isalnum() for char in text[one.start : one.end]) < SHORTEST


def _most(found: list[Passage]) -> tuple[Passage, ...]:
    if len(found) > MOST:
        found[MOST - 1 :] = [replace(found[MOST - 1], end=found[-1].end)]
    return tuple(found)


def _cuts(text: str) -> list[_Cut]:
    cuts = [_Cut(m.start(), m.end(), Cue.COMMA) for m in _COMMA.finditer(text)]
    cuts += [_Cut(m.start(), m.end(), Cue.SENTENCE) for m in _SENTENCE.finditer(text)]
    cuts += [_Cut(m.start(), m.end(), Cue.WORD) for m in _WORD.finditer(text)]
    cuts += _numbered(text)
    return sorted(cuts, key=lambda cut: (cut.start, -cut.end))


def _numbered(text: str) -> Iterator[_Cut]:
    for pattern in _NUMBERS:
        run: list[_Cut] = []
        for match in pattern.finditer(text):
            if _DIGIT[match[1]] == len(run) + 1:
                run.append(_Cut(match.start(), match.end(), Cue.NUMBER))
        if len(run) > 1:
            yield from run
