"""What of many verdicts is worth showing first: what is met, what is near, what is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from assistant.eligibility.benefits import BenefitKind
from assistant.eligibility.facts import EXPERT
from assistant.truth import Truth
from assistant.verdicts import Finding, Outcome, Verdict

DIRECTION = BenefitKind.DIRECTION.value
FEW = 12
MOST_MET, MOST_NEAR, MOST_OPEN = 10, 3, 5
_PLACES = frozenset({None, "region", "tax_place"})


def is_expired(verdict: Verdict) -> bool:
    """Whether the rule itself is over: what is not open for applications may come again."""
    last = verdict.period.last if verdict.period else None
    return last is not None and any(
        one.condition == "period" and one.truth is Truth.FALSE and one.value is not None
        and date.fromisoformat(one.value) > last
        for one in verdict.findings
    )  # fmt: skip


def conditions_of(verdict: Verdict) -> tuple[Finding, ...]:
    """Its findings but the days of the rule."""
    return tuple(one for one in verdict.findings if one.condition not in ("period", "window"))


def is_expert(finding: Finding) -> bool:
    """Whether it is for the authority to say, and nothing that an enterprise could tell."""
    return (finding.fact or "").startswith(EXPERT)


def promising(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Undetermined ones of which something is met: much met and little missing first."""
    found = [
        one
        for one in verdicts
        if one.outcome is Outcome.UNDETERMINED and one.kind != DIRECTION and _met(one)
    ]
    return sorted(
        found, key=lambda one: (len(one.missing) - _met(one), -worth(one), one.benefit)
    )


def would_do(verdict: Verdict) -> bool:
    """Whether all it asks of the enterprise is met, one thing besides the place among it."""
    return _met(verdict) > 0 and all(
        one.truth is Truth.TRUE for one in conditions_of(verdict)
    )


def worth(verdict: Verdict) -> Decimal:
    """The most it may come to, in 万元."""
    if verdict.amount is None:
        return Decimal(0)
    return verdict.amount.high if verdict.amount.high is not None else verdict.amount.low


def _met(verdict: Verdict) -> int:
    """How many conditions are met, where the enterprise is aside."""
    return sum(
        one.truth is Truth.TRUE and one.fact not in _PLACES for one in conditions_of(verdict)
    )


def worth_showing(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Of a few, all; of many what is met, what is near and what is most promising."""
    order = list(Outcome)
    if len(verdicts) <= FEW:
        return sorted(verdicts, key=lambda one: (is_expired(one), order.index(one.outcome)))
    real = [one for one in verdicts if one.kind != DIRECTION]
    yes = [one for one in real if one.outcome is Outcome.ELIGIBLE]
    yes.sort(key=lambda one: (-worth(one), one.benefit))
    near = [one for one in real if one.near_miss]
    return [*yes[:MOST_MET], *near[:MOST_NEAR], *promising(real)[:MOST_OPEN]]
