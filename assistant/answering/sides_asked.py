"""Questions that set the rules of the country, the city and the district side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.draft import Draft, Statement, label
from assistant.answering.intents import tiers_asked
from assistant.answering.sentences import Ranked
from assistant.answering.terms import Term, coverage
from assistant.answering.understand import Query
from assistant.schema import Tier

MIN_SHARE = 0.5
"""Of the words for what is compared: what a sentence must have to be a tier's rule on it."""
SURE_SHARE = 0.75
_COMPARES = re.compile(
    r"不同|区别|差别|差异|不一样|一样吗|一致|冲突|矛盾|为准|对比|相比|比较|"
    r"(?:哪|谁)[个级边]?[^,;。?]{0,8}(?:更?[高低多少严宽]|优惠)"
)
_CONFLICTS = re.compile(r"冲突|矛盾|不一致|为准")
_EVERY = re.compile(r"(?:国家[、和]?)?(?:市[、和]?区)?[三两]级|各级|国家[、和]?市[级里]?[、和]?区")
_NAMES = {Tier.NATIONAL: "国家", Tier.CITY: "市级", Tier.DISTRICT: "区级"}
_NOTICE = "几级规定不一致时以哪一级为准，上引条款没有写明的，请向发文机关核实。"


def write_sides(query: Query, ranked: Sequence[Ranked]) -> Draft | None:
    """For each tier that is compared its best sentence; None where fewer than two have one.

    It is sure where each has most of what is compared: that they differ is for the reader to see.
    """
    tiers = frozenset(Tier) if _EVERY.search(query.norm) else tiers_asked(query.norm)
    if len(tiers) < 2 or not _COMPARES.search(query.norm):
        return None
    rest = _EVERY.sub(" ", _COMPARES.sub(" ", query.norm))
    matter = [term for term in query.terms if term.word in rest and not tiers_asked(term.word)]
    sides: list[Statement] = []
    shares: list[float] = []
    for tier in (one for one in Tier if one in tiers):
        own = [one for one in ranked if one.sentence.document.tier is tier]
        best = next((one for one in own if _share(matter, one) >= MIN_SHARE), None)
        if best is not None:
            lead = f"{_NAMES[tier]}：{label(best.sentence.clause)}写明："
            sides.append(Statement(lead, best.sentence.evidence()))
            shares.append(_share(matter, best))
    if len(sides) < 2:
        return None
    notices = (_NOTICE,) if _CONFLICTS.search(query.norm) else ()
    return Draft(tuple(sides), is_sure=min(shares) >= SURE_SHARE, notices=notices)


def _share(matter: Sequence[Term], one: Ranked) -> float:
    """How much of what is compared the sentence and its headings have."""
    return coverage(matter, (one.sentence.text, 1.0), (one.sentence.path, 0.6)) if matter else 0.0
