"""Telegram's text rules: UTF-16 lengths, the HTML parse mode, entities found in plain text.

The HTML rules and the wording of the errors follow the Bot API's "HTML style" section and the
behaviour of the public server: offsets in errors are UTF-8 bytes, tags nest strictly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.model import Json, bad

ALIASES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
TAGS = frozenset(ALIASES) | {"a", "tg-emoji"}

_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?")
_SPACE = " \t\r\n\v\f"
_PLAIN = re.compile(r"[^<&]+")
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>]+)"
    r"|(?<![\w/@])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z][A-Za-z0-9_]{3,31})"
    r"|(?<!\w)(?P<hashtag>#\w*[^\W\d]\w*)"
)


def units(text: str) -> int:
    """The length in UTF-16 code units, which is what Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def find_entities(text: str) -> list[Json]:
    """Commands, mentions, hashtags and links in plain text, as Telegram marks them."""
    if not any(c in text for c in "/@#"):
        return []
    return [
        {"type": m.lastgroup, "offset": units(text[: m.start()]), "length": units(m.group())}
        for m in _FOUND.finditer(text)
    ]


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    begin: int


class _Html:
    """One pass over the markup; errors name the byte where they were noticed."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.parts: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def fail(self, reason: str, at: int) -> Exception:
        where = len(self.source[:at].encode("utf-8", "surrogatepass"))
        return bad(f"can't parse entities: {reason} at byte offset {where}")

    def peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def skip_spaces(self) -> None:
        while (c := self.peek()) and c in _SPACE:
            self.at += 1

    def until(self, stops: str) -> str:
        begin = self.at
        while (c := self.peek()) and c not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def add(self, piece: str) -> None:
        self.parts.append(piece)
        self.offset += units(piece)

    def reference(self) -> str:
        """The character that an entity at this place stands for, or the ampersand itself."""
        match = _REFERENCE.match(self.source, self.at)
        code = 0
        if match:
            if match[3]:
                self.at = match.end()
                return _NAMED[match[3]]
            code = int(match[1], 16) if match[1] else int(match[2])
        if match and 0 < code < 0x110000 and not 0xD800 <= code < 0xE000:
            self.at = match.end()
            return chr(code)
        self.at += 1
        return "&"

    def run(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            if plain := _PLAIN.match(self.source, self.at):
                self.at = plain.end()
                self.add(plain.group())
            elif self.peek() == "&":
                self.add(self.reference())
            elif self.source.startswith("</", self.at):
                self.end_tag()
            else:
                self.start_tag()
        if self.open:
            raise bad(
                "can't parse entities: Can't find end tag corresponding to start tag "
                f'"{self.open[-1].tag}"'
            )
        order = sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))
        return "".join(self.parts), order

    def start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self.until(_SPACE + ">").lower()
        if not self.peek():
            raise self.fail("Unclosed start tag", begin)
        if name not in TAGS:
            raise self.fail(f'Unsupported start tag "{name}"', begin)
        argument = self.attributes(name, begin)
        if name == "span" and argument != "tg-spoiler":
            raise self.fail('Tag "span" must have class "tg-spoiler"', begin)
        self.at += 1
        self.open.append(_Open(name, argument, self.offset, len(self.parts)))

    def attributes(self, tag: str, begin: int) -> str:
        argument = ""
        while True:
            self.skip_spaces()
            if self.peek() == ">":
                return argument
            if not self.peek():
                raise self.fail("Unclosed start tag", begin)
            at = self.at
            name = self.until(_SPACE + "=>").lower()
            if not name:
                raise self.fail(f'Empty attribute name in the tag "{tag}"', at)
            self.skip_spaces()
            if self.peek() != "=":
                if tag == "blockquote" and name == "expandable":
                    argument = name
                    continue
                raise self.fail(
                    f'Expected equal sign in declaration of an attribute of the tag "{tag}"', at
                )
            self.at += 1
            value = self.value(begin)
            wanted = {"a": "href", "code": "class", "span": "class", "tg-emoji": "emoji-id"}
            if wanted.get(tag) == name:
                argument = value

    def value(self, begin: int) -> str:
        self.skip_spaces()
        quote = self.peek()
        if quote and quote in "'\"":
            self.at += 1
            piece = ""
            while (c := self.peek()) and c != quote:
                if c == "&":
                    piece += self.reference()
                else:
                    piece += c
                    self.at += 1
            self.at += 1
        else:
            at = self.at
            while (c := self.peek()) and (c.isascii() and (c.isalnum() or c in ".-")):
                self.at += 1
            piece = self.source[at : self.at].lower()
            if (c := self.peek()) and c not in _SPACE + ">":
                raise self.fail("Unexpected end of name token", at)
        if self.at >= len(self.source):
            raise self.fail("Unclosed start tag", begin)
        return piece

    def end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self.fail("Unexpected end tag", begin)
        self.at += 2
        name = self.until(_SPACE + ">").lower()
        self.skip_spaces()
        if self.peek() != ">":
            raise self.fail("Unclosed end tag", begin)
        top = self.open.pop()
        if name and name != top.tag:
            raise self.fail(
                f'Unmatched end tag, expected "</{top.tag}>", found "</{name}>"', begin
            )
        self.at += 1
        if self.offset > top.offset:
            self.close(top)

    def close(self, top: _Open) -> None:
        entity: Json = {"offset": top.offset, "length": self.offset - top.offset}
        if top.tag == "a":
            url = top.argument or "".join(self.parts[top.begin :])
            if person := re.fullmatch(r"tg://user\?id=(\d+)", url):
                entity |= {"type": "text_mention", "user": {"id": int(person[1])}}
            elif re.match(r"(?:https?|tg)://\S+|[^\s/]+\.[^\s/]{2,}|mailto:|tel:", url):
                entity |= {"type": "text_link", "url": url}
            else:
                return
        elif top.tag == "tg-emoji":
            entity |= {"type": "custom_emoji", "custom_emoji_id": top.argument}
        elif top.tag == "blockquote" and top.argument == "expandable":
            entity["type"] = "expandable_blockquote"
        else:
            entity["type"] = ALIASES[top.tag]
            inner = self.entities[-1] if self.entities else None
            if (
                top.tag == "pre"
                and inner
                and inner["type"] == "code"
                and (inner["offset"], inner["length"]) == (entity["offset"], entity["length"])
            ):
                self.entities.pop()
                if language := inner.get("language"):
                    entity["language"] = language
            if top.tag == "code" and top.argument.startswith("language-"):
                entity["language"] = top.argument.removeprefix("language-")
        self.entities.append(entity)


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Markup -> text and entities. Raises the 400 that Telegram would give."""
    if "<" not in source and "&" not in source:
        return source, []
    text, entities = _Html(source).run()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Without surrounding white space, which Telegram drops, the entities moved along."""
    stripped = text.strip()
    if stripped == text:
        return text, entities
    lead = units(text[: len(text) - len(text.lstrip())])
    end = units(stripped)
    kept = []
    for entity in entities:
        begin = max(0, entity["offset"] - lead)
        stop = min(end, entity["offset"] - lead + entity["length"])
        if stop > begin:
            kept.append(entity | {"offset": begin, "length": stop - begin})
    return stripped, kept


def formatted(source: str, parse_mode: str, entities: list[Json] | None) -> tuple[str, list[Json]]:
    """The text and entities that Telegram stores for a text with a parse mode or entities."""
    mode = parse_mode.lower()
    if mode == "html":
        text, found = parse_html(source)
    elif mode in {"", "markdown", "markdownv2"}:
        text, found = source, list(entities or [])
    else:
        raise bad("unsupported parse_mode")
    text, found = trim(text, found)
    marked = find_entities(text)
    if marked:
        taken = [(e["offset"], e["offset"] + e["length"]) for e in found if e["type"] in _OPAQUE]
        found = found + [
            e
            for e in marked
            if all(e["offset"] >= b or e["offset"] + e["length"] <= a for a, b in taken)
        ]
        found.sort(key=lambda e: (e["offset"], -e["length"]))
    return text, found


_OPAQUE = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji"})
