"""Figures of a statement against those of its sources: numbers, dates, 文号, clause numbers.

Values are compared, not spellings: 二十万元 = 20万元 = 200,000元, 第十二条 = 第12条. What follows a
number is compared as far as both say it: 90% is not 90, 200 万方 is not 200万元.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.text import find_clause_refs, find_dates, find_doc_nos, find_numbers, read_number

_UNITS: tuple[tuple[str, str], ...] = (
    ("percent", r"%|％|‰|个?百分点|成(?!立|果|功|为|员|本|效|长|熟|都|品|型|分|果)"),
    ("money", r"元|人民币|美元|块钱"),
    ("months", r"个月"),
    ("workdays", r"个?工作日"),
    ("age", r"周?岁"),
    ("area", r"平方|平米|方|亩|公顷"),
    ("month", r"月"),
    ("day", r"日|天|号"),
    ("year", r"年"),
    ("count", r"家|个|项|种|类|人|名|户|次|套|台|强|件|所|座|处|批|条|位|只|款|支|场|门|股|倍"),
)
_UNIT_PATTERN = re.compile("|".join(rf"(?P<{name}>{words})" for name, words in _UNITS))
_STRICT = frozenset(("percent",))
"""A unit that may not be left out on one side: 90% is never 90."""

_MARKER = re.compile(
    r"第(?P<named>[0-9０-９零〇一二三四五六七八九十百千]+)(?P<unit>[编章节条款项目])"
    r"|[（(](?P<bracket>[0-9０-９零〇一二三四五六七八九十百]+)[)）]"
    r"|(?P<plain>[0-9０-９零〇一二三四五六七八九十百]+)[、.．]"
)
_PART = re.compile(
    r"(?P<value>[0-9０-９零〇一二三四五六七八九十百千]+)[)）]?(?:之(?P<sub>[一二三四五六七八九十\d]+))?"
    r"(?P<unit>大?部分|编|章|节|条|款|项|目|点|大项|小项)?"
)
_LOOSE_UNITS = frozenset(("部分", "大部分", "项", "点", "大项", "小项", "节"))
"""What people call a heading that is numbered 12、 or （三） without a word."""

Date = tuple[int | None, int | None, int | None]
"""Year, month and day; what is not said is None."""

Part = tuple[Decimal, str, str]
"""A number, what follows 之, and the unit; the unit is empty for a heading 12、"""


@dataclass(frozen=True, slots=True)
class Figure:
    """Words of a statement whose value no source has."""

    rule: str
    """number, date, doc_no or clause."""
    words: str


@dataclass(frozen=True, slots=True)
class Support:
    """What the sources of one statement lend it."""

    units_by_value: dict[Decimal, frozenset[str]]
    dates: tuple[Date, ...]
    doc_nos: tuple[str, ...]
    """文号 in one spelling, perhaps with words before them: where one begins is not written."""
    chains: tuple[tuple[Part, ...], ...]
    """Clause numbers, from the top down, of each source and of the heading path."""
    names: tuple[str, ...]
    """Titles and headings, longest first: named in full they are no figures."""

    @classmethod
    def of(
        cls, texts: Iterable[str], headings: Sequence[str] = (), titles: Sequence[str] = ()
    ) -> Support:
        """`headings` lend their words' figures, and their own markers as clause numbers only:
        heading 12、 does not make 12 家 true.
        """
        bodies = [_MARKER.sub("", heading, count=1) for heading in headings]
        every = [*texts, *bodies]
        units: dict[Decimal, set[str]] = {}
        for text in every:
            for value, unit, _ in _numbers(text):
                units.setdefault(value, set()).add(unit)
        return cls(
            units_by_value={value: frozenset(found) for value, found in units.items()},
            dates=tuple(date for text in every for date, _, _ in _dates(text)),
            doc_nos=tuple(
                _doc_no(text[span.start : span.end])
                for text in every
                for span in find_doc_nos(text)
            ),
            chains=(
                *(chain for text in [*every, *headings] for chain, _, _ in _references(text)),
                tuple(part for heading in headings for part in _marker(heading)),
            ),
            names=tuple(sorted({*headings, *titles}, key=lambda name: (-len(name), name))),
        )


def unsupported(statement: str, support: Support) -> list[Figure]:
    """The figures of `statement` that `support` lacks, in order of kind and then of place."""
    for name in support.names:
        if name:
            statement = statement.replace(name, "\n")
    missing: list[Figure] = []
    for span in find_doc_nos(statement):
        words = statement[span.start : span.end]
        if not any(other.endswith(_doc_no(words)) for other in support.doc_nos):
            missing.append(Figure("doc_no", words))
        statement = _blank(statement, span.start, span.end)
    for chain, start, end in _references(statement):
        if not any(_is_within(chain, other) for other in support.chains):
            missing.append(Figure("clause", statement[start:end]))
        statement = _blank(statement, start, end)
    missing += [
        Figure("number", words)
        for value, unit, words in _numbers(statement)
        if not _is_lent(unit, support.units_by_value.get(value, frozenset()))
    ]
    missing += [
        Figure("date", statement[start:end])
        for date, start, end in _dates(statement)
        if date[1] is not None and not any(_agrees(date, other) for other in support.dates)
    ]
    return missing


def _numbers(text: str) -> list[tuple[Decimal, str, str]]:
    """(value, unit, words) of each number; the unit is empty where none of `_UNITS` follows."""
    found: list[tuple[Decimal, str, str]] = []
    for span in find_numbers(text):
        words = text[span.start : span.end]
        unit = _UNIT_PATTERN.match(text[span.end :].lstrip(" \u3000"))
        name = unit.lastgroup if unit and unit.lastgroup else ""
        if span.kind == "percent":
            name = "percent"
        found.append((span.value, name, words))
    return found


def _is_lent(unit: str, units: frozenset[str]) -> bool:
    if unit in _STRICT:
        return unit in units
    others = units - _STRICT
    return bool(others) and (not unit or unit in others or "" in others)


def _dates(text: str) -> list[tuple[Date, int, int]]:
    """((year, month, day), start, end) of each date; what is not said is None."""
    return [((span.year, span.month, span.day), span.start, span.end) for span in find_dates(text)]


def _agrees(said: Date, source: Date) -> bool:
    return all(mine is None or mine == theirs for mine, theirs in zip(said, source, strict=True))


def _references(text: str) -> list[tuple[tuple[Part, ...], int, int]]:
    """(chain, start, end) of each reference such as 第十二条第二款."""
    found: list[tuple[tuple[Part, ...], int, int]] = []
    for span in find_clause_refs(text):
        parts = [
            (value, _sub(part["sub"]), part["unit"] or "")
            for part in _PART.finditer(text[span.start : span.end])
            if (value := read_number(part["value"])) is not None
        ]
        found.append((tuple(parts), span.start, span.end))
    return found


def _marker(heading: str) -> list[Part]:
    """The number at the start of a heading, with its unit where it is written."""
    found = _MARKER.match(heading)
    if found is None:
        return []
    value = read_number(found["named"] or found["bracket"] or found["plain"])
    return [] if value is None else [(value, "", found["unit"] or "")]


def _is_within(chain: Sequence[Part], other: Sequence[Part]) -> bool:
    """Whether the parts of `chain` stand in `other`, in this order; a gap is allowed."""
    rest = iter(other)
    return bool(chain) and all(any(_is_same(part, one) for one in rest) for part in chain)


def _is_same(part: Part, other: Part) -> bool:
    if part[:2] != other[:2]:
        return False
    return part[2] == other[2] or (not other[2] and part[2] in _LOOSE_UNITS)


def _sub(numeral: str | None) -> str:
    return str(read_number(numeral)) if numeral else ""


def _doc_no(words: str) -> str:
    """One spelling of a 文号: 〔 〕, no blanks, half-width digits."""
    words = re.sub(r"\s", "", unicodedata.normalize("NFKC", words))
    return re.sub(r"[\[【(]", "〔", re.sub(r"[\]】)]", "〕", words))


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + "\n" * (end - start) + text[end:]
