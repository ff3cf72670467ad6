"""A new generation from the files and the last one: what did not change is taken over.

Segments are never changed. Those of the last generation are linked into the new one, a document
that went or changed is left out of the order, and what is new becomes one segment more. Small
segments are absorbed by a new one of at least an eighth of their size, so that their number grows
with the logarithm of the corpus and a document is copied a few times in its life at most.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.corpus import JSONL, SAME_ID, Failure, SourceFile, read_rows
from assistant.errors import CorpusError
from assistant.retrieval.embedder import Embedder
from assistant.retrieval.generation import ORDER, Generation
from assistant.retrieval.making import Made, Task, Workshop, tasks_of_rows
from assistant.retrieval.manifest import Manifest
from assistant.retrieval.segment import SegmentWriter

Progress = Callable[[str, int, int], None]
ABSORB = 8
"""A segment is absorbed by a later one of more than this fraction of its size."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last generation, where it was built by the same recipe."""

    generation: Generation
    manifest: Manifest

    def id_of(self, place: Place) -> str:
        return self.generation.segments[place[0]].heads.doc_id[place[1]]

    def by_sha256(self, places: Sequence[Place]) -> dict[str, Place]:
        columns = [one.heads.sha256 for one in self.generation.segments]
        return {columns[place[0]][place[1]]: place for place in places}


@dataclass(slots=True)
class Plan:
    """The corpus in order: documents taken over, and tasks by their number."""

    steps: list[list[Place] | int] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def take(self, documents: list[Place]) -> None:
        self.steps.append(documents)

    def do(self, task: Task) -> None:
        self.steps.append(len(self.tasks))
        self.tasks.append(task)


@dataclass(frozen=True, slots=True)
class Assembled:
    """What was written: the segments of the new generation, and what to report."""

    segments: tuple[str, ...]
    documents: int
    reused: int
    failures: list[Failure]


def plan_build(files: Sequence[SourceFile], earlier: Earlier | None) -> Plan:
    """What can be taken over and what has to be read."""
    plan = Plan()
    known: dict[str, list[Place]] = {}
    if earlier is not None:
        for place, source in earlier.generation.sources():
            known.setdefault(source.partition("#")[0], []).append(place)
    for file in files:
        old = known.get(file.relative, [])
        stamp = earlier.manifest.sources.get(file.relative) if earlier else None
        is_rows = file.path.suffix.lower() == JSONL
        is_same = earlier is not None and bool(old) and stamp == file.stamp
        if earlier and is_same and (is_rows or earlier.id_of(old[0]) == file.doc_id):
            plan.take(old)
            plan.failures += [
                Failure(source, message)
                for source, message in earlier.manifest.failed_rows.items()
                if source.split("#")[0] == file.relative
            ]
        elif is_rows:
            has_notes = bool(file.rows) or "+" in (stamp or "")  # a row of the register decides
            _plan_rows(plan, file, {} if has_notes or not earlier else earlier.by_sha256(old))
        else:
            plan.do(Task(file))
    return plan


def _plan_rows(plan: Plan, file: SourceFile, old: dict[str, Place]) -> None:
    """Lines of a changed JSONL file that are the same as before are taken over one by one."""
    fresh: list[tuple[int, str]] = []
    taken: list[Place] = []

    def flush() -> None:
        for task in tasks_of_rows(file, fresh):
            plan.do(task)
        fresh.clear()

    try:
        for number, line in read_rows(file):
            same = old.pop(hashlib.sha256(line.encode()).hexdigest(), None)
            if same is None:
                if taken:
                    plan.take(taken)
                    taken = []
                fresh.append((number, line))
            else:
                if fresh:
                    flush()
                taken.append(same)
    except CorpusError as error:
        plan.failures.append(Failure(file.relative, str(error)))
    if taken:
        plan.take(taken)
    flush()


class Assembler:
    """Writes one generation into a fresh folder."""

    def __init__(self, folder: Path, earlier: Earlier | None, embedder: Embedder) -> None:
        """`folder` is named `.gen-N-digest`; it exists and is empty."""
        self._folder = folder
        self._earlier = earlier
        self._embedder = embedder
        self._name = folder.name.lstrip(".").replace("gen-", "seg-", 1)
        self._writer: SegmentWriter | None = None
        self._written = 0

    def assemble(self, plan: Plan, workshop: Workshop, progress: Progress) -> Assembled:
        """
        Raises:
            OSError: the folder cannot be written.
        """
        try:
            made = self._make(plan, workshop, progress)
            chosen, reused, failures = self._claimed(plan, made)
            segments = self._settle(chosen)
        finally:
            if self._writer is not None:
                self._writer.release()
        return Assembled(tuple(segments), len(chosen), reused, failures)

    def _make(self, plan: Plan, workshop: Workshop, progress: Progress) -> list[Made]:
        done = 0
        kept: list[Made] = []
        for made in workshop.run(plan.tasks):
            part = made.part
            if part.heads:
                vectors = self._embedder.encode_passages(part.texts or [])
                self._open().add(part, vectors)
                self._written += len(part.heads)
            kept.append(Made(part.without_content(), made.labels, made.counts, made.failures))
            done += len(made.counts)
            progress("解析、分词、计算向量", done, len(plan.tasks))
        return kept

    def _open(self) -> SegmentWriter:
        if self._writer is None:
            self._writer = SegmentWriter(self._folder / self._name)
        return self._writer

    def _claimed(
        self, plan: Plan, made: Sequence[Made]
    ) -> tuple[list[Place], int, list[Failure]]:
        """Each id once, the first in the order of the corpus; how many taken over; failures."""
        failures = [*plan.failures, *(failure for one in made for failure in one.failures)]
        olds = self._earlier.generation.segments if self._earlier else []
        heads = [one.heads for one in olds]
        counts = [count for one in made for count in one.counts]
        fresh = _fresh(made)
        claimed: set[str] = set()
        chosen: list[Place] = []
        for step in plan.steps:
            places = step if isinstance(step, list) else ((-1, -1) for _ in range(counts[step]))
            for old in places:
                if old[0] < 0:
                    place, doc_id, label = next(fresh)
                else:
                    place, doc_id, label = old, heads[old[0]].doc_id[old[1]], ""
                if doc_id in claimed:
                    failures.append(Failure(label or heads[old[0]].source[old[1]], SAME_ID))
                else:
                    claimed.add(doc_id)
                    chosen.append(place)
        return chosen, sum(segment >= 0 for segment, _ in chosen), failures

    def _settle(self, chosen: list[Place]) -> list[str]:
        """Link the segments that stay, absorb the others, write the order.

        `chosen`: in the order of the corpus, segment and number; segment -1 is the new one.
        """
        olds = self._earlier.generation.segments if self._earlier else []
        names = self._earlier.generation.names if self._earlier else ()
        alive = [np.zeros(one.document_count, dtype=bool) for one in olds]
        for segment, number in chosen:
            if segment >= 0:
                alive[segment][number] = True
        staying = _staying([(int(one.sum()), len(one)) for one in alive], self._written)
        moved: dict[Place, Place] = {}
        for number, old_segment in enumerate(olds):
            if number in staying or not alive[number].any():
                continue
            part = old_segment.taken(alive[number])
            if part.vectors is None:
                raise AssertionError("a segment has vectors")
            self._open().add(part, part.vectors)
            for old in np.flatnonzero(alive[number]).tolist():
                moved[number, old] = (-1, self._written)
                self._written += 1
        for number in staying:
            _link_tree(olds[number].folder, self._folder / names[number])
        place = {old: new for new, old in enumerate(staying)}
        place[-1] = len(staying)
        final = [moved.get(one, one) for one in chosen]
        order = np.array([(place[segment], number) for segment, number in final], dtype=np.int32)
        np.save(self._folder / ORDER, order.reshape(-1, 2), allow_pickle=False)
        segments = [names[number] for number in staying]
        if self._writer is not None:
            self._writer.close()
            segments.append(self._name)
        return segments


def _fresh(made: Sequence[Made]) -> Iterator[tuple[Place, str, str]]:
    number = 0
    for one in made:
        for head, label in zip(one.part.heads, one.labels, strict=True):
            yield (-1, number), head.doc_id, label
            number += 1


def _staying(sizes: Sequence[tuple[int, int]], written: int) -> list[int]:
    """The segments to link, of those with (living, all) documents; the rest are absorbed.

    >>> _staying([(1000, 1000), (20, 20)], 1), _staying([(1000, 1000), (20, 20)], 3)
    ([0, 1], [0])
    >>> _staying([(400, 1000), (0, 5)], 0)
    []
    """
    total = written
    staying: list[int] = []
    for number in reversed(range(len(sizes))):
        living, every = sizes[number]
        is_small = living <= ABSORB * total
        if is_small or 2 * living < every:
            total += living
        else:
            staying.append(number)
    return staying[::-1]


def _link_tree(source: Path, target: Path) -> None:
    """The same files under another folder; copied where the file system has no hard links."""

    def link(one: str, other: str) -> None:
        try:
            os.link(one, other)
        except OSError:
            shutil.copy2(one, other)

    shutil.copytree(source, target, copy_function=link)
