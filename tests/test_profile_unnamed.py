"""Numbers that no name stands beside: the staff by trades, what is left, alone; the turnover."""

from __future__ import annotations

import pytest

from assistant.eligibility.profile import read_profile
from assistant.evaluation.eligibility import noted
from tests.profile_scoring import DAY
from tests.test_profile import DEFINITIONS, facts


@pytest.mark.parametrize(
    ("text", "staff"),
    [
        ("做早餐外送，十二个骑手加客服三，都交社保", 15),
        ("开饺子馆的，服务员后厨一共三十一", 31),
        ("三十六名装卸工，都在杨行的仓库", 36),
        ("做水泵的，年初走了几个人，现在就剩四十七", 47),
        ("工厂搬迁以后，从九十个人减到五十五人", 55),
        ("做冷却塔，73，厂子在罗泾", 73),
        ("人数报错了，不是64人，是46", 46),
        ("员工不是七十二，应该是二十七", 27),
        ("全厂一百单五个人", 105),
        ("从业人员廿六人", 26),
        ("从业叁拾肆人", 34),
        ("2019年 铝型材加工 人数88", 88),
    ],
)
def test_the_staff_is_read_without_its_name(text, staff):
    assert facts(text)["staff_count"] == staff


@pytest.mark.parametrize(
    "text",
    [
        "今年打算招二十个服务员",
        "给客户培训了三十个店员",
        "发明专利，12，都授权了",
        "科小评分，83，今年刚出来",
        "地址在水产路，门牌218号",
        "行业里排名都在二十名以外",
        "副高以上职称8人",
    ],
)
def test_a_number_of_others_or_of_things_is_no_staff(text):
    assert "staff_count" not in facts(text)


@pytest.mark.parametrize(
    ("text", "sold"),
    [
        ("做纸箱的，去年七百六十万", {2025: 760}),
        ("做纸箱的，一年三千两百万的量", {2025: 3200}),
        ("房费收了一百九十万，开民宿", {2025: 190}),
        ("25年销售额1.3亿；24年0.9亿", {2025: 13000, 2024: 9000}),
        ("营业收入4200万（上年3900万）", {2025: 4200, 2024: 3900}),
        ("营收2025年三亿一，2024年二亿七千五", {2025: 31000, 2024: 27500}),
        ("营业收入柒仟零伍拾万元", {2025: 7050}),
        ("revenue 5.2 million RMB", {2025: 520}),
        ("营收6,150 研发420", {2025: 6150}),
        ("去年一分钱收入没有", {2025: 0}),
    ],
)
def test_the_turnover_is_read_without_its_name(text, sold):
    read = facts(text)

    assert {key: read[key] for key in read if key.startswith("revenue@")} == {
        f"revenue@{year}": value for year, value in sold.items()
    }


@pytest.mark.parametrize(
    "text",
    [
        "厂房租金涨了，去年四十万",
        "贷款，八百万，利息还在付",
        "出口收入一分没有",
        "还没有收入",
        "海外产品之类收入一分没有",
    ],
)
def test_other_money_is_no_turnover(text):
    assert not [key for key in facts(text) if key.startswith("revenue@")]


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("研发费用360万，强度6.5%", 6.5),
        ("研发费用45万，收入1500万，正好3%", 3),
        ("研发投入270万；占收入4.5%", 4.5),
    ],
)
def test_the_share_of_research_is_read_beside_its_amounts(text, ratio):
    assert facts(text)["rd_ratio"] == ratio


def test_a_turn_from_a_loss_is_a_gain():
    read = read_profile("2025年总算扭亏赚了38万", DAY, DEFINITIONS)  # by the network

    assert dict(map(noted, read.facts))["profit@2025"] == 38


def test_no_invention_patent_is_none():
    assert facts("发明专利没有，软著有五个")["ip_class1_count"] == 0


def test_a_share_of_three_years_is_none_of_one():
    assert "rd_ratio" not in facts("近三年研发费用合计900万，占收入5.5%")
