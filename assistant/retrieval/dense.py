"""The dense leg: vectors of the passages of all segments, exact in memory-mapped files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.ties import best
from assistant.retrieval.vectors import SHORTLIST, Vectors

MARGIN = 50
"""So many more are looked at exactly: BLAS rounds a row by where it stands."""


@dataclass(frozen=True, slots=True)
class DensePart:
    """The vectors of one segment; rows number the passages of all segments in order."""

    vectors: Vectors
    alive: NDArray[np.bool_] | None = None


class DenseIndex:
    """Cosines of any passage, and the nearest ones; needs no engine."""

    def __init__(self, parts: Sequence[DensePart], positions: NDArray[np.int64]) -> None:
        """`positions`: by row, its place in the corpus, for ties."""
        self._positions = positions
        self._parts = parts
        ends = np.cumsum([len(part.vectors) for part in parts])
        self._begins = [0, *ends[:-1].tolist()]

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[int]:
        """Rows of the k nearest passages, in no order; none for the zero vector."""
        if not np.any(vector):
            return []
        rows, cosines = [], []
        for begin, part in zip(self._begins, self._parts, strict=True):
            near = part.vectors.shortlist(vector, part.alive, max(SHORTLIST, 4 * k))
            rows.append(near + begin)
            cosines.append(part.vectors.about(vector, near))
        every, about = np.concatenate(rows), np.concatenate(cosines)
        every = every[best(about, k + MARGIN, self._positions[every])]
        exact = self.cosines(vector, every)
        return [int(row) for row in every[best(exact, k, self._positions[every])]]

    def every(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines of all passages, float32 [rows]."""
        return np.concatenate([
            part.vectors.about(vector, np.arange(len(part.vectors))) for part in self._parts
        ])  # fmt: skip

    def cosines(
        self, vector: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """float32 [len(rows)], exact, whoever found the rows."""
        wanted = np.asarray(rows, dtype=np.int64)
        found = np.zeros(len(wanted), dtype=np.float32)
        part_of = np.searchsorted(self._begins, wanted, side="right") - 1
        for number in np.unique(part_of).tolist():
            mine = part_of == number
            local = wanted[mine] - self._begins[number]
            found[mine] = self._parts[number].vectors.cosines(vector, local)
        return found
