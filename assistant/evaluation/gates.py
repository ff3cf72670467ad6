"""Floors and ceilings that a run must keep, from `eval/gates.toml`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import EvaluationError
from assistant.evaluation.evaluator import ALL, Report
from assistant.evaluation.gold import SPLITS
from assistant.evaluation.measures import (
    ELIGIBILITY_LABELS,
    ELIGIBILITY_PREFIX,
    ELIGIBILITY_SPLITS,
    MEASURES,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LATENCY = ("latency_p50_ms", "latency_p95_ms")
"""Gates of time; only under `all`, as latency is measured over the whole run."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`bound` is allowed on either side: at least it, or at most it."""

    split: str
    measure: str
    bound: float
    is_floor: bool


@dataclass(frozen=True, slots=True)
class FailedGate:
    """A gate that fell; `value` is None where the run has no question it applies to."""

    gate: Gate
    value: float | None
    n: int

    def __str__(self) -> str:
        sign, gate = ("≥" if self.gate.is_floor else "≤"), self.gate
        got = "没有适用的题目" if self.value is None else f"实际 {self.value:.4f}（n={self.n}）"
        return f"{gate.split} · {gate.measure}：要求 {sign} {gate.bound:g}，{got}"


class _Bounds(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at_least: dict[str, float] = {}
    at_most: dict[str, float] = {}


def load_gates(path: Path) -> tuple[Gate, ...]:
    """Read `[split.at_least]` and `[split.at_most]` tables of measure = bound.

    Raises:
        EvaluationError: the file cannot be read, or names a split or measure that does not exist.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
        bounds = {split: _Bounds.model_validate(table) for split, table in tables.items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise EvaluationError(
            f"门槛文件 {path} 无法读取：{error}。请按 eval/README.md 改正。"
        ) from error
    gates = tuple(_gates(bounds))
    for gate in gates:
        measures = _measures(gate.split)
        if gate.split not in (ALL, *SPLITS, *ELIGIBILITY_SPLITS) or gate.measure not in measures:
            raise EvaluationError(
                f"门槛文件 {path} 的 {gate.split}.{gate.measure} 不存在，"
                f"可用的指标：{'、'.join(sorted(measures))}。"
            )
    return gates


def _measures(split: str) -> set[str]:
    if split in ELIGIBILITY_SPLITS:
        return set(ELIGIBILITY_LABELS)
    return {measure.name for measure in MEASURES} | set(LATENCY if split == ALL else ())


def _gates(bounds: dict[str, _Bounds]) -> Iterator[Gate]:
    for split, table in bounds.items():
        for measure, bound in table.at_least.items():
            yield Gate(split, measure, bound, is_floor=True)
        for measure, bound in table.at_most.items():
            yield Gate(split, measure, bound, is_floor=False)


def failed_gates(report: Report, gates: Iterable[Gate]) -> tuple[FailedGate, ...]:
    """The gates that fell. Gates of a split that was not run are left out; no n is a failure."""
    found: dict[tuple[str, str], tuple[float, int]] = {
        (score.split, score.measure): (score.value, score.n)
        for score in report.scores
        if score.intent == ALL
    }
    latency = report.latency
    found[ALL, "latency_p50_ms"] = (latency.p50, latency.n)
    found[ALL, "latency_p95_ms"] = (latency.p95, latency.n)
    failed: list[FailedGate] = []
    for gate in gates:
        # `all` of a partial run would hold a part to the floor of the whole.
        if report.split not in (ALL, gate.split.removeprefix(ELIGIBILITY_PREFIX)):
            continue
        if gate.split in ELIGIBILITY_SPLITS and report.eligibility is None:
            continue  # the gold of another folder has none
        value, n = found.get((gate.split, gate.measure), (None, 0))
        if value is None or (value < gate.bound if gate.is_floor else value > gate.bound):
            failed.append(FailedGate(gate, value, n))
    return tuple(failed)
