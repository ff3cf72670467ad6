"""Intervals and tests for small question sets: percentile bootstrap and the sign test."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

RESAMPLES = 2000
SEED = 20260630


def bootstrap_interval(values: Sequence[float]) -> tuple[float, float]:
    """95% percentile interval of the mean, resampling the values (one a question).

    Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.

    Raises:
        ValueError: no values.

    >>> bootstrap_interval([1.0, 1.0, 1.0])
    (1.0, 1.0)
    """
    if not values:
        raise ValueError("no values to resample")
    array = np.asarray(values, dtype=np.float64)
    # RandomState, not default_rng: its stream is frozen (NEP 19), so that a committed run has the
    # same intervals under every numpy.
    random = np.random.RandomState(SEED)
    picks = random.randint(0, len(array), size=(RESAMPLES, len(array)))
    low, high = np.percentile(array[picks].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def sign_test(wins: int, losses: int) -> float:
    """Two-sided exact p-value that wins and losses are equally likely; ties are left out.

    >>> sign_test(0, 0), sign_test(3, 0), sign_test(5, 4)
    (1.0, 0.25, 1.0)
    """
    n = wins + losses
    tail: float = sum(comb(n, k) for k in range(max(wins, losses), n + 1)) / 2**n
    return min(1.0, 2 * tail)
