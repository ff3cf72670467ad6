"""`sources.toml`: the official pages to fetch, named by a person."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from assistant.corpus.register import checked_id, problem_words
from assistant.errors import FetchError, SettingsError
from assistant.parsing.links import check_selector
from assistant.sync.guard import parse_url, site_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class Source(BaseModel):
    """One entry of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    url: str
    kind: Literal["list", "document"]
    """A page that is a document, or one that links to documents."""
    selector: str | None = None
    """CSS selector of the links of a list, or of what they stand in."""
    pattern: str | None = None
    """Regular expression searched in each link of a list."""
    max_links: int = Field(default=50, ge=1, le=1000)
    """The first so many links of a list are fetched."""
    hosts: tuple[str, ...] = ()
    """Sites beside that of `url` that links and redirects may lead to."""
    doc_id: str | None = None
    tier: Literal["national", "city", "district"] | None = None
    topics: tuple[str, ...] = ()

    @field_validator("name", "doc_id")
    @classmethod
    def _is_an_id(cls, value: str | None) -> str | None:
        return value if value is None else checked_id(value)

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return _told(value)

    @field_validator("hosts")
    @classmethod
    def _are_hosts(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for one in values:
            if re.search(r"[/@?#\s]", one):
                raise ValueError("应是 www.example.gov.cn 这样的网站名")
            _told(f"https://{one}")
        return values

    @field_validator("selector")
    @classmethod
    def _is_a_selector(cls, value: str | None) -> str | None:
        return value if value is None else check_selector(value)

    @field_validator("pattern")
    @classmethod
    def _is_a_pattern(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError("不是正确的正则表达式") from error
        return value

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Source:
        if self.kind == "list" and not (self.selector or self.pattern):
            raise ValueError("list 要写 selector 或 pattern，说明取哪些链接")
        if self.kind == "list" and self.doc_id:
            raise ValueError("doc_id 只用于 document")
        if self.kind == "document" and (self.selector or self.pattern):
            raise ValueError("selector 和 pattern 只用于 list")
        return self

    @property
    def sites(self) -> frozenset[str]:
        """All that may be asked for this source."""
        named = (site_of(parse_url(f"https://{one}")) for one in self.hosts)
        return frozenset((site_of(parse_url(self.url)), *named))


class _SourceFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: tuple[Source, ...] = ()


def load_sources(path: Path) -> tuple[Source, ...]:
    """The entries of the file, in its order.

    Raises:
        SettingsError: it cannot be read, an entry is malformed, or two have one name.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
        sources = _SourceFile.model_validate(values).source
    except OSError as error:
        raise SettingsError(
            f"来源清单 {path} 打不开：{error.strerror}；请检查 --sources 或设置 sources_file。"
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"来源清单 {path} 无法读取：{error}。请修正它。") from error
    except ValidationError as error:
        told = "；".join(_place(one["loc"]) + problem_words(one) for one in error.errors())
        raise SettingsError(f"来源清单 {path} 有误：{told}。请修正它。") from error
    for key in ("name", "url", "doc_id"):
        given = [getattr(one, key) for one in sources if getattr(one, key)]
        twice = sorted({one for one in given if given.count(one) > 1})
        if twice:
            raise SettingsError(f"来源清单 {path} 里 {key} {twice[0]} 出现了两次；请改正。")
    return sources


def _place(loc: tuple[int | str, ...]) -> str:
    """`第2个 source 的 url：`"""
    numbers = [f"第{one + 1}个 source" for one in loc[:2] if isinstance(one, int)]
    keys = [str(one) for one in loc[2:3]] or ([str(loc[0])] if not numbers else [])
    return " 的 ".join([*numbers, *keys]) + "："


def _told(url: str) -> str:
    try:
        site_of(parse_url(url))
    except FetchError as error:
        raise ValueError(str(error).rstrip("。")) from error
    return url
