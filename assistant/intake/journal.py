"""What staff did to the corpus, a line each; and what was refused, kept aside with the reason."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError

AUDIT = "audit.jsonl"
QUARANTINE = "quarantine"
MAX_KEPT = 200
"""Refused files; the oldest go first."""
_writing = threading.Lock()


class AuditLog:
    """`state_dir/audit.jsonl`: who, when, what, sha256. Never a password or a session."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / AUDIT

    def write(self, at: datetime, who: str, action: str, **details: object) -> None:
        """Append one line, on disk before this returns.

        Raises:
            SettingsError: it cannot be written; what it was to record must then not be done.
        """
        record = {"at": at.isoformat(timespec="seconds"), "who": who, "action": action, **details}
        line = json.dumps(record, ensure_ascii=False) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _writing, self._path.open("a", encoding="utf-8", errors="replace") as stream:
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise SettingsError(
                f"操作记录 {self._path} 无法写入（{error.strerror}），未作改动；"
                "请检查 state_dir 的权限和磁盘空间。"
            ) from error

    def last(self, count: int) -> list[dict[str, Any]]:
        """The latest records, newest first."""
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in reversed(lines[-count:])]


def set_aside(
    state_dir: Path, at: datetime, file: Path | None, about: Mapping[str, object]
) -> Path:
    """Keep a refused file and, beside it, a JSON file with the reason; returns the latter.

    The name that the file came with stands in the JSON only. `file` is moved; None where nothing
    of it was received.
    """
    folder = state_dir / QUARANTINE
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest() if file else None
    stem = f"{at:%Y%m%dT%H%M%S%f}-{(sha256 or 'none')[:8]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if file is not None:
            shutil.move(file, folder / f"{stem}.upload")
        reason = folder / f"{stem}.json"
        record = {"at": at.isoformat(timespec="seconds"), "sha256": sha256, **about}
        reason.write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8", "replace")
        for old in sorted(folder.glob("*.json"))[:-MAX_KEPT]:
            old.with_suffix(".upload").unlink(missing_ok=True)
            old.unlink()
    except OSError as error:
        raise SettingsError(
            f"隔离文件夹 {folder} 无法写入（{error.strerror}）；请检查 state_dir 的权限。"
        ) from error
    return reason
