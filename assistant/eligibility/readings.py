"""What is read of an enterprise: facts with the words they were read from, and what was not read.

Money is in the unit of its definition (万元); percentages are 0 to 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Protocol

Value = int | float | bool | str | date | tuple[str, ...]


class Bound(str, Enum):
    """How firmly a value is known."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE = "range"
    ESTIMATE = "estimate"
    """About the value: 10 % to either side."""


class OptionLike(Protocol):
    """One option of a choice or set."""

    @property
    def value(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def synonyms(self) -> Sequence[str]: ...
    @property
    def within(self) -> str | None:
        """Of a place: the place it lies in."""
        ...


class DefinitionLike(Protocol):
    """A fact definition of corpus/facts.yaml, whoever loaded it."""

    @property
    def fact(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str:
        """number, series, date, yes_no, choice or set."""
        ...

    @property
    def unit(self) -> str | None: ...
    @property
    def min(self) -> float | Decimal | None: ...
    @property
    def max(self) -> float | Decimal | None: ...
    @property
    def synonyms(self) -> Sequence[str]: ...
    @property
    def signs(self) -> Sequence[str]: ...
    @property
    def denied_by(self) -> Sequence[str]: ...
    @property
    def near(self) -> Sequence[str]: ...
    @property
    def options(self) -> Sequence[OptionLike]: ...


@dataclass(frozen=True, slots=True)
class ReadFact:
    """A fact as stated. Of a range `value` is the lower and `upper` the upper end, inclusive.

    A set read from text may have more members than are named: its bound is AT_LEAST. A place is
    the narrowest one named.
    """

    fact: str
    value: Value
    unit: str | None
    bound: Bound
    words: str
    start: int
    end: int
    upper: int | float | date | None = None
    year: int | None = None
    """Of a series."""
    is_year_assumed: bool = False
    """No year was said: the last full calendar year was taken."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two or more values for one fact; none of them is among the facts of the profile."""

    fact: str
    year: int | None
    readings: tuple[ReadFact, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """Words that look like a fact and were not taken; `reason` is for the user, in Chinese."""

    words: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """What a text says of the enterprise; what it does not say is not here."""

    facts: tuple[ReadFact, ...]
    contradictions: tuple[Contradiction, ...] = ()
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell of a table row that cannot be a value of its column."""

    column: str
    cell: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """A table row as read; `ignored` names the columns that are no fact."""

    facts: tuple[ReadFact, ...]
    errors: tuple[CellError, ...]
    ignored: tuple[str, ...]
