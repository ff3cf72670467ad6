"""Canonical text to clause tree. Pure; keeps every character: own texts in order are the text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from assistant.parsing.numbering import Marker, read_marker
from assistant.parsing.tables import RowKind, header_words, is_row, row_kinds
from assistant.schema import Clause, Level

_RANKS = {
    "part": 1,
    "chapter": 2,
    "section": 3,
    "article": 4,
    "cn_point": 5,
    "cn_bracket": 6,
    "arabic_point": 7,
    "arabic_bracket": 8,
    "circled": 9,
}
_PARAGRAPH_RANK = 10
_ROW_RANKS = {RowKind.SUBHEADER: 11, RowKind.GROUP: 12, RowKind.DATA: 13}
_UNDER_ARTICLE = {
    Level.H1: Level.ITEM,
    Level.H2: Level.ITEM,
    Level.H3: Level.SUBITEM,
    Level.H4: Level.SUBITEM,
}
_CODES = {
    Level.PART: "part",
    Level.CHAPTER: "ch",
    Level.SECTION: "sec",
    Level.ARTICLE: "art",
    Level.PARAGRAPH: "para",
    Level.ITEM: "item",
    Level.SUBITEM: "sub",
    Level.ROW: "row",
}
_HEADING_ONLY = re.compile(r"[^。；！？]{1,60}")
_LEAD_HEADING = re.compile(r"(?P<words>[^。；：！？\n]{2,28})。")
_PLAIN_LEAD = re.compile(r"(?P<words>[^。，、；：！？\n]{2,14})。(?=\S)")
MAX_TITLE_LINES = 8


@dataclass(slots=True)
class _Node:
    level: Level
    rank: int
    code: str
    number: str
    heading: str
    start: int
    own_end: int
    children: list[_Node] = field(default_factory=list)
    lead_end: int = 0
    """End of the line that opened an article, which becomes its first paragraph if more follow."""


def parse_clauses(text: str, doc_id: str) -> tuple[Clause, ...]:
    """The clause tree of a canonical text in document order, the document itself first."""
    root = _Node(Level.DOCUMENT, 0, "", "", "", 0, 0)
    position = _add_title(root, text)
    stack = [root]
    contents: set[str] | None = None
    last_article = 0
    lines = text[position:].splitlines(keepends=True)
    for line, kind in zip(lines, row_kinds(lines), strict=True):
        words = line.rstrip("\n")
        marker = None if kind else read_marker(words)
        if re.fullmatch(r"目\s*[录次]", words):
            contents = set()
        elif contents is not None and marker and words not in contents:
            contents.add(words)
            marker = None
        elif marker or len(words) > 60:
            contents = None
        if marker and marker.family == "article" and not _follows(marker, last_article, words):
            marker = None
        if marker and marker.family == "article":
            last_article = int(marker.number.split("-")[0])
        span = (position, position + len(line))
        node = _row(kind, words, span, stack) if kind else _node(marker, words, span, stack)
        while stack[-1].rank >= node.rank:
            stack.pop()
        stack[-1].children.append(node)
        stack.append(node)
        position += len(line)
    _split_articles(root)
    return tuple(_clauses(root, text, doc_id))


def _follows(marker: Marker, last: int, words: str) -> bool:
    """Whether an article may carry this number here; one set off by a space always may."""
    if words[marker.length : marker.length + 1].isspace() or len(words) == marker.length:
        return True
    number = int(marker.number.split("-")[0])
    return number in (last, last + 1) or (number == 1)


def _add_title(root: _Node, text: str) -> int:
    """The lines before the first sentence or marker are the title block."""
    end = 0
    for count, line in enumerate(text.splitlines(keepends=True)):
        words = line.rstrip("\n")
        if count >= MAX_TITLE_LINES or read_marker(words) or _is_sentence(words):
            break
        if is_row(words):
            break
        if re.fullmatch(r"目\s*[录次]", words):
            break
        end += len(line)
    if end and end < len(text):
        root.children.append(_Node(Level.TITLE, 1, "title", "", "", 0, end))
        return end
    return 0


def _is_sentence(words: str) -> bool:
    return words.endswith(("。", "；", "：", "！", "？")) or len(words) > 80 or "。" in words


def _row(kind: RowKind, words: str, span: tuple[int, int], stack: list[_Node]) -> _Node:
    """A row; those that name columns or a group have a heading, the path of the rows below."""
    rank = _ROW_RANKS.get(kind, _plain_rank(stack))
    heading = "" if kind in (RowKind.DATA, RowKind.PLAIN) else header_words(words)
    return _Node(Level.ROW, rank, "row", "", heading, *span)


def _plain_rank(stack: list[_Node]) -> int:
    """After the items of an article a paragraph is its next 款, not part of the last item."""
    in_article = any(node.level is Level.ARTICLE for node in stack)
    return _RANKS["article"] + 1 if in_article else _PARAGRAPH_RANK


def _node(marker: Marker | None, words: str, span: tuple[int, int], stack: list[_Node]) -> _Node:
    start, end = span
    if marker is None:
        lead = _PLAIN_LEAD.match(words)
        heading = lead["words"] if lead else ""
        return _Node(Level.PARAGRAPH, _plain_rank(stack), "para", "", heading, start, end)
    level = marker.level
    if any(node.level is Level.ARTICLE for node in stack):
        level = _UNDER_ARTICLE.get(level, level)
    if marker.family in ("cn_bracket", "cn_point") and level is Level.ITEM:
        rank = _RANKS["cn_bracket"]
    else:
        rank = _RANKS[marker.family]
    node = _Node(
        level,
        rank,
        f"{_CODES.get(level, level.value)}_{marker.number}",
        marker.words,
        _heading(marker, words, level),
        start,
        end,
    )
    if level is Level.ARTICLE:
        node.lead_end = end
        gap = len(words) - len(words[marker.length :].lstrip())
        node.own_end = start + gap if gap < len(words) else end
    return node


def _heading(marker: Marker, words: str, level: Level) -> str:
    if level is Level.ARTICLE:
        return marker.words
    rest = words[marker.length :]
    if _HEADING_ONLY.fullmatch(rest):
        return words
    lead = _LEAD_HEADING.match(rest)
    if lead and len(rest) > lead.end():
        return marker.words + lead["words"]
    return marker.words


def _split_articles(node: _Node) -> None:
    """An article of several paragraphs has each as a child; of one, it is a leaf or holds items."""
    for child in node.children:
        _split_articles(child)
    if node.level is not Level.ARTICLE:
        return
    paragraphs = [child for child in node.children if child.level is Level.PARAGRAPH]
    if not paragraphs or node.own_end == node.lead_end:
        node.own_end = node.lead_end
        return
    first = _Node(Level.PARAGRAPH, _PARAGRAPH_RANK, "para", "", "", node.own_end, node.lead_end)
    grouped = [first]
    for child in node.children:
        if child.level is Level.PARAGRAPH:
            grouped.append(child)
        else:
            grouped[-1].children.append(child)
    node.children = grouped


def _clauses(root: _Node, text: str, doc_id: str) -> list[Clause]:
    made: list[Clause] = []

    def visit(node: _Node, prefix: str, path: tuple[str, ...], parent: str | None) -> int:
        clause_id = prefix
        path = (*path, node.heading) if node.heading else path
        slot = len(made)
        made.append(
            Clause(clause_id, doc_id, node.level, node.number, node.heading, path, 0, 0, 0, parent)
        )
        end = node.own_end
        seen: Counter[str] = Counter()
        for child in node.children:
            seen[child.code] += 1
            code = child.code
            if child.level in (Level.PARAGRAPH, Level.ROW):
                code = f"{child.code}_{seen[child.code]}"
            elif seen[child.code] > 1:
                code = f"{child.code}.{seen[child.code]}"
            end = visit(child, f"{clause_id}__{code}", path, clause_id)
        made[slot] = Clause(
            clause_id,
            doc_id,
            node.level,
            node.number,
            node.heading,
            path,
            node.start,
            node.own_end,
            end,
            parent,
        )
        return end

    end = visit(root, doc_id, (), None)
    if end != len(text):
        raise AssertionError("clause tree does not cover the text")
    return made
