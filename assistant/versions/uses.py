"""What relies on clauses by their ids: gold questions, and rules where there are any."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from assistant.errors import UsageError


@dataclass(frozen=True, slots=True)
class Use:
    """`name` (a question's id, or a rule's file) relies on `clause_id`."""

    source: str
    """`gold` or `benefits`."""
    name: str
    clause_id: str


class _Evidence(BaseModel):
    clause_id: list[str]


class _Row(BaseModel):
    """The part of a gold question that names clauses."""

    question_id: str = Field(alias="_id")
    evidence: list[_Evidence] = []


def uses_in_gold(folder: Path) -> tuple[Use, ...]:
    """Every clause that is evidence of a question of `folder/*.jsonl`, in their order.

    Raises:
        UsageError: no such file, or a row that cannot be read.
    """
    paths = sorted(folder.rglob("*.jsonl"))
    if not paths:
        raise UsageError(f"题集文件夹 {folder} 里没有 .jsonl 文件，请用 --gold 指定题集。")
    uses: list[Use] = []
    for path in paths:
        # Not splitlines(): a hostile question may hold U+2028, which JSON leaves as it is.
        for number, line in enumerate(_read(path).split("\n"), start=1):
            if not line.strip():
                continue
            try:
                row = _Row.model_validate(json.loads(line))
            except (ValueError, ValidationError) as error:
                raise UsageError(
                    f"题集 {path.name} 第 {number} 行不是含 _id 和 evidence 的 JSON，请改正。"
                ) from error
            ids = (one for group in row.evidence for one in group.clause_id)
            uses += [Use("gold", row.question_id, one) for one in dict.fromkeys(ids)]
    return tuple(uses)


def uses_in_benefits(folder: Path) -> tuple[Use, ...]:
    """Every clause that a rule of `folder/*.yaml` names under a key `clause`; none without rules.

    Raises:
        UsageError: a file that is no YAML.
    """
    import yaml

    uses: list[Use] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            rules = yaml.safe_load(_read(path))
        except yaml.YAMLError as error:
            raise UsageError(f"规则文件 {path} 不是 YAML，请改正后重试。") from error
        uses += [Use("benefits", path.stem, one) for one in dict.fromkeys(_named_clauses(rules))]
    return tuple(uses)


def _named_clauses(rules: Any) -> Iterator[str]:
    if isinstance(rules, dict):
        for key, value in rules.items():
            if key in ("clause", "clause_id") and isinstance(value, str):
                yield value
            else:
                yield from _named_clauses(value)
    elif isinstance(rules, list):
        for one in rules:
            yield from _named_clauses(one)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"文件 {path} 无法读取：{error}。请存为 UTF-8 文本。") from error
