"""Files from outside are read in a process of their own, with limits on its time and memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import CorpusError
from assistant.parsing import ParsedDocument
from assistant.retrieval.codec import from_row
from assistant.settings import PACKAGE_DIR, PREFIX


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take; LibreOffice and tesseract run within them, too."""

    seconds: int = 120
    memory_bytes: int = 2_000_000_000
    """Of address space; LibreOffice and tesseract need less than half."""
    written_bytes: int = 500_000_000
    file_bytes: int = 50_000_000


def parse_apart(path: Path, doc_id: str, limits: Limits) -> ParsedDocument:
    """As `parse_file`, in another process that knows no secrets and is gone afterwards.

    Raises:
        CorpusError: as `parse_file`, or a limit was reached; one Chinese sentence.
    """
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        made = Path(folder) / "parsed.json"
        given = {"path": str(path), "made": str(made), "doc_id": doc_id}
        process = start_apart("assistant.intake.worker", given, limits, folder)
        try:
            process.wait(timeout=limits.seconds)
        except subprocess.TimeoutExpired as error:
            raise CorpusError(
                f"文件 {path.name} 读了 {limits.seconds} 秒还没有读完，已停止；请拆分后再传。"
            ) from error
        finally:
            end(process)
        return _read(made, path.name)


def start_apart(
    module: str, given: Mapping[str, object], limits: Limits, folder: str
) -> subprocess.Popen[bytes]:
    """`python -m module '{…}'` in a group of its own, with the limits among what it is given."""
    told = {**given, "seconds": limits.seconds, "memory_bytes": limits.memory_bytes,
            "written_bytes": limits.written_bytes, "file_bytes": limits.file_bytes}  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", module, json.dumps(told)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd=folder, env=_environment(folder), start_new_session=True,
    )  # fmt: skip


def end(process: subprocess.Popen[bytes]) -> None:
    """The process and what it started are gone afterwards."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(made: Path, name: str) -> ParsedDocument:
    try:
        found = json.loads(made.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(
            f"文件 {name} 读取时异常中止（可能超出内存或时间上限）；请重新导出或拆分后再传。"
        ) from error
    if "error" in found:
        raise CorpusError(found["error"])
    return from_row(found["parsed"])


def _environment(folder: str) -> dict[str, str]:
    """This process's own, without settings (a password may be among them)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    paths = [str(PACKAGE_DIR.parent), kept.get("PYTHONPATH", "")]
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONUTF8": "1",
        "TMPDIR": folder,
    }
