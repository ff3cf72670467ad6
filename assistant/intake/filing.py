"""A confirmed file and its row of the manifest into the corpus folder; a replaced one is kept."""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from assistant.corpus.register import Row, read_register, write_register
from assistant.errors import CorpusError, UsageError

REPLACED = "replaced"
_filing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where documents go, and where what they replace is kept."""

    corpus_dir: Path
    state_dir: Path

    def place_of(self, name: str) -> str:
        """The path of a new file below the corpus folder: in `raw` where there is one."""
        return f"raw/{name}" if (self.corpus_dir / "raw").is_dir() else name

    def row_of(self, source: str) -> Row | None:
        """What the manifest says of a file now.

        Raises:
            CorpusError: the manifest cannot be read.
        """
        return read_register(self.corpus_dir).rows.get(source)

    def file(self, staged: Path, row: Row, at: datetime, replaced: str | None = None) -> None:
        """Put a file and its row in place; `replaced` is the source of the file that goes.

        A build that looks in between finds the old state, the new one, or the file without its
        row; never half a file.

        Raises:
            UsageError: another file has this name.
            CorpusError: the manifest has a broken row, or the folder cannot be written.
        """
        target = self.corpus_dir / row.file
        with _filing:
            rows = self._rows()
            if target.exists() and row.file != replaced:
                raise UsageError(f"资料文件夹里已有“{row.file}”；请改名，或到那份文件里替换。")
            old = self.corpus_dir / replaced if replaced else None
            fresh = target.with_name(f".{target.name}.{os.getpid()}.tmp")
            try:
                if old is not None:
                    self._keep(old, at)
                _copy(staged, fresh)
                fresh.replace(target)
                rows.pop(replaced or "", None)
                write_register(self.corpus_dir, rows | {row.file: row})
                if old is not None and old != target:
                    old.unlink()
            except OSError as error:
                raise CorpusError(
                    f"资料文件夹 {self.corpus_dir} 无法写入（{error.strerror}）；"
                    "请检查权限和磁盘空间。"
                ) from error
            finally:
                fresh.unlink(missing_ok=True)

    def correct(self, row: Row) -> None:
        """Put a row in the place of the one its file has.

        Raises:
            CorpusError: the manifest has a broken row, or cannot be written.
        """
        with _filing:
            write_register(self.corpus_dir, self._rows() | {row.file: row})

    def _rows(self) -> dict[str, Row]:
        register = read_register(self.corpus_dir)
        if register.refused:
            raise CorpusError(f"{register.refused[0].message}改正之前不写入新行。")
        return dict(register.rows)

    def _keep(self, old: Path, at: datetime) -> None:
        kept = self.state_dir / REPLACED / f"{at:%Y%m%dT%H%M%S%f}-{old.name}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        _copy(old, kept)


def _copy(source: Path, target: Path) -> None:
    """On disk when it returns."""
    with source.open("rb") as stream, target.open("wb") as made:
        shutil.copyfileobj(stream, made)
        made.flush()
        os.fsync(made.fileno())
