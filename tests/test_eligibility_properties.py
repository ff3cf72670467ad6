"""What holds of every profile and every tree of conditions."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.eligibility.benefits import BenefitKind
from assistant.eligibility.conditions import (
    Group,
    InLimits,
    Is,
    Leaf,
    leaves_of,
    negated,
    truth_of,
)
from assistant.eligibility.decide import decide, decide_all
from assistant.eligibility.facts import FactType
from assistant.eligibility.judging import facts_of, judge
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.stacking import combine
from assistant.eligibility.values import (
    Choice,
    Interval,
    Limits,
    Members,
    Series,
    exactly,
    on_day,
    within,
)
from assistant.truth import Truth, negation
from assistant.verdicts import Outcome, Source
from tests.tiny_rules import DAY, rules

DEFINITIONS = rules().definitions
SOURCE = Source("park__h1_2__h3_2", "职工不少于20人")


def _numbers(low: int = 0, high: int = 12000) -> st.SearchStrategy[Interval]:
    exact = st.integers(low, high).map(exactly)
    pair = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    return exact | pair.map(lambda ends: Interval(Decimal(ends[0]), Decimal(ends[1])))


def _value(fact: str) -> st.SearchStrategy:
    definition = DEFINITIONS.by_id[fact]
    options = sorted(definition.option_ids)
    return {
        FactType.YES_NO: st.booleans(),
        FactType.DATE: st.dates(date(2015, 1, 1), DAY).map(on_day),
        FactType.NUMBER: _numbers(0, 600),
        FactType.SERIES: st.dictionaries(
            st.sampled_from([2023, 2024, 2025]), _numbers(), min_size=1
        ).map(Series),
        FactType.CHOICE: st.sets(st.sampled_from(options or ["-"]), min_size=1).map(
            lambda some: Choice(frozenset(some))
        ),
        FactType.SET: st.builds(
            Members, st.frozensets(st.sampled_from(options or ["-"])), st.booleans()
        ),
    }[definition.type]


BASE = [one.fact for one in DEFINITIONS if one.derive is None]


@st.composite
def profiles(draw) -> Profile:
    profile = Profile(DEFINITIONS)
    for fact in draw(st.sets(st.sampled_from(BASE))):
        profile = profile.with_fact(fact, draw(_value(fact)))
    return profile


@st.composite
def trees(draw, depth: int = 2):
    if depth == 0 or draw(st.booleans()):
        return draw(
            st.sampled_from(
                [
                    Leaf("staff", "staff_count", InLimits(Limits(low=Decimal(20))), SOURCE),
                    Leaf("srdi", "srdi", Is(True), SOURCE),
                    Leaf("few", "staff_count", InLimits(Limits(high=Decimal(300))), SOURCE),
                    Leaf("new", "newly_settled", Is(True), SOURCE, is_negated=True),
                ]
            )
        )
    parts = tuple(draw(st.lists(trees(depth=depth - 1), min_size=1, max_size=4)))
    return Group(draw(st.integers(1, len(parts))), parts)


def _truth(tree, profile: Profile) -> Truth:
    known = Known(profile, DAY)
    return truth_of(tree, {leaf.id: judge(leaf, known) for leaf in leaves_of(tree)})


def _touches(benefit, fact: str, profile: Profile) -> bool:
    """Whether a condition looks at the fact, itself or through what is derived from it."""
    known = Known(profile, DAY)
    for leaf in leaves_of(benefit.conditions):
        for name in facts_of(leaf):
            derivation = known.derivation(name)
            # A year before the registration counts as nothing earned: series look at it too.
            inputs = {*derivation.inputs, "registered_on"} if derivation else set()
            if fact in {name, name.removesuffix("_last")} | inputs:
                return True
    return False


@given(profiles(), st.data())
@settings(deadline=None, max_examples=100)
def test_a_further_fact_turns_no_yes_into_a_no_but_through_a_condition_on_it(profile, data):
    untold = [one for one in BASE if one not in profile.told]
    if not untold:
        return
    fact = data.draw(st.sampled_from(untold))
    more = profile.with_fact(fact, data.draw(_value(fact)))
    before, after = (decide_all(rules().benefits, each, DAY) for each in (profile, more))
    for benefit, was, now in zip(rules().benefits, before, after, strict=True):
        if not _touches(benefit, fact, profile):
            assert was.outcome is now.outcome
        if was.outcome is not Outcome.UNDETERMINED:
            assert was.outcome is now.outcome, "an unknown fact only widens"


@given(profiles(), st.data())
@settings(deadline=None, max_examples=100)
def test_a_fact_less_only_widens_the_amount(profile, data):
    if not profile.told:
        return
    fact = data.draw(st.sampled_from(sorted(profile.told)))
    told = {name: value for name, value in profile.told.items() if name != fact}
    less = replace(profile, told=told)
    before, after = (decide_all(rules().benefits, each, DAY) for each in (profile, less))
    for known, widened in zip(before, after, strict=True):
        if known.amount is None or widened.amount is None:
            continue
        assert widened.amount.low <= known.amount.low
        if widened.amount.high is not None and known.amount.high is not None:
            assert widened.amount.high >= known.amount.high


@given(profiles(), st.randoms())
@settings(deadline=None, max_examples=60)
def test_the_order_of_conditions_does_not_matter(profile, random):
    def shuffled(tree):
        if isinstance(tree, Leaf):
            return tree
        parts = [shuffled(one) for one in tree.parts]
        random.shuffle(parts)
        return Group(tree.needed, tuple(parts))

    for benefit in rules().benefits:
        other = replace(benefit, conditions=shuffled(benefit.conditions))
        one, two = decide(benefit, profile, DAY), decide(other, profile, DAY)
        assert one.outcome is two.outcome
        assert set(one.findings) == set(two.findings)
        assert set(one.missing) == set(two.missing)


@given(profiles())
@settings(deadline=None, max_examples=60)
def test_every_finding_has_a_clause_and_no_verdict_says_more_than_its_findings(profile):
    for benefit in rules().benefits:
        verdict = decide(benefit, profile, DAY)
        assert all(one.source.clause_id and one.source.quote for one in verdict.findings)
        truths = {one.condition: one.truth for one in verdict.findings}
        if verdict.outcome is Outcome.ELIGIBLE:
            assert truth_of(benefit.conditions, truths) is Truth.TRUE
            assert benefit.kind is not BenefitKind.DIRECTION
        if verdict.outcome is Outcome.INELIGIBLE:
            assert Truth.FALSE in truths.values()
            assert verdict.missing == ()


@given(profiles())
@settings(deadline=None, max_examples=60)
def test_a_combination_never_holds_two_that_exclude_each_other(profile):
    verdicts = decide_all(rules().benefits, profile, DAY)
    combination = combine(rules().by_id, verdicts)
    taken = set(combination.benefits)
    left = {one.benefit for one in combination.left_out}

    assert not {"settling", "first_award"} <= taken
    eligible = {one.benefit for one in verdicts if one.outcome is Outcome.ELIGIBLE}
    assert taken | left == eligible
    assert not taken & left


@given(trees(), profiles())
@settings(deadline=None, max_examples=100)
def test_a_negated_tree_is_the_negation_of_its_truth(tree, profile):
    assert _truth(negated(tree), profile) is negation(_truth(tree, profile))


@given(_numbers(0, 50), st.integers(0, 50), st.booleans())
def test_an_interval_is_decided_as_all_its_numbers_are(value, limit, is_open):
    limits = Limits(low=Decimal(limit), is_low_open=is_open)
    each = {within(exactly(one), limits) for one in range(int(value.low), int(value.high) + 1)}

    assert within(value, limits) is (each.pop() if len(each) == 1 else Truth.UNKNOWN)
