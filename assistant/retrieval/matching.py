"""What the ranker sees of a candidate passage: how a question's words meet its text, by grain.

Everything is counted in one pass over the characters of all candidates: numpy at work, no loop
over passages, so that a hundred candidates take about a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.asking import SHOWN
from assistant.text import normalize

Floats = NDArray[np.float32]

MAX_PAIRS = 250
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_EDGE = "\ue000"
_SENTENCE_ENDS = "。！？；;!?\n\ue000"


@dataclass(frozen=True, slots=True)
class Pairs:
    """A question as pairs of neighbouring characters, in order of first standing.

    `codes` int [P, 2]; `idf` float32 [P]; `follows` int [P]: the pair that comes next in the
    question, or -1.
    """

    codes: NDArray[np.int64]
    idf: Floats
    follows: NDArray[np.int64]

    @property
    def total(self) -> float:
        return max(float(self.idf.sum()), 1e-6)


def pairs_of(norm: str, idf: Callable[[str], float]) -> Pairs:
    """The pairs of a normalised question; a repeated one counts once.

    `idf` is asked for pairs of Chinese characters and for Latin words, whose pairs share theirs.
    """
    ids: dict[str, int] = {}
    weights: list[float] = []
    follows: list[int] = []
    for run in _RUN.findall(norm):
        shared = idf(run) / max(1, len(run) - 1) if run[0].isascii() else None
        before = -1
        for at in range(len(run) - 1):
            pair = run[at : at + 2]
            if pair not in ids:
                if len(ids) == MAX_PAIRS:
                    break
                ids[pair] = len(ids)
                follows.append(-1)
                weights.append(idf(pair) if shared is None else shared)
            if before >= 0:
                follows[before] = ids[pair]
            before = ids[pair]
    codes = [[ord(pair[0]), ord(pair[1])] for pair in ids]
    return Pairs(
        np.array(codes, dtype=np.int64).reshape(-1, 2),
        np.array(weights, dtype=np.float32),
        np.array(follows, dtype=np.int64),
    )


@dataclass(frozen=True, slots=True)
class Met:
    """How a text field of each candidate meets the question's pairs; shares are of their idf.

    All float32 [C]: `whole` of the field, `sentence` the best one, `two` the best two
    neighbours, `run` the longest run of characters of the question, `dense` matched characters by
    length, `first` where the best sentence begins (0 to 1), `length` in characters.
    `present` bool [C, P]: which pairs the field has; `shown`: by kind of `SHOWN`, how many of its
    characters the field has and how many its best sentence, float32 [C] each.
    """

    whole: Floats
    sentence: Floats
    two: Floats
    run: Floats
    dense: Floats
    first: Floats
    length: Floats
    present: NDArray[np.bool_]
    shown: dict[str, tuple[Floats, Floats]]


def meet(pairs: Pairs, texts: Sequence[str]) -> Met:
    """How each text meets the pairs; there is at least one text."""
    codes, edges = _codes(texts)
    begins = np.concatenate([[0], edges[:-1] + 1])
    matched = _matched(pairs, codes)
    ends = _table(_SENTENCE_ENDS)[codes]
    # An end belongs to the sentence that it ends.
    sentence_of: NDArray[np.int64] = np.cumsum(ends) - ends
    starts: NDArray[np.int64] = sentence_of[begins]
    present = _present(matched, sentence_of, len(pairs.idf))
    idf = (pairs.idf / pairs.total).astype(np.float32)
    scores = present @ idf
    text_of = np.repeat(np.arange(len(texts)), np.diff(np.append(starts, len(scores))))
    sentence = np.maximum.reduceat(scores, starts)
    where = np.flatnonzero(scores >= sentence[text_of])
    best = where[np.searchsorted(text_of[where], np.arange(len(texts)))]
    two = scores.copy()
    joined = (present[:-1] | present[1:]) @ idf
    two[:-1] = np.where(text_of[:-1] == text_of[1:], joined, scores[:-1])
    whole = np.logical_or.reduceat(present, starts, axis=0)
    length = (edges - begins).astype(np.float32)
    hits = np.add.reduceat((matched > 0).astype(np.float32), begins)
    return Met(
        whole=whole @ idf,
        sentence=sentence,
        two=np.maximum.reduceat(two, starts),
        run=_longest_runs(pairs, matched, begins),
        dense=hits / np.maximum(length, 10),
        first=((np.searchsorted(sentence_of, best) - begins) / np.maximum(length, 1)).astype("f4"),
        length=length,
        present=whole,
        shown=_shown(codes, sentence_of, starts, best),
    )


def _present(
    matched: NDArray[np.int64], sentence_of: NDArray[np.int64], count: int
) -> NDArray[np.bool_]:
    """bool [sentences, pairs]: which pairs begin in a sentence."""
    size = count + 1
    table = np.zeros((int(sentence_of[-1]) + 1) * size, dtype=bool)
    table[sentence_of * size + matched] = True
    return table.reshape(-1, size)[:, 1:]


def _shown(
    codes: NDArray[np.uint16],
    sentence_of: NDArray[np.int64],
    starts: NDArray[np.int64],
    best: NDArray[np.int64],
) -> dict[str, tuple[Floats, Floats]]:
    kinds = _kinds()[codes]
    at = np.flatnonzero(kinds)
    size = len(SHOWN) + 1
    count = int(sentence_of[-1]) + 1
    table = np.bincount(sentence_of[at] * size + kinds[at], minlength=count * size)
    by_sentence = table.reshape(count, size).astype(np.float32)
    by_text = np.add.reduceat(by_sentence, starts, axis=0)
    return {
        kind: (by_text[:, column], by_sentence[best, column])
        for column, kind in enumerate(SHOWN, start=1)
    }


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.int8]:
    """By character, 1 + the number of its kind in `SHOWN`, or 0."""
    table = np.zeros(65536, dtype=np.int8)
    for number, chars in enumerate(SHOWN.values(), start=1):
        table[[ord(char) for char in chars]] = number
    return table


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Folded characters of all texts, each text ended by an edge, and where the edges are."""
    joined = _EDGE.join([*texts, ""])
    raw = np.frombuffer(joined.encode("utf-16-le", "replace"), dtype="<u2")
    folded = _FOLDS[raw]
    if (folded == _UNKNOWN).any():
        for code in np.unique(raw[folded == _UNKNOWN]).tolist():
            _FOLDS[code] = _fold(code)
        folded = _FOLDS[raw]
    codes = folded[folded > 0]
    return codes, np.flatnonzero(codes == ord(_EDGE))


_UNKNOWN = 0xFFFF
_FOLDS = np.full(65536, _UNKNOWN, dtype=np.uint16)
"""The normal form of each character of 16 bits, 0 for what is dropped; filled as they are met."""


def _fold(code: int) -> int:
    if chr(code) in ("\n", _EDGE):
        return code
    made = "" if 0xD800 <= code < 0xE000 else normalize(chr(code)).text
    return min(ord(made[0]), _UNKNOWN - 1) if made else 0


@lru_cache(maxsize=64)
def _table(chars: str) -> NDArray[np.bool_]:
    table = np.zeros(65536, dtype=bool)
    table[[ord(char) for char in chars]] = True
    return table


def _matched(pairs: Pairs, codes: NDArray[np.uint16]) -> NDArray[np.int64]:
    """By position: 1 + the number of the pair that begins there, or 0."""
    chars, inverse = np.unique(pairs.codes, return_inverse=True)
    inverse = inverse.reshape(-1, 2)
    table = np.zeros(65536, dtype=np.uint16)
    table[chars] = np.arange(1, len(chars) + 1)
    grid = np.zeros((len(chars) + 1, len(chars) + 1), dtype=np.int64)
    grid[inverse[:, 0] + 1, inverse[:, 1] + 1] = np.arange(1, len(pairs.codes) + 1)
    at = table[codes]
    matched = np.zeros(len(codes), dtype=np.int64)
    matched[:-1] = grid[at[:-1], at[1:]]
    return matched


def _longest_runs(
    pairs: Pairs, matched: NDArray[np.int64], begins: NDArray[np.int64]
) -> Floats:
    """Most idf in one unbroken run of the question, as a share of it."""
    if not len(pairs.idf):
        return np.zeros(len(begins), dtype=np.float32)
    idf = np.concatenate([[0.0], pairs.idf / pairs.total])[matched]
    follows = np.concatenate([[-1], pairs.follows + 1])
    goes_on = np.zeros(len(matched), dtype=bool)
    goes_on[1:] = (matched[1:] > 0) & (matched[1:] == follows[matched[:-1]])
    heads = np.flatnonzero(~goes_on)
    sums = np.add.reduceat(idf, heads)
    at = np.searchsorted(heads, begins, side="left")
    made: Floats = np.maximum.reduceat(sums, np.minimum(at, len(sums) - 1)).astype(np.float32)
    return made
