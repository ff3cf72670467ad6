"""Every rule of the corpus against its cases, and every threshold and date tried on both sides."""

import shutil
from pathlib import Path

import pytest

from assistant.checking import rule_problems
from assistant.eligibility.loading import FACTS, load_rules
from assistant.settings import Settings
from tests.rule_cases import Case, read_cases, run_case, untried

ROOT = Path(__file__).parent.parent
CORPUS, CASES, TINY = ROOT / "corpus", ROOT / "tests" / "benefits", ROOT / "tests" / "rules"
HAS_RULES = (CORPUS / FACTS).is_file()
REAL = read_cases(CASES)
SMALL = read_cases(TINY / "cases")


@pytest.fixture(scope="module")
def corpus_rules():
    return load_rules(CORPUS)


@pytest.fixture(scope="module")
def tiny_rules():
    return load_rules(TINY)


@pytest.mark.parametrize("case", [*REAL, *SMALL], ids=lambda one: one.id)
def test_a_rule_decides_the_case(case, request):
    rules = "tiny_rules" if case in SMALL else "corpus_rules"

    run_case(case, request.getfixturevalue(rules))


def test_every_threshold_and_date_of_the_corpus_has_a_case_on_both_sides():
    assert not HAS_RULES or untried(load_rules(CORPUS), REAL) == []


def test_every_threshold_and_date_of_the_small_corpus_has_a_case_on_both_sides(tiny_rules):
    assert untried(tiny_rules, SMALL) == []


def test_every_benefit_of_the_corpus_has_the_case_of_an_empty_profile():
    rules = load_rules(CORPUS).benefits if HAS_RULES else ()
    empty = {one.benefit for one in REAL if not (one.row.get("facts") or {})}

    assert sorted({one.benefit for one in rules} - empty) == []


def test_the_corpus_bears_out_every_rule():
    problems = rule_problems(Settings(rules_dir=CORPUS))[1] if HAS_RULES else []

    assert [str(one) for one in problems] == []


def test_a_side_that_no_case_is_on_is_named(tiny_rules):
    kept = [one for one in SMALL if one.name != "十九人太少"]

    assert untried(tiny_rules, kept) == ["equipment staff ≥ 20 under"]


def test_a_case_that_expects_another_verdict_fails(tiny_rules):
    row = {"as_of": "2026-06-30", "facts": {}, "verdict": "eligible"}

    with pytest.raises(AssertionError):
        run_case(Case("fair", "错的", row), tiny_rules)


def test_a_case_with_an_impossible_fact_fails(tiny_rules):
    row = {"as_of": "2026-06-30", "facts": {"staff_count": -3}, "verdict": "undetermined"}

    with pytest.raises(AssertionError, match="职工人数"):
        run_case(Case("equipment", "错的", row), tiny_rules)


def test_folders_without_rules_or_cases_have_nothing_to_run(tmp_path):
    (tmp_path / "benefits").mkdir()
    shutil.copy(TINY / FACTS, tmp_path)

    assert read_cases(tmp_path / "benefits") == []
    assert untried(load_rules(tmp_path), []) == []
