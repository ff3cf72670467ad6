"""What is left of a question when the words that some text bears out are taken out of it.

What is left tells a linear model much, and names little of the corpus: □的会长是谁, □是强制的吧.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.answering.terms import support
from assistant.linear import grams
from assistant.retrieval.tokenizer import cut

BORNE_OUT = "□"
MIN_SUPPORT = 0.5
_SIZES = (1, 2, 3)
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def left_over(norm: str, said: str, given: Sequence[tuple[int, int]] = ()) -> list[str]:
    """Words of the question; runs of words that `said` bears out become one □.

    Single characters and question words stay: 几家 asks, whatever the text has; but not those in
    the spans `given`, which ask for what the text has.
    """
    for start, end in sorted(given, reverse=True):
        norm = f"{norm[:start]}{BORNE_OUT}{norm[end:]}"
    left: list[str] = []
    for word in cut(_DIGITS.sub("0", norm)):
        if word == BORNE_OUT or (len(word) >= 2 and support(word, said) >= MIN_SUPPORT):
            if left[-1:] != [BORNE_OUT]:
                left.append(BORNE_OUT)
        else:
            left.append(word)
    return left


def left_features(words: list[str]) -> dict[str, float]:
    """Words, pairs of words and character n-grams of what is left, each once."""
    features = {f"g{gram}": 1.0 for gram in grams("".join(words), _SIZES)}
    features |= {f"w{word}": 1.0 for word in words}
    return features | {f"b{a}_{b}": 1.0 for a, b in pairwise(words)}
