"""Postings of one segment: for each token the passages it stands in, as memory-mapped arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.lines import LineWriter, SortedLines

_ARRAYS = ("starts", "rows", "weights", "lengths")
_VOCABULARY = "vocabulary"

Pair = tuple[NDArray[np.int32], NDArray[np.float32]]


class Forward:
    """Passages in order, each with its tokens: `sizes[i]` entries of `tokens` and `weights`.

    `vocabulary` names the token numbers; the numbers of a passage are all different.
    """

    __slots__ = ("sizes", "tokens", "vocabulary", "weights")

    def __init__(
        self,
        vocabulary: Sequence[str],
        tokens: NDArray[np.int32],
        weights: NDArray[np.float32],
        sizes: NDArray[np.int32],
    ) -> None:
        self.vocabulary = vocabulary
        self.tokens = tokens
        self.weights = weights
        self.sizes = sizes


def forward_of(passages: Iterable[Mapping[str, float]]) -> Forward:
    """From the weighted frequency of each token, passage by passage."""
    ids = _numbering()
    tokens: list[int] = []
    weights: list[float] = []
    sizes: list[int] = []
    for one in passages:
        tokens += map(ids.__getitem__, one)
        weights += one.values()
        sizes.append(len(one))
    return Forward(
        list(ids),
        np.array(tokens, dtype=np.int32),
        np.array(weights, dtype=np.float32),
        np.array(sizes, dtype=np.int32),
    )


def _numbering() -> defaultdict[str, int]:
    """Tokens by number, in the order in which they are asked for."""
    return defaultdict(count().__next__)


class PostingsBuilder:
    """Collects passages in order; tokens are numbered by their spelling at the end."""

    def __init__(self) -> None:
        self._ids = _numbering()
        self._parts: list[tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]]] = []

    def add(self, part: Forward) -> None:
        numbers = map(self._ids.__getitem__, part.vocabulary)
        place = np.fromiter(numbers, dtype=np.int32, count=len(part.vocabulary))
        self._parts.append((place[part.tokens], part.weights, part.sizes))

    def save(self, folder: Path) -> None:
        """Write the postings; the same passages in the same order give the same bytes."""
        from scipy.sparse import csr_array

        folder.mkdir(parents=True)
        names = sorted(self._ids)
        place = np.zeros(len(names), dtype=np.int32)
        place[[self._ids[name] for name in names]] = np.arange(len(names), dtype=np.int32)
        tokens = place[_joined([one[0] for one in self._parts], np.int32)]
        weights = _joined([one[1] for one in self._parts], np.float32)
        sizes = _joined([one[2] for one in self._parts], np.int32)
        self._parts.clear()
        starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        by_row = csr_array((weights, tokens, starts), shape=(len(sizes), len(names)))
        by_token = by_row.tocsc()  # a counting sort: rows stay in order
        empty = np.append(weights, np.float32(0))
        lengths = np.add.reduceat(empty.astype(np.float64), starts[:-1]) if len(sizes) else empty
        lengths[sizes == 0] = 0
        arrays = {
            "starts": by_token.indptr.astype(np.int64),
            "rows": by_token.indices.astype(np.int32),
            "weights": by_token.data.astype(np.float32),
            "lengths": lengths.astype(np.float64),
        }
        for name, values in arrays.items():
            np.save(folder / f"{name}.npy", values, allow_pickle=False)
        lines = LineWriter(folder, _VOCABULARY)
        for token in names:
            lines.add(f"{token}\n".encode())
        lines.close()


class Postings:
    """Those of token t are `rows[starts[t]:starts[t+1]]`, in order of row.

    `weights` are weighted term frequencies, `lengths` [count] their sums by passage. Arrays and
    vocabulary are mapped, not read: a question touches the postings of its own tokens only.
    """

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            OSError, ValueError: a file is missing or damaged.
        """
        arrays = {
            name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
            for name in _ARRAYS
        }
        self._vocabulary = SortedLines(folder, _VOCABULARY)
        self._starts, self._rows, self._weights, self.lengths = (arrays[one] for one in _ARRAYS)
        self.count = len(self.lengths)
        sizes = (len(self._starts) - 1, int(self._starts[-1]), len(self._weights))
        if sizes != (len(self._vocabulary), len(self._rows), len(self._rows)):
            raise ValueError("postings do not fit their vocabulary")

    def of(self, token: str) -> Pair:
        """Rows, in order, and weights; empty for a token that is not here."""
        index = self._vocabulary.find(f"{token}\n".encode())
        if index is None:
            return _NONE
        span = slice(int(self._starts[index]), int(self._starts[index + 1]))
        return self._rows[span], self._weights[span]

    def forward(self, keep: NDArray[np.bool_]) -> Forward:
        """The passages of the rows to keep, for the postings of another segment."""
        from scipy.sparse import csc_array

        names = [self._vocabulary[one][:-1].decode() for one in range(len(self._vocabulary))]
        by_token = csc_array(
            (self._weights, self._rows, self._starts), shape=(self.count, len(names))
        )
        kept: Any = by_token.tocsr()[np.flatnonzero(keep)]
        return Forward(
            names,
            kept.indices.astype(np.int32),
            kept.data.astype(np.float32),
            np.diff(kept.indptr).astype(np.int32),
        )


_NONE: Pair = (np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))


def _joined(parts: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
