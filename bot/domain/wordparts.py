"""Words and the pieces of words that learned weights are for."""

from __future__ import annotations

LATIN = 2
"""Letters from which a Latin word counts."""
PAIR = 2


def parts(word: str) -> tuple[str, ...]:
    """A word, the pairs inside a longer one, and its characters; () for digits and signs.

    A keyword that nobody foresaw is often made of known pieces: 电瓶车棚 holds 电瓶 and 车棚.
    """
    if not word.isalpha():
        return ()
    if word.isascii():
        return (word,) if len(word) >= LATIN else ()
    pairs = (word[at : at + PAIR] for at in range(len(word) - 1)) if len(word) > PAIR else ()
    return (word, *pairs, *word) if len(word) > 1 else (word,)
