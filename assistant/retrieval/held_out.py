"""The search as it is with another embedder, for questions that the shipped one has learnt from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.dense import DenseIndex
from assistant.retrieval.embedder import Embedder
from assistant.retrieval.lexical import LexicalIndex
from assistant.retrieval.manifest import embedded_text
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.ties import best
from assistant.retrieval.views import Rows


class HeldOutRetriever(Retriever):
    """All passages encoded anew, in memory; the words are those of the index."""

    def __init__(self, passages: Rows, lexical: LexicalIndex, embedder: Embedder) -> None:
        texts = [embedded_text(passages[row]) for row in range(len(passages.positions))]
        dense = _Encoded(embedder.encode_passages(texts), passages.positions)
        super().__init__(passages, lexical, dense, embedder.name)
        self._embedder = embedder

    def _encode(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._embedder.encode_queries([text])[0]
        return vector


class _Encoded(DenseIndex):
    """Vectors in memory, [rows, dim]; every cosine is worked out."""

    def __init__(self, vectors: NDArray[np.float32], positions: NDArray[np.int64]) -> None:
        super().__init__([], positions)
        self._vectors = vectors

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[int]:
        if not np.any(vector):
            return []
        return [int(row) for row in best(self.every(vector), k, self._positions)]

    def every(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        made: NDArray[np.float32] = self._vectors @ vector
        return made

    def cosines(
        self, vector: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float32]:
        made: NDArray[np.float32] = self._vectors[np.asarray(rows, dtype=np.int64)] @ vector
        return made
