"""Vectors of the passages of one segment: exact cosines, and signs to find candidates by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VECTORS = "vectors.npy"
SIGNS = "signs.npy"
SIGN_BITS = 1024
EXACT_BELOW = 20_000
"""Up to so many passages every cosine is worked out; beyond, those whose signs are nearest."""
SHORTLIST = 1500
_BLOCK = 1000
"""Few enough for one thread of BLAS: several that wait for each other cost more than they bring."""


class VectorWriter:
    """Appends rows to `vectors.npy`, and their signs to `signs.npy` when closed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: list[NDArray[np.float32]] = []

    def add(self, rows: NDArray[np.float32]) -> None:
        self._rows.append(np.asarray(rows, dtype=np.float32))

    def close(self) -> None:
        dims = {rows.shape[1] for rows in self._rows if len(rows)}
        if len(dims) > 1:
            raise ValueError(f"vectors of different lengths: {sorted(dims)}")
        dim = dims.pop() if dims else 0
        whole = [rows for rows in self._rows if len(rows)] or [np.zeros((0, dim), np.float32)]
        self._rows.clear()
        vectors = np.concatenate(whole)
        np.save(self._folder / VECTORS, vectors, allow_pickle=False)
        signs = np.concatenate(
            [signs_of(vectors[at : at + _BLOCK]) for at in range(0, max(1, len(vectors)), _BLOCK)]
        )
        np.save(self._folder / SIGNS, signs.T.copy(), allow_pickle=False)


def planes(dim: int) -> NDArray[np.float32]:
    """float32 [dim, SIGN_BITS]: directions from a fixed seed."""
    drawn = np.random.default_rng(0).standard_normal((dim, SIGN_BITS))
    return drawn.astype(np.float32)


def signs_of(vectors: NDArray[np.float32]) -> NDArray[np.uint64]:
    """On which side of each plane a vector lies: uint64 [n, SIGN_BITS / 64].

    The share of bits that differ grows with the angle (Charikar, STOC 2002).
    """
    sides = vectors @ _planes(vectors.shape[1]) > 0
    packed: NDArray[np.uint64] = np.packbits(sides, axis=1).view(np.uint64)
    return packed


_KNOWN: dict[int, NDArray[np.float32]] = {}


def _planes(dim: int) -> NDArray[np.float32]:
    if dim not in _KNOWN:
        _KNOWN[dim] = planes(dim)
    return _KNOWN[dim]


class Vectors:
    """float32 [count, dim] and their signs, both mapped from the folder of a segment."""

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            OSError, ValueError: a file is missing or damaged.
        """
        self.rows = np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False)
        self._signs = np.load(folder / SIGNS, mmap_mode="r", allow_pickle=False)
        if self.rows.ndim != 2 or self.rows.dtype != np.float32:
            raise ValueError(f"{folder / VECTORS} holds no vectors")
        if self._signs.shape != (SIGN_BITS // 64, len(self.rows)):
            raise ValueError(f"{folder / SIGNS} is of other vectors")

    def __len__(self) -> int:
        return len(self.rows)

    def cosines(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 [len(rows)]; that of a row does not depend on the others."""
        made: NDArray[np.float32] = (self.rows[rows] * vector).sum(axis=1)
        return made

    def about(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The same by BLAS: faster, and the last digits depend on where a row stands."""
        found = [self.rows[rows[at : at + _BLOCK]] @ vector for at in range(0, len(rows), _BLOCK)]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.float32)

    def shortlist(
        self, vector: NDArray[np.float32], alive: NDArray[np.bool_] | None, size: int
    ) -> NDArray[np.int64]:
        """Rows that may be among the nearest; all that are alive where there are few."""
        count = len(self.rows)
        if count <= EXACT_BELOW or size >= count:
            return np.arange(count) if alive is None else np.flatnonzero(alive)
        wanted = signs_of(vector[None, :])[0]
        apart = np.zeros(count, dtype=np.uint16)
        for word, signs in zip(wanted, self._signs, strict=True):
            apart += np.bitwise_count(signs ^ word)
        if alive is not None:
            apart[~alive] = SIGN_BITS + 1
        near = np.argpartition(apart, size)[:size]
        return near if alive is None else near[alive[near]]
