"""A figure with its fact; figures in a row, 分别是8000万、1亿、1.2亿, with what they share."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.eligibility.linking_words import COLLOQUIAL, CONNECTOR
from assistant.eligibility.mentions import Mention
from assistant.eligibility.parts import Quantity
from assistant.eligibility.readings import ReadFact
from assistant.eligibility.scope import NEAR
from assistant.eligibility.years import YearSpan


@dataclass(frozen=True, slots=True)
class Link:
    """A quantity with the fact it is of.

    `years` is None where they are still to be looked for, and empty where none was said.
    """

    fact: str
    quantity: Quantity
    start: int
    years: tuple[int, ...] | None = None
    sign: int = 1


def same_unit(text: str, run: list[Quantity]) -> list[Quantity]:
    """分别为800、950、1100万, 5.1、6.2%: the last one has the unit of all."""
    last = run[-1]
    if last.kind == "percent":
        return [replace(one, kind="percent") if one.kind == "bare" else one for one in run]
    if last.kind != "money" or not any(one.kind == "bare" for one in run):
        return run
    raw = text[last.start : last.end]
    factor = Decimal(10**8 if "亿" in raw else 10**4)
    return [
        replace(one.scaled(factor), kind="money")
        if one.kind == "bare"
        else one
        for one in run
    ]


def named_together(text: str, before: list[Mention]) -> list[Mention]:
    names = [before[-1]]
    for one in reversed(before[:-1]):
        gap = text[one.end : names[0].start]
        if gap and not CONNECTOR.fullmatch(gap):
            break
        names.insert(0, one)
    return names


def years_for(years: list[YearSpan], run: list[Quantity]) -> tuple[int, ...]:
    """As many as the run has figures: said right behind it in brackets, or before it."""
    count = len(run)
    behind = [one for one in years if 0 < one.start - run[-1].end <= 2 and one.is_span]
    spans = [*(one for one in years if one.end <= run[0].start), *behind]
    for one in reversed(spans):
        if one.is_span and len(one.years) == count:
            return one.years
    singles = [one.years[0] for one in spans if not one.is_span][-count:]
    return tuple(singles) if len(singles) == count and len(set(singles)) == count else ()


_OTHER_MATTER = re.compile(
    r"的?(?:研发|设备|项目|投资|融资|固投|技改|改造|贷款|单子?|合同|订单)"
)
"""去年做了300万的研发 is no revenue."""


def sold(text: str, start: int, quantity: Quantity, years: list[YearSpan]) -> Link | None:
    """去年做了1.2亿: the revenue, without a name for it from `start` on."""
    head = text[start : quantity.start].rstrip()[-NEAR:]
    start = quantity.start - len(head)
    verb = COLLOQUIAL.search(head)
    if verb is None:
        return None
    at = start + verb.start()
    is_dated = any(one.end == at and start <= one.start for one in years)
    is_each = re.match("(?:生意)?(?:一|每)年", verb[0]) and (at == start or text[at - 1] in ",，; ")
    if not (is_dated or is_each or re.search("(?:我们|我司|公司)$", text[start:at])):
        return None
    if _OTHER_MATTER.match(text, quantity.end):
        return None
    return Link("revenue", quantity, at)


def years_behind(text: str, years: list[YearSpan], quantity: Quantity) -> tuple[int, ...]:
    """1.5亿（2024）; empty where none is in brackets behind the figure."""
    for one in years:
        before, after = text[quantity.end : one.start], text[one.end : one.end + 1]
        if one.start >= quantity.end and before.strip() == "(" and after == ")":
            return one.years
    return ()


_RATIO = re.compile(
    r"[,，、 ]*(?:投入)?(?:占比|强度|(?:正好|刚好|合|折合?|也就是|约合|才|占)(?:到|了)?"
    r"(?:营业收入|收入|营收|销售额?|revenue)?的?)(?:是|为|约|大概|差不多|就|才|有|[: ])*"
)
_OF_YEARS = re.compile("[三两]年|累计|合计")
_COSTS = {"rd_expense", "revenue"}


def is_rd_ratio(
    text: str, start: int, links: list[Link], carried: str | None, quantity: Quantity
) -> bool:
    """研发412万，强度7%; 研发28万，收入1900万，才一个半点: the one amount by the other. `carried`:
    the fact of the clause before a semicolon, where the sentence from `start` on has none yet.
    """
    before = sorted(links, key=lambda one: one.quantity.end)[-2:]
    facts = [one.fact for one in before] or [carried or ""]
    is_cost = facts[-1] == "rd_expense" or set(facts) == _COSTS
    at = before[-1].quantity.end if before else start
    if before and _OF_YEARS.search(text[max(start, before[0].start - NEAR) : at]):
        return False
    return is_cost and bool(_RATIO.fullmatch(text[at : quantity.start][:NEAR]))


_YEAR_BEFORE = re.compile(r"(?:上一年|上年|上期)(?:度|同期)?(?:是|为|有|才|还|[: ])*$")


def year_before(text: str, read: list[ReadFact], link: Link) -> tuple[int, ...]:
    """营业总收入38,450（上年35,210）: the year before that of the same figure just read."""
    start = link.quantity.start
    if not _YEAR_BEFORE.search(text[max(0, start - 10) : start]):
        return ()
    near = [one for one in read if one.fact == link.fact and 0 <= start - one.end <= NEAR]
    return (near[-1].year - 1,) if near and near[-1].year else ()


def years_between(years: list[YearSpan], start: int, end: int) -> tuple[int, ...]:
    """The last that were said there."""
    found = [one for one in years if start <= one.start and one.end <= end]
    return found[-1].years if found else ()


def is_of_people(mention: Mention, gap: str, quantity: Quantity) -> bool:
    """员工26人，研发占八成: more than money could be; 研发的占四成."""
    is_short = mention.end - mention.start <= 3 and (quantity.value > 30 or gap[:1] == "的")
    return is_short and not re.search("收入|营收|销售", gap)


def growth_of(
    units: Container[str], found: re.Match[str], quantity: Quantity, start: int
) -> Link | None:
    """`found`: the word that says a rise or a fall."""
    if "revenue_growth" not in units:
        return None
    sign = -1 if re.search(r"下|跌|降|减|缩|负", found["word"]) else 1
    return Link("revenue_growth", quantity, start, None, sign)


def undated(text: str, years: list[YearSpan], start: int, end: int) -> str:
    """The words there without the years."""
    gap = text[start:end]
    for one in reversed(years):
        if start <= one.start and one.end <= end:
            gap = gap[: one.start - start] + gap[one.end - start :]
    return gap
