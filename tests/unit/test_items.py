"""The responsibility list: the shipped items and the checks that a changed file must pass."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import locales
from bot.adapters.shipped import shipped_items, shipped_roles
from bot.domain.items import FIELDS, OPTIONAL, Closing, Item, ItemKind, dump_items, parse_items
from bot.domain.units import Tier
from bot.errors import BadFile

NINE = ("城管", "查违", "公安", "卫监", "市监", "消防安全", "文体旅游", "环保水务", "规土")
CONFIDENTIAL = {"GA04", "GA06", "MZ04", "SJ07", "SJ08", "ZH01", "XF06", "WJ01"}
HUMAN = {"MD01", "MD02", "GA06", "GA07", "MZ04"}

# code, kind, tier, respond hours, resolve hours, emergency (!), lead
AS_AGREED = """
CG01 patrol D 2 8 - grid
CG02 patrol B 4 16 - town_enforcement
CG03 patrol C 2 8 - community_squad
CG04 patrol D 4 16 - grid
CG05 patrol D 4 8 - grid
CG06 urgent B 0.5 24 ! town_urban_mgmt
CG07 daily  B 8 16 - town_urban_mgmt
CG08 patrol B 8 40 - town_urban_mgmt
CG09 urgent A 0.5 24 ! district_municipal_works
CG10 patrol C 4 8 - community
CG11 daily  C 8 40 - community
CG12 urgent B 0.5 8 ! town_emergency_office
CG13 daily  B 8 80 - town_enforcement
CW01 patrol B 2 80 - town_enforcement
CW02 patrol A 8 120 - district_illegal_building
CW03 patrol B 8 80 - town_rental_office
GA01 urgent B 0.25 4 ! police_station
GA02 daily  B 4 80 - police_station
GA03 urgent B 0.25 8 ! police_station
GA04 patrol B 4 120 - police_station
GA05 urgent B 0.5 8 ! police_station
GA06 urgent B 0.25 4 ! police_station
GA07 urgent A 0.25 4 ! police_station
GA08 urgent B 0.5 24 ! police_station
WJ01 patrol A 8 120 - district_health_inspection
WJ02 patrol C 8 40 - community
WJ03 urgent A 0.5 24 ! district_cdc
SJ01 daily  B 8 120 - market_station
SJ02 urgent A 0.5 24 ! district_market
SJ03 patrol B 8 120 - market_station
SJ04 daily  B 8 360 - market_station
SJ05 urgent B 0.25 2 ! property_company
SJ06 daily  B 4 16 - market_station
SJ07 patrol A 8 120 - district_market
SJ08 patrol A 8 120 - district_financial_risk
XF01 urgent A 0.25 4 ! fire_station
XF02 patrol C 2 8 - community_squad
XF03 patrol D 4 16 - grid
XF04 patrol C 2 8 - community_squad
XF05 patrol B 8 40 - town_emergency_office
XF06 patrol B 2 40 - town_emergency_office
WT01 patrol B 4 80 - district_culture_enforcement
WT02 daily  C 8 40 - community
WT03 daily  B 8 120 - district_culture
HS01 urgent B 2 24 - town_enforcement
HS02 daily  C 4 40 - community
HS03 daily  B 8 80 - district_environment
HS04 patrol B 4 24 - town_environment
HS05 urgent C 1 4 - community
HS06 patrol B 4 80 - district_environment
HS07 urgent A 0.5 12 ! district_flood_control
HS08 urgent C 2 24 - community
GT01 patrol A 8 120 - district_planning
GT02 urgent A 0.5 24 ! district_geohazard
GT03 daily  A 8 120 - district_planning
JT01 patrol B 2 8 - traffic_police
JT02 urgent B 1 24 - traffic_police
JT03 urgent B 0.25 4 ! traffic_police
JT04 daily  B 8 120 - district_transport
ZJ01 daily  C 8 40 - community
ZJ02 daily  B 8 120 - town_property_office
ZJ03 daily  C 8 40 - community
ZJ04 urgent B 0.5 24 ! town_building_safety
ZJ05 daily  B 8 120 - district_housing
GY01 urgent B 1 24 - water_company
GY02 urgent B 0.75 24 - power_company
GY03 urgent B 0.5 4 ! power_company
GY04 urgent A 0.25 4 ! gas_company
GY05 patrol B 4 24 - town_emergency_office
GY06 urgent B 2 24 - heating_company
RS01 daily  B 8 480 - town_labour
RS02 daily  B 8 120 - district_labour
JY01 daily  B 8 120 - district_education
JY02 urgent A 0.5 24 ! district_education
JY03 patrol B 4 40 - town_peace_office
MZ01 daily  D 4 16 - grid
MZ02 urgent B 1 24 - town_civil_affairs
MZ03 daily  C 8 40 - community
MZ04 urgent B 0.5 24 ! town_minors
MD01 daily  C 8 40 - community_mediation
MD02 urgent A 0.5 24 ! town_peace_office
YJ01 patrol B 2 40 - town_emergency_office
YJ02 urgent A 0.25 12 ! district_emergency
YJ03 urgent B 0.25 4 ! ambulance
NL01 daily  D 4 16 - grid
NL02 urgent B 0.5 8 ! police_station
NL03 daily  C 8 40 - community
ZH01 daily  A 8 120 - district_supervision_office
ZH02 daily  C 4 16 - community_party_center
ZH03 daily  C 8 80 - community
ZH99 daily  C 4 40 - community
"""

GOOD: dict[str, object] = {
    "code": "XX01",
    "version": 1,
    "domain": "城管",
    "name": "试验事项",
    "short": "试验",
    "name_en": "Trial",
    "kind": "patrol",
    "level": "D",
    "lead": "grid",
    "cooperating": ["town_sanitation"],
    "respond_hours": 2,
    "resolve_hours": 8,
    "emergency": False,
    "confidential": False,
    "human_contact": False,
    "recurring": False,
    "evidence": ["photo"],
    "closing": "resident",
    "advice": "",
    "hotlines": [],
    "basis": "设计默认值",
    "keywords": ["甲"],
    "examples": [],
}
URGENT = {"kind": "urgent", "emergency": True, "advice": "advice-gas", "hotlines": ["119"]}


def line(**changes: object) -> str:
    """One line of the file: the good item with these fields changed."""
    return json.dumps(GOOD | changes, ensure_ascii=False)


def parse(*lines: str) -> tuple[Item, ...]:
    """The items of these lines, under the shipped roles."""
    return parse_items("\n".join(lines), "items.jsonl", shipped_roles())


def faults(*lines: str) -> list[str]:
    """What the checks say about these lines."""
    with pytest.raises(BadFile) as caught:
        parse(*lines)
    return [str(fault) for fault in caught.value.faults]


def advice() -> Iterator[tuple[str, str]]:
    """Key and text of every piece of safety advice."""
    po = Path(locales.__path__[0], "zh_Hans", "LC_MESSAGES", "advice.po")
    with po.open("rb") as file:
        for message in read_po(file, locale="zh_Hans", abort_invalid=True):
            if str(message.id).startswith("advice-"):
                yield str(message.id), str(message.string)


def test_the_shipped_list_has_the_agreed_tier_kind_limits_and_lead_of_all_91_items() -> None:
    """Nothing that was agreed on is lost or changed by accident (R018)."""
    found = [
        f"{i.code} {i.kind} {i.level} {i.respond_hours:g} {i.resolve_hours:g} "
        f"{'!' if i.emergency else '-'} {i.lead}"
        for i in shipped_items()
    ]
    assert found == [" ".join(row.split()) for row in AS_AGREED.strip().splitlines()]
    assert len(found) == 91


def test_each_of_the_nine_domains_has_three_items_and_one_for_several_departments() -> None:
    """The nine cross-duty domains are first-class (R019)."""
    items = shipped_items()
    for domain in NINE:
        here = [item for item in items if item.domain == domain]
        assert len(here) >= 3, domain
        assert any(item.cooperating for item in here), domain


def test_every_shipped_item_names_its_basis_and_version() -> None:
    """Each item says which law or default its limits rest on (R023)."""
    for item in shipped_items():
        assert item.version == 1
        assert "《" in item.basis or "〔" in item.basis or "条例" in item.basis, item.code


def test_confidential_and_human_items_are_the_agreed_ones() -> None:
    """Confidential items and those that need a person's contact are a closed set (R144)."""
    items = shipped_items()
    assert {item.code for item in items if item.confidential} == CONFIDENTIAL
    assert {item.code for item in items if item.human_contact} == HUMAN
    assert all(item.closing is Closing.STAFF for item in items if item.confidential)


def test_some_items_need_no_evidence() -> None:
    """Evidence is asked for only where it proves something (R089)."""
    assert {item.evidence for item in shipped_items() if item.code.startswith("ZH")} == {()}


@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant", "en"])
def test_headlines_are_distinct(locale: str) -> None:
    """Two items that read the same on a card could not be told apart."""
    counted = Counter(item.called(locale) for item in shipped_items())
    assert [name for name, count in counted.items() if count > 1] == []


def test_english_names_fit_a_button() -> None:
    """A resident reads the whole name: it has a row of its own behind its number."""
    long = [item.name_en for item in shipped_items() if len(item.name_en) > 28]
    assert long == []


def test_every_shipped_item_has_a_name_in_traditional_characters() -> None:
    """Words of those who read it, with no simplified character left in them."""
    for item in shipped_items():
        assert item.short_hant, item.code
        item.short_hant.encode("big5")


def test_a_name_that_is_left_out_falls_back() -> None:
    """Without a traditional name the simplified one is shown, and the file stays as it is."""
    (item,) = parse(line())
    assert item.called("zh_Hant") == item.called("tlh") == "试验"
    assert item.called("en") == "Trial"
    assert "short_hant" not in dump_items([item])
    (named,) = parse(line(short_hant="試驗"))
    assert named.called("zh_Hant") == "試驗"
    assert parse(dump_items([named]).strip()) == (named,)


def test_every_advice_key_has_a_text_and_every_text_a_use() -> None:
    """The list and the safety texts belong together; advice-general serves all other items."""
    used = {item.advice for item in shipped_items() if item.advice}
    assert set(dict(advice())) == used | {"advice-general"}


def test_advice_is_short_enough_to_be_read_in_fear() -> None:
    """At most three sentences of at most 25 characters."""
    for key, text in advice():
        sentences = re.findall(r"[^。]+。", text)
        assert "".join(sentences) == text, key
        assert 1 <= len(sentences) <= 3, key
        assert max(map(len, sentences)) <= 25, key


def test_gas_advice_keeps_switches_and_telephones_off_indoors() -> None:
    """A light switch or a telephone indoors can light the gas."""
    text = dict(advice())["advice-gas"]
    assert "不要开灯、不要在屋里打电话" in text
    assert "马上到室外" in text


def test_only_urgent_items_run_on_the_natural_clock() -> None:
    """The kind decides the clock (R020)."""
    assert {kind: parse(line(kind=kind))[0].natural for kind in ItemKind} == {
        ItemKind.URGENT: True,
        ItemKind.PATROL: False,
        ItemKind.DAILY: False,
    }


def test_an_item_added_to_the_file_is_there() -> None:
    """The list grows without code (R018)."""
    grown = parse(*dump_items(shipped_items()).splitlines(), line())
    assert grown[:-1] == shipped_items()
    assert (grown[-1].code, grown[-1].level, grown[-1].lead) == ("XX01", Tier.D, "grid")
    assert grown[-1].respond_hours == 2.0


def test_dumping_and_parsing_give_back_the_same_bytes() -> None:
    """Export and import leave no trace in a diff; half hours stay half hours."""
    text = dump_items(shipped_items())
    assert dump_items(parse_items(text, "x", shipped_roles())) == text
    assert '"respond_hours": 0.25' in text
    assert '"respond_hours": 2,' in text
    assert [len(json.loads(row)) for row in text.splitlines()] == [len(FIELDS)] * 91


def test_blank_lines_and_a_byte_order_mark_do_no_harm() -> None:
    """Editors add both, and line numbers still count them."""
    assert len(parse("\ufeff" + line(), "", "")) == 1
    assert faults(line(), "", "{") == ["items.jsonl:3: not JSON from character 2 on"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"code": "x1"}, "code 'x1' is not two letters and two digits"),
        ({"version": 0}, "version counts from 1"),
        ({"version": True}, "version must be a whole number"),
        ({"basis": " "}, "basis must be a text that is not empty"),
        ({"name": "a\x00b"}, "name must be a text that is not empty"),
        ({"keywords": ["\ud83d"]}, "keywords must be a list of texts"),
        ({"short": "一二三四五六七"}, "short must have 2 to 6 characters"),
        ({"kind": "应急"}, "unknown kind '应急'; one of urgent, patrol, daily"),
        ({"level": "E"}, "unknown level 'E'; one of D, C, B, A"),
        ({"level": ["D"]}, "unknown level ['D']; one of D, C, B, A"),
        ({"closing": "nobody"}, "unknown closing 'nobody'; one of resident, staff"),
        (
            {"evidence": ["selfie"]},
            (
                "unknown evidence 'selfie'; any of photo, before_after, reading, agreement, "
                "visit, contact, document"
            ),
        ),
        ({"hotlines": ["911"]}, "unknown hotline '911'"),
        ({"respond_hours": 0}, "respond_hours must be more than 0 and at most 2000 hours"),
        ({"respond_hours": "2"}, "respond_hours must be more than 0 and at most 2000 hours"),
        ({"resolve_hours": -1}, "resolve_hours must be more than 0 and at most 2000 hours"),
        ({"resolve_hours": 2001}, "resolve_hours must be more than 0 and at most 2000 hours"),
        (
            {"resolve_hours": float("nan")},
            "resolve_hours must be more than 0 and at most 2000 hours",
        ),
        ({"respond_hours": 9}, "respond_hours is longer than resolve_hours"),
        (URGENT | {"advice": ""}, "an emergency needs an advice key"),
        (URGENT | {"hotlines": []}, "an emergency needs a hotline"),
        (URGENT | {"kind": "daily"}, "an emergency must be of kind urgent"),
        ({"advice": "不要开灯"}, "advice must be advice-…"),
        ({"emergency": "no"}, "emergency must be true or false"),
        ({"keywords": "甲"}, "keywords must be a list of texts"),
        ({"keywords": ["甲", "甲"]}, "keywords: '甲' stands twice"),
        ({"lead": "nobody"}, "lead: 'nobody' is not a unit role"),
        ({"lead": "派出所"}, "lead: '派出所' is not a unit role; write 'police_station'"),
        (
            {"cooperating": ["燃气企业（抢险）"]},
            "cooperating: '燃气企业（抢险）' is not a unit role; write 'gas_company'",
        ),
        ({"cooperating": ["grid"]}, "'grid' both leads and cooperates"),
        ({"colour": "red"}, "unknown field 'colour'"),
    ],
)
def test_a_bad_item_is_refused_with_file_line_and_reason(
    changes: dict[str, object], reason: str
) -> None:
    """Invalid data is refused with the line and the reason (R018)."""
    assert faults(line(code="XX00"), line(**changes)) == [f"items.jsonl:2: {reason}"]


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in OPTIONAL])
def test_no_field_may_be_missing(name: str) -> None:
    """A forgotten field is named."""
    raw = {key: value for key, value in GOOD.items() if key != name}
    assert faults(json.dumps(raw)) == [f"items.jsonl:1: field {name!r} is missing"]


def test_a_code_stands_once() -> None:
    """The second item of the same code is refused, at its own line."""
    assert faults(line(), line()) == ["items.jsonl:2: code 'XX01' is used twice"]


def test_a_field_stands_once() -> None:
    """JSON would silently keep the last of two values."""
    twice = line()[:-1] + ', "level": "A"}'
    assert faults(twice) == ["items.jsonl:1: field 'level' stands twice"]


@pytest.mark.parametrize("text", ["[]", '"CG01"', "3"])
def test_a_line_that_is_no_object_is_refused(text: str) -> None:
    """Each line holds one item."""
    assert faults(text) == ["items.jsonl:1: not a JSON object"]


def test_nesting_without_end_is_refused_like_any_other_mistake() -> None:
    """A hostile file gives a fault, not a crash."""
    assert faults("[" * 100_000) == ["items.jsonl:1: not JSON that can be read"]


def test_an_empty_file_is_refused() -> None:
    """No items at all is a mistake, not a wish."""
    assert faults("", "") == ["items.jsonl:0: no item at all"]


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    """Whoever repairs the file sees all faults, not only the first."""
    assert faults(line(version=0, short="一"), "{", line(code="XX02", level="E")) == [
        "items.jsonl:1: version counts from 1",
        "items.jsonl:1: short must have 2 to 6 characters",
        "items.jsonl:2: not JSON from character 2 on",
        "items.jsonl:3: unknown level 'E'; one of D, C, B, A",
    ]


def test_a_confidential_item_may_keep_cooperating_units() -> None:
    """The list says who could be asked; that nobody is asked is for routing to see to."""
    assert parse(line(confidential=True))[0].cooperating == ("town_sanitation",)
