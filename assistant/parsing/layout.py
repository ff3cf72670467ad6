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


def canonicalize(source: str, *, broken_lines: bool, has_tables: bool = False) -> Canonical:
    """Join the paragraphs of `source` where its lines are those of a page (`broken_lines`).

    With `has_tables` a line that opens with a tab is a row, and its tabs are kept.
    """
    lines, dropped = _lines(source, has_tables=has_tables)
    columns = _page_columns(lines) if broken_lines else None
    pieces: list[str] = []
    segments: list[Segment] = []
    length = 0
    for index, line in enumerate(lines):
        if index:
            joint = _joint(lines[index - 1].words, line.words, columns)
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
            lines.append(_Line(words, start + raw.index(words)))
        start += len(raw)
    return lines, dropped


def _columns(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in words)


def _page_columns(lines: list[_Line]) -> int | None:
    """The width of a full line, or None where lines are paragraphs already."""
    widths = sorted(_columns(line.words) for line in lines)
    if len(widths) < 8:
        return None
    full = widths[int(len(widths) * 0.9)]
    near = sum(full - SLACK_COLUMNS <= width <= full + SLACK_COLUMNS for width in widths)
    if full > MAX_PAGE_COLUMNS or near < MIN_FULL_SHARE * len(widths):
        return None
    return full


def _joint(before: str, after: str, columns: int | None) -> str:
    """What stands between two lines of the source in the canonical text."""
    is_table = is_row(before) or is_row(after)
    if columns is None or is_table or _is_paragraph_end(before, after, columns):
        return "\n"
    is_latin = before[-1].isascii() and before[-1].isalpha() and after[0].isascii()
    return " " if is_latin and after[0].isalpha() else ""


def _is_paragraph_end(before: str, after: str, columns: int) -> bool:
    if before[-1] in _CONTINUES:
        return False
    ends = before.rstrip(_CLOSERS)[-1:] in tuple(_ENDS)
    is_short = _columns(before) < columns - SLACK_COLUMNS
    if read_marker(after) is not None and (ends or is_short):
        return True
    if ends:
        return is_short or bool(_LEAD_IN.match(after))
    return _columns(before) < columns * 0.8
