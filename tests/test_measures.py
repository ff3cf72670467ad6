"""Measures by pencil, and against ir-measures where it has them."""

from __future__ import annotations

import random
from datetime import date
from math import comb

import ir_measures
import pytest

from assistant.answering.verify import Problem
from assistant.evaluation.gold import GoldQuestion, Proof
from assistant.evaluation.measures import (
    MEASURES,
    Outcome,
    has_facts,
    has_passed,
    recall_at,
    reciprocal_rank,
    shows,
)
from assistant.evaluation.resampling import bootstrap_interval, sign_test
from assistant.schema import Answer, Citation, DocStatus, Document, Hit, Intent, Passage, Status

TEXT = "一、目标。培育90家。建成200万方。"
DOCUMENTS = {"d": Document("d", "方案", TEXT, DocStatus.IN_FORCE, "d.txt", "0")}
DAY = date(2026, 6, 30)


def proof(quote: str, text: str = TEXT) -> Proof:
    start = text.index(quote)
    return Proof("d__h1_1", "d", start, start + len(quote), 0, len(text), quote)


def question(*groups: list[Proof], **changes: object) -> GoldQuestion:
    fields = {
        "question_id": "q",
        "text": "培育多少家？",
        "split": "dev",
        "statuses": frozenset({Status.ANSWERED}),
        "answerable": True,
        "intent": Intent.NUMBER,
        "facts": (("90",),),
        "evidence": tuple(map(tuple, groups)),
    }
    return GoldQuestion(**(fields | changes))


def cite(quote: str) -> Citation:
    start = TEXT.index(quote)
    return Citation(1, "d", "方案", None, DocStatus.IN_FORCE, "d__h1_1", (), quote, start,
                    start + len(quote))  # fmt: skip


def outcome(asked: GoldQuestion, *quotes: str, **changes: object) -> Outcome:
    answer = Answer(
        "培育多少家？",
        DAY,
        changes.pop("status", Status.ANSWERED),
        changes.pop("text", "90 家。[1]"),
        tuple(map(cite, quotes)),
    )
    return Outcome(**{"question": asked, "hits": (), "answer": answer} | changes)


def values(one: Outcome) -> dict[str, float]:
    found = {measure.name: measure.of(one, DOCUMENTS) for measure in MEASURES}
    return {name: value for name, value in found.items() if value is not None}


UNANSWERABLE = question(
    answerable=False, facts=(), statuses=frozenset({Status.NOT_IN_CORPUS}), intent=Intent.SUPPORT
)
HOSTILE = question(
    answerable=None, facts=(), intent=None, split="hostile", statuses=frozenset({Status.ERROR})
)


@pytest.mark.parametrize("seed", range(20))
def test_recall_and_reciprocal_rank_agree_with_ir_measures(seed):
    """Passages of ten characters and a proof in each judged one: then a passage is a document."""
    random_ = random.Random(seed)
    passages = [("d", at * 10, at * 10 + 10) for at in range(12)]
    ranking = random_.sample(passages, random_.randint(0, 12))
    judged = random_.sample(passages, random_.randint(1, 5))
    evidence = [
        (Proof("c", "d", start + 3, start + 7, start, end, "…"),) for _, start, end in judged
    ]
    qrels = [ir_measures.Qrel("q", str(span), 1) for span in judged]
    run = [ir_measures.ScoredDoc("q", str(span), -rank) for rank, span in enumerate(ranking)]
    wanted = [ir_measures.R @ 1, ir_measures.R @ 5, ir_measures.RR @ 10]
    theirs = ir_measures.calc_aggregate(wanted, qrels, run)

    assert recall_at(1, ranking, evidence) == pytest.approx(theirs[wanted[0]])
    assert recall_at(5, ranking, evidence) == pytest.approx(theirs[wanted[1]])
    assert reciprocal_rank(ranking, evidence) == pytest.approx(theirs[wanted[2]])


def test_any_alternative_of_a_group_is_found():
    evidence = [(proof("90家"), proof("200万方"))]

    assert recall_at(1, [("d", 11, 18)], evidence) == 1
    assert reciprocal_rank([("d", 0, 5), ("d", 5, 11)], evidence) == 0.5


@pytest.mark.parametrize(
    ("span", "is_shown"),
    [
        (("d", 7, 10), True),
        (("d", 9, 18), True),
        (("d", 0, 8), True),
        (("d", 0, 7), False),
        (("d", 10, 18), False),
        (("e", 7, 10), False),
    ],
)
def test_a_span_shows_a_proof_that_it_overlaps(span, is_shown):
    assert (proof("90家").start, proof("90家").end) == (7, 10)
    assert shows(span, proof("90家")) is is_shown


@pytest.mark.parametrize(
    ("text", "facts", "said"),
    [
        ("到 2026 年 90 家。[1]", [["90"]], True),
        ("90[1]家", [["90家"]], True),
        ("190 家", [["90"]], False),
        ("900 家", [["90"]], False),
        ("90.5 家", [["90"]], False),
        ("3.90 家", [["90"]], False),
        ("1,90 家", [["90"]], False),
        ("到2026年", [["2"]], False),
        ("第2项，2家", [["2家"]], True),
        ("高新技术 企业", [["高新技术企业"]], True),
        ("高企", [["高新技术企业", "高企"]], True),
        ("90 家", [["90"], ["50"]], False),
        ("专项（a.b）", [["(a.b)"]], False),
        ("您好。对，写的是 90 家。", [["对", "是"]], True),
        ("不对：写的是 90 家。", [["对", "是", "是的"]], False),
        ("推动企业对接。", [["对"]], False),
        ("", [["90"]], False),
        ("", [], True),
    ],
)
def test_facts_are_contained_or_not(text, facts, said):
    assert has_facts(text, facts) is said


def test_a_right_answer_is_right_by_every_measure():
    one = outcome(question([proof("90家")]), "培育90家。", hits=(hit(5, 11, 1),))

    assert values(one) == {
        "clause_recall_at_1": 1,
        "clause_recall_at_5": 1,
        "clause_mrr": 1,
        "answer_facts": 1,
        "answer_correct": 1,
        "citation_precision": 1,
        "citation_recall": 1,
        "wrong_refusal": 0,
        "number_fidelity": 1,
        "contract_valid": 1,
    }
    assert has_passed(values(one))


def hit(start: int, end: int, rank: int) -> Hit:
    return Hit(Passage(f"p{rank}", "d", ("d__h1_1",), (), start, end, TEXT[start:end]), 1.0, rank)


def test_the_fact_with_another_clause_is_not_correct():
    found = values(outcome(question([proof("90家")]), "建成200万方。"))

    assert (found["answer_facts"], found["answer_correct"]) == (1, 0)
    assert (found["citation_precision"], found["citation_recall"]) == (0, 0)
    assert not has_passed(found)


def test_every_group_must_be_cited():
    asked = question([proof("90家")], [proof("200万方")])

    assert values(outcome(asked, "培育90家。"))["answer_correct"] == 0
    assert values(outcome(asked, "培育90家。", "建成200万方。"))["answer_correct"] == 1


def test_citation_precision_and_recall_by_pencil():
    """Judged is 培育90家。; cited are the 12 characters 90家。建成200万方。, 4 of them judged."""
    found = values(outcome(question([proof("育90")]), "90家。建成200万方。"))

    assert found["citation_precision"] == pytest.approx(4 / 12)
    assert found["citation_recall"] == pytest.approx(2 / 3)


def test_overlapping_citations_count_a_character_once():
    found = values(outcome(question([proof("90家")]), "培育90家。", "90家。建成"))

    assert found["citation_precision"] == pytest.approx(6 / 8)


def test_for_the_wording_the_whole_clause_may_be_quoted():
    wording = question([proof("90家")], intent=Intent.WORDING)

    assert values(outcome(wording, TEXT))["citation_precision"] == 1
    assert values(outcome(question([proof("90家")]), TEXT))["citation_precision"] == 6 / len(TEXT)


def test_an_answer_without_citations_scores_0():
    found = values(outcome(question([proof("90家")])))

    assert found["citation_precision"] == found["citation_recall"] == found["answer_correct"] == 0


def test_a_question_without_evidence_needs_none():
    found = values(outcome(question()))

    assert found["answer_correct"] == 1
    assert "citation_precision" not in found
    assert "clause_mrr" not in found


def test_a_refusal_of_an_answerable_question_is_wrong():
    found = values(
        outcome(question([proof("90家")]), status=Status.NOT_IN_CORPUS, text="没有 90。")
    )

    assert (found["wrong_refusal"], found["answer_facts"], found["answer_correct"]) == (1, 0, 0)


def test_a_refusal_that_the_row_accepts_is_no_failure():
    either = frozenset({Status.ANSWERED, Status.NOT_IN_CORPUS})
    asked = question([proof("90家")], statuses=either)
    found = values(outcome(asked, status=Status.NOT_IN_CORPUS, text="没有写明。"))

    assert (found["wrong_refusal"], found["answer_correct"]) == (0, 1)


def test_a_status_that_the_row_does_not_accept_is_not_correct():
    found = values(outcome(question([proof("90家")]), "培育90家。", status=Status.PARTIAL))

    assert (found["answer_facts"], found["wrong_refusal"]) == (0, 0)


@pytest.mark.parametrize(
    ("status", "score"), [(Status.NOT_IN_CORPUS, 1), (Status.OUT_OF_SCOPE, 0), (Status.ANSWERED, 0)]
)
def test_an_unanswerable_question_is_scored_on_its_refusal(status, score):
    found = values(outcome(UNANSWERABLE, status=status, text="没有写明。"))

    assert found == {"right_refusal": score, "number_fidelity": 1, "contract_valid": 1}


def test_a_question_that_got_an_error_scores_0():
    found = values(Outcome(question([proof("90家")]), (), None, error="太长了。"))

    assert found["wrong_refusal"] == 1
    assert not any(value for name, value in found.items() if name != "wrong_refusal")


def test_a_hostile_input_may_be_an_error():
    assert values(Outcome(HOSTILE, (), None, error="问题是空的。")) == {
        "hostile_handled": 1,
        "number_fidelity": 1,
        "contract_valid": 1,
    }
    assert values(outcome(HOSTILE))["hostile_handled"] == 0


@pytest.mark.parametrize(
    ("rule", "fidelity"), [("number", 0), ("date", 0), ("doc_no", 0), ("clause", 0), ("mark", 1)]
)
def test_only_figures_count_against_number_fidelity(rule, fidelity):
    problem = Problem(rule, "……")
    found = values(outcome(question([proof("90家")]), "培育90家。", problems=(problem,)))

    assert (found["number_fidelity"], found["contract_valid"]) == (fidelity, 0)
    assert not has_passed(found)


def test_an_interval_holds_the_mean_and_repeats():
    sample = [1.0] * 70 + [0.0] * 30
    low, high = bootstrap_interval(sample)

    assert low < 0.7 < high
    assert bootstrap_interval(sample) == (low, high)
    # The normal interval is 0.7 ± 0.0898; 2,000 resamples come within a question of it.
    assert (low, high) == pytest.approx((0.61, 0.79), abs=0.015)


def test_an_interval_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval([])


@pytest.mark.parametrize(("wins", "losses"), [(0, 1), (1, 1), (8, 2), (2, 8), (30, 12)])
def test_the_sign_test_is_the_binomial_tail(wins, losses):
    n = wins + losses
    tail = sum(comb(n, k) for k in range(n + 1) if abs(k - n / 2) >= abs(wins - n / 2)) / 2**n

    assert sign_test(wins, losses) == pytest.approx(tail)
