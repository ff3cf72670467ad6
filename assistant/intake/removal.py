"""A document taken out of the corpus, with what relies on it; kept aside, and put back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from assistant.addressing.titles import Texts
from assistant.corpus.archive import ARCHIVE, RECORD, Kept, KeptClause, kept_documents
from assistant.corpus.register import Row, read_register, register_bytes
from assistant.eligibility.loading import WITHDRAWN
from assistant.errors import CorpusError, NotFoundError, UsageError
from assistant.intake.filing import Shelf
from assistant.intake.reliance import (
    BENEFITS,
    Reliance,
    gold_files,
    gold_lines,
    is_of,
    pairs_of,
    reliances,
)
from assistant.references import links_of
from assistant.schema import Document
from assistant.transaction import Content, change_files, changing
from assistant.versions.labels import label

GOLD = "gold"


@dataclass(frozen=True, slots=True)
class Places:
    """Where rules and gold questions are, that a change of the corpus takes along."""

    rules_dir: Path
    gold_dir: Path


@dataclass(frozen=True, slots=True)
class Dependents:
    """What relies on a document."""

    uses: tuple[Reliance, ...]
    links: tuple[Document, ...]
    """Other documents whose clauses refer to it, or which name it as a version of theirs."""

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.name for one in self.uses if one.is_rule))

    @property
    def gold(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.name for one in self.uses if not one.is_rule))

    @property
    def told(self) -> tuple[str, ...]:
        """A line a kind, for a person who decides."""
        lines = []
        for names, words in ((self.rules, "条待遇规则"), (self.gold, "道评测题")):
            if names:
                shown = "、".join(names[:8]) + ("等" if len(names) > 8 else "")
                lines.append(f"{len(names)} {words}以它为依据，将一并收起：{shown}")
        if self.links:
            shown = "、".join(f"《{one.title}》" for one in self.links[:5])
            lines.append(f"{len(self.links)} 份文件提到它，其中的链接将失效：{shown}")
        return tuple(lines)


def dependents_of(doc_id: str, texts: Texts, places: Places) -> Dependents:
    """
    Raises:
        UsageError: a file of rules or questions cannot be read.
    """
    uses = reliances(doc_id, places.rules_dir, places.gold_dir)
    links = [
        one
        for one in texts.documents.values()
        if one.doc_id != doc_id
        and (
            doc_id in (*one.replaces, *one.replaced_by)
            or any(
                link.clause_id and is_of(doc_id, link.clause_id)
                for link in links_of(texts, one.doc_id).references
            )
        )
    ]
    return Dependents(uses, tuple(links))


def remove(
    shelf: Shelf, places: Places, texts: Texts, doc_id: str, about: tuple[datetime, str, str]
) -> Kept:
    """Take a document out; `about`: when, who and why.

    Raises:
        NotFoundError: it is not in the corpus. UsageError: it is a row of a JSONL file.
        CorpusError: the manifest has a broken row, or a folder cannot be written; nothing was
            changed.
    """
    document = texts.documents.get(doc_id)
    if document is None:
        raise NotFoundError(f"资料库里没有文件“{doc_id[:60]}”。")
    if "#" in document.source:
        raise UsageError("这份文件是 JSONL 里的一行，不能在这里移除；请修改那份 JSONL。")
    with changing(shelf.state_dir):
        rows = sound_rows(shelf)
        row = rows.pop(document.source, None)
        uses = reliances(doc_id, places.rules_dir, places.gold_dir)
        if fixed := next((one for one in uses if one.is_fixed), None):
            raise UsageError(f"{fixed.path} 的划型界限以它为依据，不能移出；请先改写那份文件。")
        kept = kept_record(document, texts, row, about).model_copy(
            update={
                "rules": tuple(dict.fromkeys(one.name for one in uses if one.is_rule)),
                "gold": tuple(dict.fromkeys(one.name for one in uses if not one.is_rule)),
            }
        )
        folder = folder_of(shelf, kept)
        changes = _aside(folder, uses, places)
        if kept.rules:
            changes |= withdrawn_rules(places, dict.fromkeys(kept.rules, f"{doc_id} 已移出"))
        changes |= archived(shelf, kept)
        if row is not None:
            changes[shelf.manifest] = register_bytes(rows)
        change_files(shelf.state_dir, changes)
    return kept


def restore(shelf: Shelf, places: Places, doc_id: str) -> Kept:
    """Put back what went last under this id, with its rules and questions.

    Raises:
        NotFoundError: nothing of this id was removed.
        UsageError: its place is taken, or it is a digest that an official text took over from.
        CorpusError: as `remove`.
    """
    found = next((one for one in kept_documents(shelf.corpus_dir) if one[1].doc_id == doc_id), None)
    if found is None:
        raise NotFoundError(f"没有移出过编号为“{doc_id[:60]}”的文件。")
    folder, kept = found
    if kept.successor:
        raise UsageError(
            f"摘编《{kept.title}》已由正式文件 {kept.successor} 接替，规则和题目已经改写，"
            f"不能单独恢复；要连同它们退回，请运行 assistant digest undo {doc_id}。"
        )
    with changing(shelf.state_dir):
        rows = sound_rows(shelf)
        target = shelf.corpus_dir / kept.file
        if target.exists() or any(row.doc_id == doc_id for row in rows.values()):
            raise UsageError(f"资料文件夹里已有“{kept.file}”或同编号的文件；请先移出它。")
        changes: dict[Path, Content] = {}
        if (row := archived_row(kept)) is not None:
            changes[shelf.manifest] = register_bytes(rows | {kept.file: row})
        changes |= {target: folder / Path(kept.file).name} | back_in_place(folder, places)
        changes |= {one: None for one in sorted(folder.rglob("*")) if one.is_file()}
        change_files(shelf.state_dir, changes)
        shutil.rmtree(folder, ignore_errors=True)  # only empty folders are left
    return kept


def kept_record(
    document: Document, texts: Texts, row: Row | None, about: tuple[datetime, str, str]
) -> Kept:
    """The record of a document that goes: what it was, and every clause of it in words."""
    at, who, why = about
    return Kept(
        doc_id=document.doc_id,
        title=document.title,
        doc_no=document.doc_no,
        file=document.source,
        row=row.model_dump(mode="json", exclude_unset=True) if row else None,
        removed_at=at,
        who=who,
        reason=why,
        clauses=tuple(
            KeptClause(
                clause_id=one.clause_id,
                label=label(one),
                words=document.text[one.start : one.own_end].strip(),
            )
            for one in texts.clauses_of(document.doc_id)
        ),
    )


def archived(shelf: Shelf, kept: Kept) -> dict[Path, Content]:
    """The document's file into the archive, and its record beside it."""
    folder = folder_of(shelf, kept)
    old = shelf.corpus_dir / kept.file
    record = kept.model_dump_json(indent=1).encode()
    return {folder / RECORD: record, folder / old.name: old, old: None}


def folder_of(shelf: Shelf, kept: Kept) -> Path:
    name = f"{kept.doc_id}-{kept.removed_at:%Y%m%dT%H%M%S%f}"
    return shelf.corpus_dir / ARCHIVE / name


def withdrawn_rules(places: Places, names: Mapping[str, str]) -> dict[Path, Content]:
    """The list of rules that were put aside, so that others may still name them as exclusions."""
    path = places.rules_dir / BENEFITS / WITHDRAWN
    before = path.read_text("utf-8") if path.exists() else ""
    lines = "".join(f"{name}\t{' '.join(why.split())}\n" for name, why in names.items())
    return {path: (before + lines).encode()}


def _aside(folder: Path, uses: Iterable[Reliance], places: Places) -> dict[Path, Content]:
    """Rules whole, and from each file of questions the lines that rely on the document."""
    changes: dict[Path, Content] = {}
    ids = {one.clause_id for one in uses}
    for path in dict.fromkeys(one.path for one in uses):
        if path.suffix == ".yaml":
            changes |= {folder / BENEFITS / path.name: path, path: None}
            continue
        kept: list[str] = []
        gone: list[str] = []
        for line, row in gold_lines(path):
            relies = row is not None and any(clause in ids for clause, _ in pairs_of(row))
            (gone if relies else kept).append(line)
        place = path.relative_to(places.gold_dir)
        changes[folder / GOLD / place] = "".join(f"{line}\n" for line in gone).encode()
        changes[path] = "\n".join(kept).encode()
    return changes


def back_in_place(folder: Path, places: Places) -> dict[Path, Content]:
    """The rules and questions of an archive's folder, where they were.

    Raises:
        UsageError: a rule of the same name was written meanwhile.
    """
    changes: dict[Path, Content] = {}
    for path in sorted((folder / BENEFITS).glob("*.yaml")):
        target = places.rules_dir / BENEFITS / path.name
        if target.exists():
            raise UsageError(f"规则 {target} 已另有一份；请先移开它再恢复。")
        changes[target] = path
    if changes:
        changes |= _without_withdrawn(places, {path.stem for path in changes})
    for path in gold_files(folder / GOLD):
        target = places.gold_dir / path.relative_to(folder / GOLD)
        before = target.read_text("utf-8") if target.exists() else ""
        joined = before if before.endswith("\n") or not before else f"{before}\n"
        changes[target] = (joined + path.read_text("utf-8")).encode()
    return changes


def _without_withdrawn(places: Places, names: set[str]) -> dict[Path, Content]:
    path = places.rules_dir / BENEFITS / WITHDRAWN
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    left = [line for line in lines if line.split("\t")[0] not in names]
    return {path: "".join(f"{line}\n" for line in left).encode() if left else None}


def sound_rows(shelf: Shelf) -> dict[str, Row]:
    """The rows of the manifest, by file.

    Raises:
        CorpusError: one is broken: it would be lost by writing the rest.
    """
    register = read_register(shelf.corpus_dir)
    if register.refused:
        raise CorpusError(f"{register.refused[0].message}改正之前不作改动。")
    return dict(register.rows)


def archived_row(kept: Kept) -> Row | None:
    """The document's row of the manifest; None where it had none.

    Raises:
        CorpusError: the archive was damaged.
    """
    if kept.row is None:
        return None
    try:
        return Row.model_validate(kept.row)
    except ValidationError as error:
        words = json.dumps(kept.row, ensure_ascii=False)[:200]
        raise CorpusError(f"存档里的目录行有误，不能恢复：{words}。") from error
