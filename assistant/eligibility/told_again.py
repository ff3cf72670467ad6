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
    r"(?:不对|错了|更正|应该是|纠正|哦不|走了)[^。;]{0,12}$"
    r"|(?:另一[张份处页]|表上|表里|后面|执照上|网上|合同上|又)[^。;]{0,6}(?:写|说|填|报|登)(?:的|着|成)?(?:是|成|了)?$"
    r"|另一[张份处页][^。;]{0,4}是$"
)
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
    is_alike = quantity.kind in kinds or {quantity.kind, *kinds} <= _PEOPLE
    if len(gap) > FARTHEST or not is_alike or not _AGAIN.search(gap):
        return None
    years = None if last.year is None else (last.year,)
    return Link(last.fact, quantity, quantity.start, years)
