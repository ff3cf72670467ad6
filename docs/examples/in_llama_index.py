"""Our parts in a plain llama-index program: the parser, the retriever and the query engine.

    python docs/examples/in_llama_index.py [QUESTION] [--corpus DIR]

Needs no model and no network: the nodes are ranked by our own index, and the engine quotes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from llama_index.core import Document, SimpleDirectoryReader
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import get_response_synthesizer

from assistant.adapters.llama_index import ClauseNodeParser, PolicyQueryEngine, PolicyRetriever
from assistant.pipeline import Assistant
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent.parent


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("question", nargs="?", default="到2026年培育多少家高新技术企业？")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus" / "raw")
    args = parser.parse_args()

    # 1. Their reader, our parser: nodes are whole clauses with their heading path.
    read = SimpleDirectoryReader(str(args.corpus), required_exts=[".txt"]).load_data()
    documents = [Document(text=one.text, id_=one.metadata["file_name"]) for one in read]
    nodes = ClauseNodeParser().get_nodes_from_documents(documents)
    say(f"{len(documents)} 份文件，{len(nodes)} 个节点，最后一个在：")
    say(nodes[-1].metadata["clause_path"])

    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(
            Settings(
                corpus_dir=args.corpus, index_dir=Path(folder) / "index", state_dir=Path(folder)
            )
        )

        # 2. Our retriever in their query engine, with any of their synthesizers.
        engine = RetrieverQueryEngine(
            retriever=PolicyRetriever(assistant, top_k=3),
            response_synthesizer=get_response_synthesizer(llm=MockLLM()),
        )
        for found in engine.query(args.question).source_nodes:
            say(f"{found.score:.3f}  {found.node.metadata['clause_path']}")

        # 3. Our query engine: each source node is a citation, its text the exact words.
        answer = PolicyQueryEngine(assistant=assistant).query(args.question)
        say(f"\n{answer.response}")
        for source in answer.source_nodes:
            say(f"    “{source.node.text}”")


if __name__ == "__main__":
    main()
