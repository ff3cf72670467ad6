"""The index on disk: built in a fresh generation folder, swapped in by its manifest."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from assistant.chunking import passages_of
from assistant.corpus import (
    JSONL,
    Failure,
    SourceFile,
    load_source,
    remarks_on,
    scan_corpus,
)
from assistant.errors import CorpusError, IndexFolderError
from assistant.parsing import ParsedDocument
from assistant.retrieval.concordance import Concordance
from assistant.retrieval.dense import DenseIndex
from assistant.retrieval.embedder import load_embedder
from assistant.retrieval.generation import (
    DENSE,
    LEXICAL,
    Earlier,
    Progress,
    damaged,
    read_documents,
    read_earlier,
    write_documents,
    write_indexes,
)
from assistant.retrieval.lexical import LexicalIndex
from assistant.retrieval.lock import build_lock
from assistant.retrieval.manifest import (
    MANIFEST,
    Manifest,
    Recipe,
    present_recipe,
    read_manifest,
    write_manifest,
)
from assistant.retrieval.retriever import Retriever
from assistant.schema import Clause, Document, Hit, Passage
from assistant.settings import Settings
from assistant.transaction import finish_changes

__all__ = ["BuildReport", "PolicyIndex", "Progress", "build_index", "open_index", "own_corpus"]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; `reused` counts documents taken over from the last one.

    `failures` were not taken in; `remarks` are about documents that were.
    """

    documents: int
    clauses: int
    passages: int
    reused: int
    failures: tuple[Failure, ...]
    remarks: tuple[Failure, ...]
    generation: str


class PolicyIndex:
    """An opened generation. Immutable: a later build does not change it."""

    def __init__(self, index_dir: Path, manifest: Manifest, model: str) -> None:
        """
        Raises:
            IndexFolderError: a file of the generation is missing or damaged.
        """
        self.manifest = manifest
        self._index_dir = index_dir
        self._model = model
        self._stamp = _stamp(index_dir)
        folder = index_dir / manifest.generation
        try:
            parsed = read_documents(folder, manifest.documents_sha256)
            self._lexical = LexicalIndex.load(folder / LEXICAL)
            self._dense = DenseIndex(folder / DENSE)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise damaged(index_dir) from error
        self.documents: dict[str, Document] = {one.document.doc_id: one.document for one in parsed}
        self.clauses: dict[str, Clause] = {
            clause.clause_id: clause for one in parsed for clause in one.clauses
        }
        self._clauses_of = {one.document.doc_id: one.clauses for one in parsed}
        self.passages: tuple[Passage, ...] = tuple(
            passage for one in parsed for passage in passages_of(one)
        )
        if not len(self.passages) == self._lexical.count == self._dense.count:
            raise damaged(index_dir)

    @cached_property
    def retriever(self) -> Retriever:
        """Both legs; for measuring them one by one."""
        return Retriever(self.passages, self._lexical, self._dense, self._model)

    @cached_property
    def concordance(self) -> Concordance:
        """Every place of a word or phrase, where `search` gives the best ones."""
        return Concordance(self.documents, self.clauses_of)

    def clauses_of(self, doc_id: str) -> tuple[Clause, ...]:
        """The clauses of a document in document order."""
        return self._clauses_of[doc_id]

    def document_frequency(self, token: str) -> int:
        """In how many passages a token of the tokenizer stands."""
        return self._lexical.document_frequency(token)

    def search(self, text: str, k: int) -> list[Hit]:
        """The k best passages, best first, rank from 1.

        Raises:
            IndexFolderError: the vectors are missing or corrupt.
        """
        return self.retriever.search(text, k)

    def is_current(self) -> bool:
        """Whether no newer generation has been swapped in; asked at every question."""
        stamp = _stamp(self._index_dir)
        if stamp == self._stamp:
            return True
        manifest = read_manifest(self._index_dir)
        if manifest is None or manifest.generation != self.manifest.generation:
            return False
        self._stamp = stamp
        return True


def open_index(settings: Settings, *, may_lag: bool = False) -> PolicyIndex:
    """The newest generation; with `may_lag` though documents came or went since it was built.

    Raises:
        IndexFolderError: there is no index, or it is corrupt.
        IndexStaleError: another corpus, chunker, tokenizer or embedder is configured now.
    """
    manifest = read_manifest(settings.index_dir)
    if manifest is None:
        raise IndexFolderError(
            f"文件夹 {settings.index_dir} 里没有索引；请运行 assistant index 建立。"
        )
    corpus_dir, sources = manifest.corpus_dir, manifest.sources
    wanted = own_corpus(settings)
    if _names_corpus(wanted) and wanted.corpus_dir.is_dir():
        corpus_dir = _resolved(wanted.corpus_dir)
        sources = sources if may_lag else _sources(scan_corpus(wanted.corpus_dir)[0])
    manifest.check(present_recipe(load_embedder(settings.embedder)), corpus_dir, sources)
    return PolicyIndex(settings.index_dir, manifest, settings.embedder)


def own_corpus(settings: Settings) -> Settings:
    """With the corpus that the index was built from, unless settings name one.

    `assistant ask --index DIR` is about the documents of DIR, not about the default corpus.
    """
    manifest = _readable_manifest(settings.index_dir)
    if _names_corpus(settings) or manifest is None or not Path(manifest.corpus_dir).is_dir():
        return settings
    return settings.model_copy(update={"corpus_dir": Path(manifest.corpus_dir)})


def _names_corpus(settings: Settings) -> bool:
    return "corpus_dir" in settings.model_fields_set


def build_index(settings: Settings, progress: Progress | None = None) -> BuildReport:
    """Parse, chunk and index the corpus; what did not change is taken over from the last build.

    Raises:
        CorpusError: no document could be read at all.
        IndexFolderError: the folder cannot be written, or another build is running.
    """
    index_dir = settings.index_dir
    finish_changes(settings.state_dir)
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        with build_lock(index_dir):
            return _build(settings, progress or (lambda *_: None))
    except OSError as error:
        raise IndexFolderError(
            f"索引文件夹 {index_dir} 无法写入：{error.strerror or error}。请检查权限和磁盘空间。"
        ) from error


def _build(settings: Settings, progress: Progress) -> BuildReport:
    embedder = load_embedder(settings.embedder)
    recipe = present_recipe(embedder)
    before = _readable_manifest(settings.index_dir)
    earlier = read_earlier(settings.index_dir, before, recipe)
    files, failures = scan_corpus(settings.corpus_dir)
    parsed, reused = _parse(files, settings, earlier, failures, progress)
    failures = list(dict.fromkeys(failures))
    passages = tuple(passage for one in parsed for passage in passages_of(one))
    if not passages:
        raise CorpusError(
            f"语料 {settings.corpus_dir} 里没有可读的文件"
            + (f"；例如 {failures[0].source}：{failures[0].message}" if failures else "。")
        )
    generation = _generation(settings.index_dir, recipe, files)
    fresh = settings.index_dir / f".{generation}"
    shutil.rmtree(fresh, ignore_errors=True)  # of a build that was killed
    try:
        fresh.mkdir()
        sha256 = write_documents(fresh, parsed)
        write_indexes(fresh, passages, earlier, embedder, progress)
        fresh.rename(settings.index_dir / generation)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    counts = {
        "documents": len(parsed),
        "clauses": sum(len(one.clauses) for one in parsed),
        "passages": len(passages),
    }
    manifest = Manifest(
        **asdict(recipe),
        corpus_dir=_resolved(settings.corpus_dir),
        generation=generation,
        documents_sha256=sha256,
        sources=_sources(files),
        counts=counts,
        failed_rows={one.source: one.message for one in failures if "#" in one.source},
    )
    write_manifest(settings.index_dir, manifest)
    _remove_old(settings.index_dir, {generation, before.generation if before else generation})
    return BuildReport(
        **counts,
        reused=reused,
        failures=tuple(failures),
        remarks=remarks_on(settings.corpus_dir, [one.document for one in parsed]),
        generation=generation,
    )


def _parse(
    files: list[SourceFile],
    settings: Settings,
    earlier: Earlier,
    failures: list[Failure],
    progress: Progress,
) -> tuple[list[ParsedDocument], int]:
    """The documents of all files, and how many were taken over; adds to `failures`."""
    parsed: dict[str, ParsedDocument] = {}
    reused = 0
    for number, file in enumerate(files, start=1):
        documents = earlier.by_file.get((file.relative, file.stamp), [])
        if documents and _has_ids(documents, file):
            reused += len(documents)
            failures += [
                Failure(source, message)
                for source, message in earlier.failed_rows.items()
                if source.split("#")[0] == file.relative
            ]
        else:
            documents, failed = load_source(file, settings.corpus_dir, settings.max_file_bytes)
            failures += failed
        for one in documents:
            if one.document.doc_id in parsed:
                failures.append(Failure(one.document.source, "与另一份文件的 id 相同，已跳过。"))
            else:
                parsed[one.document.doc_id] = one
        progress("解析文件", number, len(files))
    return list(parsed.values()), reused


def _has_ids(documents: list[ParsedDocument], file: SourceFile) -> bool:
    """Whether documents taken over still have the id that the file has now."""
    is_rows = file.path.suffix.lower() == JSONL
    return is_rows or all(one.document.doc_id == file.doc_id for one in documents)


def _sources(files: list[SourceFile]) -> dict[str, str]:
    return {file.relative: file.stamp for file in files}


def _resolved(corpus_dir: Path) -> str:
    return corpus_dir.resolve().as_posix()


def _stamp(index_dir: Path) -> tuple[int, int] | None:
    try:
        found = (index_dir / MANIFEST).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _generation(index_dir: Path, recipe: Recipe, files: list[SourceFile]) -> str:
    """Named by what goes in and by the build, so that a reader's folder is never rewritten."""
    names = [*asdict(recipe).values(), *(f"{one.relative}={one.stamp}" for one in files)]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
    taken = [one.name.split("-")[1] for one in index_dir.glob("gen-*-*")]
    number = 1 + max((int(one) for one in taken if one.isdecimal()), default=0)
    return f"gen-{number}-{digest}"


def _readable_manifest(index_dir: Path) -> Manifest | None:
    try:
        return read_manifest(index_dir)
    except IndexFolderError:
        return None  # corrupt: nothing can be taken over or served from it


def _remove_old(index_dir: Path, keep: set[str]) -> None:
    for folder in index_dir.iterdir():
        is_ours = folder.name.startswith(("gen-", ".gen-"))
        if is_ours and folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
        elif folder.name.startswith(f".{MANIFEST}."):  # of a build that was killed
            folder.unlink(missing_ok=True)
