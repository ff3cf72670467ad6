"""Fact definitions: name, type, unit, synonyms, the question to ask; read from `facts.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from assistant.eligibility.derivations import DERIVATIONS, INDUSTRY
from assistant.eligibility.size import Trade
from assistant.eligibility.size_rows import SIZES_FILE, read_trades
from assistant.eligibility.yaml_files import Problem, problems_of, read_yaml, refuse

LAST = "_last"
"""`revenue_last` is the number of `revenue` for the last full year before the day."""
EXPERT = "expert_"
"""`expert_x` is what the experts found on condition x; it needs no definition."""
MONEY = {"元": Decimal("0.0001"), "万元": Decimal(1), "亿元": Decimal(10_000)}
"""In 万元."""
MOST_REMEMBERED = 100_000
_Made = TypeVar("_Made")
DEFAULT_PARENTS = {"baoshan": "shanghai", "shanghai": "china"}


class FactType(str, Enum):
    """What kind of value a fact has."""

    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    SET = "set"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice or set; `within` is the place that a place lies in."""

    value: str
    name: str
    synonyms: tuple[str, ...] = ()
    within: str | None = None


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """A named, typed thing about the applicant."""

    fact: str
    name: str
    type: FactType
    unit: str | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    synonyms: tuple[str, ...] = ()
    question: str = ""
    options: tuple[Option, ...] = ()
    derive: str | None = None
    """The derivation that computes it where it is not stated."""
    signs: tuple[str, ...] = ()
    """Words that stand together where a yes or no is told, see `signs.py`, or beside a figure,
    see `cues.py`.
    """
    denied_by: tuple[str, ...] = ()
    """The same for a no."""
    near: tuple[str, ...] = ()
    """Of a number: its synonyms are its own only in a text that has one of these."""

    def option_name(self, value: str) -> str:
        return next((one.name for one in self.options if one.value == value), value)

    @property
    def option_ids(self) -> frozenset[str]:
        return frozenset(one.value for one in self.options)


@dataclass(frozen=True)
class Definitions:
    """Every fact there is, in the order of the file."""

    by_id: Mapping[str, FactDefinition]
    parents: Mapping[str, str] = field(default_factory=dict)
    """Of places: 宝山区 lies in 上海市."""
    trades: Mapping[str, Trade] = field(default_factory=dict)
    """The limits of enterprise size, by the option of `industry`."""
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What is the same for every enterprise, worked out once: see `remembered`."""

    @classmethod
    def of(cls, definitions: Iterable[FactDefinition]) -> Definitions:
        by_id = {one.fact: one for one in definitions}
        options = (option for one in by_id.values() for option in one.options)
        parents = {one.value: one.within for one in options if one.within}
        return cls(by_id, DEFAULT_PARENTS | parents)

    def get(self, fact: str) -> FactDefinition | None:
        """Also of `…_last` of a series and of `expert_…`."""
        found = self.by_id.get(fact)
        if found is None and fact.startswith(EXPERT):
            return FactDefinition(fact, "专家评定结果", FactType.YES_NO)
        if found is None and fact.endswith(LAST):
            series = self.by_id.get(fact.removesuffix(LAST))
            if series is not None and series.type is FactType.SERIES:
                return replace(
                    series, fact=fact, name=f"上年{series.name}", type=FactType.NUMBER
                )
        return found

    def remembered(
        self, owner: object, key: Hashable, make: Callable[..., _Made], *given: Any
    ) -> _Made:
        """What `make(*given)` gives, once for this owner and key; the owner is kept, so that its
        id stays its own.
        """
        found = self.memo.get((id(owner), key))
        if found is None:
            if len(self.memo) > MOST_REMEMBERED:
                self.memo.clear()
            self.memo[id(owner), key] = found = (owner, make(*given))
        made: _Made = found[1]
        return made

    def nearest(self, fact: str) -> str | None:
        found = get_close_matches(fact, list(self.by_id), n=1, cutoff=0.5)
        return found[0] if found else None

    def __iter__(self) -> Iterator[FactDefinition]:
        return iter(self.by_id.values())


class _OptionRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    value: str
    name: str
    synonyms: list[str] = []
    within: str | None = None


class _FactRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    fact: str
    name: str
    type: FactType
    unit: str | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    synonyms: list[str] = []
    question: str = ""
    options: list[_OptionRow] = []
    derive: str | None = None
    signs: list[str] = []
    denied_by: list[str] = []
    near: list[str] = []

    @model_validator(mode="after")
    def _is_whole(self) -> _FactRow:
        values = [one.value for one in self.options]
        if self.type in (FactType.CHOICE, FactType.SET):
            if not values or len(set(values)) < len(values):
                raise ValueError("choice 和 set 要有 options，且 value 不能重复。")
        elif values:
            raise ValueError("只有 choice 和 set 才有 options。")
        if self.denied_by and self.type is not FactType.YES_NO:
            raise ValueError("只有 yes_no 才有 denied_by。")
        signed = (FactType.YES_NO, FactType.NUMBER, FactType.SERIES)
        if self.signs and self.type not in signed:
            raise ValueError("只有 yes_no、number 和 series 才有 signs。")
        if self.derive and self.derive not in DERIVATIONS:
            raise ValueError(f"没有推算方法 {self.derive}；可用：{'、'.join(DERIVATIONS)}。")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min 大于 max。")
        return self

    def definition(self) -> FactDefinition:
        return FactDefinition(
            fact=self.fact,
            name=self.name,
            type=self.type,
            unit=self.unit,
            min=self.min,
            max=self.max,
            synonyms=tuple(self.synonyms),
            question=self.question or f"请问贵公司的{self.name}？",
            options=tuple(
                Option(one.value, one.name, tuple(one.synonyms), one.within)
                for one in self.options
            ),
            derive=self.derive,
            signs=tuple(self.signs),
            denied_by=tuple(self.denied_by),
            near=tuple(self.near),
        )


def load_definitions(path: Path) -> Definitions:
    """The facts of a file, with the limits of enterprise size in the file beside it.

    Raises:
        RuleError: naming each fact, trade and key that is wrong.
    """
    rows = read_yaml(path)
    found, problems = definitions_of(rows, path.name)
    trades, wrong = read_trades(path.with_name(SIZES_FILE))
    industry = found.by_id.get(INDUSTRY)
    known = industry.option_ids if industry else frozenset[str]()
    wrong += [
        Problem(SIZES_FILE, one, "trade", f"{INDUSTRY} 没有这个选项。")
        for one in trades
        if one not in known
    ]
    refuse([*problems, *wrong])
    return replace(found, trades=trades)


def definitions_of(rows: Any, file: str) -> tuple[Definitions, list[Problem]]:
    """The definitions of a list of rows as YAML has them, and what is wrong with them."""
    if not isinstance(rows, list):
        return Definitions.of([]), [Problem(file, "", "", "应是事实的列表，每项一个 fact。")]
    found: dict[str, FactDefinition] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        name = row.get("fact") if isinstance(row, dict) else None
        where = str(name or f"第 {number} 项")
        try:
            one = _FactRow.model_validate(row).definition()
        except ValidationError as error:
            problems += problems_of(error, file, where)
            continue
        if one.fact in found:
            problems.append(Problem(file, where, "fact", "这个事实写了两次，请合并。"))
        found[one.fact] = one
    problems += _missing_inputs(found, file)
    return Definitions.of(found.values()), problems


def _missing_inputs(found: Mapping[str, FactDefinition], file: str) -> list[Problem]:
    return [
        Problem(file, one.fact, "derive", f"推算要用到的事实 {needed} 没有定义。")
        for one in found.values()
        if one.derive
        for needed in DERIVATIONS[one.derive].inputs
        if needed not in found
    ]
