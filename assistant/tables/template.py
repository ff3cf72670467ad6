"""The table to fill in: a column for each fact that can still matter on the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.eligibility.decide import decide_all
from assistant.eligibility.derivations import years_before
from assistant.eligibility.facts import FactDefinition, FactType
from assistant.eligibility.known import Profile
from assistant.eligibility.loading import Rules
from assistant.tables.reading import CODE, HOW, MAX_COLUMNS, MAX_FIRMS, NAME
from assistant.tables.sheets import Book, Column

FIRMS = "企业"
_YEARS = 3
"""Of a series: 近三年 is the longest that clauses look back."""
_HOW = (
    Column("列", 34), Column("怎么填", 30), Column("可选", 60), Column("问题", 50),
    Column("关系到几项待遇", 10),
)  # fmt: skip
_KINDS = {
    FactType.NUMBER: "数；可写“100以上”“约30”",
    FactType.SERIES: "那一年的数；可写“800多万元”",
    FactType.DATE: "日期，例如 2020-03-05",
    FactType.YES_NO: "是、否",
    FactType.CHOICE: "选一项",
    FactType.SET: "可填几项，用顿号分开",
}


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A header, the fact it stands for, and how many benefits wait for that fact."""

    header: str
    definition: FactDefinition
    benefit_count: int


def template_columns(rules: Rules, day: date) -> tuple[TemplateColumn, ...]:
    """In the order of the definitions; the least wanted are left out beyond MAX_COLUMNS."""
    wanted: Counter[str] = Counter()
    for verdict in decide_all(rules.benefits, Profile(rules.definitions), day):
        amount = verdict.amount.missing if verdict.amount else ()
        wanted.update({*verdict.missing, *amount})
    columns = [
        TemplateColumn(header, one, wanted[one.fact])
        for one in rules.definitions
        if wanted[one.fact]
        for header in _headers(one, day)
    ]
    kept = sorted(columns, key=lambda one: -one.benefit_count)[: MAX_COLUMNS - 2]
    return tuple(one for one in columns if one in kept)


def write_template(rules: Rules, day: date) -> bytes:
    columns = template_columns(rules, day)
    book = Book(day, "企业情况表")
    firms = book.sheet(
        FIRMS,
        [Column(NAME, 28), Column(CODE, 22), *(Column(one.header, 16) for one in columns)],
    )
    how = book.sheet(HOW, _HOW)
    how.row([NAME, "必填，一行一家企业；不知道的单元格留空", "", "", None])
    how.row([CODE, "可不填，用来发现重复的企业", "", "", None])
    for at, one in enumerate(columns, start=2):
        names = [option.name for option in one.definition.options]
        if one.definition.type is FactType.YES_NO:
            names = ["是", "否"]
        if one.definition.type in (FactType.YES_NO, FactType.CHOICE):
            firms.choices(at, names, MAX_FIRMS)
        kind = _KINDS[one.definition.type]
        how.row([one.header, kind, "、".join(names), one.definition.question, one.benefit_count])
    return book.save()


def _headers(definition: FactDefinition, day: date) -> Iterator[str]:
    """As the reader of rows knows them: 2025年营业收入（万元）."""
    is_plain = definition.unit and "(" not in definition.unit  # a bracket in brackets is not read
    unit = f"（{definition.unit}）" if is_plain else ""
    if definition.type is not FactType.SERIES:
        yield f"{definition.name}{unit}"
        return
    for year in years_before(day, _YEARS):
        yield f"{year}年{definition.name}{unit}"
