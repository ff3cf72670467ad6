"""Tables that people upload: each decided in a process of its own, kept for an hour, then gone."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from assistant.errors import NotFoundError, SettingsError, UsageError
from assistant.intake.apart import Limits, end, start_apart
from assistant.settings import Settings
from assistant.tables.reading import MAX_FILE_BYTES
from assistant.tables.worker import PROGRESS, REPORT, RESULT

TABLES = "tables"
KEPT_S = 3600.0
MAX_KEPT = 20
RUNNING_AT_ONCE = 2
LIMITS = Limits(
    seconds=180, memory_bytes=1_500_000_000, written_bytes=100_000_000, file_bytes=MAX_FILE_BYTES
)
_CHUNK = 1 << 20
STOPPED = "表格没有判断完（可能超出内存或时间上限），未留下结果；请分成几个表格再传。"


@dataclass(frozen=True, slots=True)
class Job:
    """How far one table is. `report` is there when it is decided, `problem` when it never will be.

    The report has `firms`, `benefits`, `sheet`, `ignored`, `counts`, `problem_count`, `problems`.
    """

    token: str
    name: str
    day: date
    done: int
    total: int
    report: dict[str, Any] | None = None
    problem: str = ""

    @property
    def is_running(self) -> bool:
        return self.report is None and not self.problem


@dataclass(slots=True)
class _Run:
    name: str
    day: date
    folder: Path
    process: subprocess.Popen[bytes]
    started: float


class TableJobs:
    """Safe to use from several threads; a restart ends and forgets all of them."""

    def __init__(
        self, settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = settings.state_dir / TABLES
        self._rules_dir = settings.rules_dir.resolve()
        self._clock = clock
        self._runs: OrderedDict[str, _Run] = OrderedDict()
        self._lock = threading.Lock()
        shutil.rmtree(self._folder, ignore_errors=True)  # of a process that ended

    def start(self, name: str, stream: BinaryIO, day: date) -> str:
        """Take the file and begin; returns the job's name, which nobody can guess.

        Raises:
            UsageError: it is no XLSX, or others are being decided.
            SettingsError: the state folder cannot be written.
        """
        if Path(name).suffix.lower() != ".xlsx":
            raise UsageError("表格应是 XLSX 文件；其他格式请在 Excel 或 WPS 里另存为 XLSX。")
        token = secrets.token_urlsafe(18)
        folder = (self._folder / token).resolve()
        with self._lock:
            self._forget_old()
            if sum(self._is_running(one) for one in self._runs.values()) >= RUNNING_AT_ONCE:
                raise UsageError("正在判断别的表格，请过一会儿再传。")
            try:
                folder.mkdir(parents=True, mode=0o700)
                with (folder / "table.xlsx").open("wb") as made:
                    while chunk := stream.read(_CHUNK):
                        made.write(chunk)
            except OSError as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise SettingsError(
                    f"表格没有收下：{folder} 无法写入（{error.strerror}）；请检查权限和磁盘空间。"
                ) from error
            given = {"path": str(folder / "table.xlsx"), "name": name[:200], "folder": str(folder),
                     "rules_dir": str(self._rules_dir), "day": day.isoformat()}  # fmt: skip
            process = start_apart("assistant.tables.worker", given, LIMITS, str(folder))
            self._runs[token] = _Run(name[:200], day, folder, process, self._clock())
            while len(self._runs) > MAX_KEPT:
                self._drop(next(iter(self._runs)))
        return token

    def job(self, token: str) -> Job:
        """
        Raises:
            NotFoundError: it is over an hour old, was deleted, or never was.
        """
        with self._lock:
            self._forget_old()
            run = self._runs.get(token)
            if run is None:
                raise NotFoundError("这份表格的结果已经删除或过期；请重新上传。")
            is_running = self._is_running(run)
        report = _read(run.folder / REPORT)
        progress = _read(run.folder / PROGRESS) or {"done": 0, "total": 0}
        at = Job(token, run.name, run.day, progress["done"], progress["total"])
        if is_running and report is None:
            return at
        (run.folder / "table.xlsx").unlink(missing_ok=True)  # what was uploaded is not kept
        if report is None or "error" in report:
            problem = report["error"] if report else STOPPED
            return Job(token, run.name, run.day, at.done, at.total, problem=problem)
        return Job(token, run.name, run.day, at.total, at.total, report=report)

    def result(self, token: str) -> bytes:
        """The workbook.

        Raises:
            NotFoundError: as `job`, or there is none.
        """
        if self.job(token).report is None:
            raise NotFoundError("这份表格还没有结果。")
        with self._lock:
            return (self._runs[token].folder / RESULT).read_bytes()

    def delete(self, token: str) -> None:
        with self._lock:
            if token in self._runs:
                self._drop(token)

    def _is_running(self, run: _Run) -> bool:
        if run.process.poll() is not None:
            return False
        if self._clock() - run.started < LIMITS.seconds:
            return True
        end(run.process)
        return False

    def _forget_old(self) -> None:
        now = self._clock()
        for token in [one for one, run in self._runs.items() if now - run.started >= KEPT_S]:
            self._drop(token)

    def _drop(self, token: str) -> None:
        run = self._runs.pop(token)
        end(run.process)
        shutil.rmtree(run.folder, ignore_errors=True)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
