"""What a message already says about place, time and people (R026)."""

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.addresses import Parts
from bot.domain.slots import Slots, count, read_slots

EXAMPLES = Path(__file__).with_name("slots_examples.tsv")
SLOTS = (*Parts._fields, "place", "since", "when", "people")
LEAST_RIGHT, LEAST_FOUND = 0.9, 0.85


def flat(slots: Slots) -> dict[str, str]:
    """Every slot that was read, by name."""
    whole = {name: getattr(slots, name) for name in SLOTS if name not in Parts._fields}
    return {name: str(v) for name, v in (slots.parts._asdict() | whole).items() if v is not None}


def examples() -> list[tuple[str, dict[str, str]]]:
    """(message, its slots by name) for each row of the examples."""
    rows = (row.split("\t") for row in EXAMPLES.read_text(encoding="utf-8").splitlines())
    return [
        (text, dict(pair.split("=", 1) for pair in re.split(r" (?=[a-z]+=)", labels) if pair))
        for text, labels in rows
    ]


@pytest.mark.parametrize("name", SLOTS)
def test_reads_messages_of_every_style(name: str) -> None:
    """Of each slot nine in ten that are read are right, and few are missed."""
    tally: Counter[str] = Counter()
    for text, said in examples():
        wanted, read = said.get(name), flat(read_slots(text)).get(name)
        tally.update(said=wanted is not None, read=read is not None)
        tally["right"] += wanted is not None and wanted == read
    assert tally["right"] >= LEAST_RIGHT * tally["read"]
    assert tally["right"] >= LEAST_FOUND * tally["said"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("翠竹路菜市场后门垃圾堆成山了", "翠竹路菜市场后门"),
        ("六栋有人在吵架", "六栋"),
        ("3栋2单元的灯坏了", "3栋2单元"),
        ("我住东风街12号302，没水了", "东风街12号302"),
        ("请到青松花园8栋门口看看", "青松花园8栋门口"),
        ("仁和街的路灯都不亮", "仁和街"),
        ("巡查发现春晖路有积水", "春晖路"),
    ],
)
def test_finds_the_place(text: str, place: str) -> None:
    """A road, an estate, a building or a door that was named need not be asked for."""
    assert read_slots(text).place == place


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我们五号楼吧对五号楼一单元", Parts(building="五号楼", unit="一单元")),
        ("锦绣苑3-2-501漏水", Parts(estate="锦绣苑", building="3", unit="2", room="501")),
        ("福安大厦18楼B室", Parts(landmark="福安大厦", room="18楼B室")),
        ("学府路小学门口", Parts(landmark="学府路小学")),
        ("荷花路与学府路的路口", Parts(road="荷花路", crossing="荷花路与学府路的路口")),
        ("Flat 7C at 22 Harbour Road", Parts(room="Flat 7C", number="22", road="Harbour Road")),
    ],
)
def test_takes_the_place_apart(text: str, parts: Parts) -> None:
    """Road, number, estate, building, unit, room, landmark and crossing are told apart."""
    assert read_slots(text).parts == parts


@pytest.mark.parametrize(
    "text",
    [
        "我也不知道怎么说",
        "通道被堵住了",
        "马路边有只狗",
        "你好",
        "",
        "一条街都停电了",
        "孩子上小学了",
        "两栋楼都没水，三门功课不及格，5号来过",
        "第三层那种高七层的楼",
    ],
)
def test_invents_no_place(text: str) -> None:
    """Words that merely end like a place name are not one."""
    assert read_slots(text).place is None


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("好几天没人收了", "好几天"),
        ("坏了三天了", "三天了"),
        ("停了半个月了", "半个月了"),
        ("坏了快一个月，没人管", "快一个月"),
        ("从昨天开始没水", "从昨天开始"),
        ("我住了三十年了", None),
        ("等了半天没人来", None),
        ("2018年没有路灯", None),
    ],
)
def test_finds_since_when(text: str, since: str | None) -> None:
    """How long it has lasted is a stretch of the text, or nothing."""
    assert read_slots(text).since == since


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("每天凌晨两点半打桩", "每天凌晨两点半"),
        ("晚上七点到九点最吵", "晚上七点到九点"),
        ("23:40还在响", "23:40"),
        ("下午好，请问", None),
        ("麻烦快一点", None),
    ],
)
def test_finds_the_hour(text: str, when: str | None) -> None:
    """The day and the hour are read together; a greeting is no time of day."""
    assert read_slots(text).when == when


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("有三个人困在里面", 3),
        ("12名老人发烧", 12),
        ("十几个学生", 10),
        ("一家四口都住院了", 4),
        ("没有人管", None),
        ("七八个人", None),
        ("第三人民医院", None),
    ],
)
def test_counts_people(text: str, people: int | None) -> None:
    """A number of people is read from digits and from Chinese numerals."""
    assert read_slots(text).people == people


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("12", 12), ("十", 10), ("二十三", 23), ("一百零五", 105), ("两千", 2000), ("9" * 9, None)],
)
def test_reads_numerals(numeral: str, value: int | None) -> None:
    """Chinese numerals below ten thousand and short Arabic ones have a value."""
    assert count(numeral) == value


LETTERS = st.sampled_from("路街村里园楼号栋单元三12-点天月年了人个从到与口门和A b,，\n")


@given(st.one_of(st.text(), st.text(LETTERS)))
def test_any_text_can_be_read(text: str) -> None:
    """Nothing makes it fail, and what it calls the place was said."""
    assert (read_slots(text).place or "") in text


@pytest.mark.parametrize(
    "unit",
    [
        "路",
        "王路",
        "路和",
        "村",
        "1",
        "三",
        "三天",
        "半年",
        "3-2-",
        "1号",
        "楼",
        "A",
        "Ab ",
        "口",
        "从",
    ],
)
def test_repetition_does_not_slow_it(unit: str) -> None:
    """4,096 characters of what it looks for cost at most 30 ms."""
    text = (unit * 4096)[:4096]
    taken = []
    for _ in range(5):
        start = time.process_time()
        read_slots(text)
        taken.append(time.process_time() - start)
    assert min(taken) < 0.03
