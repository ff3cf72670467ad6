"""A whole answer against the contract: citations, refusals, notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.verify import Problem, check_answer, verify_text
from assistant.schema import Answer, DocStatus, Document, Nearest, Status
from tests.verify_case import QUOTES, citation

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
