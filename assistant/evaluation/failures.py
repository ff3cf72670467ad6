"""What went wrong with a question, in Chinese: the part of a report that people read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.evaluation.evaluator import Report, Row
from assistant.evaluation.gold import HIDDEN
from assistant.evaluation.measures import has_facts, is_cited
from assistant.schema import REFUSALS, Citation

MAX_SHOWN_CHARS = 300
"""Of a question, an answer or a quote; hostile inputs have 20,000 characters."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed question. Of a test question only `question_id` and `intent` are filled in.

    The test part is only measured: who reads its failures starts to tune on them.
    """

    question_id: str
    split: str
    intent: str
    question: str = ""
    history: tuple[str, ...] = ()
    expected: str = ""
    got: str = ""
    status: str = ""
    citations: tuple[Citation, ...] = ()
    reasons: tuple[str, ...] = ()
    is_hidden: bool = False


def failures(report: Report, *, show_test: bool = False) -> list[Failure]:
    """In the order of the gold set."""
    return [_failure(row, show_test) for row in report.rows if not row.passed]


def _failure(row: Row, show_test: bool) -> Failure:
    outcome, question = row.outcome, row.outcome.question
    intent = question.intent.value if question.intent else ""
    if question.split in HIDDEN and not show_test:
        return Failure(question.question_id, question.split, intent, is_hidden=True)
    answer = outcome.answer
    return Failure(
        question_id=question.question_id,
        split=question.split,
        intent=intent,
        question=shorten(question.text),
        history=tuple(f"{turn.role}：{shorten(turn.content)}" for turn in question.history),
        expected=_expected(row),
        got=shorten(answer.text if answer else outcome.error or ""),
        status=outcome.status.value,
        citations=answer.citations if answer else (),
        reasons=tuple(_reasons(row)),
    )


def _expected(row: Row) -> str:
    question = row.outcome.question
    parts = ["、".join(sorted(status.value for status in question.statuses))]
    if question.facts:
        parts.append("要点：" + "；".join("／".join(group) for group in question.facts))
    for group in question.evidence:
        parts.append("依据：" + "／".join(f"{one.clause_id}“{one.quote}”" for one in group))
    return "　".join(parts)


def _reasons(row: Row) -> Iterator[str]:
    outcome, question = row.outcome, row.outcome.question
    if not outcome.is_accepted:
        yield f"状态是 {outcome.status.value}"
    elif outcome.answer and question.answerable and outcome.status not in REFUSALS:
        for facts in question.facts:
            if not has_facts(outcome.answer.text, [facts]):
                yield f"缺要点“{'／'.join(facts)}”"
        for group in question.evidence:
            if not is_cited(outcome.answer.citations, group):
                yield f"没有引用“{group[0].quote}”"
    yield from (f"不符合契约（{one.rule}）：{one.message}" for one in outcome.problems)


def shorten(text: str) -> str:
    """The first `MAX_SHOWN_CHARS` characters, with what was left out counted."""
    if len(text) <= MAX_SHOWN_CHARS:
        return text
    return f"{text[:MAX_SHOWN_CHARS]}……（共 {len(text)} 字）"
