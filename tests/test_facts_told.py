"""Facts as a form or a file gives them: what is taken, named, read back and shown."""

from decimal import Decimal

import pytest

from assistant.eligibility.decide import decide
from assistant.eligibility.form import profile_of
from assistant.eligibility.known import Known
from assistant.eligibility.told import fact_rows
from assistant.eligibility.values import Interval, number_words
from assistant.errors import UsageError
from tests.tiny_rules import DAY, profile, rules


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"staff_count": -3}, "职工人数（staff_count）：-3 人 不可能"),
        ({"revenue": "很多"}, "应是一个数"),
        ({"revenue": {2027: 5}}, "年份"),
        ({"registered_on": "2026-07-01"}, "之后"),
        ({"registered_on": "去年"}, "日期"),
        ({"hightech": "maybe"}, "（valid）"),
        ({"dishonest": "no"}, "true、false、是或否"),
        ({"staff_count": {"value": 3, "unit": "万元"}}, "单位应是 人"),
        ({"staff_count": {"range": [5, 3]}}, "下限大于上限"),
        ({"staff_count": float("nan")}, "不是合理的数"),
        ({"staff": 3}, "是不是 staff_count"),
        ({"staff_count": True}, "应是一个数"),
        ({"staff_count": {"kind": "roughly", "value": 3}}, "没有 'roughly'"),
    ],
)
def test_an_impossible_fact_is_named_and_the_rest_goes_on(given, words):
    read, problems = profile_of({**given, "srdi": True}, rules().definitions, DAY)

    assert list(read.told) == ["srdi"]
    assert len(problems) == 1
    assert words in problems[0]


@pytest.mark.parametrize(("word", "value"), [("是", True), ("否", False), ("没有", False)])
def test_a_yes_or_no_may_be_written_in_words(word, value):
    read, problems = profile_of({"dishonest": word}, rules().definitions, DAY)

    assert (read.told["dishonest"].value, problems) == (value, ())


@pytest.mark.parametrize("given", [[1, 2], "文字", 3, [{"value": 1}]])
def test_what_is_no_profile_is_refused(given):
    with pytest.raises(UsageError):
        profile_of(given, rules().definitions, DAY)


def test_money_is_read_in_any_unit():
    found = profile(equipment_investment={"value": 1.2, "unit": "亿元"})

    assert found.told["equipment_investment"].value.exact == 12000


def test_facts_are_read_back_from_their_rows():
    first = profile(
        staff_count={"estimate": 30}, revenue={2025: {"at_least": 800}, 2024: {"range": [1, 2]}},
        hightech=["valid", "expired"], region=["baoshan"], registered_on="2024-03-01",
        dishonest=False, fair_count={"at_most": 4},
    )  # fmt: skip
    rows = fact_rows(first)
    again, problems = profile_of(rows, rules().definitions, DAY)

    assert problems == ()
    assert again.told == first.told
    assert {row["kind"] for row in rows if row["fact"] == "staff_count"} == {"estimate"}


def test_each_fact_keeps_the_words_it_was_read_from():
    rows = [
        {"fact": "revenue", "year": 2025, "value": 900, "read_from": "去年九百万"},
        {"fact": "revenue", "year": 2024, "value": 800, "read_from": "前年八百万"},
        {"fact": "staff_count", "value": 86, "kind": "exact", "read_from": "86个人"},
    ]
    read, _ = profile_of(rows, rules().definitions, DAY)

    assert read.told["revenue"].words == "去年九百万；前年八百万"
    assert fact_rows(read)[0]["read_from"] == "86个人"


def test_an_unsure_fact_is_neither_told_nor_asked_again():
    found, _ = profile_of({"staff_count": None}, rules().definitions, DAY)

    assert (dict(found.told), found.unsure) == ({}, {"staff_count"})


def test_numbers_are_cut_and_gaps_rounded_up():
    assert number_words(Decimal("8000")) == "8000"
    assert number_words(Decimal("2.999")) == "2.99"
    assert number_words(Decimal("0.001"), is_gap=True) == "0.01"
    assert number_words(Decimal(0)) == "0"


def test_a_known_value_is_shown_with_its_bound():
    told = profile(staff_count={"at_least": 20})
    found = decide(rules().by_id["equipment"], told, DAY).findings

    assert next(one.value for one in found if one.condition == "staff") == "至少 20 人"
    assert Known(profile(staff_count=3), DAY).number("staff_count") == Interval(
        Decimal(3), Decimal(3), profile(staff_count=3).told["staff_count"].value.bound
    )
