"""The index on disk: built in a fresh generation folder, swapped in by its manifest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

from assistant.corpus import Failure, SourceFile, remarks_on, scan_corpus
from assistant.errors import CorpusError, IndexFolderError
from assistant.retrieval.assembly import Assembled, Assembler, Earlier, Progress, plan_build
from assistant.retrieval.concordance import Concordance
from assistant.retrieval.embedder import Embedder, load_embedder
from assistant.retrieval.generation import Generation
from assistant.retrieval.lock import build_lock
from assistant.retrieval.making import Workshop
from assistant.retrieval.manifest import (
    MANIFEST,
    Manifest,
    Recipe,
    present_recipe,
    read_manifest,
    write_manifest,
)
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.views import Clauses, Documents, Passages, Rows, damaged
from assistant.schema import Clause, Document, Hit
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
        try:
            self._generation = Generation(index_dir, manifest)
            self._lexical = self._generation.lexical()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise damaged(index_dir) from error
        self._rows = Rows(self._generation, index_dir)
        self._documents = Documents(self._generation, index_dir)
        self.documents: Mapping[str, Document] = self._documents
        self.clauses: Mapping[str, Clause] = Clauses(self._documents, manifest.counts["clauses"])
        self.passages = Passages(self._generation, self._rows)

    @cached_property
    def retriever(self) -> Retriever:
        """Both legs; for measuring them one by one."""
        return Retriever(self._rows, self._lexical, self._generation.dense(), self._model)

    @cached_property
    def concordance(self) -> Concordance:
        """Every place of a word or phrase, where `search` gives the best ones."""
        return Concordance(self.documents, self.clauses_of)

    def clauses_of(self, doc_id: str) -> tuple[Clause, ...]:
        """The clauses of a document in document order."""
        return tuple(self._documents.clauses_by_id(doc_id).values())

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
    index_dir = settings.index_dir
    embedder = load_embedder(settings.embedder)
    recipe = present_recipe(embedder)
    before = _readable_manifest(index_dir)
    earlier = _earlier(index_dir, before, recipe)
    files, failures = scan_corpus(settings.corpus_dir)
    name = _generation_name(index_dir, recipe, files)
    fresh = index_dir / f".{name}"
    shutil.rmtree(fresh, ignore_errors=True)  # of a build that was killed
    try:
        fresh.mkdir()
        made = _assemble(settings, files, earlier, (fresh, embedder, progress))
        failures = list(dict.fromkeys([*failures, *made.failures]))
        manifest, remarks = _described(fresh, made, recipe, (settings.corpus_dir, failures))
        fresh.rename(index_dir / name)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    failed = {one.source: one.message for one in failures if "#" in one.source}
    manifest = replace(manifest, generation=name, sources=_sources(files), failed_rows=failed)
    write_manifest(index_dir, manifest)
    _remove_old(index_dir, {name, before.generation if before else name})
    return BuildReport(
        **manifest.counts,
        reused=made.reused,
        failures=tuple(failures),
        remarks=remarks,
        generation=name,
    )


def _nothing(corpus_dir: Path, failures: list[Failure]) -> CorpusError:
    example = f"；例如 {failures[0].source}：{failures[0].message}" if failures else "。"
    return CorpusError(f"语料 {corpus_dir} 里没有可读的文件{example}")


def _earlier(index_dir: Path, before: Manifest | None, recipe: Recipe) -> Earlier | None:
    """The last generation, where all of it was made as it would be made now."""
    if before is None or any(getattr(before, key) != one for key, one in asdict(recipe).items()):
        return None
    try:
        return Earlier(Generation(index_dir, before), before)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # damaged: everything is made again from the files


def _assemble(
    settings: Settings,
    files: list[SourceFile],
    earlier: Earlier | None,
    tools: tuple[Path, Embedder, Progress],
) -> Assembled:
    """The new generation's files; from scratch where those of the last one were changed on disk."""
    fresh, embedder, progress = tools
    workshop = Workshop(settings.corpus_dir, settings.max_file_bytes, settings.build_workers)
    try:
        plan = plan_build(files, earlier)
        return Assembler(fresh, earlier, embedder).assemble(plan, workshop, progress)
    except ValueError:
        if earlier is None:
            raise
    shutil.rmtree(fresh)
    fresh.mkdir()
    return _assemble(settings, files, None, tools)


def _described(
    fresh: Path, made: Assembled, recipe: Recipe, corpus: tuple[Path, list[Failure]]
) -> tuple[Manifest, tuple[Failure, ...]]:
    """The manifest but for its generation and sources, and remarks on the documents.

    Raises:
        CorpusError: there are none; `corpus` tells its folder and why not.
    """
    corpus_dir, failures = corpus
    if not made.documents:
        raise _nothing(corpus_dir, failures)
    manifest = Manifest(
        **asdict(recipe),
        corpus_dir=_resolved(corpus_dir),
        generation=fresh.name,
        segments=made.segments,
        counts={"documents": made.documents},
    )
    generation = Generation(fresh.parent, manifest)
    heads = list(generation.heads())
    related = [
        generation.segments[segment].document(number).document
        for segment, number, head in heads
        if head.is_related
    ]
    remarks = remarks_on(corpus_dir, related, {head.source: head.sha256 for *_, head in heads})
    counts = {
        "documents": made.documents,
        "clauses": sum(head.clauses for *_, head in heads),
        "passages": len(generation.living_rows()),
    }
    return replace(manifest, counts=counts), remarks


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


def _generation_name(index_dir: Path, recipe: Recipe, files: list[SourceFile]) -> str:
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
