"""The index on disk: built in a fresh generation folder, swapped in by its manifest."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from assistant.chunking import CHUNKER, passages_of
from assistant.corpus import JSONL, Failure, SourceFile, load_source, scan_corpus
from assistant.errors import CorpusError, IndexFolderError
from assistant.parsing import ParsedDocument
from assistant.retrieval.codec import from_row, to_row
from assistant.retrieval.dense import DenseIndex, write_vectors
from assistant.retrieval.embedder import load_embedder
from assistant.retrieval.lexical import LexicalIndex, build_lexical, term_weights
from assistant.retrieval.manifest import MANIFEST, Manifest, read_manifest, write_manifest
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tokenizer import TOKENIZER
from assistant.schema import SCHEMA_VERSION, Clause, Document, Hit, Passage
from assistant.settings import Settings

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; `reused` counts documents taken over from the last one."""

    documents: int
    clauses: int
    passages: int
    reused: int
    failures: tuple[Failure, ...]
    generation: str


class PolicyIndex:
    """An opened generation. Immutable: a later build does not change it."""

    def __init__(self, folder: Path, manifest: Manifest, index_dir: Path, model: str) -> None:
        self.manifest = manifest
        self._folder = folder
        self._index_dir = index_dir
        self._model = model
        try:
            parsed = list(_read_documents(folder / "documents.jsonl"))
            self._lexical = LexicalIndex.load(folder / "lexical")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexFolderError(
                f"索引 {index_dir} 已损坏；请删除该文件夹后运行 assistant index 重建。"
            ) from error
        self.documents: dict[str, Document] = {one.document.doc_id: one.document for one in parsed}
        self.clauses: dict[str, Clause] = {
            clause.clause_id: clause for one in parsed for clause in one.clauses
        }
        self._clauses_of = {one.document.doc_id: one.clauses for one in parsed}
        self.passages: tuple[Passage, ...] = tuple(
            passage for one in parsed for passage in passages_of(one)
        )

    @cached_property
    def _retriever(self) -> Retriever:
        dense = DenseIndex(self._folder / "chroma", len(self.passages))
        return Retriever(self.passages, self._lexical, dense, self._model)

    def clauses_of(self, doc_id: str) -> tuple[Clause, ...]:
        """The clauses of a document in document order."""
        return self._clauses_of[doc_id]

    def document_frequency(self, token: str) -> int:
        """In how many passages a token of the tokenizer stands."""
        return self._lexical.document_frequency(token)

    def search(self, text: str, k: int) -> list[Hit]:
        """The k best passages, best first, rank from 1."""
        return self._retriever.search(text, k)

    def is_current(self) -> bool:
        """Whether no newer generation has been swapped in."""
        manifest = read_manifest(self._index_dir)
        return manifest is not None and manifest.generation == self.manifest.generation


def open_index(settings: Settings) -> PolicyIndex:
    """
    Raises:
        IndexFolderError: there is no index, or it is corrupt.
        IndexStaleError: another corpus, chunker, tokenizer or embedder is configured now.
    """
    manifest = read_manifest(settings.index_dir)
    if manifest is None:
        raise IndexFolderError(
            f"文件夹 {settings.index_dir} 里没有索引；请运行 assistant index 建立。"
        )
    sources = manifest.sources
    if settings.corpus_dir.is_dir() and manifest.corpus_dir == _resolved(settings.corpus_dir):
        sources = {file.relative: file.sha256 for file in scan_corpus(settings.corpus_dir)[0]}
    manifest.check(_wanted(settings, manifest.corpus_dir, sources))
    folder = settings.index_dir / manifest.generation
    return PolicyIndex(folder, manifest, settings.index_dir, settings.embedder)


def build_index(settings: Settings, progress: Progress | None = None) -> BuildReport:
    """Parse, chunk and index the corpus; documents of unchanged files are taken over.

    Raises:
        CorpusError: no document could be read at all.
        IndexFolderError: the folder cannot be written, or another build is running.
    """
    index_dir = settings.index_dir
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        with _lock(index_dir):
            return _build(settings, progress or (lambda *_: None))
    except OSError as error:
        raise IndexFolderError(
            f"索引文件夹 {index_dir} 无法写入：{error.strerror or error}。请检查权限和磁盘空间。"
        ) from error


def _build(settings: Settings, progress: Progress) -> BuildReport:
    files, failures = scan_corpus(settings.corpus_dir)
    kept = _reusable(settings)
    parsed: list[ParsedDocument] = []
    reused = 0
    taken: set[str] = set()
    for number, file in enumerate(files, start=1):
        old = kept.get((file.relative, file.sha256))
        if old is None or not _has_ids(old, file):
            documents, failed = load_source(file, settings.corpus_dir, settings.max_file_bytes)
            failures += failed
        else:
            documents = old
            reused += len(old)
        for one in documents:
            if one.document.doc_id in taken:
                failures.append(Failure(one.document.source, "与另一份文件的 id 相同，已跳过。"))
                continue
            taken.add(one.document.doc_id)
            parsed.append(one)
        progress("解析文件", number, len(files))
    if not parsed:
        first = failures[0]
        raise CorpusError(f"语料里没有可读的文件；例如 {first.source}：{first.message}")
    passages = tuple(passage for one in parsed for passage in passages_of(one))
    generation = _generation(settings, files)
    folder = settings.index_dir / generation
    fresh = Path(tempfile.mkdtemp(prefix=f".{generation}.", dir=settings.index_dir))
    _write_documents(fresh / "documents.jsonl", parsed)
    progress("建立词项索引", 0, len(passages))
    build_lexical([term_weights(passage) for passage in passages]).save(fresh / "lexical")
    progress("计算向量", 0, len(passages))
    texts = [" ".join([*passage.path, passage.text]) for passage in passages]
    vectors = load_embedder(settings.embedder).encode_passages(texts)
    write_vectors(fresh / "chroma", np.ascontiguousarray(vectors))
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return _swap_in(
        settings,
        generation,
        files,
        BuildReport(
            len(parsed),
            sum(len(one.clauses) for one in parsed),
            len(passages),
            reused,
            tuple(failures),
            generation,
        ),
    )


def _swap_in(
    settings: Settings, generation: str, files: list[SourceFile], report: BuildReport
) -> BuildReport:
    """Point the manifest at the new generation; keep the one before for its readers."""
    counts = {
        "documents": report.documents,
        "clauses": report.clauses,
        "passages": report.passages,
    }
    sources = {file.relative: file.sha256 for file in files}
    wanted = _wanted(settings, _resolved(settings.corpus_dir), sources, generation, counts)
    before = read_manifest(settings.index_dir)
    write_manifest(settings.index_dir, wanted)
    _remove_old(settings.index_dir, {generation, before.generation if before else generation})
    return report


def _wanted(
    settings: Settings,
    corpus_dir: str,
    sources: dict[str, str],
    generation: str = "",
    counts: dict[str, int] | None = None,
) -> Manifest:
    return Manifest(
        schema=SCHEMA_VERSION,
        chunker=CHUNKER,
        tokenizer=TOKENIZER,
        embedder=load_embedder(settings.embedder).name,
        corpus_dir=corpus_dir,
        generation=generation,
        sources=sources,
        counts=counts or {},
    )


def _resolved(corpus_dir: Path) -> str:
    return corpus_dir.resolve().as_posix()


def _generation(settings: Settings, files: list[SourceFile]) -> str:
    """Named by what goes in and by the build, so that a reader's folder is never rewritten."""
    names = [SCHEMA_VERSION, CHUNKER, TOKENIZER, load_embedder(settings.embedder).name]
    names += [f"{file.relative}={file.sha256}" for file in files]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
    numbers = [int(one.name.split("-")[1]) for one in settings.index_dir.glob("gen-*-*")]
    number = 1 + max(numbers, default=0)
    return f"gen-{number}-{digest}"


def _has_ids(documents: list[ParsedDocument], file: SourceFile) -> bool:
    """Whether documents taken over still have the id that the file has now."""
    is_rows = file.path.suffix.lower() == JSONL
    return is_rows or all(one.document.doc_id == file.doc_id for one in documents)


def _is_readable(index_dir: Path) -> bool:
    try:
        read_manifest(index_dir)
    except IndexFolderError:
        (index_dir / MANIFEST).unlink()  # corrupt: nothing can be served from it
        return False
    return True


def _reusable(settings: Settings) -> dict[tuple[str, str], list[ParsedDocument]]:
    """Documents of the last build by file and hash, where parser and records are the same."""
    if not _is_readable(settings.index_dir):
        return {}
    manifest = read_manifest(settings.index_dir)
    if manifest is None or (manifest.schema, manifest.chunker) != (SCHEMA_VERSION, CHUNKER):
        return {}
    kept: dict[tuple[str, str], list[ParsedDocument]] = {}
    try:
        for one in _read_documents(settings.index_dir / manifest.generation / "documents.jsonl"):
            relative = one.document.source.split("#")[0]
            if relative in manifest.sources:
                kept.setdefault((relative, manifest.sources[relative]), []).append(one)
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # a damaged old generation is rebuilt from the files
    return kept


def _read_documents(path: Path) -> Iterator[ParsedDocument]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield from_row(json.loads(line))


def _write_documents(path: Path, parsed: list[ParsedDocument]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for one in parsed:
            stream.write(json.dumps(to_row(one), ensure_ascii=False) + "\n")


def _remove_old(index_dir: Path, keep: set[str]) -> None:
    for folder in index_dir.iterdir():
        is_ours = folder.name.startswith(("gen-", ".gen-"))
        if is_ours and folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _lock(index_dir: Path) -> Iterator[None]:
    """One build at a time; the lock goes with the process that holds it."""
    import fcntl

    with (index_dir / ".lock").open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise IndexFolderError(
                f"另一个进程正在更新索引 {index_dir}；请等它完成后再试。"
            ) from error
        yield
