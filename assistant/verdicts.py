"""The records of eligibility, in the order they flow.

    Profile -> Finding -> Verdict -> Combination, and the Question that is still worth asking

Money is in 万元 here; the JSON records of CONTRACT have it in CNY.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from assistant.truth import Truth


class Outcome(str, Enum):
    """What a verdict comes to; `undetermined` is never shown as yes or as no."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"


class Per(str, Enum):
    """What one amount is for."""

    ENTERPRISE = "enterprise"
    PROJECT = "project"
    PRODUCT = "product"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands; `quote` is the clause's own words, to the letter."""

    clause_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition's truth for one profile, with its clause."""

    condition: str
    """The condition's id; `period` and `window` are the days of the rule and of applying."""
    name: str
    truth: Truth
    fact: str | None
    value: str | None
    """The enterprise's own value, as a person writes it: `86 人`; None where it is unknown."""
    needed: str
    source: Source


@dataclass(frozen=True, slots=True)
class Amount:
    """Between `low` and `high` 万元; the two are equal where the amount is known.

    `low` is 0 where the rule gives only a maximum, `high` None where nothing bounds it.
    """

    low: Decimal
    high: Decimal | None
    formula: str
    cap: Decimal | None = None
    """The cap of the rule, in 万元."""
    is_soft: bool = False
    """The cap holds 原则上."""
    per: Per = Per.ENTERPRISE
    missing: tuple[str, ...] = ()
    """Facts that would make it exact."""
    sources: tuple[Source, ...] = ()

    @property
    def value(self) -> Decimal | None:
        return self.high if self.low == self.high else None


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included; None where the clause does not tell."""

    first: date | None
    last: date | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class Stated:
    """Words of the rule's author about applying, with their clause where there is one."""

    text: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A benefit, decided for one profile on one day."""

    benefit: str
    name: str
    outcome: Outcome
    findings: tuple[Finding, ...]
    amount: Amount | None = None
    missing: tuple[str, ...] = ()
    """Facts that can still change the outcome, in the order of the conditions."""
    period: Days | None = None
    window: Days | None = None
    near_miss: str | None = None
    """What would turn a no into a yes: 差 0.4 个百分点：…"""
    notices: tuple[str, ...] = ()
    kind: str = ""
    """`recognition`, `award`, `subsidy` …; of a `direction` nobody is ever entitled."""
    frequency: str | None = None
    certainty: str | None = None
    """A official page, B third party, C seen in part."""
    route: Stated | None = None
    materials: Stated | None = None
    department: Stated | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A benefit that is not taken, and the clause that forbids taking it too."""

    benefit: str
    because: str
    source: Source


@dataclass(frozen=True, slots=True)
class Combination:
    """The best benefits that may be taken together, out of those that are eligible."""

    benefits: tuple[str, ...]
    low: Decimal
    high: Decimal | None
    formula: str
    left_out: tuple[LeftOut, ...] = ()
    notices: tuple[str, ...] = ()
    """Deductions, shared caps, and pairs of which nobody has seen whether they exclude."""


@dataclass(frozen=True, slots=True)
class Question:
    """The one fact to ask for next; `options` always end with 不清楚."""

    fact: str
    question: str
    options: tuple[str, ...]
    label: str = ""
    """The fact's name; a reply `label：option` says which question it answers."""
