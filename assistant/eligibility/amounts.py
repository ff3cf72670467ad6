"""How much: the parts of an amount, added and capped, with the formula in words.

What is not known widens the amount; it never becomes nothing or the maximum.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assistant.eligibility.benefits import Benefit, Cap, Part, PartKind, Step
from assistant.eligibility.conditions import Condition, leaves_of, truth_of
from assistant.eligibility.facts import MONEY
from assistant.eligibility.judging import judge, missing_for
from assistant.eligibility.known import Known, interval_words
from assistant.eligibility.values import Interval, Limits, number_words, within
from assistant.truth import Truth
from assistant.verdicts import Amount, Source

ZERO = Decimal(0)
_PER = {
    "enterprise": "每家企业",
    "project": "每个项目",
    "product": "每个产品",
    "person": "每人",
    "item": "每项",
    "event": "每场",
    "year": "每年",
    "unit": "每个单位",
    "unit_year": "每个单位每年",
    "enterprise_year": "每家企业每年",
}


@dataclass(frozen=True, slots=True)
class _Term:
    """Between `low` and `high` 万元; `words` are its place in the formula."""

    low: Decimal
    high: Decimal | None
    words: str
    missing: tuple[str, ...] = ()


def money(value: Decimal) -> str:
    return f"{number_words(value)} 万元"


def amount_of(benefit: Benefit, known: Known) -> Amount | None:
    """None where the benefit has no amount, or no part of it is for this enterprise."""
    rule = benefit.amount
    if rule is None:
        return None
    terms: list[_Term] = []
    sources: list[Source] = []
    for part in rule.parts:
        term = _term(part, known)
        if term is not None:
            terms.append(term)
            sources.append(part.source)
    if not terms:
        return None
    low = sum((one.low for one in terms), ZERO)
    highs = [one.high for one in terms if one.high is not None]
    high = sum(highs, ZERO) if len(highs) == len(terms) else None
    words = " + ".join(one.words for one in terms)
    if len(terms) > 1:
        words += f" = {span_words(low, high)}"
    for cap in rule.caps:
        words += f"，{cap_words(cap)}"
        if high is None or high > cap.value:
            low, high = min(low, cap.value), cap.value
            words += f"，即 {span_words(low, high)}"
    smallest = min(rule.caps, key=lambda one: one.value, default=None)
    return Amount(
        low=low,
        high=high,
        formula=words,
        cap=smallest.value if smallest else _own_maximum(rule.parts),
        is_soft=smallest.is_soft if smallest else False,
        per=benefit.per,
        missing=tuple(dict.fromkeys(fact for one in terms for fact in one.missing)),
        sources=tuple(dict.fromkeys([*sources, *(cap.source for cap in rule.caps)])),
    )


def _own_maximum(parts: tuple[Part, ...]) -> Decimal | None:
    """The cap of an amount that is one part with a maximum."""
    if len(parts) != 1:
        return None
    only = parts[0]
    if only.cap is not None:
        return only.cap.value
    return only.value if only.kind is PartKind.UP_TO else None


def cap_words(cap: Cap) -> str:
    """每个项目原则上最高 5000 万元."""
    per = _PER.get(cap.per or "", cap.per or "")
    return f"{per}{'原则上' if cap.is_soft else ''}最高 {money(cap.value)}"


def span_words(low: Decimal, high: Decimal | None) -> str:
    if high is None:
        return f"至少 {money(low)}" if low else "金额待定"
    if low == high:
        return money(low)
    return f"最高 {money(high)}" if low == 0 else f"{number_words(low)} 至 {money(high)}"


def _term(part: Part, known: Known) -> _Term | None:
    """None where the part is not for this enterprise or not of this day."""
    days = part.days
    if days and not (days.first or known.day) <= known.day <= (days.last or known.day):
        return None
    applies, asked = _applies(part.when, known)
    if applies is Truth.FALSE:
        return None
    term = _capped(part, _plain(part, known))
    low = ZERO if part.is_maximum or applies is Truth.UNKNOWN else term.low
    words = f"{term.words}（是否适用待核实）" if applies is Truth.UNKNOWN else term.words
    return _Term(low, term.high, words, tuple(dict.fromkeys([*asked, *term.missing])))


def _applies(when: Condition | None, known: Known) -> tuple[Truth, tuple[str, ...]]:
    """Whether a part is for this enterprise, and the facts that would tell."""
    if when is None:
        return Truth.TRUE, ()
    truths = {leaf.id: judge(leaf, known) for leaf in leaves_of(when)}
    found = truth_of(when, truths)
    if found is not Truth.UNKNOWN:
        return found, ()
    unknown = (leaf for leaf in leaves_of(when) if truths[leaf.id] is Truth.UNKNOWN)
    return found, tuple(fact for leaf in unknown for fact in missing_for(leaf, known))


def _capped(part: Part, term: _Term) -> _Term:
    cap = part.cap
    if cap is None:
        return term
    words = f"{term.words}，{cap_words(cap)}"
    if term.high is not None and term.high <= cap.value:
        return _Term(term.low, term.high, words, term.missing)
    return _Term(min(term.low, cap.value), cap.value, words, term.missing)


def _plain(part: Part, known: Known) -> _Term:
    most = "最高 " if part.is_maximum else ""
    if part.kind in (PartKind.FIXED, PartKind.UP_TO):
        return _Term(part.value, part.value, f"{most}{money(part.value)}")
    if part.kind is PartKind.TIERS:
        return _stepped(part, known)
    definition = known.definitions.get(part.of or "")
    base = known.number(part.of or "")
    name = definition.name if definition else part.of
    rate = f"{number_words(part.percent)}%"
    factor = part.percent / 100 * MONEY.get((definition and definition.unit) or "", Decimal(1))
    if part.kind is PartKind.EACH:
        rate, factor = money(part.value), part.value
    of = f"{'不超过 ' if part.is_maximum else ''}{rate} × {name}"
    missing = known.missing(part.of or "")
    if base is None or definition is None:
        return _Term(ZERO, None, f"{of}（待填）", missing)
    low, high = _times(base, factor)
    words = f"{of} {interval_words(base, definition)} = {most}{span_words(low, high)}"
    return _Term(low, high, words.replace("最高 最高", "最高"), missing)


def _times(base: Interval, factor: Decimal) -> tuple[Decimal, Decimal | None]:
    low = max(base.low or ZERO, ZERO) * factor
    return low, None if base.high is None else max(base.high, ZERO) * factor


def _stepped(part: Part, known: Known) -> _Term:
    possible = steps_possible(part, known)
    values = [one.value for one in possible]
    definition = known.definitions.get(part.of or "")
    name = definition.name if definition else part.of
    size = known.number(part.of or "")
    own = f"{name} {interval_words(size, definition)}" if size and definition else f"按{name}"
    words = f"{span_words(min(values), max(values))}（{own}）"
    missing = known.missing(part.of or "") if len(set(values)) > 1 else ()
    return _Term(min(values), max(values), words, missing)


def steps_possible(part: Part, known: Known) -> tuple[Step, ...]:
    """The steps that may apply; above the last one that is bounded, nothing is given."""
    size = known.number(part.of or "")
    nothing = () if part.steps[-1].up_to is None else (Step(None, ZERO),)
    if size is None:
        return (*part.steps, *nothing)
    found: list[Step] = []
    for step in part.steps:
        reached = within(size, Limits(high=step.up_to))
        if reached is not Truth.FALSE:
            found.append(step)
        if reached is Truth.TRUE:
            return tuple(found)
    return (*found, *nothing)
