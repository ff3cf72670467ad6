"""How alike two texts are: character bigrams, each weighed by how rare it is in both versions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

MIN_BLOCK = 4
"""Characters in a row that count as copied; a shorter common run is chance."""


class Similarity:
    """Scores in [0, 1], 1 only for equal texts. Boilerplate weighs little: it is everywhere."""

    def __init__(self, texts: Iterable[str]) -> None:
        sets = [_bigrams(text) for text in texts]
        counts = Counter(bigram for bigrams in sets for bigram in bigrams)
        self._weights = {
            bigram: math.log((len(sets) + 1) / count) for bigram, count in counts.items()
        }
        self._profiles: dict[str, tuple[frozenset[str], float]] = {}

    def __call__(self, one: str, other: str) -> float:
        """Weighted Dice, or four fifths of the containment of the shorter where that is more:
        an article that kept its words and gained paragraphs is still that article.
        """
        if one == other:
            return 1.0
        (mine, weight), (theirs, other_weight) = self._profile(one), self._profile(other)
        if not weight or not other_weight:
            return 0.0
        common = self._weigh(mine & theirs)
        dice = 2 * common / (weight + other_weight)
        return min(0.999, max(dice, 0.8 * common / min(weight, other_weight)))

    def contained(self, part: str, whole: str) -> float:
        """The weighted share of `part`'s bigrams that `whole` has too, in [0, 1]."""
        mine, weight = self._profile(part)
        return self._weigh(mine & self._profile(whole)[0]) / weight if weight else 0.0

    def _profile(self, text: str) -> tuple[frozenset[str], float]:
        if text not in self._profiles:
            bigrams = _bigrams(text)
            self._profiles[text] = (bigrams, self._weigh(bigrams))
        return self._profiles[text]

    def _weigh(self, bigrams: frozenset[str]) -> float:
        # A bigram across two joined units is in no text and weighs nothing. The order of a set
        # differs between processes, the exact sum does not.
        return math.fsum(self._weights.get(bigram, 0.0) for bigram in bigrams)


def without_common(text: str, other: str) -> str:
    """What `other` did not copy from `text`; a line break where something was taken out."""
    kept: list[str] = []
    at = 0
    for block in _blocks(text, other):
        kept.append(text[at : block[0]])
        at = block[0] + block[1]
    return "\n".join([*kept, text[at:]])


def copied_share(part: str, whole: str) -> float:
    """The share of `part`'s characters that stand in `whole` in runs of `MIN_BLOCK` or more."""
    return sum(size for _, size in _blocks(part, whole)) / len(part) if part else 0.0


def _blocks(one: str, other: str) -> list[tuple[int, int]]:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return [
        (block.a, block.size)
        for block in matcher.get_matching_blocks()
        if block.size >= MIN_BLOCK or (block.size and block.size == len(one))
    ]


def _bigrams(text: str) -> frozenset[str]:
    """Of a single character: itself."""
    if not text:
        return frozenset()
    return frozenset(text[at : at + 2] for at in range(max(1, len(text) - 1)))
