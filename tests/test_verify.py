"""The text of an answer against its quotes, rule by rule."""

from __future__ import annotations

import pytest

from assistant.answering.verify import verify_text
from tests.verify_case import QUOTES, citation


def rules(text: str, key: str, question: str = "", **more: str) -> set[str]:
    return {
        problem.rule
        for problem in verify_text(text, [citation(QUOTES[key])], question=question, **more)
    }


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("money", "补贴不超过20万元。[1]"),
        ("money", "补贴不超过二十万元。[1]"),
        ("money", "补贴不超过 20 万元[1]。"),
        ("money", "补贴不超过200,000元。[1]"),
        ("money", "补贴不超过200000元。[1]"),
        ("money", "补贴不超过２０万元。[1]"),
        ("chinese_money", "补贴20万元。[1]"),
        ("chinese_money", "补贴200,000元。[1]"),
        ("grouped_money", "补贴二十万元。[1]"),
        ("grouped_money", "补贴20万元。[1]"),
        ("firms", "90 家。[1]"),
        ("firms", "九十家。[1]"),
        ("firms", "90家高新技术企业、五十家“专精特新”企业。[1]"),
        ("firms", "2026年培育90家。[1]"),
        ("firms", "二〇二六年培育90家。[1]"),
        ("firms", "写的是“90 家高新技术企业”。[1]"),
        ("firms", "《宝山区行动方案（2024-2026年）（送审稿）》第12项：90 家。[1]"),
        ("firms", "第十二项“培育多梯次科技企业集群”写明 90 家。[1]"),
        ("firms", "2024年至2026年：90 家。[1]"),
        ("age", "须年满16周岁。[1]"),
        ("age", "须年满十六周岁。[1]"),
        ("percent", "补助90%。[1]"),
        ("percent", "补助９０％。[1]"),
        ("percent", "最高3.5亿元。[1]"),
        ("percent", "最高350000000元。[1]"),
        ("range", "规划期到2026年。[1]"),
        ("date", "2024年3月1日起施行。[1]"),
        ("date", "有效期至2026年12月31日。[1]"),
        ("date", "二〇二四年三月一日起施行。[1]"),
        ("date", "2024年3月起施行。[1]"),
        ("chinese_date", "2026年12月31日前完成。[1]"),
        ("reference", "按第12条第2款执行。[1]"),
        ("reference", "按第十二条第二款执行。[1]"),
        ("reference", "按第十二条执行。[1]"),
        ("reference", "按宝府规〔2021〕1号办理。[1]"),
        ("reference", "按宝府规[2021]1号办理。[1]"),
        ("reference", "方案依据宝府规〔2021〕1号办理。[1]"),
        ("reference", "见该文（宝府规〔2021〕1号）。[1]"),
        ("area", "建成超200万方载体。[1]"),
        ("batch", "引进一批机构，进一步统一标准。[1]"),
        ("batch", "方案统一部署，进一步打造一流平台，第一时间落实。[1]"),
        ("listed", "新增上市企业两家以上。[1]"),
        ("listed", "新增上市企业二家以上。[1]"),
        ("classes", "二类、三类医疗器械产品五十个以上。[1]"),
        ("firms", "目标如下：\n- 高新技术企业 90 家[1]\n- 企业技术中心 50 个[1]"),
        ("firms", "到2026年：\n90 家[1]"),
        ("firms", "对。方案写的是 90 家。[1]"),
        ("firms", "不对：方案写的是 90 家高新技术企业。[1]"),
        ("firms", "您好。90 家。[1]"),
        ("firms", "具体如下：90 家。[1]"),
    ],
)
def test_what_the_quote_says_passes(key, text):
    assert verify_text(text, [citation(QUOTES[key])], question="") == []


@pytest.mark.parametrize(
    ("key", "text", "rule"),
    [
        ("money", "补贴不超过50万元。[1]", "number"),
        ("money", "补贴不超过五十万元。[1]", "number"),
        ("money", "补贴不超过20元。[1]", "number"),
        ("money", "补贴不超过2万元。[1]", "number"),
        ("money", "补贴不超过200万元。[1]", "number"),
        ("money", "补贴不超过20亿元。[1]", "number"),
        ("money", "补贴20%。[1]", "number"),
        ("firms", "九十一家。[1]", "number"),
        ("firms", "90 家，合计 140 家。[1]", "number"),
        ("firms", "90%的企业。[1]", "number"),
        ("firms", "90 年。[1]", "number"),
        ("firms", "九成企业。[1]", "number"),
        ("firms", "共有三项目标。[1]", "number"),
        ("age", "须年满十八周岁。[1]", "number"),
        ("age", "须年满18周岁。[1]", "number"),
        ("percent", "补助90万元。[1]", "number"),
        ("percent", "补助90。[1]", "number"),
        ("percent", "补助百分之八十。[1]", "number"),
        ("plain90", "补助90%。[1]", "number"),
        ("area", "投入200万元。[1]", "number"),
        ("range", "规划期到2027年。[1]", "number"),
        ("date", "2024年3月31日起施行。[1]", "date"),
        ("date", "2026年3月1日起施行。[1]", "date"),
        ("date", "2024年12月31日到期。[1]", "date"),
        ("date", "2025年3月1日起施行。[1]", "number"),
        ("reference", "按第十三条执行。[1]", "clause"),
        ("reference", "按第十二条第三款执行。[1]", "clause"),
        ("reference", "按第12章执行。[1]", "clause"),
        ("reference", "按第二条第十二款执行。[1]", "clause"),
        ("reference", "按宝府规〔2022〕1号办理。[1]", "doc_no"),
        ("reference", "按沪府规〔2021〕1号办理。[1]", "doc_no"),
        ("reference", "按宝府规〔2021〕2号办理。[1]", "doc_no"),
        ("reference", "按府规〔2021〕11号办理。[1]", "doc_no"),
        ("firms", "第13项写明 90 家。[1]", "clause"),
        ("firms", "第十二条写明 90 家。[1]", "clause"),
        ("firms", "写的是“九十家高新技术企业”。[1]", "quote"),
        ("firms", "写的是“90家高新技术企业”。[1]", "quote"),
        ("firms", "写的是“90 家高新技术企业。”[1]", "quote"),
        ("firms", "写的是“90 家……企业技术中心”。[1]", "quote"),
        ("firms", '写的是"培育 90 家中小企业"。[1]', "quote"),
        ("firms", "写的是「培育 90 家中小企业」。[1]", "quote"),
        ("firms", "见《宝山区补贴办法》。[1]", "quote"),
        ("firms", "90 家。", "mark"),
        ("firms", "方案支持企业发展。90 家。[1]", "mark"),
        ("firms", "90 家。[1]\n另有税收优惠", "mark"),
        ("firms", "方案支持企业如下：", "mark"),
        ("firms", "写的是“90 家高新技术企业[1]”。", "mark"),
        ("firms", "90 家。[2]", "citation"),
        ("firms", "90 家。[1][2]", "citation"),
        ("firms", "90 家。[0]", "citation"),
        ("firms", "对。", "citation"),
        ("firms", "详见 https://example.com/a 。[1]", "link"),
        ("firms", "详见 www.example.com。[1]", "link"),
        ("firms", "请发邮件到 a@example.com。[1]", "link"),
        ("firms", "请拨打13800138000。[1]", "number"),
        ("firms", "请拨打021-56780000。[1]", "number"),
    ],
)
def test_what_the_quote_does_not_say_is_a_problem(key, text, rule):
    assert rule in rules(text, key)


def test_a_figure_of_the_question_may_be_repeated():
    text = "不对：方案写的是 90 家，不是 100 家。[1]"

    assert rules(text, "firms") == {"number"}
    assert rules(text, "firms", question="是一百家高新技术企业吗？") == set()
    assert rules("“一百家”不对。[1]", "firms", question="是一百家高新技术企业吗？") == set()
    assert rules(text, "firms", extra_allowed="100") == set()


def test_a_figure_must_stand_in_a_quote_cited_there():
    firms, money = citation(QUOTES["firms"], 1), citation(QUOTES["money"], 2)
    right = "培育 90 家。[1]补贴不超过20万元。[2]"
    swapped = "培育 90 家。[2]补贴不超过20万元。[1]"

    assert verify_text(right, [firms, money], question="") == []
    assert [problem.rule for problem in verify_text(swapped, [firms, money], question="")] == [
        "number",
        "number",
    ]


def test_citations_are_used_each_once_and_in_order():
    one, two = citation(QUOTES["firms"], 1), citation(QUOTES["money"], 2)

    assert {p.rule for p in verify_text("90 家。[1]", [one, two], question="")} == {"citation"}
    assert {p.rule for p in verify_text("90 家。[1]", [one, one], question="")} == {"citation"}


def test_a_quote_may_hold_the_quotes_of_the_text():
    assert rules("写的是“50 家“专精特新”企业”。[1]", "firms") == set()


def test_a_long_lead_in_is_checked_with_what_follows():
    assert rules("到2026年的目标：90 家。[1]", "firms") == set()
    assert "number" in rules("到2027年的目标：\n- 90 家[1]", "firms")


@pytest.mark.parametrize("text", ["", " ", "\n\n", "。", "……"])
def test_an_empty_text_with_citations_uses_none(text):
    assert "citation" in rules(text, "firms")
