"""A figure without a name that says the last one once more: put right, or told in two ways."""

from __future__ import annotations

import re

from assistant.eligibility.parts import Quantity
from assistant.eligibility.quantities import find_quantities
from assistant.eligibility.readings import ReadFact
from assistant.eligibility.runs import Link

FARTHEST = 24
"""Characters between the two."""
_AGAIN = re.compile(
    r"(?:不对|错了|更正|应该是|纠正|哦不|走了)[^。;]{0,16}$"
    r"|(?:另一[张份处页]|表上|表里|后面|执照上|网上|合同上|又)[^。;]{0,6}(?:写|说|填|报|登)(?:的|着|成)?(?:是|成|了)?$"
    r"|另一[张份处页][^。;]{0,4}是$"
    r"|(?:具体|准确(?:讲|说)?|确切)(?:是)?$"
    r"|(?:裁|走|离职)[^。;]{1,12}(?:现在|目前|还?剩)$"
)
_BUT = re.compile(r"[,，、 ]*(?:而|应该|其实)?是")
_ENDS = re.compile(r"$|[,，。;、) ]")
_PEOPLE = frozenset(("person", "count"))


def told_again(text: str, quantity: Quantity, last: ReadFact | None) -> Link | None:
    """不对，17个; 另一张表上写的是9500万. `last` is the figure read before; of another kind it is
    none.
    """
    if last is None or last.end > quantity.start:
        return None
    if quantity.kind == "bare" and not _ENDS.match(text, quantity.end):
        return None
    gap = text[last.end : quantity.start]
    kinds = {one.kind for one in find_quantities(text[last.start : last.end])}
    is_number = quantity.kind == "bare" and last.unit == "人"
    is_alike = is_number or quantity.kind in kinds or {quantity.kind, *kinds} <= _PEOPLE
    if len(gap) > FARTHEST or not is_alike:
        return None
    if not _AGAIN.search(gap) and not is_denied(text, last, quantity.start):
        return None
    years = None if last.year is None else (last.year,)
    return Link(last.fact, quantity, quantity.start, years)


def is_denied(text: str, last: ReadFact, start: int) -> bool:
    """不是58，是85: the figure before `start` is put in the place of the last one."""
    head = text[max(0, last.start - 4) : last.end]
    return "不是" in head and bool(_BUT.fullmatch(text[last.end : start]))
