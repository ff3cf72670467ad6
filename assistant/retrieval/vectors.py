"""Vectors of the passages of one segment: exact cosines, and signs to find candidates by."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VECTORS = "vectors.npy"
SIGNS = "signs.npy"
SIGN_BITS = 512
SIGNS_NAME = f"signs/2 {SIGN_BITS}"
"""Names how signs are made; part of the index manifest."""
EXACT_BELOW = 8_000
"""Up to so many passages every cosine is worked out; beyond, those whose signs are nearest."""
SHORTLIST = 2000
_STRIDE = 16
"""How near the shortlist reaches is read from one passage in so many: about `SHORTLIST` remain."""
_BLOCK = 1000
"""Few enough for one thread of BLAS: several that wait for each other cost more than they bring."""


_HEADER = 128
"""Bytes before the rows in a `.npy` file; numpy pads its header to a multiple of 64."""


class VectorWriter:
    """Appends rows to `vectors.npy`, and writes their signs to `signs.npy` when closed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stream = (folder / VECTORS).open("wb")
        self._stream.write(bytes(_HEADER))
        self._count = 0
        self._dim: int | None = None
        self._signs: list[NDArray[np.uint64]] = []

    def add(self, rows: NDArray[np.float32]) -> None:
        if not len(rows):
            return
        if self._dim not in (None, rows.shape[1]):
            raise ValueError(f"vectors of {self._dim} and of {rows.shape[1]} numbers")
        self._dim = rows.shape[1]
        self._count += len(rows)
        made = np.ascontiguousarray(rows, dtype="<f4")
        self._stream.write(made.tobytes())
        self._signs += [signs_of(made[at : at + _BLOCK]) for at in range(0, len(made), _BLOCK)]

    def close(self) -> None:
        """Complete the files: the number of rows stands in front of them."""
        header = BytesIO()
        np.lib.format.write_array_header_1_0(
            header,
            {"descr": "<f4", "fortran_order": False, "shape": (self._count, self._dim or 0)},
        )
        if len(header.getvalue()) != _HEADER:
            raise AssertionError("a header of numpy has another length")
        self._stream.seek(0)
        self._stream.write(header.getvalue())
        self.release()
        empty = np.zeros((0, SIGN_BITS // 64), dtype=np.uint64)
        signs = np.concatenate([empty, *self._signs])
        self._signs.clear()
        np.save(self._folder / SIGNS, np.ascontiguousarray(signs.T), allow_pickle=False)

    def release(self) -> None:
        self._stream.close()


def planes(dim: int) -> NDArray[np.float32]:
    """float32 [dim, SIGN_BITS]: directions from a fixed seed, at right angles in groups of `dim`:
    half as many then tell vectors apart as well as directions by chance (Ji et al., NIPS 2012).
    """
    drawn = np.random.default_rng(0)
    groups = [
        np.linalg.qr(drawn.standard_normal((dim, dim)))[0] for _ in range(-(-SIGN_BITS // dim))
    ]
    return np.concatenate(groups, axis=1)[:, :SIGN_BITS].astype(np.float32)


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
        self.rows = np.asarray(np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False))
        self._signs = np.asarray(np.load(folder / SIGNS, mmap_mode="r", allow_pickle=False))
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
        if len(rows) == len(self.rows):  # all of them, in order: not to be copied
            found = [self.rows[at : at + _BLOCK] @ vector for at in range(0, len(rows), _BLOCK)]
        else:
            chosen = (rows[at : at + _BLOCK] for at in range(0, len(rows), _BLOCK))
            found = [self.rows[one] @ vector for one in chosen]
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
        sample = apart[::_STRIDE]
        reach = np.partition(sample, size // _STRIDE)[size // _STRIDE]
        return np.flatnonzero(apart <= min(int(reach), SIGN_BITS))
