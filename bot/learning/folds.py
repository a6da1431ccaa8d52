"""Parts of a corpus such that no text is read by a table that has learned from one like it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

ALIKE = 0.6
"""Share of the shorter text's words from which two texts are one: sent twice, or cut again."""
COMMON = 100
"""A word in more texts than this tells nothing about which of them are alike."""
FEW = 5
"""Words from which a text can be like another."""
LOOKED_AT = 3


def folds(documents: Sequence[Sequence[str]], count: int) -> list[int]:
    """The part (0 to ``count`` - 1) of each text, given as its words; like texts share one."""
    words = [frozenset(word for word in document if len(word) > 1) for document in documents]
    holders: dict[str, list[int]] = defaultdict(list)
    group = list(range(len(documents)))
    for at, own in enumerate(words):
        shared = Counter(
            before for word in own if len(holders[word]) <= COMMON for before in holders[word]
        )
        for before, _ in shared.most_common(LOOKED_AT):
            other = words[before]
            shorter = min(len(own), len(other))
            if shorter >= FEW and len(own & other) >= ALIKE * shorter:
                group[at] = group[before]
                break
        for word in own:
            holders[word].append(at)
    number = {found: place for place, found in enumerate(dict.fromkeys(group))}
    return [number[found] % count for found in group]
