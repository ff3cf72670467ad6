"""The manifest of a corpus: a row a document, read from its text and corrected by a person.

`manifest.jsonl` at the root of a corpus folder. A key that a row has overrides what was read from
the text; a key it lacks is read from the text at every build. A person's row is never changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from assistant.corpus.force import ENDED_WORDS, circles
from assistant.corpus.official import official_pairs
from assistant.errors import CorpusError
from assistant.files import replace_file
from assistant.schema import DocStatus, Document, Kind, Tier

MANIFEST = "manifest.jsonl"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SAME = (
    "title", "short_titles", "doc_no", "region", "status_words", "issued_on", "amended_on",
    "effective_on", "expires_on", "repealed_on", "replaces", "replaced_by", "topics", "url",
    "fetched_on", "certainty", "note",
)  # fmt: skip
"""Keys of a row that are fields of a Document by the same name."""


def checked_id(value: str) -> str:
    """
    Raises:
        ValueError: it cannot stand in the ids of clauses.
    """
    if not value.replace("-", "_").isidentifier():
        raise ValueError("只能由字母、数字、汉字、- 和 _ 组成，且不以数字开头")
    return value


class Row(BaseModel):
    """A row of the manifest, in the order its keys are written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    """Below the corpus folder; `#id` names a row of a JSONL file."""
    doc_id: str | None = None
    title: str | None = None
    short_titles: tuple[str, ...] = ()
    doc_no: str | None = None
    issuer: tuple[str, ...] = ()
    region: str | None = None
    level: Literal["national", "city", "district"] | None = None
    kind: Literal["official", "draft", "digest"] | None = None
    status_words: str | None = None
    issued_on: date | None = None
    amended_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    repealed_on: date | None = None
    replaces: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    url: str | None = None
    fetched_on: date | None = None
    certainty: Literal["A", "B", "C"] | None = None
    note: str | None = None
    sha256: str | None = None
    """Of the file when the row was written: another one asks for the row to be read again."""

    @field_validator("file")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if not value or path.is_absolute() or ".." in path.parts or "\\" in value:
            raise ValueError("应是语料文件夹内的相对路径")
        return value

    @field_validator("doc_id")
    @classmethod
    def _is_an_id(cls, value: str | None) -> str | None:
        return value if value is None else checked_id(value)

    @field_validator("issued_on", "amended_on", "effective_on", "expires_on", "repealed_on",
                     "fetched_on", mode="before")  # fmt: skip
    @classmethod
    def _is_a_day(cls, value: object) -> object:
        # pydantic alone would read 20240501 as seconds since 1970.
        if value is None or isinstance(value, date):
            return value
        if isinstance(value, str) and _DAY.fullmatch(value):
            return value
        raise ValueError("应为 2024-05-01 这样的日期")

    @field_validator("url")
    @classmethod
    def _is_a_link(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("应以 https:// 或 http:// 开头")
        return value

    @model_validator(mode="after")
    def _runs_forward(self) -> Row:
        begins = {name: getattr(self, name) for name in ("issued_on", "effective_on")}
        for end in ("expires_on", "repealed_on"):
            for begin, day in begins.items():
                if day and getattr(self, end) and getattr(self, end) < day:
                    raise ValueError(f"{end} 早于 {begin}")
        if self.doc_id and self.doc_id in (*self.replaces, *self.replaced_by):
            raise ValueError("replaces 或 replaced_by 里有这份文件自己")
        return self

    def line(self) -> str:
        """As it stands in the file: only the keys that were given, in the order of the model."""
        return json.dumps(self.model_dump(mode="json", exclude_unset=True), ensure_ascii=False)

    def applied_to(self, document: Document) -> Document:
        """`document` with what this row says of it."""
        given = self.model_fields_set
        changes: dict[str, Any] = {name: getattr(self, name) for name in _SAME if name in given}
        if not self.title:
            changes.pop("title", None)
        if "issuer" in given:
            changes["issuers"] = self.issuer
        if "level" in given:
            changes["tier"] = Tier(self.level) if self.level else None
        changes["status"] = self._status(document)
        return replace(document, **changes)

    def _status(self, document: Document) -> DocStatus:
        kind = Kind(self.kind) if self.kind else document.kind
        if kind is not Kind.OFFICIAL:
            return DocStatus.DRAFT if kind is Kind.DRAFT else DocStatus.DIGEST
        is_given = "status_words" in self.model_fields_set
        words = (self.status_words if is_given else document.status_words) or ""
        is_ended = any(one in words for one in ENDED_WORDS)
        return DocStatus.EXPIRED if is_ended else DocStatus.IN_FORCE


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a row of one, that could not be taken in or should be looked at, and why."""

    source: str
    message: str


@dataclass(frozen=True, slots=True)
class Register:
    """The rows by the source they name, and what was refused."""

    rows: Mapping[str, Row]
    refused: tuple[Failure, ...] = ()

    def rows_of(self, relative: str) -> tuple[Row, ...]:
        """The rows of one file: its own, or those of the rows of a JSONL file."""
        if not relative.endswith(".jsonl"):
            return (self.rows[relative],) if relative in self.rows else ()
        return tuple(row for one, row in self.rows.items() if one.startswith(f"{relative}#"))


def read_register(corpus_dir: Path) -> Register:
    """The manifest of the folder; empty where there is none. A broken row does not stop the rest.

    Raises:
        CorpusError: the file itself cannot be read.
    """
    path = corpus_dir / MANIFEST
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return Register({})
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"目录文件 {path} 无法读取；请检查权限，并存为 UTF-8。") from error
    rows: dict[str, Row] = {}
    line_of: dict[tuple[str, str], int] = {}
    refused: list[Failure] = []
    for number, line in enumerate(text.split("\n"), start=1):
        row = _read_row(line, number) if line.strip() else None
        if isinstance(row, Failure):
            refused.append(row)
        elif row is not None:
            keys = [("file", row.file), *([("doc_id", row.doc_id)] if row.doc_id else [])]
            same = next((key for key in keys if key in line_of), None)
            if same is None:
                rows[row.file] = row
                line_of |= dict.fromkeys(keys, number)
                continue
            refused.append(
                Failure(
                    row.file if row.file not in rows else MANIFEST,
                    f"{MANIFEST} 第{number}行的 {same[0]} 与第{line_of[same]}行相同。",
                )
            )
    return Register(rows, tuple(refused))


def write_register(corpus_dir: Path, rows: Mapping[str, Row]) -> None:
    """Replace the manifest in one step."""
    path = corpus_dir / MANIFEST
    try:
        replace_file(path, register_bytes(rows))
    except OSError as error:
        raise CorpusError(f"目录文件 {path} 无法写入：{error.strerror}。请检查权限。") from error


def register_bytes(rows: Mapping[str, Row]) -> bytes:
    """The manifest: rows by doc_id, the same bytes for the same rows."""
    ordered = sorted(rows.values(), key=lambda row: (row.doc_id or row.file, row.file))
    return "".join(f"{row.line()}\n" for row in ordered).encode()


def proposed_row(document: Document) -> Row:
    """What was read from a text, as a row for a person to confirm."""
    same = {name: getattr(document, name) for name in _SAME}
    return Row(
        file=document.source,
        doc_id=document.doc_id,
        issuer=document.issuers,
        level=document.tier.value if document.tier else None,
        kind=document.kind.value,
        sha256=document.sha256,
        **same,
    )


def rows_digest(rows: tuple[Row, ...]) -> str:
    """Changes when a person changes a row of the file; empty for none."""
    if not rows:
        return ""
    return hashlib.sha256("\n".join(row.line() for row in rows).encode()).hexdigest()[:12]


def remarks(
    register: Register, documents: Mapping[str, Document], sha256_by_source: Mapping[str, str]
) -> tuple[Failure, ...]:
    """What a person should look at; none of it keeps a document out of the index."""
    found: list[Failure] = []
    for source, row in register.rows.items():
        if source not in sha256_by_source:
            found.append(Failure(source, f"{MANIFEST} 里有这一行，但没有读到这份文件。"))
        elif row.sha256 and row.sha256 != sha256_by_source[source]:
            found.append(
                Failure(source, f"文件内容与登记时不同；请核对 {MANIFEST} 里的这一行和 sha256。")
            )
    by_number: dict[str, dict[str, str]] = {}
    for one in documents.values():
        if one.doc_no:  # amended versions of one text keep its title and its number
            by_number.setdefault(one.doc_no, {}).setdefault(one.title, one.source)
    for number, titles in sorted(by_number.items()):
        first, *others = titles.values()
        if others:
            words = f"与 {'、'.join(others)} 的文号同为{number}；请核对。"
            found.append(Failure(first, words))
    for circle in circles(documents):
        names = " → ".join((*circle, circle[0]))
        found.append(
            Failure(documents[circle[0]].source, f"替代关系成了圈：{names}；这几处关系未采用。")
        )
    for digest, official in official_pairs(documents):
        words = (
            f"看来是摘编 {digest.doc_id} 的正式文件；请运行 assistant digest map "
            f"{digest.doc_id} {official.doc_id}，核对后由它接替摘编。"
        )
        found.append(Failure(official.source, words))
    new = sorted(sha256_by_source.keys() - register.rows.keys()) if register.rows else []
    if new:
        names = "、".join(new[:3]) + ("等" if len(new) > 3 else "")
        words = f"{len(new)} 份文件还没有登记（{names}）；请运行 assistant register，再核对。"
        found.append(Failure(MANIFEST, words))
    return tuple(found)


def _read_row(line: str, number: int) -> Row | Failure:
    try:
        values = json.loads(line)
    except ValueError:
        return Failure(MANIFEST, f"{MANIFEST} 第{number}行不是 JSON；请改正后重建索引。")
    if not isinstance(values, dict):
        return Failure(MANIFEST, f"{MANIFEST} 第{number}行应是一个 JSON 对象。")
    try:
        return Row.model_validate(values)
    except ValidationError as error:
        file = values.get("file")
        return Failure(
            file if isinstance(file, str) else MANIFEST,
            f"{MANIFEST} 第{number}行有误（{mistakes_of(error)}）；请改正后重建索引。",
        )


def mistakes_of(error: ValidationError) -> str:
    """What is wrong with a row, key by key, in Chinese."""
    return "；".join(
        f"{'.'.join(map(str, one['loc'])) or '日期或关系'}：{problem_words(one)}"
        for one in error.errors()
    )


def problem_words(problem: Any) -> str:
    """pydantic's reasons in Chinese, for those a person meets."""
    kind = problem["type"]
    if kind == "extra_forbidden":
        return "没有这个键"
    if kind == "missing":
        return "缺少这个键"
    if kind.startswith("date"):
        return "应为 2024-05-01 这样的日期"
    if kind == "literal_error":
        return f"应为 {problem['ctx']['expected']} 之一"
    return str(problem["msg"]).removeprefix("Value error, ")
