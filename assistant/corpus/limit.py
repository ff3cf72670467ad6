"""A file that takes forever, or all memory, does not hold up the rest."""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import CorpusError

_SIZE = Path("/proc/self/statm")
"""Of this process in pages, the address space first; Linux alone has it."""


class _Late(BaseException):
    """No Exception: a reader takes those of its library for a broken file."""


@contextmanager
def time_limit(seconds: float, name: str) -> Iterator[None]:
    """Stop what is within after so many seconds; in the main thread, where alone it can be done.

    A library's own code is not interrupted: the stop comes when it returns.

    Raises:
        CorpusError: the time was up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise _Late

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _Late:
        raise CorpusError(
            f"文件 {name} 读了 {seconds:g} 秒还没有读完，已跳过；请拆分或另存后再放入。"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def memory_limit(more_bytes: int, name: str) -> Iterator[None]:
    """Let the process take so many bytes of address space beyond what it has, what it starts too.

    In the main thread alone, as `time_limit`: in a server other threads would be held as well.

    Raises:
        CorpusError: the memory did not suffice.
    """
    before = resource.getrlimit(resource.RLIMIT_AS)
    if threading.current_thread() is not threading.main_thread() or not _SIZE.exists():
        yield
        return
    most = int(_SIZE.read_text().split()[0]) * resource.getpagesize() + more_bytes
    bounds = [one for one in before if one != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([most, *bounds]), before[1]))
    try:
        yield
    except (CorpusError, MemoryError) as error:
        # A reader takes an error of its library for a broken file, this one included.
        if isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError):
            raise CorpusError(
                f"文件 {name} 读取时超出内存上限，已跳过；请拆分或另存后再放入。"
            ) from None
        raise
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
