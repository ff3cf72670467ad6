"""Free text about an enterprise: every stated fact read, nothing invented."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.eligibility.learned import PATTERNS_ALONE
from assistant.eligibility.profile import fact_rows, read_profile
from assistant.eligibility.quantities import find_quantities
from assistant.eligibility.readings import Bound, ReadProfile
from assistant.evaluation.eligibility import noted
from assistant.text import read_number
from tests.profile_definitions import load
from tests.profile_scoring import DAY, rows, score

DEFINITIONS = load()
HELD_IN = (
    "founder", "finance", "park", "fragments", "stories", "mixed", "second", "third", "fourth",
    "fifth", "sixth",
)  # fmt: skip
LEAST_SHARE = 0.97


def read(text: str, day: date = DAY) -> ReadProfile:
    return read_profile(text, day, DEFINITIONS, PATTERNS_ALONE)


def facts(text: str, day: date = DAY) -> dict[str, object]:
    return dict(map(noted, read(text, day).facts))


def test_descriptions_by_several_hands_are_read_and_nothing_is_invented():
    total = score([row for name in HELD_IN for row in rows(name)], DEFINITIONS)

    assert total.stated > 900
    assert total.invented == 0, "\n".join(total.slips)
    assert total.share >= LEAST_SHARE, "\n".join(total.slips)


@pytest.mark.parametrize("text", ["", " ", "\n", "你好", "有什么补贴可以拿？", "。。。", "12345"])
def test_a_text_that_states_nothing_gives_nothing(text):
    assert read(text) == ReadProfile(())


@pytest.mark.parametrize(
    ("words", "value", "bound", "upper"),
    [
        ("1.2亿", 120_000_000, Bound.EXACT, None),
        ("一亿二千万", 120_000_000, Bound.EXACT, None),
        ("1亿2", 120_000_000, Bound.EXACT, None),
        ("一个多亿", 100_000_000, Bound.RANGE, 200_000_000),
        ("800多万", 8_000_000, Bound.RANGE, 9_000_000),
        ("八百多万", 8_000_000, Bound.RANGE, 9_000_000),
        ("近千万", 9_000_000, Bound.RANGE, 10_000_000),
        ("不到500万", 5_000_000, Bound.AT_MOST, None),
        ("不低于500万", 5_000_000, Bound.AT_LEAST, None),
        ("不超过500万", 5_000_000, Bound.AT_MOST, None),
        ("5000万以上", 50_000_000, Bound.AT_LEAST, None),
        ("两千万出头", 20_000_000, Bound.RANGE, 22_000_000),
        ("2000万上下", 20_000_000, Bound.ESTIMATE, None),
        ("800-900万", 8_000_000, Bound.RANGE, 9_000_000),
        ("几百万", 2_000_000, Bound.RANGE, 9_990_000),
        ("4千8百万", 48_000_000, Bound.EXACT, None),
        ("1200w", 12_000_000, Bound.EXACT, None),
        ("3%-5%", 3, Bound.RANGE, 5),
        ("八成五", 85, Bound.EXACT, None),
        ("30人左右", 30, Bound.ESTIMATE, None),
        ("三四百人", 300, Bound.RANGE, 400),
        ("十几个人", 11, Bound.RANGE, 19),
    ],
)
def test_a_number_keeps_its_bound(words, value, bound, upper):
    one = find_quantities(words)[0]

    assert (one.value, one.bound, one.upper) == (value, bound, upper)


def test_a_bare_character_of_a_word_is_no_number():
    assert facts("员工一共86人") == {"staff_count": 86}


def test_ten_thousands_before_hundred_millions_are_their_own_part():
    assert read_number("一亿二千万") == 120_000_000
    assert read_number("三万亿") == 3_000_000_000_000


def test_a_fact_keeps_the_words_it_was_read_from():
    text = "我们去年　营收１.２亿，员工８６人。"

    for one in read(text).facts:
        assert text[one.start : one.end] == one.words
    assert [one.words for one in read(text).facts] == ["营收１.２亿", "员工８６人"]


def test_years_follow_the_day_of_asking():
    text = "去年营收1亿，前年8000万"

    assert facts(text, date(2026, 6, 30)) == {"revenue@2025": 10000, "revenue@2024": 8000}
    assert facts(text, date(2025, 1, 1)) == {"revenue@2024": 10000, "revenue@2023": 8000}


def test_a_figure_without_a_year_is_of_the_last_full_year_and_says_so():
    (one,) = read("营收1亿").facts

    assert (one.year, one.is_year_assumed) == (2025, True)


@pytest.mark.parametrize(
    "text",
    ["今年上半年营收6000万", "预计今年营收2亿", "三年累计营收3亿", "今年营收5000万", "月营收300万"],
)
def test_what_is_no_full_year_is_no_revenue(text):
    assert facts(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "我们客户是高企，营收3亿",
        "同行都是小巨人",
        "母公司营收20亿，员工3000人",
        "如果营收做到2亿，员工100人呢",
        "政策要求研发占比5%以上",
        "打算明年申请高企",
        "高企能拿多少奖励？",
        "去年融资5000万，估值3亿",
    ],
)
def test_what_is_not_said_of_us_today_is_not_read(text):
    assert facts(text) == {}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("还不是高企", "never"),
        ("曾经是高企", "expired"),
        ("高企去年到期了，没续上", "expired"),
        ("高企还在有效期", "valid"),
        ("高企正在申报", "applying"),
        ("高企证书2023年6月30日拿的", "expired"),
        ("高企证书2023年7月1日拿的", "valid"),
        ("高企2026年6月到期", "valid"),
        ("高企2026年5月到期", "expired"),
    ],
)
def test_a_title_has_the_status_of_the_day(text, status):
    assert facts(text)["hightech"] == status


def test_two_values_for_one_fact_are_reported_and_none_is_taken():
    profile = read("员工86人，财务那边说员工92人")

    assert profile.facts == ()
    (one,) = profile.contradictions
    assert one.fact == "staff_count"
    assert [reading.value for reading in one.readings] == [86, 92]


def test_a_firmer_value_within_a_bound_is_no_contradiction():
    assert facts("员工80多人，准确说员工86人") == {"staff_count": 86}


def test_foreign_money_is_named_as_unread():
    profile = read("去年营收800万美元")

    assert profile.facts == ()
    assert [one.words for one in profile.unread] == ["营收800万美元"]
    assert "外币" in profile.unread[0].reason


def test_money_without_a_unit_is_named_as_unread():
    profile = read("去年营收1200")

    assert profile.facts == ()
    assert "单位" in profile.unread[0].reason


def test_a_town_lies_in_its_district_and_production_elsewhere_does_not_count():
    assert facts("注册在罗店，税也在宝山，生产在南通") == {
        "region": ["baoshan"], "tax_place": "baoshan"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021年5月注册", "2021-05-01", "2021-05-31"),
        ("成立三年了", "2022-07-01", "2023-06-30"),
        ("成立不到一年", "2025-06-30", "2026-06-30"),
        ("成立一年零三个月", "2025-03-01", "2025-03-30"),
    ],
)
def test_a_founding_is_the_span_of_days_it_may_be(text, first, last):
    assert facts(text) == {"registered_on": f"{first}..{last}"}


def test_a_founding_after_the_day_is_left_unread():
    assert facts("2026年8月1日成立") == {}


def test_codes_and_telephone_numbers_are_no_facts():
    assert facts("统一社会信用代码91310113MA1GK00000，电话13800001234") == {}


@pytest.mark.parametrize(
    "text",
    ["1" * 5000, "一家" * 3000, "没有" * 3000, "营收的是" * 2000, "占的" * 2000 + "5%",
     "公司" * 3000 + "86人", "8000万、" * 1500],
    ids=lambda text: text[:4],
)  # fmt: skip
def test_a_text_made_to_be_slow_is_read_in_time(text):
    read(text)


def test_rows_of_a_profile_file_have_value_kind_unit_and_year():
    (row,) = fact_rows(read("去年研发费用八百多万").facts)

    assert row == {
        "fact": "rd_expense", "kind": "range", "value": [800, 900], "unit": "万元",
        "year": 2025, "read_from": "研发费用八百多万",
    }  # fmt: skip
