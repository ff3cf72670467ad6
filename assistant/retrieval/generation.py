"""The folder of one build: documents, postings and vectors; written once, then only read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.chunking import passages_of
from assistant.errors import IndexFolderError
from assistant.parsing import ParsedDocument
from assistant.retrieval.codec import from_row, to_row
from assistant.retrieval.dense import read_vectors, write_dense
from assistant.retrieval.embedder import Embedder
from assistant.retrieval.lexical import LexicalBuilder, LexicalIndex, term_weights
from assistant.retrieval.manifest import Manifest, Recipe, embedded_text
from assistant.schema import Passage

DOCUMENTS = "documents.jsonl"
LEXICAL = "lexical"
DENSE = "chroma"
STEP = 1000

Progress = Callable[[str, int, int], None]
Key = tuple[str, tuple[str, ...], str]


def write_documents(folder: Path, parsed: Iterable[ParsedDocument]) -> str:
    """A line a document; returns the file's sha256."""
    digest = hashlib.sha256()
    with (folder / DOCUMENTS).open("wb") as stream:
        for one in parsed:
            line = (json.dumps(to_row(one), ensure_ascii=False) + "\n").encode()
            digest.update(line)
            stream.write(line)
    return digest.hexdigest()


def read_documents(folder: Path, sha256: str) -> list[ParsedDocument]:
    """
    Raises:
        OSError, ValueError, KeyError, TypeError: the file is missing or is not what was written.
    """
    raw = (folder / DOCUMENTS).read_bytes()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise ValueError(f"{folder / DOCUMENTS} was changed after it was written")
    return [from_row(json.loads(line)) for line in raw.splitlines()]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the last build left that may be taken over; empty where it cannot be read."""

    by_file: dict[tuple[str, str], list[ParsedDocument]]
    """Documents by file and its sha256."""
    rows: dict[Key, int]
    lexical: LexicalIndex | None
    vectors: NDArray[np.float32] | None
    failed_rows: dict[str, str]


NOTHING = Earlier({}, {}, None, None, {})


def read_earlier(index_dir: Path, manifest: Manifest | None, recipe: Recipe) -> Earlier:
    """Documents where they were parsed alike, tokens and vectors where those were made alike."""
    if manifest is None or (manifest.schema, manifest.parser, manifest.chunker) != (
        recipe.schema, recipe.parser, recipe.chunker
    ):  # fmt: skip
        return NOTHING
    folder = index_dir / manifest.generation
    try:
        parsed = read_documents(folder, manifest.documents_sha256)
        passages = [passage for one in parsed for passage in passages_of(one)]
        lexical = (
            _lexical(folder, len(passages)) if manifest.tokenizer == recipe.tokenizer else None
        )
        vectors = _vectors(folder, len(passages)) if manifest.embedder == recipe.embedder else None
    except (OSError, ValueError, KeyError, TypeError):
        return NOTHING  # damaged: everything is made again from the files
    by_file: dict[tuple[str, str], list[ParsedDocument]] = {}
    for one in parsed:
        relative = one.document.source.split("#")[0]
        if relative in manifest.sources:
            by_file.setdefault((relative, manifest.sources[relative]), []).append(one)
    rows = {_key(one): row for row, one in enumerate(passages)}
    return Earlier(by_file, rows, lexical, vectors, manifest.failed_rows)


def write_indexes(
    folder: Path,
    passages: Sequence[Passage],
    earlier: Earlier,
    embedder: Embedder,
    progress: Progress,
) -> None:
    """Postings and vectors; only passages that are new are tokenised and embedded."""
    builder = LexicalBuilder(earlier.lexical)
    documents: dict[str, int] = {}
    for number, passage in enumerate(passages):
        documents.setdefault(passage.doc_id, len(documents))
        row = earlier.rows.get(_key(passage))
        if earlier.lexical is None or row is None:
            builder.add(term_weights(passage))
        else:
            builder.take_over(row)
        if number % STEP == 0:
            progress("建立词项索引", number, len(passages))
    builder.build([documents[one.doc_id] for one in passages]).save(folder / LEXICAL)
    progress("建立词项索引", len(passages), len(passages))
    write_dense(folder / DENSE, _embedded(passages, earlier, embedder, progress))


def _embedded(
    passages: Sequence[Passage], earlier: Earlier, embedder: Embedder, progress: Progress
) -> NDArray[np.float32]:
    taken: dict[int, int] = {}
    if earlier.vectors is not None:
        rows = ((number, earlier.rows.get(_key(one))) for number, one in enumerate(passages))
        taken = {number: row for number, row in rows if row is not None}
    fresh = [number for number in range(len(passages)) if number not in taken]
    made: dict[int, NDArray[np.float32]] = {}
    for begin in range(0, len(fresh), STEP):
        batch = fresh[begin : begin + STEP]
        vectors = embedder.encode_passages([embedded_text(passages[one]) for one in batch])
        made.update(zip(batch, vectors, strict=True))
        progress("计算向量", len(taken) + len(made), len(passages))
    rows_in_order: Iterator[NDArray[np.float32]] = (
        made[number] if number in made else _row(earlier.vectors, taken[number])
        for number in range(len(passages))
    )
    return np.stack(list(rows_in_order)).astype(np.float32)


def _row(vectors: NDArray[np.float32] | None, row: int) -> NDArray[np.float32]:
    if vectors is None:
        raise AssertionError("a row is taken over from vectors that are there")
    return np.asarray(vectors[row])


def _lexical(folder: Path, count: int) -> LexicalIndex:
    lexical = LexicalIndex.load(folder / LEXICAL)
    if lexical.count != count:
        raise ValueError("the postings are of other passages")
    return lexical


def _vectors(folder: Path, count: int) -> NDArray[np.float32]:
    vectors = read_vectors(folder / DENSE)
    if len(vectors) != count:
        raise ValueError("the vectors are of other passages")
    return vectors


def _key(passage: Passage) -> Key:
    """All that tokens and vectors are made from."""
    return passage.title, passage.path, passage.text


def damaged(index_dir: Path) -> IndexFolderError:
    return IndexFolderError(f"索引 {index_dir} 已损坏；请运行 assistant index 重建。")
