"""Figures and yearly series of a description, read with the facts that are shipped."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.eligibility.loading import read_rules
from assistant.eligibility.profile import read_profile
from assistant.evaluation.eligibility import noted
from assistant.settings import Settings

DAY = date(2026, 6, 30)


class _Silent:
    """Models that know nothing: what is read here, the patterns read."""

    def facts_of(self, *_):
        return {}

    def said_in(self, *_):
        return {}


@pytest.fixture(scope="module")
def facts():
    definitions = read_rules(Settings().rules_dir)[0].definitions

    def read(text):
        return dict(map(noted, read_profile(text, DAY, definitions, _Silent()).facts))

    return read


def holds(wanted, found):
    return wanted.items() <= found.items()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("付银行的利息一年不到35万", {"loan_interest_paid": "<=35"}),
        ("科技支出不到营收的6%", {"science_spending_ratio": "<=6"}),
        ("研发强度去年4个点都不到", {"rd_ratio": "<=4"}),
        ("数字化改造投入两百五到三百万", {"digital_investment": "250..300"}),
        ("研发用的实验室四百多个平方", {"lab_area": "400..500"}),
        ("厂里三十四号，做冲压件", {"staff_count": 34}),
        ("去年研发费全在境内，百分之百", {"rd_in_china_share": 100}),
        ("细分行业排第三第四的样子", {"market_rank": "3..4"}),
        ("这个细分市场国内排老二", {"market_rank": 2}),
        ("逾九十名科技人员", {"science_staff_count": ">=90"}),
        ("研发人员45名，占全员一成五六", {"rd_staff_count": 45, "rd_staff_share": "15..16"}),
    ],
)
def test_a_bound_or_range_as_people_say_it(facts, text, wanted):
    assert holds(wanted, facts(text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("主营占比95.5，负债率41", {"main_business_share": 95.5, "debt_ratio": 41}),
        ("研发占比24年6.5 25年7.2", {"rd_ratio_yearly@2024": 6.5, "rd_ratio_yearly@2025": 7.2}),
        ("科技人员28，占35%", {"science_staff_count": 28, "science_staff_share": 35}),
        ("科技人员20人，四成", {"science_staff_count": 20, "science_staff_share": 40}),
        ("员工90，研发的占四成", {"staff_count": 90, "rd_staff_share": 40}),
    ],
)
def test_a_share_without_a_sign_or_a_subject_of_its_own(facts, text, wanted):
    assert holds(wanted, facts(text))


def test_a_count_after_a_name_is_no_share(facts):
    assert "rd_ratio" not in facts("研发占用3间房，员工20人")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("总投资2600万：设备1500，固投2100", {"fixed_investment": 2100}),
        ("研发费用2024年 180、2025年 220（万元）", {"rd_expense@2024": 180}),
        ("23年营收900，24年1100，25年1350，单位万", {"revenue@2023": 900, "revenue@2025": 1350}),
    ],
)
def test_a_unit_said_once_is_of_all(facts, text, wanted):
    assert holds(wanted, facts(text))


@pytest.mark.parametrize("text", ["去年营收1200", "员工30万能算吗，营收1.2"])
def test_money_without_any_unit_is_still_unread(facts, text):
    assert not any(key.startswith("revenue") for key in facts(text))


def test_a_year_goes_no_further_than_its_figure(facts):
    found = facts("去年营收4100w 前年3600w 利润300w 20年3月注册的 研发人员12个")

    assert holds({"revenue@2025": 4100, "revenue@2024": 3600, "profit@2025": 300}, found)
    assert found["rd_staff_count"] == 12


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("这个品种前后烧了5200万，二期在做", "rd_cost_of_project", 5200),
        ("技改项目总盘子1800万", "project_investment", 1800),
        ("股权融资去年到账900万，两年加起来2100万", "equity_financing_2y", 2100),
        ("邮轮公司，淡季开了6个母港航次", "off_season_voyages", 6),
        ("做工业软件，员工50，不对，是58", "staff_count", 58),
    ],
)
def test_the_words_around_say_which_fact_is_meant(facts, text, fact, value):
    assert facts(text)[fact] == value


def test_a_branch_speaks_of_itself(facts):
    assert facts("我们是分公司，去年做了1300万")["revenue@2025"] == 1300
