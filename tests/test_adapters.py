"""Our parts in llama-index programs, and llama-index embeddings in ours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import get_response_synthesizer
from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.schema import MetadataMode, NodeRelationship

from assistant.adapters.llama_index import (
    Answerer,
    ClauseNodeParser,
    LlamaIndexEmbedder,
    PolicyQueryEngine,
    PolicyRetriever,
    Searcher,
)
from assistant.answering.citations import cite
from assistant.chunking import passages_of
from assistant.parsing import Origin, parse_source
from assistant.schema import Answer, Document, Hit, Status

REGULATION = """测试条例

第一章 总则

第一条 为了测试，制定本条例。
第二条 本条例所称企业，是指下列企业：
（一）高新技术企业；
（二）科技型中小企业。

第二章 支持

第三条 给予不超过20万元的补贴。
第四条 给予不超过20万元的补贴。
"""


@pytest.fixture(scope="module")
def nodes():
    document = LlamaDocument(text=REGULATION, id_="rules", metadata={"file_path": "rules.txt"})
    return document, ClauseNodeParser().get_nodes_from_documents([document])


def test_every_clause_is_in_some_node(nodes):
    joined = "\n".join(node.text for node in nodes[1])

    for words in ("第一条", "（一）高新技术企业", "（二）科技型中小企业", "第三条", "第四条"):
        assert words in joined


def test_offsets_lead_back_to_the_text_that_was_parsed(nodes):
    document, made = nodes

    for node in made:
        source = document.text[node.start_char_idx : node.end_char_idx]
        assert "".join(source.split()) == "".join(node.text.split())
    starts = [node.start_char_idx for node in made]
    assert starts == sorted(set(starts)), "clauses that read alike keep their own places"


def test_a_node_names_its_document_and_clauses(nodes):
    document, made = nodes
    third = next(node for node in made if "第三条" in node.text)

    assert third.relationships[NodeRelationship.SOURCE].node_id == document.id_
    assert third.metadata["clause_ids"]
    assert "第二章" in third.metadata["clause_path"]
    assert third.metadata["file_path"] == "rules.txt"
    assert "clause_ids" not in third.get_content(metadata_mode=MetadataMode.EMBED)


def test_node_ids_are_the_same_on_every_run(nodes):
    document, made = nodes
    again = ClauseNodeParser().get_nodes_from_documents([document])

    assert [node.node_id for node in again] == [node.node_id for node in made]
    assert len({node.node_id for node in made}) == len(made)


def test_no_documents_and_empty_documents_give_no_text():
    assert ClauseNodeParser().get_nodes_from_documents([]) == []
    made = ClauseNodeParser().get_nodes_from_documents([LlamaDocument(text="", id_="empty")])
    assert "".join(node.text for node in made) == ""


class Shelf:
    """A real, tiny assistant: ranks passages by shared characters and quotes the best one."""

    def __init__(self) -> None:
        parsed = parse_source(REGULATION, Origin("rules", "rules.txt", "0" * 64))
        self.document = parsed.document
        self.clauses = {clause.clause_id: clause for clause in parsed.clauses}
        self.passages = passages_of(parsed)

    def search(self, text: str, k: int) -> list[Hit]:
        hits = [Hit(one, float(len(set(text) & set(one.text)))) for one in self.passages]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.passage_id))[:k]

    def ask(self, question: str) -> Answer:
        best = self.search(question, 1)[0].passage
        if "天气" in question:
            return Answer(question, date(2026, 11, 22), Status.OUT_OF_SCOPE, "不在资料范围内。")
        citation = cite(self.clauses[best.clause_ids[0]], self.document, best.text, 1)
        return Answer(
            question, date(2026, 11, 22), Status.ANSWERED, f"“{best.text}”[1]", (citation,)
        )


def check_retriever(searcher: Searcher, question: str) -> None:
    hits = searcher.search(question, 3)
    found = PolicyRetriever(searcher, top_k=3).retrieve(question)

    assert [item.node.node_id for item in found] == [hit.passage.passage_id for hit in hits]
    assert [item.score for item in found] == [hit.score for hit in hits]
    assert [item.node.text for item in found] == [hit.passage.text for hit in hits]
    assert found[0].node.metadata["clause_ids"] == list(hits[0].passage.clause_ids)


def check_engine(answerer: Answerer, question: str, document: Document) -> None:
    response = PolicyQueryEngine(assistant=answerer).query(question)

    assert response.metadata["status"] == "answered"
    assert response.response == response.metadata["text"]
    assert response.source_nodes
    for node, citation in zip(response.source_nodes, response.metadata["citations"], strict=True):
        assert node.text == citation["quote"]
        assert node.text == document.text[node.node.start_char_idx : node.node.end_char_idx]


def test_the_retriever_gives_our_ranking():
    check_retriever(Shelf(), "补贴多少万元？")


def test_the_retriever_works_in_a_query_engine_of_llama_index():
    engine = RetrieverQueryEngine(
        retriever=PolicyRetriever(Shelf(), top_k=2),
        response_synthesizer=get_response_synthesizer(llm=MockLLM()),
    )

    assert len(engine.query("补贴多少万元？").source_nodes) == 2


def test_the_query_engine_answers_with_its_citations_as_source_nodes():
    shelf = Shelf()

    check_engine(shelf, "补贴多少万元？", shelf.document)


def test_a_refusal_has_no_source_nodes():
    response = PolicyQueryEngine(assistant=Shelf()).query("今天天气怎么样？")

    assert response.source_nodes == []
    assert response.metadata["status"] == "out_of_scope"


def test_the_assistant_on_the_plan_serves_both(assistant_on_plan):
    question = "到2026年培育多少家高新技术企业？"
    (document,) = assistant_on_plan.documents.values()

    check_retriever(assistant_on_plan, question)
    check_engine(assistant_on_plan, question, document)


class CharacterEmbedding(BaseEmbedding):
    """A real, tiny llama-index embedding: how often each character of interest occurs."""

    alphabet: str = "失业补贴公积金育儿"

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(text.count(character)) for character in self.alphabet]

    _get_query_embedding = _get_text_embedding

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def embedder() -> LlamaIndexEmbedder:
    return LlamaIndexEmbedder(CharacterEmbedding(model_name="tiny"))


@pytest.mark.parametrize("texts", [["申领失业保险金"], ["提取住房公积金", "育儿补贴标准", "xyz"]])
def test_vectors_are_unit_rows_of_float32(texts: Sequence[str]):
    rows = embedder().encode_passages(texts)
    lengths = np.linalg.norm(rows, axis=1)

    assert rows.dtype == np.float32
    assert rows.shape == (len(texts), 9)
    assert np.allclose(lengths, [0.0 if text == "xyz" else 1.0 for text in texts])


def test_a_llama_index_embedding_finds_the_passage_about_the_same_thing():
    passages = embedder().encode_passages(["申领失业保险金", "提取住房公积金", "育儿补贴标准"])
    query = embedder().encode_queries(["怎么提取公积金"])

    assert (query @ passages.T).argmax() == 1


def test_no_texts_give_no_rows():
    assert embedder().encode_passages([]).shape[0] == 0
    assert embedder().encode_queries([]).shape[0] == 0


def test_the_manifest_can_tell_two_embeddings_apart():
    other = LlamaIndexEmbedder(CharacterEmbedding(model_name="other"))

    assert embedder().name != other.name
    assert "tiny" in embedder().name


@pytest.mark.filterwarnings("ignore")  # of llama-index's readers
def test_the_example_runs_in_a_process_of_its_own():
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, str(root / "docs" / "examples" / "in_llama_index.py")],
        env=os.environ | {"PYTHONUTF8": "1"}, capture_output=True, text=True, timeout=300,
        check=False, cwd=root,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    head, *rest = done.stdout.splitlines()
    assert head.startswith("1 份文件")
    assert "12、培育多梯次科技企业集群" in rest[1]
    assert any("90 家" in line and "[1]" in line for line in rest)
    assert rest[-1].strip().startswith("“")
