"""Parsed documents and passages to JSON and back."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from assistant.parsing import ParsedDocument
from assistant.schema import Clause, DocStatus, Document, Level, Passage, Segment, Tier

_CLAUSE_FIELDS = [field.name for field in fields(Clause)]
_PASSAGE_FIELDS = [field.name for field in fields(Passage)]
_DAYS = [field.name for field in fields(Document) if field.name.endswith("_on")]
_LISTS = ("short_titles", "issuers", "topics", "replaces", "replaced_by", "dropped")


def to_row(parsed: ParsedDocument) -> dict[str, Any]:
    document = parsed.document
    row = {field.name: getattr(document, field.name) for field in fields(Document)}
    row["status"] = document.status.value
    row["tier"] = document.tier.value if document.tier else None
    for name in _DAYS:
        row[name] = row[name].isoformat() if row[name] else None
    row["segments"] = [[one.start, one.end, one.source_start] for one in document.segments]
    clauses = [
        [clause.level.value if name == "level" else getattr(clause, name)
         for name in _CLAUSE_FIELDS]
        for clause in parsed.clauses
    ]  # fmt: skip
    return {"document": row, "clauses": clauses}


def from_row(row: dict[str, Any]) -> ParsedDocument:
    values = dict(row["document"])
    values["status"] = DocStatus(values["status"])
    values["tier"] = Tier(values["tier"]) if values["tier"] else None
    for name in _DAYS:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    values["segments"] = tuple(Segment(*one) for one in values["segments"])
    for name in _LISTS:
        values[name] = tuple(values[name])
    if values["plan_period"]:
        first, last = values["plan_period"]
        values["plan_period"] = (first, last)
    clauses = []
    for one in row["clauses"]:
        named = dict(zip(_CLAUSE_FIELDS, one, strict=True))
        named["level"] = Level(named["level"])
        named["path"] = tuple(named["path"])
        clauses.append(Clause(**named))
    return ParsedDocument(Document(**values), tuple(clauses))


def passage_row(passage: Passage) -> list[Any]:
    return [getattr(passage, name) for name in _PASSAGE_FIELDS]


def passage_from_row(row: list[Any]) -> Passage:
    named = dict(zip(_PASSAGE_FIELDS, row, strict=True))
    named["clause_ids"] = tuple(named["clause_ids"])
    named["path"] = tuple(named["path"])
    return Passage(**named)
