"""Clause tree to passages: whole clauses with their heading path; a list stays with its lead-in."""

from __future__ import annotations

import re

from assistant.parsing import ParsedDocument
from assistant.schema import Clause, Level, Passage

CHUNKER = "whole-clause/2"
MAX_CHARS = 600
"""A clause with all below it is one passage up to this length."""
MAX_LEAF_CHARS = 450
"""A single paragraph longer than this is cut at sentence ends."""
CUT_CHARS = 280
_LOOSE = frozenset(
    (Level.PARAGRAPH, Level.ITEM, Level.SUBITEM, Level.H1, Level.H2, Level.H3, Level.H4)
)
"""What a text without a title block is made of, one article of a law as a row of JSON lines say."""

_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]?")


def passages_of(parsed: ParsedDocument) -> tuple[Passage, ...]:
    """Passages in document order; together they cover every clause that has words."""
    clauses, text = parsed.clauses, parsed.document.text
    is_one = all(clause.level in _LOOSE for clause in clauses[1:])
    by_parent: dict[str | None, list[Clause]] = {}
    for clause in clauses:
        by_parent.setdefault(clause.parent_id, []).append(clause)
    made: list[Passage] = []

    def add(group: list[Clause], start: int, end: int) -> None:
        stripped = text[start:end].rstrip()
        if not stripped.strip():
            return
        first = group[0]
        made.append(
            Passage(
                passage_id=f"{first.clause_id}@{start}",
                doc_id=first.doc_id,
                clause_ids=tuple(clause.clause_id for clause in group),
                path=first.path,
                start=start,
                end=start + len(stripped),
                text=stripped,
                title=parsed.document.title,
            )
        )

    def visit(clause: Clause) -> None:
        children = by_parent.get(clause.clause_id, [])
        is_section = (
            not is_one if clause.parent_id is None else _is_heading_only(clause, children, text)
        )
        if not is_section and clause.end - clause.start <= MAX_CHARS:
            add(_subtree(clause, clauses), clause.start, clause.end)
            return
        if clause.own_end > clause.start:
            for start, end in _cuts(text, clause.start, clause.own_end):
                add([clause], start, end)
        for child in children:
            visit(child)

    visit(clauses[0])
    return tuple(made)


def _is_heading_only(clause: Clause, children: list[Clause], text: str) -> bool:
    own = text[clause.start : clause.own_end].strip()
    return bool(children) and own == clause.heading and not own.startswith("第")


def _subtree(clause: Clause, clauses: tuple[Clause, ...]) -> list[Clause]:
    return [
        one
        for one in clauses
        if clause.start <= one.start
        and one.end <= clause.end
        and one.clause_id.startswith(clause.clause_id)
    ]


def _cuts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The span itself, or parts of about `CUT_CHARS` that end with a sentence."""
    if end - start <= MAX_LEAF_CHARS:
        return [(start, end)]
    spans: list[tuple[int, int]] = []
    begin = here = start
    for sentence in _SENTENCE.finditer(text, start, end):
        if here > begin and sentence.end() - begin > CUT_CHARS:
            spans.append((begin, here))
            begin = here
        here = sentence.end()
    if here > begin:
        spans.append((begin, here))
    return spans
