"""The grammar of `benefits/*.yaml` as pydantic has it; no corpus and no facts needed here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from assistant.eligibility.benefits import BenefitKind, ExclusionRule, PartKind
from assistant.schema import Tier as Authority
from assistant.verdicts import Per

Limit = Annotated[Decimal | date, Field(union_mode="left_to_right")]
"""Left to right: a number must not become a day since 1970."""
NUMERIC = ("at_least", "at_most", "above", "below", "between", "on_or_after", "on_or_before")
OTHER = ("is", "equals", "one_of", "includes", "within")


class Row(BaseModel):
    """Every row refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class TestRow(Row):
    """The tests a leaf may have; which one it has is checked where the leaf is."""

    at_least: Limit | None = None
    at_most: Limit | None = None
    above: Limit | None = None
    below: Limit | None = None
    between: tuple[Limit, Limit] | None = None
    on_or_after: date | None = None
    on_or_before: date | None = None

    def numeric(self) -> list[str]:
        return [name for name in NUMERIC if getattr(self, name) is not None]


class TierRow(TestRow):
    """One tier of a leaf; its own clause and quote where the leaf's do not say it."""

    up_to: Decimal | None = None
    clause: str | None = None
    quote: str | None = None


class LeafRow(TestRow):
    """A test of one fact. Exactly one test, or one numeric test with a number of years."""

    id: str | None = None
    fact: str | None = None
    expert: bool = False
    name: str | None = None
    is_: StrictBool | None = Field(None, alias="is")
    equals: str | None = None
    one_of: list[str] | None = None
    includes: str | list[str] | None = None
    within: str | None = None
    each_of_last: int | None = Field(None, ge=1, le=10)
    sum_of_last: int | None = Field(None, ge=1, le=10)
    tiers_by: str | None = None
    tiers: list[TierRow] | None = None
    unit: str | None = None
    clause: str | None = None
    quote: str | None = None
    value_in_quote: bool = True
    reason: str | None = None

    @model_validator(mode="after")
    def _has_one_test(self) -> LeafRow:
        others = [one for one in OTHER if getattr(self, "is_" if one == "is" else one) is not None]
        tests = [*self.numeric(), *others, *(["tiers"] if self.tiers else [])]
        if self.expert:
            if tests or self.fact:
                raise ValueError("由专家评定的条件（expert）没有 fact，也没有检验。")
        elif self.fact is None or len(tests) != 1:
            found = "、".join(tests) or "没有"
            raise ValueError(f"一个条件要有 fact 和恰好一个检验，现有：{found}。")
        if (self.each_of_last or self.sum_of_last) and not self.numeric():
            raise ValueError("each_of_last 和 sum_of_last 要配一个数值检验。")
        if bool(self.tiers_by) != bool(self.tiers):
            raise ValueError("tiers 和 tiers_by 要一起写。")
        if not self.value_in_quote and not self.reason:
            raise ValueError("value_in_quote: false 要写明 reason。")
        _check_tiers(self.tiers or [])
        return self


def _check_tiers(tiers: list[TierRow]) -> None:
    if any(len(one.numeric()) != 1 for one in tiers):
        raise ValueError("每一档要有恰好一个数值检验。")
    check_steps([one.up_to for one in tiers])


def check_steps(limits: list[Decimal | None]) -> None:
    """
    Raises:
        ValueError: the upper limits do not rise, or the last is not open.
    """
    inner = [one for one in limits[:-1] if one is not None]
    if len(inner) < len(limits[:-1]) or inner != sorted(set(inner)):
        raise ValueError("各档的 up_to 要从小到大，只有最后一档可以不写。")
    if inner and limits[-1] is not None and limits[-1] <= inner[-1]:
        raise ValueError("各档的 up_to 要从小到大。")


class DaysRow(Row):
    """`to` is the last day."""

    from_: date | None = Field(None, alias="from")
    to: date | None = None
    clause: str | None = None
    quote: str | None = None
    value_in_quote: bool = True
    reason: str | None = None

    @model_validator(mode="after")
    def _is_ordered(self) -> DaysRow:
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(f"from {self.from_} 晚于 to {self.to}。")
        if (self.from_ or self.to) and not (self.clause and self.quote):
            raise ValueError("写了日期就要写 clause 和 quote。")
        if not self.value_in_quote and not self.reason:
            raise ValueError("value_in_quote: false 要写明 reason。")
        return self


class StatedRow(Row):
    """Route, materials, department: text with the clause it stands in."""

    text: str
    clause: str | None = None
    quote: str | None = None


class CapRow(Row):
    """Money in `unit`."""

    value: Decimal = Field(gt=0)
    unit: str = "万元"
    per: str | None = None
    soft: bool = False
    shared: str | None = None
    clause: str | None = None
    quote: str | None = None


class StepRow(Row):
    up_to: Decimal | None = None
    value: Decimal


class PartRow(Row):
    """A term of the amount."""

    kind: PartKind
    id: str | None = None
    value: Decimal | None = Field(None, ge=0)
    unit: str = "万元"
    percent: Decimal | None = Field(None, gt=0, le=100)
    of: str | None = None
    by: str | None = None
    tiers: list[StepRow] | None = None
    when: dict[str, Any] | None = None
    at_most: bool | None = None
    cap: CapRow | list[CapRow] | None = None
    from_: date | None = Field(None, alias="from")
    to: date | None = None
    clause: str
    quote: str
    value_in_quote: bool = True
    reason: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> PartRow:
        needed = {
            PartKind.FIXED: ("value",),
            PartKind.UP_TO: ("value",),
            PartKind.RATE: ("percent", "of"),
            PartKind.EACH: ("value", "of"),
            PartKind.TIERS: ("by", "tiers"),
        }[self.kind]
        lacking = [name for name in needed if getattr(self, name) is None]
        if lacking:
            raise ValueError(f"{self.kind.value} 还要写 {'、'.join(lacking)}。")
        check_steps([one.up_to for one in self.tiers or []])
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(f"from {self.from_} 晚于 to {self.to}。")
        if not self.value_in_quote and not self.reason:
            raise ValueError("value_in_quote: false 要写明 reason。")
        return self


class AmountRow(Row):
    parts: list[PartRow] = Field(min_length=1)
    cap: CapRow | list[CapRow] | None = None


class ExclusionRow(Row):
    benefit: str | None = None
    tier: Authority | None = None
    rule: ExclusionRule
    clause: str
    quote: str

    @model_validator(mode="after")
    def _names_one(self) -> ExclusionRow:
        if (self.benefit is None) == (self.tier is None):
            raise ValueError("benefit 和 tier 要写且只写一个。")
        return self


class BenefitRow(Row):
    """A file of `benefits/`; the tree of conditions is read by hand, for better messages."""

    benefit: str
    name: str
    document: str
    kind: BenefitKind
    tier: Authority
    per: Per
    certainty: Literal["A", "B", "C"] | None = None
    period: DaysRow | None = None
    window: DaysRow | None = None
    route: StatedRow | str | None = None
    materials: StatedRow | str | None = None
    department: StatedRow | str | None = None
    frequency: Literal["one_off", "yearly", "per_project", "per_item"] | None = None
    conditions: Any = None
    amount: AmountRow | None = None
    excludes: list[ExclusionRow] = []
    unknown: list[str] = []

    @model_validator(mode="after")
    def _is_whole(self) -> BenefitRow:
        if self.kind is BenefitKind.DIRECTION and self.amount is not None:
            raise ValueError("direction 只是方向，没有金额，请去掉 amount。")
        return self
