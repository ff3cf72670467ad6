"""A build: a fresh generation folder, swapped in by its manifest."""

from __future__ import annotations

import errno
import hashlib
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NoReturn

from assistant.corpus import Failure, SourceFile, remarks_on, scan_corpus
from assistant.errors import CorpusError, IndexFolderError
from assistant.retrieval.assembly import Assembled, Assembler, Earlier, Progress, plan_build
from assistant.retrieval.embedder import Embedder, load_embedder
from assistant.retrieval.engines import (
    bring_up_to_date,
    drop_others,
    open_engine,
    store_name,
)
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
from assistant.settings import Settings
from assistant.transaction import finish_changes


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


def build_index(settings: Settings, progress: Progress | None = None) -> BuildReport:
    """Parse, chunk and index the corpus; what did not change is taken over from the last build.

    Raises:
        CorpusError: no document could be read at all.
        StoreError: the configured engine cannot be reached.
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
            f"索引文件夹 {index_dir} 无法写入：{_why(error)}；原来的索引（如有）照常使用。"
        ) from error


def _why(error: OSError) -> str:
    """numpy says of a full disk only how many items it wrote."""
    if error.errno in (None, errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "磁盘空间不足，请腾出空间后再试"
    return f"{error.strerror or error}，请检查权限"


def _build(settings: Settings, progress: Progress) -> BuildReport:
    index_dir, corpus_dir = settings.index_dir, settings.corpus_dir
    embedder = load_embedder(settings.embedder_spec)
    recipe = present_recipe(embedder)
    before = readable_manifest(index_dir)
    earlier = _earlier(index_dir, before, recipe)
    files, failures = scan_corpus(corpus_dir)
    name = _generation_name(index_dir, recipe, files)
    engine = open_engine(settings)
    manifest = Manifest(
        **asdict(recipe),
        corpus_dir=resolved(corpus_dir),
        sources=sources_of(files),
        store=store_name(settings),
    )
    fresh = index_dir / f".{name}"
    shutil.rmtree(fresh, ignore_errors=True)  # of a build that was killed
    try:
        fresh.mkdir()
        made = _assemble(settings, files, earlier, (fresh, embedder, progress))
        failures = list(dict.fromkeys([*failures, *made.failures]))
        generation = _opened(fresh, made, manifest, earlier)
        if not len(generation.living_rows()):
            _give_up(corpus_dir, failures)
        if engine is not None:
            bring_up_to_date(engine, generation)
        remarks = remarks_on(corpus_dir, generation.related(), generation.sha256_by_source())
        fresh.rename(index_dir / name)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    manifest = replace(
        manifest,
        generation=name,
        segments=made.segments,
        counts=generation.counts(),
        failed_rows={one.source: one.message for one in failures},
    )
    write_manifest(index_dir, manifest)
    _remove_old(index_dir, {name, before.generation if before else name})
    if engine is not None:
        drop_others(engine, {*made.segments, *(before.segments if before else ())})
    return BuildReport(
        **manifest.counts,
        reused=made.reused,
        failures=tuple(failures),
        remarks=remarks,
        generation=name,
    )


def _give_up(corpus_dir: Path, failures: list[Failure]) -> NoReturn:
    example = f"；例如 {failures[0].source}：{failures[0].message}" if failures else "。"
    raise CorpusError(f"语料 {corpus_dir} 里没有可读的文件{example}")


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


def _opened(
    fresh: Path, made: Assembled, manifest: Manifest, earlier: Earlier | None
) -> Generation:
    """What was written, for what is told of it."""
    manifest = replace(
        manifest,
        generation=fresh.name,
        segments=made.segments,
        counts={"documents": made.documents},
    )
    return Generation(fresh.parent, manifest, earlier.generation if earlier else None)


def sources_of(files: list[SourceFile]) -> dict[str, str]:
    return {file.relative: file.stamp for file in files}


def resolved(corpus_dir: Path) -> str:
    return corpus_dir.resolve().as_posix()


def _generation_name(index_dir: Path, recipe: Recipe, files: list[SourceFile]) -> str:
    """Named by what goes in and by the build, so that a reader's folder is never rewritten."""
    names = [*asdict(recipe).values(), *(f"{one.relative}={one.stamp}" for one in files)]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
    taken = [one.name.split("-")[1] for one in index_dir.glob("gen-*-*")]
    number = 1 + max((int(one) for one in taken if one.isdecimal()), default=0)
    return f"gen-{number}-{digest}"


def readable_manifest(index_dir: Path) -> Manifest | None:
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
