"""A segment: some documents with their passages, postings and vectors; written once, then read.

    documents.jsonl   a document with its clauses a line     documents.npy   where lines begin
    passages.jsonl    a passage a line                       passages.npy    the same
    heads.json        ids, sources and digests of the documents, in order
    owners.npy        int32 [passages]: the number of each passage's document
    lexical/          postings                               vectors.npy, signs.npy
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from assistant.chunking import passages_of
from assistant.corpus.force import begin_of
from assistant.parsing import ParsedDocument
from assistant.retrieval.codec import from_row, passage_from_row, passage_row, to_row
from assistant.retrieval.lexical import term_weights
from assistant.retrieval.lines import Lines, LineWriter
from assistant.retrieval.manifest import embedded_text
from assistant.retrieval.postings import Forward, Postings, PostingsBuilder, forward_of
from assistant.retrieval.vectors import Vectors, VectorWriter
from assistant.schema import Kind, Passage

DOCUMENTS = "documents"
PASSAGES = "passages"
HEADS = "heads.json"
OWNERS = "owners.npy"
LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class Head:
    """What a build asks of a document without reading it."""

    doc_id: str
    source: str
    sha256: str
    """Of the file, or of the row of a JSONL file."""
    digest: str
    """Of the line of the segment that holds the document: its text is quoted."""
    clauses: int
    is_related: bool
    """Whether remarks on the corpus may concern it: it has a number or a day, names other versions,
    or is a digest."""


@dataclass(frozen=True, slots=True)
class Part:
    """Documents on their way into a segment, in order, with all but their vectors."""

    heads: list[Head]
    documents: list[bytes]
    passages: list[bytes]
    owners: NDArray[np.int32]
    """int32 [passages]: the number of each passage's document in this part."""
    forward: Forward
    texts: list[str] | None
    """What each passage's vector stands for; None where `vectors` are given."""
    vectors: NDArray[np.float32] | None = None

    def without_content(self) -> Part:
        """The heads alone, once the rest is written."""
        nothing = forward_of([])
        return Part(self.heads, [], [], self.owners[:0], nothing, None)


def part_of(parsed: Sequence[ParsedDocument]) -> Part:
    """Documents as a segment holds them: encoded, cut into passages, these into tokens."""
    lines = [_line(to_row(one)) for one in parsed]
    passages = [passages_of(one) for one in parsed]
    every = [passage for group in passages for passage in group]
    sizes = np.array([len(one) for one in passages], dtype=np.int64)
    owners = np.repeat(np.arange(len(parsed)), sizes)
    return Part(
        heads=[_head(one, line) for one, line in zip(parsed, lines, strict=True)],
        documents=lines,
        passages=[_line(passage_row(one)) for one in every],
        owners=owners.astype(np.int32),
        forward=forward_of(map(term_weights, every)),
        texts=[embedded_text(one) for one in every],
    )


def _line(row: object) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _head(parsed: ParsedDocument, line: bytes) -> Head:
    one = parsed.document
    is_dated = begin_of(one) is not None  # a version of another, or the text of a digest
    is_related = bool(
        one.doc_no or one.replaces or one.replaced_by or is_dated or one.kind is Kind.DIGEST
    )
    count = len(parsed.clauses)
    return Head(one.doc_id, one.source, one.sha256, _digest(line), count, is_related)


def _digest(line: bytes) -> str:
    return hashlib.blake2b(line, digest_size=16).hexdigest()


class SegmentWriter:
    """Takes parts in order and writes them as one segment."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._heads: list[Head] = []
        self._owners: list[NDArray[np.int32]] = []
        self._documents = LineWriter(folder, DOCUMENTS)
        self._passages = LineWriter(folder, PASSAGES)
        self._postings = PostingsBuilder()
        self._vectors = VectorWriter(folder)

    def add(self, part: Part, vectors: NDArray[np.float32]) -> None:
        """`vectors`: float32 [passages of the part, dim]."""
        self._owners.append(part.owners + len(self._heads))
        self._heads += part.heads
        for line in part.documents:
            self._documents.add(line)
        for line in part.passages:
            self._passages.add(line)
        self._postings.add(part.forward)
        self._vectors.add(vectors)

    def close(self) -> None:
        """Complete the folder; until then it is no segment."""
        self._documents.close()
        self._passages.close()
        owners = np.concatenate(self._owners) if self._owners else np.zeros(0, np.int32)
        np.save(self._folder / OWNERS, owners, allow_pickle=False)
        columns = {
            name: [getattr(one, name) for one in self._heads] for name in Head.__slots__
        }
        (self._folder / HEADS).write_text(json.dumps(columns, ensure_ascii=False), "utf-8")
        self._vectors.close()
        self._postings.save(self._folder / LEXICAL)

    def release(self) -> None:
        """Close the files, complete or not."""
        self._documents.close()
        self._passages.close()
        self._vectors.release()


class Columns:
    """The heads of a segment's documents, column by column: there may be very many."""

    __slots__ = Head.__slots__

    def __init__(self, path: Path) -> None:
        columns: dict[str, list[Any]] = json.loads(path.read_text("utf-8"))
        self.doc_id: list[str] = columns["doc_id"]
        self.source: list[str] = columns["source"]
        self.sha256: list[str] = columns["sha256"]
        self.digest: list[str] = columns["digest"]
        self.clauses: list[int] = columns["clauses"]
        self.is_related: list[bool] = columns["is_related"]

    def head(self, number: int) -> Head:
        return Head(*(getattr(self, name)[number] for name in Head.__slots__))


class Segment:
    """An opened segment. Documents and passages are read when asked for."""

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            OSError, ValueError, KeyError, TypeError: a file is missing or damaged.
        """
        self.folder = folder
        self._documents = Lines(folder, DOCUMENTS)
        self._passages = Lines(folder, PASSAGES)
        self.heads = Columns(folder / HEADS)
        self.owners: NDArray[np.int32] = np.load(
            folder / OWNERS, mmap_mode="r", allow_pickle=False
        )
        self.postings = Postings(folder / LEXICAL)
        self.vectors = Vectors(folder)
        counts = {len(self._passages), len(self.owners), self.postings.count, len(self.vectors)}
        if len(counts) != 1 or len(self.heads.doc_id) != len(self._documents):
            raise ValueError(f"the files of {folder} do not fit each other")

    @property
    def document_count(self) -> int:
        return len(self.heads.doc_id)

    @property
    def passage_count(self) -> int:
        return len(self.owners)

    def document(self, number: int) -> ParsedDocument:
        """
        Raises:
            ValueError: the line is not what was written.
        """
        return from_row(orjson.loads(self._checked(number)))

    def passage(self, row: int) -> Passage:
        return passage_from_row(orjson.loads(self._passages[row]))

    def taken(self, keep: NDArray[np.bool_]) -> Part:
        """The documents to keep, for another segment.

        Raises:
            ValueError: a line is not what was written.
        """
        numbers = np.flatnonzero(keep)
        rows = np.flatnonzero(keep[self.owners])
        place = np.cumsum(keep) - 1
        return Part(
            heads=[self.heads.head(one) for one in numbers.tolist()],
            documents=[self._checked(int(one)) for one in numbers],
            passages=[self._passages[int(one)] for one in rows],
            owners=place[self.owners[rows]].astype(np.int32),
            forward=self.postings.forward(keep[self.owners]),
            texts=None,
            vectors=np.asarray(self.vectors.rows[rows]),
        )

    def _checked(self, number: int) -> bytes:
        line = self._documents[number]
        if _digest(line) != self.heads.digest[number]:
            raise ValueError(f"document {number} of {self.folder} was changed on disk")
        return line
