"""BM25 over passages, with a share of BM25 over their documents; saved as arrays and JSON."""

from __future__ import annotations

import json
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

_ARRAYS = ("starts", "rows", "weights", "lengths", "documents")


class LexicalIndex:
    """Postings by token: those of token t are `rows[starts[t]:starts[t+1]]`, in order of row.

    `weights` are weighted term frequencies, `lengths` [count] their sums by passage, `documents`
    [count] the number of each passage's document; passages of a document stand together.
    """

    def __init__(self, tokens: Sequence[str], arrays: Mapping[str, NDArray[Any]]) -> None:
        """
        Raises:
            ValueError: the arrays do not fit each other.
        """
        self.token_ids = {token: index for index, token in enumerate(tokens)}
        self.starts, self.rows, self.weights, self.lengths, self.documents = (
            arrays[name] for name in _ARRAYS
        )
        self.count = len(self.lengths)
        sizes = (len(self.starts) - 1, int(self.starts[-1]), len(self.weights))
        if sizes != (len(self.token_ids), len(self.rows), len(self.rows)) or (
            len(self.documents) != self.count
        ):
            raise ValueError("postings do not fit their vocabulary")
        self._norms = _norms(self.lengths, K1, B)
        by_document = np.bincount(self.documents, self.lengths)
        self._document_count = len(by_document)
        self._document_norms = _norms(by_document, DOCUMENT_K1, DOCUMENT_B)

    def scores(self, query: str) -> NDArray[np.float32]:
        """Scores of all passages: float32 [count], 0 where no token is shared.

        BM25 with Lucene's idf, ln(1 + (N - df + 0.5) / (df + 0.5)), which is never negative; a
        token counts as often as the query has it. Passages that share a token also get
        `DOCUMENT_SHARE` of their document's BM25 with idf ln(N / df): what stands in every
        document, or a corpus of one, says nothing of which document is meant.
        """
        total = np.zeros(self.count)
        whole = np.zeros(self._document_count)
        for token, times in sorted(Counter(tokenize(query)).items()):
            index = self.token_ids.get(token)
            if index is None:
                continue
            rows, weights = self._postings(index)
            df = len(rows)
            idf = math.log(1 + (self.count - df + 0.5) / (df + 0.5))
            total[rows] += times * idf * (K1 + 1) * weights / (weights + self._norms[rows])
            documents, sums = _summed(self.documents[rows], weights)
            idf = math.log(self._document_count / len(documents))
            whole[documents] += (
                times * idf * (DOCUMENT_K1 + 1) * sums / (sums + self._document_norms[documents])
            )
        share = np.where(total > 0, whole[self.documents], 0)
        return (total + DOCUMENT_SHARE * share).astype(np.float32)

    def document_frequency(self, token: str) -> int:
        """In how many passages a token stands."""
        index = self.token_ids.get(token)
        return 0 if index is None else int(self.starts[index + 1] - self.starts[index])

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        tokens = json.dumps(list(self.token_ids), ensure_ascii=False)
        (folder / "vocabulary.json").write_text(tokens, "utf-8")

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Arrays are mapped, not read: a question touches the postings of its own tokens only.

        Raises:
            OSError, ValueError: a file is missing or damaged.
        """
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in _ARRAYS
        }
        return cls(json.loads((folder / "vocabulary.json").read_text("utf-8")), arrays)

    def _postings(self, index: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        span = slice(int(self.starts[index]), int(self.starts[index + 1]))
        return np.asarray(self.rows[span]), np.asarray(self.weights[span])


class LexicalBuilder:
    """Collects the passages of a new index; those of an old one are taken over by their row."""

    def __init__(self, old: LexicalIndex | None = None) -> None:
        self._ids: dict[str, int] = dict(old.token_ids) if old else {}
        self._tokens = array("i")
        self._weights = array("f")
        self._sizes = array("q")
        if old is not None:
            order = np.argsort(old.rows, kind="stable")
            tokens = np.repeat(np.arange(len(old.token_ids)), np.diff(old.starts))
            self._old_tokens = tokens[order].astype(np.intc)
            self._old_weights = old.weights[order].astype(np.single)
            self._old_starts = np.searchsorted(old.rows[order], np.arange(old.count + 1))

    def add(self, weights: Mapping[str, float]) -> None:
        """A passage by the weighted frequency of each of its tokens."""
        for token, weight in weights.items():
            self._tokens.append(self._ids.setdefault(token, len(self._ids)))
            self._weights.append(weight)
        self._sizes.append(len(weights))

    def take_over(self, row: int) -> None:
        """The passage that is `row` in the old index."""
        span = slice(int(self._old_starts[row]), int(self._old_starts[row + 1]))
        self._tokens.frombytes(self._old_tokens[span].tobytes())
        self._weights.frombytes(self._old_weights[span].tobytes())
        self._sizes.append(span.stop - span.start)

    def build(self, documents: Sequence[int] | None = None) -> LexicalIndex:
        """`documents`: the number of each passage's document, from 0 up; one each unless told."""
        count = len(self._sizes)
        collected = np.frombuffer(self._tokens, dtype=np.intc)
        weights = np.frombuffer(self._weights, dtype=np.single)
        rows = np.repeat(np.arange(count, dtype=np.int32), np.array(self._sizes, dtype=np.int64))
        names = list(self._ids)
        used = sorted(np.unique(collected).tolist(), key=names.__getitem__)
        place = np.zeros(len(names), dtype=np.int32)
        place[used] = np.arange(len(used))
        tokens = place[collected]
        order = np.argsort(tokens, kind="stable")
        numbers = range(count) if documents is None else documents
        return LexicalIndex(
            [names[one] for one in used],
            {
                "starts": np.searchsorted(tokens[order], np.arange(len(used) + 1)),
                "rows": rows[order],
                "weights": weights[order],
                "lengths": np.bincount(rows, weights, minlength=count),
                "documents": np.array(numbers, dtype=np.int32),
            },
        )


def build_lexical(
    weights: Iterable[Mapping[str, float]], documents: Sequence[int] | None = None
) -> LexicalIndex:
    """The index of passages given by the weighted frequency of each of their tokens."""
    builder = LexicalBuilder()
    for one in weights:
        builder.add(one)
    return builder.build(documents)


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


def _norms(lengths: NDArray[Any], k1: float, b: float) -> NDArray[np.float64]:
    """k1 * (1 - b + b * length / mean length), by passage or document."""
    mean = float(np.mean(lengths)) if len(lengths) else 1.0
    norms: NDArray[np.float64] = k1 * (1 - b + b * np.asarray(lengths, dtype=np.float64) / mean)
    return norms


def _summed(
    documents: NDArray[np.int32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Each document once, with the sum of its weights; `documents` comes in order."""
    first = np.flatnonzero(np.diff(documents, prepend=-1))
    return documents[first], np.add.reduceat(weights.astype(np.float64), first)
