"""What a message already says about place, time and people (R026)."""

import pytest

from bot.domain.slots import count, read_slots


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


@pytest.mark.parametrize("text", ["我也不知道怎么说", "通道被堵住了", "马路边有只狗", "你好", ""])
def test_invents_no_place(text: str) -> None:
    """Words that merely end like a place name are not one."""
    assert read_slots(text).place is None


@pytest.mark.parametrize(
    ("text", "since"),
    [("好几天没人收了", None), ("坏了三天了", "三天了"), ("停了半个月了", "半个月了")],
)
def test_finds_since_when(text: str, since: str | None) -> None:
    """How long it has lasted is a stretch of the text, or nothing."""
    assert read_slots(text).since == since


@pytest.mark.parametrize(
    ("text", "people"),
    [("有三个人困在里面", 3), ("12名老人发烧", 12), ("十几个学生", 10), ("没有人管", None)],
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
