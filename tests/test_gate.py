"""Whatever a model writes, however it arrives, only what the evidence bears out comes through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.citations import split_statements
from assistant.answering.gate import Gate
from assistant.answering.verify import verify_text
from assistant.parsing import parse_file
from assistant.schema import Clause, DocStatus, Document, Evidence, Level

RAW = Path(__file__).parent.parent / "corpus" / "raw"
QUOTES = (
    "12、培育多梯次科技企业集群。到 2026 年，累计培育 90 家高新技术企业，50 家“专精特新”企业。",
    "5、引进孵化器。不得重复享受，引进培育不少于 2 家专业孵化器。",
)
DOCUMENT = Document(
    doc_id="plan",
    title="行动方案（2024-2026年）",
    text="\n".join(QUOTES),
    status=DocStatus.DRAFT,
    source="plan.txt",
    sha256="0" * 64,
)
QUESTION = "有100家吗？"


def evidence(n: int) -> Evidence:
    start = DOCUMENT.text.index(QUOTES[n - 1])
    end = start + len(QUOTES[n - 1])
    heading = QUOTES[n - 1].split("。")[0]
    clause = Clause(f"c{n}", "plan", Level.H3, "", heading, (heading,), start, end, end, None)
    return Evidence(clause, DOCUMENT, start, end)


EVIDENCE = {1: evidence(1), 2: evidence(2)}
WORDS = """
累计培育90家高新技术企业 累计培育九十家高新技术企业 引进培育不少于2家专业孵化器
引进培育专业孵化器 不得重复享受 重复享受 给予补贴 100家 2026年 第12项 第五条 https://a.cn
13800138000 [1] [2] [9] 【1】 ［２］ [依据1] [1,2] 1. 2、 （1） 您好。 对。 如下： “ ” 《
》 「 " [ ] 【 1 。 ； ， ： ？ - * ** ` # ### <think> </think> （ ） 、
"""
FRAGMENTS = (*WORDS.split(), "50 家“专精特新”企业", "不是 100 家，", "\n", "\n\n", " ")
REPLIES = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


def passed(reply: str, size: int, *, is_cut: bool = False) -> Gate:
    gate = Gate(QUESTION, EVIDENCE)
    before = ""
    for index in range(0, len(reply), size):
        grew = gate.feed(reply[index : index + size])
        assert gate.text.startswith(before), "what was shown is never taken back"
        assert grew == (gate.text != before)
        before = gate.text
    gate.finish(is_cut=is_cut)
    assert gate.text.startswith(before)
    return gate


@settings(max_examples=400, deadline=None)
@given(REPLIES, st.integers(1, 9), st.booleans())
def test_what_comes_through_keeps_every_rule(reply, size, is_cut):
    gate = passed(reply, size, is_cut=is_cut)

    assert verify_text(gate.text, gate.citations, question=QUESTION) == []
    assert bool(gate.kept_count) == bool(gate.citations)
    assert "补贴" not in gate.text
    assert "https" not in gate.text
    assert "<think" not in gate.text


@settings(max_examples=400, deadline=None)
@given(REPLIES, st.integers(1, 9))
def test_how_the_words_arrive_makes_no_difference(reply, size):
    whole, bits = passed(reply, max(1, len(reply))), passed(reply, size)

    assert (bits.text, bits.citations, bits.dropped) == (whole.text, whole.citations, whole.dropped)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_at_all_is_survived(reply):
    gate = passed(reply, 5)

    assert verify_text(gate.text, gate.citations, question=QUESTION) == []


def test_a_model_in_a_loop_is_heard_once():
    gate = passed("累计培育 90 家高新技术企业。[1]" * 5, 4)

    assert gate.text == "累计培育 90 家高新技术企业。[1]"
    assert gate.dropped == []


def test_a_lead_in_is_shown_only_with_what_it_leads_to():
    assert passed("要点如下：\n- 给予补贴[1]\n", 3).text == ""
    assert passed("要点如下：\n- 累计培育 90 家高新技术企业[1]\n", 3).text.strip() == (
        "要点如下：\n- 累计培育 90 家高新技术企业[1]"
    )


@pytest.fixture(scope="module")
def plan() -> list[tuple[Evidence, list[str]]]:
    """Each clause of the real plan that has words of its own, with its sentences."""
    parsed = parse_file(RAW / "action_plan_2024_2026_draft.txt", corpus_dir=RAW)
    document = parsed.document
    return [
        (Evidence(clause, document, clause.start, clause.own_end), split_statements(text))
        for clause in parsed.clauses
        if len((text := document.text[clause.start : clause.own_end]).strip()) > 20
    ]


def is_shown(sentence: str, cited: Evidence) -> bool:
    gate = Gate(QUESTION, {1: cited})
    gate.feed(sentence + "[1]")
    gate.finish(is_cut=False)
    return gate.kept_count > 0


def test_every_sentence_of_the_plan_may_be_repeated_word_for_word(plan):
    hidden = [one for cited, sentences in plan for one in sentences if not is_shown(one, cited)]

    assert hidden == []
    assert sum(len(sentences) for _, sentences in plan) > 100


def test_no_changed_figure_of_the_plan_is_shown(plan):
    changed = [
        (sentence[: found.start()] + other + sentence[found.end() :], cited)
        for cited, sentences in plan
        for sentence in sentences
        for found in re.finditer(r"\d+", sentence)
        if found.start() > 0  # a number at the start is the clause's own and is not shown
        for other in (str(int(found[0]) + 1), found[0] + "0", found[0] + "%")
    ]

    assert len(changed) > 80
    assert [sentence for sentence, cited in changed if is_shown(sentence, cited)] == []


def test_no_sentence_of_the_plan_is_shown_for_another_clause(plan):
    others = plan[7:] + plan[:7]
    strangers = [
        sentence
        for (_, sentences), (other, _) in zip(plan, others, strict=True)
        for sentence in sentences
        if len(sentence) > 10 and sentence not in other.document.title and is_shown(sentence, other)
    ]

    assert strangers == []
