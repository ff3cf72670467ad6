"""A confirmed file and its row of the manifest into the corpus folder; a replaced one is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from assistant.corpus.register import MANIFEST, Row, read_register, register_bytes
from assistant.errors import CorpusError, UsageError
from assistant.transaction import Content, change_files, changing

REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where documents go, and where what they replace is kept."""

    corpus_dir: Path
    state_dir: Path

    @property
    def manifest(self) -> Path:
        return self.corpus_dir / MANIFEST

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

        Raises:
            UsageError: another file has this name.
            CorpusError: the manifest has a broken row, or a folder cannot be written; nothing was
                changed.
        """
        target = self.corpus_dir / row.file
        with changing(self.state_dir):
            rows = self._rows()
            if target.exists() and row.file != replaced:
                raise UsageError(f"资料文件夹里已有“{row.file}”；请改名，或到那份文件里替换。")
            rows.pop(replaced or "", None)
            changes: dict[Path, Content] = {}
            if replaced:
                old = self.corpus_dir / replaced
                kept = self.state_dir / REPLACED / f"{at:%Y%m%dT%H%M%S%f}-{old.name}"
                changes |= {kept: old, old: None}
            # The row first: a text without it might look as if it were in force.
            changes |= {self.manifest: register_bytes(rows | {row.file: row})}
            change_files(self.state_dir, changes | {target: staged})

    def correct(self, row: Row) -> None:
        """Put a row in the place of the one its file has.

        Raises:
            CorpusError: the manifest has a broken row, or cannot be written.
        """
        with changing(self.state_dir):
            made = register_bytes(self._rows() | {row.file: row})
            change_files(self.state_dir, {self.manifest: made})

    def _rows(self) -> dict[str, Row]:
        register = read_register(self.corpus_dir)
        if register.refused:
            raise CorpusError(f"{register.refused[0].message}改正之前不写入新行。")
        return dict(register.rows)
