"""Gold rows: what loads, what is refused, and what the shipped set holds."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.gold import find_quote, load_gold
from assistant.schema import Intent, Status, Turn

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "eval" / "gold"
ROW = {
    "_id": "q1",
    "text": "培育多少家高企？",
    "split": "dev",
    "intent": "number",
    "answerable": True,
    "statuses": ["answered"],
    "facts": [["90"]],
    "evidence": [{"clause_id": ["甲区__h1_1__h3_1"], "quote": ["累计培育90家高新技术企业"]}],
}
REFUSED = {
    "_id": "q2",
    "text": "补贴多少？",
    "split": "test",
    "intent": "support",
    "answerable": False,
    "statuses": ["not_in_corpus", "out_of_scope"],
}
HOSTILE = {"_id": "q3", "text": "\u2028<script>", "split": "hostile", "statuses": ["error"]}


@pytest.fixture
def load(tmp_path, tiny_assistant):
    def load(*rows):
        lines = [
            one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in rows
        ]
        (tmp_path / "plan.jsonl").write_text("\n".join(lines), "utf-8")
        return load_gold(tmp_path, tiny_assistant.documents, tiny_assistant.clauses)

    return load


def test_a_quote_is_found_in_its_clause_white_space_aside(load, tiny_assistant):
    (question,) = load(ROW).questions
    ((proof,),) = question.evidence

    text = tiny_assistant.documents["甲区"].text
    assert text[proof.start : proof.end] == proof.quote == "累计培育 90 家高新技术企业"
    assert question.statuses == {Status.ANSWERED}
    assert question.intent is Intent.NUMBER


def test_rows_of_every_kind_load_in_order(load):
    follow_up = {**ROW, "_id": "q4", "history": [{"role": "user", "content": "载体多大？"}]}
    questions = load(ROW, "", REFUSED, HOSTILE, follow_up).questions

    assert [one.question_id for one in questions] == ["q1", "q2", "q3", "q4"]
    assert [one.answerable for one in questions] == [True, False, None, True]
    assert questions[2].text == "\u2028<script>"
    assert questions[3].history == (Turn("user", "载体多大？"),)


def test_alternatives_are_kept_together(load):
    either = {
        "clause_id": ["甲区__h1_1__h3_1", "甲区__h1_1"],
        "quote": ["90家高新技术企业", "200 万方专业载体"],
    }
    (question,) = load({**ROW, "evidence": [either]}).questions

    assert [proof.clause_id for proof in question.evidence[0]] == either["clause_id"]


def test_words_that_stand_twice_in_a_clause_are_alternatives(load):
    twice = {"clause_id": ["甲区__h1_1"], "quote": ["到2026年"]}
    (question,) = load({**ROW, "evidence": [twice]}).questions

    assert len(question.evidence[0]) == 2


def test_the_same_files_have_the_same_hash(load):
    assert load(ROW).sha256 == load(ROW).sha256 != load(REFUSED).sha256


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"evidence": [{"clause_id": ["甲区__h1_9"], "quote": ["90家"]}]}, "甲区__h1_9"),
        ({"evidence": [{"clause_id": ["甲区__h1_1__h3_2"], "quote": ["90家"]}]}, "90家"),
        ({"evidence": [{"clause_id": ["甲区__h1_1__h3_1"], "quote": ["91家"]}]}, "91家"),
        ({"evidence": [{"clause_id": ["甲区__h1_1__h3_1"], "quote": [" "]}]}, "逐字"),
        ({"evidence": [{"clause_id": ["甲区__h1_1"], "quote": ["企业", "载体"]}]}, "一一对应"),
        ({"evidence": [{"clause_id": [], "quote": []}]}, "evidence.0.clause_id"),
        ({"intent": "figure"}, "intent"),
        ({"intent": None}, "intent"),
        ({"statuses": ["refused"]}, "statuses"),
        ({"statuses": []}, "statuses"),
        ({"split": "train"}, "split"),
        ({"answerable": None}, "answerable"),
        ({"answerable": False}, "不可回答"),
        ({"facts": []}, "facts"),
        ({"facts": [[]]}, "facts"),
        ({"facts": [["90", " "]]}, "facts"),
        ({"history": [{"role": "system", "content": "x"}]}, "history"),
        ({"answer": "90"}, "answer"),
        ({"_id": ""}, "_id"),
    ],
)
def test_a_wrong_row_is_refused_by_file_and_line(load, change, said):
    with pytest.raises(EvaluationError, match=r"plan\.jsonl 第 2 行") as caught:
        load(REFUSED, {**ROW, **change})

    assert said in str(caught.value)


def test_an_id_used_twice_is_refused(load):
    with pytest.raises(EvaluationError, match="第 2 行：题号 q1 重复"):
        load(ROW, {**REFUSED, "_id": "q1"})


def test_broken_json_is_refused(load):
    with pytest.raises(EvaluationError, match=r"plan\.jsonl 第 1 行"):
        load('{"_id": "q1"')


def test_hostile_rows_are_not_judged_as_answerable(load):
    with pytest.raises(EvaluationError, match="hostile"):
        load({**HOSTILE, "answerable": False, "intent": "number"})


def test_a_folder_without_questions_is_refused(tmp_path, load):
    with pytest.raises(EvaluationError, match="jsonl"):
        load_gold(tmp_path / "none", {}, {})
    with pytest.raises(EvaluationError, match="没有题目"):
        load("")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "plan.jsonl").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(EvaluationError, match="UTF-8"):
        load_gold(tmp_path, {}, {})


@pytest.mark.parametrize(
    ("quote", "spans"),
    [
        ("90 家", [(2, 6)]),
        ("90家", [(2, 6)]),
        ("9 0家", [(2, 6)]),
        ("91家", []),
        ("", []),
        ("家 。", []),
    ],
)
def test_finding_is_exact_but_for_white_space(quote, spans):
    assert find_quote("培育90 家。", quote, 0, 6) == spans


@pytest.fixture(scope="module")
def shipped(assistant_on_rules):
    """The shipped questions, checked against the shipped corpus as it is parsed now."""
    clauses = assistant_on_rules.clauses
    return load_gold(GOLD, assistant_on_rules.documents, clauses), clauses


def test_every_leaf_clause_of_the_plan_is_asked_about(shipped):
    gold, clauses = shipped
    judged = {
        proof.clause_id for one in gold.questions for group in one.evidence for proof in group
    }
    parents = {one.parent_id for one in clauses.values()}
    plan = {one for one in clauses if one.startswith("action_plan_2024_2026_draft__")}

    assert len(plan) > 40
    assert plan - parents <= judged


def test_the_shipped_set_is_large_varied_and_partly_unanswerable(shipped):
    gold, _ = shipped
    asked = [one for one in gold.questions if one.split != "hostile"]
    splits = Counter(one.split for one in gold.questions)
    unanswerable = [one for one in asked if not one.answerable]

    assert len(asked) >= 120
    assert splits["dev"] >= 250
    assert splits["test"] >= 90
    assert splits["digests_dev"] >= 300
    assert splits["digests_test"] >= 300
    assert splits["hostile"] >= 50
    assert 0.2 <= len(unanswerable) / len(asked) <= 0.4
    assert {one.intent for one in asked} >= set(Intent) - {Intent.EXPLAIN}
    assert len({(one.text, one.history) for one in asked}) == len(asked)
