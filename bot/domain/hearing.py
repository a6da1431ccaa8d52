"""Short answers that mean nothing but what they say, whatever the words in them weigh."""

from __future__ import annotations

import re

_WHERE = re.compile(
    r"就?在[^人，。！？；,.!?;\s]{0,8}"
    r"[门門口边邊面侧側旁里裡内內上下前后後楼樓层層栋棟号號室间間库庫][。！]?"
    r"|[东東西南北前后後正侧側]{1,2}[门門边邊面侧側][口外]?|[\d一二三四五六七八九十]{1,4}[栋棟号號楼樓层層室]"
)
"""Words that may say no more than where something is."""
_SPOT = re.compile(
    r"[^人了。！？；!?;]*"
    r"(?:[门門口边邊面侧側旁前后後下角头頭顶頂处處栋棟号號路街巷段坡]|[那这這][里裡儿兒])[。！]?"
)
"""An answer to where it is that ends as places do, and tells of nobody and of nothing new."""
_THANKS = re.compile(
    r"(?:好的?|真的?|太|非常|十分|特别|特別|[你您][们們]?)*(?:谢谢|謝謝|感谢|感謝|多谢|多謝|谢|謝|辛苦|唔该|唔該)"
    r"[你您们們大家各位了啦晒呀啊哦哈\W]*"
)
"""Thanks, and nothing else."""


def only_where(text: str) -> bool:
    """The text may say no more than where something is."""
    return _WHERE.fullmatch(text.strip()) is not None


def ends_as_a_place(text: str) -> bool:
    """The text, an answer to where it is, ends as places do and tells of nothing new."""
    return _SPOT.fullmatch(text.strip()) is not None


def only_thanks(text: str) -> bool:
    """The text is thanks and nothing else."""
    return _THANKS.fullmatch(text.strip()) is not None
