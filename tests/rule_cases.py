"""Runs rule cases (YAML, a list a benefit) and tells which thresholds and dates no case tries.

Money in the cases is in 万元. `because` names conditions that are FALSE, `ask` conditions or
facts that are UNKNOWN; `amount` is the amount, or the maximum where only that is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.eligibility.benefits import Benefit, PartKind
from assistant.eligibility.conditions import EachOfLast, Leaf, Tiered, leaves_of
from assistant.eligibility.decide import decide
from assistant.eligibility.form import profile_of
from assistant.eligibility.judging import limits_of, number_tested
from assistant.eligibility.known import Known
from assistant.eligibility.loading import Rules
from assistant.eligibility.values import Limits, Series, within
from assistant.eligibility.yaml_files import read_yaml
from assistant.truth import Truth
from assistant.verdicts import Days

KEYS = {"name", "as_of", "facts", "input", "verdict", "because", "ask", "amount"}


@dataclass(frozen=True)
class Case:
    benefit: str
    name: str
    row: dict[str, Any]

    @property
    def day(self) -> date:
        day = self.row["as_of"]
        return day if isinstance(day, date) else date.fromisoformat(day)

    @property
    def id(self) -> str:
        return f"{self.benefit}：{self.name}"


def read_cases(folder: Path) -> list[Case]:
    found = []
    for path in sorted(folder.glob("*.yaml")):
        for number, row in enumerate(read_yaml(path) or [], start=1):
            found.append(Case(path.stem, str(row.get("name", number)), row))
    return found


def profile_for(case: Case, rules: Rules):
    """A case whose facts are not all read is a wrong case."""
    profile, problems = profile_of(case.row.get("facts") or {}, rules.definitions, case.day)
    assert not problems, problems
    return profile


def run_case(case: Case, rules: Rules) -> None:
    assert set(case.row) <= KEYS, f"unknown keys {set(case.row) - KEYS}"
    benefit = rules.by_id[case.benefit]
    verdict = decide(benefit, profile_for(case, rules), case.day)
    truths = {one.condition: one.truth for one in verdict.findings}
    by_fact = {one.fact: one.truth for one in verdict.findings if one.truth is Truth.UNKNOWN}
    shown = {name: truth.word for name, truth in truths.items()}
    assert verdict.outcome.value == case.row["verdict"], shown
    asked = list(case.row.get("ask") or [])
    failed = list(case.row.get("because") or [])
    if verdict.outcome.value == "undetermined":
        failed, asked = [], [*failed, *asked]
    for name in failed:
        assert truths.get(name) is Truth.FALSE, f"{name}: {shown}"
    for name in asked:
        is_unknown = truths.get(name) is Truth.UNKNOWN or name in by_fact
        assert is_unknown or name in verdict.missing, f"{name}: {shown}"
    if case.row.get("amount") is not None:
        assert verdict.amount is not None
        known = verdict.amount.value if verdict.amount.value is not None else verdict.amount.high
        assert known == Decimal(str(case.row["amount"])), verdict.amount


def untried(rules: Rules, cases: list[Case]) -> list[str]:
    """Each side of each threshold and date that no case of its benefit is on."""
    wanted: set[str] = set()
    tried: set[str] = set()
    for benefit in rules.benefits:
        own = [one for one in cases if one.benefit == benefit.benefit]
        wanted |= {f"{name} {side}" for name in _thresholds(benefit) for side in ("under", "over")}
        for case in own:
            known = Known(profile_for(case, rules), case.day)
            tried |= {f"{name} {side}" for name, side in _sides(benefit, known)}
    return sorted(wanted - tried)


def _thresholds(benefit: Benefit) -> Iterator[str]:
    for name, days in (("period", benefit.period), ("window", benefit.window)):
        for limit in _named_days(f"{benefit.benefit} {name}", days):
            yield limit[0]
    for leaf in _leaves(benefit):
        for name, limits, _ in _limits(benefit, leaf):
            yield from (one for one, _ in _ends(name, limits))
    for part in benefit.amount.parts if benefit.amount else ():
        for step in part.steps:
            if step.up_to is not None:
                yield f"{benefit.benefit} amount by {part.of} {step.up_to}"


def _sides(benefit: Benefit, known: Known) -> Iterator[tuple[str, str]]:
    for name, days in (("period", benefit.period), ("window", benefit.window)):
        for limit, day, is_last in _named_days(f"{benefit.benefit} {name}", days):
            is_over = known.day > day if is_last else known.day >= day
            yield limit, "over" if is_over else "under"
    for leaf in _leaves(benefit):
        for name, limits, number in _limits(benefit, leaf, known):
            for limit, end in _ends(name, limits) if number is not None else ():
                truth = within(number, end)
                if truth is not Truth.UNKNOWN:
                    is_over = (truth is Truth.TRUE) == (end.low is not None)
                    yield limit, "over" if is_over else "under"
    for part in benefit.amount.parts if benefit.amount else ():
        size = known.number(part.of) if part.kind is PartKind.TIERS else None
        for step in part.steps if size is not None else ():
            if step.up_to is not None:
                is_under = within(size, Limits(high=step.up_to)) is Truth.TRUE
                name = f"{benefit.benefit} amount by {part.of} {step.up_to}"
                yield name, "under" if is_under else "over"


def _named_days(name: str, days: Days | None) -> Iterator[tuple[str, date, bool]]:
    if days is not None and days.first is not None:
        yield f"{name} from {days.first}", days.first, False
    if days is not None and days.last is not None:
        yield f"{name} to {days.last}", days.last, True


def _leaves(benefit: Benefit) -> Iterator[Leaf]:
    yield from leaves_of(benefit.conditions)
    for part in benefit.amount.parts if benefit.amount else ():
        if part.when is not None:
            yield from leaves_of(part.when)


def _limits(benefit: Benefit, leaf: Leaf, known: Known | None = None):
    """(name, limits, number of the profile or None) of every threshold of a leaf."""
    name, test = f"{benefit.benefit} {leaf.id}", leaf.test
    if isinstance(test, Tiered):
        applied = limits_of(test, known) if known else []
        for tier in test.tiers:
            is_applied = applied == [tier.limits]
            number = known.number(leaf.fact) if known and is_applied else None
            yield f"{name} tier {tier.up_to.high}", tier.limits, number
            yield f"{name} by {test.by}", tier.up_to, known.number(test.by) if known else None
    elif isinstance(test, EachOfLast):
        value = known.value(leaf.fact) if known else None
        years = known.years(test.years) if isinstance(value, Series) else ()
        numbers = [value.by_year[one] for one in years if one in value.by_year]
        yield name, test.limits, None
        yield from ((name, test.limits, number) for number in numbers)
    elif hasattr(test, "limits"):
        yield name, test.limits, number_tested(leaf.fact, test, known) if known else None


def _ends(name: str, limits: Limits) -> Iterator[tuple[str, Limits]]:
    if limits.low is not None:
        yield f"{name} ≥ {limits.low}", Limits(limits.low, None, limits.is_low_open)
    if limits.high is not None:
        end = Limits(None, limits.high, False, limits.is_high_open)
        yield f"{name} ≤ {limits.high}", end
