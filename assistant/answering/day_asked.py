"""The day that a question is about, where it names one: 2022年的时候, 去年, 2023年3月那会儿."""

from __future__ import annotations

import re
from datetime import date

_WHEN = r"(?:的?时候|那时|那年|那会儿?|当时|期间|时有效|时还|时的)"
_YEAR = re.compile(
    rf"(?P<y>(?:19|20)\d\d)年(?:(?P<m>1[0-2]|[1-9])月)?(?:(?P<d>[12]?\d|3[01])[日号])?{_WHEN}"
)
_AGO = re.compile(
    rf"(?P<ago>大前年|前年|去年)(?:{_WHEN}|.{{0,6}}(?:有效|规定|标准|政策|能拿|怎么))"
)
_YEARS = {"去年": 1, "前年": 2, "大前年": 3}
MIDDLE = (7, 1)
"""A year alone is read as its middle."""


def day_asked(norm: str, today: date) -> date | None:
    """The day a normalised question asks about; None where it names none.

    >>> day_asked("2022年的时候高企奖多少", date(2026, 6, 30))
    datetime.date(2022, 7, 1)
    >>> day_asked("到2026年要培育多少家", date(2026, 6, 30)) is None
    True
    """
    if found := _YEAR.search(norm):
        month, day = int(found["m"] or MIDDLE[0]), int(found["d"] or MIDDLE[1])
        try:
            return date(int(found["y"]), month, day)
        except ValueError:
            return None
    if found := _AGO.search(norm):
        return date(today.year - _YEARS[found["ago"]], *MIDDLE)
    return None
