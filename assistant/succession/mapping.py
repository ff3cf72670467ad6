"""The mapping of a digest to its official text: a plain file that a person reviews and corrects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import UsageError

MAPPINGS = "mappings"
_HEAD = """\
# 摘编换成正式文件的对照，由程序拟出。请逐条核对、改正，再运行：
#   assistant digest check {digest}
#   assistant digest apply {digest} --dry-run
# clauses：摘编的每一条在正式文件里是哪些条款；正式文件没有的，to 写 []。
# quotes：规则和评测题引用的每一处摘编文字，换成正式文件里的哪一句（becomes 必须一字不差）。
#   找不到或数不同的（problem），改好 to 和 becomes；确实没有的，写 withdraw: 原因，
#   用到它的规则和题目会收起，待人按正式文件重写。
"""


class ClauseMove(BaseModel):
    """A clause of the digest, and the clauses of the official text that say the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clause: str
    words: str = ""
    """The beginning of the clause, for the person who reads the file."""
    to: tuple[str, ...] = ()
    sure: float | None = None
    """In [0, 1]: how alike the two are; of the program's proposal only."""


class QuoteMove(BaseModel):
    """Words of the digest that rules or questions quote, and the official words in their place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clause: str
    quote: str = ""
    to: str | None = None
    becomes: str | None = None
    withdraw: str | None = None
    """Why what quotes it is put aside instead."""
    sure: float | None = None
    """As of a clause."""
    problem: str | None = None
    """Why the program found nothing; a person's answer takes its place."""
    used_by: tuple[str, ...] = ()


class Mapping(BaseModel):
    """What the file says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: str
    official: str
    clauses: tuple[ClauseMove, ...] = ()
    quotes: tuple[QuoteMove, ...] = ()

    @property
    def moves(self) -> dict[tuple[str, str], QuoteMove]:
        return {(one.clause, one.quote): one for one in self.quotes}


def path_of(corpus_dir: Path, digest: str) -> Path:
    return corpus_dir / MAPPINGS / f"{digest}.yaml"


def mapping_text(mapping: Mapping) -> str:
    """As it stands in the file; the same mapping gives the same bytes."""
    values = mapping.model_dump(exclude_none=True, mode="json")
    head = _HEAD.format(digest=mapping.digest)
    body = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=10_000)
    return head + str(body)


def read_mapping(text: str, name: str) -> Mapping:
    """
    Raises:
        UsageError: it is no YAML or no mapping; it says where. `name` is that of the file.
    """
    try:
        values: Any = yaml.safe_load(text)
        return Mapping.model_validate(values)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark else ""
        raise UsageError(f"对照文件 {name} {line}不是 YAML，请改正后重试。") from error
    except ValidationError as error:
        where = "；".join(
            f"{'.'.join(map(str, one['loc'])) or '整个文件'}：{one['msg']}"
            for one in error.errors()[:3]
        )
        raise UsageError(f"对照文件 {name} 有误（{where}）；请改正后重试。") from error


def load_mapping(corpus_dir: Path, digest: str) -> Mapping:
    """
    Raises:
        UsageError: there is none, or it is wrong.
    """
    path = path_of(corpus_dir, digest)
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise UsageError(
            f"还没有对照文件 {path}；请先运行 assistant digest map {digest} 正式文件id。"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"对照文件 {path} 无法读取；请存为 UTF-8 文本。") from error
    return read_mapping(text, path.name)
