"""Which benefits a person's words name: 专精特新, 高企奖励, 张江的那个."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from assistant.eligibility.benefits import Benefit, BenefitKind
from assistant.text import normalize

_SHORTEST, _LONGEST = 2, 14
_ENOUGH = 6.0
"""Of shared words, by length and rarity: 专精特新 alone is enough, 企业 or 支持 is not."""
_CLOSE = 0.75
"""Of the best score: what is named less clearly is not meant."""
_BRACKETED = re.compile(r"\((?!\")[^()]{3,}\)")
"""Versions and sources; what is short, or in quotation marks, is part of the name: 首台(套)."""
SHORT_FORMS = (
    ("高企", "高新技术企业"), ("科小", "科技型中小企业"), ("战新", "战略性新兴产业"),
    ("技改", "技术改造"), ("首台套", "首台(套)"), ("概验", "概念验证"),
    ("第一次", "首次"), ("iii期", "三期"), ("ii期", "二期"), ("i期", "一期"),
)  # fmt: skip
"""What people say for words of the benefits' names."""
_BORING = re.compile(
    r"(?<!高新技术)企业|公司|支持|奖励|补贴|补助|资助|项目|政策|资金|首次|认定|中小|(?<!高新)技术(?!改造|中心)|服务业?|产业|重点|重大"
    r"|上海市?|宝山区?|(?:国家级?|市级|区级)(?!专精)|口径|措施|意见|方向|行动方案|\d+(?:年|条|万元)?|级"
)
_DEVICE = re.compile(r"(?<!医疗)器械")


def named_benefits(
    words: str, benefits: Sequence[Benefit], is_meant: Callable[[Benefit], bool] | None = None
) -> tuple[Benefit, ...]:
    """In the order given; empty where the normalised words name none of those that `is_meant`
    allows.
    """
    asked = in_full(words)
    names = tuple(in_full(_BRACKETED.sub("", normalize(one.name).text)) for one in benefits)
    rarity = _rarity(names)
    scores = [
        _shared(asked, name, rarity, len(names))
        if one.kind is not BenefitKind.DIRECTION and (is_meant is None or is_meant(one))
        else 0.0
        for one, name in zip(benefits, names, strict=True)
    ]
    best = max(scores, default=0.0)
    if best < _ENOUGH:
        return ()
    return tuple(
        one for one, score in zip(benefits, scores, strict=True) if score >= best * _CLOSE
    )


def in_full(words: str) -> str:
    """
    >>> in_full("评科小")
    '评科技型中小企业'
    """
    for short, full in SHORT_FORMS:
        words = words.replace(short, full)
    return _DEVICE.sub("医疗器械", words)


def _shared(asked: str, name: str, rarity: Counter[str], count: int) -> float:
    """The longest words of the name that stand in what is asked, each counted once."""
    total, longest, at = 0.0, 0, 0
    while at < len(name):
        found = next(
            (
                name[at : at + length]
                for length in range(min(_LONGEST, len(name) - at), _SHORTEST - 1, -1)
                if name[at : at + length] in asked
            ),
            "",
        )
        rest = _BORING.sub("", found)
        if len(rest) >= _SHORTEST:
            longest = max(longest, len(found))
            total += len(rest) * math.log(1 + count / max(1, rarity[rest]))
        at += max(1, len(found))
    return total if longest > _SHORTEST else 0.0  # 申报 or 投资 alone names nothing


@lru_cache(maxsize=4)
def _rarity(names: tuple[str, ...]) -> Counter[str]:
    """In how many names each run of characters stands."""
    return Counter(run for name in names for run in set(_runs(name)))


def _runs(name: str) -> Iterator[str]:
    for length in range(_SHORTEST, _LONGEST + 1):
        for at in range(len(name) - length + 1):
            yield name[at : at + length]
