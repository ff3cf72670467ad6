"""Query to hits: BM25 and the dense leg, fused by weighted scores."""

from __future__ import annotations

import numpy as np

from assistant.retrieval.dense import DenseIndex
from assistant.retrieval.embedder import load_embedder
from assistant.retrieval.lexical import LexicalIndex
from assistant.schema import Hit, Passage

DENSE_WEIGHT = 0.25
"""Of the fused score; the rest is BM25 over its best (chosen on the dev questions)."""
CANDIDATES = 100


class Retriever:
    """Both legs over the same passages; row i of each is passage i."""

    def __init__(
        self, passages: tuple[Passage, ...], lexical: LexicalIndex, dense: DenseIndex, model: str
    ) -> None:
        self._passages = passages
        self._lexical = lexical
        self._dense = dense
        self._model = model

    def search(self, text: str, k: int) -> list[Hit]:
        """The k best passages, rank from 1, ties by passage id; none where nothing matches."""
        bm25 = self._lexical.scores(text)
        count = min(CANDIDATES, len(bm25))
        top = np.argpartition(-bm25, count - 1)[:count]
        rows = {int(row) for row in top if bm25[row] > 0}
        cosines = self._cosines(text)
        rows |= set(cosines)
        best = max(float(bm25.max(initial=0.0)), 1e-9)
        hits = [
            Hit(
                passage=self._passages[row],
                score=(1 - DENSE_WEIGHT) * float(bm25[row]) / best
                + DENSE_WEIGHT * max(cosines.get(row, 0.0), 0.0),
                lexical=float(bm25[row]),
                dense=cosines.get(row, 0.0),
            )
            for row in rows
        ]
        hits = [hit for hit in hits if hit.score > 0]
        hits.sort(key=lambda hit: (-round(hit.score, 9), hit.passage.passage_id))
        return [
            Hit(hit.passage, hit.score, rank, hit.lexical, hit.dense)
            for rank, hit in enumerate(hits[:k], start=1)
        ]

    def _cosines(self, text: str) -> dict[int, float]:
        vector = load_embedder(self._model).encode_queries([text])[0]
        return dict(self._dense.search(vector, CANDIDATES))
