"""Facts that follow from others: the closed list. Each says what it is made of and how."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Protocol

from assistant.eligibility.size import ASSETS, REVENUE, SIZES, STAFF, Trade, size_of
from assistant.eligibility.values import (
    Bound,
    Choice,
    FactValue,
    Interval,
    Series,
    day_of,
    exactly,
    plus,
    ratio,
)

RD, RD_STAFF, SCIENCE_STAFF, REGISTERED, INDUSTRY = (
    "rd_expense",
    "rd_staff_count",
    "science_staff_count",
    "registered_on",
    "industry",
)
_ROUND_YEAR = 365


class Knowledge(Protocol):
    """What is known of an enterprise on a day."""

    @property
    def day(self) -> date: ...

    @property
    def trades(self) -> Mapping[str, Trade]: ...

    def value(self, fact: str) -> FactValue | None: ...


@dataclass(frozen=True, slots=True)
class Derivation:
    """`inputs`: what it is made of. `years`: how many of a series, counted back from the day."""

    inputs: tuple[str, ...]
    compute: Callable[[Knowledge], FactValue | None]
    years: int = 1
    part: str | None = None
    """Of a ratio: the fact above the line, of which more would be needed."""
    whole: str | None = None


def years_before(day: date, count: int) -> tuple[int, ...]:
    """The last `count` full calendar years before a day, the latest first."""
    return tuple(day.year - step for step in range(1, count + 1))


def number_of(known: Knowledge, fact: str, years: int = 1) -> Interval | None:
    """A number, or the sum of a series over the last years; None where a year is not known.

    A year that ended before the enterprise was registered counts as nothing earned or spent.
    """
    value = known.value(fact)
    if isinstance(value, Interval):
        return value
    if not isinstance(value, Series):
        return None
    registered = known.value(REGISTERED)
    first = registered.low if isinstance(registered, Interval) else None
    numbers: list[Interval] = []
    for year in years_before(known.day, years):
        if year in value.by_year:
            numbers.append(value.by_year[year])
        elif first is None or first <= date(year, 12, 31).toordinal():
            return None
    return reduce(plus, numbers, exactly(0))


def _ratio(part: str, whole: str, years: int) -> Callable[[Knowledge], FactValue | None]:
    def compute(known: Knowledge) -> FactValue | None:
        above, below = number_of(known, part, years), number_of(known, whole, years)
        return ratio(above, below) if above and below else None

    return compute


def _ratio_yearly(known: Knowledge) -> FactValue | None:
    """Of every year of which both are known."""
    above, below = known.value(RD), known.value(REVENUE)
    if not isinstance(above, Series) or not isinstance(below, Series):
        return None
    found = {
        year: made
        for year in sorted(above.by_year.keys() & below.by_year.keys())
        if (made := ratio(above.by_year[year], below.by_year[year])) is not None
    }
    return Series(found) if found else None


def _years_registered(known: Knowledge) -> FactValue | None:
    registered = known.value(REGISTERED)
    if not isinstance(registered, Interval):
        return None
    return Interval(
        None if registered.high is None else years_between(day_of(registered.high), known.day),
        None if registered.low is None else years_between(day_of(registered.low), known.day),
        registered.bound if registered.exact is not None else Bound.RANGE,
    )


def years_between(first: date, day: date) -> Decimal:
    """Full years by anniversaries, and the days since the last one; below zero before `first`."""
    full = day.year - first.year
    if years_after(first, full) > day:
        full -= 1
    return full + Decimal((day - years_after(first, full)).days) / (_ROUND_YEAR + 1)


def years_after(day: date, years: int) -> date:
    """The day of the same date; the last of February where there is no 29th."""
    year = day.year + years
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _size_class(known: Knowledge) -> FactValue | None:
    industry = known.value(INDUSTRY)
    if not isinstance(industry, Choice):
        return None
    possible: set[str] = set()
    for one in industry.possible:
        trade = known.trades.get(one)
        if trade is None:
            return None
        numbers = {fact: number_of(known, fact) for fact in trade.facts}
        possible |= size_of(trade, numbers).possible
    return Choice(frozenset(possible)) if len(possible) < len(SIZES) else None


def _is_sme(known: Knowledge) -> FactValue | None:
    size = known.value("size_class") or _size_class(known)
    if not isinstance(size, Choice):
        return None
    if size.possible == {"large"}:
        return False
    return None if "large" in size.possible else True


_SIZE_INPUTS = (INDUSTRY, STAFF, REVENUE, ASSETS)
DERIVATIONS: Mapping[str, Derivation] = {
    "size_class": Derivation(_SIZE_INPUTS, _size_class),
    "is_sme": Derivation(_SIZE_INPUTS, _is_sme),
    "rd_ratio": Derivation((RD, REVENUE), _ratio(RD, REVENUE, 1), 1, RD, REVENUE),
    "rd_ratio_3y": Derivation((RD, REVENUE), _ratio(RD, REVENUE, 3), 3, RD, REVENUE),
    "rd_ratio_yearly": Derivation((RD, REVENUE), _ratio_yearly, 2),
    "years_registered": Derivation((REGISTERED,), _years_registered),
    "science_staff_share": Derivation(
        (SCIENCE_STAFF, STAFF), _ratio(SCIENCE_STAFF, STAFF, 1), 1, SCIENCE_STAFF, STAFF
    ),
    "rd_staff_share": Derivation(
        (RD_STAFF, STAFF), _ratio(RD_STAFF, STAFF, 1), 1, RD_STAFF, STAFF
    ),
}


def inputs_needed(derivation: Derivation, known: Knowledge) -> tuple[str, ...]:
    """Of the inputs, those that matter for this enterprise: a trade has its own measures."""
    industry = known.value(INDUSTRY)
    if derivation.inputs != _SIZE_INPUTS or not isinstance(industry, Choice):
        return derivation.inputs[:1] if derivation.inputs == _SIZE_INPUTS else derivation.inputs
    trades = [known.trades[one] for one in sorted(industry.possible) if one in known.trades]
    return tuple(dict.fromkeys(fact for trade in trades for fact in trade.facts))
