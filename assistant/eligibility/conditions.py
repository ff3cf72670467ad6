"""The closed set of conditions, and what follows from the truth of their leaves.

A condition is a leaf or a group that needs at least so many of its parts: all of n is n of n, any
is 1 of n. A negation stands in the leaves, so that more truth below never means less above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from assistant.eligibility.values import Limits
from assistant.truth import Truth, at_least
from assistant.verdicts import Source


@dataclass(frozen=True, slots=True)
class InLimits:
    """A number or a day; of a series, that of the last full year."""

    limits: Limits


@dataclass(frozen=True, slots=True)
class Is:
    """Yes or no."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """A choice that is one of these."""

    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class Includes:
    """A set that has at least one of these."""

    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class Within:
    """A place, or one of several, that lies in this one."""

    place: str


@dataclass(frozen=True, slots=True)
class EachOfLast:
    """Each of the last so many years of a series."""

    years: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class SumOfLast:
    """All of the last so many years of a series together."""

    years: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Tier:
    """What holds where the other fact is at most `up_to` (None: above all other tiers)."""

    up_to: Limits
    limits: Limits
    source: Source


@dataclass(frozen=True, slots=True)
class Tiered:
    """Limits by the size of another fact; the first tier that the fact is not above."""

    by: str
    tiers: tuple[Tier, ...]


Test = InLimits | Is | OneOf | Includes | Within | EachOfLast | SumOfLast | Tiered


@dataclass(frozen=True, slots=True)
class Leaf:
    """A test of one fact, with its clause. `fact` of an expert's leaf is `expert_<id>`."""

    id: str
    fact: str
    test: Test
    source: Source
    name: str = ""
    is_expert: bool = False
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """At least `needed` of the parts."""

    needed: int
    parts: tuple[Condition, ...]


Condition = Leaf | Group
Truths = Mapping[str, Truth]
"""Of the leaves, by id, negations applied."""


def everything(*parts: Condition) -> Group:
    return Group(len(parts), parts)


def anything(*parts: Condition) -> Group:
    return Group(1, parts)


def negated(condition: Condition) -> Condition:
    """Not k of n is n - k + 1 of n that are not so."""
    if isinstance(condition, Leaf):
        return replace(condition, is_negated=not condition.is_negated)
    needed = len(condition.parts) - condition.needed + 1
    return Group(needed, tuple(map(negated, condition.parts)))


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """In the order they are written."""
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from leaves_of(part)


def truth_of(condition: Condition, truths: Truths) -> Truth:
    if isinstance(condition, Leaf):
        return truths[condition.id]
    found = [truth_of(part, truths) for part in condition.parts]
    if condition.needed == len(found):
        return min(found, default=Truth.TRUE)
    return max(found) if condition.needed == 1 and found else at_least(condition.needed, found)


def open_leaves(
    condition: Condition, truths: Truths, can_settle: Callable[[Condition], bool] | None = None
) -> Iterator[Leaf]:
    """Unknown leaves that can still change the whole: those in no part that is decided, nor in
    one of which `can_settle` says that nothing will decide it.
    """
    if truth_of(condition, truths) is not Truth.UNKNOWN:
        return
    if can_settle is not None and not can_settle(condition):
        return
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from open_leaves(part, truths, can_settle)


def failed_leaves(condition: Condition, truths: Truths) -> Iterator[Leaf]:
    """The FALSE leaves that make the whole FALSE."""
    if truth_of(condition, truths) is not Truth.FALSE:
        return
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from failed_leaves(part, truths)
