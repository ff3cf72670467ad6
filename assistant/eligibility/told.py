"""A profile as rows of a check's `facts`; what `form.profile_of` reads back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from assistant.eligibility.facts import FactDefinition, FactType
from assistant.eligibility.known import Profile, value_words
from assistant.eligibility.values import (
    Bound,
    Choice,
    FactValue,
    Interval,
    Members,
    Series,
    day_of,
)

Row = dict[str, Any]


def fact_rows(profile: Profile) -> list[Row]:
    """In the order of the definitions; of a series a row a year, with the year."""
    found: list[Row] = []
    for fact, told in profile.told.items():
        definition = profile.definitions.get(fact)
        if definition is None:
            continue
        for shown in _shown(told.value, definition):
            row = {"fact": fact, "label": definition.name, "unit": definition.unit}
            words = _words(told.value, shown.get("year"), definition)
            found.append({**row, **shown, "words": words, "read_from": told.words})
    order = {one.fact: place for place, one in enumerate(profile.definitions)}
    found.sort(key=lambda row: (order.get(row["fact"], len(order)), -(row.get("year") or 0)))
    return found


def _words(value: FactValue, year: int | None, definition: FactDefinition) -> str:
    """As a person writes it; of a series, of that year."""
    one = Series({year: value.by_year[year]}) if year and isinstance(value, Series) else value
    return value_words(one, definition) or ""


def _shown(value: FactValue, definition: FactDefinition) -> Iterator[Row]:
    if isinstance(value, Series):
        for year, one in value.by_year.items():
            yield {"year": year, **_interval(one, definition)}
    elif isinstance(value, Interval):
        yield _interval(value, definition)
    elif isinstance(value, Choice):
        named = sorted(value.possible)
        kind = Bound.EXACT if len(named) == 1 else Bound.RANGE
        yield {"value": named[0] if len(named) == 1 else named, "kind": kind.value}
    elif isinstance(value, Members):
        kind = Bound.AT_LEAST if value.is_open else Bound.EXACT
        yield {"value": sorted(value.options), "kind": kind.value}
    else:
        yield {"value": value, "kind": Bound.EXACT.value}


def _interval(value: Interval, definition: FactDefinition) -> Row:
    """An estimate is shown as what was said: the middle."""
    ends = [_plain(one, definition) for one in (value.low, value.high)]
    shown: Any = ends
    if value.bound is Bound.ESTIMATE and value.low is not None and value.high is not None:
        shown = _plain((value.low + value.high) / 2, definition)
    elif value.bound is Bound.AT_LEAST or (value.high is None and value.low is not None):
        return {"value": ends[0], "kind": Bound.AT_LEAST.value}
    elif value.bound is Bound.AT_MOST or value.low is None:
        return {"value": ends[1], "kind": Bound.AT_MOST.value}
    elif value.exact is not None:
        return {"value": ends[0], "kind": Bound.EXACT.value}
    return {"value": shown, "kind": value.bound.value}


def _plain(value: Decimal | None, definition: FactDefinition) -> int | float | str | None:
    if value is None:
        return None
    if definition.type is FactType.DATE:
        return day_of(value).isoformat()
    return int(value) if value == int(value) else float(value)
