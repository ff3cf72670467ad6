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
from assistant.retrieval.tokenizer import is_exact, query_tokens, synonyms_in, tokenize
from assistant.schema import Passage
from assistant.text import normal_text

Floats = NDArray[np.float32]

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
    """The BM25 of all passages and of their documents for one query."""

    passages: Floats
    """[rows] 0 where no token is shared."""
    by_document: Floats
    """[documents]"""
    owners: NDArray[np.int64]
    """[rows] the number of each passage's document."""
    ideal: float
    """What a passage would get that said every known token without end."""
    frequencies: dict[str, int]
    """In how many passages each known token of the query stands."""

    def documents(self, rows: NDArray[np.int64] | slice) -> Floats:
        """That of each passage's document."""
        return self.by_document[self.owners[rows]]

    def total(self, rows: NDArray[np.int64] | slice) -> Floats:
        """Passages that share a token with their documents' share, 0 for all others."""
        own = self.passages[rows]
        made: Floats = (own + np.float32(DOCUMENT_SHARE) * self.documents(rows)) * (own > 0)
        return made


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


class _Found:
    """The postings of some tokens in one part, one token after the other, scored in one go."""

    def __init__(self, part: LexicalPart, tokens: Sequence[str]) -> None:
        pairs = [part.of(token) for token in tokens]
        self.part = part
        self.counts = np.array([len(rows) for rows, _ in pairs], dtype=np.int64)
        """By token: how many passages of the part have it."""
        self._rows = np.concatenate([_NO_ROWS, *(rows for rows, _ in pairs)])
        self._weights = np.concatenate([_NO_WEIGHTS, *(weights for _, weights in pairs)])
        # The passages of a document stand together: where it begins, for each token.
        self._owners = part.owners[self._rows]
        ends = np.cumsum(self.counts)
        is_first = np.ones(len(self._rows), dtype=bool)
        np.not_equal(self._owners[1:], self._owners[:-1], out=is_first[1:])
        is_first[ends[ends < len(is_first)]] = True
        self._firsts = is_first.nonzero()[0]
        self.document_counts = np.diff(np.searchsorted(self._firsts, np.append(0, ends)))
        """By token: how many documents of the part have it."""

    def passages(self, idf: NDArray[np.float64], norms: NDArray[np.float32]) -> Floats:
        """BM25 by passage, float32 [passages]; `idf` by token."""
        return _summed(self._rows, self._weights, np.repeat(idf, self.counts), norms)

    def documents(self, idf: NDArray[np.float64], norms: NDArray[np.float32]) -> Floats:
        """BM25 by document, float32 [documents]."""
        firsts = self._firsts
        weights = self._weights
        if len(firsts) < len(weights):
            weights = np.add.reduceat(weights, firsts)
        return _summed(self._owners[firsts], weights, np.repeat(idf, self.document_counts), norms)


def _summed(
    places: NDArray[np.int32], weights: Floats, idf: NDArray[np.float64], norms: Floats
) -> Floats:
    """idf * weight / (weight + norm), summed by place."""
    under = norms[places]
    under += weights
    gains = weights * idf.astype(np.float32)
    gains /= under
    total = np.zeros(len(norms), dtype=np.float32)
    np.add.at(total, places, gains)
    return total


_NO_ROWS = np.zeros(0, dtype=np.int32)
_NO_WEIGHTS = np.zeros(0, dtype=np.float32)


class LexicalIndex:
    """BM25 over the passages of all segments, counted as if they were one.

    Rows number the passages of all segments one after the other, dead ones included.
    """

    def __init__(self, parts: Sequence[LexicalPart]) -> None:
        self._parts = parts
        lengths = [_alive_lengths(part) for part in parts]
        self._begins = np.cumsum([0, *(len(one) for one in lengths[:-1])])
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
        return self.scored(query).total(slice(None))

    def scored(self, query: str) -> Scored:
        """BM25 of all passages, the share of their documents apart.

        BM25 with Lucene's idf, ln(1 + (N - df + 0.5) / (df + 0.5)), which is never negative; a
        token counts as often as the query has it. Passages that share a token also get
        `DOCUMENT_SHARE` of their document's BM25 with idf ln(N / df): what stands in every
        document, or a corpus of one, says nothing of which document is meant.
        """
        counted = sorted(query_tokens(query).items())
        found = [_Found(part, [token for token, _ in counted]) for part in self._parts]
        times = np.array([times for _, times in counted], dtype=np.float64)
        df = sum((one.counts for one in found), np.zeros(len(counted), dtype=np.int64))
        idf = times * np.log(1 + (self.count - df + 0.5) / (df + 0.5)) * (K1 + 1)
        passages = _joined(
            [one.passages(idf, norms) for one, norms in zip(found, self._norms, strict=True)]
        )
        whole_df = sum((one.document_counts for one in found), np.zeros_like(df))
        whole_idf = times * np.log(self._document_count / np.maximum(whole_df, 1))
        documents = _joined(
            [
                one.documents(whole_idf * (DOCUMENT_K1 + 1), norms)
                for one, norms in zip(found, self._document_norms, strict=True)
            ]
        )
        frequencies = {
            token: int(count) for (token, _), count in zip(counted, df, strict=True) if count
        }
        return Scored(passages, documents, self.owners, float(idf[df > 0].sum()), frequencies)

    def in_its_words(self, query: str) -> str:
        """The query with each word that no passage has by the first of its synonyms that one has:
        科小认定 is asked as 科技型中小企业认定 where nobody writes 科小.
        """
        norm = made = normal_text(query)
        for word, others in synonyms_in(norm):
            if not self.document_frequency(word):
                known = (other for other in others if self.document_frequency(other))
                made = made.replace(word, next(known, word))
        return query if made == norm else made

    def exact(self, query: str, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """The share, by idf, of the query's numbers, dates and numbers of documents that stand in
        each passage, [rows]; None where it has none.
        """
        asked = [token for token in query_tokens(query) if is_exact(token)]
        if not asked:
            return None
        met, total = np.zeros(len(rows)), 0.0
        for token in asked:
            found = [part.of(token)[0] for part in self._parts]
            df = sum(map(len, found))
            idf = math.log(1 + (self.count - df + 0.5) / (df + 0.5))
            places = [one + first for one, first in zip(found, self._begins, strict=True)]
            met += idf * np.isin(rows, np.concatenate([_NO_ROWS, *places]), kind="sort")
            total += idf
        return met / total

    def idfs(self, query: str) -> dict[str, float]:
        """By known token of a query: its idf, times how often the query has it."""
        found: dict[str, float] = {}
        for token, times in sorted(query_tokens(query).items()):
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


def _norms(lengths: NDArray[Any], mean: float, k1: float, b: float) -> NDArray[np.float32]:
    """k1 * (1 - b + b * length / mean length), by passage or document."""
    norms: NDArray[np.float64] = k1 * (1 - b + b * lengths / (mean or 1.0))
    return norms.astype(np.float32)


def _joined(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return parts[0] if len(parts) == 1 else np.concatenate([_NO_WEIGHTS, *parts])
