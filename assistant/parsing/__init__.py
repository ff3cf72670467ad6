"""Files to documents with their clause trees."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import CorpusError
from assistant.parsing.layout import canonicalize
from assistant.parsing.metadata import read_metadata
from assistant.parsing.readers import Reading, read_file
from assistant.parsing.tree import parse_clauses
from assistant.schema import Clause, Document

__all__ = ["Origin", "ParsedDocument", "make_doc_id", "parse_bytes", "parse_file", "parse_source"]

MAX_FILE_BYTES = 50_000_000
_PAGE_LINES = frozenset({".txt", ".pdf"})
"""Formats whose lines, when the text comes without its file, are those of a page."""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document with its clauses in document order, the document's own node first."""

    document: Document
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from: `source` below the corpus folder, `kind` its file ending."""

    doc_id: str
    source: str
    sha256: str
    kind: str = ".txt"


def make_doc_id(name: str) -> str:
    """An id of letters, digits, Chinese characters, - and _ only."""
    return re.sub(r"[^\w\u4e00-\u9fff-]+", "_", name).strip("_") or "document"


def parse_file(
    path: Path, *, corpus_dir: Path, doc_id: str | None = None, max_bytes: int = MAX_FILE_BYTES
) -> ParsedDocument:
    """Read one file of any known format.

    Raises:
        CorpusError: the file cannot be read, is too large, empty, binary or broken.
    """
    try:
        if path.stat().st_size > max_bytes:
            raise CorpusError(f"文件 {path.name} 超过 {max_bytes} 字节，未读取；请拆分后再放入。")
        raw = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"文件 {path.name} 无法打开：{error.strerror}。请检查权限。") from error
    origin = Origin(
        doc_id=doc_id or make_doc_id(path.stem),
        source=path.relative_to(corpus_dir).as_posix(),
        sha256=hashlib.sha256(raw).hexdigest(),
        kind=path.suffix.lower(),
    )
    return parse_bytes(raw, origin)


def parse_bytes(raw: bytes, origin: Origin) -> ParsedDocument:
    """The same, of a file that is not in its place yet; `origin.source` names its format.

    Raises:
        CorpusError: as above.
    """
    return _parse(read_file(Path(origin.source), raw), origin, None)


def parse_source(source_text: str, origin: Origin, *, title: str | None = None) -> ParsedDocument:
    """Parse decoded text; `title` overrides what the text says, as a JSONL row's does."""
    reading = Reading(source_text, "", has_page_lines=origin.kind in _PAGE_LINES)
    return _parse(reading, origin, title)


def _parse(reading: Reading, origin: Origin, title: str | None) -> ParsedDocument:
    canonical = canonicalize(
        reading.text, broken_lines=reading.has_page_lines, has_tables=reading.has_tables
    )
    clauses = parse_clauses(canonical.text, origin.doc_id)
    found = read_metadata(canonical.text, clauses, title or origin.doc_id)
    document = Document(
        doc_id=origin.doc_id,
        title=title or found.title,
        text=canonical.text,
        status=found.status,
        source=origin.source,
        sha256=origin.sha256,
        short_titles=found.short_titles,
        doc_no=found.doc_no,
        issuers=found.issuers,
        region=found.region,
        tier=found.tier,
        issued_on=found.life.issued_on,
        amended_on=found.life.amended_on,
        effective_on=found.life.effective_on,
        expires_on=found.life.expires_on,
        repealed_on=found.life.repealed_on,
        replaces=found.life.replaces,
        plan_period=found.plan_period,
        status_words=found.status_words,
        segments=canonical.segments,
        dropped=(*reading.notes, *canonical.dropped),
        read_how=reading.how,
        read_certainty=reading.certainty,
        read_why=reading.why,
    )
    return ParsedDocument(document, clauses)
