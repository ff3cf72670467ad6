"""Canonical text: lines that a page broke are joined, page furniture goes, nothing else changes.

Every character of the source is kept, is white space, or is listed as dropped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from assistant.parsing.numbering import read_marker
from assistant.parsing.tables import is_row
from assistant.schema import Segment

_STRAY = re.compile(
    r"\s*(?:https?://\S+|[-—－]\s*[0-9０-９]{1,4}\s*[-—－]|第\s*[0-9０-９]{1,4}\s*页(?:\s*共\s*[0-9０-９]{1,4}\s*页)?)\s*"
)
"""A line that is only a link or a page number is no part of an official text."""
_ENDS = "。！？：；…"
_CLOSERS = '”’」』》）)"'
_CONTINUES = "，、,“（《(—-"
_LEAD_IN = re.compile(r"[^。，、；：]{2,16}。")
_SPACES = " \u3000\xa0\r\n\v\f"
MIN_FULL_SHARE = 0.4
MAX_PAGE_COLUMNS = 110
SLACK_COLUMNS = 5
MIN_INDENT = 2
MIN_INDENTED, MAX_INDENTED = 0.1, 0.8
"""Share of the lines of a page that open a paragraph with an indent, where paragraphs do."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """`text` with one paragraph a line; `segments` map it back to the source."""

    text: str
    segments: tuple[Segment, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    words: str
    start: int
    indent: int
    """Columns of white space before its words."""


@dataclass(frozen=True, slots=True)
class _Page:
    """How the lines of a page are set."""

    columns: int
    """The width of a full line."""
    margin: int | None
    """Columns of white space before a line that goes on; None where paragraphs open like it."""


def canonicalize(source: str, *, broken_lines: bool, has_tables: bool = False) -> Canonical:
    """Join the paragraphs of `source` where its lines are those of a page (`broken_lines`).

    With `has_tables` a line that opens with a tab is a row, and its tabs are kept.
    """
    lines, dropped = _lines(source, has_tables=has_tables)
    page = _page(lines) if broken_lines else None
    pieces: list[str] = []
    segments: list[Segment] = []
    length = 0
    for index, line in enumerate(lines):
        if index:
            joint = _joint(lines[index - 1], line, page)
            pieces.append(joint)
            length += len(joint)
        pieces.append(line.words)
        segments.append(Segment(length, length + len(line.words), line.start))
        length += len(line.words)
    return Canonical("".join(pieces), tuple(segments), tuple(dropped))


def _lines(source: str, *, has_tables: bool) -> tuple[list[_Line], list[str]]:
    lines: list[_Line] = []
    dropped: list[str] = []
    start = 0
    for raw in source.splitlines(keepends=True):
        words = raw.rstrip().lstrip(_SPACES) if has_tables and raw[0] == "\t" else raw.strip()
        if words.strip() and _STRAY.fullmatch(raw):
            dropped.append(words)
        elif words.strip():
            before = raw[: raw.index(words)]
            lines.append(_Line(words, start + len(before), _columns(before)))
        start += len(raw)
    return lines, dropped


def _columns(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in words)


def _page(lines: list[_Line]) -> _Page | None:
    """None where lines are paragraphs already."""
    widths = sorted(line.indent + _columns(line.words) for line in lines)
    if len(widths) < 8:
        return None
    margin = min(line.indent for line in lines)
    indented = sum(line.indent >= margin + MIN_INDENT for line in lines)
    is_indented = MIN_INDENTED * len(lines) <= indented <= MAX_INDENTED * len(lines)
    full = widths[int(len(widths) * 0.9)]
    near = sum(full - SLACK_COLUMNS <= width <= full + SLACK_COLUMNS for width in widths)
    needed = MIN_FULL_SHARE / 2 if is_indented else MIN_FULL_SHARE
    if full > MAX_PAGE_COLUMNS or near < needed * len(widths):
        return None
    return _Page(full, margin if is_indented else None)


def _joint(before: _Line, after: _Line, page: _Page | None) -> str:
    """What stands between two lines of the source in the canonical text."""
    is_table = is_row(before.words) or is_row(after.words)
    if page is None or is_table or _is_paragraph_end(before, after, page):
        return "\n"
    last, first = before.words[-1], after.words[0]
    is_latin = last.isascii() and last.isalpha() and first.isascii()
    return " " if is_latin and first.isalpha() else ""


def _is_paragraph_end(line: _Line, following: _Line, page: _Page) -> bool:
    before, after, columns = line.words, following.words, page.columns
    if page.margin is not None and following.indent >= page.margin + MIN_INDENT:
        return True
    if before[-1] in _CONTINUES:
        return False
    if page.margin is not None and line.indent + _columns(before) >= columns - SLACK_COLUMNS:
        return False
    ends = before.rstrip(_CLOSERS)[-1:] in tuple(_ENDS)
    is_short = _columns(before) < columns - SLACK_COLUMNS
    if read_marker(after) is not None and (ends or is_short):
        return True
    if ends:
        return is_short or bool(_LEAD_IN.match(after))
    return _columns(before) < columns * 0.8
