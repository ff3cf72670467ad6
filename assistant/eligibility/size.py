"""Enterprise size by 工信部联企业〔2011〕300号, as the corpus has it.

Both numbers must reach the lower limits of a size; an enterprise is no longer small or medium
where both reach the upper ones. Of some trades the corpus has the upper limits alone, of 建筑业
a figure without saying what of: there the size stays open, or unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.eligibility.values import Choice, Interval, Limits, exactly, within
from assistant.truth import Truth, all_of

STAFF, REVENUE, ASSETS = "staff_count", "revenue", "total_assets"
SIZES = ("micro", "small", "medium", "large")
DOCUMENT = "sme_size_2011"


@dataclass(frozen=True, slots=True)
class Trade:
    """`facts` and their limits, in the same order; staff in persons, money in 万元.

    `clauses` are those of the corpus that the limits stand in.
    """

    facts: tuple[str, ...]
    large: tuple[int, ...]
    medium: tuple[int, ...] | None = None
    small: tuple[int, ...] | None = None
    clauses: tuple[str, ...] = ()


def _trade(
    section: int, facts: tuple[str, ...], large: tuple[int, ...], *lower: tuple[int, ...]
) -> Trade:
    clauses = tuple(f"{DOCUMENT}__h1_{section}__h3_{item}" for item in (1, 2, 3))
    return Trade(facts, large, lower[0], lower[1], clauses)


def _upper(item: int, facts: tuple[str, ...], large: tuple[int, ...]) -> Trade:
    return Trade(facts, large, clauses=(f"{DOCUMENT}__h1_9__h3_{item}",))


TRADES: Mapping[str, Trade] = {
    "industry_manufacturing": _trade(2, (STAFF, REVENUE), (1000, 40000), (300, 2000), (20, 300)),
    "wholesale": _trade(3, (STAFF, REVENUE), (200, 40000), (20, 5000), (5, 1000)),
    "retail": _trade(4, (STAFF, REVENUE), (300, 20000), (50, 500), (10, 100)),
    "information": _trade(5, (STAFF, REVENUE), (2000, 100000), (100, 1000), (10, 100)),
    "software": _trade(6, (STAFF, REVENUE), (300, 10000), (100, 1000), (10, 50)),
    "leasing_business": _trade(7, (STAFF, ASSETS), (300, 120000), (100, 8000), (10, 100)),
    "other": _trade(8, (STAFF,), (300,), (100,), (10,)),
    "agriculture": _upper(1, (REVENUE,), (20000,)),
    "transport": _upper(3, (STAFF, REVENUE), (1000, 30000)),
    "storage": _upper(4, (STAFF, REVENUE), (200, 30000)),
    "post": _upper(5, (STAFF, REVENUE), (1000, 30000)),
    "lodging": _upper(6, (STAFF, REVENUE), (300, 10000)),
    "catering": _upper(6, (STAFF, REVENUE), (300, 10000)),
    "real_estate": _upper(7, (REVENUE, ASSETS), (200000, 10000)),
    "property": _upper(8, (STAFF, REVENUE), (1000, 5000)),
}


def size_of(trade: Trade, numbers: Mapping[str, Interval | None]) -> Choice:
    """The sizes that are possible; `numbers` by fact, None where nothing is known."""

    def reaches(limits: tuple[int, ...]) -> Truth:
        return all_of(
            within(number, Limits(low=exactly(limit).low)) if number else Truth.UNKNOWN
            for number, limit in zip(
                (numbers.get(fact) for fact in trade.facts), limits, strict=True
            )
        )

    large = reaches(trade.large)
    if large is Truth.TRUE:
        return Choice(frozenset({"large"}))
    possible = {"large"} if large is Truth.UNKNOWN else set()
    if trade.medium is None or trade.small is None:
        return Choice(frozenset(possible | {"medium", "small", "micro"}))
    for size, limits in (("medium", trade.medium), ("small", trade.small)):
        reached = reaches(limits)
        if reached is not Truth.FALSE:
            possible.add(size)
        if reached is Truth.TRUE:
            return Choice(frozenset(possible))
    return Choice(frozenset(possible | {"micro"}))
