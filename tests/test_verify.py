"""Every rule of the contract for an answer, as tables: what passes and what must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.verify import Problem, check_answer, verify_text
from assistant.schema import Answer, Citation, DocStatus, Document, Nearest, Status

QUOTES = {
    "money": "对符合条件的企业给予不超过20万元的一次性补贴。",
    "chinese_money": "给予二十万元补贴。",
    "grouped_money": "给予200,000元补贴。",
    "firms": (
        "到 2026 年，生物医药领域累计培育 90 家高新技术企业，50 家“专精特新”企业，"
        "建成 50 个企业技术中心。"
    ),
    "age": "年满十六周岁的，可以申请。",
    "percent": "按实际投入的90%给予补助，最高3.5亿元。",
    "plain90": "支持 90 家企业。",
    "range": "规划期为2024-2026年。",
    "date": "自2024年3月1日起施行，有效期至2026年12月31日。",
    "chinese_date": "二〇二六年十二月三十一日前完成。",
    "reference": "依照本办法第十二条第二款执行，并按宝府规〔2021〕1号办理。",
    "area": "建成超 200 万方专业载体。",
    "batch": "引进一批专业服务机构，进一步统一标准，打造一流平台。",
    "listed": "新增境内外上市企业 2 家以上。",
    "classes": "实现新申报上市二类、三类医疗器械产品 50 个以上。",
}


def citation(quote: str, n: int = 1, **changes: object) -> Citation:
    made = Citation(
        n=n,
        doc_id="d1",
        doc_title="宝山区行动方案（2024-2026年）（送审稿）",
        doc_no=None,
        doc_status=DocStatus.DRAFT,
        clause_id="d1__h3_12",
        clause_path=("三、重点任务", "（三）产业集群培育", "12、培育多梯次科技企业集群"),
        quote=quote,
        start=0,
        end=len(quote),
    )
    return replace(made, **changes)


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


CANONICAL = "宝山区行动方案\n" + QUOTES["firms"] + QUOTES["money"]
DOCUMENT = Document(
    doc_id="d1",
    title="宝山区行动方案（2024-2026年）（送审稿）",
    text=CANONICAL,
    status=DocStatus.DRAFT,
    source="d1.txt",
    sha256="0" * 64,
    status_words="送审稿",
)
START = CANONICAL.index(QUOTES["firms"])
GOOD = Answer(
    question="培育多少家高新技术企业？",
    as_of=date(2026, 11, 22),
    status=Status.ANSWERED,
    text="到 2026 年累计培育 90 家高新技术企业。[1]",
    citations=(citation(QUOTES["firms"], start=START, end=START + len(QUOTES["firms"])),),
    notices=("本答复依据送审稿，正式文本以发布为准。",),
)
REFUSAL = Answer(
    question="补贴多少钱？",
    as_of=date(2026, 11, 22),
    status=Status.NOT_IN_CORPUS,
    text=(
        "资料库中没有写明补贴金额。"
        "相关，但未回答您的问题：三、重点任务 > 12、培育多梯次科技企业集群。"
    ),
    reason="amount_not_given",
    nearest=Nearest("d1", "d1__h3_12", "三、重点任务 > 12、培育多梯次科技企业集群"),
)
DOCUMENTS = {"d1": DOCUMENT}


def answer_rules(answer: Answer, documents=DOCUMENTS) -> set[str]:
    return {problem.rule for problem in check_answer(answer, documents)}


def with_citation(**changes: object) -> Answer:
    return replace(GOOD, citations=(replace(GOOD.citations[0], **changes),))


def test_a_good_answer_and_a_good_refusal_have_no_problem():
    assert check_answer(GOOD, DOCUMENTS) == []
    assert check_answer(REFUSAL, DOCUMENTS) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"quote": QUOTES["firms"].replace("90", "91")}, "span"),
        ({"start": START + 1}, "span"),
        ({"end": START + 3}, "span"),
        ({"start": -5}, "span"),
        ({"end": 10_000}, "span"),
        ({"quote": "", "start": 3, "end": 3}, "span"),
        ({"doc_id": "d2"}, "span"),
        ({"n": 2}, "citation"),
        ({"doc_status": DocStatus.IN_FORCE}, "span"),
        ({"doc_title": "另一方案（2024-2026年）"}, "span"),
        ({"doc_no": "宝府规〔2021〕1号"}, "span"),
    ],
)
def test_a_citation_is_exact_or_a_problem(changes, rule):
    assert rule in answer_rules(with_citation(**changes))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"citations": ()}, "citation"),
        ({"text": ""}, "empty"),
        ({"text": " \n"}, "empty"),
        ({"text": "到 2026 年累计培育 91 家高新技术企业。[1]"}, "number"),
        ({"text": "到 2026 年累计培育 90 家高新技术企业。"}, "mark"),
        ({"notices": ()}, "notice"),
        ({"notices": ("依据现行文件。",)}, "notice"),
        ({"status": Status.NOT_IN_CORPUS}, "refusal"),
        ({"status": Status.OUT_OF_SCOPE}, "refusal"),
        ({"status": Status.ERROR}, "refusal"),
    ],
)
def test_an_answer_that_breaks_a_rule_is_told_which(changes, rule):
    assert rule in answer_rules(replace(GOOD, **changes))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"text": "没有写明。[1]"}, "refusal"),
        ({"text": "一般可获得50万元。"}, "number"),
        ({"text": "请看《宝山区补贴办法》。"}, "quote"),
        ({"text": "见宝府规〔2030〕9号。"}, "doc_no"),
        ({"text": "请看12、培育多梯次科技企业集群。"}, ""),
        ({"text": "请看三、重点任务 > 12、培育多梯次科技企业集群。"}, "refusal"),
        ({"text": ""}, "empty"),
        ({"citations": GOOD.citations}, "refusal"),
    ],
)
def test_a_refusal_supports_nothing(changes, rule):
    assert answer_rules(replace(REFUSAL, **changes)) == ({rule} if rule else set())


def test_a_question_back_needs_no_citation():
    asked = replace(REFUSAL, status=Status.NEEDS_INFO, text="请问您问的是哪个园区？", nearest=None)

    assert check_answer(asked, DOCUMENTS) == []


@pytest.mark.parametrize(
    ("status", "words", "notice", "is_named"),
    [
        (DocStatus.DRAFT, "送审稿", "本答复依据送审稿。", True),
        (DocStatus.DRAFT, "征求意见稿", "本答复依据征求意见稿。", True),
        (DocStatus.DRAFT, "征求意见稿", "本答复依据现行文件。", False),
        (DocStatus.EXPIRED, None, "所引文件已失效。", True),
        (DocStatus.EXPIRED, None, "所引文件是送审稿。", False),
        (DocStatus.SUPERSEDED, None, "所引文件已被新版取代。", True),
        (DocStatus.DIGEST, None, "所引为摘要，非全文。", True),
        (DocStatus.DIGEST, None, "", False),
        (DocStatus.IN_FORCE, None, "", True),
    ],
)
def test_what_is_not_in_force_is_named_as_such(status, words, notice, is_named):
    document = replace(DOCUMENT, status=status, status_words=words)
    answer = replace(with_citation(doc_status=status), notices=(notice,) if notice else ())

    assert answer_rules(answer, {"d1": document}) == (set() if is_named else {"notice"})


def test_two_drafts_are_each_named():
    other = replace(
        DOCUMENT, doc_id="d2", title="另一办法（征求意见稿）", status_words="征求意见稿"
    )
    second = replace(GOOD.citations[0], n=2, doc_id="d2", doc_title=other.title)
    answer = replace(
        GOOD,
        citations=(*GOOD.citations, second),
        text="累计培育 90 家。[1]另一办法也写明 90 家。[2]",
    )
    documents = {"d1": DOCUMENT, "d2": other}
    both = replace(
        answer,
        notices=(
            "《宝山区行动方案（2024-2026年）（送审稿）》为送审稿。",
            "《另一办法》为征求意见稿。",
        ),
    )

    assert answer_rules(answer, documents) == {"notice"}
    assert answer_rules(both, documents) == set()


def test_problems_read_as_sentences():
    (problem,) = verify_text("91 家。[1]", [citation(QUOTES["firms"])], question="")

    assert problem == Problem("number", problem.message)
    assert "91" in problem.message
