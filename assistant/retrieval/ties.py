"""The k best of many scores, ties by place in the corpus: however the segments came about."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def best(scores: NDArray[Any], k: int, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the k highest scores, in no order; of equal ones those with the lowest place.

    >>> best(np.array([1.0, 3.0, 1.0, 1.0]), 2, np.array([5, 6, 2, 7])).tolist()
    [1, 2]
    """
    if k >= len(scores):
        return np.arange(len(scores))
    positive = (scores > 0).nonzero()[0]
    if k < len(positive) < len(scores):  # most passages share no word: do not sort them
        return positive[best(scores[positive], k, places[positive])]
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    above = (scores > least).nonzero()[0]
    tied = (scores == least).nonzero()[0]
    first = np.argsort(places[tied], kind="stable")[: k - len(above)]
    return np.concatenate([above, tied[first]])
