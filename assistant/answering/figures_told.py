"""Where a question asks for a figure or a time, and the words have one of that kind: 几天 and 五天.

Whether it is the one asked for is left to the judge: what is taken out leaves a mark of its own.
"""

from __future__ import annotations

import re

from assistant.answering.figures_asked import ASKED_UNIT, is_alike
from assistant.text import find_numbers

BORNE_OUT = "□"
"""What the words have, without a doubt; the other marks: something of its kind."""
AMOUNT, COUNT, TIME, ANY = "￥", "＃", "＠", "＆"
MARKS = frozenset((BORNE_OUT, AMOUNT, COUNT, TIME, ANY))
"""Characters that a normalised question has not."""
_MONEY = frozenset(("亿", "亿元", "万元", "元", "钱"))
_UNIT = re.compile(
    r"\s*(?:多|余)?(元|平方米|平米|万方|方|家|(?:个工作)?日|个|条|项|名|人|位|张|套|亩|强|类|年|月|天|次|倍|岁|批|层|期|%|款|种)"
)
_ASKS_TIME = re.compile(
    r"什么时候|啥时候|何时|哪一?[天年月日]|几[月号时]|多久|多长时间|截止(?:到什么时候|时间|日期)?"
)
_TELLS_TIME = re.compile(
    r"20\d\d年|\d+[月日]|每[年季月周]|季度|工作日|[0-9一二三四五六七八九十两](?:[日天周年]|个月)"
)
_ASKS_START = re.compile(r"(?:什么时候|何时|哪一?[天年月日])(?:起|开始|正式)?(?:施行|实施|生效)")
_TELLS_START = re.compile(r"日起(?:正式)?(?:施行|实施|生效)")
_ASKS_ANY = re.compile("多少|几何|几成")


def told_spans(norm: str, said: str) -> list[tuple[int, int, str]]:
    """Start, end and mark of what `norm` asks for and `said` has, none within another."""
    units = _units_of(said)
    asked = [
        (*found.span(), AMOUNT if found["unit"] in _MONEY else COUNT)
        for found in ASKED_UNIT.finditer(norm)
        if any(_answers(found["unit"], unit) for unit in units)
    ]
    if _TELLS_START.search(said):  # no other day is meant
        asked += [(*found.span(), BORNE_OUT) for found in _ASKS_START.finditer(norm)]
    if _TELLS_TIME.search(said):
        asked += [(*found.span(), TIME) for found in _ASKS_TIME.finditer(norm)]
    if units:
        asked += [(*found.span(), ANY) for found in _ASKS_ANY.finditer(norm)]
    told: list[tuple[int, int, str]] = []
    for start, end, mark in asked:
        if all(end <= a or b <= start for a, b, _ in told):
            told.append((start, end, mark))
    return told


def _answers(asked: str, unit: str) -> bool:
    """Whether a figure of this unit can be the one: a share for an amount, days for 日."""
    is_share = asked in _MONEY and unit == "%"
    is_day = asked == "天" and unit[-1] == "日"
    return is_share or is_day or is_alike(asked, unit)


def _units_of(said: str) -> frozenset[str]:
    numbers = find_numbers(said)
    found = {unit[1] for one in numbers if (unit := _UNIT.match(said[one.end :]))}
    return frozenset(found | {"%" for one in numbers if "%" in said[one.start : one.end]})
