"""What is known of one enterprise: its profile, and that profile on a day with what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.eligibility.derivations import (
    DERIVATIONS,
    REGISTERED,
    Derivation,
    inputs_needed,
    years_before,
)
from assistant.eligibility.facts import LAST, Definitions, FactDefinition, FactType
from assistant.eligibility.size import Trade
from assistant.eligibility.values import (
    Choice,
    FactValue,
    Interval,
    Members,
    Series,
    day_of,
    number_words,
    with_unit,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A value and the words it was read from."""

    value: FactValue
    words: str = ""


@dataclass(frozen=True)
class Profile:
    """The facts known so far; `unsure` were asked for and answered with 不清楚."""

    definitions: Definitions = field(repr=False)
    told: Mapping[str, Told] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()

    def with_fact(self, fact: str, value: FactValue, words: str = "") -> Profile:
        told = {**self.told, fact: Told(value, words)}
        return replace(self, told=told, unsure=self.unsure - {fact})


class Known:
    """A profile on a day. What is stated comes before what can be derived."""

    def __init__(self, profile: Profile, day: date) -> None:
        self.profile = profile
        self.definitions = profile.definitions
        self._day = day
        self._values: dict[str, FactValue | None] = {}
        self._words: dict[str, str | None] = {}

    @property
    def day(self) -> date:
        return self._day

    @property
    def trades(self) -> Mapping[str, Trade]:
        return self.definitions.trades

    def value(self, fact: str) -> FactValue | None:
        """None where nothing is known."""
        if fact not in self._values:
            self._values[fact] = self._find(fact)
        return self._values[fact]

    def words(self, fact: str) -> str | None:
        """The value as a person writes it; None where it is not known."""
        if fact not in self._words:
            definition = self.definitions.get(fact)
            made = value_words(self.value(fact), definition) if definition else None
            self._words[fact] = made
        return self._words[fact]

    def number(self, fact: str) -> Interval | None:
        """Of a series, the number of the last full year."""
        value = self.value(fact)
        if isinstance(value, Series):
            return value.by_year.get(self.day.year - 1)
        return value if isinstance(value, Interval) else None

    def derivation(self, fact: str) -> Derivation | None:
        """How the fact is computed here; None where it is stated or cannot be."""
        definition = self.definitions.by_id.get(fact)
        if definition is None or definition.derive is None or fact in self.profile.told:
            return None
        return DERIVATIONS[definition.derive]

    def missing(self, fact: str, years: int = 1) -> tuple[str, ...]:
        """The facts a person could still tell, or tell more exactly, to make `fact` exact."""
        derivation = self.derivation(fact)
        if derivation is None:
            base = self._base(fact)
            return () if self._is_exact(base, years) else (base,)
        needed = inputs_needed(derivation, self)
        found = dict.fromkeys(
            one for each in needed for one in self.missing(each, derivation.years)
        )
        is_open = not found and self.value(fact) is None
        return (fact,) if is_open else tuple(found)

    def years(self, count: int) -> tuple[int, ...]:
        return years_before(self.day, count)

    def _find(self, fact: str) -> FactValue | None:
        if told := self.profile.told.get(fact):
            return told.value
        if derivation := self.derivation(fact):
            return derivation.compute(self)
        base = self._base(fact)
        return self.number(base) if base != fact else None

    def _base(self, fact: str) -> str:
        is_defined = fact in self.definitions.by_id or not fact.endswith(LAST)
        return fact if is_defined else fact.removesuffix(LAST)

    def _is_exact(self, fact: str, years: int) -> bool:
        value = self.value(fact)
        if isinstance(value, Series):
            registered = self.number(REGISTERED)
            first = day_of(registered.low).year if registered and registered.low else 0
            return all(
                year in value.by_year and value.by_year[year].exact is not None
                for year in self.years(years)
                if year >= first
            )
        if isinstance(value, Interval):
            return value.exact is not None
        if isinstance(value, Choice):
            return len(value.possible) == 1
        return value is not None and not (isinstance(value, Members) and value.is_open)


def value_words(value: FactValue | None, definition: FactDefinition) -> str | None:
    """As a person writes it: 86 人, 至少 800 万元, 有效期内, 2025年 480 万元."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Choice):
        return "或".join(sorted(map(definition.option_name, value.possible)))
    if isinstance(value, Members):
        named = "、".join(sorted(map(definition.option_name, value.options))) or "无"
        return f"{named}等" if value.is_open else named
    if isinstance(value, Series):
        return "，".join(
            f"{year}年 {interval_words(value.by_year[year], definition)}"
            for year in sorted(value.by_year, reverse=True)
        )
    return interval_words(value, definition)


def interval_words(value: Interval, definition: FactDefinition) -> str:
    if definition.type is FactType.DATE:
        low, high = (day_of(one).isoformat() if one else "" for one in (value.low, value.high))
    else:
        low, high = (
            with_unit(one, definition.unit) if one is not None else ""
            for one in (value.low, value.high)
        )
    if value.exact is not None:
        return low
    if value.low is not None and value.high is not None:
        is_day = definition.type is FactType.DATE
        return f"{low if is_day else number_words(value.low)} 至 {high}"
    return f"至少 {low}" if low else f"不超过 {high}" if high else "未定"
