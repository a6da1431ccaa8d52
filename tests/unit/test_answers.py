"""Frequent questions: the file, what asks for which answer, and what an answer says."""

from __future__ import annotations

import re

import pytest

from bot.adapters.chinese import simplify
from bot.adapters.shipped import ANSWERS_FILE, shipped_answers
from bot.domain.answers import HEADER, Answers, parse_answers
from bot.domain.mentions import fits, numbers, wants_deleted
from bot.errors import BadFile
from bot.i18n import SOURCE, available, catalogue, plain, texts
from bot.views import kinds

ANSWERS = Answers(shipped_answers(), simplify)
ROW = "dog\t狗证 狗+办证\tanimal\t30\t2021-05-01\tpolice 110\tin"


def parsed(*rows: str) -> object:
    """What becomes of these rows below the right header."""
    return parse_answers("\n".join(["\t".join(HEADER), *rows]), "a.tsv")


def faults(*rows: str) -> list[str]:
    """What is said against them."""
    with pytest.raises(BadFile) as refused:
        parsed(*rows)
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("居住证到期了去哪续", "residence-permit"),
        ("新生儿户口怎么上", "birth"),
        ("孩子今年六岁，小学几号报名", "school"),
        ("社保断了一个月能补吗", "social-security"),
        ("低保要什么条件", "low-income"),
        ("給狗辦證去哪裡", "dog"),
        ("电瓶车要不要上牌", "e-bike"),
        ("除夕能放鞭炮吗", "fireworks"),
        ("旧沙发往哪送", "bulky-waste"),
        ("装修从几点到几点可以干活", "renovation"),
        ("施工晚上几点要停", "noise-hours"),
        ("小区车位怎么申请", "parking"),
        ("老年卡几岁可以办", "elder-card"),
        ("公积金怎么提取", "provident-fund"),
        ("结婚登记要户口本吗", "marriage"),
        ("租房备案线上能弄吗", "rental-filing"),
        ("今年几号供暖", "heating-season"),
        ("疫苗本丢了怎么补", "vaccination"),
        ("怎么申请法律援助", "legal-aid"),
        ("我想申请劳动仲裁", "labour-arbitration"),
        ("怎么去法院起诉", "court"),
        ("12315 怎么投诉", "consumer"),
        ("成立业委会要多少人同意", "owners-committee"),
        ("交通事故责任谁来定", "accident"),
        ("不紧急的事报警打哪个电话", "police-call"),
        ("Where can I get a dog licence?", "dog"),
    ],
)
def test_a_frequent_question_finds_its_answer(asked: str, code: str) -> None:
    """In either script and in English, by the words that are said most of."""
    found = ANSWERS.find(asked)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("said", ["", "你好", "路灯不亮", "垃圾堆成山了", "\ud800", "１" * 4096])
def test_what_asks_nothing_known_finds_nothing(said: str) -> None:
    """Any string is taken; without the words there is no answer."""
    assert ANSWERS.find(said) is None


def test_what_belongs_elsewhere_names_its_channel() -> None:
    """R104: court, arbitration, the market regulator and the owners are named."""
    channels = {one.code: one.channels for one in ANSWERS.all if one.outside}
    assert channels["court"][0] == "court"
    assert channels["labour-arbitration"][0] == "arbitration"
    assert channels["consumer"] == ("12315",)
    assert channels["owners-committee"][0] == "owners"


@pytest.mark.parametrize("locale", available())
def test_every_answer_says_its_source_and_whom_to_ask(locale: str) -> None:
    """R103: a law, its day where that is certain, or the words that it is general advice; in
    every language."""
    t = texts(locale)
    for one in ANSWERS.all:
        said = plain(kinds.answer(t, one))
        assert t.label(f"faq-{one.code}") in said
        assert all(t.label(f"channel-{code}") in said for code in one.channels)
        if one.law:
            assert t.label(f"law-{one.law}") in said
            assert (str(one.in_force) in said) or one.in_force is None
            assert "None" not in said
            assert (str(one.article) in said) or not one.article
            assert t.label("answer-general") not in said
        else:
            assert t.label("answer-general") in said


def test_answers_are_short_sentences() -> None:
    """R140: at most three sentences of at most 25 characters; hints are a single one."""
    for key in catalogue(SOURCE):
        if not key.startswith(("faq-", "hint-")):
            continue
        sentences = [s for s in re.split("[。！？]", texts("zh_Hans").label(key)) if s]
        assert len(sentences) <= (3 if key.startswith("faq-") else 1), key
        assert max(map(len, sentences)) <= 25, key


def test_a_good_row_is_read() -> None:
    """Alternatives, parts, law, article, day and channels; comments and blank lines are none."""
    (one,) = parse_answers("# c\n" + "\t".join(HEADER) + f"\n\n{ROW}\n", "a.tsv")
    assert one.words == (("狗证",), ("狗", "办证"))
    assert (one.law, one.article, str(one.in_force)) == ("animal", 30, "2021-05-01")
    assert one.channels == ("police", "110")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("dog\t狗证", "2 columns"),
        (ROW.replace("dog", "Dog 1"), "small letters"),
        (ROW.replace("狗证 狗+办证", ""), "no words"),
        (ROW.replace("狗证 狗+办证", "狗"), "single character"),
        (ROW.replace("狗+办证", "狗+"), "empty part"),
        (ROW.replace("狗证", "Dog"), "lower case"),
        (ROW.replace("2021-05-01", ""), "without a law and its day"),
        (ROW.replace("animal\t30", "\t"), "a day in force without a law"),
        (ROW.replace("2021-05-01", "soon"), "no date"),
        (ROW.replace("30", "x"), "no number"),
        (ROW.replace("animal", "").replace("2021-05-01", ""), "without a law"),
        (ROW.replace("police 110", " "), "nobody"),
        (ROW.replace("110", "1"), "channel"),
        (ROW.replace("in", "near", 1)[:-2] + "xx", "neither in nor out"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(row: str, reason: str) -> None:
    """File, line and what is wrong; nothing is taken half."""
    assert any(f.startswith("a.tsv:2:") and reason in f for f in faults(row))


def test_a_code_stands_once_and_the_header_is_needed() -> None:
    """A second row of a code is refused, and a file without its header."""
    assert any("twice" in fault for fault in faults(ROW, ROW))
    with pytest.raises(BadFile, match="first row"):
        parse_answers(ROW, ANSWERS_FILE)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("202611200007 到哪了", ("202611200007",)),
        ("尾号0086", ("0086",)),
        ("２０２６１１２０－０００７", ("202611200007",)),
        ("三三八零七弄到哪了", ("33807",)),
        ("电话187-0000-2290", ()),
        ("2026-11-20 报的", ()),
        ("花了5000元", ()),
        ("6栋302", ()),
    ],
)
def test_numbers_of_cases_are_told_from_others(said: str, found: tuple[str, ...]) -> None:
    """Whole numbers and tails of four digits; no telephone, day or sum."""
    assert numbers(said) == found


def test_a_tail_fits_and_a_whole_number_must_be_the_same() -> None:
    """0007 is the tail of one; a whole number of another day is none."""
    assert fits("202611200007", "0007")
    assert fits("202611200007", "202611200007")
    assert not fits("202611200007", "202511200007")
    assert not fits("202611200007", "0008")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("请删掉我的手机号和之前发的照片", True),
        ("發錯圖了，刪一下", True),
        ("Please delete my phone number", True),
        ("我要撤回", False),
        ("照片拍得很好", False),
    ],
)
def test_a_wish_to_delete_is_told_from_a_withdrawal(said: str, wanted: bool) -> None:
    """Pictures, numbers and what is kept of somebody."""
    assert wants_deleted(said) is wanted
