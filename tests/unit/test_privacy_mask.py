"""Masking: what is hidden, and what must stay readable (R123)."""

from __future__ import annotations

import pytest

from bot.domain.privacy import MASK, mask


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("电话13800138000", "13800138000"),
        ("电话 138 0013 8000", "138 0013 8000"),
        ("电话138-0013-8000", "8000"),
        ("电话１３８００１３８０００", "１３８００１３８０００"),
        ("电话+86 13800138000", "13800138000"),
        ("座机020-87654321", "87654321"),
        ("座机 87654321", "87654321"),
        ("身份证440106199001011234", "440106199001011234"),
        ("身份证44010619900101123X", "44010619900101123X"),
        ("卡号6222 0212 3456 7890 123", "7890"),
        ("车牌粤A12345", "A12345"),
        ("车牌粤A·12345", "12345"),
        ("新能源粤AD12345", "D12345"),
        ("粤 B 88888 占了", "88888"),
        ("邮箱li.ming@example.com", "li.ming"),
        ("微信号liming_88", "liming_88"),
        ("加我微信：abc12345", "abc12345"),
        ("QQ 123456", "123456"),
        ("找 @xiaoming_li", "xiaoming_li"),
        ("6栋1203", "1203"),
        ("6栋1203室", "1203"),
        ("6栋2单元1203房", "1203"),
        ("六栋二单元三零二室", "三零二"),
        ("3号楼502的人", "502"),
        ("幸福里6栋-1203", "1203"),
        ("住1203室", "1203"),
        ("我叫李小明，请处理", "小明"),
        ("我是王强。", "王强"),
        ("联系人：张三丰", "三丰"),
        ("王阿姨天天扔", "王阿姨"),
        ("张大爷摔了", "张大爷"),
        ("找陈建国师傅", "陈建国"),
        ("6棟1203", "1203"),
        ("6號樓2單元401住戶", "401"),
        ("3單元502", "502"),
        ("18層1802號房", "1802"),
        ("我叫張偉明，電話", "偉明"),
        ("聯絡人：陳大文", "大文"),
        ("劉小姐家的狗", "劉小姐"),
        ("黃醫生說", "黃"),
        ("車牌滬A12345", "A12345"),
        ("Room 302, Building 6", "302"),
        ("Flat 5B is flooded", "5B"),
        ("my name is Mary Chen", "Mary"),
        ("Mr. Zhang shouts", "Zhang"),
    ],
)
def test_what_is_hidden(text: str, secret: str) -> None:
    """Numbers, accounts, flats and names are not readable any more."""
    shown = mask(text)
    assert secret not in shown
    assert shown


@pytest.mark.parametrize(
    "text",
    [
        "翠竹路菜市场后门垃圾堆成山了，好几天没人收",
        "6栋楼下的路灯不亮",
        "六栋楼道里好大煤气味，有人头晕",
        "今天11:30停水，到现在3小时了",
        "2026年11月20日开始",
        "欠了12000元工资",
        "占道100米",
        "编号202611",
        "3单元门口",
        "第3网格",
        "120来了没有",
        "请打12345",
        "老师讲了",
        "国道107旁边",
        "國道107旁邊",
        "6棟樓下的路燈不亮",
        "flat tyre, the outgoing pipe at Building 6",
        "Name of the road: Cuizhu Road",
    ],
)
def test_what_stays(text: str) -> None:
    """The unit must still find the place and understand the matter."""
    assert mask(text) == text


def test_the_building_stays_readable() -> None:
    """A door number hides the flat and keeps the building."""
    assert mask("幸福里6栋1203室漏水") == f"幸福里6栋{MASK * 2}室漏水"


def test_names_to_hide_besides() -> None:
    """The reporter's own name and account are hidden wherever they stand; one character is not."""
    assert "飞天猪" not in mask("我飞天猪又来了", names=("飞天猪",))
    assert mask("我来了", names=("我", "")) == "我来了"


@pytest.mark.parametrize(
    "text", ["13800138000", "我叫李小明，6栋1203室，粤A12345", "微信号abc_12345"]
)
def test_masking_twice_changes_nothing(text: str) -> None:
    """A masked text is masked: the order of calls does not matter."""
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize("text", ["", "＊", "😀" * 50, "\ud800", "9" * 5000, "6栋" * 2000])
def test_any_text_at_all(text: str) -> None:
    """Any string may come; none raises or takes long."""
    assert isinstance(mask(text), str)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("张三丰身份证440106199001011234", "＊＊身份证＊＊＊＊"),
        ("老王家门口堆满杂物", "老＊家门口堆满杂物"),
        ("小高层电梯坏了，老街口没灯", "小高层电梯坏了，老街口没灯"),
    ],
)
def test_names_beside_papers_and_among_neighbours(said: str, read: str) -> None:
    """A name before an identity number and 老王 are hidden; places that look like them stay."""
    assert mask(said) == read
