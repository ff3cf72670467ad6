"""A quantity, and those that are no plain number: 三分之一, 一半, 翻番, 第三, 前五."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.eligibility.readings import Bound
from assistant.text import read_number

DIGIT = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_FRACTION = re.compile(
    r"(?P<below>[二三四五六七八九十])分之(?P<above>[一二三四五六七八九])|(?P<half>一半|过半"
    r"|大半)|(?P<double>翻了?一?[番倍]"
    r"|增长了?一倍|涨了?一倍)|(?P<all>百分(?:之?百|之一百)(?![\d一二三四五六七八九]))"
)
_HALF_MORE = re.compile(
    r"(?P<whole>\d{1,2}|[一二三四五六七八九两十]{1,3})个(?:半(?:百分)?点|点半|点(?P<tenth>[一二三四五六七八九])(?!个))"
)
_TWO = re.compile(r"(?<=[报申了])俩(?=$|[,，。;个项 ])")
_RANK = re.compile(
    r"(?:第|(?<=排)老)(?P<at>[一二三四五六七八九十]{1,2}|\d{1,3})(?:[、或到]?第(?P<to>[二三四五六七八九十]|\d{1,2}))?(?:名|位)?"
    r"(?![方次类季期张个家批轮届条款层产阶章节版代台步者天年月部人所])"
    r"|(?<=[排列居名入进是国球])前(?P<top>[三五十]|\d{1,2})(?:名|位|强)?(?![季个年月天期次])"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """`kind`: money (元), percent, person, area (平方米), count, set, score, rank, year, month,
    day, bare or foreign.
    """

    start: int
    end: int
    kind: str
    bound: Bound
    value: Decimal
    upper: Decimal | None = None

    def scaled(self, factor: Decimal) -> Quantity:
        upper = None if self.upper is None else self.upper * factor
        return replace(self, value=self.value * factor, upper=upper)


def find_parts(text: str) -> list[Quantity]:
    """Every fraction and rank of normalised text."""
    fractions = [_fraction(match) for match in _FRACTION.finditer(text)]
    fractions += [
        Quantity(one.start(), one.end(), "count", Bound.EXACT, Decimal(2))
        for one in _TWO.finditer(text)
    ]
    fractions += [_half_more(match) for match in _HALF_MORE.finditer(text)]
    return fractions + [_rank(match) for match in _RANK.finditer(text)]


def _half_more(match: re.Match[str]) -> Quantity:
    """七个半点, 七个点半, 五个点一."""
    part = Decimal(DIGIT[match["tenth"]]) / 10 if match["tenth"] else Decimal("0.5")
    value = (read_number(match["whole"]) or Decimal(0)) + part
    return Quantity(match.start(), match.end(), "percent", Bound.EXACT, value)


def _fraction(match: re.Match[str]) -> Quantity:
    if match["double"] or match["all"]:
        return Quantity(match.start(), match.end(), "percent", Bound.EXACT, Decimal(100))
    if match["half"]:
        bound = Bound.EXACT if match["half"] == "一半" else Bound.AT_LEAST
        return Quantity(match.start(), match.end(), "percent", bound, Decimal(50))
    share = Decimal(100 * DIGIT[match["above"]]) / Decimal(
        10 if match["below"] == "十" else DIGIT[match["below"]]
    )
    value = round(share, 2)
    return Quantity(match.start(), match.end(), "percent", Bound.EXACT, value)


def _rank(match: re.Match[str]) -> Quantity:
    """第三, 前五; the latter is at most so."""
    value = read_number(match["at"] or match["top"]) or Decimal(0)
    upper = read_number(match["to"] or "")
    if upper is not None and upper > value:
        return Quantity(match.start(), match.end(), "rank", Bound.RANGE, value, upper)
    bound = Bound.EXACT if match["at"] else Bound.AT_MOST
    return Quantity(match.start(), match.end(), "rank", bound, value)
