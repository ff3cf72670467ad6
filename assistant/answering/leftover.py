"""What is left of a question when the words that some text bears out are taken out of it.

What is left tells a linear model much, and names little of the corpus: □的会长是谁, □是强制的吧.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from assistant.answering.figures_told import BORNE_OUT, MARKS
from assistant.answering.terms import support
from assistant.linear import grams
from assistant.retrieval.tokenizer import cut, stop_words

BRIEFLY = "▫"
"""A character for a word that is borne out: 补 for 补助."""
MIN_SUPPORT = 0.5
_SIZES = (1, 2, 3)
_STOP = frozenset(stop_words())
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def left_over(norm: str, said: str, told: Sequence[tuple[int, int, str]] = ()) -> list[str]:
    """Words of the question; runs of words that `said` bears out become one □.

    Single characters and question words stay: 几家 asks, whatever the text has; but not those in
    the spans `told` (start, end, mark), which ask for what the text has: the mark takes their
    place.
    """
    for start, end, mark in sorted(told, reverse=True):
        norm = f"{norm[:start]}{mark}{norm[end:]}"
    left: list[str] = []
    for run in _runs(cut(_DIGITS.sub("0", norm))):
        if run != [BORNE_OUT] and not _is_borne("".join(run), said):
            left += run
        elif left[-1:] != [BORNE_OUT]:
            left.append(BORNE_OUT)
    return left


def with_brief(words: Iterable[str], said: str) -> list[str]:
    """The words with ▫ for characters that are the first of a word of two that `said` has."""
    begun = {word[0] for word in cut(said) if len(word) == 2} - _STOP
    return [BRIEFLY if word in begun else word for word in words]


def is_left(word: str) -> bool:
    """Whether it is a word that is left, and no mark."""
    return word != BRIEFLY and word not in MARKS


def left_features(words: Sequence[str]) -> dict[str, float]:
    """Words, pairs of words and character n-grams of what is left, each once."""
    features = {f"g{gram}": 1.0 for gram in grams("".join(words), _SIZES)}
    features |= {f"w{word}": 1.0 for word in words}
    return features | {f"b{a}_{b}": 1.0 for a, b in pairwise(words)}


def _runs(words: Iterable[str]) -> Iterator[list[str]]:
    """The words, each alone, but characters in a row together: 托 + 育 is a word no list has."""
    run: list[str] = []
    for word in words:
        if len(word) == 1 and "\u3400" <= word <= "\u9fff" and word not in _STOP:
            run.append(word)
            continue
        if run:
            yield run
            run = []
        yield [word]
    if run:
        yield run


def _is_borne(word: str, text: str) -> bool:
    return len(word) >= 2 and support(word, text) >= MIN_SUPPORT
