"""The day that a question is about, where it names one: 2022年的时候, 去年, 2023年3月那会儿."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_WHEN = r"(?:的?时候|那时|那年|那会儿?|当时|期间|时有效|时还|时的)"
_DATE = r"(?P<y>(?:19|20)\d\d)年(?:(?P<m>1[0-2]|0?[1-9])月)?(?:(?P<d>0?[1-9]|[12]\d|3[01])[日号])?"
_FORCE = r"(?:有效(?!期)|现行|管用)"
_ASKS_FORCE = rf"(?=(?:还|是否|仍|也|能否){_FORCE}|{_FORCE}.{{0,2}}[吗么?])"
_NAMED = (
    re.compile(rf"{_DATE}{_WHEN}"),
    re.compile(rf"截(?:至|止到?){_DATE}(?P<end>年?[底末])?(?:为止|时)?(?=.*{_FORCE})"),
    re.compile(rf"{_DATE}{_ASKS_FORCE}"),
)
_AGO = re.compile(
    rf"(?P<ago>大前年|前年|去年)(?:{_WHEN}|(?=.{{0,6}}(?:有效|规定|标准|政策|能拿|怎么)))"
)
_YEARS = {"去年": 1, "前年": 2, "大前年": 3}
MIDDLE = (7, 1)
"""A year alone is read as its middle."""


@dataclass(frozen=True, slots=True)
class DayAsked:
    """A day and where the words for it stand."""

    day: date
    start: int
    end: int


def find_day(norm: str, today: date) -> DayAsked | None:
    """The day a normalised question asks about; None where it names none.

    >>> find_day("2022年的时候高企奖多少", date(2026, 6, 30))
    DayAsked(day=datetime.date(2022, 7, 1), start=0, end=8)
    >>> find_day("到2026年要培育多少家", date(2026, 6, 30)) is None
    True
    """
    for pattern in _NAMED:
        if found := pattern.search(norm):
            day = _day_of(found)
            return DayAsked(day, *found.span()) if day else None
    if found := _AGO.search(norm):
        day = date(today.year - _YEARS[found["ago"]], *MIDDLE)
        return DayAsked(day, *found.span())
    return None


def day_asked(norm: str, today: date) -> date | None:
    """The day alone."""
    found = find_day(norm, today)
    return found.day if found else None


def without_day(norm: str, found: DayAsked) -> str:
    """The question without the words for its day; whole where nothing else is left of it."""
    rest = (norm[: found.start] + norm[found.end :]).strip(" ,、的")
    return rest if len(rest) > 1 else norm


def _day_of(found: re.Match[str]) -> date | None:
    """The first day of a month that is named alone, its last one after 截至 and of 年底."""
    year, month, day = (int(found[one] or 0) for one in "ymd")
    is_until = "end" in found.re.groupindex
    if not month:
        return date(year, *((12, 31) if is_until else MIDDLE))
    last = monthrange(year, month)[1]
    day = day or (last if is_until else 1)
    return date(year, month, day) if day <= last else None
