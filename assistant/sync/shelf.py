"""The fetched documents of a corpus: each version a file and a row, none ever overwritten."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from assistant.corpus.register import (
    Row,
    problem_words,
    proposed_row,
    read_register,
    write_register,
)
from assistant.errors import CorpusError, FetchError
from assistant.files import replace_file
from assistant.parsing import Origin, ParsedDocument, make_doc_id, parse_bytes
from assistant.parsing.readers.sniff import kind_of
from assistant.sync.sources import Source
from assistant.sync.web import Page

FETCHED = "fetched"
MIN_CHARS = 80
"""A page with less text is an error page, or one that a script fills."""
MIN_KEPT = 0.3
"""A version with a smaller share of the text before it is looked at by a person first."""
MIN_HTML_CERTAINTY = 0.8
"""Below it a page has no end, or lost characters on its way."""
_SUFFIXES = {"PDF": ".pdf", "DOCX": ".docx", "XLSX": ".xlsx", "DOC": ".doc", "HTML": ".html"}


@dataclass(frozen=True, slots=True)
class Version:
    """The newest version of a page that the corpus has."""

    row: Row
    doc_id: str
    raw: bytes

    @property
    def sha256(self) -> str:
        return _sha256(self.raw)


class Shelf:
    """A corpus folder as it is, read again at every step: a person may edit its manifest."""

    def __init__(self, corpus_dir: Path, day: date) -> None:
        self._corpus_dir = corpus_dir
        self._day = day

    def rows(self) -> dict[str, Row]:
        """
        Raises:
            CorpusError: a row is broken: it would be lost by writing the rest.
        """
        register = read_register(self._corpus_dir)
        if register.refused:
            raise CorpusError(f"{register.refused[0].message}改正之前不取网页。")
        return dict(register.rows)

    def newest(self, url: str) -> Version | None:
        """Of the page at `url`: what no other version of it replaces."""
        found = {}
        for row in self.rows().values():
            path = self._corpus_dir / row.file
            if row.url == url and row.kind != "digest" and path.is_file():
                doc_id = row.doc_id or make_doc_id(path.stem)
                found[doc_id] = Version(row, doc_id, path.read_bytes())
        replaced = {one for version in found.values() for one in version.row.replaces}
        left = [one for doc_id, one in found.items() if doc_id not in replaced] or [*found.values()]
        return max(
            left, key=lambda one: (one.row.fetched_on or date.min, one.doc_id), default=None
        )

    def read(self, page: Page, doc_id: str) -> ParsedDocument:
        """The document that a page is.

        Raises:
            CorpusError: it cannot be read, or is hardly the document that was meant.
        """
        raw = page.raw or b""
        suffix = _suffix(page, raw)
        origin = Origin(doc_id, f"{FETCHED}/{doc_id}{suffix}", _sha256(raw), suffix)
        parsed = parse_bytes(raw, origin)
        document = parsed.document
        if len("".join(document.text.split())) < MIN_CHARS:
            raise CorpusError("网页里几乎没有文字，可能是出错页或由脚本生成；请人工下载。")
        if suffix == ".html" and document.read_certainty < MIN_HTML_CERTAINTY:
            raise CorpusError(f"{document.read_why}请稍后再取或人工下载。")
        return parsed

    def is_changed(self, before: Version, parsed: ParsedDocument) -> bool:
        """Whether the text is another; dates, counters and navigation of a page are none of it.

        Raises:
            CorpusError: so little is left that a person should look at it first.
        """
        kind = PurePosixPath(before.row.file).suffix.lower()
        origin = Origin(before.doc_id, before.row.file, before.sha256, kind)
        try:
            old = parse_bytes(before.raw, origin).document.text
        except CorpusError:
            return True  # a version that cannot be read any more
        new = parsed.document.text
        if len(new) < MIN_KEPT * len(old):
            share = round(100 * len(new) / len(old))
            raise CorpusError(f"正文只有原来的 {share}%，可能是出错页或没有传完；请人工核对。")
        return new != old

    def free_id(self, source: Source, url: str, before: Version | None) -> str:
        """A doc_id for a version: the fixed one or one made from the address, later ones dated.

        Raises:
            FetchError: the fixed one is taken by another document.
        """
        kept, _ = self._finished(url)
        taken = {row.doc_id or make_doc_id(Path(row.file).stem) for row in kept.values()}
        first = source.doc_id or f"{source.name}_{hashlib.sha256(url.encode()).hexdigest()[:8]}"
        if before is None and source.doc_id in taken:
            raise FetchError(f"doc_id {source.doc_id} 已是另一份文件的；请在来源清单里换一个。")
        dated = f"{first}_{self._day:%Y%m%d}"
        later = (f"{dated}_{number}" for number in count(2))
        names = chain([first] if before is None else [], [dated], later)
        return next(one for one in names if one not in taken and not self._has_file(one))

    def row_of(self, parsed: ParsedDocument, source: Source, url: str) -> Row:
        """What the manifest will say of the document.

        Raises:
            CorpusError: what was read contradicts itself.
        """
        document = parsed.document
        try:
            row = proposed_row(document)
            return row.model_copy(
                update={
                    "url": url,
                    "fetched_on": self._day,
                    "level": source.tier or row.level,
                    "topics": source.topics or row.topics,
                }
            )
        except ValidationError as error:
            told = "；".join(problem_words(one) for one in error.errors())
            raise CorpusError(f"读出的元数据自相矛盾（{told}）；请人工核对后放入。") from error

    def add(self, row: Row, raw: bytes, before: Version | None) -> None:
        """Within `changing`, keep a version: the row first, so that no kill leaves a text that
        looks in force twice.

        Raises:
            OSError: the folder cannot be written.
        """
        path = self._corpus_dir / row.file
        fresh = path.with_name(f".{path.name}")  # hidden: no document yet
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(fresh, raw)
        rows, dropped = self._finished(str(row.url))
        if before is not None:
            older = rows.get(before.row.file, before.row)
            newer = (*(one for one in older.replaced_by if one not in dropped), row.doc_id)
            rows[older.file] = older.model_copy(update={"replaced_by": newer})
            row = _succeeding(row, older, before.doc_id)
        rows[row.file] = row
        write_register(self._corpus_dir, rows)
        fresh.replace(path)

    def _finished(self, url: str) -> tuple[dict[str, Row], set[str | None]]:
        """The rows, and the ids left out: of versions of the page that a killed run did not
        put in their place.
        """
        rows = self.rows()
        dropped = {
            file: row.doc_id for file, row in rows.items()
            if row.url == url and file.startswith(f"{FETCHED}/")
            and not (self._corpus_dir / file).is_file()
        }  # fmt: skip
        kept = {file: row for file, row in rows.items() if file not in dropped}
        return kept, set(dropped.values())

    def _has_file(self, doc_id: str) -> bool:
        return any((self._corpus_dir / FETCHED).glob(f"{doc_id}.*"))


def set_aside(folder: Path, page: Page, source: Source, day: date, reason: str) -> Path:
    """Keep bytes that are no document with the reason beside them; the same bytes once.

    Raises:
        OSError: the folder cannot be written.
    """
    raw = page.raw or b""
    path = folder / f"{source.name}-{_sha256(raw)[:12]}"
    about = {"url": page.url, "source": source.name, "fetched_on": day.isoformat(),
             "media_type": page.media_type, "reason": reason}  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(path.with_suffix(".bin"), raw)
    replace_file(path.with_suffix(".json"), json.dumps(about, ensure_ascii=False).encode())
    return path.with_suffix(".bin")


def _succeeding(row: Row, older: Row, older_id: str) -> Row:
    """The row of a later version, with the names and topics a person gave the earlier one."""
    update = {
        "replaces": (*(one for one in row.replaces if one != older_id), older_id),
        "short_titles": row.short_titles or older.short_titles,
        "topics": row.topics or older.topics,
        "level": row.level or older.level,
    }
    return row.model_copy(update=update)


def _suffix(page: Page, raw: bytes) -> str:
    """The file ending of what came, by its bytes before its name.

    Raises:
        CorpusError: it is of no format that can be read.
    """
    kind = kind_of(raw)
    named = PurePosixPath(page.url.split("?")[0]).suffix.lower()
    is_web = page.media_type in ("text/html", "application/xhtml+xml")
    if kind in _SUFFIXES:
        return _SUFFIXES[kind]
    if kind is None and (is_web or named in (".html", ".htm")):
        return ".html"
    if kind is None and named == ".md":
        return named
    if kind is None and (named == ".txt" or page.media_type.startswith("text/")):
        return ".txt"
    raise CorpusError(f"取来的内容（{kind or page.media_type or '未知'}）不是支持的格式。")


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
