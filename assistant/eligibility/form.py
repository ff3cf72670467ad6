"""Facts given by name (a JSON or YAML file, a form) as a profile; what is wrong is named.

A value is plain (`86`, `2020-03-05`, `true`, `valid`, `[medical_device]`), a mapping with a bound
(`{at_least: 800}`, `{kind: range, value: [3, 5], unit: "%"}`), for a series a mapping of years,
or null for 不清楚.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from assistant.eligibility.facts import MONEY, Definitions, FactDefinition, FactType
from assistant.eligibility.known import Profile, Told, interval_words
from assistant.eligibility.values import (
    Bound,
    Choice,
    FactValue,
    Interval,
    Members,
    Series,
    about,
    day_of,
    exactly,
    on_day,
)
from assistant.errors import UsageError

_DEEPEST = 8
_YES_NO = {"是": True, "有": True, "否": False, "没有": False}
_MOST_SHOWN = 8
_BOUNDS = frozenset(one.value for one in Bound)


def profile_of(
    given: Any, definitions: Definitions, day: date
) -> tuple[Profile, tuple[str, ...]]:
    """The profile, and a sentence for each fact that could not be taken; the rest goes on.

    `given`: `{fact: value}`, `{"facts": …}`, or the rows of a check's `facts`.

    Raises:
        UsageError: `given` is none of these.
    """
    if not _is_plain(given, _DEEPEST):
        raise UsageError("企业情况的写法不对：kind、unit、year 应是文字或整数，嵌套不能太深。")
    facts = given.get("facts", given) if isinstance(given, Mapping) else given
    rows = facts.items() if isinstance(facts, Mapping) else _rows(facts)
    profile = Profile(definitions)
    problems: list[str] = []
    for fact, value in rows:
        definition = definitions.get(str(fact))
        if definition is None:
            near = definitions.nearest(str(fact))
            hint = f"，是不是 {near}？" if near else "，请核对名称。"
            problems.append(f"没有“{fact}”这项情况{hint}")
            continue
        try:
            if value is None:
                profile = replace(profile, unsure=profile.unsure | {definition.fact})
                continue
            read = read_value(value, definition, day)
        except ValueError as error:
            problems.append(f"{definition.name}（{fact}）：{error}，未采用。")
            continue
        profile = _added(profile, definition.fact, read, _words(value))
    return profile, tuple(problems)


def _is_plain(value: Any, depth: int) -> bool:
    """What comes from outside may nest as it likes; the forms that are read do not."""
    if isinstance(value, Mapping):
        marks = (value.get(name) for name in ("kind", "unit", "year", "read_from"))
        if not all(one is None or isinstance(one, str | int) for one in marks):
            return False
        value = list(value.values())
    if isinstance(value, list | tuple):
        return depth > 0 and all(_is_plain(one, depth - 1) for one in value)
    return True


def _rows(facts: Any) -> Iterable[tuple[str, Any]]:
    """Rows `{"fact", "value", "kind", …}`; those of a series have a `year` each."""
    if not isinstance(facts, list) or not all(
        isinstance(one, Mapping) and isinstance(one.get("fact"), str) for one in facts
    ):
        raise UsageError("企业情况应是 {事实: 值} 的对象，例如 {\"staff_count\": 86}。")
    for row in facts:
        year = row.get("year")
        yield row["fact"], {year: row} if year is not None else row


def _added(profile: Profile, fact: str, value: FactValue, words: str) -> Profile:
    """Rows of a series come a year at a time, those of a set may come a member at a time."""
    before = profile.told.get(fact)
    if before and isinstance(before.value, Series) and isinstance(value, Series):
        value = Series({**before.value.by_year, **value.by_year})
    if before and isinstance(before.value, Members) and isinstance(value, Members):
        both = before.value.options | value.options
        value = Members(both, before.value.is_open or value.is_open)
    if before and isinstance(value, Series | Members):
        words = "；".join(dict.fromkeys(one for one in (before.words, words) if one))
    told = {**profile.told, fact: Told(value, words)}
    return replace(profile, told=told, unsure=profile.unsure - {fact})


def _words(value: Any) -> str:
    """The words a value was read from; of a series, those of its years."""
    if not isinstance(value, Mapping):
        return ""
    if "read_from" in value:
        return str(value["read_from"] or "")
    return "；".join(dict.fromkeys(filter(None, map(_words, value.values()))))


def read_value(value: Any, definition: FactDefinition, day: date) -> FactValue:
    """
    Raises:
        ValueError: what is wrong, a phrase: 不能小于 0 人.
    """
    if definition.type is FactType.SERIES:
        return _series(value, definition, day)
    plain = value.get("value") if _is_wrapped(value) else value
    if definition.type is FactType.YES_NO:
        plain = _YES_NO.get(plain.strip(), plain) if isinstance(plain, str) else plain
        if not isinstance(plain, bool):
            raise ValueError(f"应是 true、false、是或否，写的是 {plain!r}")
        return plain
    if definition.type in (FactType.CHOICE, FactType.SET):
        named = [plain] if isinstance(plain, str) else plain
        if not isinstance(named, list | tuple | set | frozenset) or (
            not named and definition.type is FactType.CHOICE
        ):
            raise ValueError(f"应是选项之一，写的是 {plain!r}")
        options = frozenset(_option(one, definition) for one in named)
        if definition.type is FactType.CHOICE:
            return Choice(options)
        is_open = _is_wrapped(value) and value.get("kind") == Bound.AT_LEAST.value
        return Members(options, is_open)
    return _checked(_interval(value, definition), definition, day)


def _is_wrapped(value: Any) -> bool:
    return isinstance(value, Mapping) and "value" in value


def _option(one: Any, definition: FactDefinition) -> str:
    for option in definition.options:
        if one in (option.value, option.name, *option.synonyms):
            return option.value
    shown = [f"{option.name}（{option.value}）" for option in definition.options]
    more = "等" if len(shown) > _MOST_SHOWN else ""
    raise ValueError(f"没有选项 {one!r}，可选 {'、'.join(shown[:_MOST_SHOWN])}{more}")


def _series(value: Any, definition: FactDefinition, day: date) -> Series:
    if not isinstance(value, Mapping) or not value:
        return Series({day.year - 1: _checked(_interval(value, definition), definition, day)})
    if _is_wrapped(value) and not isinstance(value["value"], Mapping):
        return Series({day.year - 1: _checked(_interval(value, definition), definition, day)})
    by_year: dict[int, Interval] = {}
    years = value["value"] if _is_wrapped(value) else value
    if any(str(one) in _BOUNDS for one in years):
        return Series({day.year - 1: _checked(_interval(value, definition), definition, day)})
    for year, one in years.items():
        if not str(year).isdecimal() or not 1900 <= int(year) <= day.year:
            raise ValueError(f"年份 {year!r} 应是 {day.year} 年及以前的四位数字")
        by_year[int(year)] = _checked(_interval(one, definition), definition, day)
    return Series(by_year)


def _interval(value: Any, definition: FactDefinition) -> Interval:
    if not isinstance(value, Mapping):
        return _bounded(Bound.EXACT.value, value, definition, None)
    unit = value.get("unit")
    if "value" in value:
        return _bounded(str(value.get("kind") or "exact"), value["value"], definition, unit)
    named = [str(one) for one in value if str(one) in _BOUNDS]
    if len(named) != 1:
        raise ValueError(f"看不懂 {dict(value)!r}，请写成数值或 {{at_least: 800}} 这样")
    return _bounded(named[0], value[named[0]], definition, unit)


def _bounded(kind: str, value: Any, definition: FactDefinition, unit: Any) -> Interval:
    if kind not in _BOUNDS:
        raise ValueError(f"没有 {kind!r} 这种说法，可用 {'、'.join(sorted(_BOUNDS))}")
    if kind == Bound.RANGE.value:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise ValueError(f"范围要有两个数，写的是 {value!r}")
        low, high = (_number(one, definition, unit) for one in value)
        if low > high:
            raise ValueError(f"范围的下限大于上限：{value!r}")
        return Interval(low, high, Bound.RANGE)
    number = _number(value, definition, unit)
    if kind == Bound.AT_LEAST.value:
        return Interval(number, None, Bound.AT_LEAST)
    if kind == Bound.AT_MOST.value:
        return Interval(None, number, Bound.AT_MOST)
    return about(number) if kind == Bound.ESTIMATE.value else exactly(number)


def _number(value: Any, definition: FactDefinition, unit: Any) -> Decimal:
    if definition.type is FactType.DATE:
        return _day(value)
    is_plain = isinstance(value, int | float | str | Decimal) and not isinstance(value, bool)
    try:
        number = Decimal(str(value).strip() if is_plain else "")
    except InvalidOperation:
        raise ValueError(f"应是一个数，写的是 {value!r}") from None
    if not number.is_finite() or abs(number) > Decimal("1e12"):
        raise ValueError(f"不是合理的数：{value!r}")
    if unit is None or unit == definition.unit:
        return number
    if unit in MONEY and definition.unit in MONEY:
        return number * MONEY[unit] / MONEY[definition.unit]
    raise ValueError(f"单位应是 {definition.unit or '无'}，写的是 {unit}")


def _day(value: Any) -> Decimal:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"应是 2020-03-05 这样的日期，写的是 {value!r}") from None
    return Decimal(day.toordinal())


def _limits(definition: FactDefinition) -> str:
    """不小于 0 人, 在 0 至 100% 之间."""
    low, high = definition.min, definition.max
    if low is not None and high is not None:
        return f"在 {interval_words(Interval(low, high), definition)} 之间"
    if low is not None:
        return f"不小于 {interval_words(exactly(low), definition)}"
    return f"不大于 {interval_words(exactly(high or Decimal(0)), definition)}"


def _checked(value: Interval, definition: FactDefinition, day: date) -> Interval:
    """Within what is possible at all; a bound of one side gets the other from there."""
    if definition.type is FactType.DATE:
        if value.low is not None and value.low > (on_day(day).low or 0):
            raise ValueError(f"日期 {day_of(value.low)} 在 {day} 之后")
        return value
    low, high = definition.min, definition.max
    is_under = low is not None and value.low is not None and value.low < low
    is_under |= low is not None and value.high is not None and value.high < low
    is_over = high is not None and max(value.low or high, value.high or high) > high
    if value.bound is not Bound.ESTIMATE and (is_under or is_over):
        raise ValueError(f"{interval_words(value, definition)} 不可能，应{_limits(definition)}")
    if value.exact is not None:
        return value
    floor = low if value.low is None or (low is not None and value.low < low) else value.low
    ceiling = high if value.high is None or (high is not None and value.high > high) else value.high
    return Interval(floor, ceiling, value.bound)
