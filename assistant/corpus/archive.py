"""Documents that are no longer in the corpus: what became of them, for whoever follows a link.

`archive/` in the corpus folder has a folder for each: its file, and a record of why and when it
went, with the words of its clauses. Nothing there is indexed, searched or quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.corpus.notices import chinese_day

ARCHIVE = "archive"
RECORD = "record.json"


class KeptClause(BaseModel):
    """A clause as it was; its words are history and no source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clause_id: str
    label: str
    words: str
    became: tuple[str, ...] = ()
    """Clauses of the successor that say what it said."""


class Kept(BaseModel):
    """The record of one document that went."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    doc_id: str
    title: str
    doc_no: str | None = None
    file: str
    """Where it was below the corpus folder."""
    row: dict[str, Any] | None = None
    """Of the manifest, where it had one."""
    removed_at: datetime
    who: str
    reason: str
    successor: str | None = None
    """The official text that took the place of a digest."""
    rules: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    """Rules and questions that were put aside with it."""
    clauses: tuple[KeptClause, ...] = ()

    @property
    def told(self) -> str:
        """What became of it, in a sentence."""
        day = chinese_day(self.removed_at.date())
        if self.successor:
            by = f"由正式文件（{self.successor}）接替"
            return f"摘编《{self.title}》已于{day}{by}，不再作为依据。"
        why = f"，原因：{self.reason}" if self.reason else ""
        return f"《{self.title}》已于{day}移出资料库{why}；不再作为依据。"

    def clause(self, clause_id: str) -> KeptClause | None:
        return next((one for one in self.clauses if one.clause_id == clause_id), None)


@dataclass(frozen=True, slots=True)
class Gone:
    """Where an id leads that was that of a document or clause."""

    kept: Kept
    clause: KeptClause | None = None

    @property
    def told(self) -> str:
        became = self.clause.became if self.clause else ()
        if became:
            return f"{self.kept.told}这一条现为：{'、'.join(became)}。"
        if self.clause and self.kept.successor:
            return f"{self.kept.told}正式文件里没有与“{self.clause.label}”对应的条款。"
        return self.kept.told


def kept_documents(corpus_dir: Path) -> list[tuple[Path, Kept]]:
    """Every record with its folder, the latest first; one that cannot be read is passed over."""
    found = list(_records(corpus_dir / ARCHIVE))
    return sorted(found, key=lambda one: (one[1].removed_at, one[0].name), reverse=True)


def find_gone(corpus_dir: Path, name: str) -> Gone | None:
    """What became of the document or clause of this id; None where there was none."""
    for _, kept in kept_documents(corpus_dir):
        if name == kept.doc_id:
            return Gone(kept)
        if name.startswith(f"{kept.doc_id}__"):
            return Gone(kept, kept.clause(name))
    return None


def _records(folder: Path) -> Iterator[tuple[Path, Kept]]:
    for path in sorted(folder.glob(f"*/{RECORD}")):
        try:
            yield path.parent, Kept.model_validate_json(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ValidationError):
            continue
