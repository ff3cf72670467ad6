"""Rules and questions with the official words in the place of the digest's; all else as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from assistant.intake.reliance import gold_lines, is_of, pairs_of
from assistant.succession.mapping import QuoteMove

Moves = Mapping[tuple[str, str], QuoteMove]


def rewritten_rule(text: str, digest: str, official: str, moves: Moves) -> str:
    """A rule's YAML with its clauses and quotes changed; comments and layout stay.

    Every quotation of the digest has a move that is not a withdrawal.
    """
    changes: list[tuple[int, int, str]] = []
    for fields in _mappings(yaml.compose(text)):
        document, clause = fields.get("document"), fields.get("clause")
        if document is not None and document.value == digest:
            changes.append(_change(document, official))
        if clause is None or not is_of(digest, clause.value):
            continue
        quote = fields.get("quote")
        move = moves[clause.value, quote.value if quote is not None else ""]
        changes.append(_change(clause, move.to or ""))
        if quote is not None:
            changes.append(_change(quote, move.becomes or ""))
    for start, end, value in sorted(changes, reverse=True):
        text = text[:start] + value + text[end:]
    return text


def rewritten_questions(path: Path, digest: str, moves: Moves) -> tuple[str, list[str], list[str]]:
    """The file's text, the lines of questions that are withdrawn, and the ids of those moved.

    A question stays as long as each group of its evidence keeps one piece.
    """
    lines: list[str] = []
    withdrawn: list[str] = []
    moved: list[str] = []
    for line, row in gold_lines(path):
        if row is None or not any(is_of(digest, clause) for clause, _ in pairs_of(row)):
            lines.append(line)
            continue
        evidence = [_moved_group(group, digest, moves) for group in row["evidence"]]
        if all(group["clause_id"] for group in evidence):
            lines.append(json.dumps({**row, "evidence": evidence}, ensure_ascii=False))
            moved.append(str(row.get("_id", "")))
        else:
            withdrawn.append(line)
    return "\n".join(lines), withdrawn, moved


def _moved_group(group: dict[str, Any], digest: str, moves: Moves) -> dict[str, Any]:
    pairs: list[tuple[str, str]] = []
    for clause, quote in zip(group["clause_id"], group["quote"], strict=False):
        if not is_of(digest, clause):
            pairs.append((clause, quote))
            continue
        move = moves[clause, quote]
        if move.withdraw is None:
            pairs.append((move.to or "", move.becomes or ""))
    pairs = list(dict.fromkeys(pairs))
    return {**group, "clause_id": [one for one, _ in pairs], "quote": [one for _, one in pairs]}


def _mappings(node: Any) -> Iterator[dict[str, Any]]:
    """The scalar fields of every mapping of a YAML tree, by key."""
    if isinstance(node, yaml.MappingNode):
        yield {
            key.value: value
            for key, value in node.value
            if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode)
        }
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _change(node: Any, value: str) -> tuple[int, int, str]:
    """A double-quoted YAML string is a JSON string; a plain one only where it reads back the same,
    in a flow mapping too.
    """
    is_plain = not any(mark in value for mark in ",[]{}#:'\"\n") and value == value.strip()
    try:
        is_plain = is_plain and yaml.safe_load(value) == value
    except yaml.YAMLError:
        is_plain = False
    written = value if is_plain else json.dumps(value, ensure_ascii=False)
    return node.start_mark.index, node.end_mark.index, written
