"""One build at a time in an index folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import IndexFolderError

LOCK = ".lock"


@contextmanager
def build_lock(index_dir: Path) -> Iterator[None]:
    """Held by the system for the process: a build that is killed leaves no stale lock.

    Raises:
        IndexFolderError: another build holds it.
        OSError: the folder cannot be written.
    """
    with (index_dir / LOCK).open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexFolderError(
                f"另一个进程正在更新索引 {index_dir}；请等它完成后再试。"
            ) from error
        yield
