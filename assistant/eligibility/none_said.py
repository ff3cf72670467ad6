"""Figures that are none at all: 研发费一分没有, 没有研发投入, 营收为零, 发明专利一件都没有."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from assistant.eligibility.linking_words import is_qualified
from assistant.eligibility.mentions import Mention
from assistant.eligibility.parts import Quantity
from assistant.eligibility.readings import Bound
from assistant.eligibility.runs import Link

_END = r"(?=$|[,，。;、 )|]|就|的)"
_NOTHING = re.compile(
    r"(?:方面|这块|那块|目前|现在|去年|也|都|还|的|是|为|[:= ])*"
    r"(?:一[分毛](?:钱|都|也)*没(?:有|花|投)?"
    rf"|一[件项个](?:都|也)?没(?:有)?|(?:还是)?(?:零|zero){_END}|0(?:件|项|个|元|万元?)?{_END}"
    rf"|没有?(?:发生)?[,，]0(?:件|项|个|元|万元?)?{_END})"
)
_ENDS = re.compile(_END)
_NO_COST = re.compile(rf"(?:还|也|都)?(?:没有|没花){_END}")
_NONE_OF = re.compile(r"(?:没有?|零|无)(?:花过?|发生|什么|任何|一分钱?)?$")
_NO_INCOME = re.compile("(?:没有?|无|去年)一分钱$")
_SAID_FIRMLY = ("rd_expense", "ip_class1_count")
_INCOME = frozenset(("收入", "营收", "营业收入", "销售收入"))
"""Said of the whole of it, and not of what is sold abroad; 没有收入 alone is said too lightly."""


def nothing_of(
    text: str, span: tuple[int, int], mentions: Sequence[Mention], units: Mapping[str, str]
) -> Iterator[Link]:
    """A figure 0 for each name in `mentions` that is said to have none; `span`: the sentence."""
    for one in mentions:
        keys = [key for key in one.keys if units[key] in ("万元", "项")]
        if not keys:
            continue
        key = keys[0]
        after = _NOTHING.match(text, one.end, span[1])
        if after is None and key in _SAID_FIRMLY:  # 没有收入 or 没有融资 is said too lightly
            after = _NO_COST.match(text, one.end, span[1])
        before = _NONE_OF.search(text, max(span[0], one.start - 4), one.start)
        if key == "revenue" and _has_none(text, span[0], one):
            yield Link(key, _zero(one.start - 1, one.end), one.start - 1)
            continue
        if key == "revenue" and is_qualified(text, one.start):
            continue
        is_firm = before and (before[0] == "零" or one.keys == ("rd_expense",))
        if before and is_firm and _ENDS.match(text, one.end):
            yield Link(key, _zero(before.start(), one.end), before.start())
            continue
        if after is not None:
            yield Link(key, _zero(after.start(), after.end()), one.start)


def _has_none(text: str, start: int, one: Mention) -> bool:
    """还没一分钱收入; 去年一分钱收入没有."""
    head, tail = text[max(start, one.start - 8) : one.start], text[one.end :]
    if text[one.start : one.end] not in _INCOME or not _NO_INCOME.search(head):
        return False
    return bool((_NO_COST if head.endswith("去年一分钱") else _ENDS).match(tail))


def _zero(start: int, end: int) -> Quantity:
    return Quantity(start, end, "money", Bound.EXACT, Decimal(0))
