"""The gold of eligibility: what is checked when it is read, and what each measure counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.eligibility.loading import load_rules
from assistant.errors import EvaluationError
from assistant.evaluation.eligibility import is_same, measure_eligibility, with_eligibility
from assistant.evaluation.eligibility_gold import load_eligibility_gold, profile_rows
from assistant.evaluation.evaluator import ALL, AS_OF, Latency, Report
from assistant.evaluation.gates import failed_gates, load_gates
from assistant.evaluation.report import report_json, report_markdown
from assistant.evaluation.report_html import report_html
from assistant.settings import PACKAGE_DIR

ROOT = PACKAGE_DIR.parent
DESCRIPTION = {
    "_id": "d1", "split": "dev", "text": "注册在罗店，86人", "facts": {"staff_count": 86}
}  # fmt: skip
QUESTION = {
    "_id": "q1", "split": "dev", "kind": "x", "as_of": "2026-06-30", "text": "我们能拿吗",
    "profile": {"intern_in_baoshan": True},
    "verdicts": {"intern_2023": "eligible"},
}  # fmt: skip


@pytest.fixture(scope="module")
def rules():
    return load_rules(ROOT / "corpus")


@pytest.fixture
def tiny_report():
    return Report(
        as_of=AS_OF, split=ALL, gold_sha256="", documents={}, writers=(), scores=(), rows=(),
        latency=Latency(0, 0.0, 0.0, 0.0),
    )  # fmt: skip


@pytest.fixture
def run(tmp_path, rules):
    def measured(*rows: dict[str, object]) -> dict[str, float]:
        write(tmp_path, *rows)
        made = measure_eligibility(load_eligibility_gold(tmp_path, rules), rules)
        return {one.measure: one.value for one in made.scores}

    return measured


def write(folder: Path, *rows: dict[str, object]) -> None:
    for name in ("profiles", "questions"):
        mine = [one for one in rows if ("facts" in one) is (name == "profiles")]
        lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in mine)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")


def test_the_gold_of_the_repository_is_sound_and_large_enough(rules):
    gold = load_eligibility_gold(ROOT / "eval" / "eligibility", rules)
    kinds = {one.kind for one in gold.questions}

    assert len(gold.descriptions) >= 120
    assert len(gold.questions) >= 100
    assert {"expired", "stacking", "near_miss", "contradictory", "multi_turn"} <= kinds
    assert {one.split for one in gold.questions} == {"dev", "test"}


def test_what_is_not_read_and_what_is_not_stated_are_both_counted(run):
    values = run(DESCRIPTION | {"facts": {"staff_count": 87, "listed": True}})

    assert values["facts_right"] == 0.0
    assert values["facts_invented"] == 0.5  # the place; the staff was stated, if not so


def test_what_may_as_well_be_read_is_no_invention(run):
    values = run(DESCRIPTION | {"may": ["region"]})

    assert values["facts_right"] == 1.0
    assert values["facts_invented"] == 0.0
    assert values["decided_alike"] == 1.0


def test_a_fact_that_was_made_up_and_makes_a_firm_eligible_is_a_false_verdict(run):
    text = "我是大学生，在宝山实习"
    values = run(DESCRIPTION | {"text": text, "facts": {"intern_in_baoshan": False}})

    assert values["decided_alike"] == 0.0
    assert values["false_eligible"] > 0.0


def test_a_verdict_is_right_or_not_and_a_wrong_yes_is_counted_apart(run):
    right = run(QUESTION)
    wrong = run(QUESTION | {"verdicts": {"intern_2023": "undetermined"}})

    assert (right["verdicts_right"], right.get("false_eligible", 0.0)) == (1.0, 0.0)
    assert (wrong["verdicts_right"], wrong["false_eligible"]) == (0.0, 1.0)


def test_amounts_near_misses_and_missing_facts_are_looked_at(run):
    values = run(QUESTION | {
        "profile": {"intern_in_baoshan": True, "region": ["baoshan"], "project_kinds": ["service"],
                    "project_investment": 480},
        "verdicts": {"intern_2023": "eligible", "service_fund_key_2025": "ineligible"},
        "amount": {"intern_2023": 4500},
        "near_miss": {"service_fund_key_2025": "总投资"},
        "missing": {"tech_sme_recognition": ["staff_count"]},
    })  # fmt: skip

    assert values["amounts_right"] == values["near_miss_named"] == values["missing_named"] == 1.0
    assert run(QUESTION | {"amount": {"intern_2023": 4501}})["amounts_right"] == 0.0


def test_a_conversation_tells_of_the_enterprise(run):
    turns = [{"role": "user", "content": "我们是宝山的工业企业，能申请什么补贴？"}]
    row = QUESTION | {"text": "是首次上规", "history": turns,
                      "verdicts": {"first_above_scale_2025": "eligible"}}  # fmt: skip
    del row["profile"]

    assert run(row)["verdicts_right"] == 1.0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (DESCRIPTION | {"facts": {"staff": 1}}, "staff"),
        (QUESTION | {"verdicts": {"no_such": "eligible"}}, "no_such"),
        (QUESTION | {"verdicts": {"intern_2023": "yes"}}, "第 1 行"),
        (QUESTION | {"wrong_key": 1}, "wrong_key"),
    ],
)
def test_a_row_that_names_what_is_not_there_is_refused(tmp_path, rules, row, words):
    write(tmp_path, row)
    with pytest.raises(EvaluationError, match=words):
        load_eligibility_gold(tmp_path, rules)


def test_an_id_used_twice_and_an_empty_folder_are_refused(tmp_path, rules):
    with pytest.raises(EvaluationError, match="里没有"):
        load_eligibility_gold(tmp_path, rules)
    write(tmp_path, DESCRIPTION, DESCRIPTION)
    with pytest.raises(EvaluationError, match="d1 重复"):
        load_eligibility_gold(tmp_path, rules)


def test_values_are_compared_as_they_are_written():
    assert is_same("~40|30..40", "30..40")
    assert is_same(["b", "a"], ["a", "b"])
    assert is_same(5.0, 5)
    assert not is_same(86, "~86")
    assert not is_same(True, 1)
    assert profile_rows({"revenue@2025": "~300|200..400"}) == [
        {"fact": "revenue", "value": 300.0, "kind": "estimate", "year": 2025}
    ]


def test_the_run_is_in_the_report_and_under_the_gates_and_hides_test_rows(
    tmp_path, rules, tiny_report
):
    shown = DESCRIPTION | {"facts": {"listed": True}}
    write(tmp_path, shown, shown | {"_id": "d2", "split": "test", "text": "秘密"})
    made = measure_eligibility(load_eligibility_gold(tmp_path, rules), rules)
    report = with_eligibility(tiny_report, made)
    gates = tmp_path / "gates.toml"
    gates.write_text("[eligibility_dev.at_least]\nfacts_right = 0.9\n", "utf-8")

    failed = failed_gates(report, load_gates(gates))
    assert [str(one) for one in failed] == [
        "eligibility_dev · facts_right：要求 ≥ 0.9，实际 0.0000（n=1）"
    ]
    assert failed_gates(tiny_report, load_gates(gates)) == ()
    for page in (report_markdown(report), report_html(report), report_json(report)):
        assert "listed 应为 True" in page
        assert "秘密" not in page
