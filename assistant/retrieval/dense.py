"""The dense leg: vectors of passages in an embedded Chroma collection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexFolderError

COLLECTION = "passages"
BATCH = 2000


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False)
    )


def write_vectors(folder: Path, vectors: NDArray[np.float32]) -> None:
    """Store row i of `vectors` under the id `i`; one thread, so that two builds are alike."""
    folder.mkdir(parents=True)
    collection = _client(folder).create_collection(
        COLLECTION,
        embedding_function=None,
        configuration={
            "hnsw": {"space": "cosine", "num_threads": 1, "ef_construction": 200, "ef_search": 100}
        },
    )
    for begin in range(0, len(vectors), BATCH):
        rows = vectors[begin : begin + BATCH]
        ids = [str(begin + row) for row in range(len(rows))]
        collection.add(ids=ids, embeddings=rows)


class DenseIndex:
    """Opens the collection when first searched."""

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder
        self._count = count
        self._collection: Any = None

    def search(self, vector: NDArray[np.float32], k: int) -> Sequence[tuple[int, float]]:
        """(row, cosine) of the k nearest passages, best first, ties by row.

        Raises:
            IndexFolderError: the collection is missing or corrupt.
        """
        if not np.any(vector):
            return []
        if self._collection is None:
            try:
                self._collection = _client(self._folder).get_collection(
                    COLLECTION, embedding_function=None
                )
            except Exception as error:
                raise IndexFolderError(
                    f"向量索引 {self._folder} 无法打开；"
                    "请删除索引文件夹后运行 assistant index 重建。"
                ) from error
        found = self._collection.query(
            query_embeddings=[vector], n_results=min(k, self._count), include=["distances"]
        )
        pairs = [
            (int(row), 1.0 - float(distance))
            for row, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
