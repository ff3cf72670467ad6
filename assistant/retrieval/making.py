"""From files to the parts of a segment: parsed, cut and tokenised, on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.corpus import JSONL, Failure, SourceFile, load_source, parse_row
from assistant.errors import IndexFolderError
from assistant.parsing import ParsedDocument
from assistant.retrieval.segment import Part, part_of

UNIT_BYTES = 400_000
"""One piece of work: enough to be worth sending, little enough for the bar to move."""
IDLE_S = 10
"""How long a process waits for work: those of a killed build are gone after it."""
ALONE_BYTES = 3_000_000
"""Less than this one process does faster than others could be started."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read, or some lines of a JSONL file."""

    file: SourceFile
    lines: tuple[tuple[int, str], ...] = ()
    """With their numbers; empty for a whole file that holds one document."""

    @property
    def size(self) -> int:
        if self.lines:
            return sum(3 * len(line) for _, line in self.lines)
        return self.file.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Made:
    """What became of some tasks."""

    part: Part
    labels: list[str]
    """Of each document: where it stands, for a failure that concerns it."""
    counts: list[int]
    """How many of the documents each task gave."""
    failures: list[Failure]


@dataclass(frozen=True, slots=True)
class Workshop:
    """How tasks are done."""

    corpus_dir: Path
    max_file_bytes: int
    workers: int
    """Processes; 0: as many as there are cores."""

    def run(self, tasks: Sequence[Task]) -> Iterator[Made]:
        """In order. Memory holds a few units at a time."""
        units = _units(tasks)
        if len(units) < 2 or sum(map(_size, units)) < ALONE_BYTES or self.workers == 1:
            yield from map(self._make, units)
            return
        from concurrent.futures.process import BrokenProcessPool

        from joblib import Parallel, delayed, parallel_config

        try:
            with parallel_config("loky", idle_worker_timeout=IDLE_S, inner_max_num_threads=1):
                pool = Parallel(
                    n_jobs=self.workers or -1, return_as="generator", pre_dispatch="2*n_jobs",
                    batch_size=1, max_nbytes=None,
                )  # fmt: skip
            yield from pool(delayed(self._make)(unit) for unit in units)
        except BrokenProcessPool as error:
            raise IndexFolderError(
                "建索引的一个进程被系统终止，多半是内存不足；原来的索引照常使用。"
                "请腾出内存，或把 build_workers 设为 1 再试。"
            ) from error

    def _make(self, unit: Sequence[Task]) -> Made:
        parsed: list[ParsedDocument] = []
        labels: list[str] = []
        counts: list[int] = []
        failures: list[Failure] = []
        for task in unit:
            before = len(parsed)
            if task.file.path.suffix.lower() == JSONL:
                for number, line in task.lines:
                    made = parse_row(task.file, number, line)
                    if isinstance(made, Failure):
                        failures.append(made)
                    else:
                        parsed.append(made)
                        labels.append(f"{task.file.relative}#{number}")
            else:
                documents, failed = load_source(task.file, self.corpus_dir, self.max_file_bytes)
                failures += failed
                parsed += documents
                labels += [one.document.source for one in documents]
            counts.append(len(parsed) - before)
        return Made(part_of(parsed), labels, counts, failures)


def tasks_of_rows(file: SourceFile, rows: Sequence[tuple[int, str]]) -> Iterator[Task]:
    """Lines of a JSONL file in pieces of about a unit."""
    begin = size = 0
    for at, (_, line) in enumerate(rows):
        size += 3 * len(line)
        if size >= UNIT_BYTES or at == len(rows) - 1:
            yield Task(file, tuple(rows[begin : at + 1]))
            begin, size = at + 1, 0


def _units(tasks: Sequence[Task]) -> list[list[Task]]:
    units: list[list[Task]] = []
    room = 0
    for task in tasks:
        size = task.size
        if not units or room < size:
            units.append([])
            room = UNIT_BYTES
        units[-1].append(task)
        room -= size
    return units


def _size(unit: Sequence[Task]) -> int:
    return sum(task.size for task in unit)
