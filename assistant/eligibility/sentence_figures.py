"""The years and the quantities of a sentence, by their place in the whole text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.eligibility.parts import Quantity
from assistant.eligibility.quantities import find_quantities
from assistant.eligibility.scope import NEAR, Sentence
from assistant.eligibility.years import YearSpan, find_years

_DAY_UNITS = ("年", "月", "日", "号")
_EACH = re.compile(
    r"一[件项个张次家条](?=(?:[^,，。;]{0,8}(?:都|也)(?:还)?[没不]|没有?))|一[趟班艘]次?(?=大概|大约|约|能|可以?|载|坐|差不多|平均|\d|[一二三四五六七八九两几])"
)
"""一趟大概两千人: of each, and no number of them; 一件发明都没有: none at all."""
_POINTED = re.compile("^[这那哪每](?:一[块点]|[两二三四几]块)")
"""研发这一块, 餐饮住宿这两块: no money."""

_SHARE_BEFORE = re.compile(
    r"(?:占比?|比[例重]|率|(?<!调)度|增[速幅]|最[差低少慢弱小惨])"
    r"(?:20\d\d年?度?|\d\d年|[去前今]年|分别|[逐各分]年|\(%\)|营业额|营收|收入|销售额?"
    r"|总投资?|比[例重]?|两年|连续"
    r"|[是为约在大概就有才的和与它那个年一里也只每近这各度%:= ,，、/→-]|\d++(?:\.\d++)?%?"
    r"|[一二三四五六七八九十]+点[一二三四五六七八九])*$"
)
_NO_NOUN = re.compile(r" ?(?:$|[,，;、)(|/]| |左右|上下|吧|呢|了)")
_MOST_SHARE = 100


def years_in(sentence: Sentence, day: date) -> list[YearSpan]:
    """Every year or span of years that is said, as of `day`."""
    offset = sentence.start
    return [
        replace(one, start=one.start + offset, end=one.end + offset)
        for one in find_years(sentence.text, day)
    ]


def quantities_in(text: str, sentence: Sentence, years: Sequence[YearSpan]) -> list[Quantity]:
    """Every quantity that is no part of a year or day, and not 一 of 一趟, 这一块, 一件都没有."""
    offset = sentence.start
    found = [
        replace(one, start=one.start + offset, end=one.end + offset)
        for one in find_quantities(sentence.text)
    ]
    return [
        _share(text, sentence, one)
        for one in found
        if not any(year.start < one.end and one.start < year.end for year in years)
        and not (one.kind in ("year", "month") and _is_date(one))
        and not (one.kind == "bare" and text[one.end : one.end + 1] in _DAY_UNITS)
        and not _EACH.match(text, one.start)
        and not _POINTED.search(text[max(0, one.start - 1) : one.end])
    ]


def _share(text: str, sentence: Sentence, quantity: Quantity) -> Quantity:
    """主营占比97.2: a percentage, though no one says of it that it is one."""
    if quantity.kind != "bare" or quantity.value > _MOST_SHARE:
        return quantity
    head = text[max(sentence.start, quantity.start - NEAR) : quantity.start]
    is_share = _SHARE_BEFORE.search(head) and _NO_NOUN.match(text[quantity.end : sentence.end])
    return replace(quantity, kind="percent") if is_share else quantity


def _is_date(quantity: Quantity) -> bool:
    """2021年5月 is no span of years."""
    return quantity.kind == "year" and quantity.value > 200
