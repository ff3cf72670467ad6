"""Figures and yearly series of a description, read with the facts that are shipped."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.eligibility.learned import PATTERNS_ALONE
from assistant.eligibility.loading import read_rules
from assistant.eligibility.profile import read_profile
from assistant.evaluation.eligibility import noted
from assistant.settings import Settings

DAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def facts():
    definitions = read_rules(Settings().rules_dir)[0].definitions

    def read(text):
        return dict(map(noted, read_profile(text, DAY, definitions, PATTERNS_ALONE).facts))

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
        ("去年研发费用不小于500万", {"rd_expense@2025": ">=500"}),
        ("去年研发费用不大于500万", {"rd_expense@2025": "<=500"}),
        ("去年研发费用还没有超过300万", {"rd_expense@2025": "<=300"}),
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
        ("近三年营收 500 600-650 720万", {"revenue@2024": "600..650", "revenue@2025": 720}),
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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("营收（万） 2024年 620 2025年 710", {"revenue@2024": 620, "revenue@2025": 710}),
        ("近三年营收 500 600 720万", {"revenue@2023": 500, "revenue@2024": 600}),
        ("营收23/24/25年：310万/350万/420万", {"revenue@2023": 310, "revenue@2025": 420}),
        ("营收2.1亿（2025）、1.9亿（2024）", {"revenue@2024": 19000, "revenue@2025": 21000}),
        ("营收从2023年的700万做到2025年的1100万", {"revenue@2023": 700, "revenue@2025": 1100}),
        ("近两年研发占比分别4.2、4.9", {"rd_ratio_yearly@2024": 4.2, "rd_ratio_yearly@2025": 4.9}),
        ("研发占营收前年六点二，去年七点一", {"rd_ratio_yearly@2024": 6.2, "rd_ratio": 7.1}),
        ("研发占比前年6个点一，去年7个点半", {"rd_ratio_yearly@2024": 6.1, "rd_ratio": 7.5}),
        ("近两年产值分别增长3%、7%", {"output_growth@2024": 3, "output_growth@2025": 7}),
        ("产值2024跌4%、2025涨8%", {"output_growth@2024": -4, "output_growth@2025": 8}),
        ("三年拉通算研发占4.4%", {"rd_ratio_3y": 4.4}),
    ],
)
def test_a_list_of_years_in_any_form(facts, text, wanted):
    assert holds(wanted, facts(text))


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("研发费用一分钱没有", "rd_expense@2025"),
        ("没有研发支出", "rd_expense@2025"),
        ("去年零收入", "revenue@2025"),
        ("I类知识产权一件都没有", "ip_class1_count"),
        ("技术交易费为零，是创新联合体的", "technology_trade_fee"),
    ],
)
def test_none_at_all_is_a_figure(facts, text, fact):
    assert facts(text)[fact] == 0


@pytest.mark.parametrize("text", ["没有研发以外的来源", "去年还没有收入", "营收没降"])
def test_what_only_sounds_like_none_is_no_figure(facts, text):
    assert not {"revenue@2025", "rd_expense@2025"} & set(facts(text))


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("连我带上家里人一共7个人，开餐馆", "staff_count", 7),
        ("社保缴着52个人，做注塑的", "staff_count", 52),
        ("在孵化器里，创始团队4个人", "team_size", 4),
        ("去年研发费用九成都花在国内", "rd_in_china_share", 90),
        ("细分行业里我们排第四，市场份额9%", "market_rank", 4),
        ("这个新药研发前后烧了3900万", "rd_cost_of_project", 3900),
    ],
)
def test_whose_and_what_a_figure_is(facts, text, fact, value):
    assert facts(text)[fact] == value


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("在罗泾做钣金，有三十七个师傅，37人都缴社保", "staff_count", 37),
        ("研发费用40万一年", "rd_expense@2025", 40),
        ("去年营收500万利润45研发30", "rd_expense@2025", 30),
        ("前年亏了60万，去年25万", "profit@2025", -25),
        ("专精特新自评77，创新型69", "innovative_score", 69),
        ("科小 76，已经入库", "tech_sme_score", 76),
    ],
)
def test_what_goes_without_saying(facts, text, fact, value):
    assert facts(text)[fact] == value


@pytest.mark.parametrize("text", ["做培训的，去年来了300人", "他们厂有300人", "一共接待过20人参观"])
def test_a_number_of_others_is_no_staff(facts, text):
    assert "staff_count" not in facts(text)


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("做餐饮和住宿，这两块占总收入六成", "excluded_industry_income_share", 60),
        ("买过一次办公楼，这次2,150万成交", "office_price", 2150),
        ("入驻大学科技园，团队5名成员", "team_size", 5),
        ("产值三年里最差是24年那个负3", "output_growth_3y_min", -3),
        ("科小自评71分，其中科技人员14", "tech_sme_staff_score", 14),
        ("新药还在二期，该品种研发花费6100万，国内开展临床", "rd_cost_of_project", 6100),
        ("去年营收两千多万？不对，应该是3150万", "revenue@2025", 3150),
    ],
)
def test_figures_beside_words_that_look_like_others(facts, text, fact, value):
    found = facts(text)

    assert found[fact] == value
    assert not {"revenue@2025", "event_cost", "science_staff_count"} & set(found) - {fact}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("研发占收入比例：\n2024年 4.8%\n2025年 5.3%", {"rd_ratio_yearly@2024": 4.8}),
        ("营业收入（万元）\n2024年：830\n2025年：910", {"revenue@2024": 830, "revenue@2025": 910}),
        ("最近三年收入依次为210万、240万、270万", {"revenue@2023": 210, "revenue@2025": 270}),
        ("去年整个公司做下来2600万", {"revenue@2025": 2600}),
        ("主营收入3300万，其他收入60万", {"revenue@2025": 3300}),
        ("厂里人头算下来41个", {"staff_count": 41}),
    ],
)
def test_a_heading_or_a_verb_names_what_follows(facts, text, wanted):
    assert holds(wanted, facts(text))


@pytest.mark.parametrize("text", ["同业乙公司去年营收9亿", "听同行讲对面那家融资2000万"])
def test_hearsay_of_others_is_not_read(facts, text):
    assert facts(text) == {}


def test_a_branch_speaks_of_itself(facts):
    assert facts("我们是分公司，去年做了1300万")["revenue@2025"] == 1300
