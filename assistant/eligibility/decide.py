"""A benefit, a profile and a day to a verdict. Pure: the same three give the same verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.eligibility.amounts import amount_of
from assistant.eligibility.benefits import Benefit, BenefitKind
from assistant.eligibility.conditions import Leaf, leaves_of, open_leaves, truth_of
from assistant.eligibility.judging import judged, missing_for
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.near_miss import near_miss
from assistant.truth import Truth, all_of
from assistant.verdicts import Days, Finding, Outcome, Verdict

_OUTCOMES = {
    Truth.TRUE: Outcome.ELIGIBLE,
    Truth.FALSE: Outcome.INELIGIBLE,
    Truth.UNKNOWN: Outcome.UNDETERMINED,
}
DIRECTION = "仅为方向：方案鼓励，无金额，不构成承诺。"


def decide(benefit: Benefit, facts: Profile, day: date) -> Verdict:
    """Unknown facts leave it undetermined unless a known one already decides."""
    return decide_known(benefit, Known(facts, day))


def decide_all(benefits: Sequence[Benefit], facts: Profile, day: date) -> tuple[Verdict, ...]:
    """The same for many, what follows from the facts worked out once."""
    known = Known(facts, day)
    return tuple(decide_known(one, known) for one in benefits)


def decide_known(benefit: Benefit, known: Known) -> Verdict:
    """`decide` for a profile on a day whose derived facts are kept from one to the next."""
    remembered = known.definitions.remembered
    leaves = remembered(benefit, "leaves", _leaves, benefit)
    found = [judged(leaf, known) for leaf in leaves]
    truths = {leaf.id: truth for leaf, (truth, _) in zip(leaves, found, strict=True)}
    days, on_time, notices = remembered(benefit, known.day, _of_the_day, benefit, known.day)
    met = truth_of(benefit.conditions, truths)
    outcome = _OUTCOMES[all_of((on_time, met))]
    if benefit.kind is BenefitKind.DIRECTION and outcome is Outcome.ELIGIBLE:
        outcome = Outcome.UNDETERMINED
    is_open = outcome is Outcome.UNDETERMINED
    unknown = open_leaves(benefit.conditions, truths) if is_open else ()
    is_miss = on_time is Truth.TRUE and met is Truth.FALSE
    return Verdict(
        benefit=benefit.benefit,
        name=benefit.name,
        outcome=outcome,
        findings=(*days, *(finding for _, finding in found)),
        amount=amount_of(benefit, known) if outcome is not Outcome.INELIGIBLE else None,
        missing=tuple(dict.fromkeys(one for leaf in unknown for one in missing_for(leaf, known))),
        period=benefit.period,
        window=benefit.window,
        near_miss=near_miss(benefit.conditions, truths, known) if is_miss else None,
        notices=notices,
        kind=benefit.kind.value,
        frequency=benefit.frequency,
        certainty=benefit.certainty,
        route=benefit.route,
        materials=benefit.materials,
        department=benefit.department,
    )


def _leaves(benefit: Benefit) -> tuple[Leaf, ...]:
    return tuple(leaves_of(benefit.conditions))


def _of_the_day(
    benefit: Benefit, day: date
) -> tuple[tuple[Finding, ...], Truth, tuple[str, ...]]:
    """What is the same for every enterprise on a day: findings of its days, notices."""
    days = (
        *_days_finding(benefit.period, day, _PERIOD),
        *_days_finding(benefit.window, day, _WINDOW),
    )
    return days, all_of(one.truth for one in days), _notices(benefit, day)


_PERIOD = ("period", "有效期", "尚未施行：自 {} 起", "已于 {} 失效")
_WINDOW = ("window", "申报期", "尚未开始：自 {} 起", "申报已于 {} 截止")


def _days_finding(
    days: Days | None, day: date, words: tuple[str, str, str, str]
) -> list[Finding]:
    """Empty where the rule gives no day. Before the window opens nobody is refused for it."""
    if days is None or days.source is None or (days.first is None and days.last is None):
        return []
    condition, name, early, late = words
    truth, needed = Truth.TRUE, f"{days.first or '…'} 至 {days.last or '…'}"
    if days.last is not None and day > days.last:
        truth, needed = Truth.FALSE, late.format(days.last)
    elif days.first is not None and day < days.first and condition == "period":
        truth, needed = Truth.FALSE, early.format(days.first)
    return [Finding(condition, name, truth, None, day.isoformat(), needed, days.source)]


def _notices(benefit: Benefit, day: date) -> tuple[str, ...]:
    found: list[str] = []
    if benefit.kind is BenefitKind.DIRECTION:
        found.append(DIRECTION)
    window = benefit.window
    if window and window.first and day < window.first:
        found.append(f"申报尚未开始：自 {window.first} 起。")
    if benefit.kind is not BenefitKind.DIRECTION and (
        benefit.period is None or benefit.period.last is None
    ):
        found.append("有效期未见写明，请以主管部门为准。")
    if benefit.certainty == "C":
        found.append("依据只看到一部分，须核对原文。")
    if benefit.unknown:
        found.append(f"未见：{'、'.join(benefit.unknown)}。")
    return tuple(found)
