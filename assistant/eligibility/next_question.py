"""The one unknown fact that settles most of what is still open, weighed by the amount."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.eligibility.benefits import Benefit, BenefitKind
from assistant.eligibility.conditions import (
    Condition,
    EachOfLast,
    Leaf,
    SumOfLast,
    leaves_of,
    open_leaves,
    truth_of,
)
from assistant.eligibility.decide import decide_known
from assistant.eligibility.facts import FactType
from assistant.eligibility.judging import judge, missing_for
from assistant.eligibility.known import Known
from assistant.truth import Truth
from assistant.verdicts import Outcome, Question, Verdict

UNSURE = "不清楚"
_STEP = 0.1
"""What a fact is worth that settles nothing alone, next to one that settles a benefit."""


@dataclass(frozen=True, slots=True)
class _Open:
    """An undetermined benefit: its leaves' truths and what could still be told of each leaf."""

    condition: Condition
    truths: Mapping[str, Truth]
    askable: Mapping[str, tuple[str, ...]]
    weight: float

    def settled(self, fact: str, truth: Truth) -> bool:
        """Whether the benefit is decided when the leaves that wait for the fact alone are so."""
        supposed = {
            name: truth if self.askable.get(name) == (fact,) else now
            for name, now in self.truths.items()
        }
        return truth_of(self.condition, supposed) is not Truth.UNKNOWN

    def open_leaves(self) -> tuple[Leaf, ...]:
        """Those that an answer can still make matter."""
        best, worst = (
            {
                name: end if self.askable.get(name) else now
                for name, now in self.truths.items()
            }
            for end in (Truth.TRUE, Truth.FALSE)
        )

        def can_settle(part: Condition) -> bool:
            ends = (truth_of(part, best), truth_of(part, worst))
            return any(one is not Truth.UNKNOWN for one in ends)

        found = open_leaves(self.condition, self.truths, can_settle)
        return tuple(leaf for leaf in found if self.askable.get(leaf.id))


def next_question(
    benefits: Sequence[Benefit], known: Known, verdicts: Sequence[Verdict] | None = None
) -> Question | None:
    """None where no answer can change anything any more. 不清楚 is an answer: such a fact is
    not asked for again. `verdicts` are those of the benefits, where they are there already.
    """
    decided = verdicts or [decide_known(one, known) for one in benefits]
    worth: defaultdict[str, float] = defaultdict(float)
    years: defaultdict[str, int] = defaultdict(lambda: 1)
    for benefit, verdict in zip(benefits, decided, strict=True):
        is_open = verdict.outcome is Outcome.UNDETERMINED
        if is_open and benefit.kind is not BenefitKind.DIRECTION:
            _weigh(_opened(benefit, verdict, known), known, worth, years)
    if not worth:
        _weigh_amounts(decided, known, worth)
    if not worth:
        return None
    order = {one.fact: place for place, one in enumerate(known.definitions)}
    fact = min(worth, key=lambda one: (-round(worth[one], 9), order.get(one, len(order))))
    return _question(fact, known, years[fact])


def _opened(benefit: Benefit, verdict: Verdict, known: Known) -> _Open:
    leaves = tuple(leaves_of(benefit.conditions))
    truths = {leaf.id: judge(leaf, known) for leaf in leaves}
    unsure = known.profile.unsure
    askable: dict[str, tuple[str, ...]] = {}
    for leaf in leaves:
        if truths[leaf.id] is Truth.UNKNOWN and not leaf.is_expert:
            needed = missing_for(leaf, known)
            derivation = known.derivation(leaf.fact)
            is_ratio = derivation is not None and derivation.part is not None
            if is_ratio and unsure & set(needed):
                needed = ()  # of two numbers one will never be known
            askable[leaf.id] = tuple(one for one in needed if one not in unsure)
    amount = verdict.amount
    largest = float(amount.high or amount.low) if amount else 0.0
    return _Open(benefit.conditions, truths, askable, 1 + math.log1p(largest))


def _weigh(
    one: _Open, known: Known, worth: defaultdict[str, float], years: defaultdict[str, int]
) -> None:
    leaves = one.open_leaves()
    facts = dict.fromkeys(fact for leaf in leaves for fact in one.askable[leaf.id])
    for leaf in leaves:
        for fact in one.askable[leaf.id]:
            years[fact] = max(years[fact], _years(leaf, known))
    for fact in facts:
        settles = one.settled(fact, Truth.TRUE) + one.settled(fact, Truth.FALSE)
        worth[fact] += one.weight * (settles / 2 + _STEP / len(facts))


def _years(leaf: Leaf, known: Known) -> int:
    if isinstance(leaf.test, EachOfLast | SumOfLast):
        return leaf.test.years
    derivation = known.derivation(leaf.fact)
    return derivation.years if derivation else 1


def _weigh_amounts(
    verdicts: Sequence[Verdict], known: Known, worth: defaultdict[str, float]
) -> None:
    """Once every verdict stands, what makes the amounts of the eligible ones exact."""
    for verdict in verdicts:
        if verdict.outcome is Outcome.ELIGIBLE and verdict.amount is not None:
            for fact in verdict.amount.missing:
                if fact not in known.profile.unsure and fact in known.definitions.by_id:
                    worth[fact] += 1 + math.log1p(float(verdict.amount.high or 0))


def _question(fact: str, known: Known, years: int) -> Question:
    definition = known.definitions.get(fact)
    if definition is None:
        return Question(fact, f"请补充：{fact}", (UNSURE,), fact)
    words = definition.question
    if definition.type is FactType.SERIES and years > 1:
        listed = "、".join(str(one) for one in sorted(known.years(years)))
        words = f"{words}（请分别写出 {listed} 年的数）"
    options = tuple(one.name for one in definition.options)
    if definition.type is FactType.YES_NO:
        options = ("是", "否")
    return Question(fact, words, (*options, UNSURE), definition.name)
