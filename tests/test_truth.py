"""Kleene's three values."""

from itertools import permutations, product

import pytest

from assistant.truth import Truth, all_of, any_of, as_truth, at_least, negation

EVERY = list(Truth)


def test_a_truth_is_never_used_as_yes_or_no():
    with pytest.raises(TypeError):
        bool(Truth.TRUE)
    with pytest.raises(TypeError):
        _ = "yes" if Truth.UNKNOWN else "no"


def test_nothing_at_all_is_all_and_not_any():
    assert all_of([]) is Truth.TRUE
    assert any_of([]) is Truth.FALSE
    assert at_least(0, []) is Truth.TRUE
    assert at_least(1, []) is Truth.FALSE


@pytest.mark.parametrize(("one", "other"), list(product(EVERY, EVERY)))
def test_and_and_or_are_each_other_negated(one, other):
    assert negation(all_of((one, other))) is any_of((negation(one), negation(other)))


@pytest.mark.parametrize("values", list(product(EVERY, repeat=3)))
def test_at_least_is_all_at_one_end_and_any_at_the_other(values):
    assert at_least(3, values) is all_of(values)
    assert at_least(1, values) is any_of(values)


@pytest.mark.parametrize("values", list(product(EVERY, repeat=3)))
def test_at_least_agrees_with_every_way_the_unknown_may_turn_out(values):
    either = [Truth.FALSE, Truth.TRUE]
    choices = [either if one is Truth.UNKNOWN else [one] for one in values]
    outcomes = {sum(one is Truth.TRUE for one in each) >= 2 for each in product(*choices)}
    expected = as_truth(True in outcomes) if len(outcomes) == 1 else Truth.UNKNOWN

    assert at_least(2, values) is expected
    assert len({at_least(2, each) for each in permutations(values)}) == 1
