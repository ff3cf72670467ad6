"""What the ranker sees of a candidate passage: how a question's words meet its text, by grain.

Everything is counted in one pass over the characters of all candidates: numpy at work, no loop
over passages, so that a hundred candidates take about a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
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

    `codes` int [P + E, 2]; `idf` float32 [P]; `follows` int [P]: the pair that comes next in the
    question, or -1. `spelled`: the pairs of a word, and those of what says the same, of which the
    last E stand in no word of the question.
    """

    codes: NDArray[np.int64]
    idf: Floats
    follows: NDArray[np.int64]
    spelled: tuple[tuple[list[int], list[int]], ...] = ()

    @property
    def total(self) -> float:
        return max(float(self.idf.sum()), 1e-6)


def pairs_of(
    norm: str,
    idf: Callable[[str], float],
    spellings: Iterable[tuple[str, Sequence[str]]] = (),
) -> Pairs:
    """The pairs of a normalised question; a repeated one counts once.

    `idf` is asked for pairs of Chinese characters and for Latin words, whose pairs share theirs.
    `spellings`: words of the question with others that say the same.
    """
    ids: dict[str, int] = {}
    weights: list[float] = []
    follows: list[int] = []
    for run in _RUN.findall(norm):
        shared = idf(run) / max(1, len(run) - 1) if run[0].isascii() else None
        before = -1
        for pair in _pairs_in(run):
            if pair not in ids:
                if len(ids) == MAX_PAIRS:
                    break
                ids[pair] = len(ids)
                follows.append(-1)
                weights.append(idf(pair) if shared is None else shared)
            if before >= 0:
                follows[before] = ids[pair]
            before = ids[pair]
    spelled = []
    for word, others in spellings:
        asked = [ids[pair] for pair in _pairs_in(word) if pair in ids]
        spelled += [
            (asked, [ids.setdefault(pair, len(ids)) for pair in _pairs_in(other)])
            for other in others
            if asked and len(other) > 1
        ]
    codes = [[ord(pair[0]), ord(pair[1])] for pair in ids]
    return Pairs(
        np.array(codes, dtype=np.int64).reshape(-1, 2),
        np.array(weights, dtype=np.float32),
        np.array(follows, dtype=np.int64),
        tuple(spelled),
    )


def _pairs_in(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]


@dataclass(frozen=True, slots=True)
class Met:
    """How each of T texts meets the question's pairs; shares are of their idf.

    All float32 [T]: `whole` of the text, `sentence` the best one, `two` the best two
    neighbours, `run` the longest run of characters of the question, `dense` matched characters by
    length, `first` where the best sentence begins (0 to 1), `length` in characters.
    `present` bool [T, P]: which pairs the text has; `shown` and `near` float32 [T, kinds]: how many
    characters of each kind of `SHOWN` the text has and how many its best sentence.
    """

    whole: Floats
    sentence: Floats
    two: Floats
    run: Floats
    dense: Floats
    first: Floats
    length: Floats
    present: NDArray[np.bool_]
    shown: Floats
    near: Floats

    def of(self, rows: NDArray[np.int64] | slice) -> Met:
        """Some of the texts."""
        return Met(*(getattr(self, name)[rows] for name in Met.__slots__))


def meet(pairs: Pairs, texts: Sequence[str]) -> Met:
    """How each text meets the pairs; there is at least one text."""
    codes, edges = _codes(texts)
    begins = np.append(0, edges[:-1] + 1)
    kinds = _kinds().take(codes)
    ends = (kinds == _END).nonzero()[0]  # an end belongs to the sentence that it ends
    sentences = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=-1))  # by character
    at, pair = _matched(pairs, codes)
    sentence_of = sentences[at]
    starts = sentences[begins]
    text_of = np.repeat(np.arange(len(texts)), np.diff(np.append(starts, len(ends))))
    present = _present(pairs, len(ends), sentence_of, pair)
    is_own = pair < len(pairs.idf)
    at, pair, sentence_of = at[is_own], pair[is_own], sentence_of[is_own]
    share = pairs.idf / pairs.total
    scores = _weighed(present, share)
    sentence = np.maximum.reduceat(scores, starts)
    where = (scores >= sentence[text_of]).nonzero()[0]
    best = where[np.searchsorted(text_of[where], np.arange(len(texts)))]
    two = scores.copy()
    joined = _weighed(present[:-1] | present[1:], share)
    two[:-1] = np.where(text_of[:-1] == text_of[1:], joined, scores[:-1])
    whole = np.zeros((len(texts), present.shape[1]), dtype=bool)
    row, met = _cells(present)
    whole[text_of[row], met] = True
    length = (edges - begins).astype(np.float32)
    shown = _shown(kinds, sentences)
    owner = text_of[sentence_of]
    return Met(
        whole=_weighed(whole, share),
        sentence=sentence,
        two=np.maximum.reduceat(two, starts),
        run=_longest_runs(pairs, share, (at, pair), np.bincount(owner, minlength=len(texts))),
        dense=(np.bincount(owner, minlength=len(texts)) / np.maximum(length, 10)).astype("f4"),
        first=((np.append(0, ends + 1)[best] - begins) / np.maximum(length, 1)).astype("f4"),
        length=length,
        present=whole,
        shown=np.add.reduceat(shown, starts, axis=0),
        near=shown[best],
    )


def _present(
    pairs: Pairs, sentences: int, sentence_of: NDArray[np.int64], pair: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """bool [sentences, P]: which pairs begin in a sentence, or would if it were spelled so."""
    table = np.zeros((sentences, len(pairs.codes)), dtype=bool)
    table[sentence_of, pair] = True
    is_met = set(np.flatnonzero(table.any(axis=0)).tolist()) if pairs.spelled else set()
    for asked, other in pairs.spelled:
        if is_met.issuperset(other):
            said = np.flatnonzero(table[:, other].all(axis=1))
            table[said[:, None], asked] = True
    return table[:, : len(pairs.idf)]


def _weighed(present: NDArray[np.bool_], share: Floats) -> Floats:
    """The share that each row has; by BLAS equal rows might differ in the last digit."""
    row, pair = _cells(present)
    return np.bincount(row, share[pair], minlength=len(present)).astype(np.float32)


def _cells(table: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of all that is true; `nonzero` of a table takes four times as long."""
    cells = table.ravel().nonzero()[0]
    row = cells // max(1, table.shape[1])
    return row, cells - row * table.shape[1]


def _shown(kinds: NDArray[np.int8], sentences: NDArray[np.int64]) -> Floats:
    """[sentences, kinds]: how many characters of each kind of `SHOWN`; both given by character."""
    count = int(sentences[-1]) + 1
    at = (kinds > 0).nonzero()[0]
    at = at[kinds[at] < _END]
    cells = sentences[at] * len(SHOWN) + kinds[at] - 1
    counts = np.bincount(cells, minlength=count * len(SHOWN))
    return counts.reshape(count, len(SHOWN)).astype(np.float32)


_END = len(SHOWN) + 1


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.int8]:
    """By character, 1 + the number of its kind in `SHOWN`, `_END` where a sentence ends, or 0."""
    table = np.zeros(65536, dtype=np.int8)
    for number, chars in enumerate([*SHOWN.values(), _SENTENCE_ENDS], start=1):
        table[[ord(char) for char in chars]] = number
    return table


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Folded characters of all texts, each text ended by an edge, and where the edges are."""
    kept = {text: met for text in texts if (met := _FOLDED.get(text)) is not None}
    new = [text for text in dict.fromkeys(texts) if text not in kept]
    if new:
        made = dict(zip(new, _folded(new), strict=True))
        if len(_FOLDED) > _MAX_FOLDED:
            _FOLDED.clear()
        _FOLDED.update(made)
        kept |= made
    codes = np.frombuffer(b"".join([kept[text] for text in texts]), dtype=np.uint16)
    return codes, (codes == ord(_EDGE)).nonzero()[0]


def _folded(texts: Sequence[str]) -> Iterator[bytes]:
    """The same of each text, as bytes."""
    joined = _EDGE.join([*(one.replace(_EDGE, " ") for one in texts), ""])
    raw = np.frombuffer(joined.encode("utf-16-le", "replace"), dtype="<u2")
    folded = _FOLDS[raw]
    if (folded == _UNKNOWN).any():
        for code in np.unique(raw[folded == _UNKNOWN]).tolist():
            _FOLDS[code] = _fold(code)
        folded = _FOLDS[raw]
    codes = folded[folded > 0]
    begin = 0
    for end in (np.flatnonzero(codes == ord(_EDGE)) + 1).tolist():
        yield codes[begin:end].tobytes()
        begin = end


_FOLDED: dict[str, bytes] = {}
"""Of the texts that were met: the same passages come again and again."""
_MAX_FOLDED = 20_000


_UNKNOWN = 0xFFFF
_FOLDS = np.full(65536, _UNKNOWN, dtype=np.uint16)
"""The normal form of each character of 16 bits, 0 for what is dropped; filled as they are met."""


def _fold(code: int) -> int:
    if chr(code) in ("\n", _EDGE):
        return code
    made = "" if 0xD800 <= code < 0xE000 else normalize(chr(code)).text
    return min(ord(made[0]), _UNKNOWN - 1) if made else 0


def _matched(
    pairs: Pairs, codes: NDArray[np.uint16]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where pairs of the question begin, in order, and the number of the pair."""
    numbers: dict[int, int] = {}
    chars = [numbers.setdefault(one, len(numbers) + 1) for one in pairs.codes.ravel().tolist()]
    table = np.zeros(65536, dtype=np.uint16)
    table[list(numbers)] = np.arange(1, len(numbers) + 1)
    grid = np.full((len(numbers) + 1, len(numbers) + 1), -1)
    grid[chars[::2], chars[1::2]] = np.arange(len(pairs.codes))
    known = table.take(codes)
    at = (known[:-1] > 0).nonzero()[0]  # of numbers it takes ten times as long
    pair = grid[known[at], known[at + 1]]
    is_pair = pair >= 0
    return at[is_pair], pair[is_pair]


def _longest_runs(
    pairs: Pairs,
    share: Floats,
    matched: tuple[NDArray[np.int64], NDArray[np.int64]],
    counts: NDArray[np.int64],
) -> Floats:
    """Most idf in one unbroken run of the question, as a share of it; `counts`: matches by text."""
    at, pair = matched
    made = np.zeros(len(counts))
    if not len(at):
        return made.astype(np.float32)
    goes_on = np.zeros(len(at), dtype=bool)
    goes_on[1:] = (at[1:] == at[:-1] + 1) & (pairs.follows[pair[:-1]] == pair[1:])
    heads = (~goes_on).nonzero()[0]
    sums = np.add.reduceat(share[pair].astype(np.float64), heads)
    text_of = np.repeat(np.arange(len(counts)), counts)
    np.maximum.at(made, text_of[heads], sums)
    return made.astype(np.float32)
