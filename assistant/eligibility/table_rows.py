"""A row of a table of firms → facts, and an error for every cell that is no value of its column.

A column is recognised by the name or a synonym of a fact, with a year and a unit around it:
2024年营业收入（万元）. Nothing is guessed: money without a unit is an error, an empty cell unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from assistant.eligibility.founding import bounded_days, find_days
from assistant.eligibility.learned import PATTERNS_ALONE
from assistant.eligibility.linking_words import KINDS_BY_UNIT
from assistant.eligibility.mentions import folded, option_finder
from assistant.eligibility.parts import Quantity
from assistant.eligibility.places import PlaceReader
from assistant.eligibility.profile import read_profile
from assistant.eligibility.quantities import find_quantities
from assistant.eligibility.readings import (
    Bound,
    CellError,
    DefinitionLike,
    ReadFact,
    Row,
    Value,
)
from assistant.eligibility.scope import fold
from assistant.eligibility.years import find_years

_UNIT = re.compile(r"[(\[](?P<unit>[^()\[\]]{1,8})[)\]]$|[:/](?P<bare>万元|亿元|元|人|%|平方米)$")
_MONEY = {"元": 1, "人民币元": 1, "千元": 10**3, "万元": 10**4, "万": 10**4, "亿元": 10**8}
_EMPTY = {"", "-", "--", "/", "不清楚", "未知", "不详", "待定", "n/a", "na", "none", "不适用"}
_YES = {"是", "有", "√", "✓", "y", "yes", "true", "1", "已", "对", "已入库", "已完成", "已申请"}
_NO = {
    "否", "无", "没有", "×", "✗", "n", "no", "false", "0", "未", "不是", "未入库", "未完成",
    "未申请",
}  # fmt: skip
_AROUND = re.compile(
    r"^(?:企业|公司|贵公司|本单位|期末|年末|末|度|全年|是否|上年末?|本年度?)+|(?:情况|\*|:|年末"
    r"|期末)+$"
)
_PERCENT = "%"


class CellProblemError(ValueError):
    """What is wrong with a cell, a Chinese sentence for the user."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds."""

    name: str
    definition: DefinitionLike
    unit: str | None = None
    year: int | None = None


class RowReader:
    """Reads the rows of one table; the headers are understood once."""

    def __init__(self, definitions: Iterable[DefinitionLike], day: date) -> None:
        self._definitions, self._day = tuple(definitions), day
        self._names = _names(self._definitions)
        self._columns: dict[str, Column | None] = {}

    def read(self, row: Mapping[str, object]) -> Row:
        """Facts of one firm; cells may be of any type a workbook gives."""
        facts: dict[tuple[str, int | None], tuple[str, ReadFact]] = {}
        errors: list[CellError] = []
        ignored: list[str] = []
        for name, cell in row.items():
            column = self._column(name)
            if column is None:
                ignored.append(name)
                continue
            try:
                fact = _read(column, cell, self._definitions, self._day)
            except CellProblemError as problem:
                errors.append(CellError(name, _words(cell), str(problem)))
                continue
            if fact is None:
                continue
            before = facts.setdefault((fact.fact, fact.year), (name, fact))
            if before[1].value != fact.value or before[1].bound is not fact.bound:
                message = f"与“{before[0]}”列说的是同一项情况，数值却不同，请核对后只留一个。"
                errors.append(CellError(name, _words(cell), message))
        return Row(tuple(fact for _, fact in facts.values()), tuple(errors), tuple(ignored))

    def _column(self, name: str) -> Column | None:
        if name not in self._columns:
            self._columns[name] = find_column(name, self._names, self._day)
        return self._columns[name]


def read_row(
    row: Mapping[str, object], definitions: Iterable[DefinitionLike], day: date
) -> Row:
    """One row, as of `day`."""
    return RowReader(definitions, day).read(row)


def find_column(
    name: str, names: Mapping[str, DefinitionLike], day: date
) -> Column | None:
    """`names` maps folded names and synonyms to their definition; None where it is no fact."""
    plain = re.sub(r"\s", "", fold(str(name)).text)
    unit = None
    if plain in names:
        return Column(name, names[plain])
    if found := _UNIT.search(plain):
        unit, plain = found["unit"] or found["bare"], plain[: found.start()]
    if plain in names:
        return Column(name, names[plain], unit)
    years = find_years(plain, day)
    for one in reversed(years):
        plain = plain[: one.start] + plain[one.end :]
    plain = _AROUND.sub("", plain.strip(":-()"))
    definition = names.get(plain)
    if definition is None:
        return None
    return Column(name, definition, unit, years[0].years[0] if years else None)


@lru_cache(maxsize=20_000)
def _bare(word: str) -> str:
    return re.sub(r"\s", "", folded(word))


def _names(definitions: tuple[DefinitionLike, ...]) -> dict[str, DefinitionLike]:
    """The first definition that has a word keeps it: 研发 is people before it is money."""
    names: dict[str, DefinitionLike] = {}
    for one in definitions:
        names.setdefault(one.fact, one)
        names.setdefault(_bare(one.name), one)
    for one in definitions:
        for word in one.synonyms:
            names.setdefault(_bare(word), one)
    return names


def _read(
    column: Column, cell: object, definitions: tuple[DefinitionLike, ...], day: date
) -> ReadFact | None:
    words = _words(cell)
    if cell is None or words.lower() in _EMPTY:
        return None
    if words.startswith("="):
        raise CellProblemError("单元格里是公式，没有数值，请粘贴为数值后再上传。")
    kind = column.definition.type
    if kind in ("number", "series"):
        return _read_number(column, cell, day)
    if kind == "date":
        return _read_date(column, cell, day)
    if kind == "yes_no":
        return _read_yes_no(column, words, definitions, day)
    return _read_options(column, words, definitions, day)


def _read_number(column: Column, cell: object, day: date) -> ReadFact:
    definition = column.definition
    year: int | None = None
    if definition.type == "series":
        year = day.year - 1 if column.year is None else column.year
        if year >= day.year:
            raise CellProblemError(f"{year} 年还没有结束，请填写完整年度的数。")
    bound, value, upper = _number(column, cell)
    low, high = definition.min, definition.max
    for one in (value, value if upper is None else upper):
        if (low is not None and one < low) or (high is not None and one > high):
            limits = "，".join(
                [f"不小于 {low}"] * (low is not None) + [f"不大于 {high}"] * (high is not None)
            )
            raise CellProblemError(f"{definition.name}不可能是 {_words(cell)}，应{limits}。")
    fact = _fact(column, _plain(value), _words(cell))
    assumed = definition.type == "series" and column.year is None
    return replace(
        fact, bound=bound, upper=None if upper is None else _plain(upper), year=year,
        is_year_assumed=assumed,
    )  # fmt: skip


def _number(column: Column, cell: object) -> tuple[Bound, Decimal, Decimal | None]:
    definition = column.definition
    if isinstance(cell, bool | date | datetime):
        raise CellProblemError(f"{definition.name}应是一个数，写的是 {_words(cell)}。")
    words = _words(cell)
    try:
        bare = Decimal(words.replace(",", ""))
    except InvalidOperation:
        quantity = _quantity(definition, words)
        if quantity.kind != "bare":
            factor = Decimal(1) / 10**4 if definition.unit == "万元" else Decimal(1)
            made = quantity.scaled(factor)
        else:
            made = quantity.scaled(_factor(column, quantity.value))
        return made.bound, made.value, made.upper
    if not bare.is_finite():
        raise CellProblemError(f"{definition.name}应是一个数，写的是 {words}。")
    return Bound.EXACT, bare * _factor(column, bare), None


def _quantity(definition: DefinitionLike, words: str) -> Quantity:
    plain = fold(words).text.strip()
    found = find_quantities(plain)
    is_whole = len(found) == 1 and found[0].end - found[0].start >= len(plain)
    if any(one.kind == "foreign" for one in found):
        raise CellProblemError("外币金额没有折算，请换算成人民币填写。")
    if not is_whole:
        raise CellProblemError(f"{definition.name}应是一个数，写的是 {words}。")
    kinds = KINDS_BY_UNIT.get(definition.unit or "", ("bare", "count"))
    if found[0].kind not in (*kinds, "bare"):
        unit = definition.unit
        raise CellProblemError(f"单位不对：{definition.name}的单位是{unit}，写的是 {words}。")
    return found[0]


def _factor(column: Column, value: Decimal) -> Decimal:
    """What a number without a unit is multiplied with, by the unit in the header."""
    definition, unit = column.definition, column.unit
    if definition.unit == "万元":
        if unit in _MONEY:
            return Decimal(_MONEY[unit]) / 10**4
        if unit is None:
            if value == 0:
                return Decimal(1)
            raise CellProblemError("金额没有写单位，请在表头写明万元或元，例如“营业收入（万元）”。")
        raise CellProblemError(f"表头的单位“{unit}”不是人民币金额单位，请改成万元。")
    if definition.unit == _PERCENT and unit != _PERCENT and 0 < abs(value) < 1:
        raise CellProblemError("看不出是小数还是百分数，请写成 5.2% 这样。")
    if unit is not None and unit != definition.unit and definition.unit == _PERCENT:
        raise CellProblemError(f"单位不对：{definition.name}的单位是%，表头写的是{unit}。")
    return Decimal(1)


def _read_date(column: Column, cell: object, day: date) -> ReadFact:
    if isinstance(cell, datetime):
        cell = cell.date()
    words = _words(cell)
    if isinstance(cell, date):
        first: date | None = cell
        last: date | None = cell
    else:
        plain = fold(words).text.strip()
        plain = re.sub(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", re.sub(r"[ t]00:00.*", "", plain))
        found = find_days(plain, day)
        if len(found) != 1 or found[0].end - found[0].start < len(plain):
            name = column.definition.name
            raise CellProblemError(f"{name}应是日期，如 2020-03-05，写的是 {words}。")
        first, last = found[0].first, found[0].last
    if first is not None and first > day:
        raise CellProblemError(f"{column.definition.name} {words} 在 {day} 之后，请核对。")
    bound, value, upper = bounded_days(first, last and min(last, day))
    return replace(_fact(column, value, words), bound=bound, upper=upper)


def _read_yes_no(
    column: Column, words: str, definitions: tuple[DefinitionLike, ...], day: date
) -> ReadFact:
    plain = words.strip().lower()
    if plain in _YES:
        return _fact(column, True, words)
    if plain in _NO:
        return _fact(column, False, words)
    return _as_text(column, words, definitions, day)


def _read_options(
    column: Column, words: str, definitions: tuple[DefinitionLike, ...], day: date
) -> ReadFact:
    definition = column.definition
    is_set = definition.type == "set"
    plain = fold(words).text.strip()
    for option in definition.options:
        if plain in (option.value, *map(folded, (option.name, *option.synonyms))):
            return _fact(column, (option.value,) if is_set else option.value, words)
    if definition.fact in ("region", "tax_place"):
        place = PlaceReader({definition.fact: definition}).place_in(plain)
        if place is None:
            raise CellProblemError(f"看不出“{words}”在哪个区或省市，请写到区，例如“上海市宝山区”。")
        return _fact(column, (place,) if is_set else place, words)
    if is_set:
        found = [one.keys[0] for one in option_finder(definition).find(plain)]
        if found:
            return replace(
                _fact(column, tuple(dict.fromkeys(found)), words), bound=Bound.AT_LEAST
            )
    return _as_text(column, words, definitions, day)


def _as_text(
    column: Column, words: str, definitions: tuple[DefinitionLike, ...], day: date
) -> ReadFact:
    """A cell in words: 2024年重新认定 under 高企."""
    definition = column.definition
    text = words if definition.name in words else f"{definition.name}{words}"
    for one in read_profile(text, day, definitions, PATTERNS_ALONE).facts:
        if one.fact == definition.fact:
            return replace(one, words=words, start=0, end=len(words))
    options = "、".join(one.name for one in definition.options[:8]) or "是、否"
    raise CellProblemError(f"{definition.name}看不懂“{words}”，可填：{options}。")


def _fact(column: Column, value: Value, words: str) -> ReadFact:
    definition = column.definition
    return ReadFact(definition.fact, value, definition.unit, Bound.EXACT, words, 0, len(words))


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else round(float(value), 6)


def _words(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell if cell is not None else "").strip()[:200]
