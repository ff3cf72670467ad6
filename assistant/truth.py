"""Three truth values and Kleene's connectives: what is not known is neither yes nor no."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NoReturn


class Truth(IntEnum):
    """Kleene's K3, ordered FALSE < UNKNOWN < TRUE: `and` is min, `or` is max."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __bool__(self) -> NoReturn:
        raise TypeError("Truth has three values; compare with `is Truth.TRUE`")

    @property
    def word(self) -> str:
        """`true`, `false` or `unknown`, as the records have it."""
        return self.name.lower()


def as_truth(value: bool) -> Truth:
    return Truth.TRUE if value else Truth.FALSE


def negation(value: Truth) -> Truth:
    return Truth(Truth.TRUE - value)


def all_of(values: Iterable[Truth]) -> Truth:
    """TRUE when empty, as `all` is."""
    return min(values, default=Truth.TRUE)


def any_of(values: Iterable[Truth]) -> Truth:
    """FALSE when empty, as `any` is."""
    return max(values, default=Truth.FALSE)


def at_least(count: int, values: Iterable[Truth]) -> Truth:
    """Whether `count` of the values are TRUE: the count-th largest of them.

    >>> at_least(2, [Truth.TRUE, Truth.UNKNOWN, Truth.FALSE])
    <Truth.UNKNOWN: 1>
    """
    if count <= 0:
        return Truth.TRUE
    ranked = sorted(values, reverse=True)
    return ranked[count - 1] if count <= len(ranked) else Truth.FALSE
