"""Many enterprises on one day: a benefit is decided once for all that agree in what it looks at."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import date

from assistant.eligibility.benefits import Benefit
from assistant.eligibility.conditions import Leaf, leaves_of
from assistant.eligibility.decide import decide_known
from assistant.eligibility.derivations import DERIVATIONS, REGISTERED
from assistant.eligibility.facts import LAST, Definitions, FactType
from assistant.eligibility.judging import facts_of
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.values import FactValue, Series
from assistant.verdicts import Verdict

MOST_KEPT = 50_000
"""Verdicts kept for firms to come; some 5 kB each."""


class Decider:
    """`decide_known` of the same benefits for one profile after the other."""

    def __init__(
        self, benefits: Sequence[Benefit], definitions: Definitions, day: date
    ) -> None:
        self._day = day
        self._benefits = [(one, facts_used(one, definitions)) for one in benefits]
        self._kept: dict[tuple[Hashable, ...], Verdict] = {}

    def decide(self, profile: Profile) -> tuple[Verdict, ...]:
        """As the benefits are ordered; equal verdicts of several firms are one object."""
        known = Known(profile, self._day)
        tokens = {fact: _token(told.value) for fact, told in profile.told.items()}
        return tuple(self._decide(one, facts, tokens, known) for one, facts in self._benefits)

    def _decide(
        self, benefit: Benefit, facts: tuple[str, ...], tokens: dict[str, Hashable], known: Known
    ) -> Verdict:
        key = (benefit.benefit, *map(tokens.get, facts))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = found = decide_known(benefit, known)
        return found


def facts_used(benefit: Benefit, definitions: Definitions) -> tuple[str, ...]:
    """Every stated fact that the verdict or its amount may depend on, in the alphabet."""
    wanted = set(_named(benefit))
    found: set[str] = set()
    while wanted:
        fact = wanted.pop()
        if fact in found:
            continue
        found.add(fact)
        base = fact.removesuffix(LAST)
        wanted.add(base)
        definition = definitions.by_id.get(base)
        if definition is not None and definition.derive is not None:
            wanted |= {*DERIVATIONS[definition.derive].inputs, "size_class"}
        if definition is not None and definition.type is FactType.SERIES:
            wanted.add(REGISTERED)  # a year before it counts as nothing
    return tuple(sorted(found))


def _named(benefit: Benefit) -> Iterator[str]:
    leaves: list[Leaf] = list(leaves_of(benefit.conditions))
    for part in benefit.amount.parts if benefit.amount else ():
        leaves += leaves_of(part.when) if part.when is not None else ()
        if part.of is not None:
            yield part.of
    for leaf in leaves:
        yield from facts_of(leaf)


def _token(value: FactValue) -> Hashable:
    """What is equal exactly where the values are; False is not 0."""
    if isinstance(value, Series):
        return tuple(sorted(value.by_year.items(), key=lambda pair: pair[0]))
    return value
