"""Enterprise size by its limits, which `sizes.yaml` has with the clauses that they stand in.

Both numbers must reach the lower limits of a size; an enterprise is no longer small or medium
where both reach the upper ones. Of some trades the corpus has the upper limits alone, of 建筑业
a figure without saying what of: there the size stays open, or unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.eligibility.values import Choice, Interval, Limits, exactly, within
from assistant.truth import Truth, all_of

STAFF, REVENUE, ASSETS = "staff_count", "revenue", "total_assets"
SIZES = ("micro", "small", "medium", "large")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an enterprise must reach to be of a size, in the order of the trade's facts; staff in
    persons, money in 万元. `quote` is what the clause says of it.
    """

    limits: tuple[int, ...]
    clause: str
    quote: str


@dataclass(frozen=True, slots=True)
class Trade:
    """`facts` are measured; `medium` and `small` are None where the corpus has not got them."""

    facts: tuple[str, ...]
    large: Bounds
    medium: Bounds | None = None
    small: Bounds | None = None

    def bounds(self) -> Iterator[Bounds]:
        """Those there are, the largest first."""
        yield from (one for one in (self.large, self.medium, self.small) if one is not None)


def size_of(trade: Trade, numbers: Mapping[str, Interval | None]) -> Choice:
    """The sizes that are possible; `numbers` by fact, None where nothing is known."""

    def reaches(bounds: Bounds) -> Truth:
        return all_of(
            within(number, Limits(low=exactly(limit).low)) if number else Truth.UNKNOWN
            for number, limit in zip(
                (numbers.get(fact) for fact in trade.facts), bounds.limits, strict=True
            )
        )

    large = reaches(trade.large)
    if large is Truth.TRUE:
        return Choice(frozenset({"large"}))
    possible = {"large"} if large is Truth.UNKNOWN else set()
    if trade.medium is None or trade.small is None:
        return Choice(frozenset(possible | {"medium", "small", "micro"}))
    for size, bounds in (("medium", trade.medium), ("small", trade.small)):
        reached = reaches(bounds)
        if reached is not Truth.FALSE:
            possible.add(size)
        if reached is Truth.TRUE:
            return Choice(frozenset(possible))
    return Choice(frozenset(possible | {"micro"}))
