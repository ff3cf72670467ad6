"""Whether a question asks what a benefit gives, of which benefits, and in what words.

Nobody's own entitlement is asked: 高企首次认定奖多少. A benefit is meant where its rule has every
content word of the question, so that what no rule speaks of is left to the documents themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.answering.abstain import PLACES
from assistant.answering.eligibility_words import asks_of_a_text, speaks_of_self
from assistant.answering.terms import content_terms, support
from assistant.eligibility.benefits import Benefit, BenefitKind
from assistant.eligibility.checks import told_by
from assistant.eligibility.conditions import Includes, Leaf, OneOf, leaves_of, truth_of
from assistant.eligibility.facts import Definitions
from assistant.eligibility.judging import judge
from assistant.eligibility.known import Known
from assistant.eligibility.loading import Rules
from assistant.eligibility.naming import in_full, named_benefits
from assistant.eligibility.profile import read_profile
from assistant.eligibility.readings import ReadProfile
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Tier
from assistant.text import find_numbers, normalize
from assistant.truth import Truth

_GIVEN = (
    r"(?:补贴|补助|奖励|奖金|优惠|资助|奖补|贴息|扶持|支持|待遇|额度|限额|钱|好处|减免|加计扣除)"
)
_GIVES = r"(?:拿|领|给|奖|补|贴|投(?!资)|用|减|免|得|发|支持|资助|扣)"
_ASKS = re.compile(
    rf"(?:有|给|拿|领|享受|发)(?:没有|些|没|到|得到)?(?:什么|哪些|啥|多少)?[^,。?!;]{{0,6}}?{_GIVEN}"
    rf"|(?:{_GIVEN}|上限|最高|封顶|最多)[^,。?!;]{{0,6}}(?:多少|几[万个成]|多高|多大|什么|哪些|怎么算)"
    rf"|{_GIVES}[^,。?!;]{{0,6}}?(?:多少|几万|几个?点|几成|啥)|多少{_GIVEN}"
)
_QUESTION = re.compile(rf"(?:能|可以?|会)?{_GIVES}?(?:多少|几万|几个?点|几成|啥|什么)钱?")
"""No content: 补多少钱."""
_TOGETHER = re.compile(
    r"(?:一起|同时|叠加|重复|兼|都能?|两[个头边样份]|再)[^,。?!;]{0,3}(?:拿|享|领|申|报|用|给|得)"
    r"|叠加|兼得|不重复|二选一|冲突"
)
_NOW = re.compile(r"现在|目前|当前|今年|现行|如今|眼下")
_WHOSE: tuple[tuple[re.Pattern[str], Tier], ...] = (
    (re.compile(r"宝山|区里|区级|本区"), Tier.DISTRICT),
    (re.compile(r"上海|市里|市级(?!专精|企业|科技|示范|数字)|全市|本市"), Tier.CITY),
    (re.compile(r"国家层面|全国|中央"), Tier.NATIONAL),
)
_TITLES = ("张江",)
"""Places that name a benefit and not whose it is."""
_ABOUT_MONEY = re.compile(
    r"奖励?|补贴?|奖金|补助|资助|贴息|扶持|支持|优惠|待遇|额度|限额|上限|最[高多]|封顶|期限|有效期|金额"
    r"|叠加|重复|享受|条件|标准|[一每]年|年度|能[拿领]|多少钱|政策|一次性|申[领请报]|认定|比例|单个|项目"
    r"|企业|首次|减免|现在|目前|当前|今年|现行|冲突|兼得|一起|同时|[区市]级|[区市]里"
)
"""Words of a question that say what is asked of a benefit, and not of which."""
_OF_A_VERSION = re.compile(
    r"\d\.\d版?|新版|旧版|老版|版本|[那这上][一]?[版轮批]|口径|\d+条|新老|两[轮版次]|提法|意见|措施|通知|规定|方案|文件"
)
"""Words for a text or one version of it: asked of the documents."""
_OF_PAYING = re.compile(r"剩|发完|用完|兑付|拨付|到账|发了|多少[家户]|几[家户]|总额|总量|盘子")
"""What was paid, and to how many, no rule tells."""
_FEW = 10
"""Figures up to this one stand in names: 1类新药, 2个."""
_HELD = 0.6
"""How far the words of a rule must have a word of the question, as `support` measures."""


@dataclass(frozen=True, slots=True)
class BenefitsAsked:
    """The benefits in the order of the rules; `norm` is the question in full words."""

    named: tuple[Benefit, ...]
    norm: str
    is_together: bool
    """Whether they may be had together is asked."""
    asks_amount: bool
    asks_now: bool


def asks_of_benefits(norm: str) -> bool:
    """Whether a normalised question may be one: nobody's own, of no text and no other place."""
    if not (_ASKS.search(norm) or _TOGETHER.search(norm)) or speaks_of_self(norm):
        return False
    if asks_of_a_text(norm) or _OF_A_VERSION.search(norm) or _OF_PAYING.search(norm):
        return False
    return not any(place in norm for place in PLACES if place not in _TITLES)


def benefits_asked(
    norm: str, rules: Rules, index: PolicyIndex, day: date
) -> BenefitsAsked | None:
    """Of a normalised question that `asks_of_benefits`; None where no rule has all its words."""
    is_together = bool(_TOGETHER.search(norm))
    full = in_full(norm)
    words = _Words.of(full, index, is_together=is_together)
    named = named_benefits(
        words.naming(full), rules.benefits, lambda one: words.are_of(one, rules)
    )
    named = tuple(one for one in named if one.kind is not BenefitKind.RECOGNITION)
    named = _nearest(named, full, rules, day, is_together=is_together)
    if not named:
        return None
    return BenefitsAsked(
        named, full, is_together, bool(_ASKS.search(norm)), bool(_NOW.search(norm))
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """What a question says that the rule of a benefit must have."""

    terms: tuple[str, ...]
    titles: tuple[str, ...]
    tiers: frozenset[Tier]
    figures: frozenset[Decimal]
    is_together: bool

    @classmethod
    def of(cls, full: str, index: PolicyIndex, *, is_together: bool) -> _Words:
        titles = tuple(one for one in _TITLES if one in full)
        said = _QUESTION.sub(" ", full)
        terms = content_terms(said, index.document_frequency, len(index.passages))
        left_out = titles if is_together else ()
        return cls(
            terms=tuple(
                one.word
                for one in terms
                if one.word not in left_out and not _ABOUT_MONEY.fullmatch(one.word)
            ),
            titles=titles,
            tiers=frozenset(tier for words, tier in _WHOSE if words.search(full)),
            figures=frozenset(one.value for one in find_numbers(full) if one.value > _FEW),
            is_together=is_together,
        )

    def naming(self, full: str) -> str:
        """The words that name what is meant: of 宝山 and 张江 together, what both give."""
        for one in self.titles if self.is_together else ():
            full = full.replace(one, " ")
        return full

    def are_of(self, benefit: Benefit, rules: Rules) -> bool:
        # Asked of 宝山 and 张江 together, a benefit of either is meant.
        is_titled = self.is_together and any(one in benefit.name for one in self.titles)
        if self.tiers and benefit.tier not in self.tiers and not is_titled:
            return False
        known = rules.definitions
        said: str = known.remembered(benefit, "words", _words_of, benefit, known)
        figures = {one.value for one in find_numbers(said)}
        return self.figures <= figures and all(support(one, said) >= _HELD for one in self.terms)


def _nearest(
    named: tuple[Benefit, ...], full: str, rules: Rules, day: date, *, is_together: bool
) -> tuple[Benefit, ...]:
    """Those of which the question itself says most: Ⅲ期临床 is a condition of one, not of three;
    none that it says the contrary of.
    """
    said = ReadProfile(read_profile(full, day, rules.definitions).facts)
    known = Known(told_by(said, rules, day).profile, day)
    met: dict[str, int] = {}
    for one in named:
        truths = {leaf.id: judge(leaf, known) for leaf in leaves_of(one.conditions)}
        if truth_of(one.conditions, truths) is not Truth.FALSE:
            met[one.benefit] = sum(each is Truth.TRUE for each in truths.values())
    most = 0 if is_together else max(met.values(), default=0)
    return tuple(one for one in named if met.get(one.benefit, -1) >= most)


def _words_of(benefit: Benefit, definitions: Definitions) -> str:
    """All that the rule says, and how people call what it asks for."""
    words = [benefit.name, *benefit.unknown]
    for leaf in leaves_of(benefit.conditions):
        words += [leaf.name, leaf.source.quote, *_called(leaf, definitions)]
    amount = benefit.amount
    for part in amount.parts if amount else ():
        words.append(part.source.quote)
    for cap in amount.caps if amount else ():
        words.append(cap.source.quote)
    words += [one.source.quote for one in benefit.excludes]
    return in_full(normalize(" ".join(words)).text)


def _called(leaf: Leaf, definitions: Definitions) -> list[str]:
    definition = definitions.get(leaf.fact)
    if definition is None:
        return []
    wanted = leaf.test.options if isinstance(leaf.test, OneOf | Includes) else frozenset()
    options = [one for one in definition.options if one.value in wanted]
    return [
        *(definition.name, *definition.synonyms),
        *(word for one in options for word in (one.name, *one.synonyms)),
    ]
