"""Which calendar year a figure is of: 去年, 前年, 2024年度, 近三年, by the day of asking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from assistant.text import read_number

_N = r"[\d〇零一二三四五六七八九十两]"
_YEAR = re.compile(
    r"(?P<span>(?:近|最近|过去|前|这|连续)(?P<count>[二两三四五2-5])(?:个会计|个完整会计)?年)"
    r"|(?P<two>(?<!近)(?<!这)两年)(?=分别|依次|:)"
    r"|(?P<list>(?<=\()(?:(?:1[89]|2\d)[/、])+(?:1[89]|2\d)(?=\))|(?<![\d.])(?:(?:20)?(?:1[89]|2\d)年?[/、和及与]){1,4}(?:20)?(?:1[89]|2\d)年)"
    r"|(?<=\()(?P<alone>(?:1[89]|2\d)年)(?=\))"
    r"|(?P<from>(?:20)?\d{2})年?(?:度)? ?[-~到至] ?(?P<to>(?:20)?\d{2})年(?:度)?"
    r"|(?P<three>(?<![了做第满足])三年)(?=平均|累计|合计|综合|加权|均|研发|总|合|拉通|加起来|通算|下来|分别|依次|:)"
    r"|(?P<from2>20\d{2}) ?[-~到至] ?(?P<to2>20\d{2})"
    r"|(?P<ago>(?P<agon>[一二两三四五六七八九十\d]{1,2})年以?前)"
    r"|(?P<named>大前年|再前一?年|前年度?|去年度?|上一?个?(?:财|会计)?年度?|最近一个?(?:会计)?年度?|近一年"
    r"|今年|本年度?)(?:全年|整年|一年|底|末)?"
    r"|(?P<year>(?<!\d)20\d{2}|二[〇零]二[〇零一二三四五六七八九])(?:财年|会计年度|年度|年全年"
    r"|年|(?=[ :,，、~()/营销研收三两四跌涨增降反开卖利亏赚入-]|$))"
    r"|(?P<short>(?<![\d.了做满近约快超有第耕注达才过])(?:1[89]|2\d))年(?!前|以|来|经验|的?历史"
    r"|多|了|以上|[,，。;；!?)]"
    r"|$)(?:度|全年)?"
)
_BACK = {"大前年": 3, "再前一年": 2, "再前年": 2, "前年": 2, "去年": 1, "今年": 0, "本年": 0}


@dataclass(frozen=True, slots=True)
class YearSpan:
    """Years named where they stand, in the order they were said."""

    start: int
    end: int
    years: tuple[int, ...]
    is_span: bool = False


def find_years(text: str, day: date) -> list[YearSpan]:
    """Every year or span of years of normalised text, in order."""
    found = []
    for match in _YEAR.finditer(text):
        years, is_span = _years(match, day)
        if years:
            found.append(YearSpan(match.start(), match.end(), years, is_span))
    return found


def _years(match: re.Match[str], day: date) -> tuple[tuple[int, ...], bool]:
    if match["span"]:
        count = int(read_number(match["count"]) or 0)
        return tuple(range(day.year - count, day.year)), True
    if match["list"]:
        years = tuple(_full(one) for one in re.findall(r"\d+", match["list"]))
        return (years, True) if len(set(years)) == len(years) else ((), False)
    if match["three"] or match["two"]:
        return tuple(range(day.year - (3 if match["three"] else 2), day.year)), True
    if match["from"] or match["from2"]:
        first = _full(match["from"] or match["from2"])
        last = _full(match["to"] or match["to2"])
        step = 1 if last >= first else -1
        years = tuple(range(first, last + step, step))
        return (years, True) if len(years) <= 6 else ((), False)
    if match["ago"]:
        return (day.year - int(read_number(match["agon"]) or 0),), False
    if match["named"]:
        word = match["named"].removesuffix("度")
        return (day.year - _BACK.get(word, 1),), False
    return (_full(match["year"] or match["short"] or match["alone"][:2]),), False


def _full(digits: str) -> int:
    year = int(read_number(digits) or 0)
    return year if year >= 100 else 2000 + year
