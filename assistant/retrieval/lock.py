"""One build at a time in an index folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from assistant.errors import IndexFolderError
from assistant.files import locked

LOCK = ".lock"


@contextmanager
def build_lock(index_dir: Path) -> Iterator[None]:
    """
    Raises:
        IndexFolderError: another build holds it.
        OSError: the folder cannot be written.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked(index_dir / LOCK))
        except BlockingIOError as error:
            raise IndexFolderError(
                f"另一个进程正在更新索引 {index_dir}；请等它完成后再试。"
            ) from error
        yield
