"""A whole run on a tiny plan: the denominator is the gold set, gates fall, flips are named."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.compare import compare, load_baseline
from assistant.evaluation.evaluator import run_evaluation
from assistant.evaluation.gates import failed_gates, load_gates
from assistant.evaluation.gold import load_gold
from assistant.evaluation.report import report_json

ENTERPRISES, AREA = "甲区__h1_1__h3_1", "甲区__h1_1__h3_2"


def answerable(question_id, text, fact, clause_id, quote, split="dev", **more):
    evidence = [{"clause_id": [clause_id], "quote": [quote]}]
    return {"_id": question_id, "text": text, "split": split, "intent": "number",
            "answerable": True, "statuses": ["answered"], "facts": [[fact]],
            "evidence": evidence} | more  # fmt: skip


ROWS = [
    answerable("d1", "培育多少家高新技术企业？", "90家", ENTERPRISES, "培育90家高新技术企业"),
    answerable("d2", "载体要建成多少？", "200万方", AREA, "建成200万方专业载体"),
    answerable("d3", "支持企业上市吗？", "90家", ENTERPRISES, "培育90家高新技术企业"),
    {"_id": "d4", "text": "补贴多少？", "split": "dev", "intent": "support", "answerable": False,
     "statuses": ["not_in_corpus"]},
    answerable("t1", "那载体呢？", "200万方", AREA, "建成200万方专业载体", "test",
               history=[{"role": "user", "content": "建成多少专业载体？"}]),
    {"_id": "t2", "text": "载体建设期限？", "split": "test", "intent": "number",
     "answerable": False, "statuses": ["not_in_corpus"]},
    {"_id": "x1", "text": " ", "split": "hostile", "statuses": ["error"]},
]  # fmt: skip


@pytest.fixture
def gold(tmp_path, tiny_assistant):
    folder = tmp_path / "gold"
    folder.mkdir()
    lines = (json.dumps(row, ensure_ascii=False) for row in ROWS)
    (folder / "plan.jsonl").write_text("\n".join(lines), "utf-8")
    return load_gold(folder, tiny_assistant.documents, tiny_assistant.clauses)


@pytest.fixture
def report(tiny_assistant, gold):
    return run_evaluation(tiny_assistant, gold)


def score(report, measure, split="all", intent="all"):
    (found,) = [
        (one.value, one.n)
        for one in report.scores
        if (one.measure, one.split, one.intent) == (measure, split, intent)
    ]
    return found


@pytest.fixture
def gates(tmp_path):
    def gates(text):
        (tmp_path / "gates.toml").write_text(text, "utf-8")
        return load_gates(tmp_path / "gates.toml")

    return gates


@pytest.fixture
def baseline(tmp_path):
    def baseline(report):
        (tmp_path / "report.json").write_text(report_json(report), "utf-8")
        return load_baseline(tmp_path / "report.json")

    return baseline


def test_every_gold_question_is_asked_and_counted(report):
    assert [row.outcome.question.question_id for row in report.rows] == [one["_id"] for one in ROWS]
    assert score(report, "answer_correct") == (pytest.approx(3 / 4), 4)
    assert score(report, "right_refusal") == (pytest.approx(1 / 2), 2)
    assert score(report, "wrong_refusal") == (0, 4)
    assert score(report, "hostile_handled") == (1, 1)
    assert score(report, "number_fidelity") == (1, 7)
    assert report.latency.n == 7


def test_scores_are_given_by_split_and_by_intent(report):
    assert score(report, "answer_correct", split="dev") == (pytest.approx(2 / 3), 3)
    assert score(report, "answer_correct", split="test") == (1, 1)
    assert score(report, "right_refusal", intent="support") == (1, 1)
    assert score(report, "right_refusal", intent="number") == (0, 1)
    assert not [one for one in report.scores if one.split == "hostile" and one.n != 1]


def test_the_interval_of_a_score_holds_it(report):
    assert all(0 <= one.low <= one.value <= one.high <= 1 for one in report.scores)


def test_the_history_is_passed_on(report):
    (row,) = [one for one in report.rows if one.outcome.question.question_id == "t1"]

    assert row.passed


def test_the_contract_is_checked_on_every_answer(report):
    assert score(report, "contract_valid") == (1, 7)


def test_an_answer_that_breaks_the_contract_is_counted(tiny_assistant, gold):
    class Inventive(type(tiny_assistant)):
        def ask(self, question, **more):
            answer = super().ask(question, **more)
            return replace(answer, text=answer.text.replace("90", "91"))

    report = run_evaluation(Inventive(), gold, split="dev")

    assert score(report, "number_fidelity") == (pytest.approx(3 / 4), 4)
    assert score(report, "contract_valid") == (pytest.approx(3 / 4), 4)
    assert not report.rows[0].passed


def test_a_part_can_be_run_alone(tiny_assistant, gold):
    report = run_evaluation(tiny_assistant, gold, split="test")

    assert [row.outcome.question.split for row in report.rows] == ["test", "test"]


@pytest.mark.parametrize("split", ["train", ""])
def test_a_part_that_does_not_exist_is_an_error(tiny_assistant, gold, split):
    with pytest.raises(EvaluationError, match="dev、test、digests_dev"):
        run_evaluation(tiny_assistant, gold, split=split)


def test_a_part_without_questions_is_an_error(tiny_assistant, gold):
    only_dev = replace(gold, questions=gold.questions[:4])

    with pytest.raises(EvaluationError, match="test"):
        run_evaluation(tiny_assistant, only_dev, split="test")


def test_progress_counts_to_the_end(tiny_assistant, gold):
    seen = []
    run_evaluation(tiny_assistant, gold, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(done, 7) for done in range(1, 8)]


def test_gates_that_hold_are_silent_and_gates_that_fall_are_named(report, gates):
    held = gates("[dev.at_least]\nanswer_correct = 0.66\n[all.at_most]\nwrong_refusal = 0.0\n")
    fallen = gates("[dev.at_least]\nanswer_correct = 0.67\n[test.at_most]\nright_refusal = -0.1\n")

    assert failed_gates(report, held) == ()
    assert [str(one) for one in failed_gates(report, fallen)] == [
        "dev · answer_correct：要求 ≥ 0.67，实际 0.6667（n=3）",
        "test · right_refusal：要求 ≤ -0.1，实际 0.0000（n=1）",
    ]


def test_a_gate_on_time_falls_too(report, gates):
    assert failed_gates(report, gates("[all.at_most]\nlatency_p95_ms = 100000\n")) == ()
    assert failed_gates(report, gates("[all.at_most]\nlatency_p95_ms = 0\n"))


def test_a_gate_without_questions_falls(report, gates):
    (failed,) = failed_gates(report, gates("[hostile.at_least]\nclause_mrr = 0.1\n"))

    assert failed.value is None
    assert "没有适用的题目" in str(failed)


def test_gates_of_a_part_that_was_not_run_do_not_fall(tiny_assistant, gold, gates):
    report = run_evaluation(tiny_assistant, gold, split="dev")
    some = gates(
        "[dev.at_least]\nanswer_correct = 1\n[test.at_least]\nanswer_correct = 2\n"
        "[all.at_least]\nanswer_correct = 2\n"
    )

    assert [one.gate.split for one in failed_gates(report, some)] == ["dev"]


@pytest.mark.parametrize(
    "text",
    ["[dev.at_least]\nrecall = 1", "[train.at_least]\nclause_mrr = 1", "[dev]\nclause_mrr = 1",
     "[dev.at_most]\nlatency_p95_ms = 5", "[dev.at_least]\nclause_mrr = 'x'", "[dev", "a = 1"],
)  # fmt: skip
def test_a_gate_on_nothing_is_an_error(gates, text):
    with pytest.raises(EvaluationError, match=r"gates\.toml"):
        gates(text)


def test_a_missing_gates_file_is_an_error(tmp_path):
    with pytest.raises(EvaluationError, match=r"none\.toml"):
        load_gates(tmp_path / "none.toml")


def test_a_run_does_not_differ_from_itself(report, baseline):
    comparison = compare(report, baseline(report))

    assert comparison.is_same_gold
    assert (comparison.fixed, comparison.broken, comparison.p_value) == ((), (), 1.0)
    assert all(one.low == one.high == 0 for one in comparison.changes)
    assert all(one.before == pytest.approx(one.now) for one in comparison.changes)


def test_questions_that_flipped_are_named(tiny_assistant, gold, report, baseline):
    class Refusing(type(tiny_assistant)):
        """Refuses t2, as it should, and d1, as it should not."""

        def ask(self, question, **more):
            is_refused = "期限" in question or "高新" in question
            return super().ask("补贴" + question if is_refused else question, **more)

    comparison = compare(run_evaluation(Refusing(), gold), baseline(report))

    assert (comparison.fixed, comparison.broken) == (("t2",), ("d1",))
    (correct,) = [one for one in comparison.changes if one.measure == "answer_correct"]
    assert (correct.n, correct.before, correct.now) == (4, 0.75, 0.5)
    assert correct.low <= -0.25 <= correct.high


def test_questions_of_only_one_run_are_added_or_removed(tiny_assistant, gold, report, baseline):
    before = baseline(report)
    shorter = replace(gold, questions=gold.questions[1:], sha256="another")
    comparison = compare(run_evaluation(tiny_assistant, shorter), before)
    partial = compare(run_evaluation(tiny_assistant, gold, split="dev"), before)
    longer = compare(report, baseline(run_evaluation(tiny_assistant, shorter)))

    assert not comparison.is_same_gold
    assert comparison.removed == ("d1",)
    assert partial.removed == ()
    assert longer.added == ("d1",)


@pytest.mark.parametrize("text", ["", "{}", '{"questions": 1}', "[]"])
def test_a_baseline_that_is_no_report_is_an_error(tmp_path, text):
    (tmp_path / "report.json").write_text(text, "utf-8")

    with pytest.raises(EvaluationError, match=r"report\.json"):
        load_baseline(tmp_path / "report.json")
