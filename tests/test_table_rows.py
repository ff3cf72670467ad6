"""Rows of a table of firms: columns by synonyms, errors by cell."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from assistant.eligibility.readings import Row
from assistant.eligibility.table_rows import read_row
from assistant.evaluation.eligibility import noted
from tests.profile_definitions import load
from tests.profile_scoring import DAY

DEFINITIONS = load()


def row(**cells: object) -> Row:
    return read_row(cells, DEFINITIONS, DAY)


def facts(cells: dict[str, object]) -> dict[str, object]:
    read = read_row(cells, DEFINITIONS, DAY)
    assert read.errors == ()
    return dict(map(noted, read.facts))


def test_columns_are_known_by_synonyms_years_and_units():
    assert facts(
        {
            "员工数": 86,
            "2024年营业收入（万元）": "9,800",
            "营收(元)": 120_000_000,
            "上年研发投入（万元）": 800.5,
            "研发占比(%)": 6.5,
            "注册地": "上海市宝山区罗店镇",
            "成立日期": datetime(2020, 5, 6),
            "高企": "2024年12月重新认定",
            "科技型中小企业": "是",
            "所属行业": "制造业",
            "主营产品": "三类医疗器械、体外诊断",
        }
    ) == {
        "staff_count": 86,
        "revenue@2024": 9800,
        "revenue@2025": 12000,
        "rd_expense@2025": 800.5,
        "rd_ratio": 6.5,
        "region": ["baoshan"],
        "registered_on": "2020-05-06",
        "hightech": "valid",
        "tech_sme": True,
        "industry": "industry_manufacturing",
        "fields": ["ivd", "medical_device"],
    }


@pytest.mark.parametrize("cell", [None, "", " ", "-", "不清楚", "/"])
def test_an_empty_cell_is_unknown(cell):
    assert row(员工数=cell) == Row((), (), ())


def test_an_empty_row_is_an_empty_profile():
    assert row() == Row((), (), ())


def test_a_column_that_is_no_fact_is_named():
    assert row(企业名称="甲", 员工数=3).ignored == ("企业名称",)


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("员工数", -3, "不可能"),
        ("员工数", "很多", "应是一个数"),
        ("员工数", "30万元", "单位不对"),
        ("员工数", True, "应是一个数"),
        ("员工数", float("inf"), "应是一个数"),
        ("员工数", "=A1", "公式"),
        ("营业收入（万元）", "200万美元", "外币"),
        ("营业收入（美元）", 200, "美元"),
        ("营业收入", 1200, "单位"),
        ("2026年营业收入（万元）", 5, "没有结束"),
        ("研发占比", 0.052, "百分数"),
        ("研发占比", "130%", "不可能"),
        ("注册日期", date(2026, 7, 1), "之后"),
        ("注册日期", "昨天", "日期"),
        ("注册地", "火星", "看不出"),
        ("科技型中小企业", "打算明年", "看不懂"),
    ],
)
def test_a_cell_that_cannot_be_is_named_and_the_rest_goes_on(column, cell, says):
    read = read_row({column: cell, "研发人员": 12}, DEFINITIONS, DAY)

    assert [one.fact for one in read.facts] == ["rd_staff_count"]
    (error,) = read.errors
    assert error.column == column
    assert says in error.message


def test_two_columns_for_one_fact_must_agree():
    assert row(员工数=5, 职工人数=5).errors == ()
    assert "不同" in row(员工数=5, 职工人数=6).errors[0].message


def test_a_bound_in_a_cell_stays_one():
    assert facts({"员工数": "100人以上", "营收": "近千万"}) == {
        "staff_count": ">=100", "revenue@2025": "900..1000"
    }  # fmt: skip
