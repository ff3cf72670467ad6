"""What is left of a question when the words that some text bears out are taken out of it.

What is left tells a linear model much, and names little of the corpus: □的会长是谁, □是强制的吧.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from assistant.answering.figures_told import MARKS
from assistant.answering.terms import support
from assistant.linear import grams
from assistant.retrieval.tokenizer import cut, stop_words

BORNE_OUT = "□"
BRIEFLY = "▫"
"""A character for a word that is borne out: 补 for 补助."""
NEARBY = "◇"
"""Words that are not in the quote, but elsewhere in its document."""
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
    words = cut(_DIGITS.sub("0", norm))
    return _marked(words, BORNE_OUT, said)


def with_brief(words: Iterable[str], said: str) -> list[str]:
    """The words with ▫ for characters that are the first of a word of two that `said` has."""
    begun = {word[0] for word in cut(said) if len(word) == 2} - _STOP
    return [BRIEFLY if word in begun else word for word in words]


def is_left(word: str) -> bool:
    """Whether it is a word that is left, and no mark."""
    return word not in (BORNE_OUT, BRIEFLY) and word not in MARKS


def left_features(words: Sequence[str], around: str = "") -> dict[str, float]:
    """Words, pairs of words and character n-grams of what is left, each once; those apart in which
    the words that the text `around` bears out are taken out, too.
    """
    beyond = _features(_marked(words, NEARBY, around))
    near = {f"d{name}": value for name, value in beyond.items() if NEARBY in name}
    return _features(words) | near


def _marked(words: Iterable[str], mark: str, text: str) -> list[str]:
    """A mark in place of runs of words that the text bears out."""
    marked: list[str] = []
    for run in _runs(words):
        is_borne = run == [mark] or _is_borne("".join(run), text)
        if not is_borne:
            marked += run
        elif marked[-1:] != [mark]:
            marked.append(mark)
    return marked


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


def _features(words: Sequence[str]) -> dict[str, float]:
    features = {f"g{gram}": 1.0 for gram in grams("".join(words), _SIZES)}
    features |= {f"w{word}": 1.0 for word in words}
    return features | {f"b{a}_{b}": 1.0 for a, b in pairwise(words)}
