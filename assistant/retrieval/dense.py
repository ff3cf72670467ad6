"""The dense leg: vectors of passages in an embedded Chroma collection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexFolderError

COLLECTION = "passages"
BATCH = 5000
VECTORS = "vectors.npy"
"""The same vectors as an array: exact cosines of any passage, and taken over by the next build."""


def write_dense(folder: Path, vectors: NDArray[np.float32]) -> None:
    """Store row i of `vectors` under the id `i`; one thread, so that two builds are alike.

    Raises:
        IndexFolderError: Chroma cannot write the folder.
    """
    folder.mkdir(parents=True)
    np.save(folder / VECTORS, vectors, allow_pickle=False)
    count = len(vectors)
    graph = {
        "space": "cosine",
        "num_threads": 1,
        "ef_construction": 100,
        "ef_search": 200,
        "batch_size": max(2, min(count, BATCH)),
        # Written once, at the end: the default rewrites the whole graph every 1,000 vectors.
        "sync_threshold": max(2, count),
    }
    with _client(folder) as client:
        collection = client.create_collection(
            COLLECTION, embedding_function=None, configuration={"hnsw": graph}
        )
        for begin in range(0, count, BATCH):
            rows = vectors[begin : begin + BATCH]
            ids = [str(begin + row) for row in range(len(rows))]
            collection.add(ids=ids, embeddings=rows)


def read_vectors(folder: Path) -> NDArray[np.float32]:
    """float32 [passages, dim], mapped from the file.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    vectors: NDArray[np.float32] = np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False)
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(f"{folder / VECTORS} holds no vectors")
    return vectors


class DenseIndex:
    """Opens the collection when first searched: a question answered by address needs none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._vectors = read_vectors(folder)
        self._collection: Any = None

    @property
    def count(self) -> int:
        return len(self._vectors)

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[int]:
        """Rows of the k nearest passages, in no order; none for the zero vector.

        Raises:
            IndexFolderError: the collection is missing or corrupt.
        """
        if not np.any(vector):
            return []
        if k >= self.count:
            return list(range(self.count))  # all are wanted: nothing to look up
        with _explained(self._folder):
            if self._collection is None:
                with _client(self._folder) as client:
                    self._collection = client.get_collection(COLLECTION, embedding_function=None)
            found = self._collection.query(
                query_embeddings=[vector], n_results=min(k, self.count), include=[]
            )
            return [int(row) for row in found["ids"][0]]

    def cosines(self, vector: NDArray[np.float32], rows: list[int]) -> NDArray[np.float32]:
        """float32 [len(rows)], exact, whatever the graph search found."""
        return np.asarray(self._vectors[rows], dtype=np.float32) @ vector


@contextmanager
def _client(folder: Path) -> Iterator[Any]:
    with _explained(folder):
        import chromadb
        from chromadb.config import Settings

        yield chromadb.PersistentClient(
            path=str(folder), settings=Settings(anonymized_telemetry=False)
        )


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Chroma's errors, and those of the database below it, as one sentence."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise IndexFolderError(
            f"向量索引 {folder} 无法读写（{type(error).__name__}）；"
            "请检查权限和磁盘空间，然后运行 assistant index 重建。"
        ) from error
