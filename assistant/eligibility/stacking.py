"""Which of the eligible benefits to take together: the best lawful combination.

Two that exclude each other are never both in it. Out of what is left, the one with the highest
total is taken; a maximum counts as the amount where only a maximum is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from assistant.eligibility.amounts import money, span_words
from assistant.eligibility.benefits import Benefit, Cap, Exclusion, ExclusionRule
from assistant.verdicts import Combination, LeftOut, Outcome, Verdict

ZERO = Decimal(0)
_NEVER_BOTH = frozenset({ExclusionRule.NOT_BOTH, ExclusionRule.HIGHER_ONLY})
MAX_BRANCHES = 20_000
"""Of combinations looked at; past it the rest is filled up by amount, and that is said."""


@dataclass(frozen=True, slots=True)
class _Item:
    benefit: Benefit
    low: Decimal
    high: Decimal | None

    @property
    def id(self) -> str:
        return self.benefit.benefit

    @property
    def weight(self) -> Decimal:
        return self.low if self.high is None else self.high


@dataclass(frozen=True, slots=True)
class _Total:
    low: Decimal
    high: Decimal | None
    notes: tuple[str, ...]

    @property
    def rank(self) -> tuple[Decimal, Decimal]:
        return (self.low if self.high is None else self.high, self.low)


def combine(benefits: Mapping[str, Benefit], verdicts: Sequence[Verdict]) -> Combination:
    """The best combination of the eligible verdicts; empty where none is eligible."""
    items = [
        _Item(
            benefits[one.benefit],
            one.amount.low if one.amount else ZERO,
            one.amount.high if one.amount else ZERO,
        )
        for one in verdicts
        if one.outcome is Outcome.ELIGIBLE
    ]
    items.sort(key=lambda one: (-one.weight, one.id))
    barred = _barred(items)
    best, total, is_whole = _best(items, barred)
    taken = {one.id for one in best}
    notes = list(total.notes)
    if not is_whole:
        notes.append("可选组合太多，没有全部比较。")
    notes += _unknown(best)
    return Combination(
        benefits=tuple(one.id for one in items if one.id in taken),
        low=total.low,
        high=total.high,
        formula=_formula(best, total),
        left_out=tuple(_left_out(one, best) for one in items if one.id not in taken),
        notices=tuple(notes),
    )


def _exclusion(one: _Item, other: _Item) -> Exclusion | None:
    return one.benefit.excludes_benefit(other.benefit) or other.benefit.excludes_benefit(
        one.benefit
    )


def _barred(items: Sequence[_Item]) -> dict[str, frozenset[str]]:
    """Who may not be taken with whom."""
    found: dict[str, set[str]] = {one.id: set() for one in items}
    for one, other in combinations(items, 2):
        exclusion = _exclusion(one, other)
        if exclusion is not None and exclusion.rule in _NEVER_BOTH:
            found[one.id].add(other.id)
            found[other.id].add(one.id)
    return {name: frozenset(names) for name, names in found.items()}


def _best(
    items: Sequence[_Item], barred: Mapping[str, frozenset[str]]
) -> tuple[list[_Item], _Total, bool]:
    """The lawful set of the highest total; of equal ones the one found first, which has the
    larger items. With whether all were looked at.
    """
    best: tuple[list[_Item], _Total] | None = None
    for number, chosen in enumerate(_lawful(list(items), barred)):
        total = _total(chosen)
        if best is None or total.rank > best[1].rank:
            best = chosen, total
        if number >= MAX_BRANCHES:
            return (*best, False)
    return (*(best or ([], _Total(ZERO, ZERO, ()))), True)


def _lawful(items: list[_Item], barred: Mapping[str, frozenset[str]]) -> Iterator[list[_Item]]:
    """Every lawful set that nothing can be added to, some more than once; nothing gained is
    ever less than nothing, so the best is among them.
    """
    left = {one.id for one in items}
    pivot = next((one for one in items if barred[one.id] & left), None)
    if pivot is None:
        yield items
        return
    rest = [one for one in items if one.id not in barred[pivot.id]]
    yield from _lawful_with(pivot, rest, barred)
    yield from _lawful([one for one in items if one is not pivot], barred)


def _lawful_with(
    pivot: _Item, rest: list[_Item], barred: Mapping[str, frozenset[str]]
) -> Iterator[list[_Item]]:
    for chosen in _lawful([one for one in rest if one is not pivot], barred):
        yield [pivot, *chosen]


def _total(chosen: Sequence[_Item]) -> _Total:
    amounts = {one.id: (one.low, one.high) for one in chosen}
    notes: list[str] = []
    for one, other in combinations(chosen, 2):
        for less, more in ((one, other), (other, one)):
            exclusion = less.benefit.excludes_benefit(more.benefit)
            if exclusion is not None and exclusion.rule is ExclusionRule.DEDUCTED:
                amounts[less.id] = _less(amounts[less.id], (more.low, more.high))
                names = f"“{less.benefit.name}”扣除“{more.benefit.name}”"
                notes.append(f"{names}已得的部分（{exclusion.source.quote}）。")
    notes += _share_caps(chosen, amounts)
    highs = [high for _, high in amounts.values() if high is not None]
    high = sum(highs, ZERO) if len(highs) == len(amounts) else None
    return _Total(sum((low for low, _ in amounts.values()), ZERO), high, tuple(notes))


def _less(
    one: tuple[Decimal, Decimal | None], other: tuple[Decimal, Decimal | None]
) -> tuple[Decimal, Decimal | None]:
    low = ZERO if other[1] is None else max(ZERO, one[0] - other[1])
    return low, None if one[1] is None else max(ZERO, one[1] - other[0])


def _share_caps(
    chosen: Sequence[_Item], amounts: dict[str, tuple[Decimal, Decimal | None]]
) -> list[str]:
    """Cuts the amounts of benefits under one cap, the later ones first; says so."""
    by_name: dict[str, tuple[Cap, list[_Item]]] = {}
    for item in chosen:
        for cap in item.benefit.amount.caps if item.benefit.amount else ():
            if cap.shared:
                by_name.setdefault(cap.shared, (cap, []))[1].append(item)
    notes: list[str] = []
    for cap, items in by_name.values():
        left_low = left_high = cap.value
        is_cut = False
        for item in items:
            low, high = amounts[item.id]
            new_high = left_high if high is None else min(high, left_high)
            new_low = min(low, left_low)
            is_cut |= high is None or new_high < high
            amounts[item.id] = new_low, new_high
            left_low, left_high = left_low - new_low, left_high - new_high
        if is_cut:
            names = "、".join(one.benefit.name for one in items)
            notes.append(f"{names}合计不超过 {money(cap.value)}（{cap.source.quote}）。")
    return notes


def _left_out(item: _Item, chosen: Sequence[_Item]) -> LeftOut:
    for other in chosen:
        exclusion = _exclusion(item, other)
        if exclusion is not None and exclusion.rule in _NEVER_BOTH:
            rule = "不能同时享受"
            if exclusion.rule is ExclusionRule.HIGHER_ONLY:
                rule = "就高不重复"
            compared = f"{span_words(item.low, item.high)}，{span_words(other.low, other.high)}"
            because = f"与“{other.benefit.name}”{rule}（两者金额：{compared}），选合计较高的组合。"
            return LeftOut(item.id, because, exclusion.source)
    raise AssertionError(f"{item.id} is left out for no reason")


def _unknown(chosen: Sequence[_Item]) -> list[str]:
    """Pairs of which a clause speaks unclearly, and those of which none speaks."""
    notes: list[str] = []
    silent: dict[str, None] = {}
    for one, other in combinations(chosen, 2):
        exclusion = _exclusion(one, other)
        names = f"“{one.benefit.name}”和“{other.benefit.name}”"
        if exclusion is not None and exclusion.rule is ExclusionRule.UNKNOWN:
            notes.append(f"{names}能否同时享受写得不明确（{exclusion.source.quote}），请向主管部门核实。")
        elif exclusion is None and one.weight and other.weight:
            silent.update({one.benefit.name: None, other.benefit.name: None})
    if silent:
        notes.append(f"能否同时享受，资料库中未见规定：{'、'.join(silent)}。")
    return notes


def _formula(chosen: Sequence[_Item], total: _Total) -> str:
    paid = [one for one in chosen if one.high is None or one.high > 0]
    if not paid:
        return ""
    terms = " + ".join(f"{one.benefit.name} {span_words(one.low, one.high)}" for one in paid)
    return f"{terms} = {span_words(total.low, total.high)}" if len(paid) > 1 else terms
