"""Vectors of segments in Chroma: a database a segment in the index folder, or a server's."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError, StoreError
from assistant.retrieval.engines import WRITE_TIMEOUTS, batches, within
from assistant.retrieval.segment import Segment
from assistant.settings import Settings

T = TypeVar("T")
COLLECTION = "passages"
BATCH = 2000
DRAFT = ".draft"


class ChromaFiles:
    """A database a segment below one folder, written once: readers and builds never share one."""

    finds_words = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._clients: dict[str, Any] = {}
        weakref.finalize(self, _close, self._clients)

    def names(self) -> set[str]:
        """Complete ones: a folder is renamed from its draft when all is in it."""
        return {path.name for path in self._folder.glob("seg-*") if path.suffix != DRAFT}

    def write(self, name: str, segment: Segment) -> None:
        draft = self._folder / (name + DRAFT)
        shutil.rmtree(draft, ignore_errors=True)  # of a build that was killed
        with _explained(str(draft)):
            draft.mkdir(parents=True)
            client = _client(draft)
            try:
                _fill(client, COLLECTION, segment, lambda call: call())
            finally:
                client.close()
            shutil.rmtree(self._folder / name, ignore_errors=True)
            draft.rename(self._folder / name)

    def nearest(self, name: str, vector: NDArray[np.float32], k: int) -> list[int]:
        folder = self._folder / name
        with _explained(str(folder)):
            if name not in self._clients:
                if not folder.is_dir():
                    raise FileNotFoundError(folder)
                self._clients[name] = _client(folder)
            collection = self._clients[name].get_collection(COLLECTION, embedding_function=None)
            return _nearest(collection, vector, k)

    def heaviest(self, name: str, terms: Mapping[str, float], k: int) -> list[int]:
        raise NotImplementedError

    def drop(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)


def _close(clients: dict[str, Any]) -> None:
    for client in clients.values():
        client.close()


class ChromaServer:
    """A collection a segment on a server; a question waits `store_timeout_s` at most."""

    finds_words = False

    def __init__(self, settings: Settings, prefix: str) -> None:
        """
        Raises:
            SettingsError: `store_uri` is no address.
            StoreError: nothing answers there.
        """
        self._uri = settings.store_uri or ""
        self._prefix = prefix.replace("_", "-")
        self._timeout = settings.store_timeout_s
        address = urlsplit(self._uri)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise SettingsError(
                f"设置 store_uri 应是 http://主机:端口 这样的地址，现在是 {self._uri!r}。"
            )
        token = settings.store_token
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else None

        def connect() -> Any:
            import chromadb

            return chromadb.HttpClient(
                host=address.hostname or "",
                port=address.port or (443 if address.scheme == "https" else 8000),
                ssl=address.scheme == "https",
                headers=headers,
                settings=_settings(),
            )

        self._client = self._ask(connect)
        self._collection = lru_cache(maxsize=64)(self._opened)

    def names(self) -> set[str]:
        """Complete ones: a collection is renamed from its draft when all is in it."""
        every = self._ask(lambda: [one.name for one in self._client.list_collections()])
        mine = [name.removeprefix(self._prefix) for name in every if name.startswith(self._prefix)]
        return {name for name in mine if not name.endswith("-draft")}

    def write(self, name: str, segment: Segment) -> None:
        draft = f"{self._prefix}{name}-draft"
        every = self._ask(lambda: [one.name for one in self._client.list_collections()])
        for old in {draft, self._prefix + name} & set(every):
            self._ask(partial(self._client.delete_collection, old))
        slow = self._timeout * WRITE_TIMEOUTS
        made = _fill(self._client, draft, segment, lambda call: self._ask(call, slow))
        self._ask(lambda: made.modify(name=self._prefix + name))

    def nearest(self, name: str, vector: NDArray[np.float32], k: int) -> list[int]:
        return self._ask(lambda: _nearest(self._collection(name), vector, k))

    def heaviest(self, name: str, terms: Mapping[str, float], k: int) -> list[int]:
        raise NotImplementedError

    def drop(self, name: str) -> None:
        self._ask(lambda: self._client.delete_collection(self._prefix + name))

    def _opened(self, name: str) -> Any:
        return self._client.get_collection(self._prefix + name, embedding_function=None)

    def _ask(self, call: Callable[[], T], seconds: float | None = None) -> T:
        with _explained(self._uri):
            return within(seconds or self._timeout, self._uri, call)


def _fill(client: Any, name: str, segment: Segment, ask: Callable[[Any], Any]) -> Any:
    """A collection with row i of the segment's vectors under the id `i`."""
    count = segment.passage_count
    graph = {
        "space": "cosine",
        "ef_construction": 100,
        "ef_search": 200,
        "batch_size": max(2, min(count, BATCH)),
        # Written once, at the end: the default rewrites the whole graph every 1,000 vectors.
        "sync_threshold": max(2, count),
    }
    made = ask(
        lambda: client.create_collection(
            name, embedding_function=None, configuration={"hnsw": graph}
        )
    )
    for rows in batches(count, BATCH):
        vectors = np.asarray(segment.vectors.rows[rows.start : rows.stop])
        ids = [str(row) for row in rows]
        ask(partial(made.add, ids=ids, embeddings=vectors))
    return made


def _nearest(collection: Any, vector: NDArray[np.float32], k: int) -> list[int]:
    found = collection.query(query_embeddings=[vector], n_results=k, include=[])
    return [int(row) for row in found["ids"][0]]


def _client(folder: Path) -> Any:
    import chromadb

    return chromadb.PersistentClient(path=str(folder), settings=_settings())


def _settings() -> Any:
    from chromadb.config import Settings as ChromaSettings

    return ChromaSettings(anonymized_telemetry=False)


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Chroma's errors, and those of the network or the database below it, as one sentence."""
    from chromadb.errors import ChromaError
    from httpx import HTTPError

    try:
        yield
    except StoreError:
        raise
    except (ChromaError, HTTPError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise StoreError(
            f"向量库 {where} 无法读写（{type(error).__name__}）；"
            "请检查它是否在运行、权限和磁盘空间，再运行 assistant index。"
        ) from error
