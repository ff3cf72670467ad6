"""What would turn a no into a yes, worked out from the threshold; never a promise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from assistant.eligibility.conditions import (
    Condition,
    EachOfLast,
    InLimits,
    Leaf,
    SumOfLast,
    Tiered,
    Truths,
    truth_of,
)
from assistant.eligibility.derivations import Derivation, number_of, years_after
from assistant.eligibility.facts import FactDefinition, FactType
from assistant.eligibility.judging import limits_of, number_tested
from assistant.eligibility.known import Known
from assistant.eligibility.values import Interval, Limits, Series, day_of, with_unit, within
from assistant.truth import Truth

NEAR = Decimal("0.5")
"""A gap of more than half the threshold is no near miss."""
_COUNTED = frozenset({"人", "项", "台(套)", "艘次", "家", "个"})


@dataclass(frozen=True, slots=True)
class Remedy:
    """`gap` as a share of the threshold; of time, 0."""

    gap: Decimal
    words: str


def near_miss(condition: Condition, truths: Truths, known: Known) -> str | None:
    """None where nothing is failed, or what failed is not a number nearly reached or a time."""
    found = _remedies(condition, truths, known)
    if not found:
        return None
    words = "；".join(one.words for one in found)
    is_open = any(truth is Truth.UNKNOWN for truth in truths.values())
    return f"{words}（其余条件待核实）" if is_open else words


def _remedies(condition: Condition, truths: Truths, known: Known) -> tuple[Remedy, ...] | None:
    """The least that makes the condition no longer FALSE; None where nothing here would."""
    if truth_of(condition, truths) is not Truth.FALSE:
        return ()
    if isinstance(condition, Leaf):
        remedy = _remedy(condition, known)
        return (remedy,) if remedy else None
    lacking = condition.needed - sum(
        truth_of(part, truths) is not Truth.FALSE for part in condition.parts
    )
    ways = [
        found
        for part in condition.parts
        if (found := _remedies(part, truths, known)) is not None and found
    ]
    if len(ways) < lacking:
        return None
    ways.sort(key=lambda way: sum((one.gap for one in way), Decimal(0)))
    return tuple(one for way in ways[:lacking] for one in way)


def _remedy(leaf: Leaf, known: Known) -> Remedy | None:
    test, definition = leaf.test, known.definitions.get(leaf.fact)
    if leaf.is_negated or definition is None or definition.type is FactType.DATE:
        return None
    if isinstance(test, EachOfLast):
        found = list(_yearly(test, definition, known))
        words = "；".join(one.words for one in found)
        return Remedy(max(one.gap for one in found), words) if found else None
    if not isinstance(test, InLimits | SumOfLast | Tiered):
        return None
    number, limits = number_tested(leaf.fact, test, known), limits_of(test, known)
    if number is None or len(limits) != 1:
        return None
    derivation = known.derivation(leaf.fact)
    if definition.derive == "years_registered":
        return _in_time(limits[0], known)
    if derivation is not None and derivation.part and limits[0].low is not None:
        return _more_of_part(number, limits[0], derivation, known)
    prefix = f"近 {test.years} 年合计" if isinstance(test, SumOfLast) else ""
    return _gap(number, limits[0], definition, prefix)


def _yearly(test: EachOfLast, definition: FactDefinition, known: Known) -> Iterator[Remedy]:
    """Of each year that fails; a year that is far off makes the whole hopeless."""
    value = known.value(definition.fact)
    if not isinstance(value, Series):
        return
    for year in known.years(test.years):
        number = value.by_year.get(year)
        if number is not None and within(number, test.limits) is Truth.FALSE:
            found = _gap(number, test.limits, definition, f"{year}年")
            if found is None:
                return
            yield found


def _in_time(limits: Limits, known: Known) -> Remedy | None:
    registered = known.number("registered_on")
    if registered is None or registered.high is None or limits.low is None or limits.is_low_open:
        return None
    if limits.low != int(limits.low):
        return None
    years = int(limits.low)
    reached = years_after(day_of(registered.high), years)
    if reached <= known.day:
        return None
    return Remedy(Decimal(0), f"到 {reached.isoformat()} 满 {years} 年即可")


def _more_of_part(
    number: Interval, limits: Limits, derivation: Derivation, known: Known
) -> Remedy | None:
    """Of a ratio: how much more stands above the line when what is below it stays."""
    part = known.definitions.get(derivation.part or "")
    whole = number_of(known, derivation.whole or "", derivation.years)
    if part is None or whole is None or whole.high is None or limits.low is None:
        return None
    if number.high is None or number.high > limits.low:
        return None
    gap = limits.low - number.high
    step = Decimal(1) if part.unit in _COUNTED else Decimal("0.01")
    target = (limits.low * whole.high / 100).quantize(step, ROUND_CEILING)
    if limits.is_low_open and target * 100 == limits.low * whole.high:
        target += step
    several = f"近 {derivation.years} 年" if derivation.years > 1 else ""
    total = "合计" if derivation.years > 1 else ""
    words = (
        f"差 {with_unit(gap, '个百分点', is_gap=True)}：{several}{part.name}{total}"
        f"达到 {with_unit(target, part.unit)}即满足"
    )
    return Remedy(gap / limits.low, words) if gap <= limits.low * NEAR else None


def _gap(
    number: Interval, limits: Limits, definition: FactDefinition, prefix: str
) -> Remedy | None:
    unit = "个百分点" if definition.unit == "%" else definition.unit
    low, high = limits.low, limits.high
    name = f"{prefix}{definition.name}"
    if low is not None and number.high is not None and number.high <= low:
        gap = low - number.high
        verb = "超过" if limits.is_low_open else "达到"
        words = f"差 {with_unit(gap, unit, is_gap=True)}" if gap else "差一点"
        needed = with_unit(low, definition.unit)
        remedy = Remedy(gap / low if low else gap, f"{words}：{name}{verb} {needed}即满足")
    elif high is not None and number.low is not None and number.low >= high:
        gap = number.low - high
        verb = "低于" if limits.is_high_open else "不超过"
        words = f"多 {with_unit(gap, unit, is_gap=True)}" if gap else "多一点"
        needed = with_unit(high, definition.unit)
        remedy = Remedy(gap / high if high else gap, f"{words}：{name}{verb} {needed}即满足")
    else:
        return None
    return remedy if remedy.gap <= NEAR else None
