"""The corpus folder: which files there are, and the documents in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import CorpusError
from assistant.parsing import Origin, ParsedDocument, make_doc_id, parse_file, parse_source
from assistant.parsing.readers import KNOWN_SUFFIXES

JSONL = ".jsonl"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus; `doc_id` is unique in the folder."""

    path: Path
    relative: str
    sha256: str
    doc_id: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or row that could not be read, and why."""

    source: str
    message: str


def scan_corpus(corpus_dir: Path) -> tuple[list[SourceFile], list[Failure]]:
    """Every file of a known format below the folder, by name; hidden files are left out.

    Raises:
        CorpusError: the folder is missing or holds no such file.
    """
    if not corpus_dir.is_dir():
        raise CorpusError(f"语料文件夹 {corpus_dir} 不存在；请建立它并放入政策文件。")
    files: list[SourceFile] = []
    failures: list[Failure] = []
    taken: set[str] = set()
    for path in sorted(corpus_dir.rglob("*")):
        relative = path.relative_to(corpus_dir)
        if not path.is_file() or any(part.startswith(".") for part in relative.parts):
            continue
        if path.suffix.lower() not in KNOWN_SUFFIXES | {JSONL}:
            failures.append(Failure(relative.as_posix(), "格式不支持，已跳过。"))
            continue
        try:
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            failures.append(Failure(relative.as_posix(), f"无法打开：{error.strerror}。"))
            continue
        doc_id = make_doc_id(path.stem)
        if doc_id in taken:
            doc_id = make_doc_id(f"{path.stem}_{path.suffix[1:]}_{sha256[:6]}")
        taken.add(doc_id)
        files.append(SourceFile(path, relative.as_posix(), sha256, doc_id))
    if not files and not failures:
        raise CorpusError(f"语料文件夹 {corpus_dir} 里没有可读的文件；请放入政策文件后重试。")
    return files, failures


def load_source(
    file: SourceFile, corpus_dir: Path, max_bytes: int
) -> tuple[list[ParsedDocument], list[Failure]]:
    """The documents of one file: one, or a row each of a JSONL file in BEIR form."""
    try:
        if file.path.suffix.lower() == JSONL:
            return _load_rows(file)
        parsed = parse_file(
            file.path, corpus_dir=corpus_dir, doc_id=file.doc_id, max_bytes=max_bytes
        )
    except CorpusError as error:
        return [], [Failure(file.relative, str(error))]
    return [parsed], []


def _load_rows(file: SourceFile) -> tuple[list[ParsedDocument], list[Failure]]:
    documents: list[ParsedDocument] = []
    failures: list[Failure] = []
    seen: set[str] = set()
    for number, line in _lines(file.path):
        source = f"{file.relative}#{number}"
        try:
            row = json.loads(line)
            row_id, title, text = str(row["_id"]), str(row.get("title") or ""), row["text"]
        except (ValueError, KeyError, TypeError, AttributeError):
            failures.append(Failure(source, "这一行不是含 _id 和 text 的 JSON，已跳过。"))
            continue
        if not isinstance(text, str) or not text.strip() or row_id in seen:
            failures.append(Failure(source, "这一行没有正文或 _id 重复，已跳过。"))
            continue
        seen.add(row_id)
        digest = hashlib.sha256(line.encode()).hexdigest()
        documents.append(
            parse_source(
                text,
                Origin(row_id, f"{file.relative}#{row_id}", digest, JSONL),
                title=title or None,
            )
        )
    return documents, failures


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line
