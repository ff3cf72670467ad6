"""The unit of money that is not said beside its figure: so many 元, 0 where none was said."""

from __future__ import annotations

import re
from decimal import Decimal

from assistant.eligibility.parts import Quantity
from assistant.eligibility.runs import Link

_ALL_MONEY = re.compile(r"(?:单位|都|均)[:是为]{0,2} ?([万亿]?元|[万亿])(?=$|[,，。;:)计 ])")
_HERE = re.compile(r"\((?:单位[:是]?)?([万亿]?元|[万亿w])\)")
_BEHIND = re.compile(rf"[\d年度、,，./ ]*{_HERE.pattern}")
"""2023年 210、2024年 248（万元）."""
_SHORT = re.compile("[一二三四五六七八九两][千百][一二三四五六七八九]$")
_IN_10000 = re.compile(r"[\d一二两三四五六七八九十百千]个?(?:万|w)(?!\d*[人名台平件])")
_SCALES = {"万": 10**4, "w": 10**4, "亿": 10**8, "元": 1}
_LEAST_SURE, _MOST_SURE = 100, 10**5
_UNITLESS = re.compile(
    r"(?:收入|营收|开票|销售额?|研发费?用?|利润|总资产|产值)[^,，。;:\d]{0,6}\d[\d,]{2,5}(?![\d,.万亿w元年人名%])"
)
"""营收5,206 研发498: one who says several amounts without a unit speaks in 万元."""
_LEAST_CARRIED = 10
"""营收1.2 after so many 万 is more likely of 亿."""


def scale_of_all(text: str) -> int:
    """单位万元; 都是万."""
    return _scale(_ALL_MONEY.search(text))


def scale_in_brackets(words: str) -> int:
    """营业收入（万元）."""
    return _scale(_HERE.search(words))


def scale_beside(text: str, link: Link) -> int:
    """In brackets between the name and the figure, or behind the list that the figure is of."""
    inside = _HERE.search(text, link.start, link.quantity.start)
    return _scale(inside or _BEHIND.match(text, link.quantity.end))


def is_short(text: str, quantity: Quantity) -> bool:
    """固投九千八: of 万元, as nobody invests 9,800 元."""
    is_bare = quantity.kind == "bare"
    return is_bare and bool(_SHORT.search(text[quantity.start : quantity.end]))


def likely_scale(text: str, quantity: Quantity) -> int:
    """总投3200万，设备2100: the 万 of a figure before goes on."""
    is_of_10000 = is_short(text, quantity) or (
        _LEAST_SURE <= quantity.value < _MOST_SURE and len(_UNITLESS.findall(text)) > 1
    ) or (
        quantity.value >= _LEAST_CARRIED and _IN_10000.search(text, 0, quantity.start)
    )
    return 10**4 if is_of_10000 else 0


def _scale(found: re.Match[str] | None) -> int:
    return _SCALES[found[1][0]] if found else 0


def plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else round(float(value), 6)
