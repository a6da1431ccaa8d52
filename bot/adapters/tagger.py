"""Puts the shipped tagger together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from bot.adapters.chinese import simplify
from bot.adapters.phrases import PhraseAutomaton
from bot.adapters.segmenter import JiebaSegmenter
from bot.domain.evidence import Matcher
from bot.domain.lexicon import Entry, Lexicon, parse_lexicon
from bot.domain.normalise import Normaliser
from bot.domain.ranking import Ranker
from bot.domain.tagging import Tagger

KEYWORD_WEIGHT = 5.0
"""What a keyword of the item list weighs until the lexicon has rows for the item."""
SHIPPED = Path(__file__).parent.parent / "data" / "lexicon.tsv"


def load_lexicon(items: Mapping[str, bool], path: Path = SHIPPED) -> Lexicon:
    """The lexicon in ``path``, checked against the item codes; raises BadFile."""
    return parse_lexicon(path.read_text(encoding="utf-8"), file=path.name, items=items)


def build_ranker(path: Path, *, cache_dir: Path | None = None) -> Ranker:
    """A ranker for any lexicon file, with whatever labels it has; raises BadFile."""
    table = parse_lexicon(path.read_text(encoding="utf-8"), file=path.name)
    cut, find = JiebaSegmenter(cache_dir=cache_dir).cut, PhraseAutomaton(table.phrases).find
    matcher = Matcher(table, frozenset(), find, cut)
    return Ranker(table, sorted(table.labels), matcher, Normaliser(table.spelling, simplify))


def build_tagger(
    items: Mapping[str, bool],
    *,
    lexicon: Path = SHIPPED,
    cache_dir: Path | None = None,
    keywords: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Tagger:
    """A warm tagger, in under a second; call it off the event loop.

    ``items`` maps each item code to its emergency flag. ``cache_dir`` is a private folder for
    jieba's parsed dictionary; None parses it anew. ``keywords`` of items that the lexicon does
    not know yet stand in for it. Raises BadFile for a broken lexicon.
    """
    table = load_lexicon(items, lexicon)
    known = table.labels
    added = [
        Entry((word,), code, KEYWORD_WEIGHT, "items")
        for code, words in keywords.items()
        if code not in known
        for word in words
        if word and word[0] not in "@#"
    ]
    table = replace(table, entries=(*table.entries, *added))
    tagger = Tagger(
        table,
        items,
        segmenter=JiebaSegmenter(cache_dir=cache_dir),
        phrases=PhraseAutomaton(table.phrases),
        simplify=simplify,
    )
    tagger.tag(SHIPPED.name)
    return tagger
