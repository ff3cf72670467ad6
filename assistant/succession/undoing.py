"""A succession taken back: the digest, its rules, questions and rows as they were before it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.corpus.archive import Kept, kept_documents
from assistant.corpus.register import Row, register_bytes
from assistant.errors import CorpusError, NotFoundError, UsageError
from assistant.intake.filing import Shelf
from assistant.intake.reliance import BENEFITS
from assistant.intake.removal import Places, archived_row, back_in_place, sound_rows
from assistant.succession.mapping import path_of
from assistant.transaction import Content, change_files, changing

UNDO = "undo.json"


class _Rewritten(BaseModel):
    """A rule's file: all that it was, and what it became."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: str
    after_sha256: str


class _Moved(BaseModel):
    """A row of the manifest; `before` is None where the file had none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: dict[str, Any] | None
    after: dict[str, Any]


class Undo(BaseModel):
    """What a succession changed, kept in the digest's folder of the archive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: dict[str, _Rewritten] = {}
    """By the file's place below the folder of rules."""
    gold: dict[str, tuple[tuple[str, str], ...]] = {}
    """By file: the lines of questions before and after; those put aside are kept apart."""
    rows: dict[str, _Moved] = {}


def undo_bytes(
    changes: Mapping[Path, Content],
    places: Places,
    withdrawn: Sequence[str],
    rows: tuple[Mapping[str, Row], Mapping[str, Row]],
) -> bytes:
    """The record of a change that is about to be made; `rows` are the manifest's before and after.

    `withdrawn` are the lines of questions that are put aside.
    """
    rules, gold = {}, {}
    for path, content in changes.items():
        if not isinstance(content, bytes) or not path.exists():
            continue
        before, after = path.read_text("utf-8"), content.decode()
        if path.parent in (places.rules_dir / BENEFITS, places.rules_dir) and _is_yaml(path):
            name = path.relative_to(places.rules_dir).as_posix()
            rules[name] = _Rewritten(before=before, after_sha256=_sha256(content))
        elif path.is_relative_to(places.gold_dir):
            gone = list(withdrawn)
            stayed = [one for one in before.split("\n") if not _is_taken(one, gone)]
            pairs = zip(stayed, after.split("\n"), strict=True)
            gold[path.relative_to(places.gold_dir).as_posix()] = tuple(
                (old, new) for old, new in pairs if old != new
            )
    moved = {
        file: _Moved(before=_dumped(rows[0].get(file)), after=_told(row))
        for file, row in rows[1].items()
        if _dumped(rows[0].get(file)) != _told(row)
    }
    return Undo(rules=rules, gold=gold, rows=moved).model_dump_json(indent=1).encode()


def undo(shelf: Shelf, places: Places, digest: str) -> Kept:
    """Put the digest back, with all that its succession changed; the official text stays.

    Raises:
        NotFoundError: no official text took over from it.
        UsageError: something that was changed then was changed again since, or its place is taken.
        CorpusError: the record is damaged, the manifest broken, or a folder cannot be written.
    """
    kept_here = kept_documents(shelf.corpus_dir)
    found = next((one for one in kept_here if one[1].doc_id == digest and one[1].successor), None)
    if found is None:
        raise NotFoundError(f"没有由正式文件接替的摘编“{digest[:60]}”。")
    folder, kept = found
    record = _record(folder, kept)
    with changing(shelf.state_dir):
        rows = sound_rows(shelf)
        target = shelf.corpus_dir / kept.file
        mapping = path_of(shelf.corpus_dir, digest)
        for path in (target, mapping):
            if path.exists():
                raise UsageError(f"已另有 {path}；请先移开它再退回。")
        changes = back_in_place(folder, places)
        changes |= _rules(record, places)
        for name, pairs in record.gold.items():
            path = places.gold_dir / name
            changes[path] = _with_lines(path, changes.get(path), pairs)
        changes[shelf.manifest] = register_bytes(_rows(record, rows, kept))
        changes[target] = folder / target.name
        if (folder / mapping.name).is_file():
            changes[mapping] = folder / mapping.name
        changes |= {one: None for one in sorted(folder.rglob("*")) if one.is_file()}
        change_files(shelf.state_dir, changes)
        shutil.rmtree(folder, ignore_errors=True)  # only empty folders are left
    return kept


def _record(folder: Path, kept: Kept) -> Undo:
    try:
        return Undo.model_validate_json((folder / UNDO).read_text("utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"摘编《{kept.title}》被接替时没有留下退回的记录；确需恢复请用版本管理退回那次改动。"
        ) from error
    except (OSError, ValueError) as error:
        raise CorpusError(f"退回的记录 {folder / UNDO} 已损坏，没有作任何改动。") from error


def _rules(record: Undo, places: Places) -> dict[Path, Content]:
    changes: dict[Path, Content] = {}
    for name, rule in record.rules.items():
        path = places.rules_dir / name
        if not path.is_file() or _sha256(path.read_bytes()) != rule.after_sha256:
            raise UsageError(f"规则 {path} 在接替以后又改过，没有退回；请核对后用版本管理处理。")
        changes[path] = rule.before.encode()
    return changes


def _with_lines(path: Path, changed: Content, pairs: Sequence[tuple[str, str]]) -> bytes:
    """The file's questions with the lines as they were; `changed` is what it will hold already."""
    text = changed.decode() if isinstance(changed, bytes) else ""
    if not isinstance(changed, bytes) and path.is_file():
        text = path.read_text("utf-8")
    lines = text.split("\n")
    for old, new in pairs:
        if new not in lines:
            raise UsageError(f"题目文件 {path} 里接替时改写的题又改过，没有退回；请先核对。")
        lines[lines.index(new)] = old
    return "\n".join(lines).encode()


def _rows(record: Undo, rows: dict[str, Row], kept: Kept) -> dict[str, Row]:
    for file, moved in record.rows.items():
        if _dumped(rows.get(file)) != moved.after:
            raise UsageError(f"{file} 的登记在接替以后又改过，没有退回；请先在目录里核对。")
        if moved.before is None:
            del rows[file]
        else:
            rows[file] = _row(moved.before)
    own = archived_row(kept)
    return {**rows, **({kept.file: own} if own is not None else {})}


def _row(values: dict[str, Any]) -> Row:
    try:
        return Row.model_validate(values)
    except ValidationError as error:
        raise CorpusError("退回的记录里有一行目录有误，没有作任何改动。") from error


def _told(row: Row) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude_unset=True)


def _dumped(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else _told(row)


def _is_yaml(path: Path) -> bool:
    return path.suffix == ".yaml"


def _is_taken(line: str, lines: list[str]) -> bool:
    """Whether it is one of the lines, which is then used up."""
    if line not in lines:
        return False
    lines.remove(line)
    return True


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
