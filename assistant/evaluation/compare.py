"""A run against an earlier one: which questions flipped, and is the difference more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import EvaluationError
from assistant.evaluation.evaluator import Report
from assistant.evaluation.measures import MEASURES
from assistant.evaluation.resampling import bootstrap_interval, sign_test


class BaselineRow(BaseModel):
    """What a comparison reads of an earlier run's question; other keys are ignored."""

    model_config = ConfigDict(frozen=True)

    question_id: str = Field(alias="_id")
    passed: bool
    values: dict[str, float]


class Baseline(BaseModel):
    """An earlier `report.json`."""

    model_config = ConfigDict(frozen=True)

    gold_sha256: str
    split: str
    questions: list[BaselineRow]


@dataclass(frozen=True, slots=True)
class Change:
    """The mean of a measure before and now, over the n questions that both runs asked.

    `[low, high]` is the 95% interval of the difference, resampling questions in pairs.
    """

    measure: str
    n: int
    before: float
    now: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Question ids, each list in the order of the gold set; `removed` in that of the baseline."""

    is_same_gold: bool
    fixed: tuple[str, ...]
    broken: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    p_value: float
    """Exact sign test over the questions that flipped."""
    changes: tuple[Change, ...]


def load_baseline(path: Path) -> Baseline:
    """
    Raises:
        EvaluationError: the file is missing or is no report of `assistant eval`.
    """
    try:
        return Baseline.model_validate_json(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise EvaluationError(
            f"基线 {path} 无法读取：{error}。请给出 assistant eval --report 写的 report.json。"
        ) from error


def compare(report: Report, baseline: Baseline) -> Comparison:
    """Only questions that both runs asked can flip; the others are named as added or removed.

    A baseline of more splits than this run is cut to the split of the run by its question ids.
    """
    before = {row.question_id: row for row in baseline.questions}
    now = {row.outcome.question.question_id: row for row in report.rows}
    both = [question_id for question_id in now if question_id in before]
    fixed = tuple(one for one in both if now[one].passed and not before[one].passed)
    broken = tuple(one for one in both if before[one].passed and not now[one].passed)
    values_now = {one: now[one].values for one in both}
    values_before = {one: before[one].values for one in both}
    return Comparison(
        is_same_gold=report.gold_sha256 == baseline.gold_sha256,
        fixed=fixed,
        broken=broken,
        added=tuple(one for one in now if one not in before),
        removed=tuple(one for one in before if one not in now)
        if report.split == baseline.split
        else (),
        p_value=sign_test(len(fixed), len(broken)),
        changes=_changes(values_before, values_now),
    )


def _changes(
    before: Mapping[str, Mapping[str, float]], now: Mapping[str, Mapping[str, float]]
) -> tuple[Change, ...]:
    changes: list[Change] = []
    for name in (measure.name for measure in MEASURES):
        pairs = [
            (before[one][name], now[one][name])
            for one in now
            if name in before[one] and name in now[one]
        ]
        if not pairs:
            continue
        low, high = bootstrap_interval([after - earlier for earlier, after in pairs])
        earlier_mean = sum(earlier for earlier, _ in pairs) / len(pairs)
        now_mean = sum(after for _, after in pairs) / len(pairs)
        changes.append(Change(name, len(pairs), earlier_mean, now_mean, low, high))
    return tuple(changes)
