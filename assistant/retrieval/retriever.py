"""Query to hits: BM25 and the dense leg, fused by weighted scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.dense import DenseIndex
from assistant.retrieval.embedder import load_embedder
from assistant.retrieval.engines import EngineWords
from assistant.retrieval.lexical import LexicalIndex
from assistant.retrieval.ties import best
from assistant.retrieval.views import Rows
from assistant.schema import Hit

DENSE_WEIGHT = 0.2
"""Of the fused score; the rest is BM25 over its best. Chosen by folds in `eval/bench_ncp.py`."""
CANDIDATES = 100
"""From each leg; both scores of every candidate are exact."""


class Retriever:
    """Both legs over the same passages; row i of each is passage i."""

    def __init__(
        self, passages: Rows, lexical: LexicalIndex, dense: DenseIndex, model: str,
        words: EngineWords | None = None,
    ) -> None:
        """`words`: finds the lexical candidates in place of `lexical`."""
        self._words = words
        self._passages = passages
        self._positions = passages.positions
        self._lexical = lexical
        self._dense = dense
        self._model = model

    def search(self, text: str, k: int) -> list[Hit]:
        """The k best passages, rank from 1, ties by passage id; none where nothing matches."""
        bm25 = self._lexical.scores(text)
        depth = min(max(CANDIDATES, k), len(bm25))
        vector = load_embedder(self._model).encode_queries([text])[0]
        heavy = self._words.heaviest(text, depth) if self._words else best(
            bm25, depth, self._positions
        )
        rows = {int(row) for row in heavy if bm25[row] > 0}
        candidates = sorted(rows.union(self._dense.nearest(vector, depth)))
        cosines = self._dense.cosines(vector, candidates)
        scores = fuse(bm25[candidates], cosines, DENSE_WEIGHT)
        found = [
            (-round(float(score), 6), self._passages[row].passage_id, row, float(cosine))
            for row, score, cosine in zip(candidates, scores, cosines, strict=True)
            if score > 0
        ]
        return [
            Hit(self._passages[row], -score, rank, float(bm25[row]), cosine)
            for rank, (score, _, row, cosine) in enumerate(sorted(found)[:k], start=1)
        ]

    def legs(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """BM25 and cosine of every passage, float32 [passages] each: for measuring weights."""
        vector = load_embedder(self._model).encode_queries([text])[0]
        return self._lexical.scores(text), self._dense.every(vector)


def fuse(
    bm25: NDArray[np.float32], cosines: NDArray[np.float32], weight: float
) -> NDArray[np.float64]:
    """Scores in [0, 1]. By score and not by rank: that the first is far better than the second
    is worth knowing where one clause is the answer.

    >>> fuse(np.float32([8, 4, 0]), np.float32([0.5, 0, -0.5]), 0.2).round(3).tolist()
    [0.9, 0.4, 0.0]
    """
    best = max(float(bm25.max(initial=0.0)), 1e-9)
    return (1 - weight) * bm25.astype(np.float64) / best + weight * np.maximum(cosines, 0)
