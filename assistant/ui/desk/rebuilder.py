"""The index is brought up to date behind the answers, one build at a time."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.retrieval.store import BuildReport


@dataclass(frozen=True, slots=True)
class Job:
    """What the index is doing: `idle`, `running`, `done` or `failed`, in a sentence."""

    state: str = "idle"
    words: str = ""


class Rebuilder:
    """A request during a build is one more build after it."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._is_wanted = False
        self._thread: threading.Thread | None = None
        self.job = Job()

    def request(self) -> None:
        with self._lock:
            self._is_wanted = True
            self.job = Job("running", "正在更新索引，期间照常答问。")
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> Job:
        """The job when the index is up to date, or after so many seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return self.job

    def _work(self) -> None:
        while self._take():
            job = Job("failed", "索引没有更新，原来的索引照常使用；请查看日志。")
            try:
                job = _done(self._assistant.rebuild())
            except AssistantError as error:
                job = Job("failed", f"索引没有更新：{error}")
            finally:
                with self._lock:
                    if not self._is_wanted:
                        self.job = job

    def _take(self) -> bool:
        with self._lock:
            wanted, self._is_wanted = self._is_wanted, False
            if not wanted:
                self._thread = None
            return wanted


def _done(report: BuildReport) -> Job:
    words = f"索引已更新：{report.documents} 份文件，{report.clauses} 个条款。"
    told = [f"未收录 {one.source}：{one.message}" for one in report.failures]
    return Job("done", words + "".join(told[:3]))
