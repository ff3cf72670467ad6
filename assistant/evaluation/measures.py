"""What is measured, each for one question: retrieval, answer, citations, refusals, validity.

A measure is None where it does not apply; a question that got no answer scores 0, never vanishes.
`eval/README.md` says the same in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answering.verify import Problem
from assistant.evaluation.gold import GoldQuestion, Proof
from assistant.schema import REFUSALS, Answer, Citation, Document, Hit, Intent, Status

RECIPROCAL_RANK_DEPTH = 10
SEARCH_DEPTH = 10
"""Hits asked for a question: the deepest rank that a measure looks at."""

NUMBER_RULES = frozenset(("number", "date", "doc_no", "clause"))
"""Rules of `answering.verify` that guard figures."""

_MARK = re.compile(r"\[\d+\]")
_SENTENCE_END = "。！？；\n"
_DIGIT = re.compile(r"[0-9]")
AFFIRMATIONS = frozenset(("对", "是", "是的", "没错", "属实", "正确"))

Span = tuple[str, int, int]
"""doc_id, start, end; end exclusive."""
Documents = Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the assistant did with one question; `answer` is None when it refused the input.

    `problems` are the breaches of the contract that the verifier finds in the answer.
    """

    question: GoldQuestion
    hits: tuple[Hit, ...]
    answer: Answer | None
    error: str | None = None
    problems: tuple[Problem, ...] = ()
    latency_ms: float = 0.0

    @property
    def status(self) -> Status:
        return self.answer.status if self.answer else Status.ERROR

    @property
    def unsupported(self) -> tuple[Problem, ...]:
        """Numbers, dates, 文号 and clause numbers that nothing cited backs: rule 3."""
        return tuple(one for one in self.problems if one.rule in NUMBER_RULES)

    @property
    def is_accepted(self) -> bool:
        return self.status in self.question.statuses


@dataclass(frozen=True, slots=True)
class Measure:
    """A definition; `of` gives its value for one question, None where it does not apply."""

    name: str
    label: str
    of: Callable[[Outcome, Documents], float | None]
    higher_is_better: bool = True


def shows(passage: Span, proof: Proof) -> bool:
    """Whether a span of a document shows at least a part of the proving quote.

    Passages are whole clauses, so this is "the passage has the judged clause, the part of it that
    proves"; a passage that merely shares an ancestor or its heading does not count.
    """
    doc_id, start, end = passage
    return doc_id == proof.doc_id and start < proof.end and proof.start < end


def recall_at(k: int, ranking: Sequence[Span], evidence: Sequence[Sequence[Proof]]) -> float:
    """Share of the evidence groups of which some alternative is shown in the first k."""
    found = [
        any(shows(span, proof) for span in ranking[:k] for proof in group) for group in evidence
    ]
    return sum(found) / len(evidence)


def reciprocal_rank(ranking: Sequence[Span], evidence: Sequence[Sequence[Proof]]) -> float:
    """1 / the rank (from 1) of the first passage that shows any proof; 0 when none does."""
    for rank, span in enumerate(ranking[:RECIPROCAL_RANK_DEPTH], start=1):
        if any(shows(span, proof) for group in evidence for proof in group):
            return 1 / rank
    return 0.0


def has_facts(text: str, facts: Iterable[Sequence[str]]) -> bool:
    """Whether every group has a string in the text, citation marks and white space aside.

    A fact that begins or ends with a digit must not be cut out of a longer number, and a yes must
    open a sentence: 对 also stands in 不对 and in 对接.

    >>> has_facts("共 90[1] 家", [["90家"]]), has_facts("到2026年", [["2"]])
    (True, False)
    >>> has_facts("对：写的是 90 家。", [["对"]]), has_facts("不对：写的是 90 家。", [["对"]])
    (True, False)
    """
    said = "".join(_MARK.sub("", text).split())
    return all(any(_stands_in(said, "".join(fact.split())) for fact in group) for group in facts)


def _stands_in(said: str, fact: str) -> bool:
    if fact in AFFIRMATIONS:
        return re.search(r"(?:^|[。！？])" + fact, said) is not None
    before = r"(?<![0-9])(?<![0-9][.,])" if _DIGIT.match(fact[0]) else ""
    after = r"(?![0-9])(?![.,][0-9])" if _DIGIT.match(fact[-1]) else ""
    return re.search(before + re.escape(fact) + after, said) is not None


def is_cited(citations: Iterable[Citation], group: Sequence[Proof]) -> bool:
    """Whether a quote of the citations overlaps the proving quote of some alternative."""
    spans = [(one.doc_id, one.start, one.end) for one in citations]
    return any(shows(span, proof) for span in spans for proof in group)


def judged_characters(question: GoldQuestion, documents: Documents) -> set[tuple[str, int]]:
    """Characters that a citation may quote: the sentences that the proving quotes stand in.

    Of a question for the wording of a clause, the whole judged clause.
    """
    judged: set[tuple[str, int]] = set()
    for proof in (proof for group in question.evidence for proof in group):
        start, end = proof.clause_start, proof.clause_end
        if question.intent is not Intent.WORDING:
            start, end = _sentences(documents[proof.doc_id].text, proof)
        judged |= {(proof.doc_id, at) for at in range(start, end)}
    return judged


def _sentences(text: str, proof: Proof) -> tuple[int, int]:
    """The proof's span, widened to the ends of its sentences, inside its clause."""
    start, end = proof.start, proof.end
    while start > proof.clause_start and text[start - 1] not in _SENTENCE_END:
        start -= 1
    while end < proof.clause_end and text[end - 1] not in _SENTENCE_END:
        end += 1
    return start, end


def citation_precision(outcome: Outcome, documents: Documents) -> float:
    """Share of the cited characters that are judged; 0 without a citation.

    After ALCE (Gao et al., EMNLP 2023, arXiv 2305.14627), by span in place of entailment.
    """
    cited = _characters(_citations(outcome))
    if not cited:
        return 0.0
    return len(cited & judged_characters(outcome.question, documents)) / len(cited)


def citation_recall(outcome: Outcome) -> float:
    """Mean over the evidence groups: cited share of the best cited alternative's quote."""
    cited = _characters(_citations(outcome))
    shares = [
        max(_cited_share(proof, cited) for proof in group) for group in outcome.question.evidence
    ]
    return sum(shares) / len(shares)


def _cited_share(proof: Proof, cited: set[tuple[str, int]]) -> float:
    hits = sum((proof.doc_id, at) in cited for at in range(proof.start, proof.end))
    return hits / (proof.end - proof.start)


def _citations(outcome: Outcome) -> tuple[Citation, ...]:
    return outcome.answer.citations if outcome.answer else ()


def _characters(citations: Iterable[Citation]) -> set[tuple[str, int]]:
    return {(one.doc_id, at) for one in citations for at in range(one.start, one.end)}


def _ranking(outcome: Outcome) -> list[Span]:
    return [(hit.passage.doc_id, hit.passage.start, hit.passage.end) for hit in outcome.hits]


def _recall(k: int) -> Callable[[Outcome, Documents], float | None]:
    def of(outcome: Outcome, _: Documents) -> float | None:
        evidence = outcome.question.evidence
        return recall_at(k, _ranking(outcome), evidence) if evidence else None

    return of


def _reciprocal_rank(outcome: Outcome, _: Documents) -> float | None:
    evidence = outcome.question.evidence
    return reciprocal_rank(_ranking(outcome), evidence) if evidence else None


def _facts(outcome: Outcome, _: Documents) -> float | None:
    """A refusal that the gold row accepts needs no facts."""
    question = outcome.question
    if not question.answerable:
        return None
    if outcome.answer is None or not outcome.is_accepted:
        return 0.0
    return float(outcome.status in REFUSALS or has_facts(outcome.answer.text, question.facts))


def _correct(outcome: Outcome, documents: Documents) -> float | None:
    """Facts contained, and every evidence group has an alternative that a citation overlaps."""
    facts = _facts(outcome, documents)
    if not facts or outcome.status in REFUSALS:
        return facts
    citations = _citations(outcome)
    return float(all(is_cited(citations, group) for group in outcome.question.evidence))


def _citation_precision(outcome: Outcome, documents: Documents) -> float | None:
    if not outcome.question.evidence:
        return None
    if outcome.is_accepted and outcome.status in REFUSALS:
        return 1.0
    return citation_precision(outcome, documents)


def _citation_recall(outcome: Outcome, _: Documents) -> float | None:
    if not outcome.question.evidence:
        return None
    if outcome.is_accepted and outcome.status in REFUSALS:
        return 1.0
    return citation_recall(outcome)


def _right_refusal(outcome: Outcome, _: Documents) -> float | None:
    return float(outcome.is_accepted) if outcome.question.answerable is False else None


def _wrong_refusal(outcome: Outcome, _: Documents) -> float | None:
    if not outcome.question.answerable:
        return None
    return float(outcome.status in REFUSALS and not outcome.is_accepted)


def _handled(outcome: Outcome, _: Documents) -> float | None:
    return float(outcome.is_accepted) if outcome.question.split == "hostile" else None


def _number_fidelity(outcome: Outcome, _: Documents) -> float:
    if outcome.answer is None:
        return float(outcome.is_accepted)
    return float(not outcome.unsupported)


def _valid(outcome: Outcome, _: Documents) -> float:
    if outcome.answer is None:
        return float(outcome.is_accepted)
    return float(not outcome.problems)


MEASURES: tuple[Measure, ...] = (
    Measure("clause_recall_at_1", "条款召回率@1", _recall(1)),
    Measure("clause_recall_at_5", "条款召回率@5", _recall(5)),
    Measure("clause_mrr", f"条款 MRR@{RECIPROCAL_RANK_DEPTH}", _reciprocal_rank),
    Measure("answer_facts", "答复含所问要点", _facts),
    Measure("answer_correct", "答复正确（要点与引用）", _correct),
    Measure("citation_precision", "引用精确率（字）", _citation_precision),
    Measure("citation_recall", "引用召回率（字）", _citation_recall),
    Measure("right_refusal", "该拒答的拒答", _right_refusal),
    Measure("wrong_refusal", "不该拒答的拒答", _wrong_refusal, higher_is_better=False),
    Measure("hostile_handled", "恶意输入处理得当", _handled),
    Measure("number_fidelity", "数字都有依据", _number_fidelity),
    Measure("contract_valid", "符合契约", _valid),
)


ELIGIBILITY_LABELS = {
    "facts_right": "写明的事实读对",
    "facts_invented": "读出的事实是凭空的",
    "decided_alike": "按读出的与写明的事实，每项结论都相同",
    "verdicts_right": "结论正确",
    "false_eligible": "不该符合的判为符合",
    "missing_named": "说出还缺的事实",
    "near_miss_named": "说出还差什么",
    "amounts_right": "金额正确",
    "together_right": "不得同时享受的没有同取",
    "ask_next_right": "下一个问题问得有用",
}
"""Measures of the eligibility gold, see `eligibility.py`."""
ELIGIBILITY_LOWER_IS_BETTER = frozenset({"facts_invented", "false_eligible"})
ELIGIBILITY_PREFIX = "eligibility_"
ELIGIBILITY_SPLITS = tuple(f"{ELIGIBILITY_PREFIX}{one}" for one in ("dev", "test", "others_test"))
LABELS = {measure.name: measure.label for measure in MEASURES} | ELIGIBILITY_LABELS


def has_passed(values: Mapping[str, float]) -> bool:
    """One yes or no for a question: valid, and correct, rightly refused or handled."""
    verdicts = ("answer_correct", "right_refusal", "hostile_handled", "contract_valid")
    return all(values[name] == 1.0 for name in verdicts if name in values)
