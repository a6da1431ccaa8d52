"""Tagging must not delay intake: 5 ms for a message, 100 ms for the longest of anything."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters.segmenter import JiebaSegmenter
from bot.adapters.shipped import shipped_items
from bot.adapters.tagger import build_tagger
from bot.domain.tagging import Tagger

FLAGS = {item.code: item.emergency for item in shipped_items()}
ORDINARY = "翠竹路菜市场后门垃圾堆成山了，好几天没人收，味道很大，请派人来看看。"
RUNS = 15
LONGEST = 4096


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return build_tagger(FLAGS)


def median_ms(call: Callable[[str], object], text: str) -> float:
    """Processor milliseconds of one call: other work on the machine does not count."""
    taken = []
    for _ in range(RUNS):
        start = time.process_time()
        call(text)
        taken.append(time.process_time() - start)
    return statistics.median(taken) * 1000


@pytest.mark.parametrize("text", [ORDINARY, (ORDINARY * 20)[:500]])
def test_ordinary_messages_within_five_milliseconds(tagger: Tagger, text: str) -> None:
    """Up to 500 characters cost at most 5 ms."""
    assert median_ms(tagger.tag, text) < 5


def test_the_cheap_check_fits_a_storm(tagger: Tagger) -> None:
    """At 200 messages a second the first look takes a few hundredths of the time."""
    assert median_ms(tagger.urgent, ORDINARY) < 0.3


@pytest.mark.parametrize(
    "unit",
    [
        "火",
        "哈",
        "1",
        "一",
        "a",
        "😀",
        "𠮷",
        " ",
        "路",
        "王路",
        "没有着火",
        "\ud800",
        ORDINARY,
        "是一",
    ],
)
def test_the_longest_of_anything_within_a_tenth_of_a_second(tagger: Tagger, unit: str) -> None:
    """4,096 characters of one sign, of digits, of noise cost at most 100 ms."""
    text = (unit * LONGEST)[:LONGEST]
    assert median_ms(tagger.tag, text) < 100


@pytest.mark.slow
def test_building_is_quick_and_survives_a_broken_cache(tmp_path: Path) -> None:
    """A cache cut off by a kill is rebuilt, in under a second and a half, inside its folder."""
    first = JiebaSegmenter(cache_dir=tmp_path).cut(ORDINARY)
    (cache,) = tmp_path.iterdir()
    cache.write_bytes(cache.read_bytes()[:1000])
    start = time.process_time()
    build_tagger(FLAGS, cache_dir=tmp_path)
    assert time.process_time() - start < 1.5
    assert JiebaSegmenter(cache_dir=tmp_path).cut(ORDINARY) == first
    assert [path.name for path in tmp_path.iterdir()] == [cache.name]


LOADING = """
import resource, sys, time
from pathlib import Path
from bot.adapters.shipped import shipped_items
from bot.adapters.tagger import build_tagger
import bot.domain.ranking
flags = {item.code: item.emergency for item in shipped_items()}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
build_tagger(flags, cache_dir=Path(sys.argv[1]))
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(time.process_time() - start, grown / 1024)
"""


def test_loading_is_quick_and_small(tmp_path: Path) -> None:
    """After the first run the tagger is there within a second and adds less than 120 MB."""
    for _ in range(2):
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", LOADING, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
        )
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 1
    assert megabytes < 120
