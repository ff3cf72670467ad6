"""From the YAML tree of conditions to conditions; what does not fit the facts is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from assistant.eligibility.conditions import (
    Condition,
    EachOfLast,
    Group,
    Includes,
    InLimits,
    Is,
    Leaf,
    OneOf,
    SumOfLast,
    Test,
    Tier,
    Tiered,
    Within,
    anything,
    everything,
    negated,
)
from assistant.eligibility.facts import EXPERT, MONEY, Definitions, FactDefinition, FactType
from assistant.eligibility.rows import LeafRow, TestRow, TierRow
from assistant.eligibility.values import Limits
from assistant.eligibility.yaml_files import Problem, problems_of
from assistant.verdicts import Source

_NUMERIC_TYPES = frozenset({FactType.NUMBER, FactType.SERIES})


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that must stand in a quote; money may be written in another unit."""

    value: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """That a clause is in the corpus, has the quote, and the quote has the figures and days."""

    file: str
    where: str
    source: Source
    figures: tuple[Figure, ...] = ()
    days: tuple[date, ...] = ()


@dataclass
class TreeReader:
    """Reads the conditions of one file; collects what is wrong and what is to be proved."""

    file: str
    definitions: Definitions
    problems: list[Problem] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    def problem(self, where: str, key: str, message: str) -> None:
        self.problems.append(Problem(self.file, where, key, message))

    def tree(self, node: Any, where: str, ids: set[str]) -> Condition:
        """`ids` are those of the leaves so far; nothing at all is a condition that holds."""
        if node is None:
            return Group(0, ())
        if not isinstance(node, dict):
            self.problem(where, "", "条件应是 all、any、not、at_least+of 或一个带 fact 的条件。")
            return Group(0, ())
        for key in ("all", "any", "not", "of"):
            if key in node:
                return self._group(key, node, where, ids)
        leaf = self.leaf(node, where, None)
        if leaf is None:
            return Group(0, ())
        if leaf.id in ids:
            self.problem(where, "id", f"条件 {leaf.id} 写了两次，请换一个 id。")
        ids.add(leaf.id)
        return leaf

    def _group(self, key: str, node: dict[Any, Any], where: str, ids: set[str]) -> Condition:
        extra = set(node) - {key, "at_least" if key == "of" else key}
        if extra:
            self.problem(where, "、".join(map(str, sorted(extra))), f"不能与 {key} 写在一起。")
        inner = node[key]
        if key == "not":
            return negated(self.tree(inner, f"{where}.not", ids))
        if not isinstance(inner, list):
            self.problem(where, key, "应是条件的列表。")
            return Group(0, ())
        parts = tuple(
            self.tree(one, f"{where}.{key}[{number}]", ids)
            for number, one in enumerate(inner, start=1)
        )
        if key == "all":
            return everything(*parts)
        if key == "any":
            return anything(*parts)
        needed = node.get("at_least")
        if not isinstance(needed, int) or not 0 < needed <= len(parts):
            self.problem(where, "at_least", f"应是 1 到 {len(parts)} 的整数。")
            return Group(0, ())
        return Group(needed, parts)

    def leaf(self, node: Any, where: str, default: Leaf | None) -> Leaf | None:
        """None where it cannot be read; `default` gives the id and source of a part's `when`."""
        name = node.get("id") if isinstance(node, dict) else None
        where = f"条件 {name}" if name else where
        try:
            row = LeafRow.model_validate(node)
        except ValidationError as error:
            self.problems += problems_of(error, self.file, where)
            return None
        leaf_id = row.id or (default.id if default else None)
        clause = row.clause or (default.source.clause_id if default else None)
        quote = row.quote or (default.source.quote if default else None)
        for key, value in (("id", leaf_id), ("clause", clause), ("quote", quote)):
            if not value:
                self.problem(where, key, "缺少这个键，请补上。")
        if not (leaf_id and clause and quote):
            return None
        source = Source(clause, quote)
        if row.expert:
            self.claims.append(Claim(self.file, where, source))
            return Leaf(leaf_id, EXPERT + leaf_id, Is(True), source, row.name or "", True)
        test = self._test(row, where, source)
        return Leaf(leaf_id, row.fact or "", test, source, row.name or "") if test else None

    def definition(self, fact: str, where: str, key: str) -> FactDefinition | None:
        found = self.definitions.get(fact)
        if found is None:
            near = self.definitions.nearest(fact)
            hint = f"；最接近的是 {near}" if near else ""
            self.problem(where, key, f"没有事实 {fact}{hint}。")
        return found

    def _test(self, row: LeafRow, where: str, source: Source) -> Test | None:
        definition = self.definition(row.fact or "", where, "fact")
        if definition is None:
            return None
        scale = self._scale(row.unit, definition, where)
        if row.tiers:
            return self._tiered(row, definition, where, source)
        if row.numeric():
            limits, figures, days = self._limits(row, definition, where, scale)
            years = row.each_of_last or row.sum_of_last
            if years and years > 1:
                figures = (*figures, Figure(Decimal(years)))
            shown = row.value_in_quote
            claim = Claim(self.file, where, source, figures if shown else (), days if shown else ())
            self.claims.append(claim)
            if years and definition.type is not FactType.SERIES:
                self.problem(where, "fact", f"{definition.fact} 不是逐年的数，不能按年检验。")
            if row.each_of_last:
                return EachOfLast(row.each_of_last, limits)
            return SumOfLast(row.sum_of_last, limits) if row.sum_of_last else InLimits(limits)
        self.claims.append(Claim(self.file, where, source))
        return self._other(row, definition, where)

    def _other(self, row: LeafRow, definition: FactDefinition, where: str) -> Test | None:
        kind = definition.type
        if row.is_ is not None:
            self._fits(where, "is", definition, kind is FactType.YES_NO)
            return Is(row.is_)
        if row.within is not None:
            self._fits(where, "within", definition, kind in (FactType.CHOICE, FactType.SET))
            self._known_options(where, "within", definition, [row.within])
            return Within(row.within)
        if row.includes is not None:
            named = [row.includes] if isinstance(row.includes, str) else row.includes
            self._fits(where, "includes", definition, kind is FactType.SET)
            self._known_options(where, "includes", definition, named)
            return Includes(frozenset(named))
        named = row.one_of or ([row.equals] if row.equals is not None else [])
        key = "one_of" if row.one_of else "equals"
        self._fits(where, key, definition, kind is FactType.CHOICE)
        self._known_options(where, key, definition, named)
        return OneOf(frozenset(named))

    def _fits(self, where: str, key: str, definition: FactDefinition, fits: bool) -> None:
        if not fits:
            kind = definition.type.value
            self.problem(where, key, f"事实 {definition.fact} 的类型是 {kind}，不能这样检验。")

    def _known_options(
        self, where: str, key: str, definition: FactDefinition, named: Sequence[str]
    ) -> None:
        places = set(self.definitions.parents) | set(self.definitions.parents.values())
        allowed = definition.option_ids | (places if key == "within" else set())
        for one in named:
            if one not in allowed:
                options = "、".join(sorted(allowed))
                self.problem(where, key, f"{definition.fact} 没有选项 {one}，可选 {options}。")

    def _scale(self, unit: str | None, definition: FactDefinition, where: str) -> Decimal:
        if unit is None or unit == definition.unit:
            return Decimal(1)
        if unit in MONEY and definition.unit in MONEY:
            return MONEY[unit] / MONEY[definition.unit]
        message = f"{definition.fact} 的单位是 {definition.unit}，写的是 {unit}。"
        self.problem(where, "unit", message)
        return Decimal(1)

    def _limits(
        self, row: TestRow, definition: FactDefinition, where: str, scale: Decimal
    ) -> tuple[Limits, tuple[Figure, ...], tuple[date, ...]]:
        name = row.numeric()[0]
        given = getattr(row, name)
        both = list(given) if name == "between" else [given]
        is_date = definition.type is FactType.DATE
        are_days = [one for one in both if isinstance(one, date)]
        if not is_date and definition.type not in _NUMERIC_TYPES:
            self._fits(where, name, definition, False)
            return Limits(), (), ()
        if len(are_days) != (len(both) if is_date else 0):
            self.problem(where, name, "日期的事实要与日期相比，数要与数相比。")
            return Limits(), (), ()
        values = [
            Decimal(one.toordinal()) if isinstance(one, date) else one * scale for one in both
        ]
        if values != sorted(values):
            self.problem(where, name, "下限大于上限。")
        figures = () if is_date else tuple(Figure(one, definition.unit) for one in values)
        return _limits_of(name, values), figures, tuple(are_days)

    def _tiered(
        self, row: LeafRow, definition: FactDefinition, where: str, source: Source
    ) -> Test | None:
        by = self.definition(row.tiers_by or "", where, "tiers_by")
        if by is None:
            return None
        if by.type not in _NUMERIC_TYPES:
            self._fits(where, "tiers_by", by, False)
        tiers = tuple(
            self._tier(one, (definition, by), where, (row, source)) for one in row.tiers or []
        )
        return Tiered(row.tiers_by or "", tiers)

    def _tier(
        self,
        tier: TierRow,
        facts: tuple[FactDefinition, FactDefinition],
        where: str,
        leaf: tuple[LeafRow, Source],
    ) -> Tier:
        (definition, by), (row, source) = facts, leaf
        own = Source(tier.clause or source.clause_id, tier.quote or source.quote)
        scale = self._scale(row.unit, definition, where)
        limits, figures, _ = self._limits(tier, definition, where, scale)
        if tier.up_to is not None:
            figures = (*figures, Figure(tier.up_to, by.unit))
        shown = figures if row.value_in_quote else ()
        self.claims.append(Claim(self.file, where, own, shown))
        return Tier(Limits(high=tier.up_to), limits, own)


def _limits_of(name: str, values: list[Decimal]) -> Limits:
    low, high = values[0], values[-1]
    if name == "between":
        return Limits(low, high)
    if name in ("at_least", "on_or_after"):
        return Limits(low=low)
    if name == "above":
        return Limits(low=low, is_low_open=True)
    if name == "below":
        return Limits(high=high, is_high_open=True)
    return Limits(high=high)
