"""What a fact may be: bounded numbers and days, yes or no, a choice, a set, a number a year.

A value that is only bounded stays bounded: 800多万 is an interval, and a test of it is TRUE or
FALSE only where all of the interval agrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from enum import Enum
from functools import lru_cache

from assistant.truth import Truth, all_of, any_of

ESTIMATE = Decimal("0.1")
"""An estimate is within a tenth of what was said, unless it said otherwise."""
_CENT = Decimal("0.01")


class Bound(str, Enum):
    """How exactly a value is known; `kind` in the records."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE = "range"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included; None is no bound. A day is its ordinal."""

    low: Decimal | None
    high: Decimal | None
    bound: Bound = Bound.RANGE

    @property
    def exact(self) -> Decimal | None:
        return self.low if self.low == self.high else None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options; exact where only one is possible."""

    possible: frozenset[str]


@dataclass(frozen=True, slots=True)
class Members:
    """A set; with `is_open` there may be more than are named."""

    options: frozenset[str]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A number a calendar year."""

    by_year: Mapping[int, Interval]


FactValue = Interval | Choice | Members | Series | bool


def exactly(value: Decimal | int) -> Interval:
    return Interval(Decimal(value), Decimal(value), Bound.EXACT)


def about(value: Decimal, share: Decimal = ESTIMATE) -> Interval:
    """An estimate: within `share` of `value`."""
    margin = abs(value) * share
    return Interval(value - margin, value + margin, Bound.ESTIMATE)


def on_day(day: date) -> Interval:
    return exactly(day.toordinal())


def day_of(ordinal: Decimal) -> date:
    return date.fromordinal(int(ordinal))


def plus(one: Interval, other: Interval) -> Interval:
    low = None if one.low is None or other.low is None else one.low + other.low
    high = None if one.high is None or other.high is None else one.high + other.high
    return Interval(low, high, _joint(one, other))


def ratio(part: Interval, whole: Interval, scale: int = 100) -> Interval | None:
    """`part` of `whole`, neither below zero, in percent; None where `whole` is zero."""
    if whole.high is not None and whole.high <= 0:
        return None
    low = Decimal(0)
    if part.low is not None and whole.high is not None:
        low = part.low * scale / whole.high
    high = None
    if part.high is not None and whole.low is not None and whole.low > 0:
        high = part.high * scale / whole.low
    return Interval(low, high, _joint(part, whole))


def _joint(one: Interval, other: Interval) -> Bound:
    is_exact = one.exact is not None and other.exact is not None
    return Bound.EXACT if is_exact else Bound.RANGE


@dataclass(frozen=True, slots=True)
class Limits:
    """What a number or day must keep to; an open limit itself is outside."""

    low: Decimal | None = None
    high: Decimal | None = None
    is_low_open: bool = False
    is_high_open: bool = False


def within(value: Interval, limits: Limits) -> Truth:
    """TRUE or FALSE where every number of the interval agrees.

    >>> within(Interval(Decimal(800), Decimal(900)), Limits(low=Decimal(850)))
    <Truth.UNKNOWN: 1>
    """
    return all_of((_above(value, limits), _below(value, limits)))


def _above(value: Interval, limits: Limits) -> Truth:
    limit, is_open = limits.low, limits.is_low_open
    if limit is None:
        return Truth.TRUE
    if value.low is not None and (value.low > limit or (value.low == limit and not is_open)):
        return Truth.TRUE
    is_under = value.high is not None and (
        value.high < limit or (value.high == limit and is_open)
    )
    return Truth.FALSE if is_under else Truth.UNKNOWN


def _below(value: Interval, limits: Limits) -> Truth:
    limit, is_open = limits.high, limits.is_high_open
    if limit is None:
        return Truth.TRUE
    if value.high is not None and (value.high < limit or (value.high == limit and not is_open)):
        return Truth.TRUE
    is_over = value.low is not None and (value.low > limit or (value.low == limit and is_open))
    return Truth.FALSE if is_over else Truth.UNKNOWN


def is_one_of(value: Choice, options: frozenset[str]) -> Truth:
    if value.possible <= options:
        return Truth.TRUE
    return Truth.UNKNOWN if value.possible & options else Truth.FALSE


def includes(value: Members, options: frozenset[str]) -> Truth:
    """Whether any of the options is in the set."""
    if value.options & options:
        return Truth.TRUE
    return Truth.UNKNOWN if value.is_open else Truth.FALSE


def lies_in(value: Choice | Members, place: str, parents: Mapping[str, str]) -> Truth:
    """Whether the place, or any of the places, is within `place`.

    Who is known only to be in China may be in Shanghai or not.
    """
    if isinstance(value, Choice):
        each = {_lies_in(one, place, parents) for one in value.possible}
        return each.pop() if len(each) == 1 else Truth.UNKNOWN
    found = any_of(_lies_in(one, place, parents) for one in value.options)
    return Truth.UNKNOWN if found is Truth.FALSE and value.is_open else found


def _lies_in(one: str, place: str, parents: Mapping[str, str]) -> Truth:
    if place in _upwards(one, parents):
        return Truth.TRUE
    return Truth.UNKNOWN if one in _upwards(place, parents) else Truth.FALSE


def _upwards(place: str, parents: Mapping[str, str]) -> list[str]:
    found = [place]
    while (up := parents.get(found[-1])) and up not in found:
        found.append(up)
    return found


def number_words(value: Decimal, *, is_gap: bool = False) -> str:
    """At most two decimals, cut and not rounded, so that 4.999 is not shown as 5; a gap is
    rounded up, so that it is never shown as nothing.

    >>> number_words(Decimal("4.999")), number_words(Decimal("0.001"), is_gap=True)
    ('4.99', '0.01')
    """
    rounded = value.quantize(_CENT, ROUND_UP if is_gap else ROUND_DOWN)
    return f"{rounded.normalize():f}" if rounded else "0"


@lru_cache(maxsize=10_000)  # the same thresholds are shown to every firm
def with_unit(value: Decimal, unit: str | None, *, is_gap: bool = False) -> str:
    """`480 万元`, `4.6%`, `86 人`."""
    number = number_words(value, is_gap=is_gap)
    return f"{number}{unit}" if unit == "%" else f"{number} {unit}" if unit else number
