"""Verdicts in the words of a spreadsheet or a report."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from assistant.eligibility.facts import Definitions
from assistant.truth import Truth
from assistant.verdicts import Amount, Days, Finding, Outcome, Per

OUTCOMES = {
    Outcome.ELIGIBLE: "符合",
    Outcome.UNDETERMINED: "还缺信息",
    Outcome.INELIGIBLE: "不符合",
}
TRUTHS = {Truth.TRUE: "√ 满足", Truth.FALSE: "× 不满足", Truth.UNKNOWN: "？不清楚"}
KINDS = {
    "recognition": "资质认定",
    "award": "奖励",
    "subsidy": "补贴",
    "tax": "税收优惠",
    "loan": "贷款",
    "voucher": "券",
    "direction": "方案鼓励方向（无金额，不构成承诺）",
}
CERTAINTIES = {"A": "A（官方网页）", "B": "B（第三方转载）", "C": "C（只见到部分内容）"}
FREQUENCIES = {
    "one_off": "一次性",
    "per_item": "每件一次",
    "per_project": "每个项目一次",
    "yearly": "每年",
}
PERS = {Per.ENTERPRISE: "", Per.PROJECT: "每个项目", Per.PRODUCT: "每个产品", Per.PERSON: "每人"}


def finding_line(finding: Finding) -> str:
    """The threshold with the firm's own value beside it, as wide as a cell."""
    own = f"（{own_words(finding)}）" if finding.value else ""
    return f"{TRUTHS[finding.truth]}  {finding.name}：{finding.needed}{own}"


def own_words(finding: Finding) -> str:
    """本企业：86 人; of the days of a rule, the day that was looked at."""
    if finding.fact is None and finding.value:
        return f"时点：{finding.value}"
    return f"本企业：{finding.value or '不清楚'}"


def fact_names(facts: Iterable[str], definitions: Definitions) -> str:
    """职工人数、营业收入; a fact without a definition by its id."""
    found = ((definitions.get(one), one) for one in facts)
    return "、".join(dict.fromkeys(one.name if one else fact for one, fact in found))


def days_words(days: Days | None) -> str:
    """2024-01-01 至 2026-12-31; an end that the clause does not tell is said to be so."""
    if days is None or (days.first is None and days.last is None):
        return ""
    first = days.first.isoformat() if days.first else "起始日未写明"
    last = days.last.isoformat() if days.last else "截止日未写明"
    return f"{first} 至 {last}"


def amount_words(amount: Amount | None) -> str:
    """25 万元; 不超过 50 万元 where only the most is known."""
    if amount is None:
        return ""
    each = PERS[amount.per]
    if amount.value is not None:
        return f"{each}{plain(amount.value)} 万元"
    if amount.high is None:
        return f"{each}至少 {plain(amount.low)} 万元" if amount.low else "依据现有信息算不出"
    low = f"{plain(amount.low)} 至 " if amount.low else "不超过 "
    return f"{each}{low}{plain(amount.high)} 万元"


def plain(number: Decimal) -> str:
    """
    >>> plain(Decimal("25.00")), plain(Decimal("1E+2"))
    ('25', '100')
    """
    return f"{number.normalize():f}"
