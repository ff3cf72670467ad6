"""The truth of one leaf for what is known, and the words for what it needs."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.eligibility.conditions import (
    EachOfLast,
    Includes,
    InLimits,
    Is,
    Leaf,
    OneOf,
    SumOfLast,
    Test,
    Tier,
    Tiered,
    Within,
)
from assistant.eligibility.derivations import number_of
from assistant.eligibility.facts import FactDefinition, FactType
from assistant.eligibility.known import Known, interval_words, value_words
from assistant.eligibility.values import (
    Choice,
    FactValue,
    Interval,
    Limits,
    Members,
    Series,
    day_of,
    includes,
    is_one_of,
    lies_in,
    with_unit,
    within,
)
from assistant.truth import Truth, all_of, as_truth, negation
from assistant.verdicts import Finding, Source


def judged(leaf: Leaf, known: Known) -> tuple[Truth, Finding]:
    """The truth of a leaf and what is found, kept where the same value comes again and again."""
    value = known.value(leaf.fact)
    if isinstance(value, Interval | Series) or isinstance(leaf.test, Tiered):
        return _judged(leaf, known)
    return known.definitions.remembered(leaf, value, _judged, leaf, known)


def _judged(leaf: Leaf, known: Known) -> tuple[Truth, Finding]:
    truth = judge(leaf, known)
    return truth, finding_of(leaf, truth, known)


def judge(leaf: Leaf, known: Known) -> Truth:
    """UNKNOWN where the fact is, or is not known closely enough."""
    found = _judge(leaf.fact, leaf.test, known)
    return negation(found) if leaf.is_negated else found


def _judge(fact: str, test: Test, known: Known) -> Truth:
    if isinstance(test, EachOfLast):
        return each_year(fact, test, known)
    if isinstance(test, InLimits | SumOfLast | Tiered):
        number, limits = number_tested(fact, test, known), limits_of(test, known)
        if number is None:
            return Truth.UNKNOWN
        found = {within(number, one) for one in limits}
        return found.pop() if len(found) == 1 else Truth.UNKNOWN
    value = known.value(fact)
    if isinstance(test, Is) and isinstance(value, bool):
        return as_truth(value is test.wanted)
    if isinstance(test, OneOf) and isinstance(value, Choice):
        return is_one_of(value, test.options)
    if isinstance(test, Includes) and isinstance(value, Members):
        return includes(value, test.options)
    if isinstance(test, Within) and isinstance(value, Choice | Members):
        return lies_in(value, test.place, known.definitions.parents)
    return Truth.UNKNOWN


def number_tested(fact: str, test: Test, known: Known) -> Interval | None:
    """The number that limits are put to."""
    if isinstance(test, SumOfLast):
        return number_of(known, fact, test.years)
    return known.number(fact)


def each_year(fact: str, test: EachOfLast, known: Known) -> Truth:
    value = known.value(fact)
    if not isinstance(value, Series):
        return Truth.UNKNOWN
    return all_of(
        within(value.by_year[year], test.limits) if year in value.by_year else Truth.UNKNOWN
        for year in known.years(test.years)
    )


def tiers_possible(test: Tiered, known: Known) -> tuple[Tier, ...]:
    """The tiers that may apply; one where the other fact is known closely enough."""
    size = known.number(test.by)
    if size is None:
        return test.tiers
    found: list[Tier] = []
    for tier in test.tiers:
        reached = within(size, tier.up_to)
        if reached is not Truth.FALSE:
            found.append(tier)
        if reached is Truth.TRUE:
            break
    return tuple(found)


def limits_of(test: InLimits | SumOfLast | EachOfLast | Tiered, known: Known) -> list[Limits]:
    """The limits that may apply."""
    if isinstance(test, Tiered):
        return [tier.limits for tier in tiers_possible(test, known)]
    return [test.limits]


def facts_of(leaf: Leaf) -> tuple[str, ...]:
    """The facts that the leaf looks at."""
    return (leaf.test.by, leaf.fact) if isinstance(leaf.test, Tiered) else (leaf.fact,)


def missing_for(leaf: Leaf, known: Known) -> tuple[str, ...]:
    """What a person could still tell to decide the leaf."""
    if leaf.is_expert:
        return (leaf.fact,)
    years = leaf.test.years if isinstance(leaf.test, EachOfLast | SumOfLast) else 1
    return tuple(
        dict.fromkeys(one for fact in facts_of(leaf) for one in known.missing(fact, years))
    )


def finding_of(leaf: Leaf, truth: Truth, known: Known) -> Finding:
    definition = known.definitions.get(leaf.fact)
    value = known.value(leaf.fact)
    words = None
    if definition is not None and value is not None:
        words = _own_words(leaf, value, definition, known) or known.words(leaf.fact)
    return Finding(
        condition=leaf.id,
        name=leaf.name or (definition.name if definition else leaf.id),
        truth=truth,
        fact=leaf.fact,
        value=words,
        needed=_needed(leaf, definition, known),
        source=_source(leaf, known),
    )


def _own_words(
    leaf: Leaf, value: FactValue, definition: FactDefinition, known: Known
) -> str | None:
    """Of a series, the years that are tested, where they are; the sum."""
    if not isinstance(value, Series):
        return None
    test = leaf.test
    if isinstance(test, SumOfLast):
        total = number_of(known, leaf.fact, test.years)
        return f"合计 {interval_words(total, definition)}" if total else None
    count = test.years if isinstance(test, EachOfLast) else 1
    shown = {one: value.by_year[one] for one in known.years(count) if one in value.by_year}
    return value_words(Series(shown), definition) or None


def _source(leaf: Leaf, known: Known) -> Source:
    if isinstance(leaf.test, Tiered):
        possible = tiers_possible(leaf.test, known)
        if len(possible) == 1:
            return possible[0].source
    return leaf.source


def _needed(leaf: Leaf, definition: FactDefinition | None, known: Known) -> str:
    if isinstance(leaf.test, Tiered):
        return needed_words(leaf, definition, known)
    return known.definitions.remembered(leaf, "needed", needed_words, leaf, definition, known)


def needed_words(leaf: Leaf, definition: FactDefinition | None, known: Known) -> str:
    """不少于 20 人, 为有效; of a negated leaf 不为, 并非."""
    test = leaf.test
    if leaf.is_expert or definition is None:
        return leaf.name or "由专家评定"
    if isinstance(test, Is):
        return "是" if test.wanted is not leaf.is_negated else "否"
    if isinstance(test, OneOf | Includes):
        return _options_words(test, definition, is_negated=leaf.is_negated)
    if isinstance(test, Within):
        place = definition.option_name(test.place)
        return f"不在{place}" if leaf.is_negated else f"在{place}"
    words = " 或 ".join(
        dict.fromkeys(limits_words(one, definition) for one in limits_of(test, known))
    )
    if isinstance(test, EachOfLast):
        words = f"近 {test.years} 年每年{words}"
    if isinstance(test, SumOfLast):
        words = f"近 {test.years} 年合计{words}"
    return f"并非{words}" if leaf.is_negated else words


def _options_words(
    test: OneOf | Includes, definition: FactDefinition, *, is_negated: bool
) -> str:
    names = _joined(one.name for one in definition.options if one.value in test.options)
    verb = "为" if isinstance(test, OneOf) else "包括"
    return f"不{verb}{names}" if is_negated else f"{verb}{names}"


def _joined(names: Iterable[str]) -> str:
    return "或".join(names)


def limits_words(limits: Limits, definition: FactDefinition) -> str:
    """不少于 20 人, 超过 5%, 2024-01-01 及以后."""
    if definition.type is FactType.DATE:
        return _days_words(limits)
    words: list[str] = []
    if limits.low is not None:
        verb = "超过" if limits.is_low_open else "不少于"
        words.append(f"{verb} {with_unit(limits.low, definition.unit)}")
    if limits.high is not None:
        verb = "低于" if limits.is_high_open else "不超过"
        words.append(f"{verb} {with_unit(limits.high, definition.unit)}")
    return "且".join(words)


def _days_words(limits: Limits) -> str:
    words: list[str] = []
    if limits.low is not None:
        words.append(f"{day_of(limits.low)}{'以后' if limits.is_low_open else '及以后'}")
    if limits.high is not None:
        words.append(f"{day_of(limits.high)}{'以前' if limits.is_high_open else '及以前'}")
    return "，".join(words)
