"""Other retrieval systems over our passages with our embedder, each as its manual has it.

All get the words that jieba cuts: with their own tokenizers a Chinese sentence is one word. The
text of a passage is its title, heading path and text, for words and vectors alike.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import jieba
import numpy as np

from assistant.retrieval.embedder import load_embedder
from assistant.settings import SHIPPED_EMBEDDER

RRF_K = 60
TOKEN = r"(?u)\S+"


class System(Protocol):
    """Built once from the texts of all passages, then asked."""

    def build(self, texts: Sequence[str], folder: Path) -> None: ...

    def search(self, query: str, k: int) -> list[int]:
        """Numbers of the k best passages, best first."""
        ...


def words(text: str) -> str:
    return " ".join(one for one in jieba.cut_for_search(text) if one.strip())


def vectors(texts: Sequence[str]) -> Any:
    return load_embedder(SHIPPED_EMBEDDER).encode_passages(list(texts))


class PlainBM25:
    """bm25s, Lucene's variant."""

    def build(self, texts: Sequence[str], folder: Path) -> None:
        import bm25s

        del folder
        self._index = bm25s.BM25(method="lucene")
        self._index.index([words(one).split() for one in texts], show_progress=False)

    def search(self, query: str, k: int) -> list[int]:
        known = [one for one in words(query).split() if one in self._index.vocab_dict]
        if not known:
            return []
        rows, scores = self._index.retrieve([known], k=k, show_progress=False)
        return [int(row) for row, score in zip(rows[0], scores[0], strict=True) if score > 0]


class LlamaIndex:
    """BM25Retriever and a Chroma vector index, fused by QueryFusionRetriever."""

    def build(self, texts: Sequence[str], folder: Path) -> None:
        import chromadb
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.core.schema import TextNode
        from llama_index.retrievers.bm25 import BM25Retriever
        from llama_index.vector_stores.chroma import ChromaVectorStore

        self._k = 100
        nodes = [TextNode(id_=str(row), text=text) for row, text in enumerate(texts)]
        spaced = [TextNode(id_=str(row), text=words(text)) for row, text in enumerate(texts)]
        client = chromadb.PersistentClient(path=str(folder / "chroma"))
        store = ChromaVectorStore(chroma_collection=client.create_collection("passages"))
        index = VectorStoreIndex(
            nodes,
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=_llama_embedding(),
            insert_batch_size=5000,
        )
        self._words = BM25Retriever.from_defaults(
            nodes=spaced, similarity_top_k=self._k, skip_stemming=True, token_pattern=TOKEN
        )
        fused = QueryFusionRetriever(
            [_Spaced(self._words), index.as_retriever(similarity_top_k=self._k)],
            llm=MockLLM(), num_queries=1, mode="reciprocal_rerank",
            similarity_top_k=self._k, use_async=False,
        )  # fmt: skip
        self._fused = fused

    def search(self, query: str, k: int) -> list[int]:
        return [int(one.node.node_id) for one in self._fused.retrieve(query)][:k]


def _Spaced(inner: Any) -> Any:  # noqa: N802 - a class made when llama-index is imported
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import QueryBundle

    class Spaced(BaseRetriever):
        """The BM25 retriever asked with words."""

        def _retrieve(self, query_bundle: Any) -> Any:
            return inner.retrieve(QueryBundle(words(query_bundle.query_str)))

    return Spaced()


def _llama_embedding() -> Any:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class Shipped(BaseEmbedding):
        """Our embedder in llama-index."""

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return vectors(texts).tolist()

        def _get_text_embedding(self, text: str) -> list[float]:
            return vectors([text])[0].tolist()

        _get_query_embedding = _get_text_embedding

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return Shipped(embed_batch_size=1000)


class Haystack:
    """The in-memory store with its BM25 and embedding retrievers, joined by reciprocal rank."""

    def build(self, texts: Sequence[str], folder: Path) -> None:
        from haystack import Document
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import (
            InMemoryBM25Retriever,
            InMemoryEmbeddingRetriever,
        )
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        del folder
        store = InMemoryDocumentStore(bm25_tokenization_regex=TOKEN)
        made = vectors(texts).tolist()
        store.write_documents([
            Document(id=str(row), content=words(text), embedding=vector)
            for row, (text, vector) in enumerate(zip(texts, made, strict=True))
        ])  # fmt: skip
        self._bm25 = InMemoryBM25Retriever(store, top_k=100)
        self._dense = InMemoryEmbeddingRetriever(store, top_k=100)
        self._join = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=100)

    def search(self, query: str, k: int) -> list[int]:
        found = [
            self._bm25.run(query=words(query))["documents"],
            self._dense.run(query_embedding=vectors([query])[0].tolist())["documents"],
        ]
        return [int(one.id) for one in self._join.run(documents=found)["documents"]][:k]


class Txtai:
    """Its hybrid index: Faiss and BM25, scores added."""

    def build(self, texts: Sequence[str], folder: Path) -> None:
        from txtai import Embeddings

        del folder
        raw: dict[str, str] = {}
        self._raw = raw

        def embedded(spaced: list[str]) -> Any:
            return np.asarray(vectors([raw[one] for one in spaced]))

        self._index = Embeddings(
            method="external", transform=embedded, hybrid=True, content=False,
            scoring={"method": "bm25", "terms": True, "tokenizer": {"regexp": TOKEN}},
        )  # fmt: skip
        spaced = [words(text) for text in texts]
        raw.update(zip(spaced, texts, strict=True))
        self._index.index((row, text) for row, text in enumerate(spaced))

    def search(self, query: str, k: int) -> list[int]:
        spaced = words(query)
        self._raw[spaced] = query
        return [int(row) for row, _ in self._index.search(spaced, k)]


SYSTEMS: dict[str, Callable[[], System]] = {
    "bm25s": PlainBM25,
    "llama-index": LlamaIndex,
    "haystack": Haystack,
    "txtai": Txtai,
}
