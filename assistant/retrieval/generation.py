"""One generation of the index: segments, some written by earlier builds, and what lives in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.dense import DensePart
from assistant.retrieval.lexical import LexicalIndex, LexicalPart
from assistant.retrieval.manifest import Manifest
from assistant.retrieval.segment import Segment
from assistant.schema import Document, Passage

ORDER = "order.npy"


class Generation:
    """An opened generation: its segments, and the living documents in the order of the corpus."""

    def __init__(
        self, index_dir: Path, manifest: Manifest, before: Generation | None = None
    ) -> None:
        """`before`: one that is open already; segments that it shares are not opened again.

        Raises:
            OSError, ValueError, KeyError, TypeError: a file is missing or damaged.
        """
        folder = index_dir / manifest.generation
        self.names = manifest.segments
        opened: dict[str, Segment] = {}
        if before is not None:
            opened = dict(zip(before.names, before.segments, strict=True))
        self.segments: list[Segment] = [
            opened.get(name) or Segment(folder / name) for name in self.names
        ]
        self.order: NDArray[np.int32] = np.load(folder / ORDER, allow_pickle=False)
        if self.order.ndim != 2 or len(self.order) != manifest.counts["documents"]:
            raise ValueError(f"{folder / ORDER} is not what was written")
        self.alive = [np.zeros(one.document_count, dtype=bool) for one in self.segments]
        for number, alive in enumerate(self.alive):
            alive[self.order[self.order[:, 0] == number, 1]] = True

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """Segment and number of each living document by id, in the order of the corpus."""
        ids = [one.heads.doc_id for one in self.segments]
        pairs = self.order.tolist()
        return {ids[segment][number]: (segment, number) for segment, number in pairs}

    def sources(self) -> Iterator[tuple[tuple[int, int], str]]:
        """Segment and number of each living document with its source, as the corpus has them."""
        columns = [one.heads.source for one in self.segments]
        for segment, number in self.order.tolist():
            yield (segment, number), columns[segment][number]

    def counts(self) -> dict[str, int]:
        pairs = zip(self.segments, self.alive, strict=True)
        return {
            "documents": len(self.order),
            "clauses": sum(int(np.array(one.heads.clauses)[alive].sum()) for one, alive in pairs),
            "passages": len(self.living_rows()),
        }

    def sha256_by_source(self) -> Iterator[tuple[str, str]]:
        columns = [one.heads.sha256 for one in self.segments]
        for (segment, number), source in self.sources():
            yield source, columns[segment][number]

    def related(self) -> list[Document]:
        """The documents that remarks on the corpus may concern."""
        pairs = zip(self.segments, self.alive, strict=True)
        return [
            one.document(number).document
            for one, alive in pairs
            for number in np.flatnonzero(alive & np.array(one.heads.is_related)).tolist()
        ]

    @cached_property
    def alive_rows(self) -> list[NDArray[np.bool_] | None]:
        """By segment: which passages live; None where all do."""
        return [
            None if alive.all() else alive[segment.owners]
            for alive, segment in zip(self.alive, self.segments, strict=True)
        ]

    @cached_property
    def begins(self) -> list[int]:
        """The first row of each segment, and the number of all rows: they go on from one segment
        to the next, those of dead passages included.
        """
        counts = [one.passage_count for one in self.segments]
        return [0, *np.cumsum(counts, dtype=np.int64).tolist()]

    def living_rows(self) -> NDArray[np.int64]:
        """The rows of all living passages, in the order of the corpus."""
        firsts, counts = np.zeros((2, len(self.order)), dtype=np.int64)
        for number, segment in enumerate(self.segments):
            mine = self.order[:, 0] == number
            edges = np.searchsorted(segment.owners, np.arange(segment.document_count + 1))
            firsts[mine] = edges[self.order[mine, 1]] + self.begins[number]
            counts[mine] = np.diff(edges)[self.order[mine, 1]]
        skipped = np.repeat(firsts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        return skipped + np.arange(len(skipped))

    @cached_property
    def positions(self) -> NDArray[np.int64]:
        """By row: which living passage of the corpus it is; dead ones come last."""
        living = self.living_rows()
        made = np.full(self.begins[-1], self.begins[-1], dtype=np.int64)
        made[living] = np.arange(len(living))
        return made

    def rows_of(self, places: Iterable[tuple[int, int]]) -> Iterator[int]:
        """The rows of documents given by segment and number."""
        for segment, number in places:
            edges = np.searchsorted(self.segments[segment].owners, [number, number + 1])
            first, after = (edges + self.begins[segment]).tolist()
            yield from range(first, after)

    def passage(self, row: int) -> Passage:
        number = bisect_right(self.begins, row) - 1
        return self.segments[number].passage(row - self.begins[number])

    def lexical(self) -> LexicalIndex:
        return LexicalIndex(
            [
                LexicalPart(segment.postings, np.asarray(segment.owners), alive)
                for segment, alive in zip(self.segments, self.alive_rows, strict=True)
            ]
        )

    def dense_parts(self) -> list[DensePart]:
        return [
            DensePart(segment.vectors, alive)
            for segment, alive in zip(self.segments, self.alive_rows, strict=True)
        ]
