"""What staff may do to the corpus: stage a file, confirm it, correct a row. All of it is logged."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic import ValidationError

from assistant.corpus.archive import Kept, kept_documents
from assistant.corpus.register import Row, proposed_row
from assistant.errors import (
    AssistantError,
    CorpusError,
    NotFoundError,
    SettingsError,
    UsageError,
)
from assistant.intake.apart import Limits, parse_apart
from assistant.intake.filing import Shelf
from assistant.intake.journal import AuditLog, set_aside
from assistant.intake.names import checked_name
from assistant.intake.removal import Dependents, Places, dependents_of, remove, restore
from assistant.parsing import ParsedDocument, make_doc_id
from assistant.retrieval.store import own_corpus
from assistant.schema import Document
from assistant.transaction import finish_changes
from assistant.ui.desk.fields import changed, row_with
from assistant.ui.desk.rebuilder import Rebuilder

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

UPLOADS = "uploads"
MAX_STAGED = 20
"""Previews that wait for a decision; the oldest go first."""
READ_AT_ONCE = 2
"""Each may take all that `Limits` allow."""
_CHUNK = 1 << 20
_KEPT_FROM_OLD = ("short_titles", "topics", "url", "region", "level", "replaces", "note")
"""A person's words about a document, which its next file rarely repeats."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was read and waits for a person to confirm what was understood."""

    token: str
    path: Path
    parsed: ParsedDocument
    row: Row
    """Proposed, complete."""
    target: str | None
    """The id of the document that it takes the place of."""


class Keeper:
    """Safe to use from several threads."""

    def __init__(
        self, assistant: Assistant, limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:  # fmt: skip
        settings = own_corpus(assistant.settings)
        self._assistant = assistant
        self._state_dir = settings.state_dir
        self.shelf = Shelf(settings.corpus_dir, settings.state_dir)
        self.places = Places(settings.rules_dir, settings.gold_dir)
        self.now = now
        self.limits = limits or Limits(file_bytes=settings.max_file_bytes)
        self.audit = AuditLog(settings.state_dir)
        self.rebuilder = Rebuilder(assistant)
        self._staged: OrderedDict[str, Staged] = OrderedDict()
        self._lock = threading.Lock()
        self._reading = threading.Semaphore(READ_AT_ONCE)
        shutil.rmtree(self._state_dir / UPLOADS, ignore_errors=True)  # of a process that ended
        finish_changes(self._state_dir)

    def log(self, who: str, action: str, **details: object) -> None:
        self.audit.write(self.now(), who, action, **details)

    def take(self, who: str, name: str, stream: BinaryIO, target: str | None = None) -> Staged:
        """Read a file apart from everything; what cannot be taken is set aside with the reason.

        Raises:
            UsageError: why it is not taken. NotFoundError: `target` is not in the corpus.
            SettingsError: the state folder cannot be written.
        """
        if target is not None:
            self._file_of(target)
        token = secrets.token_urlsafe(16)
        folder = self._state_dir / UPLOADS / token
        with _kept_on_success(folder):
            folder.mkdir(parents=True)
            sha256 = self._save(stream, folder / "upload")
            self._refuse_copy(sha256)
            try:
                path = (folder / "upload").rename(folder / checked_name(name))
                staged = self._read(token, path, sha256, target)
            except (UsageError, CorpusError) as error:
                about = {"name": name[:300], "who": who, "reason": str(error)}
                set_aside(self._state_dir, self.now(), next(folder.iterdir()), about)
                self.log(who, "refuse", name=name[:300], sha256=sha256, reason=str(error))
                raise UsageError(f"{error}原文件已放入隔离区。") from error
            self.log(who, "upload", file=path.name, sha256=sha256, doc_id=staged.row.doc_id)
        with self._lock:
            self._staged[token] = staged
            while len(self._staged) > MAX_STAGED:
                self._drop(next(iter(self._staged)))
        return staged

    def refuse_too_large(self, who: str) -> None:
        """Note an upload of which too much came to look at its name."""
        reason = f"文件超过 {self.limits.file_bytes} 字节，未收取。"
        set_aside(self._state_dir, self.now(), None, {"who": who, "reason": reason})
        self.log(who, "refuse", reason=reason)

    def staged(self, token: str) -> Staged:
        """
        Raises:
            NotFoundError: it was decided on, or dropped.
        """
        with self._lock:
            found = self._staged.get(token)
        if found is None:
            raise NotFoundError("这份预览已经处理过或已过期；请重新上传。")
        return found

    def discard(self, who: str, token: str) -> None:
        staged = self.staged(token)
        self.log(who, "discard", file=staged.path.name, sha256=staged.parsed.document.sha256)
        with self._lock:
            self._drop(token)

    def confirm(self, who: str, token: str, given: Mapping[str, str]) -> Row:
        """File a staged document under its row, and have it indexed behind the answers.

        Raises:
            UsageError: a field is wrong; the preview stays. NotFoundError: as `staged`.
            CorpusError, SettingsError: nothing was changed, or the folder cannot be written.
        """
        staged = self.staged(token)
        changes = changed(staged.row, given)
        wanted = (given.get("doc_id") or "").strip()
        if staged.target is None and wanted:
            changes["doc_id"] = wanted
        row = row_with(staged.row.model_dump(mode="json"), changes)
        if staged.target is None and row.doc_id in self._assistant.documents:
            raise UsageError(f"编号“{row.doc_id}”已有文件使用；请换一个编号。")
        replaced = self._file_of(staged.target) if staged.target else None
        self.do(
            lambda: self.shelf.file(staged.path, row, self.now(), replaced),
            who, "replace" if replaced else "add", doc_id=row.doc_id, file=row.file,
            sha256=row.sha256, replaced=replaced, replaced_sha256=self._sha256_of(staged.target),
            corrected=sorted(changes),
        )  # fmt: skip
        with self._lock:
            self._drop(token)
        self.rebuilder.request()
        return row

    def row_of(self, doc_id: str) -> Row:
        """What is known of a document now, as a complete row.

        Raises:
            NotFoundError: it is not in the corpus.
        """
        document = self._assistant.documents.get(doc_id)
        if document is None:
            raise NotFoundError(f"资料库里没有文件“{doc_id[:60]}”。")
        return _proposal(document)

    def correct(self, who: str, doc_id: str, given: Mapping[str, str]) -> Row:
        """Write a person's corrections into the document's row; other keys are left as they were.

        Raises:
            UsageError: a field is wrong, or nothing was changed. NotFoundError: as `row_of`.
            CorpusError, SettingsError: nothing was changed, or the manifest cannot be written.
        """
        now = self.row_of(doc_id)
        changes = changed(now, given)
        if not changes:
            raise UsageError("没有改动任何一项，未写入。")
        known = self.shelf.row_of(now.file) or Row(file=now.file, doc_id=doc_id)
        kept = known.model_dump(mode="json", exclude_unset=True)
        row = row_with({**kept, "sha256": now.sha256}, changes)
        told = {name: [values, changes[name]] for name, values in _before(now, changes).items()}
        self.do(lambda: self.shelf.correct(row), who, "correct", doc_id=doc_id, file=now.file,
                 sha256=now.sha256, changes=told)  # fmt: skip
        self.rebuilder.request()
        return row

    def dependents(self, doc_id: str) -> Dependents:
        """What relies on a document, for a person who is about to remove it.

        Raises:
            NotFoundError: as `row_of`. UsageError: it cannot be removed here, or a file of rules
                or questions cannot be read.
        """
        self._file_of(doc_id)
        return dependents_of(doc_id, self._assistant.snapshot().index, self.places)

    def remove(self, who: str, doc_id: str, why: str) -> None:
        """Take a document out with what relies on it; it is kept aside.

        Raises:
            UsageError: no reason is given. Others: as `intake.removal.remove`.
        """
        if not why.strip():
            raise UsageError("请写明移出的原因，它会显示给打开旧链接的人。")
        index = self._assistant.snapshot().index
        about = (self.now(), who, why.strip())
        self.do(lambda: remove(self.shelf, self.places, index, doc_id, about),
                 who, "remove", doc_id=doc_id, file=self._file_of(doc_id), reason=why.strip(),
                 sha256=self._sha256_of(doc_id))  # fmt: skip
        self.rebuilder.request()

    def restore(self, who: str, doc_id: str) -> None:
        """Put back what was removed last under this id.

        Raises:
            As `intake.removal.restore`.
        """
        self.do(lambda: restore(self.shelf, self.places, doc_id), who, "restore", doc_id=doc_id)
        self.rebuilder.request()

    def removed(self) -> list[Kept]:
        """What was removed, the latest first."""
        return [kept for _, kept in kept_documents(self.shelf.corpus_dir)]

    def do(self, act: Callable[[], object], who: str, action: str, **details: object) -> None:
        """Logged first: what cannot be recorded is not done."""
        self.log(who, action, **details)
        try:
            act()
        except AssistantError as error:
            self.log(who, f"{action}_failed", doc_id=details["doc_id"], reason=str(error))
            raise

    def _save(self, stream: BinaryIO, path: Path) -> str:
        digest = hashlib.sha256()
        with path.open("wb") as made:
            while chunk := stream.read(_CHUNK):
                made.write(chunk)
                digest.update(chunk)
        return digest.hexdigest()

    def _refuse_copy(self, sha256: str) -> None:
        same = [one for one in self._assistant.documents.values() if one.sha256 == sha256]
        if same:
            raise UsageError(f"这份文件与已收录的《{same[0].title}》完全相同，不必再传。")

    def _read(self, token: str, path: Path, sha256: str, target: str | None) -> Staged:
        documents = self._assistant.documents
        doc_id = target or make_doc_id(path.stem)
        if target is None and not doc_id.replace("-", "_").isidentifier():
            doc_id = f"d_{doc_id}" if f"d_{doc_id}".isidentifier() else f"d_{sha256[:8]}"
        if target is None and doc_id in documents:
            doc_id = f"{doc_id}_{sha256[:6]}"
        with self._reading:
            parsed = parse_apart(path, doc_id, self.limits)
        place = self.shelf.place_of(path.name)
        parsed = replace(parsed, document=replace(parsed.document, source=place))
        row = _proposal(parsed.document)
        if target is not None:
            row = _inheriting(row, _proposal(documents[target]))
        return Staged(token, path, parsed, row, target)

    def _file_of(self, doc_id: str) -> str:
        source = self.row_of(doc_id).file
        if "#" in source:
            raise UsageError("这份文件是 JSONL 里的一行，不能在这里替换；请修改那份 JSONL。")
        return source

    def _sha256_of(self, doc_id: str | None) -> str | None:
        return self._assistant.documents[doc_id].sha256 if doc_id else None

    def _drop(self, token: str) -> None:
        gone = self._staged.pop(token, None)
        if gone is not None:
            shutil.rmtree(gone.path.parent, ignore_errors=True)


@contextmanager
def _kept_on_success(folder: Path) -> Iterator[None]:
    """Whatever goes wrong, nothing of the folder is left.

    Raises:
        SettingsError: in the place of an OSError.
    """
    try:
        yield
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        raise SettingsError(
            f"上传没有保存：{folder} 无法写入（{error.strerror}）；请检查权限和磁盘空间。"
        ) from error


def _proposal(document: Document) -> Row:
    """What was read; without what cannot be true beside the rest, for a person to put right."""
    try:
        return proposed_row(document)
    except ValidationError:
        none: dict[str, Any] = {"expires_on": None, "repealed_on": None, "url": None}
        return proposed_row(replace(document, replaces=(), replaced_by=(), **none))


def _inheriting(row: Row, old: Row) -> Row:
    empty = [name for name in _KEPT_FROM_OLD if not getattr(row, name)]
    return row.model_copy(update={name: getattr(old, name) for name in empty})


def _before(row: Row, names: Mapping[str, object]) -> dict[str, object]:
    dumped = row.model_dump(mode="json")
    return {name: dumped[name] for name in names}
