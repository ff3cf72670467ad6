"""A file that takes forever does not hold up the rest."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.errors import CorpusError


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
