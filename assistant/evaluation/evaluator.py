"""Ask every gold question, measure every answer, and sum up: the denominator is the gold set."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from assistant.answering.verify import check_answer
from assistant.errors import EvaluationError, UsageError
from assistant.evaluation.gold import SPLITS, GoldQuestion, GoldSet
from assistant.evaluation.measures import MEASURES, SEARCH_DEPTH, Outcome, has_passed
from assistant.evaluation.resampling import bootstrap_interval
from assistant.schema import Answer, Document, Hit, Turn

AS_OF = date(2026, 6, 30)
"""The day every question is about, unless told: fixed, so that a run can be repeated."""

ALL = "all"
"""Every question of the run, as a split; every intent, as an intent."""


class Assistant(Protocol):
    """What is evaluated: the faces of `pipeline.Assistant` that answer."""

    @property
    def documents(self) -> Mapping[str, Document]: ...

    def ask(
        self, question: str, *, as_of: date | None = None, history: Sequence[Turn] = ()
    ) -> Answer: ...

    def search(self, question: str, k: int | None = None) -> list[Hit]: ...


@dataclass(frozen=True, slots=True)
class Score:
    """The mean of a measure over the n questions it applies to, with a 95% interval."""

    split: str
    intent: str
    measure: str
    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One question, what became of it, and its value of each measure that applies."""

    outcome: Outcome
    values: Mapping[str, float]

    @property
    def passed(self) -> bool:
        return has_passed(self.values)


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of `ask` alone, warm, over n questions."""

    n: int
    p50: float
    p95: float
    maximum: float


@dataclass(frozen=True, slots=True)
class EligibilityRow:
    """A row of the eligibility gold; `problems` are sentences for its author."""

    row_id: str
    split: str
    text: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A run: everything but `latency` is the same for the same gold, index and settings."""

    as_of: date
    split: str
    gold_sha256: str
    documents: Mapping[str, str]
    """sha256 of each document's file, by doc_id."""
    writers: tuple[str, ...]
    scores: tuple[Score, ...]
    rows: tuple[Row, ...]
    latency: Latency
    eligibility: tuple[EligibilityRow, ...] | None = None
    """Rows of the eligibility gold that are not right in everything; None where it was not run."""


def run_evaluation(
    assistant: Assistant,
    gold: GoldSet,
    *,
    split: str = ALL,
    as_of: date = AS_OF,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Ask each question of the split once; `progress` gets (done, total).

    Raises:
        EvaluationError: the split does not exist or has no questions.
    """
    if split not in (ALL, *SPLITS):
        raise EvaluationError(f"没有名为 {split} 的题集部分，可选：{'、'.join((ALL, *SPLITS))}。")
    questions = [one for one in gold.questions if split in (ALL, one.split)]
    if not questions:
        raise EvaluationError(f"题集里没有属于 {split} 的题目，请换一个 --split。")
    rows: list[Row] = []
    _ask(assistant, questions[0], as_of)  # the first answer loads dictionaries; it is not timed
    for done, question in enumerate(questions, start=1):
        rows.append(_row(_ask(assistant, question, as_of), assistant.documents))
        if progress:
            progress(done, len(questions))
    answers = [row.outcome.answer for row in rows if row.outcome.answer]
    return Report(
        as_of=as_of,
        split=split,
        gold_sha256=gold.sha256,
        documents={key: one.sha256 for key, one in sorted(assistant.documents.items())},
        writers=tuple(sorted({answer.writer for answer in answers})),
        scores=tuple(_scores(rows)),
        rows=tuple(rows),
        latency=_latency([row.outcome.latency_ms for row in rows]),
    )


def _ask(assistant: Assistant, question: GoldQuestion, as_of: date) -> Outcome:
    day = question.as_of or as_of
    started = time.perf_counter()
    try:
        answer = assistant.ask(question.text, as_of=day, history=question.history)
    except UsageError as error:
        elapsed_ms = (time.perf_counter() - started) * 1000
        return Outcome(question, (), None, error=str(error), latency_ms=elapsed_ms)
    elapsed_ms = (time.perf_counter() - started) * 1000
    hits = assistant.search(question.text, SEARCH_DEPTH) if question.evidence else []
    return Outcome(
        question,
        tuple(hits),
        answer,
        problems=tuple(check_answer(answer, assistant.documents)),
        latency_ms=elapsed_ms,
    )


def _row(outcome: Outcome, documents: Mapping[str, Document]) -> Row:
    values = ((measure.name, measure.of(outcome, documents)) for measure in MEASURES)
    return Row(outcome, {name: value for name, value in values if value is not None})


def _scores(rows: Sequence[Row]) -> Iterator[Score]:
    """Over the whole run, then by split, then by intent; nothing where a measure has no n."""
    splits = sorted({row.outcome.question.split for row in rows}, key=SPLITS.index)
    intents = {row.outcome.question.intent for row in rows}
    groups: list[tuple[str, str]] = [(ALL, ALL)]
    groups += [(split, ALL) for split in splits]
    groups += [(ALL, name) for name in sorted(one.value for one in intents if one)]
    for split, intent in groups:
        yield from _group_scores(split, intent, [row for row in rows if _is_in(row, split, intent)])


def _is_in(row: Row, split: str, intent: str) -> bool:
    question = row.outcome.question
    return split in (ALL, question.split) and intent in (
        ALL,
        question.intent.value if question.intent else None,
    )


def _group_scores(split: str, intent: str, rows: Iterable[Row]) -> Iterator[Score]:
    rows = list(rows)
    for measure in MEASURES:
        values = [row.values[measure.name] for row in rows if measure.name in row.values]
        if values:
            low, high = bootstrap_interval(values)
            mean = sum(values) / len(values)
            yield Score(split, intent, measure.name, len(values), mean, low, high)


def _latency(milliseconds: Sequence[float]) -> Latency:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return Latency(len(milliseconds), float(p50), float(p95), max(milliseconds))
