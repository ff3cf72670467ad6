"""What is answered to who asks what it is entitled to itself."""

import json
from datetime import date

import pytest

from assistant.answering.citations import split_statements, without_marks
from assistant.answering.verify import check_answer
from assistant.errors import UsageError
from assistant.records import answer_record
from assistant.schema import Status, Turn
from assistant.verdicts import Outcome
from tests.check_pages import FIRM

DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    "messages",
    [
        ["我们能拿什么补贴？"],
        [f"{FIRM}，能拿什么补贴？"],
        [FIRM, "高企复审过了，现在呢", "那专精特新呢？", "不清楚"],
        ["我们在宝山做1类新药，II期临床做完了，在本市生产，花了3000万，能拿多少补贴？"],
        ["我们2022年的时候能拿高企奖励吗？高企2021年认定的，在宝山"],
        ["我厂技改投了2000万，规上企业，在宝山，可以补多少"],
        ["本公司营收3000万，研发600万，人员40，可以认定高新技术企业吗"],
        ["我们是邮轮公司，总部在宝山，租房能补贴多少"],
        ["我们是外地企业，能拿宝山补贴吗"],
        ["我们做CRO的，86人，服务合同2000万，能申请什么奖励？"],
        ["我们能评专精特新小巨人吗？去年营收3000万，研发400万，2020年成立，60人"],
    ],
)
def test_every_statement_is_cited_and_every_figure_borne_out(assistant_on_rules, messages):
    history = ()
    for question in messages:
        answer = assistant_on_rules.ask(question, as_of=DAY, history=history)
        history = (*history, Turn("user", question), Turn("assistant", answer.text))

        assert check_answer(answer, assistant_on_rules.documents) == []
        assert answer.verdicts


def test_a_benefit_that_is_over_is_named_so_and_is_nobody_s(assistant_on_rules):
    answer = assistant_on_rules.ask("我们能评专精特新吗？", as_of=DAY)
    over = next(one for one in answer.verdicts if one.benefit == "srdi_sme_2022")

    assert over.outcome is Outcome.INELIGIBLE
    assert "已经失效，不能再申请：\n- 专精特新小巨人企业（2022年版）" in answer.text
    assert any("替代" in one for one in answer.notices)


def test_a_direction_of_the_plan_is_never_an_entitlement(assistant_on_rules):
    answer = assistant_on_rules.ask(f"{FIRM}，能拿什么补贴？", as_of=DAY)
    before, _, after = answer.text.partition("只是方案鼓励的方向，没有金额，不构成承诺：")

    assert after
    assert "行动方案方向" not in before
    directions = [one for one in answer.verdicts if one.kind == "direction"]
    assert directions
    assert all(one.outcome is not Outcome.ELIGIBLE and one.amount is None for one in directions)


def test_what_is_open_is_said_to_be_open(assistant_on_rules):
    answer = assistant_on_rules.ask("本公司营收3000万，可以认定高新技术企业吗", as_of=DAY)

    assert answer.status is Status.NEEDS_INFO
    assert answer.text.startswith("还缺信息：")
    assert "符合：" not in answer.text
    assert answer.ask_next is not None


def test_without_any_fact_it_asks_and_cites_nothing(assistant_on_rules):
    answer = assistant_on_rules.ask("我们能拿什么补贴？", as_of=DAY)

    assert answer.status is Status.NEEDS_INFO
    assert answer.citations == ()
    assert answer.ask_next.options[-1] == "不清楚"


def test_a_profile_is_taken_with_a_question_of_any_subject(assistant_on_rules):
    profile = {"hightech": "valid", "region": ["luodian"]}
    answer = assistant_on_rules.ask("有什么补贴？", profile=profile, as_of=DAY)
    plain = assistant_on_rules.ask("到2026年培育多少家高企？", profile=profile, as_of=DAY)

    tax = next(one for one in answer.verdicts if one.benefit == "hightech_tax_rate")
    assert tax.outcome is Outcome.ELIGIBLE
    assert {one["fact"] for one in answer.facts} == {"hightech", "region"}
    assert plain.verdicts == ()
    assert "90" in plain.text


def test_a_check_can_be_handed_back_as_the_profile(assistant_on_rules):
    first = assistant_on_rules.ask(f"{FIRM}，能拿什么补贴？", as_of=DAY)
    again = assistant_on_rules.ask(
        "有什么补贴？", profile={"facts": list(first.facts), "unsure": ["listed"]}, as_of=DAY
    )

    assert [one["value"] for one in again.facts] == [one["value"] for one in first.facts]
    assert [one.outcome for one in again.verdicts] == [one.outcome for one in first.verdicts]


def test_a_profile_that_is_none_is_refused_in_words(assistant_on_rules):
    with pytest.raises(UsageError, match="企业情况应是"):
        assistant_on_rules.ask("有什么补贴？", profile=[1], as_of=DAY)


def test_what_was_told_in_two_ways_is_asked_about(assistant_on_rules):
    answer = assistant_on_rules.ask(
        "我们职工人数86人。职工人数120人。能拿什么补贴", as_of=DAY
    )

    assert answer.ask_next.fact == "staff_count"
    assert answer.ask_next.options == ("职工人数86人", "职工人数120人", "不清楚")
    assert "staff_count" not in {one["fact"] for one in answer.facts}


def test_the_day_that_is_asked_about_decides(assistant_on_rules):
    then = assistant_on_rules.ask("我们2022年的时候能评专精特新吗", as_of=DAY)
    by_id = {one.benefit: one for one in then.verdicts}

    assert then.as_of == date(2022, 7, 1)
    assert by_id["srdi_sme_2022"].outcome is Outcome.UNDETERMINED
    assert by_id["srdi_sme_2026"].outcome is Outcome.INELIGIBLE


def test_last_year_s_revenue_is_no_question_about_last_year(assistant_on_rules):
    answer = assistant_on_rules.ask("去年营收1亿，86人，我们能拿什么补贴", as_of=DAY)

    assert answer.as_of == DAY


def test_personal_data_does_not_come_back(assistant_on_rules):
    question = "我司91310113MA1GK0000X，联系13800138000，86人，高企有效，能享受什么优惠"
    record = answer_record(assistant_on_rules.ask(question, as_of=DAY))
    record.pop("question")

    assert "91310113MA1GK0000X" not in json.dumps(record, ensure_ascii=False)
    assert "13800138000" not in json.dumps(record, ensure_ascii=False)


def test_the_same_question_gives_the_same_bytes(assistant_on_rules):
    def record():
        made = answer_record(assistant_on_rules.ask(f"{FIRM}，能拿什么补贴？", as_of=DAY))
        return json.dumps({**made, "timings_ms": {}}, ensure_ascii=False)

    assert record() == record()


def test_where_no_document_of_a_rule_is_indexed_the_plan_answers_as_before(assistant_on_plan):
    answer = assistant_on_plan.ask("我们能评专精特新吗？", as_of=DAY)

    assert answer.verdicts == ()
    assert answer.ask_next is None


def test_a_line_is_one_benefit_with_its_own_marks(assistant_on_rules):
    answer = assistant_on_rules.ask(f"{FIRM}，能拿什么补贴？", as_of=DAY)
    lines = [one for one in split_statements(answer.text) if one.startswith("- ")]

    assert len(lines) >= 5
    assert all(without_marks(one) != one for one in lines)
