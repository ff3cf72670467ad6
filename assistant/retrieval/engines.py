"""The seam to engines that search in place of this process: Chroma and Milvus.

An engine holds one collection a segment, written before the segment is swapped in and removed when
no generation has it any more. Exact scores are worked out here, whatever an engine finds, so all
of them rank alike.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError, StoreError
from assistant.retrieval.dense import DenseIndex
from assistant.retrieval.generation import Generation
from assistant.retrieval.lexical import LexicalIndex
from assistant.retrieval.segment import Segment
from assistant.retrieval.ties import best
from assistant.settings import Settings

T = TypeVar("T")
WRITE_TIMEOUTS = 12
"""A batch may take so many times as long to write as a question to answer."""


class Engine(Protocol):
    """Finds passages of a segment; rows are those within the segment. All raise StoreError."""

    finds_words: bool
    """Whether it searches by tokens too."""

    def names(self) -> set[str]:
        """The segments that are here, complete."""
        ...

    def write(self, name: str, segment: Segment) -> None:
        """Store a segment in place of any of this name."""
        ...

    def nearest(self, name: str, vector: NDArray[np.float32], k: int) -> list[int]:
        """Rows of the k passages nearest to a vector."""
        ...

    def heaviest(self, name: str, terms: Mapping[str, float], k: int) -> list[int]:
        """Rows of the k passages with the highest BM25; `terms`: idf by token."""
        ...

    def drop(self, name: str) -> None: ...


def open_engine(settings: Settings) -> Engine | None:
    """The engine that settings name; None: the files of the index are searched.

    Raises:
        SettingsError: the settings do not fit each other.
        StoreError: the engine cannot be reached.
    """
    uri = settings.store_uri
    if settings.store == "local":
        if uri:
            raise SettingsError("给出了 store_uri，请同时设置 store 为 chroma 或 milvus。")
        return None
    if settings.store == "chroma":
        from assistant.retrieval.chroma import ChromaFiles, ChromaServer

        if uri is None:
            return ChromaFiles(settings.index_dir / "chroma")
        return ChromaServer(settings, prefix_of(settings))
    if uri is None:
        raise SettingsError("store 为 milvus 时，store_uri 应是集群的地址，或以 .db 结尾的文件。")
    from assistant.retrieval.milvus import MilvusEngine

    return MilvusEngine(settings, prefix_of(settings))


def store_name(settings: Settings) -> str:
    """Part of the manifest: an index that another engine holds is stale."""
    return " ".join(filter(None, (settings.store, settings.store_uri)))


def prefix_of(settings: Settings) -> str:
    """Keeps the collections of several indexes on one server apart."""
    folder = settings.index_dir.resolve().as_posix()
    return f"pa_{hashlib.sha256(folder.encode()).hexdigest()[:8]}_"


def bring_up_to_date(engine: Engine, generation: Generation) -> None:
    """Write the segments that the engine lacks."""
    there = engine.names()
    for name, segment in zip(generation.names, generation.segments, strict=True):
        if name not in there:
            engine.write(name, segment)


def drop_others(engine: Engine, keep: Collection[str]) -> None:
    for name in sorted(engine.names() - set(keep)):
        engine.drop(name)


def dense_leg(generation: Generation, engine: Engine | None) -> DenseIndex:
    if engine is None:
        return DenseIndex(generation.dense_parts(), generation.positions)
    return EngineDense(generation, engine)


def words_leg(
    generation: Generation, lexical: LexicalIndex, engine: Engine | None
) -> EngineWords | None:
    """None: the lexical index itself is searched."""
    has_words = engine is not None and engine.finds_words
    return EngineWords(generation, lexical, engine) if engine is not None and has_words else None


class EngineDense(DenseIndex):
    """The dense leg with candidates from an engine; cosines are exact, from the index's files."""

    def __init__(self, generation: Generation, engine: Engine) -> None:
        super().__init__(generation.dense_parts(), generation.positions)
        self._generation = generation
        self._engine = engine

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[int]:
        if not np.any(vector):
            return []
        if k >= self._generation.begins[-1]:
            return super().nearest(vector, k)  # all are wanted: nothing to look up
        rows = _from_all(self._generation, k, lambda name, n: self._engine.nearest(name, vector, n))
        exact = self.cosines(vector, rows)
        return [int(row) for row in rows[best(exact, k, self._generation.positions[rows])]]


class EngineWords:
    """The lexical candidates from an engine that searches by tokens."""

    def __init__(self, generation: Generation, lexical: LexicalIndex, engine: Engine) -> None:
        self._generation = generation
        self._lexical = lexical
        self._engine = engine

    def heaviest(self, query: str, k: int) -> NDArray[np.int64]:
        """Rows of about the k passages with the highest BM25, in no order."""
        terms = self._lexical.idfs(query)
        if not terms:
            return np.zeros(0, dtype=np.int64)
        return _from_all(self._generation, k, lambda name, n: self._engine.heaviest(name, terms, n))


def _from_all(
    generation: Generation, k: int, ask: Callable[[str, int], list[int]]
) -> NDArray[np.int64]:
    """Living rows from every segment, k of each where it has as many."""
    found: list[NDArray[np.int64]] = []
    for number, (name, alive) in enumerate(
        zip(generation.names, generation.alive_rows, strict=True)
    ):
        begin, end = generation.begins[number : number + 2]
        size = k
        while True:
            rows = np.array(ask(name, min(size, end - begin)), dtype=np.int64)
            living = rows if alive is None else rows[alive[rows]]
            if len(living) >= k or len(rows) < size:
                break
            size *= 4  # many that were found are dead
        found.append(living[:k] + begin)
    return np.concatenate(found)


def within(seconds: float, where: str, call: Callable[[], T]) -> T:
    """What a call to a server gives, or an error when it takes too long; the call is left alone.

    Raises:
        StoreError: as said; errors of the call itself pass.
    """
    box: dict[str, Any] = {}

    def run() -> None:
        try:
            box["made"] = call()
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            box["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise StoreError(
            f"向量库 {where} 在 {seconds:g} 秒内没有答复；"
            "请检查它是否繁忙，或调大 store_timeout_s。"
        )
    if "error" in box:
        raise box["error"]
    made: T = box["made"]
    return made


def batches(count: int, size: int) -> Sequence[range]:
    return [range(begin, min(begin + size, count)) for begin in range(0, count, size)]
