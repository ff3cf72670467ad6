"""Files that are replaced in one step, and locks that end with their process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def replace_file(path: Path, raw: bytes) -> None:
    """Readers see the old file or the new one, whole; a kill leaves at most a hidden file.

    Raises:
        OSError: the folder cannot be written; `path` is as it was.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with fresh.open("wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Held by the system for the process: one that is killed leaves no stale lock.

    Raises:
        BlockingIOError: another process holds it.
        OSError: the file cannot be opened.
    """
    with path.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
