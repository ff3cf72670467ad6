"""Figures by cues: of those that no name stands right beside, the fact whose words are nearest.

What people say of a figure is rarely its name: 卖脱三千两百万, 技改一共砸进去1,860万. A number's
`signs` are written as those of a yes or no (`技改+砸/投`); the quantity must be of its unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.eligibility.figure_money import is_short
from assistant.eligibility.linking_words import KINDS_BY_UNIT, is_qualified
from assistant.eligibility.mentions import is_about
from assistant.eligibility.parts import Quantity
from assistant.eligibility.readings import DefinitionLike
from assistant.eligibility.runs import Link
from assistant.eligibility.scope import Sentence
from assistant.eligibility.signs import Found, find_sign, parsed_signs

FARTHEST = 14
"""Characters between the cue and its figure."""
BEHIND = 6
"""The same for a cue that stands after its figure: 18 人搞研发; no comma may lie between."""
PARTED = 2
"""Characters that a cue on both sides of its figure loses where a comma parts them."""
_SPACE = re.compile(r"[^ ] \S|^ \S")
_COMMA = re.compile("[,，、;:]")
_PER_CHARACTER = 0.25
"""What a character between costs, in characters of the cue: fuller goes before nearer."""
_GOES_ON = re.compile(
    r"[,，、;和 到]*(?:(?:19|20)?\d\d年度?|去年|前年|大前年|今年|上一?年)?"
    r"(?:是|为|就|又|的|,|，|也有?|大概|约|同比|增长|涨了?|增加?|升到?|到| )*"
)
_NO_OWN = re.compile(
    r"(?:从|由|原来的?|以前的?|较|(?<!占)比|其中|新?[台臺][币幣]|港币|美元|每人|人均|每亩)(?:约|大约|[\u4e00-\u9fff]?年的?)?$"
)
"""What a figure grew from, a part of one, or one in other money."""
_ONE_YEAR = re.compile(r"一年(?![了多半出]|$|[,，。;)])")
"""Each year, and no span of one."""
_THING = re.compile("国家|省|市|项目|课题|成果|产品|品种|平台|系统|中心")
"""手上一个国家重点研发计划的成果 counts no people."""
_LOSS = re.compile(r"(?<!扭)亏|赔|负|倒贴|蚀")
_MOVE = re.compile(r"跌|降|滑|减|(?<!最)少|掉|缩|落|负|涨|增|升|多|\+")
_FALL = re.compile(r"跌|降|下滑|减|(?<!最)少|掉|缩|回落|负|萎缩|滑")
_FALLING = ("revenue_growth", "output_growth", "growth_3y", "output_growth_3y_min")
_GOES_BEYOND = (*_FALLING, "equity_financing_2y")
"""融资去年900万，两年加起来2100万: told by the name of the figure before."""
_OF_A_TRADE = re.compile("服务|外包")
_SPAN_OF_TIME = re.compile("里|内|来|以来|间|之")


def _is_share_of_part(sentence: Sentence, quantity: Quantity) -> bool:
    """其中CMC约占三成: a part of a figure that was said before."""
    clause = sentence.clause_at(quantity.start)
    return quantity.kind == "percent" and clause.text.lstrip().startswith("其中")


_THAT_IS = re.compile("也就是|就是|即|合|相当于|折")


def _is_qualified(sentence: Sentence, found: Found) -> bool:
    """其他收入, 净利润 are other figures than 收入, 利润."""
    start, end = found.inside[0]
    named = sentence.text[start:end] in ("收入", "利润", "营收", "销售额", "资产")
    return named and is_qualified(sentence.text, start)


def _is_spent(
    found: Found, quantity: Quantity, sentence: Sentence, linked: Mapping[int, Link]
) -> bool:
    """Whether the cue names a figure before a comma: 研发投入八百多万，86个人."""
    start = found.start + sentence.start
    for link in linked.values():
        if link.fact.endswith("_share"):
            continue
        if link.start <= start < link.quantity.end <= quantity.start:
            gap = sentence.text[link.quantity.end - sentence.start :][: quantity.start - start]
            return bool(_COMMA.search(gap)) and not _THAT_IS.match(gap.lstrip(",，、"))
    return False


class CueFinder:
    """Finds the facts of quantities that were linked to none."""

    def __init__(self, definitions: Mapping[str, DefinitionLike], units: Mapping[str, str]) -> None:
        self._units = units
        self._series = {name for name in units if definitions[name].type == "series"}
        self._signs = {
            name: parsed_signs(definitions[name].signs)
            for name in units
            if definitions[name].signs
        }
        self._near = {name: tuple(definitions[name].near) for name in self._signs}

    def links(
        self,
        text: str,
        sentence: Sentence,
        quantities: Sequence[Quantity],
        linked: Mapping[int, Link],
    ) -> Iterator[Link]:
        """Of the sentence's quantities those that are not `linked` by their start, in order; a
        list of years goes on with the fact of the figure before.
        """
        cues = [
            (name, found)
            for name, signs in self._signs.items()
            if not self._near[name] or is_about(self._near[name], text)
            for sign in signs
            for found in find_sign(sign, sentence)
            if not _is_qualified(sentence, found)
        ]
        last: Link | None = None
        for quantity in quantities:
            head = text[sentence.start : quantity.start][-8:]
            is_yearly = quantity.kind == "year" and (
                _ONE_YEAR.match(text, quantity.start) or _SPAN_OF_TIME.match(text, quantity.end)
            )
            if quantity.start in linked or _NO_OWN.search(head) or is_yearly:
                last = linked.get(quantity.start)
                continue
            own = [
                one
                for one in cues
                if one[0] in _GOES_BEYOND or not _is_spent(one[1], quantity, sentence, linked)
            ]
            last = self._best(text, sentence, own, quantity, quantities) or self._next(
                text, last, quantity
            )
            if last is not None:
                yield last

    def _best(
        self,
        text: str,
        sentence: Sentence,
        cues: Sequence[tuple[str, Found]],
        quantity: Quantity,
        others: Sequence[Quantity],
    ) -> Link | None:
        if _is_share_of_part(sentence, quantity):
            return None
        start, end = quantity.start - sentence.start, quantity.end - sentence.start
        best: tuple[float, str, Found] | None = None
        for name, found in cues:
            gap = max(start - found.end, found.start - end, 0)
            if not self._fits(text, name, quantity, gap):
                continue
            left, right = (found.end, start) if found.end <= start else (end, found.start)
            parted = any(
                left <= one.start - sentence.start and one.end - sentence.start <= right
                for one in others
                if one is not quantity and one.kind == quantity.kind
            )
            is_behind = found.start >= end
            if is_behind and "不是" in sentence.text[end : found.start]:
                continue
            if is_behind and _SPACE.search(sentence.text[end : found.start + 1]):
                continue
            commas = len(_COMMA.findall(sentence.text[left:right]))
            if parted or gap > (BEHIND if is_behind else FARTHEST) or commas > (not is_behind):
                continue
            if commas and name == "rd_staff_count" and _OF_A_TRADE.match(sentence.text, found.end):
                continue  # 从事研发服务，二十六人
            is_parted = found.start < start and found.end > end and bool(
                _COMMA.search(sentence.text[end : found.end])
            )
            if is_parted and quantity.kind == "percent":
                continue  # a share before a comma, its whole after it
            score = found.size - _PER_CHARACTER * gap - PARTED * is_parted
            if best is None or score > best[0]:
                best = (score, name, found)
        if best is None:
            return None
        start = min(best[2].start + sentence.start, quantity.start)
        return signed_link(best[1], start, quantity, sentence)

    def _fits(self, text: str, name: str, quantity: Quantity, gap: int) -> bool:
        unit = self._units[name]
        is_counted = unit == "人" and quantity.kind == "count" and text[quantity.end - 1] == "个"
        if is_counted and _THING.match(text, quantity.end):
            return False
        if quantity.kind == "bare" and unit == "万元":
            return is_short(text, quantity)
        if quantity.kind == "bare" and unit != "分":
            return unit == "人" and gap == 0  # 全员130
        return is_counted or quantity.kind in KINDS_BY_UNIT.get(unit, ())

    def _next(self, text: str, last: Link | None, quantity: Quantity) -> Link | None:
        if last is None or last.fact not in (*self._series, "rd_ratio"):
            return None
        kinds = (last.quantity.kind, "bare")
        gap = text[last.quantity.end : quantity.start]
        is_next = quantity.kind in kinds and re.search("年", gap) and _GOES_ON.fullmatch(gap)
        return Link(last.fact, quantity, quantity.start) if is_next else None


def signed_link(fact: str, start: int, quantity: Quantity, sentence: Sentence) -> Link:
    """The figure with the words from `start` on: below 0 where they say a loss or a fall."""
    said = sentence.text[start - sentence.start : quantity.end - sentence.start]
    last = _COMMA.split(said)[-1]
    said = last if _MOVE.search(last) else said
    end = quantity.end - sentence.start
    is_loss = fact == "profit" and _LOSS.search(sentence.text, end - len(said), end)
    is_less = is_loss or (fact in _FALLING and _FALL.search(said))
    return Link(fact, quantity, start, sign=-1 if is_less and quantity.value > 0 else 1)
