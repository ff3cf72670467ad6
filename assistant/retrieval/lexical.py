"""BM25 over passages, with a share of BM25 over their documents."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.postings import Pair, Postings
from assistant.retrieval.tokenizer import tokenize
from assistant.schema import Passage

K1 = 0.6
B = 0.3
"""Low: a passage is short and whole, so a word said twice or a longer clause means little."""
HEADING_WEIGHT = 2.0
"""A word of the heading path counts as this many in the text (BM25F, Robertson et al. 2004)."""
TITLE_WEIGHT = 1.0
DOCUMENT_SHARE = 0.3
DOCUMENT_K1 = 1.2
DOCUMENT_B = 0.6
"""All chosen on the dev questions of `eval/bench_ncp.py`; the neighbourhood is flat."""

LEXICAL = f"bm25f/1 heading={HEADING_WEIGHT} title={TITLE_WEIGHT}"
"""Names what the postings hold; part of the index manifest."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The BM25 of all passages for one query, float32 [rows] each."""

    passages: NDArray[np.float32]
    documents: NDArray[np.float32]
    """Of each passage's document."""
    total: NDArray[np.float32]
    """Passages that share a token with their documents' share, 0 for all others."""
    ideal: float
    """What a passage would get that said every known token without end."""
    frequencies: dict[str, int]
    """In how many passages each known token of the query stands."""


@dataclass(frozen=True, slots=True)
class LexicalPart:
    """The postings of one segment and where its passages stand among all."""

    postings: Postings
    owners: NDArray[np.int32]
    """int32 [passages]: the number of each passage's document, which stand together."""
    alive: NDArray[np.bool_] | None = None
    """Which passages count; None: all of them."""

    def of(self, token: str) -> Pair:
        rows, weights = self.postings.of(token)
        if self.alive is None or not len(rows):
            return rows, weights
        kept = self.alive[rows]
        return rows[kept], weights[kept]


class LexicalIndex:
    """BM25 over the passages of all segments, counted as if they were one.

    Rows number the passages of all segments one after the other, dead ones included.
    """

    def __init__(self, parts: Sequence[LexicalPart]) -> None:
        self._parts = parts
        lengths = [_alive_lengths(part) for part in parts]
        self.count = sum(
            part.postings.count if part.alive is None else int(part.alive.sum()) for part in parts
        )
        mean = sum(float(one.sum()) for one in lengths) / max(1, self.count)
        self._norms = [_norms(one, mean, K1, B) for one in lengths]
        wholes = [
            np.bincount(part.owners, one) for part, one in zip(parts, lengths, strict=True)
        ]
        documents = sum(int(np.count_nonzero(one)) for one in wholes)
        self._document_count = max(1, documents)
        mean = sum(float(one.sum()) for one in wholes) / self._document_count
        self._document_norms = [_norms(one, mean, DOCUMENT_K1, DOCUMENT_B) for one in wholes]

    @property
    def document_count(self) -> int:
        return self._document_count

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """int64 [rows]: the number of each passage's document, counted over all segments."""
        sizes = [len(one) for one in self._document_norms]
        firsts = np.cumsum(sizes) - sizes
        numbered = [
            part.owners.astype(np.int64) + first
            for part, first in zip(self._parts, firsts, strict=True)
        ]
        return np.concatenate(numbered) if numbered else np.zeros(0, dtype=np.int64)

    def scores(self, query: str) -> NDArray[np.float32]:
        """Scores of all passages: float32 [rows], 0 where no token is shared."""
        return self.scored(query).total

    def scored(self, query: str) -> Scored:
        """BM25 of all passages, the share of their documents apart.

        BM25 with Lucene's idf, ln(1 + (N - df + 0.5) / (df + 0.5)), which is never negative; a
        token counts as often as the query has it. Passages that share a token also get
        `DOCUMENT_SHARE` of their document's BM25 with idf ln(N / df): what stands in every
        document, or a corpus of one, says nothing of which document is meant.
        """
        totals = [np.zeros(len(norms), dtype=np.float32) for norms in self._norms]
        wholes = [np.zeros(len(norms), dtype=np.float32) for norms in self._document_norms]
        ideal = 0.0
        frequencies: dict[str, int] = {}
        for token, times in sorted(Counter(tokenize(query)).items()):
            found = [part.of(token) for part in self._parts]
            df = sum(len(rows) for rows, _ in found)
            if not df:
                continue
            frequencies[token] = df
            idf = times * math.log(1 + (self.count - df + 0.5) / (df + 0.5)) * (K1 + 1)
            ideal += idf
            for total, norms, (rows, weights) in zip(totals, self._norms, found, strict=True):
                total[rows] += _gains(idf, weights, norms[rows])
            grouped = [
                _summed(part.owners[rows], weights)
                for part, (rows, weights) in zip(self._parts, found, strict=True)
            ]
            df = sum(len(documents) for documents, _ in grouped)
            idf = times * math.log(self._document_count / df) * (DOCUMENT_K1 + 1)
            for whole, norms, (documents, sums) in zip(
                wholes, self._document_norms, grouped, strict=True
            ):
                whole[documents] += _gains(idf, sums, norms[documents])
        passages = np.concatenate(totals)
        shares = np.concatenate(
            [whole[part.owners] for part, whole in zip(self._parts, wholes, strict=True)]
        )
        total = passages + np.float32(DOCUMENT_SHARE) * (shares * (passages > 0))
        return Scored(passages, shares, total, ideal, frequencies)

    def idfs(self, query: str) -> dict[str, float]:
        """By known token of a query: its idf, times how often the query has it."""
        found: dict[str, float] = {}
        for token, times in sorted(Counter(tokenize(query)).items()):
            df = self.document_frequency(token)
            if df:
                found[token] = times * math.log(1 + (self.count - df + 0.5) / (df + 0.5))
        return found

    def document_frequency(self, token: str) -> int:
        """In how many passages a token stands."""
        return sum(len(part.of(token)[0]) for part in self._parts)


def term_weights(passage: Passage) -> dict[str, float]:
    """Weighted term frequencies of a passage over its fields."""
    weights: dict[str, float] = dict(Counter(tokenize(passage.text)))
    for text, weight in ((" ".join(passage.path), HEADING_WEIGHT), (passage.title, TITLE_WEIGHT)):
        for token, times in _heading_tokens(text):
            weights[token] = weights.get(token, 0.0) + weight * times
    return weights


@lru_cache(maxsize=256)
def _heading_tokens(text: str) -> tuple[tuple[str, int], ...]:
    """Passages of a document share their title and much of their paths."""
    return tuple(Counter(tokenize(text)).items())


def _alive_lengths(part: LexicalPart) -> NDArray[np.float64]:
    """Passage lengths, 0 for dead ones."""
    lengths = np.asarray(part.postings.lengths, dtype=np.float64)
    return lengths if part.alive is None else np.where(part.alive, lengths, 0)


def passage_norms(lengths: NDArray[Any]) -> NDArray[np.float32]:
    """What BM25 adds to a weight below the line, for passages that are the whole corpus."""
    return _norms(lengths, float(np.mean(lengths)) if len(lengths) else 1.0, K1, B)


def _gains(
    idf: float, weights: NDArray[np.float32], norms: NDArray[np.float32]
) -> NDArray[np.float32]:
    """idf * weight / (weight + norm); `norms` is overwritten."""
    np.add(norms, weights, out=norms)
    np.divide(weights, norms, out=norms)
    norms *= np.float32(idf)
    return norms


def _norms(lengths: NDArray[Any], mean: float, k1: float, b: float) -> NDArray[np.float32]:
    """k1 * (1 - b + b * length / mean length), by passage or document."""
    norms: NDArray[np.float64] = k1 * (1 - b + b * lengths / (mean or 1.0))
    return norms.astype(np.float32)


def _summed(
    documents: NDArray[np.int32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Each document once, with the sum of its weights; `documents` comes in order."""
    is_first = np.ones(len(documents), dtype=bool)
    np.not_equal(documents[1:], documents[:-1], out=is_first[1:])
    first = np.flatnonzero(is_first)
    if len(first) == len(documents):
        return documents, weights
    return documents[first], np.add.reduceat(weights, first)
