"""Decisions, near misses, amounts, combinations and questions on the small rules."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from assistant.eligibility.amounts import amount_of
from assistant.eligibility.benefits import BenefitKind
from assistant.eligibility.decide import DIRECTION, decide, decide_all
from assistant.eligibility.derivations import years_after, years_between
from assistant.eligibility.next_question import UNSURE, next_question
from assistant.eligibility.stacking import combine
from assistant.eligibility.values import Choice
from assistant.truth import Truth
from assistant.verdicts import Outcome
from tests.tiny_rules import DAY, known, profile, rules

GOOD = {
    "registered_on": "2024-03-01",
    "region": ["baoshan"],
    "staff_count": 86,
    "revenue": {2025: 12000},
    "rd_expense": {2025: 480, 2024: 300},
    "dishonest": False,
}


def verdict(benefit: str, day: date = DAY, **facts: object):
    return decide(rules().by_id[benefit], profile(**facts), day)


def combined(**facts: object):
    return combine(rules().by_id, decide_all(rules().benefits, profile(**facts), DAY))


def test_nothing_known_is_undetermined_and_names_what_is_missing():
    found = verdict("equipment")

    assert found.outcome is Outcome.UNDETERMINED
    assert found.missing[:3] == ("region", "registered_on", "staff_count")
    assert {one.truth for one in found.findings[2:]} == {Truth.UNKNOWN}


def test_an_expired_benefit_says_when_it_ended():
    found = verdict("old_award", hightech="valid")

    assert found.outcome is Outcome.INELIGIBLE
    assert found.findings[0].needed == "已于 2023-12-31 失效"
    assert found.findings[0].source.clause_id == "park__h1_1__h3_2"
    assert (found.near_miss, found.amount, found.missing) == (None, None, ())


def test_a_direction_is_never_an_entitlement():
    found = verdict("device_direction", fields=["medical_device"])

    assert found.outcome is Outcome.UNDETERMINED
    assert DIRECTION in found.notices


def test_an_expert_condition_stays_unknown_and_is_not_asked():
    found = verdict("recognised", srdi=True, tech_sme=True)

    assert found.outcome is Outcome.UNDETERMINED
    assert next_question([rules().by_id["recognised"]], known(srdi=True, tech_sme=True)) is None


@pytest.mark.parametrize(
    ("staff", "truth"),
    [
        ({"at_least": 20}, Truth.UNKNOWN),
        ({"range": [20, 500]}, Truth.TRUE),
        ({"at_least": 501}, Truth.FALSE),
        ({"estimate": 30}, Truth.TRUE),
        ({"estimate": 20}, Truth.UNKNOWN),
        ({"at_most": 19}, Truth.FALSE),
        ({"at_most": 30}, Truth.UNKNOWN),
    ],
)
def test_a_bound_is_decided_as_a_bound(staff, truth):
    found = {one.condition: one.truth for one in verdict("equipment", staff_count=staff).findings}

    assert found["staff"] is truth


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"rd_expense": {2025: 312, 2024: 300}},
         "差 0.4 个百分点：研发费用达到 360 万元即满足"),
        ({"registered_on": "2025-07-01"}, "到 2026-07-01 满 1 年即可"),
        ({"staff_count": 15}, "差 5 人：职工人数达到 20 人即满足"),
        ({"staff_count": 510}, "多 10 人：职工人数不超过 500 人即满足"),
        ({"staff_count": {"at_most": 15}}, "差 5 人：职工人数达到 20 人即满足"),
        ({"rd_expense": {2025: 480, 2024: 80}}, "差 20 万元：2024年研发费用达到 100 万元即满足"),
        ({"staff_count": 9}, None),
        ({"staff_count": 15, "dishonest": True}, None),
        ({"region": ["jiangsu"]}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_a_near_miss_is_worked_out_from_the_threshold(facts, words):
    assert verdict("equipment", **GOOD | facts).near_miss == words


def test_the_near_miss_of_a_share_of_people_counts_whole_people():
    benefit = rules().by_id["equipment"]
    leaf = next(one for one in benefit.conditions.parts if one.id == "staff")
    limits = replace(leaf.test.limits, low=Decimal(10), high=None)
    share = replace(leaf, fact="science_staff_share", test=replace(leaf.test, limits=limits))
    found = decide(
        replace(benefit, conditions=share, window=None),
        profile(staff_count=86, science_staff_count=8),
        DAY,
    )

    assert found.near_miss == "差 0.7 个百分点：科技人员达到 9 人即满足"


def test_amounts_follow_what_is_known_and_widen_with_what_is_not():
    assert amount_of(rules().by_id["fair"], known(fair_count=3)).value == 6
    unknown = amount_of(rules().by_id["fair"], known())
    assert (unknown.low, unknown.high, unknown.missing) == (0, None, ("fair_count",))
    few = amount_of(rules().by_id["fair"], known(fair_count={"range": [2, 4]}))
    assert (few.low, few.high, few.value) == (4, 8, None)


def test_a_rate_that_is_at_most_is_a_maximum_with_its_soft_cap():
    under = amount_of(rules().by_id["equipment"], known(equipment_investment=2000))
    over = amount_of(rules().by_id["equipment"], known(equipment_investment=3000))

    assert (under.low, under.high) == (0, 400)
    assert "不超过 20% × 设备投资 2000 万元 = 最高 400 万元" in under.formula
    assert (over.low, over.high, over.cap, over.is_soft) == (0, 500, 500, True)
    assert "原则上最高 500 万元" in over.formula


def test_a_part_that_may_not_apply_counts_from_nothing():
    award = rules().by_id["first_award"]

    assert amount_of(award, known(first_time=True)).value == 25
    assert amount_of(award, known(first_time=False)) is None
    asked = amount_of(award, known())
    assert (asked.low, asked.high, asked.missing) == (0, 25, ("first_time",))


def test_of_two_that_exclude_each_other_the_higher_is_taken_and_the_other_explained():
    found = combined(hightech="valid", first_time=True, newly_settled=True)

    assert found.benefits == ("rent", "first_award")
    assert [one.benefit for one in found.left_out] == ["settling"]
    assert "就高不重复" in found.left_out[0].because
    assert found.left_out[0].source.quote == "与首次认定奖励就高不重复"
    assert (found.low, found.high) == (25, 55)


def test_what_is_deducted_counts_once():
    found = combined(newly_settled=True)

    assert set(found.benefits) == {"rent", "settling"}
    assert (found.low, found.high) == (10, 30)
    assert "扣除" in found.notices[0]


def test_what_nobody_has_seen_about_two_benefits_is_said():
    found = combined(newly_settled=True, fair_count=1)

    assert any("写得不明确" in one for one in found.notices)
    assert any("未见规定" in one for one in found.notices)


def test_nothing_eligible_is_an_empty_combination():
    found = combined()

    assert (found.benefits, found.low, found.high, found.left_out) == ((), 0, 0, ())


ANSWERS = {
    "registered_on": "2024-03-01", "region": ["baoshan"], "industry": "software",
    "fields": ["cxo"], "staff_count": 86, "science_staff_count": 20,
    "revenue": {2025: 12000}, "total_assets": 9000, "rd_expense": {2025: 480, 2024: 300},
    "hightech": "valid", "first_time": True, "srdi": True, "tech_sme": False,
    "dishonest": False, "newly_settled": True, "equipment_investment": 2000, "fair_count": 2,
}  # fmt: skip


@pytest.mark.parametrize("is_sure", [True, False])
def test_questions_end_and_no_fact_is_asked_for_twice(is_sure):
    facts: dict[str, object] = {}
    asked: list[str] = []
    while question := next_question(rules().benefits, known(**facts)):
        assert question.options[-1] == UNSURE
        asked.append(question.fact)
        facts[question.fact] = ANSWERS[question.fact] if is_sure else None
        assert len(asked) == len(set(asked)) <= len(ANSWERS)
    if is_sure:  # of a direction nothing is asked: there is nothing to get
        benefits = [one for one in rules().benefits if one.kind is not BenefitKind.DIRECTION]
        before, after = (
            [one.outcome for one in decide_all(benefits, profile(**each), DAY)]
            for each in (facts, ANSWERS)
        )
        assert before == after


def test_the_fact_that_settles_most_is_asked_first():
    pair = [rules().by_id["settling"], rules().by_id["fair"], rules().by_id["rent"]]

    assert next_question(pair, known()).fact == "newly_settled"


def test_a_series_is_asked_for_with_its_years():
    found = next_question(
        [rules().by_id["equipment"]],
        known(**{name: value for name, value in GOOD.items() if name != "rd_expense"}),
    )

    assert found.fact == "rd_expense"
    assert "2024、2025" in found.question


@pytest.mark.parametrize(
    ("industry", "staff", "revenue", "sizes"),
    [
        ("industry_manufacturing", 299, 2000, {"small"}),
        ("industry_manufacturing", 300, 2000, {"medium"}),
        ("industry_manufacturing", 300, 1999, {"small"}),
        ("industry_manufacturing", 1000, 40000, {"large"}),
        ("industry_manufacturing", 1000, 39999, {"medium"}),
        ("industry_manufacturing", 19, 300, {"micro"}),
        ("industry_manufacturing", 20, 299, {"micro"}),
        ("industry_manufacturing", {"at_least": 20}, 500, {"small"}),
        ("industry_manufacturing", {"range": [250, 350]}, 5000, {"small", "medium"}),
        ("transport", 999, 90000, {"micro", "small", "medium"}),
        ("transport", 1000, 30000, {"large"}),
    ],
)
def test_the_size_follows_from_trade_staff_and_revenue(industry, staff, revenue, sizes):
    found = known(industry=industry, staff_count=staff, revenue={2025: revenue})

    assert found.value("size_class") == Choice(frozenset(sizes))
    assert found.value("is_sme") is ("large" not in sizes)


def test_the_size_is_unknown_without_the_trade_and_asks_for_it():
    assert known(staff_count=5).value("size_class") is None
    assert known(staff_count=5).missing("size_class") == ("industry",)
    assert known(industry="software").missing("is_sme") == ("staff_count", "revenue")


def test_a_ratio_over_three_years_needs_all_of_them_unless_the_enterprise_is_younger():
    two = {"revenue": {2025: 2000, 2024: 1000}, "rd_expense": {2025: 100, 2024: 50}}

    assert known(**two).value("rd_ratio_3y") is None
    assert known(**two).missing("rd_ratio_3y") == ("rd_expense", "revenue")
    young = known(registered_on="2024-02-01", **two)
    assert young.value("rd_ratio_3y").exact == 5
    assert known(rd_ratio_3y=4.2).value("rd_ratio_3y").exact == Decimal("4.2")


def test_a_ratio_of_nothing_is_unknown():
    assert known(revenue={2025: 0}, rd_expense={2025: 0}).value("rd_ratio") is None


@pytest.mark.parametrize(
    ("first", "day", "is_full"),
    [
        ((2025, 6, 30), (2026, 6, 30), True),
        ((2025, 7, 1), (2026, 6, 30), False),
        ((2024, 2, 29), (2025, 2, 28), True),
        ((2024, 2, 29), (2025, 2, 27), False),
    ],
)
def test_a_year_is_full_on_its_anniversary(first, day, is_full):
    assert (years_between(date(*first), date(*day)) >= 1) is is_full
    assert (years_after(date(*first), 1) <= date(*day)) is is_full
