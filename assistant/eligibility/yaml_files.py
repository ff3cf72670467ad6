"""YAML as people write it: a key given twice is a mistake, and every mistake has its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from assistant.errors import RuleError


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a rule: the file, where in it, the key, and what to do."""

    file: str
    where: str
    key: str
    message: str

    def __str__(self) -> str:
        place = " 的 ".join(one for one in (self.where, self.key) if one)
        return f"{self.file}：{place + '：' if place else ''}{self.message}"


_MERGE = "tag:yaml.org,2002:merge"
"""`<<`: the keys taken over from elsewhere may be given anew."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, but a key that is given twice is refused instead of lost."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _ in node.value if key.tag != _MERGE]
        twice = [key for index, key in enumerate(keys) if key in keys[:index]]
        if twice:
            raise yaml.MarkedYAMLError(
                problem=f"键 {twice[0]} 写了两次", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """
    Raises:
        RuleError: the file cannot be read or is no YAML; it says in which line.
    """
    try:
        return yaml.load(path.read_text("utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{path.name}：无法读取：{error}。请存为 UTF-8 文本。") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark else ""
        why = getattr(error, "problem", None) or "写法有误"
        raise RuleError(f"{path.name}：{line}不是 YAML（{why}），请改正。") from error


def refuse(problems: list[Problem]) -> None:
    """
    Raises:
        RuleError: there are problems: the first of them, and how many there are.
    """
    if problems:
        more = f"（共 {len(problems)} 处，用 assistant rules check 全部列出）"
        raise RuleError(f"{problems[0]}{more if len(problems) > 1 else ''}")


def problems_of(error: ValidationError, file: str, where: str) -> list[Problem]:
    """What pydantic found, a problem a key."""
    return [
        Problem(file, where, ".".join(map(str, one["loc"])), _words(one["type"], one["msg"]))
        for one in error.errors(include_url=False)
    ]


def _words(kind: str, message: str) -> str:
    named = {"extra_forbidden": "没有这个键，请检查拼写。", "missing": "缺少这个键，请补上。"}
    return named.get(kind, message.removeprefix("Value error, "))
