"""A benefit as a rule: conditions, amount, days, what it may not be taken with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from assistant.eligibility.conditions import Condition
from assistant.schema import Tier as Authority
from assistant.verdicts import Days, Per, Source, Stated


class BenefitKind(str, Enum):
    """What one gets; a direction is only what a plan encourages and never an entitlement."""

    RECOGNITION = "recognition"
    AWARD = "award"
    SUBSIDY = "subsidy"
    TAX = "tax"
    LOAN = "loan"
    VOUCHER = "voucher"
    DIRECTION = "direction"


class PartKind(str, Enum):
    """How a part of an amount is found."""

    FIXED = "fixed"
    RATE = "rate"
    TIERS = "tiers"
    UP_TO = "up_to"
    EACH = "each"
    """So much for each one of a number of things."""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `value` 万元 for each item, project, year … (`per`).

    Benefits whose caps have one `shared` name are capped together.
    """

    value: Decimal
    source: Source
    per: str | None = None
    is_soft: bool = False
    """原则上."""
    shared: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """`value` 万元 where the other fact is at most `up_to`; the last step has no `up_to`."""

    up_to: Decimal | None
    value: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """One term of an amount; money in 万元. `of` is the fact that a rate or a number is of, or
    that the steps are by.
    """

    kind: PartKind
    source: Source
    value: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)
    of: str | None = None
    steps: tuple[Step, ...] = ()
    when: Condition | None = None
    cap: Cap | None = None
    is_maximum: bool = False
    """The clause gives at most this: 按不超过20%, 最高."""
    days: Days | None = None
    """When this part is the rule, where it changes within the life of the benefit."""
    id: str | None = None


@dataclass(frozen=True, slots=True)
class AmountRule:
    """The parts are added, then capped."""

    parts: tuple[Part, ...]
    caps: tuple[Cap, ...] = ()


class ExclusionRule(str, Enum):
    """How two benefits go together."""

    NOT_BOTH = "not_both"
    HIGHER_ONLY = "higher_only"
    """就高不重复."""
    DEDUCTED = "deducted"
    """What the other gives is taken off this one."""
    UNKNOWN = "unknown"
    """The clause speaks of it, but not clearly enough to say."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """With `benefit`, or with every benefit of the authority `tier` from another document."""

    rule: ExclusionRule
    source: Source
    benefit: str | None = None
    tier: Authority | None = None


@dataclass(frozen=True, slots=True)
class Benefit:
    """What one may be entitled to, and every clause it rests on."""

    benefit: str
    name: str
    document: str
    kind: BenefitKind
    tier: Authority
    per: Per
    conditions: Condition
    certainty: str | None = None
    period: Days | None = None
    window: Days | None = None
    amount: AmountRule | None = None
    frequency: str | None = None
    route: Stated | None = None
    materials: Stated | None = None
    department: Stated | None = None
    excludes: tuple[Exclusion, ...] = ()
    unknown: tuple[str, ...] = ()
    """What nobody has seen: 申报材料."""

    def excludes_benefit(self, other: Benefit) -> Exclusion | None:
        """The first exclusion that names the other."""
        for one in self.excludes:
            by_tier = one.tier is other.tier and self.document != other.document
            if one.benefit == other.benefit or (one.tier is not None and by_tier):
                return one
        return None


def overlap(one: Days | None, other: Days | None) -> bool:
    """Whether some day lies in both; no days are all days."""
    if one is None or other is None:
        return True
    starts = max(one.first or date.min, other.first or date.min)
    return starts <= min(one.last or date.max, other.last or date.max)
