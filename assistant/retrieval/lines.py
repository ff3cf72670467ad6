"""JSON lines on disk: appended once, then read one at a time through a memory map."""

from __future__ import annotations

import mmap
from array import array
from bisect import bisect_right
from functools import cached_property
from pathlib import Path

import numpy as np

_BLOCK = 64


class LineWriter:
    """Writes `NAME.jsonl`, and when closed `NAME.npy`: where lines begin, int64 [lines + 1]."""

    def __init__(self, folder: Path, name: str) -> None:
        self._offsets_path = folder / f"{name}.npy"
        self._stream = (folder / f"{name}.jsonl").open("wb")
        self._offsets = array("q", [0])

    def add(self, line: bytes) -> None:
        """`line` ends with the only line feed in it."""
        self._stream.write(line)
        self._offsets.append(self._offsets[-1] + len(line))

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def close(self) -> None:
        if self._stream.closed:
            return
        self._stream.close()
        offsets = np.frombuffer(self._offsets, dtype=np.int64)
        np.save(self._offsets_path, offsets, allow_pickle=False)


class Lines:
    """The lines of a file that is never rewritten; only those asked for are read."""

    def __init__(self, folder: Path, name: str) -> None:
        """
        Raises:
            OSError, ValueError: a file is missing or was cut.
        """
        path = folder / f"{name}.jsonl"
        mapped = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        self._offsets = np.asarray(mapped)  # a plain array is ten times as fast to ask
        size = path.stat().st_size
        if self._offsets.ndim != 1 or int(self._offsets[-1]) != size:
            raise ValueError(f"{path} is not what was written")
        self._bytes: mmap.mmap | bytes = b""
        if size:
            with path.open("rb") as stream:
                self._bytes = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, row: int) -> bytes:
        return self._bytes[int(self._offsets[row]) : int(self._offsets[row + 1])]


class SortedLines(Lines):
    """Lines in order of their bytes, of which one can be found."""

    def find(self, line: bytes) -> int | None:
        """The number of a line, which ends with its line feed; None where it is not here."""
        block = bisect_right(self._heads, line) - 1
        if block < 0:
            return None
        first = block * _BLOCK
        end = min(first + _BLOCK, len(self))
        lines = b"\n" + self._bytes[int(self._offsets[first]) : int(self._offsets[end])]
        at = lines.find(b"\n" + line)
        return None if at < 0 else first + lines.count(b"\n", 0, at)

    @cached_property
    def _heads(self) -> list[bytes]:
        """Every `_BLOCK`th line: the others are read where they may be."""
        return [self[row] for row in range(0, len(self), _BLOCK)]
