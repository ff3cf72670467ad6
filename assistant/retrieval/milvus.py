"""Segments in Milvus, vectors and words both searched there; a file by milvus-lite or a cluster."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError, StoreError
from assistant.retrieval.engines import WRITE_TIMEOUTS, batches, within
from assistant.retrieval.lexical import K1, passage_norms
from assistant.retrieval.segment import Segment
from assistant.settings import Settings

T = TypeVar("T")
BATCH = 1000
VECTOR = "vector"
WORDS = "words"
_DRAFT = "_draft"


class MilvusEngine:
    """A collection a segment. The words of a passage are a sparse vector of its BM25 parts.

    The inner product with a question's idf is then the BM25 score, with our tokens and weights;
    Milvus' own BM25 would cut words with its own tokenizer.
    """

    finds_words = True

    def __init__(self, settings: Settings, prefix: str) -> None:
        """
        Raises:
            SettingsError: pymilvus is not installed.
            StoreError: nothing answers at `store_uri`.
        """
        self._uri = settings.store_uri or ""
        self._prefix = prefix
        self._timeout = settings.store_timeout_s
        token = settings.store_token.get_secret_value() if settings.store_token else ""
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise SettingsError(
                "store 为 milvus 需要 pymilvus；请安装：pip install 'policy-assistant[milvus]'。"
            ) from error
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # errors are raised as well
        self._client = self._ask(lambda: MilvusClient(self._uri, token=token))
        self._in_memory: set[str] = set()

    def names(self) -> set[str]:
        """Complete ones: a collection is renamed from its draft when all is in it."""
        every = self._ask(self._client.list_collections)
        mine = [name.removeprefix(self._prefix) for name in every if name.startswith(self._prefix)]
        return {name.replace("_", "-") for name in mine if not name.endswith(_DRAFT)}

    def write(self, name: str, segment: Segment) -> None:
        self.drop(name)
        draft = self._name(name) + _DRAFT
        slow = self._timeout * WRITE_TIMEOUTS
        self._ask(lambda: self._create(draft, segment.vectors.rows.shape[1]), slow)
        words = _sparse_rows(segment)
        for rows in batches(segment.passage_count, BATCH):
            vectors = segment.vectors.rows[rows.start : rows.stop].tolist()
            made = [
                {"id": row, VECTOR: vector, WORDS: next(words)}
                for row, vector in zip(rows, vectors, strict=True)
            ]
            self._ask(partial(self._client.insert, draft, made), slow)
        self._ask(lambda: self._client.flush(draft), slow)
        self._ask(lambda: self._client.rename_collection(draft, self._name(name)), slow)

    def nearest(self, name: str, vector: NDArray[np.float32], k: int) -> list[int]:
        return self._search(name, VECTOR, vector.tolist(), k)

    def heaviest(self, name: str, terms: Mapping[str, float], k: int) -> list[int]:
        return self._search(name, WORDS, {dimension(one): idf for one, idf in terms.items()}, k)

    def drop(self, name: str) -> None:
        every = self._ask(self._client.list_collections)
        for one in (self._name(name) + _DRAFT, self._name(name)):
            if one in every:
                self._ask(partial(self._client.drop_collection, one))

    def _search(self, name: str, field: str, wanted: Any, k: int) -> list[int]:
        self._loaded(name)
        metric = "COSINE" if field == VECTOR else "IP"
        found = self._ask(
            lambda: self._client.search(
                self._name(name), data=[wanted], anns_field=field, limit=min(k, 16_384),
                search_params={"metric_type": metric},
            )
        )  # fmt: skip
        return [int(hit["id"]) for hit in found[0]]

    def _loaded(self, name: str) -> None:
        """A collection that another process wrote has to be loaded before it is searched."""
        if name not in self._in_memory:
            self._ask(partial(self._client.load_collection, self._name(name)))
            self._in_memory.add(name)

    def _create(self, collection: str, dim: int) -> None:
        from pymilvus import DataType

        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=dim)
        schema.add_field(WORDS, DataType.SPARSE_FLOAT_VECTOR)
        indexes = self._client.prepare_index_params()
        indexes.add_index(VECTOR, index_type="AUTOINDEX", metric_type="COSINE")
        indexes.add_index(WORDS, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        self._client.create_collection(collection, schema=schema, index_params=indexes)

    def _name(self, segment: str) -> str:
        return self._prefix + segment.replace("-", "_")

    def _ask(self, call: Callable[[], T], seconds: float | None = None) -> T:
        with _explained(self._uri):
            return within(seconds or self._timeout, self._uri, call)


def dimension(token: str) -> int:
    """The same number for a token in every segment; two tokens very seldom share one."""
    digest = hashlib.blake2b(token.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little") % (2**32 - 2)


def _sparse_rows(segment: Segment) -> Iterator[dict[int, float]]:
    """By passage: weight * (K1 + 1) / (weight + norm) of each token."""
    forward = segment.postings.forward(np.ones(segment.passage_count, dtype=bool))
    numbers = [dimension(token) for token in forward.vocabulary]
    norms = np.repeat(passage_norms(segment.postings.lengths), forward.sizes)
    parts = (forward.weights * (K1 + 1) / (forward.weights + norms)).tolist()
    tokens = forward.tokens.tolist()
    begin = 0
    for size in forward.sizes.tolist():
        end = begin + size
        yield {numbers[tokens[at]]: parts[at] for at in range(begin, end)}
        begin = end


@contextmanager
def _explained(where: str) -> Iterator[None]:
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except StoreError:
        raise
    except (MilvusException, OSError, ValueError, KeyError, RuntimeError) as error:
        raise StoreError(
            f"向量库 {where} 无法读写（{type(error).__name__}）；"
            "请检查它是否在运行、地址和口令，再运行 assistant index。"
        ) from error
