"""What relies on the clauses of a document: rules of benefits, and gold questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.eligibility.size_rows import SIZES_FILE
from assistant.errors import UsageError

BENEFITS = "benefits"


@dataclass(frozen=True, slots=True)
class Reliance:
    """A rule (its file's name) or a question (its id) quotes words of a clause.

    `quote` is empty where a document or clause is only named.
    """

    path: Path
    name: str
    clause_id: str
    quote: str

    @property
    def is_rule(self) -> bool:
        return self.path.suffix == ".yaml"

    @property
    def is_fixed(self) -> bool:
        """Whether it cannot be put aside: the sizes are needed by all rules."""
        return self.path.name == SIZES_FILE


def reliances(doc_id: str, rules_dir: Path, gold_dir: Path) -> tuple[Reliance, ...]:
    """Rules first, each by file and place.

    Raises:
        UsageError: a file that is no UTF-8 or no YAML: it may rely on the document unseen.
    """
    return (*_in_rules(doc_id, rules_dir), *_in_gold(doc_id, gold_dir))


def is_of(doc_id: str, clause_id: str) -> bool:
    return clause_id == doc_id or clause_id.startswith(f"{doc_id}__")


def gold_lines(path: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Each line with its question; None for what is no question with evidence.

    Raises:
        UsageError: the file is no UTF-8.
    """
    # Not splitlines(): a hostile question may hold U+2028, which JSON leaves as it is.
    for line in _read(path).split("\n"):
        try:
            row = json.loads(line) if line.strip() else None
        except ValueError:
            row = None
        yield line, row if _has_evidence(row) else None


def gold_files(gold_dir: Path) -> list[Path]:
    return sorted(gold_dir.rglob("*.jsonl"))


def pairs_of(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Clause and quote of each piece of evidence of a question."""
    for group in row["evidence"]:
        yield from zip(group["clause_id"], group["quote"], strict=False)


def _has_evidence(row: Any) -> bool:
    groups = row.get("evidence") if isinstance(row, dict) else None
    return isinstance(groups, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("clause_id"), list)
        and isinstance(one.get("quote"), list)
        for one in groups
    )


def _in_gold(doc_id: str, gold_dir: Path) -> Iterator[Reliance]:
    for path in gold_files(gold_dir):
        for _, row in gold_lines(path):
            for clause_id, quote in pairs_of(row) if row else ():
                if is_of(doc_id, clause_id):
                    yield Reliance(path, str(row.get("_id", "")) if row else "", clause_id, quote)


def _in_rules(doc_id: str, folder: Path) -> Iterator[Reliance]:
    for path in (*sorted((folder / BENEFITS).glob("*.yaml")), *folder.glob(SIZES_FILE)):
        try:
            rule = yaml.safe_load(_read(path))
        except yaml.YAMLError as error:
            raise UsageError(f"规则文件 {path} 不是 YAML，请改正后重试。") from error
        found = {(clause, quote) for clause, quote in _named(rule) if is_of(doc_id, clause)}
        for clause_id, quote in sorted(found):
            yield Reliance(path, path.stem, clause_id, quote)


def _named(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if isinstance(node.get("clause"), str):
            yield node["clause"], str(node.get("quote") or "")
        if isinstance(node.get("document"), str):
            yield node["document"], ""
        for value in node.values():
            yield from _named(value)
    elif isinstance(node, list):
        for one in node:
            yield from _named(one)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"文件 {path} 无法读取：{error}。请存为 UTF-8 文本。") from error
