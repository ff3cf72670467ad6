"""The seam to llama-index, both ways: our parser, retriever and engine there, its embeddings here.

>>> from assistant.pipeline import Assistant  # doctest: +SKIP
>>> engine = PolicyQueryEngine(assistant=Assistant.open())  # doctest: +SKIP
>>> engine.query("到2026年培育多少家高新技术企业？").source_nodes  # doctest: +SKIP
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Protocol

from llama_index.core.base.response.schema import Response
from llama_index.core.node_parser import NodeParser
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import (
    BaseNode,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    TextNode,
)

from assistant.chunking import passages_of
from assistant.parsing import Origin, make_doc_id, parse_source
from assistant.records import answer_record
from assistant.retrieval.llama_embedding import LlamaIndexEmbedder
from assistant.schema import Answer, Citation, Document, Hit, Passage

__all__ = ["ClauseNodeParser", "LlamaIndexEmbedder", "PolicyQueryEngine", "PolicyRetriever"]

_HIDDEN = ["doc_id", "clause_ids", "start", "end"]
"""Metadata for programs: neither embedded nor shown to a model."""


class Searcher(Protocol):
    """`Assistant` and `PolicyIndex` both are one."""

    def search(self, text: str, k: int, /) -> list[Hit]: ...


class Answerer(Protocol):
    """`Assistant` is one."""

    def ask(self, question: str, /) -> Answer: ...


class ClauseNodeParser(NodeParser):  # type: ignore[misc]
    """llama-index documents to nodes of whole clauses, with heading path and exact offsets.

    A node's text is canonical text; `metadata["start"]` and `["end"]` are offsets into that,
    `start_char_idx` and `end_char_idx` into the text of the document that was parsed. Node ids
    are passage ids, stable as long as the document's id is.
    """

    @classmethod
    def class_name(cls) -> str:
        return "ClauseNodeParser"

    def _parse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any
    ) -> list[BaseNode]:
        del show_progress  # milliseconds a document
        return [made for node in nodes for made in _nodes_of(node)]

    def _postprocess_parsed_nodes(
        self, nodes: list[BaseNode], parent_doc_map: dict[str, Any]
    ) -> list[BaseNode]:
        offsets = [(node.start_char_idx, node.end_char_idx) for node in nodes]
        done: list[BaseNode] = super()._postprocess_parsed_nodes(nodes, parent_doc_map)
        # llama-index looks for the text and takes the first that reads alike; ours are exact.
        for node, (start, end) in zip(done, offsets, strict=True):
            node.start_char_idx, node.end_char_idx = start, end
        return done


class PolicyRetriever(BaseRetriever):  # type: ignore[misc]
    """Our ranking as a llama-index retriever: passages of whole clauses, best first."""

    def __init__(self, searcher: Searcher, *, top_k: int = 8, **options: Any) -> None:
        super().__init__(**options)
        self._searcher = searcher
        self._top_k = top_k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._searcher.search(query_bundle.query_str, self._top_k)
        return [NodeWithScore(node=_passage_node(hit.passage), score=hit.score) for hit in hits]


class PolicyQueryEngine(CustomQueryEngine):  # type: ignore[misc]
    """The whole assistant as a llama-index query engine.

    Source nodes are the citations, in order; `metadata` is the answer's record. A refusal has
    no source nodes.
    """

    assistant: Any
    """An `Answerer`."""

    def custom_query(self, query_str: str) -> Response:
        answer: Answer = self.assistant.ask(query_str)
        return Response(
            response=answer.text,
            source_nodes=[
                NodeWithScore(node=_citation_node(citation)) for citation in answer.citations
            ],
            metadata=answer_record(answer),
        )


def _nodes_of(node: BaseNode) -> list[TextNode]:
    text = node.get_content(metadata_mode=MetadataMode.NONE)
    title = node.metadata.get("title")
    source = str(node.metadata.get("file_path") or node.node_id)
    origin = Origin(
        doc_id=make_doc_id(node.node_id),
        source=source,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        kind=PurePath(source).suffix.lower() or ".txt",
    )
    parsed = parse_source(text, origin, title=title if isinstance(title, str) else None)
    made: list[TextNode] = []
    for passage in passages_of(parsed):
        child = _passage_node(passage)
        child.start_char_idx = _source_offset(parsed.document, passage.start)
        child.end_char_idx = _source_offset(parsed.document, passage.end - 1) + 1
        child.relationships[NodeRelationship.SOURCE] = node.as_related_node_info()
        made.append(child)
    return made


def _source_offset(document: Document, offset: int) -> int:
    """Where the canonical character at `offset` stands in the text that was parsed."""
    starts = [segment.start for segment in document.segments]
    segment = document.segments[max(0, bisect_right(starts, offset) - 1)]
    return segment.source_start + offset - segment.start


def _passage_node(passage: Passage) -> TextNode:
    return TextNode(
        id_=passage.passage_id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "doc_id": passage.doc_id,
            "title": passage.title,
            "clause_path": " > ".join(passage.path),
            "clause_ids": list(passage.clause_ids),
            "start": passage.start,
            "end": passage.end,
        },
        excluded_embed_metadata_keys=_HIDDEN,
        excluded_llm_metadata_keys=_HIDDEN,
    )


def _citation_node(citation: Citation) -> TextNode:
    return TextNode(
        id_=f"{citation.clause_id}:{citation.start}-{citation.end}",
        text=citation.quote,
        start_char_idx=citation.start,
        end_char_idx=citation.end,
        metadata={
            "n": citation.n,
            "doc_id": citation.doc_id,
            "title": citation.doc_title,
            "status": citation.doc_status.value,
            "clause_path": " > ".join(citation.clause_path),
            "clause_ids": [citation.clause_id],
            "start": citation.start,
            "end": citation.end,
        },
        excluded_embed_metadata_keys=_HIDDEN,
        excluded_llm_metadata_keys=_HIDDEN,
    )
