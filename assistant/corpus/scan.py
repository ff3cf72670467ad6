"""The corpus folder: which files there are, and the documents in them as the manifest has them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.corpus.limit import memory_limit, time_limit
from assistant.corpus.register import (
    MANIFEST,
    Failure,
    Register,
    Row,
    read_register,
    remarks,
    rows_digest,
)
from assistant.errors import CorpusError
from assistant.parsing import Origin, ParsedDocument, make_doc_id, parse_file, parse_source
from assistant.parsing.readers import KNOWN_SUFFIXES
from assistant.schema import Document

JSONL = ".jsonl"
_HALF = re.compile("[\\ud800-\\udfff]")
READ_SECONDS = 900.0
"""For one file; a scan of many pages takes minutes."""
READ_BYTES = 2_000_000_000
"""Of address space for one file, as for an uploaded one."""
_OWN_FILES = (MANIFEST, "facts.yaml", "sizes.yaml", "words.txt", "synonyms.txt", "sources.toml")
"""At the root of a corpus folder: ours, never documents."""
_OWN_FOLDERS = ("benefits", "quarantine", "archive", "mappings")
SAME_ID = "与另一份文件的 id 相同，已跳过。"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus; `doc_id` is unique in the folder."""

    path: Path
    relative: str
    sha256: str
    doc_id: str
    rows: tuple[Row, ...] = ()
    """What the manifest says of the documents in it."""

    @property
    def stamp(self) -> str:
        """Changes when the file or one of its rows does; its documents are then read again."""
        digest = rows_digest(self.rows)
        return f"{self.sha256}+{digest}" if digest else self.sha256


def scan_corpus(corpus_dir: Path) -> tuple[list[SourceFile], list[Failure]]:
    """Every file of a known format below the folder, by name; hidden files are left out.

    Raises:
        CorpusError: the folder is missing or holds no such file.
    """
    if not corpus_dir.is_dir():
        raise CorpusError(f"语料文件夹 {corpus_dir} 不存在；请建立它并放入政策文件。")
    register = read_register(corpus_dir)
    failures = list(register.refused)
    refused = {one.source for one in failures}
    files: list[SourceFile] = []
    taken = {row.doc_id for row in register.rows.values() if row.doc_id}
    for path in _paths(corpus_dir, failures):
        relative = path.relative_to(corpus_dir).as_posix()
        if relative in refused:
            continue
        if path.suffix.lower() not in KNOWN_SUFFIXES | {JSONL}:
            failures.append(Failure(relative, "格式不支持，已跳过。"))
            continue
        try:
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            failures.append(Failure(relative, f"无法打开：{error.strerror}。"))
            continue
        doc_id = _named(register, relative) or make_doc_id(path.stem)
        if doc_id in taken and doc_id != _named(register, relative):
            doc_id = make_doc_id(f"{path.stem}_{path.suffix[1:]}_{sha256[:6]}")
        taken.add(doc_id)
        files.append(SourceFile(path, relative, sha256, doc_id, register.rows_of(relative)))
    if not files and not failures:
        raise CorpusError(f"语料文件夹 {corpus_dir} 里没有可读的文件；请放入政策文件后重试。")
    return files, failures


def _named(register: Register, relative: str) -> str | None:
    """The doc_id that the manifest gives a file."""
    row = register.rows.get(relative)
    return row.doc_id if row else None


def _paths(corpus_dir: Path, failures: list[Failure]) -> list[Path]:
    """Files that may be documents, by name; adds folders that cannot be read, and links that lead
    nowhere or out of the folder: whoever can write here must not have other files read.
    """
    root = corpus_dir.resolve()

    def unreadable(error: OSError) -> None:
        folder = Path(error.filename).relative_to(corpus_dir).as_posix()
        failures.append(Failure(folder, f"文件夹无法打开：{error.strerror}。"))

    found: list[Path] = []
    for folder, inner, names in os.walk(corpus_dir, onerror=unreadable):
        at_root = Path(folder) == corpus_dir
        for one in sorted(inner):
            if not one.startswith(".") and (Path(folder) / one).is_symlink():
                relative = (Path(folder) / one).relative_to(corpus_dir).as_posix()
                failures.append(Failure(relative, "是文件夹的链接，未收录；请放入文件夹本身。"))
        inner[:] = [
            one for one in inner
            if not one.startswith(".") and not (at_root and one in _OWN_FOLDERS)
        ]  # fmt: skip
        for name in names:
            is_ours = name.upper().startswith("README") or (at_root and name in _OWN_FILES)
            if name.startswith(".") or is_ours:
                continue
            path = Path(folder) / name
            if path.is_symlink() and (fault := _fault_of_link(path, root)):
                relative = path.relative_to(corpus_dir).as_posix()
                failures.append(Failure(relative, fault))
            elif path.is_file():
                found.append(path)
    return sorted(found)


def _fault_of_link(path: Path, root: Path) -> str:
    """Why a link is not followed; empty where it leads to a file of the corpus."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
        return "是一个失效的链接，未收录；请放入文件本身。"
    if target.is_relative_to(root):
        return ""
    return "是指向语料文件夹之外的链接，未收录；请放入文件本身。"


def load_source(
    file: SourceFile, corpus_dir: Path, max_bytes: int
) -> tuple[list[ParsedDocument], list[Failure]]:
    """The documents of one file with what the manifest says of them: one, or a row each of a
    JSONL file in BEIR form.
    """
    if file.path.suffix.lower() == JSONL:
        return _load_rows(file)
    try:
        name = file.path.name
        with time_limit(READ_SECONDS, name), memory_limit(READ_BYTES, name):
            parsed = parse_file(
                file.path, corpus_dir=corpus_dir, doc_id=file.doc_id, max_bytes=max_bytes
            )
    except CorpusError as error:
        return [], [Failure(file.relative, str(error))]
    return [_corrected(parsed, {row.file: row for row in file.rows})], []


def remarks_on(
    corpus_dir: Path, related: Iterable[Document], sha256_by_source: Iterable[tuple[str, str]]
) -> tuple[Failure, ...]:
    """What a person should look at in the manifest, after a build.

    `related`: the documents that have a number or are versions of others, which is all of them
    that another document may clash with; `sha256_by_source`: pairs of every document.
    """
    register = read_register(corpus_dir)
    by_source = dict(sha256_by_source) if register.rows else {}
    return remarks(register, {one.doc_id: one for one in related}, by_source)


def _corrected(parsed: ParsedDocument, rows: Mapping[str, Row]) -> ParsedDocument:
    row = rows.get(parsed.document.source)
    return replace(parsed, document=row.applied_to(parsed.document)) if row else parsed


def read_rows(file: SourceFile) -> Iterator[tuple[int, str]]:
    """The lines of a JSONL file that are not empty, with their numbers from 1.

    Raises:
        CorpusError: the file cannot be read.
    """
    try:
        yield from _lines(file.path)
    except OSError as error:
        raise CorpusError(f"文件 {file.relative} 无法打开：{error.strerror}。") from error


def parse_row(file: SourceFile, number: int, line: str) -> ParsedDocument | Failure:
    """The document of one line, with what the manifest says of it, or why there is none."""
    source = f"{file.relative}#{number}"
    try:
        row = json.loads(line)
        row_id, title, text = row["_id"], str(row.get("title") or ""), row["text"]
        row_id = "" if row_id is None else str(row_id)
        (row_id + title).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Failure(source, "这一行不是含 _id 和 text 的 JSON，已跳过。")
    if not isinstance(text, str) or not text.strip() or not row_id.strip():
        return Failure(source, "这一行没有 _id 或正文，已跳过。")
    if _HALF.search(text):
        return Failure(source, "这一行的正文里有半个字符，已跳过。")
    digest = hashlib.sha256(line.encode()).hexdigest()
    origin = Origin(row_id, f"{file.relative}#{row_id}", digest, JSONL)
    parsed = parse_source(text, origin, title=title or None)
    return _corrected(parsed, {row.file: row for row in file.rows})


def _load_rows(file: SourceFile) -> tuple[list[ParsedDocument], list[Failure]]:
    documents: dict[str, ParsedDocument] = {}
    failures: list[Failure] = []
    for number, line in read_rows(file):
        made = parse_row(file, number, line)
        if isinstance(made, Failure):
            failures.append(made)
        elif made.document.doc_id in documents:
            failures.append(Failure(f"{file.relative}#{number}", SAME_ID))
        else:
            documents[made.document.doc_id] = made
    return list(documents.values()), failures


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line
