"""A row of the manifest as fields of a form, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from assistant.corpus.register import Row, mistakes_of
from assistant.errors import UsageError

MAX_FIELD_CHARS = 5000


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is `text`, `day`, `list` (a line an entry), `level` or `kind`."""

    name: str
    words: str
    kind: str = "text"


FIELDS: tuple[Field, ...] = (
    Field("title", "题名"),
    Field("doc_no", "文号"),
    Field("issuer", "发文机关", "list"),
    Field("level", "层级", "level"),
    Field("region", "地区"),
    Field("kind", "性质", "kind"),
    Field("status_words", "状态字样"),
    Field("issued_on", "印发日期", "day"),
    Field("effective_on", "施行日期", "day"),
    Field("expires_on", "有效期至", "day"),
    Field("amended_on", "修正日期", "day"),
    Field("repealed_on", "废止日期", "day"),
    Field("replaces", "替代的文件：编号、文号或题名", "list"),
    Field("replaced_by", "被替代于：编号、文号或题名", "list"),
    Field("short_titles", "简称", "list"),
    Field("topics", "主题", "list"),
    Field("url", "来源网址"),
    Field("note", "备注"),
)
LEVELS = {"": "未定", "national": "国家", "city": "市", "district": "区"}
KINDS = {"official": "正式文本", "draft": "草案", "digest": "摘编（非原文）"}


def values_of(row: Row) -> dict[str, str]:
    """What the form shows."""
    dumped = row.model_dump(mode="json")
    return {
        one.name: "\n".join(dumped[one.name]) if one.kind == "list" else dumped[one.name] or ""
        for one in FIELDS
    }


def changed(row: Row, given: Mapping[str, str]) -> dict[str, object]:
    """The keys that a person gave another value; empty text says that there is none.

    Raises:
        UsageError: a field is far too long.
    """
    before = values_of(row)
    found: dict[str, object] = {}
    for one in FIELDS:
        text = given.get(one.name, before[one.name]).replace("\r\n", "\n").strip()
        if len(text) > MAX_FIELD_CHARS:
            raise UsageError(f"“{one.words}”超过 {MAX_FIELD_CHARS} 字，请删减。")
        if text == before[one.name].strip():
            continue
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        found[one.name] = lines if one.kind == "list" else text or None
    return found


def row_with(known: Mapping[str, object], changes: Mapping[str, object]) -> Row:
    """
    Raises:
        UsageError: a value is not possible, key by key in Chinese.
    """
    try:
        return Row.model_validate({**known, **changes})
    except ValidationError as error:
        words = mistakes_of(error)
        for one in FIELDS:
            words = words.replace(f"{one.name}：", f"{one.words}：")
        raise UsageError(f"登记的内容有误（{words}）；请改正后再提交。") from error
